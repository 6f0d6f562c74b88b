"""A consumer as tutorials write it: a record at a time, jsonschema, a table of one row."""

import json
import os
import signal
from datetime import UTC, datetime

import jsonschema
import pandas
from confluent_kafka import Consumer, Producer
from skops.io import load

from testbed.telco.contract import CATEGORIES

COLUMNS = ("SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges", *CATEGORIES)
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
running = True


def stop(*_signal) -> None:
    """Finish the record and end."""
    global running  # noqa: PLW0603 - a script of one function
    running = False


def unique(pairs: list) -> dict:
    """An object whose keys are all different."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("the same key twice")
    return fields


def no_constant(name: str) -> None:
    """NaN and Infinity are not JSON."""
    raise ValueError(name)


def answer(model, value: bytes) -> tuple[str, dict]:
    """Where a record goes, and as what."""
    now = datetime.now(UTC).isoformat()
    try:
        event = json.loads(value, object_pairs_hook=unique, parse_constant=no_constant)
        jsonschema.validate(event, SCHEMA)
    except (ValueError, jsonschema.ValidationError) as error:
        kind = "validation" if isinstance(error, jsonschema.ValidationError) else "deserialization"
        letter = {"error_type": f"{kind}_error", "error_message": type(error).__name__}
        return "DEADLETTER_TOPIC", letter | {"original_message": value.decode("utf-8", "replace")}
    row = {name: event[name] for name in COLUMNS}
    row["TotalCharges"] = float(str(row["TotalCharges"]).strip() or 0)
    probability = float(model.predict_proba(pandas.DataFrame([row]))[0, 1])
    prediction = {"prediction": int(probability > 0.5), "churn_probability": probability}
    echoed = {name: event[name] for name in TEXTS}
    return "OUTPUT_TOPIC", echoed | prediction | {"model_version": "1", "processed_ts": now}


def main() -> None:
    """Poll, answer, produce, commit now and then, until stopped."""
    servers = {"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"]}
    group = {"group.id": os.environ["GROUP_ID"], "auto.offset.reset": "earliest"}
    model = load(os.environ["MODEL_PATH"], trusted=["sklearn.tree._tree.Tree"])
    consumer, producer = Consumer({**servers, **group}), Producer(servers)
    consumer.subscribe([os.environ["INPUT_TOPIC"]])
    while running:
        message = consumer.poll(0.1)
        if message is None:
            continue
        topic, document = answer(model, message.value())
        producer.produce(os.environ[topic], json.dumps(document).encode(), message.key())
        producer.poll(0)
    producer.flush()
    consumer.close()


if __name__ == "__main__":
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    main()
