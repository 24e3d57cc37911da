"""Diagnosis without a network: two sets of named arrays, as returned and as they should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.diagnose.evidence import canonical
from gradcheck.diagnose.relations import ENOUGH, EXACT, Relation, relation
from gradcheck.results.check import Diagnosis

Array = NDArray[Any]


def diagnose_arrays(
    analytic: Mapping[str, Array | None],
    numeric: Mapping[str, Array],
    *,
    parameters: Mapping[str, Array] | None = None,
    sizes: Mapping[str, float] | None = None,
    tolerance: float = 1e-5,
) -> tuple[Diagnosis, ...]:
    """What a wrong gradient has in common with the right one, array by array; empty where nothing is found.

    Args:
        analytic: the gradient as returned, by name; an array may be missing or misshapen.
        numeric: the derivatives as they should be, exact or measured.
        parameters: the point, to recognise an L2 term.
        sizes: numbers that a factor may be named after, such as ``{"m": 5, "n_out": 3}``.
        tolerance: the difference, relative to an array's largest entry, up to which it counts as right.

    It knows no equations: a factor on a δ, a missing σ′, anything that needs the network, it cannot see.
    """
    answers = {name: canonical(analytic.get(name), np.asarray(array, float)) for name, array in numeric.items()}
    expected = {name: np.asarray(array, float) for name, array in numeric.items()}
    wrong = [name for name in numeric if _differs(answers[name], expected[name], tolerance)]
    found = _swapped(answers, expected, wrong)
    settled = {name for one in found for name in one.where.split(", ")}
    groups: dict[str, tuple[list[str], Relation]] = {}
    with np.errstate(all="ignore"):
        for name in (name for name in wrong if name not in settled):
            one = _relation(answers[name], expected[name], (parameters or {}).get(name), sizes)
            if one is not None:
                groups.setdefault(one.says, ([], one))[0].append(name)
    related = [_diagnosis(names, one, whole=len(names) == len(numeric) > 1) for names, one in groups.values()]
    return (*found, *related)


def _differs(answer: Array | None, expected: Array, tolerance: float) -> bool:
    if answer is None or answer.shape != expected.shape or not np.isfinite(answer).all():
        return True
    return bool(expected.size) and float(np.abs(answer - expected).max()) > tolerance * float(np.abs(expected).max())


def _relation(
    answer: Array | None, expected: Array, parameter: Array | None, sizes: Mapping[str, float] | None
) -> Relation | None:
    point = None if parameter is None else np.asarray(parameter, float)
    one = relation(answer, expected, point, sizes)
    if one is None and answer is not None and answer.shape == expected.shape and np.isfinite(answer).all():
        return _rank_one(answer - expected)
    if one is not None and one.id == "factor" and one.factor is not None:
        return replace(one, says=f"{{array}} is {one.factor:.5g} times what it should be")
    return one


def _rank_one(difference: Array) -> Relation | None:
    """The error is a single outer product: one of the two factors of one product is wrong."""
    if difference.ndim != 2 or min(difference.shape) < 3 or difference.size > 10**6:
        return None
    values = np.linalg.svd(difference, compute_uv=False)
    share = 1 - float(np.linalg.norm(values[1:]) / np.linalg.norm(values))
    says = "the error of {array} is a single outer product: one factor of one product δ aᵀ is wrong, or one too many"
    return Relation("rank_one", says, share) if share >= ENOUGH else None


def _swapped(answers: Mapping[str, Array | None], expected: Mapping[str, Array], wrong: list[str]) -> list[Diagnosis]:
    """Pairs of arrays that were returned in each other's place."""
    return [
        Diagnosis("arrays_swapped", f"{a}, {b}", f"the gradients of {a} and {b} are in each other's place.", 1.0)
        for a, b in combinations(wrong, 2)
        if _equal(answers[a], expected[b]) and _equal(answers[b], expected[a])
    ]


def _equal(answer: Array | None, expected: Array) -> bool:
    if answer is None or answer.shape != expected.shape or not expected.any():
        return False
    return float(np.linalg.norm(answer - expected)) <= 10 * EXACT * float(np.linalg.norm(expected))


def _diagnosis(names: list[str], one: Relation, *, whole: bool) -> Diagnosis:
    listed = " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
    what = "the whole gradient" if whole and one.factor is not None else listed
    return Diagnosis(one.id, ", ".join(names), f"{one.says.format(array=what)}.", round(one.explains, 6))
