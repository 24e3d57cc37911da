"""Activation functions: value, derivative and difference of each, side by side.

An activation acts on weighted inputs ``z`` of shape (neurons, examples). Next to its value stand
its derivative σ′(z) and its *difference* σ(z + d) − σ(z), written so that no digits cancel however
small ``d`` is. The difference is what turns Eqs. 47-52 of the chapter into an algorithm.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nets.logistic import (
    LARGE,
    Expm1,
    at_likeliest,
    is_large,
    largest_exponent,
    logistic,
    logistic_difference,
    logistic_slope,
    sum_and_rest,
)

Array = NDArray[Any]


class Activation:
    """One activation function; subclasses give ``value``, ``derivative`` and ``difference``.

    All three map arrays of shape (neurons, examples) to arrays of the same shape and dtype.
    ``value`` also accepts complex input, so that a complex step can be taken through it.
    ``couples`` is true where one neuron's output depends on another's weighted input (softmax).
    ``cancellation_free`` is false where ``difference`` is a plain subtraction.
    """

    name: ClassVar[str] = ""
    couples: ClassVar[bool] = False
    cancellation_free: bool = True

    def value(self, z: Array, out: Array | None = None) -> Array:
        """σ(z)."""
        raise NotImplementedError

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """σ′(z), given a = σ(z); at a kink, the slope on the left."""
        raise NotImplementedError

    def difference(self, z: Array, a: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """σ(z + d) − σ(z), given a = σ(z); *expm1* may be a cheaper one that suits |d|."""
        return self.value(z + d) - a

    def pull_back(self, z: Array, a: Array, upstream: Array, out: Array | None = None) -> Array:
        """J(z)ᵀ upstream: the error in z that an error in a amounts to (the ⊙ of BP1 and BP2)."""
        result = self.derivative(z, a, out=out)
        result *= upstream
        return result

    def crosses_kink(self, z: Array, d: Array) -> NDArray[np.bool_]:
        """True where a kink lies between z and z + d."""
        return np.zeros(np.broadcast_shapes(z.shape, d.shape), dtype=bool)

    def __repr__(self) -> str:
        return self.name


class Sigmoid(Activation):
    """σ(z) = 1 / (1 + exp(−z)), the chapter's."""

    name = "sigmoid"

    def value(self, z: Array, out: Array | None = None) -> Array:
        """σ(z), finite for every finite z."""
        return logistic(z, out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """σ′(z) = σ(z) σ(−z), from z, because a(1 − a) has no digits left once a rounds to 1."""
        return logistic_slope(z, out)

    def difference(self, z: Array, a: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """σ′(z) E / (1 + a E), E = expm1(d)."""
        return logistic_difference(z, d, expm1)


class Tanh(Activation):
    """tanh(z) = 2 σ(2z) − 1."""

    name = "tanh"

    def value(self, z: Array, out: Array | None = None) -> Array:
        """tanh(z)."""
        return np.tanh(z, out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """1 / cosh²(z) = 4 σ′(2z)."""
        result = logistic_slope(np.multiply(z, 2, out=out), out)
        result *= 4
        return result

    def difference(self, z: Array, a: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """2 (σ(2z + 2d) − σ(2z))."""
        return 2 * logistic_difference(2 * z, 2 * d, expm1)


class Identity(Activation):
    """σ(z) = z: the chapter's linear neurons."""

    name = "identity"

    def value(self, z: Array, out: Array | None = None) -> Array:
        """z, as a new array."""
        return np.positive(z, out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """1."""
        result = np.empty_like(z) if out is None else out
        result.fill(1)
        return result

    def difference(self, z: Array, a: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """d, exactly."""
        return np.broadcast_to(d, np.broadcast_shapes(z.shape, d.shape)).copy()


class LeakyReLU(Activation):
    """z for z > 0, slope · z otherwise; the derivative at the kink z = 0 is taken as *slope*."""

    name = "leaky_relu"

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = slope

    def value(self, z: Array, out: Array | None = None) -> Array:
        """z or slope · z, by the sign of (the real part of) z."""
        result = np.multiply(z, self.slope, out=out)
        np.copyto(result, z, where=z.real > 0)
        return result

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """1 or slope."""
        result = np.empty_like(z) if out is None else out
        positive = z > 0
        result.fill(self.slope)
        result[positive] = 1
        return result

    def difference(self, z: Array, a: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """Exact by cases: the part of the step that lies right of the kink counts once, the rest *slope* times.

        Where the step stays on one side its whole length lies there, and nothing is subtracted.
        """
        after = z + d
        same_side = (z > 0) == (after > 0)
        one_sided = np.where(z > 0, d, self.slope * d)
        return np.where(same_side, one_sided, self.value(after) - a)

    def crosses_kink(self, z: Array, d: Array) -> NDArray[np.bool_]:
        """True where z and z + d lie on different sides of 0."""
        return (z > 0) != (z + d > 0)


class ReLU(LeakyReLU):
    """max(z, 0), with derivative 0 at the kink."""

    name = "relu"

    def __init__(self) -> None:
        super().__init__(slope=0.0)


RELU = ReLU()


class Softplus(Activation):
    """log(1 + exp(z)), a smooth ReLU."""

    name = "softplus"

    def value(self, z: Array, out: Array | None = None) -> Array:
        """max(z, 0) + log1p(exp(−|z|))."""
        positive = z.real > 0
        tail = np.log1p(np.exp(np.where(positive, -z, z)))
        return np.add(tail, np.where(positive, z, 0), out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """σ(z)."""
        return logistic(z, out)

    def difference(self, z: Array, a: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """log1p(σ(z) expm1(d)); for large d the change of max(z, 0) plus that of log1p(exp(−|z|))."""
        if not is_large(d):
            return np.log1p(logistic(z) * expm1(d))
        after, rest = sum_and_rest(z, d)
        tails = np.log1p(np.exp(-np.abs(after))) - np.log1p(np.exp(-np.abs(z)))
        lost = np.where(after < 0, rest * logistic(after), 0)
        large = RELU.difference(z, np.maximum(z, 0), d) + (tails + lost)
        return np.where(np.abs(d) > LARGE, large, np.log1p(logistic(z) * np.expm1(np.clip(d, -LARGE, LARGE))))


GELU_SCALE = float(np.sqrt(8 / np.pi))
GELU_CUBIC = 0.044715


class GELU(Activation):
    """z σ(2u(z)), u = √(2/π) (z + 0.044715 z³): Hendrycks & Gimpel 2016, the tanh form.

    The exact z Φ(z) needs erf, which NumPy does not have; the two differ by at most 5e-4.
    """

    name = "gelu"

    @staticmethod
    def _inner(z: Array) -> Array:
        return GELU_SCALE * (z + GELU_CUBIC * z * z * z)

    def value(self, z: Array, out: Array | None = None) -> Array:
        """z σ(2u)."""
        return np.multiply(z, logistic(self._inner(z)), out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """σ(2u) + z σ′(2u) · 2u′(z)."""
        inner = self._inner(z)
        slope = GELU_SCALE * (1 + 3 * GELU_CUBIC * z * z)
        return np.add(logistic(inner), z * logistic_slope(inner) * slope, out=out)

    def difference(self, z: Array, a: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """d σ(2u(z + d)) + z (σ(2u(z + d)) − σ(2u(z))), with Δu as a polynomial in d.

        Or with z and z + d exchanged, if z + d is the smaller: what cancels is then smaller too.
        """
        change = GELU_SCALE * d * (1 + GELU_CUBIC * (3 * z * z + 3 * z * d + d * d))
        after, inner, inner_after = z + d, self._inner(z), self._inner(z + d)
        gap = logistic_difference(inner, change, after=inner_after)
        nearer = np.abs(after) < np.abs(z)
        return d * logistic(np.where(nearer, inner, inner_after)) + np.where(nearer, after, z) * gap


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


ACTIVATIONS: dict[str, Activation] = {
    f.name: f for f in (Sigmoid(), Tanh(), RELU, LeakyReLU(), Identity(), Softplus(), GELU(), Softmax())
}


def activation(which: str | Activation) -> Activation:
    """The activation of that name, or *which* itself if it is one.

    Raises ValueError naming the known ones.
    """
    if isinstance(which, Activation):
        return which
    if which not in ACTIVATIONS:
        raise ValueError(f"No activation is called {which!r}; there are {', '.join(ACTIVATIONS)}.")
    return ACTIVATIONS[which]
