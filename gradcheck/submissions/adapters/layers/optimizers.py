"""Optimizers that move a layer by the gradients that it keeps: one that climbs in some arrays only is a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.calling import attempt, fresh
from gradcheck.submissions.adapters.common.cases import FunctionCase
from gradcheck.submissions.adapters.common.slots import float_slots
from gradcheck.submissions.adapters.common.vocabulary.methods import STEP
from gradcheck.submissions.adapters.layers.context import Context, upstream
from gradcheck.submissions.adapters.layers.conventions import AGREES, Answer
from gradcheck.submissions.adapters.layers.layer import Bound
from gradcheck.submissions.adapters.layers.methods import RATE
from gradcheck.submissions.subjects import CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
ALONG = 0.3
"""The cosine from which a step counts as going along the gradient, or against it."""


def climbing(classes: Mapping[str, type], answers: list[Answer]) -> Iterator[FunctionCase]:
    """A case for each class that, handed a right layer, moves some of its arrays down the gradient and others up.

    Cannot see a step of the wrong length, nor one that climbs in every array: that may be meant.
    """
    right = [one.bound for one in answers if one.distance < AGREES and len(one.bound.parameters) > 1]
    for cls in classes.values():
        name = next((n for n in dir(cls) if STEP.fits(n) and _takes_a_layer(getattr(cls, n, None))), "")
        for bound in right[:1] if name else ():
            moved = attempt(_step, cls, name, bound, 0)
            if moved.answered and _both_ways(*moved.value):
                yield _case(cls, name, bound)


def _takes_a_layer(function: Any) -> bool:
    asked = [p.name for p in (parameters_of(function) or () if callable(function) else ()) if p.required]
    return [name for name in asked if name != "self"] in (["layer"], ["lyr"], ["l"])


def _step(cls: type, name: str, bound: Bound, seed: int) -> tuple[Named, Named]:
    """The gradients that a layer keeps, and how far one step of a fresh optimizer takes its parameters down."""
    built = attempt(cls)
    optimizer = built.value if built.answered else cls(RATE)
    point = bound.start(seed)
    layer, _ = bound.ready(point, seed)
    outputs, _ = bound.called(layer, fresh(bound.arguments(point, seed)), Context())
    getattr(layer, bound.methods[1])(upstream(outputs[0].shape, seed))
    before = {slot.name: slot.read(layer) for slot in float_slots(layer)}
    getattr(optimizer, name)(layer)
    after = {slot.name: slot.read(layer) for slot in float_slots(layer)}
    gradient = bound.gradient(point, seed)
    names = [each for each, _ in bound.parameters]
    return {n: gradient[n] for n in names}, {n: before[n] - after[n] for n in names}


def _both_ways(gradient: Named, step: Named) -> bool:
    """Whether some arrays go down and others up."""
    cosines = [_cosine(gradient[name], step[name]) for name in gradient]
    return min(cosines) < -ALONG and max(cosines) > ALONG


def _cosine(one: Array, other: Array) -> float:
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.sum(np.reshape(one, np.shape(other)) * other)) / length if length else 0.0


def _case(cls: type, name: str, bound: Bound) -> FunctionCase:
    """The step, in units of its own length in the arrays that go down, beside the gradient."""

    def start(seed: int) -> Named:
        return {each: value for each, value in bound.start(seed).items() if each in dict(bound.parameters)}

    def cost(point: Named, seed: int) -> float:
        gradient, _ = _step(cls, name, bound, seed)
        return float(sum(np.sum(np.reshape(gradient[each], np.shape(at)) * at) for each, at in point.items()))

    def moved(_: Named, seed: int) -> Named:
        gradient, step = _step(cls, name, bound, seed)
        down = next(each for each in gradient if _cosine(gradient[each], step[each]) > ALONG)
        unit = float(np.linalg.norm(step[down]) / np.linalg.norm(gradient[down]))
        return {each: array / unit for each, array in step.items()}

    title = f"{cls.__name__}.{name} (one step of a {bound.making.cls.__name__})"
    info = CaseInfo(f"{cls.__name__}.{name}", "layers", title, cls.__name__, "w → w − η ∂C/∂w", precision=1e-9)
    return FunctionCase(info, start, cost, moved)
