"""What every check does first: hold the cost repeatable, measure its noise, and read the gradient's answer."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.arrays import Named, signs
from gradcheck.checks.contract import Answer, ask
from gradcheck.checks.nearby import Nearby
from gradcheck.checks.wording import unrepeatable
from gradcheck.compare import Comparison, Tolerance
from gradcheck.entries import Setting
from gradcheck.errors import CouldNotRunError
from gradcheck.evaluator import DOUBLE, Evaluator
from gradcheck.noise import Noise, apparent_epsilon, measure_noise
from gradcheck.results import CheckResult, Finding, Verdict
from gradcheck.versions import versions


@dataclass(frozen=True)
class Task:
    """What the caller asked for; ``thorough`` where many evaluations will rest on the noise measured first."""

    target: str
    seed: int
    tolerance: Tolerance | None = None
    thorough: bool = False

    def result(self, verdict: Verdict, reason: str, remedy: str = "", **more: Any) -> CheckResult:
        """A result of this task."""
        return CheckResult(self.target, verdict, reason, remedy, seed=self.seed, versions=versions(), **more)


@dataclass(frozen=True)
class Prepared:
    """A cost that can be judged by and a gradient that has answered.

    ``findings`` are what was wrong with the answer's structure; ``seconds`` is the time of one evaluation.
    """

    task: Task
    setting: Setting
    answer: Answer
    findings: tuple[Finding, ...]
    seconds: float
    rng: np.random.Generator

    @property
    def arrays(self) -> Named:
        """The gradient's arrays as float64, by the parameters' names."""
        return self.answer.arrays


def judged(
    task: Task,
    cost: Callable[..., Any],
    gradient: Callable[..., Any] | Mapping[str, Any] | Any,
    at: Any,
    judge: Callable[[Prepared], CheckResult],
) -> CheckResult:
    """The result of *judge* on the prepared task, or of what forbade it, with evaluations and seconds.

    Raises UsageError for a point that cannot be judged at; a cost that cannot be run gives the verdict error.
    """
    started = time.perf_counter()
    evaluator = Evaluator(cost, at, promote=True)
    try:
        with np.errstate(all="ignore"):  # the steps, not the user, may leave the cost's domain
            ready = _prepared(task, evaluator, gradient)
            result = ready if isinstance(ready, CheckResult) else _still_so(judge(ready), ready)
    except CouldNotRunError as error:
        result = task.result(Verdict.ERROR, str(error))
    return replace(result, evaluations=evaluator.evaluations, seconds=time.perf_counter() - started)


def _still_so(result: CheckResult, ready: Prepared) -> CheckResult:
    """*result*, unless the cost at the point is no longer what it was: then nothing between can be relied on."""
    before, after = ready.setting.noise, ready.setting.evaluator()
    moved_by_gradient = any(found.id == "state" for found in ready.findings)
    if abs(after - before.cost) <= 100 * before.level or moved_by_gradient:
        return result
    reason = f"The cost at the point was {before.cost:.6g} before the check and {after:.6g} after it: it keeps state."
    remedy = "Let the cost work on copies of its data, and reset what it stores between calls."
    checks = (*result.checks, finding("cost", reason))
    return replace(result, verdict=Verdict.INCONCLUSIVE, reason=reason, remedy=remedy, checks=checks)


def _constant(gradient: Any) -> Callable[[Any], Any]:
    return lambda _: gradient


def _prepared(task: Task, evaluator: Evaluator, gradient: Any) -> Prepared | CheckResult:
    rng = np.random.default_rng(task.seed)
    noise, seconds = _measured(evaluator, rng, thorough=task.thorough)
    if not noise.repeatable:
        reason, remedy = unrepeatable(noise)
        return task.result(Verdict.INCONCLUSIVE, reason, remedy, checks=(finding("cost", reason),))
    answer = ask(gradient if callable(gradient) else _constant(gradient), evaluator)
    findings = answer.findings + state_kept(evaluator, noise)
    if not answer.arrays:
        return task.result(Verdict.FAIL, findings[0].message, checks=findings, flags=answer.flags)
    tolerance = task.tolerance or default_tolerance(answer.arrays, single=_single(evaluator, noise))
    nearby = Nearby(evaluator, gradient, tolerance, task.seed).verdict if callable(gradient) else None
    return Prepared(task, Setting(evaluator, noise, tolerance, nearby), answer, findings, seconds, rng)


def finding(check: str, message: str, verdict: Verdict = Verdict.INCONCLUSIVE) -> Finding:
    """A finding that is no pass."""
    return Finding(check, verdict, message)


def _measured(evaluator: Evaluator, rng: np.random.Generator, *, thorough: bool) -> tuple[Noise, float]:
    """The noise, and the seconds of one evaluation. Raises CouldNotRunError where the cost cannot be judged by."""
    started, before = time.perf_counter(), evaluator.evaluations
    noise = measure_noise(evaluator, rng, thorough=thorough)
    if not math.isfinite(noise.cost):
        raise CouldNotRunError(f"The cost at the point itself is {noise.cost}; choose a point where it is finite.")
    changed = evaluator.moved_point()
    if changed:
        names = ", ".join(changed)
        raise CouldNotRunError(f"The cost changes the point it is given ({names}); let it work on a copy.")
    return noise, (time.perf_counter() - started) / (evaluator.evaluations - before)


def state_kept(evaluator: Evaluator, noise: Noise) -> tuple[Finding, ...]:
    """A fault where calling the gradient changed the cost."""
    after = evaluator()
    if abs(after - noise.cost) <= 100 * noise.level:
        return ()
    message = f"Calling the gradient changed the cost at the same point from {noise.cost:.6g} to {after:.6g}."
    return (finding("state", message, Verdict.FAIL),)


def default_tolerance(arrays: Named, *, single: bool = False) -> Tolerance:
    """That of float32 where the point or the cost is in it, or every value of the gradient, whatever its dtype."""
    values = [array for array in arrays.values() if array.size and np.isfinite(array).all()]
    exact = all(np.array_equal(v.astype(np.float32), v) for v in values)
    plain = all(np.array_equal(np.round(v, 3), v) for v in values)
    return Tolerance.for_dtype(np.float32 if single or (exact and not plain) else np.float64)


def _single(evaluator: Evaluator, noise: Noise) -> bool:
    """Whether the point came in float32, or the cost is computed in it."""
    dtypes = {array.dtype.itemsize for array in evaluator.original.values()}
    return min(dtypes) < 8 or apparent_epsilon([noise.cost], evaluator) > DOUBLE


def unmoved(comparison: Comparison, ready: Prepared) -> bool:
    """Whether nothing was seen to move and a random direction leaves the cost bit for bit: flat, not stationary."""
    if any(block.numeric.any() or block.analytic.any() for block in comparison.blocks):
        return False
    setting = ready.setting
    away = {name: setting.first_step(name) * v for name, v in signs(ready.rng, setting.evaluator.arrays).items()}
    return all(setting.evaluator.moved(away, t) == setting.noise.cost for t in (1.0, 1e2))
