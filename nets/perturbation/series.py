"""The difference of an activation as a short power series in d, for steps so small that it is exact to rounding.

The series come from the identities beside each activation, not from ``derivative``: with
E = expm1(d) = d + d²/2 + d³/6 + ..., the sigmoid's σ′ E / (1 + σ E) is
σ(z)σ(−z) d (1 + (½ − σ) d + (1/6 − σ + σ²) d² + ...). At most three terms are kept, as many as the
step needs and only where the rest is below half a unit in the last place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import Activation, Identity, LeakyReLU, Mixed, Sigmoid, Softplus, Tanh
from nets.logistic import logistic

Array = NDArray[Any]
SLAB = 1 << 15  # entries that are worked on together, so that they stay in the core's own cache


@dataclass(frozen=True)
class Series:
    """σ(z + d) − σ(z) = d (c₁ + c₂ d + c₃ d² + ...) for |d| < ``margin`` of the example.

    ``coefficients`` are arrays (neurons, examples); ``remainders[k − 1]`` bounds, for every z, what is
    left out after k terms as |rest| ≤ remainders[k − 1] |d|^k |c₁ d|, to leading order. ``margin`` is the
    distance to the nearest kink, ``steepest`` the largest |c₁|, both of shape (examples,).
    """

    coefficients: tuple[Array, ...]
    remainders: tuple[float, ...]
    margin: Array
    steepest: Array

    @classmethod
    def of(cls, coefficients: Sequence[Array], remainders: Sequence[float], margin: Array | None = None) -> Series:
        """The series with these terms; without a margin there is no kink."""
        first = coefficients[0]
        edge = np.full(first.shape[1], np.inf) if margin is None else margin
        return cls(tuple(coefficients), tuple(remainders), edge, np.abs(first).max(axis=0))

    def terms(self, largest: float, example: int) -> int:
        """How many terms give every |d| ≤ *largest* full precision; 0 where three are too few."""
        if not largest < self.margin[example]:
            return 0
        half_ulp = float(np.finfo(self.coefficients[0].dtype).eps) / 4
        for count, remainder in enumerate(self.remainders, start=1):
            if remainder * largest**count <= half_ulp:
                return count
        return 0

    def apply(self, d: Array, terms: int, example: int, rows: slice) -> None:
        """Replace *d*, shape (neurons of *rows*, columns), by the difference, slab by slab."""
        columns = [c[rows, example, None] for c in self.coefficients[:terms]]
        step = max(1, SLAB // d.shape[1])
        scratch = np.empty((min(step, d.shape[0]), d.shape[1]), d.dtype)
        for start in range(0, d.shape[0], step):
            part = slice(start, start + step)
            slab = d[part]
            slab *= _horner([c[part] for c in columns], slab, scratch[: slab.shape[0]])


def _horner(coefficients: Sequence[Array], d: Array, out: Array) -> Array:
    """c₁ + d (c₂ + d c₃), as far as there are coefficients."""
    *first, result = coefficients
    for position, coefficient in enumerate(reversed(first)):
        result = np.multiply(result, d, out=out) if not position else np.multiply(out, d, out=out)
        result += coefficient
    return result


@singledispatch
def series(activation: Activation, z: Array, a: Array) -> Series | None:
    """The series of *activation* at z, of shape (neurons, examples), or None where it has none."""
    return None


@series.register
def _(activation: Sigmoid, z: Array, a: Array) -> Series:
    p, q = logistic(z), logistic(-z)
    slope = p * q
    return Series.of((slope, slope * (q - p) / 2, slope * (1 / 6 - slope)), (1 / 2, 1 / 6, 1 / 24))


@series.register
def _(activation: Tanh, z: Array, a: Array) -> Series:
    """From t (1 − a²) / (1 + a t) with t = tanh(d) = d − d³/3 + ...."""
    slope = 4 * logistic(2 * z) * logistic(-2 * z)
    return Series.of((slope, -slope * a, slope * (2 / 3 - slope)), (1.0, 2 / 3, 1 / 3))


@series.register
def _(activation: Softplus, z: Array, a: Array) -> Series:
    """From log1p(u) = u − u²/2 + u³/3 with u = σ(z) expm1(d)."""
    p, q = logistic(z), logistic(-z)
    return Series.of((p, p * q / 2, p * q * (q - p) / 6), (1 / 2, 1 / 6, 1 / 24))


@series.register
def _(activation: Identity, z: Array, a: Array) -> Series:
    return Series.of((np.ones_like(z),), (0.0,))


@series.register
def _(activation: LeakyReLU, z: Array, a: Array) -> Series:
    """One term, as long as no neuron of the layer can reach its kink."""
    slope = np.where(z > 0, 1, activation.slope).astype(z.dtype)
    return Series.of((slope,), (0.0,), np.abs(z).min(axis=0))


@series.register
def _(activation: Mixed, z: Array, a: Array) -> Series | None:
    """The base's terms with the single neurons' rows replaced; where one has no series there is none."""
    own = {j: series(f, z[j : j + 1], a[j : j + 1]) for j, f in activation.neurons.items()}
    base = series(activation.base, z, a)
    if base is None or any(other is None for other in own.values()):
        return None
    return _merged(base, {j: other for j, other in own.items() if other is not None})


def _merged(base: Series, own: dict[int, Series]) -> Series:
    everyone = (base, *own.values())
    count = max(len(s.coefficients) for s in everyone)
    coefficients = [_term(base, k).copy() for k in range(count)]
    for j, other in own.items():
        for k, array in enumerate(coefficients):
            array[j] = _term(other, k)[0]
    remainders = [max(s.remainders[k] if k < len(s.remainders) else 0.0 for s in everyone) for k in range(count)]
    return Series.of(coefficients, remainders, np.min([s.margin for s in everyone], axis=0))


def _term(s: Series, k: int) -> Array:
    return s.coefficients[k] if k < len(s.coefficients) else np.zeros_like(s.coefficients[0])
