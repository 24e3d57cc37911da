"""How noisy is a cost function? Measured from its values: Moré & Wild 2011, ECNoise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import signs
from gradcheck.evaluator import Evaluator

POINTS = 8
SPACINGS = (1e3, 1e5, 1e1)  # times ε and the typical size of an array's entries
WIDE_SPACINGS = (1e7, 1e9, 1e11)
ROUGH = 2**13
UNKNOWN_SIZE = 1e-3


@dataclass(frozen=True)
class Noise:
    """The noise of a cost around a point.

    ``level`` is the standard deviation of the cost's own error (its units); ``measured`` is false
    where no noise could be told from the function's curvature, and ``level`` is then half the round-off
    of one evaluation. ``repeatable`` is false where the same point gave different costs; ``spread``
    is their largest difference, and the level where it exceeds the round-off by far.
    """

    level: float
    measured: bool
    repeatable: bool
    spread: float
    cost: float


def measure_noise(evaluator: Evaluator, rng: np.random.Generator, *, thorough: bool = False) -> Noise:
    """The noise of the cost at the evaluator's point, in a handful of evaluations.

    Three evaluations at the point itself show whether it is repeatable; then ECNoise looks at
    differences of the cost at equispaced points on a random line, at a spacing so small that the
    function is nearly straight over them. The first spacing that shows noise is enough, or with *thorough* the
    largest of several: log(1 − a) of an a near 1 moves in stairs that the finest are too fine for. Cannot
    see noise that only appears away from the point.
    """
    same = [evaluator() for _ in range(3)]
    cost = same[0]
    spread = max(same) - min(same)
    floor = apparent_epsilon(same, evaluator) * max(abs(c) for c in same)
    tiny = float(np.finfo(float).tiny)
    if not math.isfinite(cost) or not spread <= 100 * floor:
        return Noise(max(spread, floor, tiny), measured=False, repeatable=spread == 0, spread=spread, cost=cost)
    level, moved = _line_noise(evaluator, rng, thorough=thorough)
    if not moved:
        floor = max(floor, _hidden(cost, evaluator))
    measured = level is not None
    return Noise(max(level or 0.0, floor / 2, tiny), measured, repeatable=True, spread=spread, cost=cost)


def _hidden(cost: float, evaluator: Evaluator) -> float:
    """What may be rounded off a cost that stands still: in float32, or of terms of about one that cancelled to it.

    Such terms are the 1 − a and the log(1 + e) of a network that is sure of itself.
    """
    single = float(np.float32(cost)) == cost
    return max(evaluator.epsilon, float(np.finfo(np.float32).eps) * abs(cost) if single else 0.0)


def apparent_epsilon(values: Sequence[float], evaluator: Evaluator) -> float:
    """The machine epsilon that the cost seems to be computed with, seen from its values, not from a flag.

    A value that float32 holds exactly was almost surely computed in float32, unless it has few digits anyway;
    above ``ROUGH`` float32 has none after the point to tell by, and is assumed.
    """
    single = all(float(np.float32(v)) == v for v in values) and any(v != round(v, 3) or abs(v) > ROUGH for v in values)
    return float(np.finfo(np.float32).eps) if single else evaluator.epsilon


def _line_noise(evaluator: Evaluator, rng: np.random.Generator, *, thorough: bool) -> tuple[float | None, bool]:
    """ECNoise along a random direction, at a few spacings, or None where none would do; whether the cost moved.

    A cost that never moved over the fine spacings may be a staircase (rounded, or counted): wider ones show its steps.
    """
    direction = {name: typical_size(evaluator.arrays[name]) * v for name, v in signs(rng, evaluator.arrays).items()}
    moved, levels = False, []
    for factor in SPACINGS + WIDE_SPACINGS:
        if moved and factor in WIDE_SPACINGS and not (thorough and factor == WIDE_SPACINGS[0]):
            break
        spacing = factor * evaluator.epsilon
        values = [evaluator.moved(direction, (k - POINTS // 2) * spacing) for k in range(POINTS)]
        level = ecnoise(values) or (_stair(values) if not moved and factor in WIDE_SPACINGS else 0.0)
        moved = moved or min(values) != max(values)
        levels += [level] if level > 0 else []
        if levels and not thorough:
            break
    return max(levels, default=None), moved


def _stair(values: Sequence[float]) -> float:
    """Half the lowest step of a cost that did not move at all over finer spacings; 0 where it does not move now."""
    steps = np.abs(np.diff(values))
    steps = steps[(steps > 0) & np.isfinite(steps)]
    return float(steps.min()) / 2 if steps.size else 0.0


def typical_size(array: NDArray[Any]) -> float:
    """The scale on which a cost is expected to vary over an array's entries: their rms; a thousandth if all are 0."""
    largest = float(np.abs(array).max(initial=0))
    return largest * float(np.sqrt(np.mean(np.square(array / largest, dtype=float)))) if largest else UNKNOWN_SIZE


def ecnoise(values: Sequence[float]) -> float | None:
    """The standard deviation of the noise in equispaced function values, or None where it does not show.

    Differences T_{i,k}; σ_k² = γ_k/(m+1−k) Σ T²_{i,k} with γ_k = (k!)²/(2k)!; the first k is taken for
    which σ_k, σ_{k+1}, σ_{k+2} agree within a factor 4 and column k changes sign (Moré & Wild 2011).
    """
    column = np.asarray(values, dtype=float)
    if not np.isfinite(column).all():
        return None
    levels, signs = [], []
    for k in range(1, column.size):
        column = np.diff(column)
        gamma = math.factorial(k) ** 2 / math.factorial(2 * k)
        levels.append(math.sqrt(gamma * float(np.mean(column * column))))
        signs.append(bool(column.min() < 0 < column.max()))
    for k in range(len(levels) - 2):
        three = levels[k : k + 3]
        if signs[k] and max(three) <= 4 * min(three):
            return levels[k]
    return None
