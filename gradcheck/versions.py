"""Which versions a result was made with."""

from __future__ import annotations

import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

import numpy as np


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """The versions of Python, NumPy and gradcheck."""
    try:
        own = version("gradcheck")
    except PackageNotFoundError:  # run from a checkout that is not installed
        own = "unknown"
    return {"gradcheck": own, "numpy": np.__version__, "python": platform.python_version()}
