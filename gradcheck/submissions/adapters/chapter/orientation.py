"""Which way round a submission takes its examples, and its answers turned back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.handed import handed

Array = NDArray[Any]


@dataclass(frozen=True)
class Orientation:
    """How a matrix with one example per column is handed over, and whether several at once can be."""

    name: str
    several: bool
    give: Callable[[Array], Array]

    def take(self, answer: Any, rows: int, columns: int) -> Array | None:
        """The last array in *answer* that holds (rows, columns) numbers, one example per column; None without one."""
        for _, leaf in reversed(list(leaves(answer))):
            array = as_array(leaf)
            if array is not None and array.size == rows * columns and array.dtype.kind in "fiub":
                return self._turned(array, rows, columns)
        return None

    def _turned(self, array: Array, rows: int, columns: int) -> Array | None:
        squeezed = array.reshape([n for n in array.shape if n != 1] or [1])
        if columns == 1 or rows == 1:
            return squeezed.reshape(rows, columns) if squeezed.ndim == 1 else None
        wanted = (columns, rows) if self.name == "rows" else (rows, columns)
        if squeezed.shape != wanted:
            return None
        return squeezed.T if self.name == "rows" else squeezed


COLUMNS = Orientation("columns", several=True, give=handed)
ROWS = Orientation("rows", several=True, give=lambda x: handed(x, x.T))
VECTORS = Orientation("vectors", several=False, give=lambda x: handed(x, x[:, 0]))
ORIENTATIONS = (COLUMNS, ROWS, VECTORS)


def leaves(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every array or number in nested dictionaries, lists and tuples, with the keys that lead to it."""
    if isinstance(tree, Mapping):
        for key, item in tree.items():
            yield from leaves(item, (*path, key))
    elif isinstance(tree, tuple) or (isinstance(tree, list) and not _numbers(tree)):
        for index, item in enumerate(tree):
            yield from leaves(item, (*path, index))
    elif isinstance(tree, np.ndarray) and tree.dtype == object and tree.ndim == 1:
        yield from leaves(list(tree), path)
    else:
        yield path, tree


def _numbers(tree: list[Any], depth: int = 2) -> bool:
    """Whether a list is a vector or a matrix written out; deeper lists are lists of those."""
    first = tree[0] if tree else None
    if isinstance(first, list):
        rows = depth > 1 and all(isinstance(item, list) and _numbers(item, depth - 1) for item in tree)
        return rows and len({len(item) for item in tree}) == 1
    return bool(tree) and all(isinstance(item, int | float | np.number) and not isinstance(item, bool) for item in tree)


def as_array(leaf: Any) -> Array | None:
    """*leaf* as an array of numbers, or None."""
    if leaf is None or isinstance(leaf, str | bytes):
        return None
    try:
        array = np.asarray(leaf)
    except (ValueError, TypeError):
        return None
    return array if array.dtype.kind in "fiubc" else None
