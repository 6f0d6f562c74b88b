"""Wraps a refused record so that its original can be recovered, whatever its bytes and size."""

import hashlib
from base64 import b64decode, b64encode
from typing import NamedTuple

import msgspec

from consumer.messages import Headers, Outgoing, Refusal

DEFAULT_LIMIT = 1_048_588  # a topic's max.message.bytes where nobody said otherwise
PREFIX = "x-dlq-"
_KEY_PREFIX = 48  # bytes of a key that stay where the whole key does not fit
_BATCH_OVERHEAD = 61 + 36  # record batch header, and the varints of one record at their longest
_HEADER_OVERHEAD = 10  # two varints
_OVERHEAD = 1_000  # more than all that, and the names of our headers
DROPPED = (f"{PREFIX}headers-dropped", b"true")
# Facts of a letter that stand in its headers too.
_HEADERS = tuple(
    (name, PREFIX + name.replace("_", "-"))
    for name in ("error_type", "source_topic", "source_partition", "source_offset", "failed_ts",
                 "consumer_group")
)  # fmt: skip
_encode = msgspec.json.encode


class Original(NamedTuple):
    """The record as it was consumed."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class _Quote(NamedTuple):
    """Bytes as they stand in a letter, and whether something had to be cut."""

    text: str | None
    encoding: str | None
    cut: bool = False


class DeadLetters:
    """Builds the messages of the dead letter topic, each within the topic's size limit."""

    def __init__(self, topic: str, group: str, limit: int = DEFAULT_LIMIT):
        """``limit`` is the topic's max.message.bytes."""
        self.topic, self._group, self.limit = topic, group, limit

    def letter(self, original: Original, refusal: Refusal, failed_ts: str) -> Outgoing:
        """The message for ``original``: whole where it fits, else with what fits of it."""
        facts = self._facts(original, refusal, failed_ts)
        document = _document(original, facts, _quote(original.value), _quote(original.key))
        headers = [*original.headers, *_facts_as_headers(facts)]
        whole = Outgoing(self.topic, original.key, _encode(document), headers)
        if _plainly_fits(whole, original, self.limit) or size(whole) <= self.limit:
            return whole
        return _Letter(original, facts, self.topic).within(self.limit)

    def _facts(self, original: Original, refusal: Refusal, failed_ts: str) -> dict[str, object]:
        return {
            "error_type": refusal.error_type,
            "error_message": refusal.message,
            "source_topic": original.topic,
            "source_partition": original.partition,
            "source_offset": original.offset,
            "failed_ts": failed_ts,
            "consumer_group": self._group,
        }


class _Letter:
    """One letter in the making: gives up what it must, the least important first."""

    def __init__(self, original: Original, facts: dict[str, object], topic: str):
        self._original, self._facts, self._topic = original, facts, topic
        self._key, self._quoted_key = original.key, _quote(original.key)
        self._theirs = list(original.headers)
        self._ours = _facts_as_headers(facts)

    def with_value(self, quote: _Quote) -> Outgoing:
        """The message with what is kept so far, and ``quote`` as the original message."""
        document = _document(self._original, self._facts, quote, self._quoted_key)
        return Outgoing(self._topic, self._key, _encode(document), self._theirs + self._ours)

    def within(self, limit: int) -> Outgoing:
        """The message in ``limit`` bytes: the value is cut before the key in the text, that
        before the headers, the largest first, and the Kafka key last."""
        if self._room(limit) < 0:
            self._quoted_key = _quote_within(self._key, _KEY_PREFIX)
        if self._room(limit) < 0 and self._theirs:
            self._ours.append(DROPPED)
        self._drop_headers(-self._room(limit))
        if self._room(limit) < 0 and self._key:
            self._key = self._key[:_KEY_PREFIX]
        return self.with_value(_quote_within(self._original.value, max(0, self._room(limit))))

    def _drop_headers(self, excess: int) -> None:
        """Give up the largest until ``excess`` bytes are saved; what stays keeps its order."""
        sizes = [_taken(*header) for header in self._theirs]
        dropped = set()
        for place in sorted(range(len(sizes)), key=sizes.__getitem__, reverse=True):
            if excess <= 0:
                break
            dropped.add(place)
            excess -= sizes[place]
        self._theirs = [one for place, one in enumerate(self._theirs) if place not in dropped]

    def _room(self, limit: int) -> int:
        """Bytes left for the value."""
        return limit - size(self.with_value(_Quote("", "utf-8", cut=True)))


