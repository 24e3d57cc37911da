"""How one array is made from another: the same numbers doubled, transposed, shifted, cut off, or wrong in one place.

These relations need no network. Each is tried in turn, the simplest first, and one is only named
where it accounts for at least 99 % of the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
ENOUGH = 0.99
EXACT = 1e-6


@dataclass(frozen=True)
class Relation:
    """``id`` of the fault, a sentence about {array}, the share of the difference explained, a factor if it has one.

    ``place`` is true where right numbers stand in the wrong places, or one place alone is wrong.
    """

    id: str
    says: str
    explains: float
    factor: float | None = None
    place: bool = False


def relation(
    analytic: Array | None,
    expected: Array,
    parameter: Array | None = None,
    sizes: Mapping[str, float] | None = None,
) -> Relation | None:
    """The relation between an array as returned and as expected, or None.

    Args:
        analytic: the array as returned; None where it is missing.
        expected: the exact or numeric derivative, of its parameter's shape.
        parameter: the parameter itself, to recognise an L2 term.
        sizes: numbers that a factor may be named after, such as ``{"m": 5, "n_out": 3}``.
    """
    if analytic is None:
        return Relation("array_missing", "{array} is not returned", 1.0)
    if analytic.shape != expected.shape:
        return _misshapen(analytic, expected)
    if not np.isfinite(analytic).all():
        count = int((~np.isfinite(analytic)).sum())
        return Relation("not_finite", f"{{array}} holds {count} values that are no finite numbers (NaN or inf)", 1.0)
    return (
        _factor(analytic, expected, sizes or {})
        or _rearranged(analytic, expected)
        or _one_number(analytic, expected)
        or _sparse(analytic, expected)
        or _entrywise(analytic, expected)
        or _penalty(analytic, expected, parameter)
    )


def explained(analytic: Array, expected: Array, candidate: Array) -> float:
    """1 − |analytic − candidate| / |analytic − expected|: the share of the difference that *candidate* accounts for."""
    residual, difference = np.linalg.norm(analytic - candidate), np.linalg.norm(analytic - expected)
    share = 1 - float(residual / difference) if difference else float(residual == 0)
    return share if np.isfinite(share) else -np.inf


def _misshapen(analytic: Array, expected: Array) -> Relation:
    if analytic.shape == expected.shape[::-1] and _close(analytic, expected.T):
        return Relation("outer_product_reversed", "{array} is returned transposed", 1.0)
    shapes = f"{analytic.shape} where its parameter has {expected.shape}"
    for axis in range(analytic.ndim if analytic.ndim == expected.ndim else 0):
        if analytic.shape[1 - axis : 2 - axis] == expected.shape[1 - axis : 2 - axis] and _close(
            analytic.sum(axis=axis, keepdims=True), expected
        ):
            return Relation("bias_not_summed", f"{{array}} lacks the sum over the examples: its shape is {shapes}", 1.0)
    return Relation("wrong_shape", f"{{array}} has shape {shapes}", 1.0)


def _close(a: Array, b: Array) -> bool:
    return a.shape == b.shape and float(np.linalg.norm(a - b)) <= EXACT * 10 * float(np.linalg.norm(b))


def _factor(analytic: Array, expected: Array, sizes: Mapping[str, float]) -> Relation | None:
    """One constant on every entry; zero is one."""
    if not analytic.any():
        return Relation("zero", "{array} is 0", 1.0, 0.0)
    norm = float((expected * expected).sum())
    if analytic.size < 2 or not norm:
        return None
    factor = float((analytic * expected).sum()) / norm
    share = explained(analytic, expected, factor * expected)
    cosine_gap = np.linalg.norm(analytic - factor * expected) / np.linalg.norm(analytic)
    if share < ENOUGH or cosine_gap > 1e-3:
        return None
    id_, says = named_factor(factor, sizes)
    return Relation(id_, f"{{array}} {says}", share, factor)


def named_factor(factor: float, sizes: Mapping[str, float]) -> tuple[str, str]:
    """The id of a factor and how it is said: 2, ½, m, ln 2, −1..."""
    for id_, value, says in _factors(sizes):
        if abs(factor - value) <= 1e-4 * abs(value):
            return id_, says
    return "factor", f"is {factor:.6g} times what it should be"


def _factors(sizes: Mapping[str, float]) -> Iterator[tuple[str, float, str]]:
    yield "sign", -1.0, "has the wrong sign"
    yield "twice", 2.0, "is twice what it should be"
    yield "half", 0.5, "is half of what it should be"
    for name, value in sizes.items():
        short = {"n_out": "outputs"}.get(name, name)
        if value not in (0.0, 1.0):
            yield f"times_{short}", value, f"is {name} = {value:g} times too large"
            yield f"divided_by_{short}", 1 / value, f"is {name} = {value:g} times too small"
            yield f"twice_by_{short}", 2 / value, f"is 2/{name} of what it should be, with {name} = {value:g}"
    yield "times_ln2", float(np.log(2)), "carries a factor ln 2"
    yield "divided_by_ln2", 1 / float(np.log(2)), "carries a factor 1/ln 2"


def _rearranged(analytic: Array, expected: Array) -> Relation | None:
    """The same numbers in other places."""
    if analytic.size < 3:
        return None
    for id_, says, candidate in _arrangements(expected):
        if candidate.shape == analytic.shape and (share := explained(analytic, expected, candidate)) >= ENOUGH:
            return Relation(id_, says, share, place=True)
    return None


def _arrangements(expected: Array) -> Iterator[tuple[str, str, Array]]:
    if expected.ndim == 2:
        yield "outer_product_reversed", "{array} is transposed", expected.T
    if expected.ndim == 2 and min(expected.shape) > 1:
        turned = expected.T.reshape(expected.shape)
        yield "reshaped", "{array} is reshaped where it should be transposed: its numbers are in column order", turned
    what = ("rows", "columns") if expected.ndim == 2 else ("entries",)
    for axis, name in enumerate(what[: expected.ndim]):
        if expected.shape[axis] > 1:
            for step in (1, -1):
                yield f"{name}_shifted", f"the {name} of {{array}} are shifted by one", np.roll(expected, step, axis)
            yield f"{name}_reversed", f"the {name} of {{array}} are in reverse order", np.flip(expected, axis)


def _one_number(analytic: Array, expected: Array) -> Relation | None:
    """Every entry the sum, or the mean, of all of them."""
    if analytic.size < 2 or np.ptp(analytic) > EXACT * np.abs(analytic).max():
        return None
    number = float(analytic.flat[0])
    for id_, word, value in (("one_number", "sum", expected.sum()), ("one_mean", "mean", expected.mean())):
        share = explained(analytic, expected, np.full_like(expected, value))
        if share >= ENOUGH:
            return Relation(
                id_, f"every entry of {{array}} is the {word} of all: one number for the whole array", share
            )
    return Relation("one_number", f"every entry of {{array}} is the same number, {number:.6g}", 1.0)


def _sparse(analytic: Array, expected: Array) -> Relation | None:
    """Wrong in one entry, one row or one column, and right everywhere else."""
    difference = np.abs(analytic - expected)
    wrong = difference > max(1e-5 * float(np.abs(expected).max()), 1e-3 * float(difference.max()))
    if analytic.size < 3 or wrong.all():
        return None
    share = 1 - float(np.linalg.norm(difference[~wrong]) / np.linalg.norm(difference))
    if share < ENOUGH:
        return None
    return _place(wrong, analytic, share)


def _place(wrong: NDArray[np.bool_], analytic: Array, share: float) -> Relation | None:
    places = np.argwhere(wrong)
    if len(places) == 1:
        index = ", ".join(map(str, places[0]))
        return Relation(
            "entry_off", f"one entry of {{array}} is wrong, [{index}]; its others are right", share, place=True
        )
    if wrong.ndim != 2:
        return None
    for axis, word in enumerate(("row", "column")):
        lines = np.unique(places[:, axis])
        if len(lines) == 1 and wrong.shape[axis] > 1 and wrong.shape[1 - axis] > 1:
            line = int(lines[0])
            zero = not np.take(analytic, line, axis).any()
            end = {0: "first", wrong.shape[axis] - 1: "last"}.get(line, "")
            id_ = f"{end}_{word}_missing" if zero and end else f"{word}_off"
            what = "0" if zero else "wrong"
            return Relation(
                id_, f"{word} {line} of {{array}} is {what}; its other {word}s are right", share, place=True
            )
    return None


def _half(array: Array) -> Array:
    return array.astype(np.float16).astype(float)


def _truth(array: Array) -> Array:
    return (array != 0).astype(float)


ENTRYWISE: tuple[tuple[str, str, Callable[[Array], Array]], ...] = (
    ("absolute_value", "{array} has lost its signs", np.abs),
    ("sign_only", "{array} is reduced to its signs", np.sign),
    ("truncated_to_integers", "{array} is cut off to whole numbers", np.trunc),
    ("rounded_to_integers", "{array} is rounded to whole numbers", np.round),
    ("truncated_to_truth", "{array} consists of 0 and 1 only: it went through a boolean array", _truth),
    ("half_precision", "{array} is rounded to half precision", _half),
)


def _entrywise(analytic: Array, expected: Array) -> Relation | None:
    """A function of each entry by itself."""
    with np.errstate(over="ignore"):
        for id_, says, function in ENTRYWISE:
            if (share := explained(analytic, expected, function(expected))) >= ENOUGH:
                return Relation(id_, says, share)
    limit = float(np.abs(analytic).max())
    share = explained(analytic, expected, np.clip(expected, -limit, limit))
    if share >= ENOUGH and analytic.size > 2:
        return Relation("clipped", f"{{array}} is clipped to ±{limit:.6g}", share)
    return None


def _penalty(analytic: Array, expected: Array, parameter: Array | None) -> Relation | None:
    """The difference is a multiple of the parameter itself."""
    if parameter is None or parameter.shape != analytic.shape or analytic.size < 2 or not parameter.any():
        return None
    difference = analytic - expected
    factor = float((difference * parameter).sum() / (parameter * parameter).sum())
    share = explained(analytic, expected, expected + factor * parameter)
    if share < ENOUGH:
        return None
    too = "too much" if factor > 0 else "too little"
    return Relation(
        "l2_term", f"{{array}} has {abs(factor):.6g} times its own parameter {too} (an L2 term)", share, factor
    )
