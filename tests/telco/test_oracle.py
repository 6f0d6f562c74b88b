"""The oracle scores as the stored model does, and knows what a model cannot score."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from testbed import models
from testbed.errors import CannotStart
from testbed.telco import customers, oracle
from testbed.telco.contract import CATEGORIES, NUMERIC
from testbed.telco.draft import Draft
from testbed.telco.events import features, total_charges
from testbed.telco.oracle import Oracle

ROOT = Path(__file__).resolve().parents[2]
# Splits on tenure, then on gender Female (column 4) or on monthly charges.
TREES = [
    {
        "feature": [1, 4, 2, 0, 0, 0, 0], "threshold": [0.5, 0.5, -0.25, 0, 0, 0, 0],
        "left": [1, 3, 5, -1, -1, -1, -1], "right": [2, 4, 6, -1, -1, -1, -1],
        "probability": [0, 0, 0, 0.1, 0.9, 0.3, 0.7],
    },
    {"feature": [0], "threshold": [0.0], "left": [-1], "right": [-1], "probability": [0.5]},
]  # fmt: skip


def tiny_model(folder: Path, **changes: object) -> Path:
    model = {
        "format": "churn-forest/1",
        "model_version": "tiny",
        "numeric": [{"name": name, "mean": 10.0, "scale": 20.0} for name in NUMERIC],
        "categorical": [
            {"name": name, "categories": sorted(allowed)} for name, allowed in CATEGORIES.items()
        ],
        "unknown_category": "error",
        "trees": TREES,
        **changes,
    }
    path = folder / "model.json"
    path.write_text(json.dumps(model))
    return path


def walk(model: dict, event: dict) -> float | None:
    """The documented format, followed to the letter and one event at a time."""
    numbers = {**event, "TotalCharges": total_charges(event["TotalCharges"])}
    row = [(float(numbers[n["name"]]) - n["mean"]) / n["scale"] for n in model["numeric"]]
    for field in model["categorical"]:
        if event[field["name"]] not in field["categories"]:
            return None
        row += [float(event[field["name"]] == category) for category in field["categories"]]
    row = [float(np.float32(value)) for value in row]
    return sum(leaf(tree, row) for tree in model["trees"]) / len(model["trees"])


def leaf(tree: dict, row: list[float]) -> float:
    node = 0
    while tree["left"][node] >= 0:
        left = row[tree["feature"][node]] <= tree["threshold"][node]
        node = tree["left" if left else "right"][node]
    return tree["probability"][node]


@pytest.fixture(scope="module")
def drafts():
    return customers.fifty(7) + customers.stream(7, 600)


@pytest.fixture(scope="module")
def made() -> Path:
    """Both models, as the project's own command makes them."""
    return models.ensure()


def test_a_tiny_model_scores_as_worked_out_by_hand(tmp_path):
    event = customers.fifty(7)[0].event
    short_woman = {**event, "tenure": 20, "gender": "Female"}  # (20 - 10) / 20 is not above 0.5
    long_cheap = {**event, "tenure": 21, "MonthlyCharges": 5}
    wanted = [Draft(key=None, value=None, features=features(e)) for e in (short_woman, long_cheap)]
    assert Oracle(tiny_model(tmp_path)).expect(wanted) == [(0.7, 1), (0.4, 0)]


def test_a_probability_of_one_half_is_no_churn(tmp_path, drafts):
    oracle = Oracle(tiny_model(tmp_path, trees=TREES[1:]))
    assert set(oracle.expect(drafts[:50])) == {(0.5, 0)}


