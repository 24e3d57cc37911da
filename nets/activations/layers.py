"""Activations of a whole layer: one that couples its neurons, and one that differs between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations.base import Activation
from nets.logistic import Expm1, at_likeliest, largest_exponent

Array = NDArray[Any]


class Softmax(Activation):
    """a_i = exp(z_i) / Σ_k exp(z_k), column by column; an output layer, because it couples its neurons."""

    name = "softmax"
    couples = True

    def value(self, z: Array, out: Array | None = None) -> Array:
        """exp(z − max) normalised; each column sums to 1."""
        result = np.exp(np.subtract(z, z.real.max(axis=0), out=out), out=out)
        result /= result.sum(axis=0)
        return result

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """The *diagonal* a_i (1 − a_i) of the Jacobian; a gradient needs ``pull_back``."""
        return np.multiply(a, 1 - a, out=out)

    def difference(self, z: Array, a: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """p_i (E_i − S) / (1 + S) with E = expm1(d), S = Σ p_i E_i, d relative to the likeliest class.

        That class's E is 0, so a net that is sure, p = 1 − tiny, keeps its digits.
        """
        relative = d - at_likeliest(a, d)
        if relative.max(initial=0) > largest_exponent(relative.dtype) / 2:
            return self.value(z + d) - a
        grow = expm1(relative)
        total = (a * grow).sum(axis=0)
        return a * (grow - total) / (1 + total)

    def pull_back(self, z: Array, a: Array, upstream: Array, out: Array | None = None) -> Array:
        """Jᵀ g with J = diag(a) − a aᵀ: a ⊙ (g − Σ_k a_k g_k), g relative to the likeliest class."""
        relative = upstream - at_likeliest(a, upstream)
        return np.multiply(a, relative - (a * relative).sum(axis=0), out=out)


class Mixed(Activation):
    """One layer's activation in which single neurons have another function f (the chapter's exercise).

    BP1 and BP2 then read δ_j = (...) f′(z_j) in those rows and nothing else changes.
    """

    name = "mixed"

    def __init__(self, base: Activation, neurons: Mapping[int, Activation]) -> None:
        if base.couples or any(other.couples for other in neurons.values()):
            raise ValueError("softmax couples a whole layer: a single neuron of it cannot have another function.")
        self.base, self.neurons = base, dict(neurons)
        self.cancellation_free = all(f.cancellation_free for f in (base, *self.neurons.values()))

    def value(self, z: Array, out: Array | None = None) -> Array:
        """The layer's function, with the single neurons' rows replaced."""
        rows = {j: f.value(z[j]) for j, f in self.neurons.items()}
        return _with_rows(self.base.value(z, out), rows)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """Likewise; *out* may be *z* itself, so the single neurons come first."""
        rows = {j: f.derivative(z[j], a[j]) for j, f in self.neurons.items()}
        return _with_rows(self.base.derivative(z, a, out), rows)

    def difference(self, z: Array, a: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """Likewise."""
        rows = {j: f.difference(z[j], a[j], d[j], expm1) for j, f in self.neurons.items()}
        return _with_rows(self.base.difference(z, a, d, expm1), rows)

    def crosses_kink(self, z: Array, d: Array) -> NDArray[np.bool_]:
        """Likewise."""
        rows = {j: f.crosses_kink(z[j], d[j]) for j, f in self.neurons.items()}
        return _with_rows(self.base.crosses_kink(z, d), rows)

    def __repr__(self) -> str:
        return f"{self.base}, except {', '.join(f'neuron {j}: {f}' for j, f in self.neurons.items())}"


def _with_rows(result: Array, rows: Mapping[int, Array]) -> Array:
    for j, row in rows.items():
        result[j] = row
    return result


def of_rows(f: Activation, rows: slice) -> Activation:
    """The activation of some of the layer's neurons; softmax has no such part."""
    if not isinstance(f, Mixed):
        return f
    start, stop, _ = rows.indices(1 << 62)
    return Mixed(f.base, {j - start: other for j, other in f.neurons.items() if start <= j < stop})
