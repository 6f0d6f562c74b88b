"""Two questions to a broker in Kafka's own protocol: who coordinates a group, and does it.

Both in their first version, which every broker still speaks:
https://kafka.apache.org/protocol#protocol_messages
"""

import socket
import struct

GROUP = b"testbed-ready"  # asked for, never joined
CLIENT = b"testbed"
FIND_COORDINATOR, DESCRIBE_GROUPS = 10, 15  # API keys
HEADER_BYTES = 4  # of an answer: the correlation id
LARGEST_ANSWER = 1 << 20  # bytes; a real one has some dozens


def answers(address: tuple[str, int], within_s: float) -> bool:
    """Whether the broker at ``address`` (host, port) is a coordinator that has loaded.

    ``within_s`` limits each step of the conversation. No answer, or a strange one, is a no.
    """
    name = struct.pack(">h", len(GROUP)) + GROUP
    try:
        with socket.create_connection(address, within_s) as connection:
            found = _ask(connection, FIND_COORDINATOR, name)
            if struct.unpack_from(">h", found)[0] != 0:
                return False
            described = _ask(connection, DESCRIBE_GROUPS, struct.pack(">i", 1) + name)
            groups, error = struct.unpack_from(">ih", described)
            return (groups, error) == (1, 0)
    except (OSError, struct.error):
        return False


def _ask(connection: socket.socket, api_key: int, body: bytes) -> bytes:
    """The body of the broker's answer."""
    header = struct.pack(">hhih", api_key, 0, api_key, len(CLIENT)) + CLIENT
    connection.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
    size = struct.unpack(">i", _read(connection, 4))[0]
    if not HEADER_BYTES <= size <= LARGEST_ANSWER:
        raise OSError(f"An answer of {size} bytes")
    return _read(connection, size)[HEADER_BYTES:]


def _read(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise OSError("The connection was closed")
        data += more
    return data
