"""``check_gradient``: two callables and a point; every entry with a verdict that an error bar decides."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.arrays import Named
from gradcheck.checks.complex import survives_complex_step
from gradcheck.checks.contract import Answer, ask
from gradcheck.checks.wording import reason_and_remedy, unrepeatable
from gradcheck.compare import Comparison, Tolerance
from gradcheck.entries import Seen, Setting, judge_entries, judge_exactly
from gradcheck.errors import CouldNotRunError, UsageError
from gradcheck.estimate import COMPLEX_STEP, ROUND_OFF, complex_values
from gradcheck.evaluator import Evaluator
from gradcheck.noise import Noise, measure_noise
from gradcheck.results import CheckResult, Finding, Verdict
from gradcheck.versions import versions

Progress = Callable[[int, int], None]
METHODS = ("auto", "real", "complex")
LOOK_EVALUATIONS = 4


def check_gradient(
    cost: Callable[..., Any],
    gradient: Callable[..., Any] | Mapping[str, Any] | Any,
    at: Any,
    *,
    method: str = "auto",
    tolerance: Tolerance | None = None,
    seed: int = 0,
    time_limit: float | None = 600.0,
    progress: Progress | None = None,
    target: str = "gradient",
) -> CheckResult:
    """Whether *gradient* is the gradient of *cost* at the point, entry by entry.

    First the cost itself (is it repeatable, how noisy), then what the gradient returns (names,
    shapes, dtype, finiteness, the same twice, the point left alone), then every entry: right, wrong,
    kink or inconclusive. An entry is called wrong only if two estimates with different steps
    exclude it.

    Args:
        cost: maps the point to a real number; called with keywords where its parameters are the point's keys.
        gradient: maps the point to its gradient in the same structure; or that gradient itself.
        at: the point: float arrays in a dictionary, list or tuple, or one array; never written to.
        method: ``"auto"`` takes complex steps where the cost survives them and real differences
            elsewhere; ``"real"`` and ``"complex"`` insist.
        tolerance: by default 1e-6 of the value beyond the error bars (float32: 1e-3).
        seed: of the directions along which noise is measured and the complex step is tried.
        time_limit: seconds that the check may be predicted to take before it refuses; None for no limit.
        progress: called with (entries done, entries in all).
        target: what is checked, for the result.

    Returns:
        A ``CheckResult``; ``bool(result)`` is true for a pass only. A cost that cannot be run gives the verdict error.

    Raises:
        UsageError: a point, method or size of task that cannot be judged, in a sentence.

    It cannot see errors below the stated resolution, and nothing that happens away from the point.
    """
    started = time.perf_counter()
    if method not in METHODS:
        raise UsageError(f"The method is one of {', '.join(METHODS)}, not {method!r}.")
    task = _Task(target, seed, tolerance, method, time_limit, progress)
    evaluator = Evaluator(cost, at, promote=True)
    backward = gradient if callable(gradient) else _constant(gradient)
    try:
        with np.errstate(all="ignore"):  # the steps, not the user, may leave the cost's domain
            result = _checked(evaluator, backward, task)
    except CouldNotRunError as error:
        result = CheckResult(target, Verdict.ERROR, str(error), seed=seed, versions=versions())
    return _timed(result, evaluator, time.perf_counter() - started)


@dataclass(frozen=True)
class _Task:
    """What the caller asked for."""

    target: str
    seed: int
    tolerance: Tolerance | None
    method: str
    time_limit: float | None
    progress: Progress | None

    def result(self, verdict: Verdict, reason: str, remedy: str = "", **more: Any) -> CheckResult:
        """A result of this task."""
        return CheckResult(self.target, verdict, reason, remedy, seed=self.seed, versions=versions(), **more)


def _constant(gradient: Any) -> Callable[[Any], Any]:
    return lambda _: gradient


def _timed(result: CheckResult, evaluator: Evaluator, seconds: float) -> CheckResult:
    return replace(result, evaluations=evaluator.evaluations, seconds=seconds)


def _checked(evaluator: Evaluator, gradient: Callable[..., Any], task: _Task) -> CheckResult:
    rng = np.random.default_rng(task.seed)
    noise, seconds = _measured(evaluator, rng)
    if not noise.repeatable:
        reason, remedy = unrepeatable(noise)
        return task.result(Verdict.INCONCLUSIVE, reason, remedy, checks=(_finding("cost", reason),))
    answer = ask(gradient, evaluator)
    findings = answer.findings + _state(evaluator, noise)
    if not answer.arrays:
        return task.result(Verdict.FAIL, findings[0].message, checks=findings, flags=answer.flags)
    _affordable(evaluator, task, seconds)
    setting = Setting(evaluator, noise, task.tolerance or _default_tolerance(answer))
    seen = _seen(setting, answer.arrays, task, rng)
    comparison = Comparison(seen.blocks)
    unmoved = _vanishes(comparison) and _still(setting, rng)
    result = _summed_up(comparison, findings, task, unmoved=unmoved)
    return replace(result, flags=answer.flags, method=seen.method, step=seen.step, tolerance=str(setting.tolerance))


def _finding(check: str, message: str, verdict: Verdict = Verdict.INCONCLUSIVE) -> Finding:
    return Finding(check, verdict, message)


def _measured(evaluator: Evaluator, rng: np.random.Generator) -> tuple[Noise, float]:
    """The noise, and the seconds of one evaluation. Raises CouldNotRunError where the cost cannot be judged by."""
    started, before = time.perf_counter(), evaluator.evaluations
    noise = measure_noise(evaluator, rng)
    if not math.isfinite(noise.cost):
        raise CouldNotRunError(f"The cost at the point itself is {noise.cost}; choose a point where it is finite.")
    changed = evaluator.moved_point()
    if changed:
        names = ", ".join(changed)
        raise CouldNotRunError(f"The cost changes the point it is given ({names}); let it work on a copy.")
    return noise, (time.perf_counter() - started) / (evaluator.evaluations - before)


def _state(evaluator: Evaluator, noise: Noise) -> tuple[Finding, ...]:
    """A fault where calling the gradient changed the cost."""
    after = evaluator()
    if abs(after - noise.cost) <= 100 * noise.level:
        return ()
    message = f"Calling the gradient changed the cost at the same point from {noise.cost:.6g} to {after:.6g}."
    return (_finding("state", message, Verdict.FAIL),)


def _affordable(evaluator: Evaluator, task: _Task, seconds: float) -> None:
    """Refuse a task that would run past the limit, before it starts."""
    needed = evaluator.entries * (LOOK_EVALUATIONS if task.method != "complex" else 1)
    if task.time_limit is not None and needed * seconds > task.time_limit:
        raise UsageError(
            f"Every entry would need about {needed:,} evaluations of {seconds:.2g} s, "
            f"{needed * seconds / 60:,.0f} minutes in all; use check_direction, which needs a few, or locate, "
            f"or pass time_limit=None."
        )


def _default_tolerance(answer: Answer) -> Tolerance:
    """Single precision is seen from the values: float32 numbers in whatever dtype they came."""
    values = [array for array in answer.arrays.values() if array.size and np.isfinite(array).all()]
    single = all(np.array_equal(v.astype(np.float32), v) for v in values)
    plain = all(np.array_equal(np.round(v, 3), v) for v in values)
    return Tolerance.for_dtype(np.float32 if single and not plain else np.float64)


def _seen(setting: Setting, arrays: Named, task: _Task, rng: np.random.Generator) -> Seen:
    """The numeric gradient beside the analytic one, by complex steps where they can be trusted."""
    if task.method != "real" and _complex_trusted(setting, rng):
        exact = complex_values(setting.evaluator, COMPLEX_STEP, task.progress)
        return judge_exactly(setting, arrays, exact, ROUND_OFF * setting.evaluator.epsilon)
    if task.method == "complex":
        raise CouldNotRunError('The cost does not survive a complex step; use method="real".')
    return judge_entries(setting, arrays, task.progress)


def _complex_trusted(setting: Setting, rng: np.random.Generator) -> bool:
    step = min(setting.first_step(name) for name, flat in setting.evaluator.flat.items() if flat.size)
    with np.errstate(all="ignore"):
        return survives_complex_step(setting.evaluator, setting.noise, step, rng)


def _vanishes(comparison: Comparison) -> bool:
    return not any(block.numeric.any() or block.analytic.any() for block in comparison.blocks)


def _still(setting: Setting, rng: np.random.Generator) -> bool:
    """Whether steps in a random direction leave the cost bit for bit: flat, not merely stationary."""
    arrays = setting.evaluator.arrays
    sizes = {name: setting.first_step(name) for name in arrays}
    away = {name: sizes[name] * rng.choice([-1.0, 1.0], array.shape) for name, array in arrays.items()}
    return all(setting.evaluator.moved(away, t) == setting.noise.cost for t in (1.0, 1e2))


def _summed_up(
    comparison: Comparison, findings: tuple[Finding, ...], task: _Task, *, unmoved: bool = False
) -> CheckResult:
    verdict, reason, remedy = reason_and_remedy(comparison, findings, unmoved=unmoved)
    values = Finding("values", comparison.verdict, reason_and_remedy(comparison, (), unmoved=unmoved)[1], "Eq. 46")
    return task.result(
        verdict,
        reason,
        remedy,
        checks=(*findings, values),
        arrays=comparison.summaries(),
        worst=comparison.worst(),
        resolution=comparison.resolution,
    )
