"""A λ that is written into the code: in a gradient what is proportional to the weights, in a cost what is to Σ w²."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.conventions import NO_PENALTY, REDUCTIONS, Penalty, Reduction
from gradcheck.reference.cost_probes import CostProbe

Array = NDArray[Any]


def written_in(
    returned: Sequence[Mapping[str, Array]],
    exact: Sequence[Mapping[str, Array]],
    probes: Sequence[CostProbe],
    tolerance: float,
) -> Penalty | None:
    """The L2 term that accounts for *returned* − *exact* in every array at every probe; None where none does.

    The term is (λ/2) Σ w² or (λ/2m) Σ w² with one λ > 0, without the biases.
    """
    factors = []
    for answer, ours, probe in zip(returned, exact, probes, strict=True):
        factor = _factor(answer, ours, probe, tolerance)
        if factor is None:
            return None
        factors.append((factor, factor * probe.x.shape[1]))
    for per_example, own in enumerate(zip(*factors, strict=True)):
        if np.ptp(own) <= 10 * tolerance * max(own):
            return replace(NO_PENALTY, written=float(np.median(own)), per_example=bool(per_example))
    return None


def written_in_cost(
    reported: Sequence[float], sums: Sequence[float], probes: Sequence[CostProbe], tolerance: float
) -> tuple[Reduction, Penalty] | None:
    """The reduction of Σ_x C_x, and the L2 term with one λ > 0, that make up a reported cost; None where none do."""
    n_out, m = len(probes[0].y), np.array([probe.x.shape[1] for probe in probes])
    numbers, costs = np.array(reported), np.array(sums)
    if not (np.isfinite(numbers).all() and np.isfinite(costs).all()):
        return None
    for biases in (False, True):
        squares = np.array([_squares(probe, biases=biases) for probe in probes])
        for reduction, per_example in product(REDUCTIONS, (False, True)):
            rest = numbers - costs * np.array([reduction.of(int(count), n_out) for count in m])
            each = squares / 2 / (m if per_example else 1)
            strength = float(rest @ each) / float(each @ each)
            if strength > tolerance and (np.abs(rest - strength * each) <= tolerance * np.abs(numbers)).all():
                return reduction, replace(NO_PENALTY, written=strength, per_example=per_example, biases=biases)
    return None


def _squares(probe: CostProbe, *, biases: bool) -> float:
    return sum(float(np.sum(array**2)) for name, array in probe.parameters.items() if biases or name[0] == "w")


def _factor(answer: Mapping[str, Array], ours: Mapping[str, Array], probe: CostProbe, tolerance: float) -> float | None:
    """The one factor of the weights in the difference of two gradients."""
    found = []
    for name, array in ours.items():
        difference = np.asarray(answer.get(name, np.nan)) - array
        weights = probe.parameters[name] if name[0] == "w" else np.zeros_like(array)
        square = float(np.sum(weights**2))
        factor = float(np.sum(difference * weights)) / square if square else 0.0
        scale = max(float(np.abs(array).max(initial=0)), float(np.abs(difference).max(initial=0)))
        if np.shape(difference) != array.shape or not np.abs(difference - factor * weights).max() <= tolerance * scale:
            return None
        found += [factor] if square else []
    same = bool(found) and np.ptp(found) <= 10 * tolerance * max(map(abs, found))
    return found[0] if same and found[0] > tolerance else None
