"""Nearly right events through a real broker: the consumer's process against the contract."""

from collections import Counter

import pytest
from harness import WITHIN_S

from testbed.history import DEAD_LETTERS, PREDICTIONS, SCORED
from testbed.models import ensure
from testbed.telco.fuzzing import draft
from testbed.telco.oracle import Oracle
from testbed.telco.reading import read_dead_letter, read_prediction

CASES, SEED = 10_000, 7
TOLERANCE = 1e-6


def treated(line, drafts) -> list[tuple[str, object]]:
    """What became of each record that was published, by its key: outcome, and its reading."""
    letters = [(raw.key, read_dead_letter(raw)) for raw in line.raw(DEAD_LETTERS)]
    scores = [read_prediction(raw) for raw in line.raw(PREDICTIONS)]
    keys = {d.identity: d.key for d in drafts if d.identity and SCORED in d.admits}
    return [(key, letter.error_type, letter) for key, letter in letters] + [
        (keys.get(one.identity), SCORED, one) for one in scores
    ]


def problems(draft, outcome: str, got, right) -> list[str]:
    """What is wrong with one outcome."""
    found = list(got.problems)
    if outcome not in draft.admits:
        found.append(f"expected {' or '.join(draft.admits)}, got {outcome}")
    elif outcome != SCORED:
        found += got.exact_problems
        if got.recovered.value != draft.value:
            found.append("another original came back")
    elif right is None or abs(got.score - right[0]) > TOLERANCE:
        found.append(f"expected the score {right}, got {got.score}")
    return found


@pytest.mark.slow
def test_every_case_gets_its_one_right_outcome(pipeline, delivery):
    """No crash, hang, loss, second outcome or other reading, in ten thousand cases."""
    line, drafts = pipeline(delivery=delivery), [draft(n, SEED) for n in range(CASES)]
    line.publish(drafts)
    process = line.start("--max-messages", str(CASES))
    assert process.wait(WITHIN_S) == 0, line.log().read_text("utf-8")
    seen = treated(line, drafts)
    times = Counter(key for key, _, _ in seen)
    assert times == dict.fromkeys((one.key for one in drafts), 1)
    by_key = {one.key: one for one in drafts}
    expected = dict(zip(by_key, Oracle(ensure() / "model.json").expect(drafts), strict=True))
    wrong = {key: found for key, outcome, got in seen
             if (found := problems(by_key[key], outcome, got, expected[key]))}  # fmt: skip
    assert not wrong
    assert min(Counter(outcome for _, outcome, _ in seen).values()) > CASES / 10
