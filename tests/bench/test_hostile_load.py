"""The loads are what they say, and a run beyond a bound is told."""

import json
from itertools import islice

import pytest

from bench.hostile_load import (
    COMPRESSED_LOAD,
    LOADS,
    MOST_MEMORY,
    MOST_S,
    ORDINARY,
    UNPACKED_MIB,
    compared,
    table,
)
from testbed.history import SCORED
from testbed.telco.contract import classify

FIGURES = {"consumer": "c", "records": 1, "mib": 1.0, "seconds": 1.0, "cpu_s": 1.0, "right": True}


@pytest.mark.parametrize("name", [name for name in LOADS if name != ORDINARY])
def test_whatever_is_hostile_is_refused_by_the_contract(name):
    count, make = LOADS[name]
    some = list(islice(make(count), 4))
    assert all(one.event is None and SCORED not in classify(one.value) for one in some)
    assert len({one.key for one in some}) == 4
    assert count * sum(len(one.value) for one in some) / 4 > 1_000_000


def test_ten_thousand_bad_ones_stand_in_a_row():
    count, make = LOADS["bad in a row"]
    assert count == 10_000 and sum(one.event is None for one in make(count)) == count


@pytest.mark.parametrize(
    ("figures", "bounded"),
    [({"peak_mib": 100 * MOST_MEMORY}, True), ({"peak_mib": 100 * MOST_MEMORY + 1}, False),
     ({"peak_mib": 90, "seconds": MOST_S + 1}, False), ({"peak_mib": 90, "right": False}, False)],
)  # fmt: skip
def test_memory_time_and_a_right_answer_to_each_are_asked_for(figures, bounded):
    usual = FIGURES | {"load": ORDINARY, "peak_mib": 100}
    runs = compared([usual, FIGURES | {"load": "other"} | figures])
    assert [one["bounded"] for one in runs] == [True, bounded]
    assert json.dumps(runs) and table(runs).splitlines()[-1].endswith(f"| {bounded} |")


@pytest.mark.parametrize(("more_mib", "bounded"), [(UNPACKED_MIB, True), (UNPACKED_MIB + 1, False)])
def test_what_is_compressed_may_take_what_a_client_unpacks_at_once(more_mib, bounded):
    usual = FIGURES | {"load": ORDINARY, "peak_mib": 100}
    runs = compared([usual, FIGURES | {"load": COMPRESSED_LOAD, "peak_mib": 100 + more_mib}])
    assert runs[1]["bounded"] is bounded
