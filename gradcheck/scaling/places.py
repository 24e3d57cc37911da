"""Entries of a network's parameters by number, so that a sample of them is an array of integers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.scaling.operations import parameter_count

Array = NDArray[Any]


@dataclass(frozen=True)
class Places:
    """Some entries, numbered layer by layer and neuron by neuron, each neuron's weights before its bias."""

    sizes: tuple[int, ...]
    numbers: NDArray[np.int64]

    @classmethod
    def sample(cls, sizes: Sequence[int], count: int, rng: np.random.Generator) -> Places:
        """*count* different entries at random (all of them where there are no more), in random order."""
        total = parameter_count(sizes)
        if 4 * count >= total:
            return cls(tuple(sizes), rng.permutation(total)[:count])
        drawn = rng.integers(0, total, 2 * count)
        return cls(tuple(sizes), rng.permutation(np.unique(drawn))[:count])

    @classmethod
    def all(cls, sizes: Sequence[int]) -> Places:
        """Every entry, in order."""
        return cls(tuple(sizes), np.arange(parameter_count(sizes)))

    def first(self, count: int) -> Places:
        """The first *count* of them."""
        return Places(self.sizes, self.numbers[:count])

    def entries(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Each entry's array and index."""
        offsets = self._offsets()
        for number in self.numbers.tolist():
            layer = int(np.searchsorted(offsets, number, side="right"))
            row, column = divmod(number - offsets[layer - 1], self.sizes[layer - 1] + 1)
            bias = column == self.sizes[layer - 1]
            yield (f"b{layer + 1}", (row, 0)) if bias else (f"w{layer + 1}", (row, column))

    def gather(self, named: Mapping[str, Array]) -> Array:
        """The values of these entries in a gradient."""
        values = np.empty(self.numbers.size)
        for layer, here, row, column in self.by_layer():
            bias = column == self.sizes[layer - 2]
            values[here] = np.where(
                bias, named[f"b{layer}"][row, 0], named[f"w{layer}"][row, np.where(bias, 0, column)]
            )
        return values

    def by_layer(self) -> Iterator[tuple[int, NDArray[np.bool_], Array, Array]]:
        """For each of the chapter's layers: which of the entries lie there, their neurons, and their columns."""
        offsets = self._offsets()
        for layer, (start, stop) in enumerate(pairwise(offsets), start=2):
            here = (self.numbers >= start) & (self.numbers < stop)
            row, column = np.divmod(self.numbers[here] - start, self.sizes[layer - 2] + 1)
            yield layer, here, row, column

    def _offsets(self) -> list[int]:
        counts = [n * (n_in + 1) for n_in, n in pairwise(self.sizes)]
        return [0, *np.cumsum(counts).tolist()]
