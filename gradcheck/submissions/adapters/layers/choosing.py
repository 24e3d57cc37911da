"""Of the ways to build and call a layer, the one in which it answers, and if possible consistently."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.submissions.adapters.common.arguments import Parameter, parameters_of
from gradcheck.submissions.adapters.common.calling import Attempt, attempt, seeded
from gradcheck.submissions.adapters.common.cases import FunctionCase, agreement, tried
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.layers.context import upstream
from gradcheck.submissions.adapters.layers.gradients import label
from gradcheck.submissions.adapters.layers.inputs import Inputs, inputs_for
from gradcheck.submissions.adapters.layers.layer import MISFIT, Bound
from gradcheck.submissions.adapters.layers.learnt import parameters
from gradcheck.submissions.adapters.layers.links import is_linked, sources
from gradcheck.submissions.adapters.layers.making import makings, read_by
from gradcheck.submissions.adapters.layers.methods import (
    BACKWARD,
    FORWARD,
    RATE,
    asked_besides,
    kind,
    method,
    takes_any,
)
from gradcheck.submissions.adapters.layers.raising import SLIP
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.subjects import CaseInfo, Hints

AGREES = 1e-5
CLIPPED = 6
"""Points at which a gradient that may be clipped is looked at."""
RATES = (0.1, 0.01, 0.001, 0.05, 0.2, 0.3, 0.02, 0.005, 0.0001, 1.0)
"""Learning rates that people write into an update."""
TARGET_FIRST = re.compile(
    r"\b\w*(y|target|label|expected|true|desired)\w*(\[\w+\])?\s*-\s*\w*(out|pred|hat|activation)", re.IGNORECASE
)
ONE_ROW = re.compile(
    r"expand_dims\(\s*\w+\[|\[\s*(np\.)?newaxis|\[None\b|reshape\(\s*\(?1\s*,|\w\[(\w+)\s*:\s*\2\s*\+\s*1\]"
)
"""How a row of the data is made a batch of one example."""
STIMULI = {
    "small": "the gradient is clipped where it is large: only small ones are checked",
    "one-hot": "it is right only for an upstream gradient with one entry that is not zero, as the logarithm of one "
    "probability gives it: only such are checked",
}
PARAMETERS = ("w", "b", "kernel", "filter", "gamma", "beta", "theta")


@dataclass(frozen=True)
class Answer:
    """A case with how consistent it is, and what it was made of."""

    case: FunctionCase
    bound: Bound
    distance: float
    updates: bool
    misshapen: bool = False
    raises: bool = False  # no way back, by a slip in it


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
    point = _case(bound).point(0)
    found = attempt(_case(bound).gradient, point, 0)
    return not found.answered or any(np.size(found.value[name]) != np.size(array) for name, array in point.items())


def _best(bound: Bound) -> Answer | Skipped:
    """The first consistent answer for one way to build it, else the first."""
    built = attempt(bound.making.build, bound.inputs, 0)
    if not built.answered:
        return Skipped(0, f"it cannot be built: {built.error}", built.unfinished)
    unclear = sum(p.required for p in _asked(bound, 1))
    orders = range(6 if bound.inputs.others and unclear > 2 else 2 if unclear > 1 else 1)
    found: list[Answer | Skipped] = []
    for training in (True, False) if _takes(bound, 0, "training") else (True,):
        found += [_answered(replace(bound, training=training, orders=(0, order))) for order in orders]
        answers = [one for one in found if isinstance(one, Answer)]
        if answers:  # what is wrong in training is not excused by being right outside it
            return next((one for one in answers if one.distance < AGREES), answers[0])
    return found[0]


def _asked(bound: Bound, which: int) -> tuple[Parameter, ...]:
    return parameters_of(getattr(bound.making.cls, bound.methods[which])) or ()


def _takes(bound: Bound, which: int, what: str) -> bool:
    return any(kind(p.name) == what for p in _asked(bound, which))


def _answered(bound: Bound) -> Answer | Skipped:
    known = attempt(_with_parameters, bound)
    if not known.answered:
        return _skipped(bound, known, 1)
    bound = known.value
    answer = tried(_case(bound))
    if not answer.answered and bound.parameters:
        without = replace(bound, with_input=False)
        if "returned no gradient of the input" in answer.error and tried(_case(without)).answered:
            bound, answer = without, tried(_case(without))
    if not answer.answered and "left no gradient of " in answer.error:
        return _partly(bound, answer)
    if not answer.answered:
        return _skipped(bound, answer, 2)
    return _chosen(bound) if any(np.any(np.asarray(a) != 0) for a in answer.value[1].values()) else _zeros(bound)


def _skipped(bound: Bound, answer: Attempt, stage: int) -> Skipped:
    said = answer.error.partition(": ")[2].rstrip(".") if "Error: " in answer.error else answer.error
    if answer.unfinished or "UnfinishedError" in answer.error or "left no gradient" in answer.error:
        return Skipped(stage, said or "not implemented yet", unfinished=True)
    slip = SLIP in answer.error
    case = (
        Answer(_case(bound), bound, float("inf"), updates=False, raises=slip)
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
        return Answer(_case(bound), bound, float("inf"), updates=False)
    rest = replace(bound, parameters=there)
    if not tried(_case(rest)).answered:
        return _skipped(bound, answer, 2)
    chosen = _chosen(rest)
    note = f"{bound.methods[1]} leaves no gradient of {', '.join(missing)}, which is not checked"
    info = replace(chosen.case.info, notes=(*chosen.case.info.notes, note))
    return replace(chosen, case=replace(chosen.case, info=info))


def _zeros(bound: Bound) -> Answer | Skipped:
    """A gradient of zeros counts only where the output depends on something."""
    chosen = _chosen(bound)
    return chosen if chosen.distance > AGREES else Skipped(2, "its output depends on nothing that was changed")


def _chosen(bound: Bound) -> Answer:
    distance = _distance(bound)
    updates = _takes(bound, 1, "rate") or (ONE_ROW.search(bound.source) is not None and _moves(bound))
    if distance > AGREES:
        for other in _conventions(bound):
            if _distance(other) < AGREES:
                return Answer(_case(other), other, 0.0, updates)
        bound = _at_likeliest_rate(bound)
    if _clips(bound) and distance > AGREES:
        bound = replace(bound, stimulus="small")
    return Answer(_case(bound), bound, distance, updates, _misshapen(bound))


def _at_likeliest_rate(bound: Bound) -> Bound:
    """With the learning rate at which most parameters are right, where the code does not let it be chosen."""
    if _takes(bound, 1, "rate") or not bound.parameters or not _moves(bound):
        return bound

    def right(one: Bound) -> int:
        alone = (replace(one, parameters=(parameter,), with_input=False) for parameter in bound.parameters)
        return sum(agreement(_case(each)) < AGREES for each in alone)

    return max((bound, *(replace(bound, rate=rate) for rate in RATES)), key=right)


def _distance(bound: Bound) -> float:
    """How far gradient and cost are apart, at more points where the gradient may be clipped at some."""
    return max(agreement(_case(bound), seed) for seed in range(CLIPPED if _clips(bound) else 1))


def _clips(bound: Bound) -> bool:
    return "clip" in read_by(bound.making.cls, bound.methods[1])


def _misshapen(bound: Bound) -> bool:
    """Whether the gradient of the input has another number of entries than the input, so that it may be a wrong one."""
    point = _case(bound).point(0)
    found = attempt(_case(bound).gradient, point, 0)
    return found.answered and "x" in point and np.size(found.value["x"]) != np.size(point["x"])


def _conventions(bound: Bound) -> Iterator[Bound]:
    """The other scales that the gradients of parameters have by convention and not by mistake."""
    if bound.inputs.several > 1 and bound.parameters:
        yield replace(bound, averaged=True)
    moves = bool(bound.parameters) and _moves(bound)
    if bound.ascends and moves:
        yield replace(bound, rate=-RATE)
    if not _takes(bound, 1, "rate") and moves:
        yield from (replace(bound, rate=rate) for rate in RATES)
    yield replace(bound, stimulus="small")
    if "softmax" in letters(bound.making.cls.__name__):
        yield replace(bound, stimulus="one-hot")


def _moves(bound: Bound) -> bool:
    """Whether the gradients are read off a change of the parameters."""
    case, other = _case(bound), _case(replace(bound, rate=2 * RATE))
    point = case.point(0)
    first, second = case.gradient(point, 0), other.gradient(point, 0)
    return any(not np.array_equal(first[name], second[name]) for name in point)


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


def _case(bound: Bound) -> FunctionCase:
    name, (forward, backward) = bound.making.cls.__name__, bound.methods
    made = f"({bound.making.said})" if bound.making.said else ""
    title = f"{name}{made}.{backward} ({bound.inputs.said})"
    notes = []
    if bound.stimulus != "normal":
        notes.append(STIMULI[bound.stimulus])
    if bound.averaged:
        notes.append("the layer divides the gradients of its parameters by the number of examples")
    if not bound.with_input:
        notes.append("backward returns no gradient of the input, so only the parameters are checked")
    if bound.rate == -RATE:
        notes.append("the update is added: what is handed back is taken to be target − output")
    elif bound.rate != RATE:
        notes.append(f"read off an update at a learning rate of {bound.rate:g}, which the code does not let choose")
    if _takes(bound, 1, "rate"):
        notes.append("read off the update of the parameters where no gradient is kept")
    rule = f"chain rule: Σ upstream · ∂{forward}/∂argument"
    precision = 1e-9 if _takes(bound, 1, "rate") or bound.rate != RATE else 0.0
    info = CaseInfo(f"{name}{made}.{backward}", "layers", title, name, rule, precision, tuple(notes))
    return FunctionCase(info, bound.start, bound.cost, bound.gradient, bound.facts)
