"""Questions to a broker in Kafka's own protocol: who coordinates a group, does it, how far it is.

In early versions, which every broker still speaks.
"""

import socket
import struct

from testbed.brokers.wire import ask

GROUP = b"testbed-ready"  # asked for, never joined
OFFSET_FETCH, FIND_COORDINATOR, DESCRIBE_GROUPS = 9, 10, 15  # API keys
OFFSET_FETCH_VERSION = 2  # the first with an error of the whole group


def answers(address: tuple[str, int], within_s: float) -> bool:
    """Whether the broker at ``address`` (host, port) is a coordinator that has loaded.

    ``within_s`` limits each step of the conversation. No answer, or a strange one, is a no.
    """
    name = _string(GROUP)
    try:
        with socket.create_connection(address, within_s) as connection:
            found = ask(connection, FIND_COORDINATOR, name)
            if struct.unpack_from(">h", found)[0] != 0:
                return False
            described = ask(connection, DESCRIBE_GROUPS, struct.pack(">i", 1) + name)
            groups, error = struct.unpack_from(">ih", described)
            return (groups, error) == (1, 0)
    except (OSError, struct.error):
        return False


def committed(
    servers: str, group: str, topic: str, partitions: int, within_s: float
) -> dict[int, int]:
    """The group's committed offset of each partition that has one.

    For a cluster whose coordinators move: there the Admin API's own question ends the process
    (confluentinc/librdkafka issue 5315). ``servers`` talk plaintext; ``within_s`` limits each
    step. Raises ``OSError`` where no answer, or a refusal, came from any of them.
    """
    wanted = _string(group.encode()) + struct.pack(">i", 1) + _string(topic.encode())
    wanted += struct.pack(f">i{partitions}i", partitions, *range(partitions))
    with socket.create_connection(_any(servers, group, within_s), within_s) as connection:
        told = ask(connection, OFFSET_FETCH, wanted, version=OFFSET_FETCH_VERSION)
    if struct.unpack_from(">h", told, len(told) - 2)[0] != 0:
        raise OSError("The coordinator refused to tell offsets")
    return dict(_offsets(told, len(topic.encode())))


def _any(servers: str, group: str, within_s: float) -> tuple[str, int]:
    """The group's coordinator, as the first of the servers that answers knows it."""
    for server in servers.split(","):
        host, _, port = server.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), within_s) as connection:
                found = ask(connection, FIND_COORDINATOR, _string(group.encode()))
        except OSError:
            continue
        error, _, size = struct.unpack_from(">hih", found)
        if error == 0:
            own = found[8 : 8 + size].decode()
            return own, struct.unpack_from(">i", found, 8 + size)[0]
    raise OSError("No broker names the group's coordinator")


def _offsets(told: bytes, topic_bytes: int):
    at = 4 + 2 + topic_bytes  # one topic, its name
    (count,) = struct.unpack_from(">i", told, at)
    at += 4
    for _ in range(count):
        partition, offset, metadata = struct.unpack_from(">iqh", told, at)
        at += 14 + max(0, metadata)
        (error,) = struct.unpack_from(">h", told, at)
        at += 2
        if error == 0 and offset >= 0:
            yield partition, offset


def _string(text: bytes) -> bytes:
    return struct.pack(">h", len(text)) + text
