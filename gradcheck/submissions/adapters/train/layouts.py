"""The ways in which students hand examples to their code: rows, columns, one vector, lists, (input, target) pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.forms import (
    classes,
    columns,
    flat,
    label,
    number,
    one_list,
    one_list_and_label,
    row_list,
    rows,
    stacked_columns,
    stacked_rows,
    vector,
)

Array = NDArray[Any]


LABELLED = "list with the label at its end"


@dataclass(frozen=True)
class Layout:
    """How columns (n, m) become what a submission takes. ``single``: one example at a time."""

    name: str
    inputs: Callable[[Array], Any]
    targets: Callable[[Array], Any]
    single: bool = False
    one_hot: bool = False

    def given(self, x: Array, y: Array) -> dict[str, Any]:
        """The roles x, y and pairs for these examples."""
        each: list[Any] = [(self.one(x[:, [i]]), self.one(y[:, [i]])) for i in range(x.shape[1])]
        if self.name == LABELLED:
            each = [[*one, int(y[:, i].argmax())] for i, (one, _) in enumerate(each)]
        return {"x": self.inputs(x), "y": self.targets(y), "pairs": each}

    def one(self, column: Array) -> Any:
        """One example as an element of a list of pairs."""
        if self.name.startswith("columns"):
            return columns(column)
        return one_list(column) if "list" in self.name else vector(column)


LAYOUTS = (
    Layout("rows", rows, rows),
    Layout("columns", columns, columns),
    Layout("stacked rows", stacked_rows, stacked_rows),
    Layout("stacked columns", stacked_columns, stacked_columns),
    Layout("row lists", row_list, row_list),
    Layout("vector", vector, vector, single=True),
    Layout("list", one_list, one_list, single=True),
)
ONE_OUTPUT = (
    Layout("rows, flat targets", rows, flat),
    Layout("vector, number", vector, number, single=True),
    Layout("list, number", one_list, number, single=True),
)
LABELS = (
    Layout("rows, labels", rows, classes, one_hot=True),
    Layout("columns, labels", columns, classes, one_hot=True),
    Layout("vector, label", vector, label, single=True, one_hot=True),
    Layout("list, label", one_list, label, single=True, one_hot=True),
    Layout(LABELLED, one_list_and_label, one_list, single=True, one_hot=True),
)


def layouts(n_out: int) -> tuple[Layout, ...]:
    """All that make sense for so many outputs, likeliest first."""
    return (*LAYOUTS, *ONE_OUTPUT) if n_out == 1 else (*LAYOUTS, *LABELS)


def as_columns(returned: Any, n_out: int, m: int, *, by_column: bool | None = None) -> Array | None:
    """The output (n_out, m) in what a forward pass returned, or None.

    Of a tuple or list of arrays (activations of every layer, an output and a cache) the last that
    has the size is taken. *by_column* decides where the shape does not.
    """
    array = sized(returned, n_out * m)
    if array is None or not np.isfinite(array).all():
        return None
    if array.ndim >= 2 and by_column is None:
        by_column = array.shape[0] == n_out and array.shape[-1] == m
    return array.reshape(n_out, m) if by_column else array.reshape(m, n_out).T


def sized(returned: Any, size: int) -> Array | None:
    """The array of that many entries in what was returned: itself, or the last one in a tuple or list."""
    if isinstance(returned, list | tuple) and any(np.ndim(item) > 0 for item in returned if not _ragged(item)):
        found = [a for item in returned if (a := sized(item, size)) is not None]
        if found and not _rectangular(returned):
            return found[-1]
        if found and np.size(returned) != size:
            return found[-1]
    try:
        array = np.asarray(returned, dtype=float)
    except (TypeError, ValueError):
        return None
    return array if array.size == size else None


def _ragged(item: Any) -> bool:
    return not isinstance(item, np.ndarray | list | tuple | int | float)


def _rectangular(returned: Any) -> bool:
    """Whether a list of rows is one array."""
    try:
        return np.asarray(returned, dtype=float).ndim > 1
    except (TypeError, ValueError):
        return False
