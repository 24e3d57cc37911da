"""The conventions of a layer under which its gradient is that of its output: scales, rates, stimuli; and its case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.submissions.adapters.common.arguments import Parameter, parameters_of
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.cases import FunctionCase, agreement
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.layers.layer import Bound
from gradcheck.submissions.adapters.layers.making import read_by
from gradcheck.submissions.adapters.layers.methods import RATE, kind
from gradcheck.submissions.subjects import CaseInfo

AGREES = 1e-5
CLIPPED = 6
"""Points at which a gradient that may be clipped is looked at."""
RATES = (0.1, 0.01, 0.001, 0.05, 0.2, 0.3, 0.02, 0.005, 0.0001, 1.0)
"""Learning rates that people write into an update."""
ONE_ROW = re.compile(
    r"expand_dims\(\s*\w+\[|\[\s*(np\.)?newaxis|\[None\b|reshape\(\s*\(?1\s*,|\w\[(\w+)\s*:\s*\2\s*\+\s*1\]"
)
"""How a row of the data is made a batch of one example."""
STIMULI = {
    "small": "the gradient is clipped where it is large: only small ones are checked",
    "one-hot": "it is right only for an upstream gradient with one entry that is not zero, as the logarithm of one "
    "probability gives it: only such are checked",
}


@dataclass(frozen=True)
class Answer:
    """A case with how consistent it is, and what it was made of."""

    case: FunctionCase
    bound: Bound
    distance: float
    updates: bool
    misshapen: bool = False
    raises: bool = False  # no way back, by a slip in it


def asked(bound: Bound, which: int) -> tuple[Parameter, ...]:
    """The parameters of its forward (0) or backward (1) method."""
    return parameters_of(getattr(bound.making.cls, bound.methods[which])) or ()


def takes(bound: Bound, which: int, what: str) -> bool:
    """Whether that method takes something of a kind, such as a learning rate."""
    return any(kind(p.name) == what for p in asked(bound, which))


def suited(bound: Bound) -> Answer:
    """The layer's case under the first convention that makes it consistent, else under the likeliest."""
    apart = distance(bound)
    updates = takes(bound, 1, "rate") or (ONE_ROW.search(bound.source) is not None and _moves(bound))
    if apart > AGREES:
        for other in _conventions(bound):
            if distance(other) < AGREES:
                return Answer(case_of(other), other, 0.0, updates)
        bound = _at_likeliest_rate(bound)
    if _clips(bound) and apart > AGREES:
        bound = replace(bound, stimulus="small")
    return Answer(case_of(bound), bound, apart, updates, _misshapen(bound))


def _at_likeliest_rate(bound: Bound) -> Bound:
    """With the learning rate at which most parameters are right, where the code does not let it be chosen."""
    if takes(bound, 1, "rate") or not bound.parameters or not _moves(bound):
        return bound

    def right(one: Bound) -> int:
        alone = (replace(one, parameters=(parameter,), with_input=False) for parameter in bound.parameters)
        return sum(agreement(case_of(each)) < AGREES for each in alone)

    return max((bound, *(replace(bound, rate=rate) for rate in RATES)), key=right)


def distance(bound: Bound) -> float:
    """How far gradient and cost are apart, at more points where the gradient may be clipped at some."""
    return max(agreement(case_of(bound), seed) for seed in range(CLIPPED if _clips(bound) else 1))


def _clips(bound: Bound) -> bool:
    return "clip" in read_by(bound.making.cls, bound.methods[1])


def _misshapen(bound: Bound) -> bool:
    """Whether the gradient of the input has another number of entries than the input, so that it may be a wrong one."""
    point = case_of(bound).point(0)
    found = attempt(case_of(bound).gradient, point, 0)
    return found.answered and "x" in point and np.size(found.value["x"]) != np.size(point["x"])


def _conventions(bound: Bound) -> Iterator[Bound]:
    """The other scales that the gradients of parameters have by convention and not by mistake."""
    if bound.inputs.several > 1 and bound.parameters:
        yield replace(bound, averaged=True)
    moves = bool(bound.parameters) and _moves(bound)
    if bound.ascends and moves:
        yield replace(bound, rate=-RATE)
    if not takes(bound, 1, "rate") and moves:
        yield from (replace(bound, rate=rate) for rate in RATES)
    yield replace(bound, stimulus="small")
    if "softmax" in letters(bound.making.cls.__name__):
        yield replace(bound, stimulus="one-hot")


def _moves(bound: Bound) -> bool:
    """Whether the gradients are read off a change of the parameters."""
    case, other = case_of(bound), case_of(replace(bound, rate=2 * RATE))
    point = case.point(0)
    first, second = case.gradient(point, 0), other.gradient(point, 0)
    return any(not np.array_equal(first[name], second[name]) for name in point)


def case_of(bound: Bound) -> FunctionCase:
    """What is checked of a layer, with what is said of it."""
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
    if takes(bound, 1, "rate"):
        notes.append("read off the update of the parameters where no gradient is kept")
    rule = f"chain rule: Σ upstream · ∂{forward}/∂argument"
    precision = 1e-9 if takes(bound, 1, "rate") or bound.rate != RATE else 0.0
    info = CaseInfo(f"{name}{made}.{backward}", "layers", title, name, rule, precision, tuple(notes))
    return FunctionCase(info, bound.start, bound.cost, bound.gradient, bound.facts)
