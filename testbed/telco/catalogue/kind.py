"""What a kind of record is, and the few ways in which kinds are made."""

import json
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from testbed.history import SCORED, Headers
from testbed.telco import strict_json
from testbed.telco.contract import DESERIALIZATION, REQUIRED, VALIDATION
from testbed.telco.customers import token
from testbed.telco.draft import Draft
from testbed.telco.events import features, random_event, timestamp
from testbed.telco.fingerprint import fingerprints
from testbed.telco.records import event_identity, lenient_fields
from testbed.telco.writing import compact

NOT_JSON = "not JSON at all"
NOT_AN_EVENT = "JSON but not an event"
WRONG_FIELD = "an event with a wrong field"
UNSCORABLE = "an event that the model cannot score"
ODD = "odd but valid"

EITHER = (DESERIALIZATION, VALIDATION)  # where the parser decides
ANYTHING = (SCORED, DESERIALIZATION, VALIDATION)  # the same in a field that is to be ignored
ROOM = (SCORED, VALIDATION)  # where the contract lets both be right
_ADMITS = {
    NOT_JSON: (DESERIALIZATION,),
    NOT_AN_EVENT: (VALIDATION,),
    WRONG_FIELD: (VALIDATION,),
    UNSCORABLE: (SCORED,),  # by a full model; the oracle knows what a narrower one cannot
    ODD: (SCORED,),
}
# Below the default max.message.bytes of 1,048,588, with room for key, headers and framing.
LARGE_BYTES = 1_040_000


class Kind(NamedTuple):
    """``write`` makes the value from a valid event that carries a marker of its own.

    ``key`` makes the record's key from the marker; it is the marker where not given.
    ``admits`` are the right outcomes, ``title`` says for people what is sent.
    """

    slug: str
    group: str
    title: str
    write: Callable[[dict], bytes | None]
    admits: tuple[str, ...]
    headers: Headers = ()
    key: Callable[[bytes], bytes | None] = bytes

    def make(self, n: int, seed: int) -> Draft:
        """The ``n``-th record of a run of this kind; the same for the same seed."""
        event = base_event(self.slug, n, seed)
        marker = event["customerID"].encode()
        value = self.write(event)
        return Draft(
            key=self.key(marker),
            value=value,
            headers=self.headers,
            admits=self.admits,
            fingerprints=fingerprints(value),
            note=self.title,
            **known(value, SCORED in self.admits),
        )


class Group:
    """Adds kinds to one group, in the ways that fit it."""

    def __init__(self, name: str):
        self.name = name
        self.kinds: list[Kind] = []

    def add(self, slug: str, title: str, write: Callable[[dict], bytes | None], **other) -> None:
        """A kind whose bytes ``write`` makes from a valid event."""
        other = {"admits": _ADMITS[self.name], **other}
        self.kinds.append(Kind(slug=slug, group=self.name, title=title, write=write, **other))

    def rewritten(
        self, slug: str, title: str, change: Callable[[bytes], bytes | None], **other
    ) -> None:
        """A valid event's bytes, changed."""
        self.add(slug, title, lambda event: change(compact(event)), **other)

    def changed(self, slug: str, title: str, fields: dict[str, object], **other) -> None:
        """A valid event with some fields of other values, or more fields."""
        self.add(slug, title, lambda event: ascii_json({**event, **fields}), **other)

    def literal(self, slug: str, title: str, name: str, text: str, **other) -> None:
        """A valid event with the JSON of one field replaced, or added, as text."""
        self.add(slug, title, lambda event: with_literal(event, name, text), **other)

    def identified(self, slug: str, title: str, change: Callable[[str], object], **other) -> None:
        """A valid event whose customerID is made from the marker; keyed by it where it can be."""

        def write(event: dict) -> bytes:
            return ascii_json({**event, "customerID": change(event["customerID"])})

        def key(marker: bytes) -> bytes:
            changed = change(marker.decode())
            return changed.encode("utf-8", "ignore")[:200] if isinstance(changed, str) else marker

        self.add(slug, title, write, **{"key": key, **other})


def base_event(slug: str, n: int, seed: int) -> dict:
    """A valid event that names its run and its number."""
    rng = Random(f"{slug} {n} {seed}")
    tenure = rng.randrange(1, 100)
    event = random_event(rng, f"K-{token(seed)}-{n:05}", timestamp(n), tenure)
    return {**event, "TotalCharges": round(event["MonthlyCharges"] * tenure, 2)}


def ascii_json(event: object) -> bytes:
    """JSON with everything but ASCII escaped: the one form that can hold half a character."""
    return json.dumps(event).encode()


def with_literal(event: dict, name: str, text: str) -> bytes:
    """The event as JSON with ``text`` as it is for the value of ``name``."""
    members = [
        f"{json.dumps(key)}:{json.dumps(value)}" for key, value in event.items() if key != name
    ]
    return "{{{}}}".format(",".join([*members, f"{json.dumps(name)}:{text}"])).encode()


def known(value: bytes | None, scored: bool) -> dict:
    """Identity and features of what ``value`` says, as far as it says them."""
    if not scored:
        identity, entity = event_identity(lenient_fields(value))
        return {"identity": identity, "entity": entity}
    document = strict_json.read(value).value
    event = {name: _plain(document[name]) for name in REQUIRED}
    identity, entity = event_identity(event)
    return {"identity": identity, "entity": entity, "event": event, "features": features(event)}


def _plain(value: object) -> object:
    if isinstance(value, strict_json.Integer):
        return int(value.text)
    return float(value.text) if isinstance(value, strict_json.Number) else value