@pytest.mark.parametrize("name", ["model.json", "model-narrow.json"])
def test_it_agrees_with_a_plain_walk_through_the_documented_format(made, drafts, name):
    model, oracle = json.loads((made / name).read_bytes()), Oracle(made / name)
    for draft, score in zip(drafts, oracle.expect(drafts), strict=True):
        right = walk(model, draft.event) if draft.event else None
        assert (score and score[0]) == pytest.approx(right, abs=1e-12)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_it_agrees_with_the_stored_scikit_learn_pipeline(made, drafts):
    """The stored pipeline itself, loaded in a process of its own."""
    events = [draft.event for draft in drafts if draft.event]
    told = subprocess.run(
        [sys.executable, "-c", _PREDICT, str(made / "model.skops")],
        input=json.dumps(events), cwd=ROOT, check=True, capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    right = json.loads(told.stdout)
    seen = Oracle(made / "model.json").expect(draft for draft in drafts if draft.event)
    assert [score for score, _ in seen] == pytest.approx([p for p, _ in right], abs=1e-12)
    assert [label for _, label in seen] == [label for _, label in right]


_PREDICT = """
import json, sys
import pandas, skops.io
model = skops.io.load(sys.argv[1], trusted=["sklearn.tree._tree.Tree"])
rows = pandas.DataFrame(json.load(sys.stdin))
rows["TotalCharges"] = pandas.to_numeric(rows["TotalCharges"], errors="coerce").fillna(0.0)
scores = model.predict_proba(rows)[:, 1].tolist()
print(json.dumps(list(zip(scores, model.predict(rows).tolist()))))
"""


def test_the_fifty_customers_scores_are_spread_on_both_sides(made):
    scores = [score for score, _ in Oracle(made / "model.json").expect(customers.fifty(7))]
    assert len({round(score, 9) for score in scores}) >= 25
    assert max(scores) - min(scores) > 0.3
    assert 5 <= sum(score > 0.5 for score in scores) <= 45


def test_a_narrower_model_scores_some_events_and_not_others(made, drafts):
    oracle = Oracle(made / "model-narrow.json")
    assert len(oracle.unknown) == 1
    ((name, category),) = oracle.unknown
    for draft, score in zip(drafts, oracle.expect(drafts), strict=True):
        if draft.event:
            assert (score is None) == (draft.event[name] == category)
    assert Oracle(made / "model.json").unknown == []


def test_records_without_features_have_no_score(made):
    assert Oracle(made / "model.json").expect([Draft(key=None, value=b"x")]) == [None]
    assert Oracle(made / "model.json").expect([]) == []


def test_a_threshold_is_compared_in_double_with_an_input_in_single(tmp_path):
    """float32(0.1) lies above 0.1: whoever rounds the threshold too goes the other way."""
    tree = {"feature": [1, 0, 0], "threshold": [0.1, 0, 0], "left": [1, -1, -1],
            "right": [2, -1, -1], "probability": [0, 0.2, 0.8]}  # fmt: skip
    numeric = [{"name": name, "mean": 0.0, "scale": 100.0} for name in NUMERIC]
    oracle = Oracle(tiny_model(tmp_path, trees=[tree], numeric=numeric))
    event = {**customers.fifty(7)[0].event, "tenure": 10}
    assert oracle.expect([Draft(key=None, value=None, features=features(event))]) == [(0.8, 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "churn-forest/2"},
        {"numeric": []},
        {"categorical": [{"name": "gender", "categories": ["Male"]}]},
        {"trees": [{"feature": [0]}]},
        {"trees": None},
    ],
)
def test_a_file_of_another_shape_is_refused_with_what_to_do(tmp_path, changes):
    with pytest.raises(CannotStart, match=r"churn-forest/1 .* Make it anew"):
        Oracle(tiny_model(tmp_path, **changes))


def test_a_file_that_is_missing_or_no_json_is_refused(tmp_path):
    for content in (None, b"\xff", b"[]", b"{"):
        path = tmp_path / "model.json"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(CannotStart):
            Oracle(path)


def test_scores_are_forgotten_when_they_are_many(tmp_path, monkeypatch):
    """And are the same when they are asked for again."""
    monkeypatch.setattr(oracle, "_REMEMBERED", 10)
    made, drafts = Oracle(tiny_model(tmp_path)), customers.fifty(7)
    first = made.expect(drafts)
    assert made.expect(drafts[:1]) == first[:1] and len(made._known) == 1
    assert made.expect(drafts) == first


@pytest.mark.parametrize("asked", [None, "3"])
def test_no_threads_for_matrices_and_the_environment_stays_as_it_was(asked):
    """A consumer inherits it, and may want them."""
    told = (
        "import os; from testbed.telco import arrays; print(os.environ.get('OPENBLAS_NUM_THREADS'))"
    )
    told += (
        "; print(len(os.listdir('/proc/self/task')))" if os.path.isdir("/proc/self/task") else ""
    )
    env = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    env |= {"OPENBLAS_NUM_THREADS": asked} if asked else {}
    done = subprocess.run([sys.executable, "-c", told], env=env, cwd=ROOT, capture_output=True,
                          text=True, check=True)  # fmt: skip
    variable, *threads = done.stdout.split()
    assert variable == str(asked)
    assert asked or threads in ([], ["1"])
