"""A submission's gradient judged by differences of its own cost: where no reference knows what it computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.checks.gradient import check_gradient
from gradcheck.compare import Tolerance
from gradcheck.results import ArraySummary, CheckResult, Verdict
from gradcheck.submissions.judging.asked import fits

Array = NDArray[Any]
Named = dict[str, Array]
NOTHING = 1e-9
"""Of the largest entry of the whole gradient: below that an array's entries are round-off."""


def judged_by_differences(
    cost: Callable[[Named], float],
    gradient: Callable[[Named], Mapping[str, Any]],
    at: Named,
    *,
    precision: float = 0.0,
    seed: int = 0,
    target: str = "gradient",
) -> CheckResult:
    """``check_gradient`` for callables on the other side of a pipe, with gradients in the parameters' shapes."""
    shapes = {name: array.shape for name, array in at.items()}

    def conforming(point: Named) -> Named:
        return {name: conform(array, shapes.get(name)) for name, array in gradient(point).items()}

    tolerance = None
    if precision:
        base = Tolerance()
        tolerance = replace(base, relative=max(base.relative, 50 * precision), block=max(base.block, 50 * precision))
    result = check_gradient(
        cost, conforming, at, method="real", seed=seed, tolerance=tolerance, target=target, time_limit=None
    )
    return without_effect(result) if result.verdict is Verdict.INCONCLUSIVE else result


def without_effect(result: CheckResult) -> CheckResult:
    """The result with zero for right where an array has no effect on the cost, as a bias before batch-normalisation.

    Its gradient is the round-off of terms that cancel, on both sides, and nothing beside that of the other arrays.
    """
    sizes = {a.name: _magnitudes(a) for a in result.arrays}
    scale = max((numeric for _, numeric in sizes.values()), default=0.0)
    doubtful = [a for a in result.arrays if a.inconclusive]
    zero = [a.name for a in doubtful if max(*sizes[a.name], a.resolution) <= NOTHING * scale]
    if not zero or len(zero) < len(doubtful):
        return result
    listed, several = ", ".join(zero), len(zero) > 1
    reason = f"All entries are right; {listed} {'have' if several else 'has'} no effect on the cost: the gradient is 0."
    return replace(
        result,
        verdict=Verdict.PASS,
        reason=reason,
        remedy="",
        checks=tuple(
            replace(f, verdict=Verdict.PASS, message=reason) if f.id == "values" else f for f in result.checks
        ),
        arrays=tuple(replace(a, inconclusive=0) if a.name in zero else a for a in result.arrays),
        worst=tuple(d for d in result.worst if d.name not in zero),
    )


def _magnitudes(array: ArraySummary) -> tuple[float, float]:
    """The largest entry of the analytic and of the numeric array; infinite where not every entry is known."""
    if array.map is None or array.map.cell != (1, 1):
        return float("inf"), 0.0
    return float(np.abs(array.map.analytic).max()), float(np.abs(array.map.numeric).max())


def conform(array: Any, shape: tuple[int, ...] | None) -> Array:
    """*array* in the parameter's shape where it is the same vector in another dress; otherwise as it is."""
    value = np.asarray(array)
    if shape is not None and value.shape != shape and fits(value.shape, shape):
        return value.reshape(shape)
    return value
