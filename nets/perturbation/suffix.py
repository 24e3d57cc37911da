"""What two modes share: the rest of the net as seen from one layer, and the loop over layers, rows and examples."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import Activation, Mixed, of_rows
from nets.perturbation.base import Base
from nets.perturbation.blocks import Block, Mask, block_columns, row_slices

Array = NDArray[Any]
EVERY = slice(None)


class Suffix(ABC):
    """Takes perturbations of z^l through the layers after l, many at once, one column each.

    Memory: three buffers of at most 64 MiB, or of the widest layer's size if that is larger.
    """

    def __init__(self, base: Base, epsilon: float) -> None:
        self.base, self.epsilon = base, epsilon
        self.kinked = [has_kinks(f) for f in base.network.activations]
        self._buffers = [np.empty(0, base.network.dtype) for _ in range(3)]

    @abstractmethod
    def costs(self, index: int, example: int, rows: slice, steps: Array) -> tuple[Array, Mask | None]:
        """What the steps in z_j do to one example's cost, for each neuron j of *rows* and each step.

        Args:
            index: of the layer that is perturbed; 0 is the chapter's layer 2.
            example: the column of the mini-batch.
            rows: its neurons, one after the other.
            steps: Δz, shape (steps,), the same for every neuron.

        Returns:
            An array (neurons, steps), and where a kink was crossed, or None if nowhere.
        """

    @abstractmethod
    def derivatives(self, index: int, rows: slice, total: Array) -> Array:
        """Eq. 46 from *total*, the sum over the examples of what ``costs`` gave; may overwrite it."""

    def blocks(self) -> Iterator[Block]:
        """Every derivative, layer by layer and row by row."""
        for index in range(self.base.last + 1):
            for rows in self.row_slices(index, self.base.inputs[index].shape[0] + 1):
                yield self._block(index, rows)

    def row_slices(self, index: int, steps: int) -> Iterator[slice]:
        """The neurons of a layer in groups that fit the cache."""
        return row_slices(self.base.network.sizes[index + 1], steps, self._columns(index))

    def _columns(self, index: int) -> int:
        rest = self.base.network.sizes[index + 2 :] or self.base.network.sizes[-1:]
        return block_columns(max(rest), products=len(rest) > 1)

    def _block(self, index: int, rows: slice) -> Block:
        a = self.base.inputs[index]
        total = np.zeros((rows.stop - rows.start, a.shape[0] + 1), a.dtype)
        crossed: Mask | None = None
        for example in range(self.base.examples):
            steps = self.epsilon * np.append(a[:, example], a.dtype.type(1))
            for part in row_slices(steps.size, 1, self._columns(index)):
                values, mask = self.costs(index, example, rows, steps[part])
                total[:, part] += values
                if mask is not None:
                    crossed = np.zeros(total.shape, dtype=bool) if crossed is None else crossed
                    crossed[:, part] |= mask
        values = self.derivatives(index, rows, total)
        return Block(index + 2, rows, values[:, :-1], values[:, -1:], crossed)

    def buffer(self, which: int, rows: int, columns: int) -> Array:
        """One of the three buffers as a matrix; ``into_next`` writes to buffer 0."""
        if self._buffers[which].size < rows * columns:
            self._buffers[which] = np.empty(rows * columns, self.base.network.dtype)
        return self._buffers[which][: rows * columns].reshape(rows, columns)

    def into_next(self, index: int, rows: slice, change: Array) -> Array:
        """Δz of the next layer, w_ij Δa_j, for changes (neurons, steps) that each concern one neuron."""
        w = self.base.network.weights[index + 1][:, rows]
        out = self.buffer(0, w.shape[0], change.size)
        np.multiply(w[:, :, None], change, out=out.reshape(w.shape[0], *change.shape))
        return out

    def product(self, index: int, a: Array, which: int) -> Array:
        """w^l a in buffer *which*."""
        w = self.base.network.weights[index]
        return np.matmul(w, a, out=self.buffer(which, w.shape[0], a.shape[1]))

    def crossings(self, index: int, example: int, rows: slice, d: Array) -> Mask | None:
        """Which columns of d, shape (neurons of *rows*, columns), take some neuron across a kink; None if none."""
        if not self.kinked[index]:
            return None
        f = of_rows(self.base.network.activations[index], rows)
        found = f.crosses_kink(self.base.zs[index][rows, example, None], d)
        return found if found.any() else None


def either(one: Mask | None, other: Mask | None) -> Mask | None:
    """True where one of the two is; None is nowhere."""
    if one is None or other is None:
        return other if one is None else one
    return one | other


def by_column(mask: Mask | None, shape: tuple[int, ...]) -> Mask | None:
    """Which columns have a true entry, in the shape (neurons, steps) that the columns were made from."""
    return None if mask is None else mask.any(axis=0).reshape(shape)


def has_kinks(f: Activation) -> bool:
    """Whether the activation says where its kinks are."""
    if isinstance(f, Mixed):
        return any(has_kinks(part) for part in (f.base, *f.neurons.values()))
    return type(f).crosses_kink is not Activation.crosses_kink
