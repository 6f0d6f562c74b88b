"""Strikes a broker that is gone off its cluster's list, so that it may come back as a new one.

Until then it counts as in service and as the leader of its partitions, though nobody reaches it.
"""

import socket
import struct

from testbed.brokers.wire import ask

UNREGISTER_BROKER = 64  # API key
STRUCK = (0, 102)  # done, or there is no such registration


def strike(controller: tuple[str, int], node_id: int, within_s: float) -> bool:
    """Whether the controller at this address (host, port) has committed that the broker is gone.

    ``within_s`` limits each step of the conversation. A controller that is not active yet, no
    answer, or a strange one is a no.
    """
    try:
        with socket.create_connection(controller, within_s) as connection:
            body = struct.pack(">i", node_id)
            told = ask(connection, UNREGISTER_BROKER, body, flexible=True)
            _throttled_ms, error = struct.unpack_from(">ih", told)
            return error in STRUCK
    except (OSError, struct.error):
        return False
