"""Two questions to a broker in Kafka's own protocol: who coordinates a group, and does it.

Both in their first version, which every broker still speaks.
"""

import socket
import struct

from testbed.brokers.wire import ask

GROUP = b"testbed-ready"  # asked for, never joined
FIND_COORDINATOR, DESCRIBE_GROUPS = 10, 15  # API keys


def answers(address: tuple[str, int], within_s: float) -> bool:
    """Whether the broker at ``address`` (host, port) is a coordinator that has loaded.

    ``within_s`` limits each step of the conversation. No answer, or a strange one, is a no.
    """
    name = struct.pack(">h", len(GROUP)) + GROUP
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
