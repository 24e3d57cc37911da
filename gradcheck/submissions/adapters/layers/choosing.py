"""Of the ways to build and call a layer, the one in which it answers, and if possible consistently."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.calling import Attempt, attempt, seeded
from gradcheck.submissions.adapters.common.cases import tried
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.layers.context import upstream
from gradcheck.submissions.adapters.layers.conventions import (
    AGREES,
    Answer,
    asked,
    case_of,
    suited,
    takes,
)
from gradcheck.submissions.adapters.layers.gradients import label
from gradcheck.submissions.adapters.layers.inputs import Inputs, inputs_for
from gradcheck.submissions.adapters.layers.layer import MISFIT, Bound
from gradcheck.submissions.adapters.layers.learnt import parameters
from gradcheck.submissions.adapters.layers.links import is_linked, sources
from gradcheck.submissions.adapters.layers.making import makings
from gradcheck.submissions.adapters.layers.methods import (
    BACKWARD,
    FORWARD,
    asked_besides,
    kind,
    method,
    takes_any,
)
from gradcheck.submissions.adapters.layers.raising import SLIP
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.subjects import Hints

TARGET_FIRST = re.compile(
    r"\b\w*(y|target|label|expected|true|desired)\w*(\[\w+\])?\s*-\s*\w*(out|pred|hat|activation)", re.IGNORECASE
)
PARAMETERS = ("w", "b", "kernel", "filter", "gamma", "beta", "theta")


@dataclass(frozen=True)
class Skipped:
    """Why there is no case: how far it came (built, forward, backward), and in words."""

    stage: int
    said: str
    unfinished: bool = False
    case: Answer | None = None  # where only the shapes that meet in backward do not fit


def layer_methods(cls: type, hints: Hints) -> tuple[str, str] | None:
    """The forward and backward methods of a layer; None for losses, networks and anything else."""
    forward = method(cls, FORWARD, hints.names.get("forward", ""))
    backward = method(cls, BACKWARD, hints.names.get("backward", ""))
    if not forward or not backward:
        return None
    kinds = [kind(p.name) for p in parameters_of(getattr(cls, backward)) or () if p.required]
    asked = [kind(p.name) for p in parameters_of(getattr(cls, forward)) or () if p.required]
    loss = "ctx" not in asked and ("y" in kinds[1:] or "y" in asked[1:])
    linked = is_linked(cls, forward, backward) and (len(kinds) > 1 or sources(cls) or _has_neighbours(cls))
    given = [len(names) > 1 or takes_any(getattr(cls, m)) for names, m in ((asked, forward), (kinds, backward))]
    if loss or not (linked or all(given)):
        return None
    return forward, backward


def _has_neighbours(cls: type) -> bool:
    """Whether the code of a class speaks of the layer before or after."""
    functions = [f for base in cls.__mro__[:-1] for f in vars(base).values() if inspect.isfunction(f)]
    return any(name in ("prev", "next", "input_data", "input_delta") for f in functions for name in f.__code__.co_names)


def is_layer(cls: type) -> bool:
    """Whether a class takes an input forward and the gradient of its output backward, as its argument's name says."""
    methods = layer_methods(cls, Hints())
    if methods is None:
        return False
    return any(kind(p.name) == "upstream" for p in parameters_of(getattr(cls, methods[1])) or () if p.required)


Classes = Mapping[str, object]


def understood(cls: type, methods: tuple[str, str], loaded: LoadedModule) -> list[Answer | Skipped]:
    """A case for a layer class, one for each activation that it can be given; or why there is none."""
    namespace, source = loaded.namespace, loaded.source
    ascends = TARGET_FIRST.search(source) is not None
    ways = inputs_for(cls, asked_besides(cls, methods[0]))
    variants = dict.fromkeys(making.said for making in makings(cls, ways[0], namespace, methods))
    found = [_variant(cls, (methods, ascends, source), namespace, variant, ways) for variant in variants]
    answered = any(isinstance(answer, Answer) for answer in found)
    return [one for one in found if isinstance(one, Answer)] if answered else found[:1]


def _variant(
    cls: type, known: tuple[tuple[str, str], bool, str], namespace: Classes, variant: str, ways: Sequence[Inputs]
) -> Answer | Skipped:
    methods, ascends, source = known
    best: Answer | None = None
    skipped: list[Skipped] = []
    for inputs in ways:
        if best is not None and not _may_replace(best, inputs):
            break
        for making in makings(cls, inputs, namespace, methods):
            if making.said != variant:
                continue
            bound = Bound(making, inputs, methods, ascends=ascends, with_input=not inputs.indices, source=source)
            answer = _best(bound)
            if isinstance(answer, Skipped):
                skipped.append(answer)
            elif best is None or answer.distance < AGREES or (best.misshapen and not answer.misshapen):
                best = answer
            if best is not None and best.distance < AGREES:
                return best
    return best or _furthest(skipped)


def _furthest(skipped: list[Skipped]) -> Answer | Skipped:
    """The way that came furthest; a case if all that is wrong are shapes that do not fit on the way back."""
    furthest = max(skipped, key=lambda one: (one.unfinished, one.stage), default=Skipped(0, "it cannot be built"))
    misfits = [one.case for one in skipped if one.case is not None]
    return misfits[0] if misfits and not furthest.unfinished else furthest


