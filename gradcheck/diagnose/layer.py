"""Diagnosis of one layer by itself: its wrong arrays beside what the classic slips would make of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.diagnose.arrays import diagnose_arrays
from gradcheck.diagnose.relations import ENOUGH, explained, relation
from gradcheck.diagnose.wording import listed
from gradcheck.reference.layer_slips import Pass, Slip, slips
from gradcheck.reference.loss_slips import loss_slips
from gradcheck.reference.norm_slips import norm_slips
from gradcheck.reference.window_slips import window_slips
from gradcheck.results.check import Diagnosis

Array = NDArray[Any]
MATRIX = 2
EARLY = "weights_updated_before_use"


def diagnose_layer(
    analytic: Mapping[str, Array], numeric: Mapping[str, Array], facts: Mapping[str, Array], tolerance: float = 1e-5
) -> tuple[Diagnosis, ...]:
    """What explains a layer's or a loss's wrong arrays, slip by slip; what no slip explains is compared array by array.

    Args:
        analytic: the gradient as returned, by name, in the parameters' shapes.
        numeric: the derivatives as measured.
        facts: ``x``, ``output`` and ``upstream`` of a layer, or ``y_pred`` and ``target`` of a loss, and the
            parameters by name.
        tolerance: the difference, relative to an array's largest entry, up to which it counts as right.
    """
    wrong = {name: array for name, array in analytic.items() if _differs(array, numeric[name], tolerance)}
    groups: dict[tuple[str, str], dict[str, tuple[Slip, float]]] = {}
    for name, array in wrong.items():
        best = _best(array, numeric[name], _slips_of(name, array, facts, numeric), _conventions(name, facts))
        if best is not None:
            groups.setdefault((best[0].fault, best[0].says), {})[name] = best
    rest_right = len(groups) == 1 and len(wrong) < len(analytic)
    found = [_diagnosis(group, rest_right and len(group) == len(wrong)) for group in groups.values()]
    rest = {name: array for name, array in wrong.items() if not any(name in group for group in groups.values())}
    whole = rest if groups else analytic
    sizes = _sizes(facts)
    penalised = {name: array for name, array in facts.items() if name != "x"}  # nobody adds λx to an input's gradient
    exact = {name: numeric[name] for name in whole}
    others = diagnose_arrays(whole, exact, parameters=penalised, sizes=sizes, tolerance=tolerance)
    return (*found, *(_of_gradient(one) for one in others))


def _slips_of(name: str, array: Array, facts: Mapping[str, Array], numeric: Mapping[str, Array]) -> Iterable[Slip]:
    """The slips of one array; none where a loss's gradient is right but for a factor with a name."""
    if "y_pred" in facts:
        one = relation(array, numeric[name], sizes=_sizes(facts))
        if one is not None and one.factor is not None and one.id != "factor":
            return ()
    return (slip for slip in _slips(facts, numeric) if slip.array == name)


def _of_gradient(one: Diagnosis) -> Diagnosis:
    """The sentence with the arrays called gradients, as they are the parameters' names."""
    whole = one.message.startswith(("the whole", "the gradient", "the error", "one entry", "every entry"))
    text = one.message if whole else f"the gradient of {one.message}"
    if one.fault == "times_rate":
        says = f"The learning rate is multiplied into the gradient of {one.where} twice."
        return Diagnosis("rate_twice", one.where, says, one.explains, one.equation)
    if one.fault in ("times_outputs", "divided_by_outputs"):
        text = f"{text.rstrip('.')}: with one output it would be right."
    return replace(one, message=f"{text[:1].upper()}{text[1:]}")


def _slips(facts: Mapping[str, Array], numeric: Mapping[str, Array]) -> Iterable[Slip]:
    if "target" in facts:
        return loss_slips(facts, numeric)
    if not {"x", "output", "upstream"} <= facts.keys():
        return ()
    parameters = {name: array for name, array in facts.items() if name not in ("x", "output", "upstream", "rate")}
    one = Pass(facts["x"], facts["output"], facts["upstream"], parameters)
    return (*slips(one), *norm_slips(one), *window_slips(one))


