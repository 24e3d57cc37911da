"""A stream of Eq. 46's derivatives against backprop's, block by block: no gradient is ever held whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.engine import Block, Network, errors
from gradcheck.results import Agreement
from gradcheck.scaling.places import Places

Array = NDArray[Any]
BUFFER = 1 << 20
MANTISSA_BITS = 6  # bins of 2^(1/64): a median is exact to about 1 %


class BackpropRows:
    """Backprop's gradient, any rows of it when they are asked for: BP1 and BP2 once, then BP3 and BP4.

    For networks without L2 regularisation.
    """

    def __init__(self, network: Network, x: Array, y: Array) -> None:
        self.layers = errors(network, x, y)

    def rows(self, layer: int, rows: slice) -> tuple[Array, Array]:
        """∂C/∂w and ∂C/∂b of some neurons, shapes (neurons, n_in) and (neurons, 1)."""
        delta, a = self.layers[layer - 2]
        return delta[rows] @ a.T, delta[rows].sum(axis=1, keepdims=True)

    def at(self, places: Places) -> Array:
        """∂C/∂w at some entries."""
        values = np.empty(places.numbers.size)
        for layer, here, row, column in places.by_layer():
            delta, a = self.layers[layer - 2]
            extended = np.vstack([a, np.ones((1, a.shape[1]), a.dtype)])
            values[here] = np.einsum("ij,ij->i", delta[row], extended[column])
        return values


def relative(one: Array, other: Array) -> Array:
    """|one − other| over the larger magnitude; 0 where both are 0."""
    larger = np.maximum(np.abs(one), np.abs(other))
    difference = np.abs(one - other)
    return np.divide(difference, larger, out=difference, where=larger != 0)


class Differences:
    """Relative differences as they come: their number, largest and quantiles.

    Quantiles come from a histogram whose bins are the leading bits of the floating-point numbers,
    so that a billion differences take 16 MiB.
    """

    def __init__(self) -> None:
        self.entries, self.largest = 0, 0.0
        self._bins = np.zeros(1 << (11 + MANTISSA_BITS), np.int64)
        self._buffer, self._filled = np.empty(BUFFER), 0

    def add(self, differences: Array) -> None:
        """Take in some relative differences, of any shape; NaN counts as infinite."""
        flat = np.nan_to_num(differences.reshape(-1), nan=np.inf)
        self.entries += flat.size
        self.largest = max(self.largest, float(flat.max(initial=0.0)))
        for part in _parts(flat):
            if self._filled + part.size > BUFFER:
                self._flush()
            self._buffer[self._filled : self._filled + part.size] = part
            self._filled += part.size

    def _flush(self) -> None:
        bits = self._buffer[: self._filled].view(np.int64) >> (52 - MANTISSA_BITS)
        self._bins += np.bincount(bits, minlength=self._bins.size)
        self._filled = 0

    def quantile(self, share: float) -> float:
        """The difference below which that share of the entries lies, to about 1 %."""
        self._flush()
        place = int(np.searchsorted(np.cumsum(self._bins), share * self.entries))
        edges = (np.array([place, place + 1], np.int64) << (52 - MANTISSA_BITS)).view(float)
        return float(edges.mean()) if place else 0.0

    def agreement(self, mode: str, epsilon: float) -> Agreement:
        """What was taken in, as a result."""
        return Agreement(mode, epsilon, self.entries, self.quantile(0.5), self.quantile(0.99), self.largest)


def _parts(flat: Array) -> Iterator[Array]:
    for start in range(0, flat.size, BUFFER):
        yield flat[start : start + BUFFER]


def block_differences(block: Block, backprop: BackpropRows) -> tuple[Array, Array]:
    """The relative differences of one block's weights and biases."""
    weights, biases = backprop.rows(block.layer, block.rows)
    return relative(block.weights, weights), relative(block.biases, biases)
