"""What the modes hand out: blocks of differences as they come, or the whole gradient with what was noticed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Mask = NDArray[np.bool_]
ENTRIES = 1 << 16  # of a layer's block of columns: small enough for the cache, large enough for NumPy
PRODUCT_COLUMNS = 1 << 10  # fewer columns and a matrix product is slow
MOST_ENTRIES = 1 << 23  # 64 MiB of float64: the bound on each of the three buffers


@dataclass(frozen=True)
class Block:
    """Eq. 46's derivatives for some neurons of one layer.

    ``weights`` has shape (neurons, n_in) and ``biases`` (neurons, 1): rows ``rows`` of w^layer and
    b^layer, with the chapter's layer number. ``crossed``, of shape (neurons, n_in + 1) with the bias
    last, is true where a kink lies inside the step; it is None where there is none in the block.
    """

    layer: int
    rows: slice
    weights: Array
    biases: Array
    crossed: Mask | None = None

    @property
    def entries(self) -> int:
        """The number of derivatives in the block."""
        return int(self.weights.size + self.biases.size)


@dataclass(frozen=True, eq=False)
class Perturbation(Mapping[str, Array]):
    """The whole of Eq. 46 by parameter name, to be used like the dictionary that ``backprop`` returns.

    ``passes`` counts evaluations of the cost, the one at w itself included. ``crossings`` holds, by
    name, the indices (count, 2) of the entries whose step crosses a kink, where Eq. 46 is a slope
    between the two one-sided ones. ``notes`` says in sentences what was noticed.
    """

    gradient: Mapping[str, Array]
    mode: str
    epsilon: float
    passes: int
    crossings: Mapping[str, Array]
    notes: tuple[str, ...]

    def __getitem__(self, name: str) -> Array:
        return self.gradient[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.gradient)

    def __len__(self) -> int:
        return len(self.gradient)


def block_columns(width: int, *, products: bool) -> int:
    """How many perturbations go through the rest of the net together, as columns of its widest layer."""
    wanted = max(ENTRIES // width, PRODUCT_COLUMNS if products else 1)
    return max(1, min(wanted, MOST_ENTRIES // width))


def row_slices(rows: int, per_row: int, columns: int) -> Iterator[slice]:
    """Slices of *rows* rows, each of as many as *columns* columns allow, at least one."""
    step = max(1, columns // per_row)
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))
