"""A submission's gradient judged by differences of its own cost: where no reference knows what it computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.checks.gradient import check_gradient
from gradcheck.compare import Tolerance
from gradcheck.results import CheckResult
from gradcheck.submissions.judging.asked import fits

Array = NDArray[Any]
Named = dict[str, Array]


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
    return check_gradient(
        cost, conforming, at, method="real", seed=seed, tolerance=tolerance, target=target, time_limit=None
    )


def conform(array: Any, shape: tuple[int, ...] | None) -> Array:
    """*array* in the parameter's shape where it is the same vector in another dress; otherwise as it is."""
    value = np.asarray(array)
    if shape is not None and value.shape != shape and fits(value.shape, shape):
        return value.reshape(shape)
    return value
