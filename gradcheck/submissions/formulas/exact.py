"""The exact value and gradient of a formula: its own text in NumPy, with complex steps Im f(x + ih)/h."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.formulas.formula import Formula
from gradcheck.submissions.formulas.functions import EXACT

Array = NDArray[Any]
STEP = 1e-30


def value(formula: Formula, point: Mapping[str, Array], variant: int = 0) -> Array:
    """The formula of those leaves. An h of 1e-30 in an imaginary part leaves every real part as it is.

    *variant* counts the meanings that its function may have.
    """
    function = EXACT[formula.function][variant] if formula.function else None
    return np.asarray(formula.bound(function)(*point.values()))


def gradient(formula: Formula, point: Mapping[str, Array], weights: Array, variant: int = 0) -> dict[str, Array]:
    """∂(Σ weights · formula)/∂ each leaf, to round-off: no difference is formed (Squire and Trapp 1998)."""
    found = {}
    for name, leaf in point.items():
        slopes = np.empty(leaf.shape)
        for index in np.ndindex(leaf.shape):
            moved = np.array(leaf, dtype=complex)
            moved[index] += 1j * STEP
            slopes[index] = np.sum(weights * value(formula, {**point, name: moved}, variant).imag) / STEP
        found[name] = slopes
    return found


def variants(formula: Formula) -> int:
    """How many meanings its function may have."""
    return len(EXACT[formula.function]) if formula.function else 1
