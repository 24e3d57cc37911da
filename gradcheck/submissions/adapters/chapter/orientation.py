"""Which way round a submission takes its examples, and its answers turned back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.forms import columns, rows, vector
from gradcheck.submissions.adapters.common.leaves import leaves, numeric

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
            array = numeric(leaf)
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


def activations_in(answer: Any, given: Any) -> Any:
    """Of several lists that a forward pass returns, the one that begins with the input: activations, not z."""
    lists = [part for part in answer if isinstance(part, list | tuple)] if isinstance(answer, list | tuple) else []
    begun = [part for part in lists if part and np.shape(part[0]) == np.shape(given) and np.array_equal(part[0], given)]
    return begun[0] if len(lists) > 1 and len(begun) == 1 else answer


COLUMNS = Orientation("columns", several=True, give=columns)
ROWS = Orientation("rows", several=True, give=rows)
VECTORS = Orientation("vectors", several=False, give=vector)
ORIENTATIONS = (COLUMNS, ROWS, VECTORS)
