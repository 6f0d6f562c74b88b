"""Files that would run something as soon as a careless loader reads them; ours leaves no trace."""

import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

import joblib
import pytest
from harness import WITHIN_S

from consumer.errors import ModelRefused
from consumer.model_file import load


class Bomb:
    """Whoever loads it makes a file: by how it is built, and by how it takes its state."""

    def __init__(self, trace: Path):
        self.trace = str(trace)

    def __reduce__(self):
        return _go_off, (self.trace,)


class Armed:
    """The same for a loader that builds objects and gives them their state."""

    def __init__(self, trace: Path):
        self.trace = str(trace)

    def __setstate__(self, state: dict) -> None:
        _go_off(state["trace"])


def _go_off(trace: str) -> None:
    Path(trace).touch()


def pickled(trace: Path) -> bytes:
    return pickle.dumps(partial(open, str(trace), "w")) + pickle.dumps(Bomb(trace))


def by_joblib(trace: Path) -> bytes:
    return _joblib(trace, 0)


def by_joblib_compressed(trace: Path) -> bytes:
    return _joblib(trace, 3)


def _joblib(trace: Path, compress: int) -> bytes:
    stream = io.BytesIO()
    joblib.dump({"model": _Command(trace)}, stream, compress=compress)
    return stream.getvalue()


class _Command:
    """Needs nothing of this project where it is loaded."""

    def __init__(self, trace: Path):
        self.trace = str(trace)

    def __reduce__(self):
        return os.system, (f"touch {self.trace}",)


def by_pickle_alone(trace: Path) -> bytes:
    return pickle.dumps(_Command(trace))


def by_skops(trace: Path) -> bytes:
    from skops.io import dumps

    return dumps({"model": Armed(trace), "more": partial(os.system, f"touch {trace}")})


def by_skops_disguised(trace: Path) -> bytes:
    """A pipeline by its name, with a program's start where its steps are."""
    node = {"__class__": "Popen", "__module__": "subprocess", "__loader__": "ObjectNode",
            "__id__": 2, "content": {"__class__": "str", "__module__": "builtins",
                                     "__loader__": "JsonNode", "__id__": 3,
                                     "content": json.dumps(f"touch {trace}")}}  # fmt: skip
    schema = {"__class__": "Pipeline", "__module__": "sklearn.pipeline", "__loader__": "ObjectNode",
              "__id__": 1, "content": node, "protocol": 2, "_skops_version": "0.13"}  # fmt: skip
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
    return stream.getvalue()


MAKERS = (pickled, by_pickle_alone, by_joblib, by_joblib_compressed, by_skops, by_skops_disguised)


@pytest.mark.parametrize("make", MAKERS)
def test_it_is_refused_and_leaves_no_trace(tmp_path, make):
    trace = tmp_path / "trace"
    with pytest.raises(ModelRefused, match="model refused: expected a scikit-learn pipeline"):
        load(make(trace), tmp_path / "model.skops")
    assert not trace.exists()


@pytest.mark.parametrize("make", [by_pickle_alone, by_joblib, by_skops_disguised])
def test_though_its_digest_was_pinned(pipeline, tmp_path, make):
    """The process as it is started: exit code, one line, no trace."""
    trace, model = tmp_path / "trace", tmp_path / "model.skops"
    model.write_bytes(make(trace))
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    line = pipeline()
    process = line.start("--model-sha256", digest, model_path=str(model))
    assert process.wait(WITHIN_S) == 4
    assert "model refused" in line.log().read_text("utf-8").splitlines()[-1]
    assert not trace.exists()


@pytest.mark.parametrize(
    ("make", "loader"),
    [(by_pickle_alone, "import pickle; pickle.load(open(sys.argv[1], 'rb'))"),
     (by_joblib, "import joblib; joblib.load(sys.argv[1])"),
     (by_joblib_compressed, "import joblib; joblib.load(sys.argv[1])")],
)  # fmt: skip
def test_a_careless_loader_would_run_it(tmp_path, make, loader):
    """So that the tests above are about something."""
    trace, model = tmp_path / "trace", tmp_path / "model"
    model.write_bytes(make(trace))
    subprocess.run([sys.executable, "-c", f"import sys; {loader}", model], check=True, timeout=60)
    assert trace.exists()


def test_skops_itself_would_run_it_for_who_trusts_all(tmp_path):
    from skops.io import get_untrusted_types, loads

    trace = tmp_path / "trace"
    data = by_skops(trace)
    loads(data, trusted=get_untrusted_types(data=data))
    assert trace.exists()
