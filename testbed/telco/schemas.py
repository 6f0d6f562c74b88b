"""The message contract as JSON Schemas (draft 2020-12): event, prediction, dead letter.

Each property's ``description`` is what a person reads in "Expected <name> to be ...".
The schemas cannot say everything: duplicate keys and NaN are refused while reading, and
bytes, keys and lengths are compared in ``reading`` and ``dead_letters``.
"""

from testbed.telco.contract import CATEGORIES, ERROR_TYPES, ID_LENGTH, RANGES, REQUIRED

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ENCODINGS = ["utf-8", "base64"]
_OFFSET = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}


def _a(description: str, **rules: object) -> dict:
    return {"description": description, **rules}


def _between(name: str, kind: str) -> dict:
    low, high = RANGES[name]
    return _a(
        f"{'an' if kind == 'integer' else 'a'} {kind} from {low} to {high}",
        type=kind,
        minimum=low,
        maximum=high,
    )


def _text(what: str) -> dict:
    return _a(what, type="string", minLength=1)


_TIME = _a("a time as RFC 3339 has it", type="string", format="date-time")

EVENT = {
    "$schema": _DIALECT,
    "title": "Customer event",
    "type": "object",
    "required": list(REQUIRED),
    "properties": {
        "customerID": _a(
            "text of 1 to 64 characters without control characters",
            type="string",
            minLength=1,
            maxLength=ID_LENGTH,
            pattern="^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
        ),
        **{
            name: _a("one of " + ", ".join(allowed), enum=list(allowed))
            for name, allowed in CATEGORIES.items()
        },
        "SeniorCitizen": _between("SeniorCitizen", "integer"),
        "tenure": _between("tenure", "integer"),
        "MonthlyCharges": _between("MonthlyCharges", "number"),
        "TotalCharges": _a(
            "a number from 0 to 1000000, the same as text, or blank text",
            anyOf=[
                _between("TotalCharges", "number"),
                {"type": "string", "pattern": "^([0-9]+(\\.[0-9]+)?| *)$"},
            ],
        ),
        "event_ts": _a(
            "a time in UTC as RFC 3339 has it",
            type="string",
            format="date-time",
            pattern="[Zz]$|[+-]00:00$",
        ),
    },
}

PREDICTION = {
    "$schema": _DIALECT,
    "title": "Prediction",
    "type": "object",
    "required": [
        "customerID", "prediction", "churn_probability", "model_version", "event_ts",
        "processed_ts",
    ],
    "properties": {
        "customerID": _text("the event's customerID"),
        "prediction": _a("0 or 1", type="integer", minimum=0, maximum=1),
        "churn_probability": _a(
            "a finite number from 0 to 1", type="number", minimum=0, maximum=1
        ),
        "model_version": _text("text that is not empty"),
        "event_ts": _text("the event's event_ts"),
        "processed_ts": _TIME,
    },
}  # fmt: skip

# What every consumer's dead letters must show.
DEAD_LETTER_JSON = {
    "$schema": _DIALECT,
    "title": "Dead letter, original as JSON or text",
    "type": "object",
    "required": ["error_type", "original_message"],
    "properties": {"error_type": _text("text that is not empty")},
}

# What a consumer promises that declares that originals are recoverable bit by bit.
DEAD_LETTER_EXACT = {
    "$schema": _DIALECT,
    "title": "Dead letter, original recoverable bit by bit",
    "type": "object",
    "required": [
        "error_type", "error_message", "original_message", "original_message_encoding",
        "original_key", "original_key_encoding", "source_topic", "source_partition",
        "source_offset", "failed_ts", "consumer_group",
    ],
    "properties": {
        "error_type": _a("one of " + ", ".join(ERROR_TYPES), enum=list(ERROR_TYPES)),
        "error_message": _text("text that is not empty"),
        "original_message": _a("text or null", type=["string", "null"]),
        "original_message_encoding": _a("utf-8, base64 or null", enum=[*_ENCODINGS, None]),
        "original_message_truncated": _a("true or false", type="boolean"),
        "original_message_length": _a("a count of bytes", **_OFFSET),
        "original_message_sha256": _a(
            "64 hexadecimal digits", type="string", pattern="^[0-9a-fA-F]{64}$"
        ),
        "original_key": _a("text or null", type=["string", "null"]),
        "original_key_encoding": _a("utf-8, base64 or null", enum=[*_ENCODINGS, None]),
        "source_topic": _text("a topic's name"),
        "source_partition": _a("a partition's number", **_OFFSET),
        "source_offset": _a("an offset", **_OFFSET),
        "failed_ts": _TIME,
        "consumer_group": _text("a group's name"),
    },
    "if": {
        "properties": {"original_message_truncated": {"const": True}},
        "required": ["original_message_truncated"],
    },
    "then": {"required": ["original_message_length", "original_message_sha256"]},
}  # fmt: skip
