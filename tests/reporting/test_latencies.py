"""How long events waited, as a picture."""

import xml.etree.ElementTree as ET
from math import inf

from testbed.reporting import latencies


def test_each_event_stands_in_one_step():
    """Empty steps at the ends are cut, those within stay; what has no answer comes last."""
    told = latencies.histogram([0.003, 0.005, 0.0051, 0.06, 20.0, inf])
    assert told[:5] == [
        ("to 5 ms", 2), ("to 10 ms", 1), ("to 20 ms", 0), ("to 50 ms", 0), ("to 100 ms", 1),
    ]  # fmt: skip
    assert told[-2:] == [("longer", 1), ("no answer", 1)]
    assert sum(count for _, count in told) == 6


def test_a_time_of_nothing_at_all_counts_too():
    assert latencies.histogram([0.0, -0.001]) == [("to 2 ms", 2)]


def test_the_picture_is_sound_and_escapes_its_title():
    picture = latencies.draw([0.003, 0.06], "<b> & so on")
    root = ET.fromstring(picture)
    assert "<b> & so on" in "".join(root.itertext())
    assert "script" not in picture


def test_nothing_waited_is_a_picture_too():
    ET.fromstring(latencies.draw([], "Nothing"))