def _document(original: Original, facts: dict, value: _Quote, key: _Quote) -> dict[str, object]:
    document = facts.copy()
    _put(document, "original_message", original.value, value)
    _put(document, "original_key", original.key, key)
    return document


def _facts_as_headers(facts: dict[str, object]) -> Headers:
    return [
        (header, fact.encode() if type(fact := facts[name]) is str else b"%d" % fact)
        for name, header in _HEADERS
    ]


def _plainly_fits(message: Outgoing, original: Original, limit: int) -> bool:
    """Without counting: what our headers hold, and the key, stand in the value too."""
    return not original.headers and 2 * len(message.value) + _OVERHEAD <= limit


def size(message: Outgoing) -> int:
    """An upper bound of what the message takes on the broker, in bytes, uncompressed."""
    headers = sum([_taken(*header) for header in message.headers or ()])
    return _BATCH_OVERHEAD + len(message.key or b"") + len(message.value) + headers


def _taken(name: str, value: bytes | None) -> int:
    length = len(name) if name.isascii() else len(name.encode())
    return length + len(value or b"") + _HEADER_OVERHEAD


def _put(document: dict[str, object], name: str, data: bytes | None, quote: _Quote) -> None:
    document[name], document[name + "_encoding"], cut = quote
    if cut and data is not None:
        document[name + "_truncated"] = True
        document[name + "_length"] = len(data)
        document[name + "_sha256"] = hashlib.sha256(data).hexdigest()


def _quote(data: bytes | None) -> _Quote:
    """The whole: as text if it is UTF-8, else as base64."""
    if data is None:
        return _Quote(None, None)
    try:
        return _Quote(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _Quote(b64encode(data).decode(), "base64")


def _quote_within(data: bytes | None, room: int) -> _Quote:
    """The whole in ``room`` bytes of JSON if either form fits (text may be twice its bytes once
    it is escaped, base64 never), else as much from the beginning; whole characters only."""
    whole = _quote(data)
    if data is None or _in_json(whole.text) <= room:
        return whole
    if len(data) + 2 <= room // 4 * 3:
        return _Quote(b64encode(data).decode(), "base64")
    if whole.encoding == "base64":
        return _Quote(b64encode(data[: room // 4 * 3]).decode(), "base64", cut=True)
    return _Quote(_text_within(data, room), "utf-8", cut=True)


def _in_json(text: str) -> int:
    return len(_encode(text)) - 2


def _text_within(data: bytes, room: int) -> str:
    fits, too_long = 0, min(len(data), room) + 1
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if _in_json(data[:middle].decode("utf-8", "ignore")) <= room:
            fits = middle
        else:
            too_long = middle
    return data[:fits].decode("utf-8", "ignore")


def shrunk(message: Outgoing, limit: int) -> Outgoing:
    """A letter that the topic refused as too large, made again for a smaller ``limit``."""
    document = msgspec.json.decode(message.value)
    text, encoding = document["original_message"] or "", document["original_message_encoding"]
    data = b64decode(text) if encoding == "base64" else text.encode()
    if not document.get("original_message_truncated"):
        document["original_message_truncated"] = True
        document["original_message_length"] = len(data)
        document["original_message_sha256"] = hashlib.sha256(data).hexdigest()
    document["original_message"] = ""
    bare = message._replace(value=_encode(document))
    kept = _quote_within(data, max(0, limit - size(bare)))
    document["original_message"] = kept.text
    document["original_message_encoding"] = kept.encoding
    return message._replace(value=_encode(document))
