"""The forms in which students take examples, made of columns (n, m): rows, one vector, lists, classes, labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.classes import class_numbers
from gradcheck.submissions.handed import handed

Array = NDArray[Any]


def rows(x: Array) -> Array:
    """One example per row."""
    return handed(x, x.T)


def columns(x: Array) -> Array:
    """One example per column."""
    return handed(x)


def vector(x: Array) -> Array:
    """The first example, one-dimensional."""
    return handed(x, x[:, 0])


def row_list(x: Array) -> Any:
    """A list of lists, one per example."""
    return x.T.tolist()


def one_list(x: Array) -> Any:
    """The first example as a list."""
    return x[:, 0].tolist()


def one_list_and_label(x: Array) -> Any:
    """The first example as a list, with room for its label at the end."""
    return [*x[:, 0].tolist(), 0]


def stacked_rows(x: Array) -> Array:
    """(m, 1, n)."""
    return np.ascontiguousarray(x.T)[:, None, :]


def stacked_columns(x: Array) -> Array:
    """(m, n, 1)."""
    return np.ascontiguousarray(x.T)[:, :, None]


def classes(y: Array) -> Array:
    """The class of each example: which output is the largest, or what the only one rounds down to."""
    return y[0].astype(int) if len(y) == 1 else class_numbers(y.argmax(axis=0), len(y) - 1)


def flat(y: Array) -> Array:
    """(m,), for one output."""
    return handed(y, y[0])


def number(y: Array) -> float:
    """One target of one example."""
    return float(y[0, 0])


def label(y: Array) -> int:
    """The class of the first example."""
    return int(classes(y)[0])
