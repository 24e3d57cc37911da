"""The N + 1 costs of the literal mode, each pass started where its change starts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import of_rows
from nets.perturbation.base import Base
from nets.perturbation.blocks import Mask
from nets.perturbation.suffix import EVERY, Suffix, by_column, either

Array = NDArray[Any]


class Incremental(Suffix):
    """A change of w^l_jk moves z^l_j alone, by ε a^{l−1}_k: the layers before are shared, those after are
    gone through by many perturbations together, and the two costs are subtracted as Eq. 46 says.

    The same differences as ``literal``, with the same round-off: about ulp(C)/ε in each derivative.
    """

    def __init__(self, base: Base, epsilon: float) -> None:
        super().__init__(base, epsilon)
        network = base.network
        self.penalty = network.penalty() if network.l2 else network.dtype.type(0)
        self.cost = base.costs.sum() / base.examples + self.penalty

    def derivatives(self, index: int, rows: slice, total: Array) -> Array:
        """(C(w + ε e) − C(w)) / ε."""
        network = self.base.network
        total /= self.base.examples
        total += self.penalty
        if network.l2:
            total[:, :-1] += network.l2 * self.epsilon * (network.weights[index][rows] + self.epsilon / 2)
        total -= self.cost
        total /= self.epsilon
        return total

    def costs(self, index: int, example: int, rows: slice, steps: Array) -> tuple[Array, Mask | None]:
        """C_x after each step, shape (neurons, steps)."""
        base, shape = self.base, (rows.stop - rows.start, steps.size)
        if index == base.last:
            return self._at_output(example, rows, steps)
        before = base.zs[index][rows, example, None]
        after = before + steps
        f = of_rows(base.network.activations[index], rows)
        crossed = self.crossings(index, example, rows, after - before)
        z = self.into_next(index, rows, f.value(after) - base.activations[index][rows, example, None])
        z += base.zs[index + 1][:, example, None]
        for layer in range(index + 1, base.last):
            crossed = either(crossed, self._crossed(layer, example, z, shape))
            a = base.network.activations[layer].value(z, self.buffer(2, *z.shape))
            z = self.product(layer + 1, a, 0)
            z += base.network.biases[layer + 1]
        crossed = either(crossed, self._crossed(base.last, example, z, shape))
        return self._cost(example, z).reshape(shape), crossed

    def _at_output(self, example: int, rows: slice, steps: Array) -> tuple[Array, Mask | None]:
        shape = (rows.stop - rows.start, steps.size)
        before = self.base.zs[-1][:, example]
        z = np.empty((before.size, *shape), before.dtype)
        z[...] = before[:, None, None]
        z[np.arange(rows.start, rows.stop), np.arange(shape[0])] += steps
        z = z.reshape(before.size, -1)
        return self._cost(example, z).reshape(shape), self._crossed(self.base.last, example, z, shape)

    def _cost(self, example: int, z: Array) -> Array:
        output = self.base.network.output
        return output.value(z, output.activation.value(z, self.buffer(2, *z.shape)), self.base.y[:, example, None])

    def _crossed(self, index: int, example: int, z: Array, shape: tuple[int, ...]) -> Mask | None:
        if not self.kinked[index]:
            return None
        return by_column(self.crossings(index, example, EVERY, z - self.base.zs[index][:, example, None]), shape)
