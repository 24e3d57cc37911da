"""Batch and layer normalisation by themselves: what the classic slips in their backward pass would hand back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.layer_slips import Pass, Slip

Array = NDArray[Any]
CLOSE = 1e-3
EQUATION = "x̂ = (x − μ)/s"


def norm_slips(one: Pass) -> Iterator[Slip]:
    """Slips of a layer that centres and scales its input along one axis; nothing for other layers."""
    if one.x.shape != one.output.shape or one.x.ndim != 2:
        return
    for axis in (0, 1):
        seen = _normalised(one, axis)
        if seen is not None:
            yield from _of_input(one, axis, *seen)
            yield from _of_scale(one, seen[0])
            return


def _normalised(one: Pass, axis: int) -> tuple[Array, Array, Array] | None:
    """x̂, s and γ, if the output is γ x̂ + β."""
    centred = one.x - one.x.mean(axis=axis, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=axis, keepdims=True))
    vectors = [array for array in one.parameters.values() if array.size in one.x.shape]
    gammas = [*vectors, np.ones(1)]
    for gamma in gammas:
        for beta in (*(array for array in vectors if array is not gamma), np.zeros(1)):
            shift, scale = _along(beta, one.x.shape), _along(gamma, one.x.shape)
            if shift is None or scale is None:
                continue
            with np.errstate(all="ignore"):  # a column of one entry has no spread
                normalised = centred / spread
            if np.allclose(scale * normalised + shift, one.output, rtol=CLOSE, atol=CLOSE):
                return normalised, spread, scale
    return None


def _along(vector: Array, shape: tuple[int, ...]) -> Array | None:
    """A vector as something that is multiplied with an array of that shape, entry by entry."""
    if vector.size == 1:
        return vector.reshape(1, 1)
    if vector.ndim == 2:
        return vector
    return vector[None, :] if vector.size == shape[1] else vector[:, None]


def _of_input(one: Pass, axis: int, normal: Array, spread: Array, gamma: Array) -> Iterator[Slip]:
    u = one.upstream
    g = u * gamma

    def mean(array: Array) -> Array:
        return array.mean(axis=axis, keepdims=True)

    by_mean, by_variance = mean(g), normal * mean(g * normal)
    ways = (
        ("mean_term_missing", "{array} lacks the term by way of the mean μ", (g - by_variance) / spread),
        ("variance_term_missing", "{array} lacks the term by way of the variance", (g - by_mean) / spread),
        ("statistics_constant", "{array} takes mean and variance for constants: their terms are missing", g / spread),
        ("scale_missing", "{array} lacks the factor γ", (u - mean(u) - normal * mean(u * normal)) / spread),
        ("deviation_missing", "{array} lacks the factor 1/s", g - by_mean - by_variance),
        ("sum_for_mean", "{array} has sums where means belong: 1/m is missing",
         (g - g.sum(axis, keepdims=True) - normal * (g * normal).sum(axis, keepdims=True)) / spread),
        ("upstream_handed_on", "{array} is the upstream gradient as it is", u),
    )  # fmt: skip
    yield from (Slip(fault, "x", says, EQUATION, value) for fault, says, value in ways)


def _of_scale(one: Pass, normal: Array) -> Iterator[Slip]:
    """γ and β belong to neurons; the sum runs over the other axis."""
    ways = (
        ("input_for_normalised", "{array} is made with x where x̂ belongs", one.x),
        ("output_for_normalised", "{array} is made with the output where x̂ belongs", one.output),
        ("factor_missing", "{array} lacks the factor x̂", np.ones_like(normal)),
    )
    for (name, array), (fault, says, factor) in itertools.product(one.parameters.items(), ways):
        for axis in (0, 1):
            value = (one.upstream * factor).sum(axis=axis)
            if value.size == array.size:
                yield Slip(fault, name, says, EQUATION, value.reshape(array.shape))
