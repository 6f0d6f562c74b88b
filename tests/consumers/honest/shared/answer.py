"""The one outcome of a record: a prediction or a dead letter, as bytes to be sent."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from .event import BadRecordError, read
from .forest import Forest
from .settings import Settings

ROOM_BYTES = 900_000  # below the topic's limit of about a million, with room for the envelope


@dataclass(frozen=True)
class Record:
    """What every client library knows of a record, by one set of names."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


@dataclass(frozen=True)
class Answer:
    """What to send where."""

    topic: str
    key: bytes | None
    value: bytes
    headers: list[tuple[str, bytes | None]]


def answer(record: Record, settings: Settings, forest: Forest) -> Answer:
    """Score the record, or say why not."""
    try:
        event = read(record.value)
        probability = forest.score(event)
    except BadRecordError as error:
        return dead_letter(record, error, settings)
    body = {
        "customerID": event["customerID"],
        "prediction": int(probability > 0.5),
        "churn_probability": probability,
        "model_version": forest.version,
        "event_ts": event["event_ts"],
        "processed_ts": _now(),
    }
    return Answer(settings.output_topic, event["customerID"].encode(), _json(body), [])


def dead_letter(record: Record, error: BadRecordError, settings: Settings) -> Answer:
    """The letter for a record that cannot be scored: the original, and why."""
    carried = sum(len(name.encode()) + len(value or b"") for name, value in record.headers)
    key = record.key if len(record.key or b"") + carried < ROOM_BYTES else None
    headers = record.headers if carried < ROOM_BYTES else []
    carried = 0 if not headers else carried
    room = ROOM_BYTES - len(key or b"") - carried
    key_part = _original("original_key", record.key, room // 4)
    body = {
        "error_type": error.kind,
        "error_message": str(error),
        **_original("original_message", record.value, room - len(_json(key_part))),
        **key_part,
        "source_topic": settings.input_topic,
        "source_partition": record.partition,
        "source_offset": record.offset,
        "failed_ts": _now(),
        "consumer_group": settings.group,
    }
    ours = [("x-dlq-error-type", error.kind.encode())]
    return Answer(settings.deadletter_topic, key, _json(body), [*headers, *ours])


def _original(name: str, raw: bytes | None, room: int) -> dict:
    """The original as text or base64; a prefix with its full length and digest if too long."""
    if raw is None:
        return {name: None, f"{name}_encoding": None}
    text, encoding = _text(raw, raw)
    if len(_json(text)) <= room:
        return {name: text, f"{name}_encoding": encoding}
    text, _ = _text(raw, raw[: max(0, room) // 6])  # JSON writes a control character with six
    return {
        name: text,
        f"{name}_encoding": encoding,
        f"{name}_truncated": True,
        f"{name}_length": len(raw),
        f"{name}_sha256": hashlib.sha256(raw).hexdigest(),
    }


def _text(raw: bytes, kept: bytes) -> tuple[str, str]:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(kept).decode(), "base64"
    # Only the cut can have split a character, and a split one is left out.
    return kept.decode("utf-8", "ignore"), "utf-8"


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
