"""Events: their features are the model's inputs, no more and no less."""

from random import Random

import pytest

from testbed.telco.contract import CATEGORIES
from testbed.telco.events import features, identity, random_event, read_features, timestamp

EVENT = random_event(Random(1), "C-1", timestamp(0), 5)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"TotalCharges": "45"}, {"TotalCharges": 45}),
        ({"TotalCharges": "045.50"}, {"TotalCharges": 45.5}),
        ({"TotalCharges": " "}, {"TotalCharges": 0}),
        ({"TotalCharges": ""}, {"TotalCharges": "0.0"}),
        ({"tenure": 49}, {"tenure": 49.0}),
        ({"MonthlyCharges": 0}, {"MonthlyCharges": -0.0}),
        ({"TotalCharges": "0"}, {"TotalCharges": -0.0}),
        ({"Churn": "Yes", "customerID": "a"}, {"Churn": "No", "event_ts": "b"}),
    ],
)
def test_equal_inputs_have_equal_features(one, other):
    assert features({**EVENT, **one}) == features({**EVENT, **other})


def test_every_input_changes_the_features():
    others = [
        {name: next(value for value in allowed if value != EVENT[name])}
        for name, allowed in CATEGORIES.items()
    ]
    others += [{"SeniorCitizen": 1 - EVENT["SeniorCitizen"]}, {"tenure": 6}]
    others += [{"MonthlyCharges": 33.33}, {"TotalCharges": 0.1 + 0.2}]
    seen = {features({**EVENT, **other}) for other in [{}, *others]}
    assert len(seen) == len(others) + 1


def test_features_can_be_read_back():
    codes, numbers = read_features(features({**EVENT, "MonthlyCharges": 0.1 + 0.2}))
    assert [CATEGORIES[name][code] for name, code in zip(CATEGORIES, codes, strict=True)] == [
        EVENT[name] for name in CATEGORIES
    ]
    assert numbers[1:3] == [5.0, 0.1 + 0.2]


def test_what_is_no_features_is_refused():
    with pytest.raises(ValueError, match="Expected features"):
        read_features("12|3")


def test_later_times_sort_behind_earlier_ones():
    times = [timestamp(ms) for ms in range(0, 27 * 86_400_000, 77_777_777)]
    assert times == sorted(times) and len(set(times)) == len(times)
    with pytest.raises(ValueError, match="28 days"):
        timestamp(28 * 86_400_000)


def test_identity_tells_customer_and_time():
    assert identity(EVENT) == "C-1|2026-01-01T00:00:00.000Z"
