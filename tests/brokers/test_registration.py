"""What a controller says to the wish to strike a broker off, read from impostors."""

import socket
import struct

import pytest

from testbed.brokers import registration
from tests.brokers.test_readiness import answer, impostor


def told(error: int) -> bytes:
    return answer(b"\0" + struct.pack(">ih", 0, error) + b"\1\0")


@pytest.mark.parametrize(
    ("reply", "struck"),
    [
        (told(0), True),
        (told(102), True),  # there is no such broker
        (told(41), False),  # not the active controller, or not yet
        (b"HTTP/1.1 400 Bad Request\r\n", False),
        (answer(b"\0"), False),  # too short
    ],
)
def test_an_answer_is_read(reply, struck):
    with impostor(reply) as address:
        assert registration.strike(address, 1, 2) is struck


def test_nobody_strikes_anything_off():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert not registration.strike(closed.getsockname(), 1, 1)
