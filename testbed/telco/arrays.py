"""numpy without its threads for matrices: they spin at their start, and nothing here needs them."""

import os

_THREADS = "OPENBLAS_NUM_THREADS"
_asked = _THREADS in os.environ
os.environ.setdefault(_THREADS, "1")
import numpy as np  # noqa: E402 - reads the variable while it is imported

if not _asked:  # a consumer inherits the environment, and may multiply matrices
    del os.environ[_THREADS]

__all__ = ["np"]
