"""The complex step as the judge's first choice: exact where the cost survives it, and trusted only then.

``abs``, ``.real``, casts and comparisons can break a complex step without a word. It is trusted where
it agrees with real differences along several random directions; and what it then calls wrong is
looked at again with real differences.
"""

from __future__ import annotations

import numpy as np

from gradcheck.arrays import Named, signs
from gradcheck.errors import CouldNotRunError
from gradcheck.estimate import COMPLEX_STEP, imaginary_part
from gradcheck.evaluator import Evaluator
from gradcheck.looks import Look, look
from gradcheck.noise import Noise

DIRECTIONS = 3
LADDER = (16.0, 256.0, 4096.0)
BARS = 8


def survives_complex_step(evaluator: Evaluator, noise: Noise, step: float, rng: np.random.Generator) -> bool:
    """Whether complex-step derivatives agree with real ones along ``DIRECTIONS`` random directions.

    Their weights differ: along ±1 the slopes of a term that is dropped, as of |w|, may add up to 0.

    Cannot see a term that drops its imaginary part and is smaller than the real differences' error bar.
    """
    for _ in range(DIRECTIONS):
        direction = {name: v * rng.uniform(0.5, 1.5, v.shape) for name, v in signs(rng, evaluator.arrays).items()}
        exact = directional(evaluator, direction)
        if exact is None or not np.isfinite(exact):
            return False
        if not _real(evaluator, direction, noise, step).vouches_for(exact, BARS):
            return False
    return True


def directional(evaluator: Evaluator, direction: Named) -> float | None:
    """The derivative along *direction* by one complex step; None where the cost does not survive it."""
    point = {name: array + 1j * COMPLEX_STEP * direction[name] for name, array in evaluator.arrays.items()}
    try:
        return imaginary_part(evaluator, point) / COMPLEX_STEP
    except CouldNotRunError:
        return None


def _real(evaluator: Evaluator, direction: Named, noise: Noise, step: float) -> Look:
    """The best of a few real looks along *direction*: a step for one entry suits N of them only by chance."""

    def line(t: float) -> tuple[float, float]:
        return t, evaluator.moved(direction, t)

    start = step / np.sqrt(evaluator.entries)
    best = look(line, noise.cost, noise.level, start)
    for factor in LADDER:
        seen = look(line, noise.cost, noise.level, start * factor)
        if seen.usable and not seen.kink and (seen.bar < best.bar or best.kink or not best.usable):
            best = seen
    return best
