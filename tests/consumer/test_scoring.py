"""Scoring: the stored pipeline's scores, and only the guilty rows refused."""

import json
import math
import struct

import numpy as np
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st

from consumer import leaf_sets, model_file
from consumer.features import CATEGORIES, COLUMNS, NUMERIC
from consumer.forest import Forest
from consumer.messages import INFERENCE
from consumer.scoring import Scorer, _Pipeline

ROW = st.tuples(
    st.integers(0, 1),
    st.integers(0, 100),
    st.floats(0, 200),
    st.floats(0, 1_000_000),
    *(st.sampled_from(known) for known in CATEGORIES.values()),
)


def loaded(path):
    data, _ = model_file.checked(path, None)
    return model_file.load(data, path)


def by_skops(path):
    return skops.io.load(path, trusted=model_file.TRUSTED)


@pytest.fixture(scope="module")
def pipeline(model_files):
    return by_skops(model_files / "model.skops")


@pytest.fixture(scope="module")
def parts(model_files):
    return loaded(model_files / "model.skops")


@pytest.fixture(scope="module")
def narrow(model_files):
    return {
        "direct": loaded(model_files / "model-narrow.skops"),
        "nodes": Forest(loaded(model_files / "model-narrow.skops")),
        "general": by_skops(model_files / "model-narrow.skops"),
    }


@pytest.fixture(scope="module")
def document(model_files):
    return json.loads((model_files / "model.json").read_text("utf-8"))


def in_plain_python(model: dict, row: tuple) -> float:
    """The documented JSON, evaluated as its description says."""
    values = dict(zip(COLUMNS, row, strict=True))
    inputs = [(values[one["name"]] - one["mean"]) / one["scale"] for one in model["numeric"]]
    for one in model["categorical"]:
        inputs += [float(values[one["name"]] == known) for known in one["categories"]]
    inputs = [struct.unpack("f", struct.pack("f", number))[0] for number in inputs]
    return math.fsum(_leaf(tree, inputs) for tree in model["trees"]) / len(model["trees"])


def _leaf(tree: dict, inputs: list[float]) -> float:
    node = 0
    while tree["left"][node] >= 0:
        goes_left = inputs[tree["feature"][node]] <= tree["threshold"][node]
        node = tree["left" if goes_left else "right"][node]
    return tree["probability"][node]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=20))
def test_direct_scores_are_those_of_the_pipeline_and_of_the_json(pipeline, parts, document, rows):
    """To 1e-12, over all categories and values; labels are the model's own."""
    direct = Scorer(parts, "v").score(rows)
    stored = _Pipeline(pipeline).predict(rows).probabilities
    assert np.abs(np.array(direct.probabilities) - stored).max() <= 1e-12
    plain = [in_plain_python(document, row) for row in rows]
    assert np.abs(np.array(direct.probabilities) - plain).max() <= 1e-12
    assert np.array_equal(Forest(parts).predict(rows).probabilities, direct.probabilities)
    assert not direct.refused
    assert direct.labels == [int(p > 0.5) for p in direct.probabilities]


def test_values_at_the_thresholds_go_the_same_way(pipeline, parts, document):
    """Where float32 and float64 part: each split of tenure and charges, and its neighbours."""
    rows = []
    base = [0, 12, 70.0, 840.0, *(known[0] for known in CATEGORIES.values())]
    for tree in document["trees"]:
        for feature, threshold in zip(tree["feature"], tree["threshold"], strict=True):
            if 0 <= feature < len(NUMERIC):
                scaling = document["numeric"][feature]
                exact = threshold * scaling["scale"] + scaling["mean"]
                for value in (exact, np.nextafter(exact, 1e9), np.nextafter(exact, -1e9)):
                    rows.append((*base[:feature], float(value), *base[feature + 1 :]))
    stored = _Pipeline(pipeline).predict(rows).probabilities
    direct = Scorer(parts, "v").score(rows).probabilities
    assert len(rows) > 300
    assert np.abs(np.array(direct) - stored).max() <= 1e-12
    plain = [in_plain_python(document, row) for row in rows]
    assert np.abs(np.array(direct) - plain).max() <= 1e-12


def test_trees_that_are_too_large_for_leaf_sets_are_walked(parts, caplog):
    """A forest of any size gets its scores, and the log says how."""
    wide = parts.trees[0]._replace(left=np.full(65, -1), probability=np.full(65, 0.5))
    assert leaf_sets.fits(parts)
    assert not leaf_sets.fits(parts._replace(trees=[wide]))
    with caplog.at_level("INFO"):
        Scorer(parts, "v")
    assert "evaluation=leaf-sets" in caplog.text


def valid(count: int) -> list[tuple]:
    first = [known[0] for known in CATEGORIES.values()]
    return [(0, n % 70, 50.0, 50.0 * n, *first) for n in range(count)]


@pytest.mark.parametrize("engine", ["direct", "nodes", "general"])
def test_only_rows_with_an_unknown_category_are_refused(narrow, engine):
    """Everybody else in the batch gets the score that they would get alone."""
    rows = valid(9)
    unseen = (*rows[0][:-1], "Credit card (automatic)")
    mixed = [*rows[:4], unseen, *rows[4:8], unseen, rows[8]]
    scorer = Scorer(narrow["direct" if engine == "nodes" else engine], "v")
    if engine == "nodes":
        scorer._predict = narrow[engine].predict
    scores = scorer.score(mixed)
    assert set(scores.refused) == {4, 9}
    assert all(refusal.error_type == INFERENCE for refusal in scores.refused.values())
    assert all("Credit" not in refusal.message for refusal in scores.refused.values())
    sound = [p for place, p in enumerate(scores.probabilities) if place not in (4, 9)]
    assert sound == pytest.approx(scorer.score(rows).probabilities, abs=1e-12)


class Stub:
    """A model of another shape."""

    classes_ = (0, 1)

    def __init__(self, probability: float):
        self.probability = probability

    def predict_proba(self, table):
        return np.tile([1 - self.probability, self.probability], (len(table), 1))


@pytest.mark.parametrize("probability", [math.nan, math.inf, -0.1, 1.1])
def test_a_probability_that_is_none_is_an_inference_error(probability):
    """NaN, infinity and what lies outside 0 to 1 never leave the consumer."""
    scores = Scorer(Stub(probability), "v").score(valid(2))
    assert set(scores.refused) == {0, 1}


def test_a_number_that_the_model_cannot_take_is_an_inference_error(parts):
    """Without validation a number may overflow the model's float32."""
    huge = (0, 1, 1e300, 1.0, *valid(1)[0][4:])
    infinite = (0, 1, 1.0, math.inf, *valid(1)[0][4:])
    scores = Scorer(parts, "v").score([huge, *valid(1), infinite])
    assert set(scores.refused) == {0, 2}


def test_other_shapes_take_the_general_path(parts):
    """Whatever gives probabilities is asked for them."""
    assert Scorer(Stub(0.7), "v").score(valid(3)).labels == [1, 1, 1]
    assert Scorer(parts, "v").score([]).probabilities == []
