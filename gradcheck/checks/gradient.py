"""``check_gradient``: two callables and a point; every entry with a verdict that an error bar decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.arrays import flatten
from gradcheck.checks.complex import survives_complex_step
from gradcheck.checks.preparation import Prepared, Task, judged, unmoved
from gradcheck.checks.wording import first_fault, reason_and_remedy
from gradcheck.compare import Comparison, Tolerance
from gradcheck.entries import Seen, Setting, judge_entries, judge_exactly
from gradcheck.errors import CouldNotRunError, UsageError
from gradcheck.estimate import COMPLEX_STEP, ROUND_OFF, complex_values
from gradcheck.evaluator import Evaluator
from gradcheck.results import CheckResult, Finding

Progress = Callable[[int, int], None]
METHODS = ("auto", "real", "complex")
LOOK_EVALUATIONS = 4
READING = 1e-11  # seconds that an evaluation takes for each entry at the least: it has to be read


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
    if method not in METHODS:
        raise UsageError(f"The method is one of {', '.join(METHODS)}, not {method!r}.")
    options = _Options(method, time_limit, progress)
    _beyond_reach(at, options)
    task = Task(target, seed, tolerance, thorough=True)
    return judged(task, cost, gradient, at, lambda ready: _checked(ready, options))


@dataclass(frozen=True)
class _Options:
    """How the entries are to be gone through."""

    method: str
    time_limit: float | None
    progress: Progress | None


def _checked(ready: Prepared, options: _Options) -> CheckResult:
    setting = ready.setting
    _affordable(setting.evaluator, options, ready.seconds)
    seen = _seen(ready, options)
    comparison = Comparison(seen.blocks)
    result = _summed_up(comparison, ready, still=unmoved(comparison, ready))
    return replace(result, flags=ready.answer.flags, method=seen.method, step=seen.step)


def _beyond_reach(at: Any, options: _Options) -> None:
    """Refuse a point that no cost could be evaluated at often enough, before it is copied."""
    entries = sum(int(np.size(leaf)) for leaf in flatten(at).values())
    least = entries * LOOK_EVALUATIONS * entries * READING
    if options.time_limit is not None and least > options.time_limit:
        raise UsageError(_too_long(entries * LOOK_EVALUATIONS, entries * READING, "at least "))


def _too_long(evaluations: int, seconds: float, bound: str = "") -> str:
    return (
        f"Every entry would need about {evaluations:,} evaluations of {bound}{seconds:.2g} s, "
        f"{evaluations * seconds / 60:,.0f} minutes in all; use check_direction, which needs a few, or locate, "
        f"or pass time_limit=None."
    )


def _affordable(evaluator: Evaluator, options: _Options, seconds: float) -> None:
    """Refuse a task that would run past the limit, before it starts."""
    needed = evaluator.entries * (LOOK_EVALUATIONS if options.method != "complex" else 1)
    if options.time_limit is not None and needed * seconds > options.time_limit:
        raise UsageError(_too_long(needed, seconds))


def _seen(ready: Prepared, options: _Options) -> Seen:
    """The numeric gradient beside the analytic one, by complex steps where they can be trusted."""
    setting = ready.setting
    if options.method != "real" and _complex_trusted(setting, ready.rng):
        exact = complex_values(setting.evaluator, COMPLEX_STEP, options.progress)
        return judge_exactly(setting, ready.arrays, exact, ROUND_OFF * setting.evaluator.epsilon)
    if options.method == "complex":
        raise CouldNotRunError('The cost does not survive a complex step; use method="real".')
    return judge_entries(setting, ready.arrays, options.progress)


def _complex_trusted(setting: Setting, rng: np.random.Generator) -> bool:
    step = min(setting.first_step(name) for name, flat in setting.evaluator.flat.items() if flat.size)
    with np.errstate(all="ignore"):
        return survives_complex_step(setting.evaluator, setting.noise, step, rng)


def _summed_up(comparison: Comparison, ready: Prepared, *, still: bool) -> CheckResult:
    own = reason_and_remedy(comparison, (), unmoved=still)
    verdict, reason, remedy = first_fault(ready.findings) or own
    values = Finding("values", comparison.verdict, own[1], "Eq. 46")
    return ready.task.result(
        verdict,
        reason,
        remedy,
        checks=(*ready.findings, values),
        arrays=comparison.summaries(),
        worst=comparison.worst(),
        tolerance=str(ready.setting.tolerance),
        resolution=comparison.resolution,
        notes=tuple(f"{b.name}: an error above {b.resolution:.1g} would have been seen." for b in comparison.blocks),
    )
