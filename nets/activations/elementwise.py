"""Activations that act on each neuron by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations.base import Activation
from nets.logistic import LARGE, Expm1, is_large, logistic, logistic_difference, logistic_slope, sum_and_rest

Array = NDArray[Any]


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
GELU_SATURATED = 50.0  # beyond it σ(2u) is 0 or 1 in every precision, and z³ need not overflow


class GELU(Activation):
    """z σ(2u(z)), u = √(2/π) (z + 0.044715 z³): Hendrycks & Gimpel 2016, the tanh form.

    The exact z Φ(z) needs erf, which NumPy does not have; the two differ by at most 5e-4.
    """

    name = "gelu"

    def value(self, z: Array, out: Array | None = None) -> Array:
        """z σ(2u)."""
        return np.multiply(z, logistic(_inner(z)), out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """σ(2u) + z σ′(2u) · 2u′(z)."""
        inner, near = _inner(z), _clipped(z)
        slope = GELU_SCALE * (1 + 3 * GELU_CUBIC * near * near)
        return np.add(logistic(inner), near * logistic_slope(inner) * slope, out=out)

    def difference(self, z: Array, a: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """d σ(2u(z + d)) + z (σ(2u(z + d)) − σ(2u(z))), with Δu as a polynomial in d.

        Or with z and z + d exchanged, if z + d is the smaller: what cancels is then smaller too.
        """
        near, step = _clipped(z), np.clip(d, -4 * GELU_SATURATED, 4 * GELU_SATURATED)
        change = GELU_SCALE * step * (1 + GELU_CUBIC * (3 * near * near + 3 * near * step + step * step))
        after, inner, inner_after = z + d, _inner(z), _inner(z + d)
        gap = logistic_difference(inner, change, after=inner_after)
        nearer = np.abs(after) < np.abs(z)
        return d * logistic(np.where(nearer, inner, inner_after)) + np.where(nearer, after, z) * gap


def _clipped(z: Array) -> Array:
    return np.clip(z, -GELU_SATURATED, GELU_SATURATED)


def _inner(z: Array) -> Array:
    """2u(z)."""
    near = _clipped(z)
    return GELU_SCALE * (near + GELU_CUBIC * near * near * near)