def _best(
    array: Array, exact: Array, candidates: Iterable[Slip], factors: Sequence[float]
) -> tuple[Slip, float] | None:
    """The first slip that explains the array, if any does; *factors* are conventions, such as 1/m."""
    with np.errstate(all="ignore"):
        for slip in candidates:
            if slip.value.shape != array.shape:
                continue
            value = _at_best_rate(array, exact, slip.value) if slip.fault == EARLY else slip.value
            share = max(explained(array, exact, factor * value) for factor in factors)
            if share >= ENOUGH:
                return slip, share
    return None


def _conventions(name: str, facts: Mapping[str, Array]) -> tuple[float, ...]:
    """Parameters may have the mean over the examples, wherever these are."""
    x = facts.get("x")
    return (1.0, *(1 / n for n in x.shape)) if x is not None and x.ndim == MATRIX and name != "x" else (1.0,)


def _at_best_rate(array: Array, exact: Array, direction: Array) -> Array:
    """The exact array with the multiple of *direction* subtracted that fits best."""
    norm = float((direction * direction).sum())
    rate = float(((exact - array) * direction).sum()) / norm if norm else 0.0
    return exact - rate * direction


def _differs(array: Array, exact: Array, tolerance: float) -> bool:
    if array.shape != exact.shape or not np.isfinite(array).all():
        return True
    return bool(exact.size) and float(np.abs(array - exact).max()) > tolerance * float(np.abs(exact).max())


def _sizes(facts: Mapping[str, Array]) -> dict[str, float]:
    """Numbers that a factor may be named after."""
    rate = {"rate": float(facts["rate"])} if "rate" in facts else {}
    data = facts.get("y_pred", facts.get("x"))
    if data is None or data.ndim != MATRIX:
        return rate
    return {"m": float(data.shape[0]), "n_out": float(data.shape[1]), "size": float(data.size), **rate}


def _diagnosis(group: Mapping[str, tuple[Slip, float]], everything: bool) -> Diagnosis:
    slip = next(iter(group.values()))[0]
    equations = dict.fromkeys(one.equation for one, _ in group.values() if one.equation)
    what = f"the gradient of {listed(list(group))}"
    message = slip.says.format(array=what)
    text = f"{message[:1].upper()}{message[1:]}{'; everything else is right' if everything else ''}."
    share = min(share for _, share in group.values())
    return Diagnosis(slip.fault, ", ".join(group), text, round(share, 6), ", ".join(equations))


def misshapen_array(name: str, returned: Array, shape: tuple[int, ...]) -> Diagnosis | None:
    """What the shape of a returned array says by itself; None where it fits or says nothing."""
    given = np.shape(returned)
    if [n for n in given if n != 1] == [n for n in shape if n != 1]:
        return None
    if given == shape[::-1]:
        return Diagnosis("outer_product_reversed", name, f"The gradient of {name} is returned transposed.", 1.0, "BP4")
    if np.size(returned) == 1:
        return _one_number(name, shape)
    size = int(np.prod(shape))
    if len(given) == 2 and size in given and len([n for n in shape if n != 1]) == 1:
        says = f"The gradient of {name} has one column per example: the sum over the examples is missing."
        return Diagnosis("bias_not_summed", name, says, 1.0, "BP3")
    if np.ndim(returned) == 1 and len([n for n in shape if n != 1]) == 1:
        says = f"The gradient of {name} is summed over the wrong axis: it has {given[0]} entries for {size}."
        return Diagnosis("bias_wrong_axis", name, says, 1.0, "BP3")
    return None


def _one_number(name: str, shape: tuple[int, ...]) -> Diagnosis:
    """What is said of a number where an array belongs."""
    if len(shape) > 1 and min(shape) > 1:
        says = f"The gradient of {name} is one number: each of the {math.prod(shape)} weights must have an entry."
        return Diagnosis("matrix_one_number", name, says, 1.0, "BP4")
    says = f"The gradient of {name} is summed to one number: sum over the examples only, not over the neurons."
    return Diagnosis("bias_one_number", name, says, 1.0, "BP3")
