"""A case made of three functions, and the numbers at which submissions are tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import Attempt, attempt, fresh, quietly, seeded
from gradcheck.submissions.subjects import CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
Point = Mapping[str, Any]


@dataclass(frozen=True)
class FunctionCase:
    """A case whose point, cost and gradient are functions of (point and) seed."""

    info: CaseInfo
    start: Callable[[int], Named]
    value: Callable[[Named, int], Any]
    slope: Callable[[Named, int], Named]
    known: Callable[[int], Named] | None = None

    def facts(self, seed: int) -> Named:
        """What the diagnosis may use at the point of that seed, such as the output of a layer; nothing if unknown."""
        if self.known is None:
            return {}
        with quietly(), seeded(seed):
            return self.known(seed)

    def point(self, seed: int) -> Named:
        """Float arrays at which to check."""
        return self.start(seed)

    def cost(self, point: Point, seed: int) -> Any:
        """The submission's cost at copies of *point*."""
        with quietly(), seeded(seed):
            return self.value(fresh(dict(point)), seed)

    def gradient(self, point: Point, seed: int) -> Named:
        """The submission's gradient at copies of *point*; raises BadReturnError where something is missing."""
        with quietly(), seeded(seed):
            return self.slope(fresh(dict(point)), seed)


def tried(case: FunctionCase, seed: int = 0) -> Attempt:
    """Cost and gradient at one point: what was answered, or why not."""
    point = attempt(case.start, seed)
    if not point.answered:
        return point
    cost = attempt(case.cost, point.value, seed)
    gradient = attempt(case.gradient, point.value, seed)
    for part in (cost, gradient):
        if not part.answered:
            return part
    return Attempt((cost.value, gradient.value))


def agreement(case: FunctionCase, seed: int = 0) -> float:
    """How far the gradient is from the cost's own slope along one direction, relative; infinite where it cannot be.

    For choosing between ways of calling a function; it judges nothing.
    """
    answer = tried(case, seed)
    if not answer.answered:
        return float("inf")
    point, gradient = case.point(seed), answer.value[1]
    rng = np.random.default_rng(seed + 1)
    away = {name: rng.choice([-1.0, 1.0], np.shape(array)) for name, array in point.items()}
    claimed = sum(_inner(gradient[name], away[name]) for name in point)
    step = 1e-5
    ends = [attempt(case.cost, {n: point[n] + s * step * away[n] for n in point}, seed) for s in (1, -1)]
    if not all(end.answered for end in ends):
        return float("inf")
    slope = (float(np.sum(ends[0].value)) - float(np.sum(ends[1].value))) / (2 * step)
    difference = abs(slope - claimed) / max(abs(slope), abs(claimed), 1e-12)
    return difference if np.isfinite(difference) else float("inf")


def _inner(gradient: Any, direction: Array) -> float:
    array = np.asarray(gradient, dtype=float)
    if array.size != direction.size:
        return float("nan")
    return float(np.sum(array.reshape(direction.shape) * direction))


def normal(shape: tuple[int, ...], rng: np.random.Generator, scale: float = 1.0) -> Array:
    """Normal numbers."""
    return rng.standard_normal(shape) * scale


def spread(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Numbers of both signs, none near 0 and no two alike: no kink of a ReLU, a maximum or a margin is near."""
    count = int(np.prod(shape))
    values = (np.arange(count) - count // 2 + 0.45) * (3.7 / max(count, 7))
    return rng.permutation(values).reshape(shape)


def labels(classes: int, examples: int, rng: np.random.Generator) -> Array:
    """A class for each example, every class at least once if there are enough examples."""
    return rng.permutation(np.arange(examples) % classes)
