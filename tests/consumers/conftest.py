"""The model files that consumers in tests are given."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory) -> Path:
    """A folder with both models, as ``python -m consumer.model`` makes them."""
    folder = tmp_path_factory.mktemp("model")
    subprocess.run([sys.executable, "-m", "consumer.model", "--output", folder], check=True)
    return folder
