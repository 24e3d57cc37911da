"""Cost functions C(a, y): value, derivative and difference of each, side by side.

Outputs ``a`` and targets ``y`` have shape (outputs, examples); a value is given for each example,
shape (examples,). What is best computed from z, not from a, stands in ``nets.outputs``.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def _times_log(y: Array, a: Array) -> Array:
    """y ln a, with 0 ln 0 = 0; where a has rounded to 0 and y has not, it is −∞ without a warning."""
    with np.errstate(divide="ignore"):
        return np.where(y == 0, 0, y) * np.log(np.where(y == 0, 1, a))


class Cost:
    """One cost function; subclasses give ``value``, ``derivative`` and ``difference``."""

    name: ClassVar[str] = ""

    def value(self, a: Array, y: Array) -> Array:
        """C of each example, shape (examples,)."""
        raise NotImplementedError

    def derivative(self, a: Array, y: Array) -> Array:
        """∇_a C of each example, shape (outputs, examples)."""
        raise NotImplementedError

    def difference(self, a: Array, y: Array, change: Array) -> Array:
        """C(a + change) − C(a) of each example, without cancellation, shape (examples,)."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.name


class Quadratic(Cost):
    """C = ½ ‖a − y‖², the chapter's."""

    name = "quadratic"

    def value(self, a: Array, y: Array) -> Array:
        """½ Σ (a − y)²."""
        error = a - y
        return (error * error).sum(axis=0) / 2

    def derivative(self, a: Array, y: Array) -> Array:
        """a − y."""
        return a - y

    def difference(self, a: Array, y: Array, change: Array) -> Array:
        """Σ Δ (Δ/2 + a − y)."""
        return (change * (change / 2 + (a - y))).sum(axis=0)


class CrossEntropy(Cost):
    """C = −Σ [y ln a + (1 − y) ln(1 − a)], for outputs in (0, 1)."""

    name = "cross_entropy"

    def value(self, a: Array, y: Array) -> Array:
        """−Σ [y ln a + (1 − y) ln(1 − a)]; infinite where a rounded to the wrong one of 0 and 1."""
        return -(_times_log(y, a) + _times_log(1 - y, 1 - a)).sum(axis=0)

    def derivative(self, a: Array, y: Array) -> Array:
        """(a − y) / (a (1 − a))."""
        return (a - y) / (a * (1 - a))

    def difference(self, a: Array, y: Array, change: Array) -> Array:
        """−Σ [y log1p(Δ/a) + (1 − y) log1p(−Δ/(1 − a))]."""
        terms = y * np.log1p(change / a) + (1 - y) * np.log1p(-change / (1 - a))
        return -terms.sum(axis=0)


class LogLikelihood(Cost):
    """C = −Σ y ln a, for outputs that are probabilities (softmax)."""

    name = "log_likelihood"

    def value(self, a: Array, y: Array) -> Array:
        """−Σ y ln a."""
        return -_times_log(y, a).sum(axis=0)

    def derivative(self, a: Array, y: Array) -> Array:
        """−y / a."""
        return -y / a

    def difference(self, a: Array, y: Array, change: Array) -> Array:
        """−Σ y log1p(Δ/a)."""
        return -(y * np.log1p(change / a)).sum(axis=0)


COSTS: dict[str, Cost] = {c.name: c for c in (Quadratic(), CrossEntropy(), LogLikelihood())}


def cost(which: str | Cost) -> Cost:
    """The cost of that name, or *which* itself if it is one.

    Raises ValueError naming the known ones.
    """
    if isinstance(which, Cost):
        return which
    if which not in COSTS:
        raise ValueError(f"No cost is called {which!r}; there are {', '.join(COSTS)}.")
    return COSTS[which]
