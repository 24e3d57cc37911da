"""expm1 as a polynomial of the degree that the largest argument needs: no call of exp, and as exact."""

from __future__ import annotations

import math
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nets.logistic import Expm1

Array = NDArray[Any]
MOST_TERMS = 10  # beyond, the real function is as cheap


def expm1_for(largest: float, dtype: DTypeLike) -> Expm1:
    """expm1 for |d| ≤ *largest*, to about an ulp: the shortest polynomial, else ``numpy.expm1``."""
    terms = _terms(largest, float(np.finfo(dtype).eps) / 4)
    return partial(_polynomial, terms=terms) if terms else np.expm1


@lru_cache(maxsize=64)
def _terms(largest: float, half_ulp: float) -> int:
    """The fewest terms after which the next, relative to d, is below *half_ulp*; 0 where they are too many."""
    for count in range(1, MOST_TERMS + 1):
        if largest < 1 and largest**count / math.factorial(count + 1) <= half_ulp * (1 - largest):
            return count
    return 0


def _polynomial(d: Array, terms: int) -> Array:
    """d (1 + d (1/2! + d (1/3! + ...)))."""
    if terms == 1:
        return np.array(d)
    result = d * (1 / math.factorial(terms))
    for k in range(terms - 1, 0, -1):
        result += 1 / math.factorial(k)
        result *= d
    return result
