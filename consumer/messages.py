"""What goes in and out: records, events, predictions, and why a record is refused."""

from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

DESERIALIZATION = "deserialization_error"
VALIDATION = "validation_error"
INFERENCE = "inference_error"
SCORED = "scored"

Headers = list[tuple[str, bytes | None]]


class Event(NamedTuple):
    """A customer event that can be scored; ``features`` in the order of ``features.COLUMNS``."""

    customer_id: str
    event_ts: str
    features: tuple


class Refusal(NamedTuple):
    """Why a record cannot be scored: an error type and a message without any payload."""

    error_type: str
    message: str


class Outgoing(NamedTuple):
    """A message to produce."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Headers | None = None


class Prediction(msgspec.Struct, gc=False):
    """The value of a message on the output topic."""

    customerID: str  # noqa: N815 - the contract's name
    prediction: int
    churn_probability: float
    model_version: str
    event_ts: str
    processed_ts: str


def now_text() -> str:
    """The present, RFC 3339 UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
