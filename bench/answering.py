"""What the peers have in common: jsonschema, a table of pandas, and the stored pipeline.

The candidates differ by their client library and by how they shape their loop, not by this.
"""

import json
from datetime import UTC, datetime
from functools import cache

import jsonschema
import pandas
from skops.io import load

from consumer.features import CATEGORIES, COLUMNS

NUMBERS = {
    "SeniorCitizen": {"type": "integer", "minimum": 0, "maximum": 1},
    "tenure": {"type": "integer", "minimum": 0, "maximum": 100},
    "MonthlyCharges": {"type": "number", "minimum": 0, "maximum": 200},
    "TotalCharges": {"type": ["number", "string"], "pattern": r"^(\s*|[0-9]+(\.[0-9]+)?)$"},
}
TEXTS = {"customerID": {"type": "string"}, "event_ts": {"type": "string"}}
SCHEMA = {
    "type": "object",
    "required": [*TEXTS, *COLUMNS],
    "properties": {
        **TEXTS,
        **NUMBERS,
        **{name: {"enum": list(values)} for name, values in CATEGORIES.items()},
    },
}
PREDICTION, LETTER = "OUTPUT_TOPIC", "DEADLETTER_TOPIC"


def model(path: str):
    """The stored pipeline."""
    return load(path, trusted=["sklearn.tree._tree.Tree"])


def answers(pipeline, values: list[bytes]) -> list[tuple[str, bytes]]:
    """Where each record goes, and as what; the valid ones are scored in one table."""
    read = [_event(value) for value in values]
    events = [one for one in read if isinstance(one, dict)]
    scores = iter(pipeline.predict_proba(_table(events))[:, 1] if events else ())
    return [
        (PREDICTION, _prediction(one, float(next(scores))))
        if isinstance(one, dict)
        else (LETTER, _letter(value, one))
        for value, one in zip(values, read, strict=True)
    ]


def _event(value: bytes) -> dict | Exception:
    try:
        event = json.loads(value, object_pairs_hook=_unique, parse_constant=_no_constant)
        _validator().validate(event)
    except (ValueError, jsonschema.ValidationError) as error:
        return error
    return event


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(SCHEMA)


def _table(events: list[dict]) -> pandas.DataFrame:
    rows = [{name: event[name] for name in COLUMNS} for event in events]
    for row in rows:
        row["TotalCharges"] = float(str(row["TotalCharges"]).strip() or 0)
    return pandas.DataFrame(rows)


def _prediction(event: dict, probability: float) -> bytes:
    scored = {"prediction": int(probability > 0.5), "churn_probability": probability}
    echoed = {name: event[name] for name in TEXTS}
    told = {"model_version": "1", "processed_ts": datetime.now(UTC).isoformat()}
    return json.dumps(echoed | scored | told).encode()


def _letter(value: bytes, error: Exception) -> bytes:
    kind = "validation" if isinstance(error, jsonschema.ValidationError) else "deserialization"
    told = {"error_type": f"{kind}_error", "error_message": type(error).__name__}
    return json.dumps(told | {"original_message": value.decode("utf-8", "replace")}).encode()


def _unique(pairs: list) -> dict:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("the same key twice")
    return fields


def _no_constant(name: str) -> None:
    raise ValueError(name)
