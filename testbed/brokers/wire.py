"""One question to a broker in Kafka's own protocol, for what no client library asks safely.

https://kafka.apache.org/protocol#protocol_messages
"""

import socket
import struct

CLIENT = b"testbed"
HEADER_BYTES = 4  # of an answer: the correlation id
LARGEST_ANSWER = 1 << 20  # bytes; a real one has some dozens
NO_TAGS = b"\0"  # what a flexible version has behind its header and its body


def ask(
    connection: socket.socket,
    api_key: int,
    body: bytes,
    *,
    version: int = 0,
    flexible: bool = False,
) -> bytes:
    """The body of the answer to a request in this version; ``flexible`` where that has tags.

    Raises ``OSError`` where the answer is none, or a strange one.
    """
    header = struct.pack(">hhih", api_key, version, api_key, len(CLIENT)) + CLIENT
    tags = NO_TAGS if flexible else b""
    message = header + tags + body + tags
    connection.sendall(struct.pack(">i", len(message)) + message)
    size = struct.unpack(">i", _read(connection, 4))[0]
    if not HEADER_BYTES + len(tags) <= size <= LARGEST_ANSWER:
        raise OSError(f"An answer of {size} bytes")
    return _read(connection, size)[HEADER_BYTES + len(tags) :]


def _read(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise OSError("The connection was closed")
        data += more
    return data
