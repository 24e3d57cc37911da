"""The logistic function and its difference, and what else the activations' differences need.

Each keeps its digits for every z and every step: no overflow, and no sum that cancels.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]
Expm1 = Callable[[Array], Array]
LARGE = 0.5  # steps up to this size keep 1 + σ E well away from 0


@lru_cache(maxsize=8)
def largest_exponent(dtype: DTypeLike) -> float:
    """The largest whole x for which exp(x) is finite in *dtype*."""
    return float(np.floor(np.log(np.finfo(dtype).max)))


def logistic(z: Array, out: Array | None = None) -> Array:
    """1 / (1 + exp(−z)), relatively accurate wherever it is a normal number, 0 below; real or complex."""
    result = np.asarray(np.negative(z, out=out))
    if np.iscomplexobj(result):  # exp of a large complex number is not ∞ but NaN
        np.minimum(result, largest_exponent(z.dtype), out=result)
    with np.errstate(over="ignore"):
        np.exp(result, out=result)
    result += 1
    return np.reciprocal(result, out=result)


def logistic_slope(z: Array, out: Array | None = None) -> Array:
    """σ′(z) = e / (1 + e)² with e = exp(−|z|): relatively accurate where a(1 − a) would be 0."""
    e = np.asarray(np.abs(z, out=out))
    np.negative(e, out=e)
    np.exp(e, out=e)
    denominator = 1 + e
    denominator *= denominator
    e /= denominator
    return e


def logistic_difference(z: Array, d: Array, expm1: Expm1 = np.expm1, after: Array | None = None) -> Array:
    """σ(z + d) − σ(z) = σ′(z) E / (1 + σ(z) E), E = expm1(d), for any d.

    *after* is z + d where the caller knows it more accurately than the sum; a large step uses it.
    """
    if is_large(d):
        return _large_logistic_difference(z, d, after)
    grow = expm1(d)
    denominator = logistic(z) * grow
    denominator += 1
    result = logistic_slope(z) * grow
    result /= denominator
    return result


def is_large(d: Array) -> bool:
    """Whether any step is longer than LARGE (or NaN)."""
    return not (d.max(initial=0) <= LARGE and d.min(initial=0) >= -LARGE)


def _large_logistic_difference(z: Array, d: Array, after: Array | None) -> Array:
    """The same as ±σ(±z) σ(∓(z + d)) expm1(−|d|): every factor in [−1, 1], no sum that cancels."""
    exact_after, rest = sum_and_rest(z, d) if after is None else (after, np.zeros_like(after))
    up = d > 0
    near, far = np.where(up, -z, z), np.where(up, exact_after, -exact_after)
    correction = 1 + logistic(-far) * np.where(up, rest, -rest)
    return np.copysign(np.expm1(-np.abs(d)), d) * logistic(near) * logistic(far) * correction


def sum_and_rest(z: Array, d: Array) -> tuple[Array, Array]:
    """z + d rounded, and what the rounding lost (Knuth's two-sum)."""
    after = z + d
    shadow = after - z
    return after, (z - (after - shadow)) + (d - shadow)


def at_likeliest(p: Array, values: Array) -> Array:
    """The entry of each column of *values* in the row where *p* is largest, shape (1, columns)."""
    rows = np.broadcast_to(p.argmax(axis=0), (1, values.shape[1]))
    return np.take_along_axis(values, rows, axis=0)
