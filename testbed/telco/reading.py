"""Reads what a consumer wrote into outcomes; whatever the bytes, it never raises."""

from datetime import UTC, datetime

from testbed.history import DEAD_LETTERS, PREDICTIONS, Outcome
from testbed.telco import dead_letters
from testbed.telco.records import (
    RawRecord,
    breaches,
    event_identity,
    number_of,
    quoted,
    read_body,
    validator,
)
from testbed.telco.schemas import PREDICTION

__all__ = ["RawRecord", "read_dead_letter", "read_prediction"]

_PREDICTION = validator(PREDICTION)
CLOSE_S = 3600.0  # clocks may differ by minutes, and a batch takes its time


def read_prediction(raw: RawRecord) -> Outcome:
    """A prediction; ``problems`` tell each breach of the contract in one sentence."""
    body = read_body(raw.value)
    fields = body.fields
    problems = body.problems
    if fields:
        problems += breaches(_PREDICTION, PREDICTION, fields) + _key_problems(raw.key, fields)
        problems += _moment_problems(raw.timestamp_ms, fields)
    elif not problems:
        problems = breaches(_PREDICTION, PREDICTION, fields)
    identity, entity = event_identity(fields)
    probability, label = (number_of(fields, name) for name in ("churn_probability", "prediction"))
    return Outcome(
        role=PREDICTIONS,
        partition=raw.partition,
        offset=raw.offset,
        timestamp_ms=raw.timestamp_ms,
        key=raw.key,
        value=raw.value,
        headers=raw.headers,
        identity=identity,
        entity=entity,
        score=None if probability is None else float(probability),
        label=int(label) if label in (0, 1) else None,
        problems=problems,
    )


def read_dead_letter(raw: RawRecord) -> Outcome:
    """A dead letter; ``exact_problems`` count only where the consumer promises exactness."""
    letter = dead_letters.read(raw)
    return Outcome(
        role=DEAD_LETTERS,
        partition=raw.partition,
        offset=raw.offset,
        timestamp_ms=raw.timestamp_ms,
        key=raw.key,
        value=raw.value,
        headers=raw.headers,
        identity=letter.identity,
        entity=letter.entity,
        error_type=letter.error_type,
        source=letter.source,
        recovered=letter.recovered,
        problems=letter.problems,
        exact_problems=letter.exact_problems,
    )


def _key_problems(key: bytes | None, fields: dict) -> tuple[str, ...]:
    customer = fields.get("customerID")
    if not isinstance(customer, str):
        return ()
    expected = customer.encode("utf-8", "backslashreplace")
    if key == expected:
        return ()
    return (f"Expected the record's key to be {quoted(expected)}, got {quoted(key)}.",)


def _moment_problems(stored_ms: int | None, fields: dict) -> tuple[str, ...]:
    """Whether ``processed_ts`` is about when the record was stored.

    A record may carry its event's time as its own: then nothing tells when it was scored.
    """
    processed, event = (_seconds(fields.get(name)) for name in ("processed_ts", "event_ts"))
    if processed is None or event is None or not stored_ms:
        return ()
    stored = stored_ms / 1000
    if min(abs(processed - stored), abs(event - stored)) < CLOSE_S:
        return ()
    about = datetime.fromtimestamp(stored, UTC).isoformat(timespec="seconds")
    return (
        f"Expected processed_ts to be when the event was scored, about {about}, "
        f"got {quoted(fields['processed_ts'])}.",
    )


def _seconds(text: object) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.timestamp() if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None
