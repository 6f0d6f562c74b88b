"""Long features in parts, so that several workers share even one feature."""

import copy
from collections.abc import Iterable

from behave.model import ScenarioOutline

from testbed.applies import BREAKS_BROKER, CLUSTER, GUARDED
from testbed.runner.sharing import durations, likely_s

PART_S = 5.0  # a part is about as long; the last one to end holds up the run by no more
# Each worker that meets one of these starts a broker for it, which costs more than is gained.
WHOLE = {BREAKS_BROKER, GUARDED, CLUSTER}


def in_parts(features: Iterable) -> list:
    """Each feature, or copies of it with some of its scenarios each, before any has run."""
    return [part for feature in features for part in _parts(feature)]


def _parts(feature) -> list:
    scenarios = feature.walk_scenarios()
    if any(WHOLE & set(one.effective_tags) for one in scenarios):
        return [feature]
    cuts = _cut(scenarios, durations())
    return [feature] if len(cuts) == 1 else [_with_only(feature, one) for one in cuts]


def _cut(scenarios: list, known: dict) -> list[list]:
    """The scenarios in their order, in lists of about ``PART_S`` each."""
    cuts, length_s = [[]], 0.0
    for scenario in scenarios:
        if length_s >= PART_S:
            cuts.append([])
            length_s = 0.0
        cuts[-1].append(scenario)
        length_s += likely_s(scenario, known)
    return cuts


def _with_only(feature, scenarios: list):
    """A copy that has these scenarios themselves: each of them belongs to one part only."""
    part = _narrowed(feature, set(map(id, scenarios)))
    for scenario in scenarios:
        scenario.feature = part
    return part


def _narrowed(parent, wanted: set[int]):
    """The same feature, rule or outline, with what is wanted of its own."""
    part = copy.copy(parent)
    own = _items(parent)
    own = [one if id(one) in wanted else _narrowed(one, wanted) for one in own if _has(one, wanted)]
    for item in own:
        item.parent = part
    if isinstance(parent, ScenarioOutline):
        part._scenarios = own
    else:
        part.run_items = own
    return part


def _has(item, wanted: set[int]) -> bool:
    return id(item) in wanted or any(_has(one, wanted) for one in _items(item))


def _items(parent) -> list:
    """What it consists of: rules, outlines and scenarios; nothing for a scenario."""
    if isinstance(parent, ScenarioOutline):
        return parent.scenarios
    return getattr(parent, "run_items", [])
