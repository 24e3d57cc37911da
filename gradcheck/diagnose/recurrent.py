"""Diagnosis of a recurrent network: its wrong arrays beside what slips in backpropagation through time make of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.diagnose.relations import explained
from gradcheck.diagnose.wording import listed
from gradcheck.reference.recurrent_slips import through_time
from gradcheck.results.check import Diagnosis

Array = NDArray[Any]
ENOUGH = 0.999


def diagnose_through_time(
    analytic: Mapping[str, Array], numeric: Mapping[str, Array], facts: Mapping[str, Array], tolerance: float = 1e-5
) -> tuple[Diagnosis, ...]:
    """The one slip that explains most of the wrong arrays; empty where none does, or for another kind of network.

    Args:
        analytic: the gradient as returned, by name, in the parameters' shapes.
        numeric: the derivatives as measured.
        facts: ``sequence`` (T, n_in), ``outputs`` (T or 1, n_out), ``slopes`` ∂C/∂outputs, and the parameters.
        tolerance: the difference, relative to an array's largest entry, up to which it counts as right.
    """
    wrong = [name for name, array in analytic.items() if _differ(array, numeric[name], tolerance)]
    if not wrong or "sequence" not in facts:
        return ()
    parameters = {name: np.asarray(facts[name]) for name in numeric if name != "x"}
    known = through_time(parameters, facts["sequence"], facts["outputs"], facts["slopes"])
    if known is None:
        return ()
    shapes = {name: array.shape for name, array in parameters.items()}
    best: tuple[Diagnosis, ...] = ()
    most = 0
    for slip in known.slips():
        predicted = known.own(slip.gradient, shapes)
        changed = [n for n, array in predicted.items() if n in wrong and _differ(array, numeric[n], tolerance)]
        shares = {n: explained(analytic[n], numeric[n], predicted[n]) for n in changed}
        found = [name for name in wrong if shares.get(name, 0.0) >= ENOUGH]
        if len(found) > most:
            rest = "; everything else is right" if len(found) == len(wrong) < len(analytic) else ""
            message = f"In the gradient of {listed(found)} {slip.says} (backpropagation through time){rest}."
            best = (Diagnosis(slip.fault, ", ".join(found), message, min(shares[name] for name in found)),)
            most = len(found)
    return best


def _differ(one: Array, other: Array, tolerance: float) -> bool:
    return bool(np.abs(one - other).max(initial=0) > tolerance * max(float(np.abs(other).max(initial=0)), 1e-12))
