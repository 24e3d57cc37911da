"""The ways in which students hand examples to their code: rows, columns, one vector, lists, (input, target) pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.handed import handed

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
            return handed(column)
        return column[:, 0].tolist() if "list" in self.name else handed(column, column[:, 0])


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


class Labels(np.ndarray[Any, Any]):
    """Classes of examples that know how many classes there are: a few examples need not show them all."""

    classes = 0

    @classmethod
    def of(cls, y: Array) -> Labels:
        """The place of the largest target in every column."""
        labels = y.argmax(axis=0).view(cls)
        labels.classes = len(y)
        return labels

    def __array_finalize__(self, other: Any) -> None:
        """A part of them has the same classes; what is no whole number is no label."""
        self.classes = getattr(other, "classes", 0) if self.dtype.kind in "iu" else 0

    def max(self, *arguments: Any, **keywords: Any) -> Any:
        """The last class, whether an example has it or not."""
        return self.classes - 1 if self.classes else self.view(np.ndarray).max(*arguments, **keywords)

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        """``np.unique`` of them gives every class; the rest is NumPy's."""
        if function is np.unique and self.classes and not keywords:
            return np.arange(self.classes)
        return super().__array_function__(function, types, arguments, keywords)


def row_labels(y: Array) -> Array:
    """The class of each example."""
    return Labels.of(y)


def flat(y: Array) -> Array:
    """(m,), for one output."""
    return handed(y, y[0])


def number(y: Array) -> float:
    """One target of one example."""
    return float(y[0, 0])


def label(y: Array) -> int:
    """The class of the first example."""
    return int(y[:, 0].argmax())


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
    Layout("rows, labels", rows, row_labels, one_hot=True),
    Layout("columns, labels", columns, row_labels, one_hot=True),
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
