"""The model, and a pipeline of its own for each test that needs a broker."""

import sys
from pathlib import Path

import pytest

from testbed import models

sys.path.insert(0, str(Path(__file__).parent))  # for harness.py: the tests are no package


@pytest.fixture(scope="session")
def model_files() -> Path:
    """The folder with model.skops, model.json and their narrow twins."""
    return models.ensure()


@pytest.fixture(params=["at-least-once", "exactly-once"])
def delivery(request) -> str:
    """Both deliveries."""
    return request.param


@pytest.fixture
def pipeline(broker, model_files, tmp_path):
    """Makes pipelines; whatever runs in them ends with the test."""
    from harness import Pipeline

    made = []

    def make(**more) -> Pipeline:
        made.append(Pipeline(broker, model_files / "model.skops", tmp_path, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
