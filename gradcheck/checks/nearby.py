"""A second look at entries where several kinks meet: is the gradient right a step away, where there is none?

At a kink of one neuron any value between the one-sided slopes is a subgradient. Where the kinks of several
examples meet, as in weights that all start at 0, a backward pass that takes 0 for ReLU′(0) may lie
outside the slopes of their sum (Bolte & Pauwels 2021): a convention, not a slip, if it is right all around.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.arrays import Named
from gradcheck.checks.contract import ask
from gradcheck.compare import INCONCLUSIVE, KINK, RIGHT, WRONG, Tolerance, rms
from gradcheck.entries import Setting
from gradcheck.evaluator import Evaluator
from gradcheck.judgement import judge_again
from gradcheck.noise import measure_noise

PLACES = 3
AWAY = 0.1  # of each array's typical size, or of 1 where all of it is 0


class Nearby:
    """The same cost and gradient at a few random points around the point, prepared when first needed."""

    def __init__(self, evaluator: Evaluator, gradient: Callable[[Any], Any], tolerance: Tolerance, seed: int) -> None:
        self._evaluator, self._gradient, self._tolerance = evaluator, gradient, tolerance
        self._rng = np.random.default_rng(seed)
        self._places: list[tuple[Setting, Named]] = []

    def verdict(self, name: str, i: int) -> int:
        """Entry *i* of one array there: a kink if it is right at all of them, wrong if it is wrong at one."""
        if not self._places:
            self._places = [self._place() for _ in range(PLACES)]
        codes = [self._verdict_at(setting, arrays, name, i) for setting, arrays in self._places]
        if WRONG in codes:
            return WRONG
        return KINK if all(code in (RIGHT, KINK) for code in codes) else INCONCLUSIVE

    def _place(self) -> tuple[Setting, Named]:
        by = {
            name: AWAY * (rms(array.astype(float)) or 1.0) * self._rng.normal(size=array.shape)
            for name, array in self._evaluator.original.items()
        }
        moved = self._evaluator.displaced(by)
        arrays = ask(self._gradient, moved).arrays
        setting = Setting(moved, measure_noise(moved, self._rng, thorough=True), self._tolerance)
        self._evaluator.evaluations += moved.evaluations
        return setting, arrays

    def _verdict_at(self, setting: Setting, arrays: Named, name: str, i: int) -> int:
        if name not in arrays or not np.isfinite(setting.noise.cost):
            return INCONCLUSIVE
        before, analytic = setting.evaluator.evaluations, float(arrays[name].reshape(-1)[i])
        bench, first = setting.bench(name, rms(arrays[name])), setting.look(name, i, setting.first_step(name))
        verdict = judge_again(setting.evaluator.line(name, i), analytic, first, bench)
        self._evaluator.evaluations += setting.evaluator.evaluations - before
        return verdict.code
