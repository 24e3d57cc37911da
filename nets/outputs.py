"""The last layer and the cost taken together: C, δ^L and ΔC as functions of z^L.

Cross-entropy on sigmoid outputs and log-likelihood on softmax lose their digits, or overflow, when
they are computed from a; from z they do not. Every other pair goes by the chain rule (BP1).
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nets.activations import Activation, Sigmoid, Softmax, Softplus
from nets.costs import Cost, CrossEntropy, LogLikelihood
from nets.logistic import Expm1, at_likeliest, largest_exponent, logistic

Array = NDArray[Any]
_SOFTPLUS = Softplus()


class Output:
    """An output activation and a cost, composed by the chain rule.

    Arrays ``z``, ``a``, ``y`` have shape (outputs, examples). ``cancels`` is true where the slope of
    the activation cancels against the cost's and δ^L is a − y (softmax: for targets that sum to 1).
    """

    cancels: ClassVar[bool] = False

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

    cancels = True

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
        """Σ (1 − y) Δsoftplus(z) + y Δsoftplus(−z): for targets 0 and 1 one term, in which nothing cancels."""
        up, down = _SOFTPLUS.difference(z, a, d, expm1), _SOFTPLUS.difference(-z, a, -d, expm1)
        return ((1 - y) * up + y * down).sum(axis=0)


class SigmoidLogLikelihood(Output):
    """Log-likelihood on sigmoid outputs, from z: C = Σ y log(1 + exp(−z)), δ^L = −y σ(−z)."""

    def value(self, z: Array, a: Array, y: Array) -> Array:
        """Σ y softplus(−z), finite where a has rounded to 0."""
        return (y * _SOFTPLUS.value(-z)).sum(axis=0)

    def error(self, z: Array, a: Array, y: Array) -> Array:
        """−y σ(−z)."""
        return -y * logistic(-z)

    def difference(self, z: Array, a: Array, y: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """Σ y Δsoftplus(−z)."""
        return (y * _SOFTPLUS.difference(-z, a, -d, expm1)).sum(axis=0)


class SoftmaxLogLikelihood(Output):
    """Log-likelihood on softmax outputs, from z: C = Σ_i y_i (log Σ_k exp(z_k) − z_i)."""

    cancels = True

    def value(self, z: Array, a: Array, y: Array) -> Array:
        """Σ_i y_i (log Σ_k exp(z_k) − z_i), shifted by the largest z."""
        shifted = z - z.real.max(axis=0)
        log_sum = np.log(np.exp(shifted).sum(axis=0))
        return (y * (log_sum - shifted)).sum(axis=0)

    def error(self, z: Array, a: Array, y: Array) -> Array:
        """a_i Σ y − y_i, as a_i Σ_{k≠i} y_k − y_i (1 − a_i), with 1 − a_i summed where it would cancel."""
        return a * (y.sum(axis=0) - y) - y * _sum_of_others(a, a)

    def difference(self, z: Array, a: Array, y: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """log1p(Σ p expm1(d)) Σ y − Σ y d, d relative to the likeliest class so that a sure net keeps digits."""
        relative = d - at_likeliest(a, d)
        if relative.max(initial=0) > largest_exponent(relative.dtype) / 2:
            return self.value(z + d, a, y) - self.value(z, a, y)
        log_change = np.log1p((a * expm1(relative)).sum(axis=0))
        return (y * (log_change - relative)).sum(axis=0)


class SoftmaxCrossEntropy(Output):
    """Cross-entropy, class by class, on softmax outputs; for the likeliest class, 1 − a comes from the others' z."""

    def value(self, z: Array, a: Array, y: Array) -> Array:
        """−Σ [y ln a + (1 − y) ln(1 − a)], finite for every z."""
        likeliest = _likeliest(a)
        shifted = z - z.real.max(axis=0)
        powers = np.exp(shifted)
        log_sum = np.log(powers.sum(axis=0))
        log_rest = np.log1p(-np.where(likeliest, 0, a)) + np.where(
            likeliest, _log_sum_of_others(shifted, a) - log_sum, 0
        )
        lost = np.multiply(1 - y, log_rest, out=np.zeros_like(log_rest), where=y != 1)
        return -(y * (shifted - log_sum) + lost).sum(axis=0)

    def error(self, z: Array, a: Array, y: Array) -> Array:
        """a_i (1 − y_i) − y_i (1 − a_i) − a_i Σ_{k≠i} t_k, with t = a ⊙ ∇_a C = (1 − y) a / (1 − a) − y.

        The likeliest class's a / (1 − a) may overflow; what it adds to the others is their share of 1 − a.
        """
        likeliest, y_top, a_top = _likeliest(a), at_likeliest(a, y), at_likeliest(a, a)
        t = np.where(likeliest, 0, (1 - y) * a / (1 - np.where(likeliest, 0, a)) - y)
        own = a * (1 - y) - y * _sum_of_others(a, a) - a * (t.sum(axis=0) - t)
        return own + np.where(likeliest, 0, a * y_top - (1 - y_top) * a_top * _shares_of_others(z, a))

    def difference(self, z: Array, a: Array, y: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """−Σ [y log1p(Δ/a) + (1 − y) log1p(−Δ/(1 − a))]; a plain subtraction where 1 − a has left the numbers."""
        change, rest = self.activation.difference(z, a, d, expm1), _sum_of_others(a, a)
        if not rest.all():
            return self.value(z + d, self.activation.value(z + d), y) - self.value(z, a, y)
        won = np.divide(change, a, out=np.zeros_like(change), where=y != 0)
        lost = np.divide(-change, rest, out=np.zeros_like(change), where=y != 1)
        return -(y * np.log1p(won) + (1 - y) * np.log1p(lost)).sum(axis=0)


def _likeliest(p: Array) -> NDArray[np.bool_]:
    """True for the one likeliest class of each column."""
    return p.argmax(axis=0) == np.arange(len(p))[:, None]


def _shares_of_others(z: Array, a: Array) -> Array:
    """Each class's probability if the likeliest is ruled out; 0 for that one."""
    if len(z) == 1:
        return np.zeros_like(a)
    powers = np.where(_likeliest(a), 0, np.exp(np.minimum(z - _second(z, a), 0)))
    return powers / powers.sum(axis=0)


def _log_sum_of_others(z: Array, a: Array) -> Array:
    """log Σ exp(z) over all classes but the likeliest; −∞ where it is the only one."""
    if len(z) == 1:
        return np.full(z.shape[1:], -np.inf)
    second = _second(z, a)
    powers = np.where(_likeliest(a), 0, np.exp(np.where(_likeliest(a), 0, z - second)))
    return np.log(powers.sum(axis=0)) + second


def _second(z: Array, a: Array) -> Array:
    """The largest (real part of) z among the classes that are not the likeliest."""
    return np.where(_likeliest(a), -np.inf, z.real).max(axis=0)


def _sum_of_others(values: Array, p: Array) -> Array:
    """Σ_{k≠i} values_k for each i; for the likeliest class, where the total would cancel, summed without it.

    Of the probabilities themselves it is 1 − p.
    """
    top, columns = p.argmax(axis=0), np.arange(p.shape[1])
    result = values.sum(axis=0) - values
    others = values.copy()
    others[top, columns] = 0
    result[top, columns] = others.sum(axis=0)
    return result


STABLE: dict[tuple[type[Activation], type[Cost]], type[Output]] = {
    (Sigmoid, CrossEntropy): SigmoidCrossEntropy,
    (Sigmoid, LogLikelihood): SigmoidLogLikelihood,
    (Softmax, CrossEntropy): SoftmaxCrossEntropy,
    (Softmax, LogLikelihood): SoftmaxLogLikelihood,
}


def output(activation: Activation, cost: Cost) -> Output:
    """The pair in its stable form where it has one."""
    return STABLE.get((type(activation), type(cost)), Output)(activation, cost)
