"""The last layer and the cost taken together: C, δ^L and ΔC as functions of z^L.

Cross-entropy on sigmoid outputs and log-likelihood on softmax lose their digits, or overflow, when
they are computed from a; from z they do not. Every other pair goes by the chain rule (BP1).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import Activation, Expm1, Sigmoid, Softmax, Softplus, logistic
from nets.costs import Cost, CrossEntropy, LogLikelihood

Array = NDArray[Any]
_SOFTPLUS = Softplus()


class Output:
    """An output activation and a cost, composed by the chain rule.

    Arrays ``z``, ``a``, ``y`` have shape (outputs, examples).
    """

    def __init__(self, activation: Activation, cost: Cost) -> None:
        self.activation, self.cost = activation, cost

    @property
    def cancellation_free(self) -> bool:
        """Whether ``difference`` keeps all digits for tiny changes."""
        return self.activation.cancellation_free

    def value(self, z: Array, a: Array, y: Array) -> Array:
        """C of each example, shape (examples,)."""
        return self.cost.value(a, y)

    def error(self, z: Array, a: Array, y: Array) -> Array:
        """δ^L = J(z^L)ᵀ ∇_a C (BP1)."""
        return self.activation.pull_back(z, a, self.cost.derivative(a, y))

    def difference(self, z: Array, a: Array, y: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """ΔC of each example when z^L changes by d."""
        return self.cost.difference(a, y, self.activation.difference(z, a, d, expm1))


class SigmoidCrossEntropy(Output):
    """Cross-entropy on sigmoid outputs, from z: C = Σ log(1 + exp(z)) − y z, δ^L = a − y."""

    def value(self, z: Array, a: Array, y: Array) -> Array:
        """Σ [max(z, 0) − y z + log1p(exp(−|z|))], whose first two terms cancel exactly at y = 1."""
        positive = z.real > 0
        linear = np.where(positive, z, 0) - y * z
        tail = np.log1p(np.exp(np.where(positive, -z, z)))
        return (linear + tail).sum(axis=0)

    def error(self, z: Array, a: Array, y: Array) -> Array:
        """a − y, as (1 − y) − σ(−z) where z > 0, so that a = 1 − tiny keeps its digits."""
        return np.where(z > 0, (1 - y) - logistic(-z), a - y)

    def difference(self, z: Array, a: Array, y: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """Σ [softplus(z + d) − softplus(z) − y d], from the nearer of the targets 0 and 1."""
        up = _SOFTPLUS.difference(z, a, d, expm1)
        down = _SOFTPLUS.difference(-z, 1 - a, -d, expm1)
        return np.where(z > 0, down + (1 - y) * d, up - y * d).sum(axis=0)


class SoftmaxLogLikelihood(Output):
    """Log-likelihood on softmax outputs, from z: C = Σ_i y_i (log Σ_k exp(z_k) − z_i)."""

    def value(self, z: Array, a: Array, y: Array) -> Array:
        """Σ_i y_i (log Σ_k exp(z_k) − z_i), shifted by the largest z."""
        shifted = z - z.real.max(axis=0)
        log_sum = np.log(np.exp(shifted).sum(axis=0))
        return (y * (log_sum - shifted)).sum(axis=0)

    def error(self, z: Array, a: Array, y: Array) -> Array:
        """a_i Σ y − y_i, as a_i Σ_{k≠i} y_k − y_i (1 − a_i), with 1 − a_i summed where it would cancel."""
        return a * (y.sum(axis=0) - y) - y * _complement(a)

    def difference(self, z: Array, a: Array, y: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """log1p(Σ p expm1(d)) Σ y − Σ y d, shifted by the most likely class so that a sure net keeps digits."""
        top = a.argmax(axis=0)
        columns = np.arange(a.shape[1])
        relative = d - d[top, columns]
        log_change = np.log1p((a * expm1(relative)).sum(axis=0))
        return (y * (log_change - relative)).sum(axis=0)


def _complement(p: Array) -> Array:
    """1 − p for columns that sum to 1; the one entry that may be close to 1 is summed from the others."""
    top, columns = p.argmax(axis=0), np.arange(p.shape[1])
    rest = p.copy()
    rest[top, columns] = 0
    result = 1 - p
    result[top, columns] = rest.sum(axis=0)
    return result


def output(activation: Activation, cost: Cost) -> Output:
    """The pair in its stable form where it has one."""
    if isinstance(activation, Sigmoid) and isinstance(cost, CrossEntropy):
        return SigmoidCrossEntropy(activation, cost)
    if isinstance(activation, Softmax) and isinstance(cost, LogLikelihood):
        return SoftmaxLogLikelihood(activation, cost)
    return Output(activation, cost)
