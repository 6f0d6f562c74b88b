"""Unusual JSON means the same as the usual."""

import json
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from testbed.telco.events import random_event, timestamp
from testbed.telco.writing import compact, spaced, unusual


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), name=st.text(st.characters(exclude_categories=("Cs",))))
def test_every_way_of_writing_gives_the_same_event_back(seed, name):
    event = random_event(Random(seed), name, timestamp(seed % 10**9), seed % 101)
    for value in (compact(event), spaced(event), unusual(event, Random(seed))):
        read = json.loads(value)
        assert {key: read[key] for key in event} == event
        assert type(read["tenure"]) is int and type(read["SeniorCitizen"]) is int


def test_the_unusual_is_unusual_in_many_ways():
    event = random_event(Random(1), "C-\u5317/1", timestamp(0), 5)
    values = [unusual(event, Random(n)) for n in range(50)]
    assert len(set(values)) == 50
    assert len({tuple(json.loads(value)) for value in values}) == 50  # orders of fields
    everything = b"".join(values)
    for sign in (
        b"\t",
        b"\r\n",
        b"\\u0043",
        b"\\/",
        b"e+0",
        b"E+0",
        "\u5317".encode(),
        b"__proto__",
    ):
        assert sign in everything
