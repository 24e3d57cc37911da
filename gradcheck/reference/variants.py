"""The activations that a forward pass is compared with: ours, and students' other slopes and scales."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS, Activation, LeakyReLU, activation
from nets.costs import Cost, cost
from nets.logistic import logistic

Array = NDArray[Any]


class SiLU(Activation):
    """z σ(z), also called swish."""

    name = "silu"
    cancellation_free = False

    def value(self, z: Array, out: Array | None = None) -> Array:
        """z σ(z)."""
        return np.multiply(z, logistic(z), out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """σ(z) (1 + z σ(−z))."""
        return np.multiply(logistic(z), 1 + z * logistic(-z), out=out)


class ELU(Activation):
    """z for z > 0, exp(z) − 1 otherwise: Clevert, Unterthiner & Hochreiter 2016."""

    name = "elu"
    cancellation_free = False

    def value(self, z: Array, out: Array | None = None) -> Array:
        """z, or exp(z) − 1 where z is not positive."""
        positive = z.real > 0
        return np.add(np.where(positive, z, 0), np.expm1(np.where(positive, 0, z)), out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """1, or exp(z)."""
        return np.exp(np.minimum(z, 0), out=out)


class ScaledTanh(Activation):
    """1.7159 tanh(2z/3): LeCun, Bottou, Orr & Müller 1998, section 4.4."""

    name = "scaled_tanh"
    cancellation_free = False

    def value(self, z: Array, out: Array | None = None) -> Array:
        """1.7159 tanh(2z/3)."""
        return np.multiply(1.7159, np.tanh(z * (2 / 3)), out=out)

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """(2/3) 1.7159 (1 − tanh²(2z/3))."""
        tanh = np.tanh(z * (2 / 3))
        return np.multiply(1.7159 * 2 / 3, 1 - tanh * tanh, out=out)


SLOPES = (0.001, 0.05, 0.1, 0.2, 0.25, 0.3)
VARIANTS: dict[str, Activation] = {
    "silu": SiLU(),
    "elu": ELU(),
    "scaled_tanh": ScaledTanh(),
    **{f"leaky_relu({slope})": LeakyReLU(slope) for slope in SLOPES},
}
HIDDEN = (*(name for name, f in ACTIVATIONS.items() if not f.couples), *VARIANTS)
OUTPUTS = (*ACTIVATIONS, *VARIANTS)


def known_cost(name: str) -> Cost:
    """The cost of that name. Raises ValueError naming those that there are."""
    return cost(name)


def function(name: str) -> Activation:
    """The activation of that name, ours or a variant.

    Raises ValueError naming ours where there is none.
    """
    return VARIANTS[name] if name in VARIANTS else activation(name)
