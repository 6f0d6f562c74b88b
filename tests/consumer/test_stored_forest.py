"""A stored forest is read without scikit-learn if its shape is the known one, else left to it."""

import io
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from consumer import model_file
from consumer.model import churned, customers
from consumer.skops_file import Unreadable, read
from consumer.stored_forest import parts_in
from tests.consumer.test_model import all_categories


@pytest.fixture(scope="module")
def data(model_files):
    return (model_files / "model.skops").read_bytes()


@pytest.fixture
def pipeline(data):
    return skops.io.loads(data, trusted=model_file.TRUSTED)


def test_it_is_read_without_scikit_learn(model_files):
    """In a process of its own: the import is what the reading is there to avoid."""
    code = (
        "import sys, pathlib; from consumer.model_file import load;"
        "load(pathlib.Path(sys.argv[1]).read_bytes(), pathlib.Path('m'));"
        "print({'sklearn', 'skops', 'scipy', 'pandas'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(model_files / "model.skops")]
    assert subprocess.check_output(command, text=True) == "set()\n"


def refit(pipeline, **steps):
    """The pipeline with other parts, fitted again."""
    table = customers(1, all_categories())
    return pipeline.set_params(**steps).fit(table, churned(table, 1))


@pytest.mark.parametrize(
    ("steps", "other"),
    [
        ({"features__numeric": StandardScaler(with_mean=False)}, "with_mean"),
        ({"features__numeric": MinMaxScaler()}, "MinMaxScaler"),
        ({"features__categorical__handle_unknown": "ignore"}, "handle_unknown"),
        ({"features__categorical__drop": "first"}, "drop"),
        ({"features__transformer_weights": {"numeric": 2.0}}, "transformer_weights"),
        ({"forest": ExtraTreesClassifier(5)}, "ExtraTreesClassifier"),
    ],
)
def test_another_shape_is_left_to_skops(pipeline, steps, other):
    """The reason is told, and the estimator comes as it was stored."""
    stored = skops.io.dumps(refit(pipeline, **steps))
    with pytest.raises(Unreadable, match=other):
        parts_in(stored)
    assert hasattr(skops.io.loads(stored, trusted=[*model_file.TRUSTED]), "predict_proba")


def test_other_columns_are_left_to_skops():
    numbers = customers(1, all_categories())[["tenure", "MonthlyCharges"]]
    fitted = make_pipeline(StandardScaler(), RandomForestClassifier(2)).fit(
        numbers, churned(customers(1, all_categories()), 1)
    )
    with pytest.raises(Unreadable):
        parts_in(skops.io.dumps(fitted))


def changed(data: bytes, change) -> bytes:
    """The file with ``change`` done to every array of nodes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".npy"):
                array = np.load(io.BytesIO(content))
                change(array)
                buffer = io.BytesIO()
                np.save(buffer, array)
                content = buffer.getvalue()
            new.writestr(name, content)
    return out.getvalue()


def in_nodes(field: str, value: int):
    def change(array):
        if array.dtype.names:
            array[field][0] = value

    return change


def unscaled(array):
    if array.ndim == 3:
        array *= 100


@pytest.mark.parametrize(
    ("change", "other"),
    [
        (in_nodes("left_child", 0), "children"),  # a node that leads to itself never ends
        (in_nodes("right_child", 10**6), "children"),
        (in_nodes("right_child", -7), "children"),
        (in_nodes("feature", 10**6), "features"),
        (in_nodes("feature", -3), "features"),
        (unscaled, "probabilities"),  # as scikit-learn before 1.3 kept them
    ],
)
def test_trees_that_do_not_hold_together_are_not_read(data, change, other):
    """Their raw indices would lead out of the arrays."""
    with pytest.raises(Unreadable, match=other):
        parts_in(changed(data, change))


@pytest.mark.parametrize("broken", [b"", b"PK", b'{"a": 1}'])
def test_what_is_no_skops_file_is_not_read(broken):
    with pytest.raises(Unreadable):
        read(broken)


@pytest.mark.parametrize(
    "schema", [b"[]", b"{}", b'{"__class__": "system", "__module__": "os"}', b"[" * 100_000, b"{"]
)
def test_a_foreign_schema_is_not_read(schema):
    """No type is looked up by its name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("schema.json", schema)
    with pytest.raises(Unreadable):
        read(out.getvalue())
