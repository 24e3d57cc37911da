"""Eqs. 47-52 as an algorithm: the change is carried, layer by layer, and no two costs are ever subtracted."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import Activation, Mixed, of_rows
from nets.costs import CrossEntropy, LogLikelihood, Quadratic
from nets.outputs import Output
from nets.perturbation.base import Base
from nets.perturbation.blocks import ENTRIES, Mask, row_slices
from nets.perturbation.expm1 import expm1_for
from nets.perturbation.series import series
from nets.perturbation.suffix import EVERY, Suffix, by_column, either

Array = NDArray[Any]
SUMS = (Quadratic, CrossEntropy, LogLikelihood)  # costs that are a sum over the outputs


class Propagated(Suffix):
    """Δz^l_j = ε a^{l−1}_k; Δa by an identity without cancellation; Δz^{l+1} = w^{l+1} Δa; ...; ΔC likewise.

    It is Eq. 46 term for term: every weight's change goes through every later layer. Only the
    subtraction that loses the digits is gone, so that ε may be 1e-8 or 1e-40.
    """

    def __init__(self, base: Base, epsilon: float) -> None:
        super().__init__(base, epsilon)
        layers = zip(base.network.activations, base.zs, base.activations, strict=True)
        self.series = [series(f, z, a) for f, z, a in layers]

    @cached_property
    def growth(self) -> list[float]:
        """The largest Σ_k |w_jk| of each layer but the first two: how much larger than Δa a Δz can be."""
        return [0.0, 0.0, *(_largest_row_sum(w) for w in self.base.network.weights[2:])]

    def derivatives(self, index: int, rows: slice, total: Array) -> Array:
        """ΔC / ε, and the exact change of the L2 term, λ (w + ε/2)."""
        total /= self.base.examples * self.epsilon
        if self.base.network.l2:
            total[:, :-1] += self.base.network.l2 * (self.base.network.weights[index][rows] + self.epsilon / 2)
        return total

    def costs(self, index: int, example: int, rows: slice, steps: Array) -> tuple[Array, Mask | None]:
        """ΔC of one example, shape (neurons, steps)."""
        change = np.repeat(steps[None], rows.stop - rows.start, axis=0)
        bound = float(np.abs(steps).max())
        if index == self.base.last:
            return self._at_output(example, rows, change, bound)
        bound, crossed = self._through(index, example, rows, change, bound)
        shape, d = change.shape, self.into_next(index, rows, change)
        bound *= float(np.abs(self.base.network.weights[index + 1][:, rows]).max())
        for layer in range(index + 1, self.base.last):
            bound, mask = self._through(layer, example, EVERY, d, bound)
            crossed = either(crossed, by_column(mask, shape))
            d = self.product(layer + 1, d, (layer - index) % 2)
            bound *= self.growth[layer + 1]
        delta, mask = self._cost(example, d, bound)
        return delta.reshape(shape), either(crossed, by_column(mask, shape))

    def _through(self, index: int, example: int, rows: slice, d: Array, bound: float) -> tuple[float, Mask | None]:
        """Replace Δz by Δa in place; a bound on |Δa|, and which entries crossed a kink.

        *bound* is one on |Δz|; where it is too large for a short series, the largest |Δz| itself may not be.
        """
        short = self.series[index]
        if short is not None:
            terms = short.terms(bound, example)
            if not terms:
                bound = _largest(d)
                terms = short.terms(bound, example)
            if terms:
                short.apply(d, terms, example, rows)
                return bound * (1 + 2 * bound) * float(short.steepest[example]), None
        crossed = self.crossings(index, example, rows, d)
        f = of_rows(self.base.network.activations[index], rows)
        z, a = (layer[index][rows, example, None] for layer in (self.base.zs, self.base.activations))
        d[...] = f.difference(z, a, d, expm1_for(_largest(d), d.dtype))
        return _largest(d), crossed

    def _cost(self, example: int, d: Array, bound: float) -> tuple[Array, Mask | None]:
        """ΔC for changes d of z^L, shape (outputs, columns); overwrites d."""
        output, every = self.base.network.output, (EVERY, slice(example, example + 1))
        a, y = self.base.activations[-1][every], self.base.y[every]
        if type(output) is not Output:
            expm1 = expm1_for(_largest(d), d.dtype)
            return output.difference(self.base.zs[-1][every], a, y, d, expm1), None
        _, crossed = self._through(self.base.last, example, EVERY, d, bound)
        if isinstance(output.cost, Quadratic):
            return _quadratic(a, y, d), crossed
        return output.cost.difference(a, y, d), crossed

    def _at_output(self, example: int, rows: slice, d: Array, bound: float) -> tuple[Array, Mask | None]:
        """ΔC where the output layer itself is perturbed: one output changes, or, if they are coupled, all do."""
        output, shape = self.base.network.output, d.shape
        if output.activation.couples or type(output.cost) not in SUMS:
            everywhere = np.zeros((self.base.zs[-1].shape[0], *shape), d.dtype)
            everywhere[np.arange(rows.start, rows.stop), np.arange(shape[0])] = d
            delta, mask = self._cost(example, everywhere.reshape(-1, d.size), bound)
            return delta.reshape(shape), by_column(mask, shape)
        columns = (self.base.zs[-1], self.base.activations[-1], self.base.y)
        z, a, y = (np.repeat(array[rows, example], shape[1])[None] for array in columns)
        if type(output) is not Output:
            return output.difference(z, a, y, d.reshape(1, -1), expm1_for(bound, d.dtype)).reshape(shape), None
        _, crossed = self._through(self.base.last, example, rows, d, bound)
        return output.cost.difference(a, y, d.reshape(1, -1)).reshape(shape), crossed


def _quadratic(a: Array, y: Array, change: Array) -> Array:
    """Σ Δa (a − y) + Σ Δa²/2: the quadratic cost's difference, overwriting Δa.

    Not a BLAS product: that would wake threads for microseconds of work.
    """
    linear: Array = np.einsum("i,ij->j", (a - y)[:, 0], change)
    change *= change
    linear += change.sum(axis=0) / 2
    return linear


def _largest_row_sum(w: Array) -> float:
    """max Σ_k |w_jk|, some rows at a time, so that no copy of w is made."""
    return max(float(np.abs(w[rows]).sum(axis=1).max()) for rows in row_slices(w.shape[0], w.shape[1], ENTRIES))


def _largest(d: Array) -> float:
    """max |d|."""
    return float(max(d.max(), -d.min()))


def without_identity(f: Activation) -> bool:
    """Whether the difference of *f* is a plain subtraction of two values."""
    if isinstance(f, Mixed):
        return any(without_identity(part) for part in (f.base, *f.neurons.values()))
    return not f.cancellation_free or type(f).difference is Activation.difference
