"""The transactional id that a producer introduces itself with, out of its InitProducerId request.

https://kafka.apache.org/protocol: its head, the client's id, and from version 2 on tagged fields
and strings whose length is a varint.
"""

import struct

from testbed.network.frames import SIZE_BYTES
from testbed.network.keys import API_KEYS

INIT_PRODUCER_ID = API_KEYS["InitProducerId"]
FLEXIBLE = 2  # the first version with tagged fields


class Introductions:
    """Of one connection; a client may say one in several pieces."""

    def __init__(self):
        self._begun = b""

    def heard(self, data: bytes, begun: list[tuple[int, int]]) -> list[str]:
        """The names in ``data``, where requests begin at these places with these API keys."""
        names = self._end(data) if self._begun else []
        for at, key in begun:
            if key == INIT_PRODUCER_ID:
                names += self._end(data[at:])
        return names

    def _end(self, data: bytes) -> list[str]:
        """Go on with what has begun; the name, once all of it is there."""
        self._begun += data
        whole = SIZE_BYTES + struct.unpack_from(">i", self._begun)[0]
        if len(self._begun) < whole:
            return []
        message, self._begun = self._begun[:whole], b""
        name = transactional_id(message)
        return [name] if name else []


def transactional_id(message: bytes) -> str | None:
    """Of a whole request with its size; None for a producer without one, or a part of a request."""
    try:
        (version,) = struct.unpack_from(">h", message, 6)
        at = _behind_client_id(message)
        if version < FLEXIBLE:
            return _string(message, at + 2, _length(message, at))
        if message[at]:  # tagged fields, which no client sends
            return None
        length, at = _varint(message, at + 1)
        return _string(message, at, length - 1)
    except (struct.error, IndexError, UnicodeDecodeError):
        return None


def _behind_client_id(message: bytes) -> int:
    return 14 + max(0, _length(message, 12))


def _length(message: bytes, at: int) -> int:
    return struct.unpack_from(">h", message, at)[0]


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _string(message: bytes, at: int, length: int) -> str | None:
    text = message[at : at + max(0, length)]
    return text.decode() if text and len(text) == length else None
