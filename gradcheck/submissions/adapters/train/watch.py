"""Which numbers a submission's functions hold when they end: a cost that is computed to be printed, or to be kept."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import numpy as np

Key = tuple[str, str]
"""A function (or class) and what it calls the number; an empty name for what the function returns."""
OWN = "submission"
"""How the names of the modules begin that submissions are loaded as."""


@contextlib.contextmanager
def watching() -> Iterator[dict[Key, float]]:
    """Every single number that functions of the submission hold when they end, while this block runs.

    The first value counts of a name that takes several: what is computed after an update belongs to other weights.
    """
    values: dict[Key, float] = {}

    def watch(frame: FrameType, event: str, answer: Any) -> None:
        if event == "return" and str(frame.f_globals.get("__name__", "")).startswith(OWN):
            for key, value in _held(frame, answer):
                values.setdefault(key, value)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield values
    finally:
        sys.setprofile(before)


def _held(frame: FrameType, answer: Any) -> Iterator[tuple[Key, float]]:
    """What a function returns, its local numbers, and those of the object that it is a method of."""
    where = frame.f_code.co_name
    held: list[tuple[str, str, Any]] = [(where, "", answer)]
    held += [(where, name, value) for name, value in frame.f_locals.items() if name not in ("_", "__name__")]
    itself = frame.f_locals.get("self")
    if hasattr(itself, "__dict__"):
        held += [(type(itself).__name__, name, value) for name, value in vars(itself).items()]
    for function, name, value in held:
        number = _number(value)
        if number is not None:
            yield (function, name), number


def _number(value: Any) -> float | None:
    """A single float, or the last one of a list that grows."""
    if isinstance(value, list) and value and not isinstance(value[-1], list):
        value = value[-1]
    if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size == 1:
        return float(value.reshape(-1)[0])
    return float(value) if isinstance(value, float | np.floating) else None