def _may_replace(best: Answer, inputs: Inputs) -> bool:
    """Whether these inputs are worth trying after an inconsistent answer: one example where it updates at once."""
    return (
        inputs.several > 1
        or (best.updates and (best.bound.inputs.several == 1 or _apart(best.bound)))
        or best.misshapen
    )


def _apart(bound: Bound) -> bool:
    """Whether some gradient has another number of entries than its array, as that of code made for one example has."""
    point = case_of(bound).point(0)
    found = attempt(case_of(bound).gradient, point, 0)
    return not found.answered or any(np.size(found.value[name]) != np.size(array) for name, array in point.items())


def _best(bound: Bound) -> Answer | Skipped:
    """The first consistent answer for one way to build it, else the first."""
    built = attempt(bound.making.build, bound.inputs, 0)
    if not built.answered:
        return Skipped(0, f"it cannot be built: {built.error}", built.unfinished)
    unclear = sum(p.required for p in asked(bound, 1))
    orders = range(6 if bound.inputs.others and unclear > 2 else 2 if unclear > 1 else 1)
    found: list[Answer | Skipped] = []
    for training in (True, False) if takes(bound, 0, "training") else (True,):
        found += [_answered(replace(bound, training=training, orders=(0, order))) for order in orders]
        answers = [one for one in found if isinstance(one, Answer)]
        if answers:  # what is wrong in training is not excused by being right outside it
            return next((one for one in answers if one.distance < AGREES), answers[0])
    return found[0]


def _answered(bound: Bound) -> Answer | Skipped:
    known = attempt(_with_parameters, bound)
    if not known.answered:
        return _skipped(bound, known, 1)
    bound = known.value
    answer = tried(case_of(bound))
    if not answer.answered and bound.parameters:
        without = replace(bound, with_input=False)
        if "returned no gradient of the input" in answer.error and tried(case_of(without)).answered:
            bound, answer = without, tried(case_of(without))
    if not answer.answered and "left no gradient of " in answer.error:
        return _partly(bound, answer)
    if not answer.answered:
        return _skipped(bound, answer, 2)
    return suited(bound) if any(np.any(np.asarray(a) != 0) for a in answer.value[1].values()) else _zeros(bound)


def _skipped(bound: Bound, answer: Attempt, stage: int) -> Skipped:
    said = answer.error.partition(": ")[2].rstrip(".") if "Error: " in answer.error else answer.error
    if answer.unfinished or "UnfinishedError" in answer.error or "left no gradient" in answer.error:
        return Skipped(stage, said or "not implemented yet", unfinished=True)
    slip = SLIP in answer.error
    case = (
        Answer(case_of(bound), bound, float("inf"), updates=False, raises=slip)
        if slip or MISFIT in answer.error
        else None
    )
    method = "" if case else f"{bound.methods[stage - 1]} raised "
    return Skipped(stage, f"{method}{answer.error}", case=case)


def _partly(bound: Bound, answer: Attempt) -> Answer | Skipped:
    """What can be made of a layer that leaves no gradient of some arrays: a failure if it does of others.

    Arrays that are not called like parameters are left alone; a layer that leaves none at all is checked in x.
    """
    missing = answer.error.partition("left no gradient of ")[2].rstrip(".").split(", ")
    there = tuple((name, shape) for name, shape in bound.parameters if name not in missing)
    forgotten = [name for name in missing if label(name).lstrip("_").startswith(PARAMETERS)]
    if there and forgotten:
        return Answer(case_of(bound), bound, float("inf"), updates=False)
    rest = replace(bound, parameters=there)
    if not tried(case_of(rest)).answered:
        return _skipped(bound, answer, 2)
    chosen = suited(rest)
    note = f"{bound.methods[1]} leaves no gradient of {', '.join(missing)}, which is not checked"
    info = replace(chosen.case.info, notes=(*chosen.case.info.notes, note))
    return replace(chosen, case=replace(chosen.case, info=info))


def _zeros(bound: Bound) -> Answer | Skipped:
    """A gradient of zeros counts only where the output depends on something."""
    chosen = suited(bound)
    return chosen if chosen.distance > AGREES else Skipped(2, "its output depends on nothing that was changed")


def hands_on(answer: Answer) -> bool:
    """Whether a softmax returns the upstream gradient as it is: its slope is then part of the loss behind it."""
    making = answer.bound.making
    if "softmax" not in letters(making.cls.__name__ + making.said) or answer.distance < AGREES:
        return False
    found = attempt(answer.case.gradient, answer.case.point(0), 0)
    returned = np.asarray(found.value.get("x") if found.answered else None)
    return returned.size == np.prod(answer.bound.inputs.shape) and np.array_equal(
        returned.reshape(answer.bound.inputs.shape), upstream(answer.bound.inputs.shape, 0)
    )


def gives_own_error(answer: Answer) -> bool:
    """Whether a layer returns an array of its output's width for the gradient of its input: its own δ (BP2 apart)."""
    shape = answer.bound.inputs.shape
    found = attempt(answer.case.gradient, answer.case.point(0), 0)
    returned = np.asarray(found.value.get("x") if found.answered else None)
    return returned.dtype.kind == "f" and returned.ndim == len(shape) == 2 and returned.size != np.prod(shape)


def _with_parameters(bound: Bound) -> Bound:
    with seeded(0):
        found = parameters(bound)
        if found:
            return replace(bound, parameters=found)
        lazy = replace(bound, lazy=True)
        found = parameters(lazy)
        return replace(lazy, parameters=found) if found else bound
