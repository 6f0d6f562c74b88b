"""Who runs which features: workers of one pass claim them, machines of one run share them out.

A shard is one machine's part, ``I/N``. Every machine works it out by itself and alike: from the
durations that stand in ``features/durations.json``, or from the tags of a scenario that is new.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from testbed.errors import UsageError

DURATIONS = Path(__file__).resolve().parents[2] / "features" / "durations.json"
SLOW, SLOW_S, QUICK_S = "slow", 10.0, 2.0  # a scenario's likely seconds, by its tag
STOPPED = "stopped"  # the file by which a run that fails fast tells its workers


def heaviest_first(features: list) -> list:
    """So that workers end at about the same time: nobody is left alone with a long feature."""
    known = durations()
    return sorted(features, key=lambda one: _likely_s(one, known), reverse=True)


def of_shard(features: list, shard: str) -> list:
    """The features that one machine of several runs, in their order."""
    number, count = parsed(shard)
    known = durations()
    mine = shares({str(one.filename): _likely_s(one, known) for one in features}, count)[number - 1]
    return [feature for feature in features if str(feature.filename) in mine]


def shares(likely_s: dict[str, float], count: int) -> list[set[str]]:
    """Names with their likely seconds, as ``count`` sets of about the same sum."""
    loads, shared = [0.0] * count, [set() for _ in range(count)]
    for name in sorted(likely_s, key=lambda one: (-likely_s[one], one)):
        lightest = loads.index(min(loads))
        loads[lightest] += likely_s[name]
        shared[lightest].add(name)
    return shared


def parsed(shard: str) -> tuple[int, int]:
    """``2/3`` as numbers; raises ``UsageError``."""
    match = re.fullmatch(r"([1-9]\d{0,3})/([1-9]\d{0,3})", shard)
    number, count = (int(match[1]), int(match[2])) if match else (1, 0)
    if not 1 <= number <= count:
        raise UsageError(
            "Argument --shard: expected I/N with I from 1 to N, as in 2/3", f"got {shard!r}"
        )
    return number, count


def claimed(features: list, folder: Path) -> Iterator:
    """Yield those features that this process is the first to ask for, until the run stops."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, feature in enumerate(features):
        if (folder.parent / STOPPED).exists():
            return
        try:
            (folder / str(number)).open("x").close()
        except FileExistsError:
            continue
        yield feature


def durations() -> dict[str, dict[str, float]]:
    """Seconds that each scenario took when they were last recorded, by feature file and name."""
    try:
        return json.loads(DURATIONS.read_text("utf-8"))
    except FileNotFoundError:
        return {}


def record(seconds: dict[str, dict[str, float]]) -> None:
    """Keep them for the next runs; features that did not run keep theirs."""
    told = durations() | {
        feature: {name: round(took, 1) for name, took in scenarios.items()}
        for feature, scenarios in seconds.items()
    }
    text = json.dumps(dict(sorted(told.items())), indent=2, ensure_ascii=False)
    DURATIONS.write_text(text + "\n", encoding="utf-8")


def likely_s(scenario, known: dict[str, dict[str, float]]) -> float:
    """Seconds that a scenario will take, as recorded or as its tags tell."""
    usual = SLOW_S if SLOW in scenario.effective_tags else QUICK_S
    return known.get(Path(str(scenario.filename)).stem, {}).get(scenario.name, usual)


def _likely_s(feature, known: dict[str, dict[str, float]]) -> float:
    return sum(likely_s(one, known) for one in feature.walk_scenarios())
