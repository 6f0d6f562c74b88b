"""Heads are found however the stream is cut, and nothing is added or lost."""

from hypothesis import given
from hypothesis import strategies as st

from testbed.network.frames import Conversation, Frames
from tests.network.conftest import request, response

MESSAGES = st.lists(st.tuples(st.integers(0, 70), st.binary(max_size=40)), max_size=8)


@given(MESSAGES, st.lists(st.integers(1, 30), min_size=1))
def test_any_cut_gives_the_same_heads(messages, cuts):
    stream = b"".join(request(key, n, body) for n, (key, body) in enumerate(messages))
    frames, passed, found, at, turn = Frames("hhi"), b"", [], 0, 0
    while at < len(stream):
        step = cuts[turn % len(cuts)]
        data, heads = frames.feed(stream[at : at + step])
        found += [(len(passed) + index, head) for index, head in heads]
        passed, at, turn = passed + data, at + step, turn + 1
    assert passed + frames.remainder() == stream
    sizes = [12 + len(body) for _, body in messages]
    assert found == [(sum(sizes[:n]), (key, 0, n)) for n, (key, _) in enumerate(messages)]


def test_an_answer_finds_its_request_behind_those_without_any():
    conversation = Conversation()
    conversation.asked(request(0, 1) + request(0, 2) + request(8, 3) + request(1, 4))
    assert conversation.answered(response(3) + response(4))[1] == [(0, 8), (8, 1)]


def test_what_is_not_kafka_passes_unread():
    hello = bytes.fromhex("160301020001000f") + b"TLS" * 10
    frames = Frames("hhi")
    assert frames.feed(hello) == (hello, [])
    assert frames.feed(b"x") == (b"x", [])
