"""Kinds that are JSON, and something else than a customer event."""

import json

from testbed.telco.catalogue.kind import EITHER, LARGE_BYTES, NOT_AN_EVENT, Group, ascii_json
from testbed.telco.writing import compact

_group = Group(NOT_AN_EVENT)
_add, _bytes = _group.add, _group.rewritten


def _renamed(event: dict, change) -> bytes:
    return ascii_json({change(name): value for name, value in event.items()})


_bytes("null", "the word null", lambda data: b"null")
_bytes("true", "the word true", lambda data: b"true")
_bytes("number", "a number", lambda data: b"42")
_bytes("minus-zero", "minus zero", lambda data: b"-0.0")
_add("text", "text", lambda event: ascii_json(event["customerID"]))
_bytes("text-empty", "empty text", lambda data: b'""')
_bytes("event-in-text", "an event encoded twice", lambda data: json.dumps(data.decode()).encode())
_bytes("list-empty", "an empty list", lambda data: b"[]")
_bytes("list-of-event", "a list with one event", lambda data: b"[" + data + b"]")
_bytes("list-of-events", "a list of events", lambda data: b"[" + data + b"," + data + b"]")
_add("list-of-pairs", "an event as a list of pairs", lambda event: ascii_json([*event.items()]))
_add(
    "list-of-values", "an event's values without names", lambda event: ascii_json([*event.values()])
)
_bytes("object-empty", "an object without fields", lambda data: b"{}")
_bytes("wrapped", "an event inside another object", lambda data: b'{"data":' + data + b"}")
_bytes("wrapped-schema", "an event with its schema beside it",
       lambda data: b'{"schema":{"type":"struct"},"payload":' + data + b"}")  # fmt: skip
_bytes("cloud-event", "a CloudEvents envelope",
       lambda data: b'{"specversion":"1.0","id":"1","source":"/crm","type":"customer","data":'
       + data + b"}")  # fmt: skip
_add("customer-only", "a customerID and nothing else",
     lambda event: ascii_json({"customerID": event["customerID"]}))  # fmt: skip
_add("unknown-fields", "only unknown fields",
     lambda event: ascii_json({f"x{name}": value for name, value in event.items()}))  # fmt: skip
_add("names-lower-case", "all names in lower case", lambda event: _renamed(event, str.lower))
_add("names-with-blank", "a blank behind each name", lambda event: _renamed(event, "{} ".format))
_add("prediction", "a prediction",
     lambda event: ascii_json({
         "customerID": event["customerID"], "prediction": 1, "churn_probability": 0.9,
         "model_version": "1", "event_ts": event["event_ts"], "processed_ts": event["event_ts"],
     }))  # fmt: skip
_add("dead-letter", "a dead letter that came back",
     lambda event: ascii_json({
         "error_type": "inference_error", "error_message": "forged",
         "original_message": compact(event).decode(), "original_message_encoding": "utf-8",
         "original_key": None, "original_key_encoding": None, "source_topic": "elsewhere",
         "source_partition": 7, "source_offset": 7, "failed_ts": event["event_ts"],
         "consumer_group": "forged",
     }))  # fmt: skip
_bytes("prototype", "only a __proto__", lambda data: b'{"__proto__":' + data + b"}")
_bytes("markup", "a script in text", lambda data: b'"<script>alert(1)</script>"')
_bytes("many-names", "50,000 unknown fields",
       lambda data: json.dumps(dict.fromkeys(map(str, range(50_000)), 0)).encode())  # fmt: skip
_bytes("large-text-only", "text of a megabyte",
       lambda data: b'"' + b"x" * (LARGE_BYTES - 2) + b'"')  # fmt: skip

# Where parsers have limits of their own
_bytes("nesting-list", "lists 100,000 deep", lambda data: b"[" * 100_000 + b"]" * 100_000,
       admits=EITHER)  # fmt: skip
_bytes("nesting-object", "objects 50,000 deep",
       lambda data: b'{"a":' * 50_000 + b"1" + b"}" * 50_000, admits=EITHER)  # fmt: skip
_bytes("digits", "an integer of 5,000 digits", lambda data: b"9" * 5000, admits=EITHER)
_bytes("overflow", "a number too large for a double", lambda data: b"1e999", admits=EITHER)
_bytes("half-character", "half of a surrogate pair", lambda data: rb'"\ud800"', admits=EITHER)

KINDS = tuple(_group.kinds)
