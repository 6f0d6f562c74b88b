"""One record before it is published, with all that is known about it from its making."""

import msgspec

from testbed.history import Headers


# Without gc: hundreds of thousands are made at once, and none can be part of a cycle.
class Draft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What to publish, and which outcomes are right for it.

    ``admits``: ``scored`` or error types, one of which must happen. ``identity`` is
    ``customerID|event_ts`` where the record carries both; ``entity`` is the customerID.
    ``event``: the event as a dict, for valid ones. ``features``: the model's inputs in one
    string, equal exactly when the inputs are equal. ``note``: what is special, for people.
    """

    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None
    identity: str | None = None
    entity: str | None = None
    admits: tuple[str, ...] = ()
    event: dict | None = None
    features: str | None = None
    fingerprints: tuple[str, ...] = ()
    note: str = ""
