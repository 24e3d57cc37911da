"""Costs of parameters and data written as functions: how they take their arguments is found by trying."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common import setups
from gradcheck.submissions.adapters.common.calling import function_globals, replaced
from gradcheck.submissions.adapters.common.cases import FunctionCase, agreement, tried
from gradcheck.submissions.adapters.common.returned import cost_and_gradient, gradient_labels, matched, number
from gradcheck.submissions.adapters.common.setups import EXAMPLES, HIDDEN2, Setup
from gradcheck.submissions.adapters.common.signatures import Function, Signature, constants, signature
from gradcheck.submissions.adapters.common.sources import return_labels
from gradcheck.submissions.adapters.common.spelled import spelled
from gradcheck.submissions.adapters.common.vocabulary.functions import (
    functions_in,
    is_gradient,
    may_be_called,
    partners,
)
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.subjects import CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
AGREES = 1e-5
L2 = 0.7
RHO, BETA = 0.2, 0.4
MOST_ANSWERING = 24


@dataclass(frozen=True)
class Costed:
    """A cost with its gradient: one function for both, or two (``gradient``); ``labels`` are the names it returns."""

    name: str
    cost: Function
    asked: Signature
    gradient: Function | None = None
    asked_gradient: Signature | None = None
    labels: tuple[str, ...] = ()

    @property
    def roles(self) -> frozenset[str]:
        """The roles of all arguments that are no parameters."""
        return self.asked.roles | (self.asked_gradient.roles if self.asked_gradient else frozenset())

    def value(self, point: Named, given: Named) -> float:
        """The cost at *point*, where *given* has what there is for each role."""
        returned = _called(self.cost, self.asked, point, given)
        if self.gradient is None:
            returned, _ = cost_and_gradient(returned, point, self.labels)
        return number(returned)

    def slope(self, point: Named, given: Named) -> Named:
        """The gradient, by parameter; an answer keeps the parameter's shape where only axes of length one differ."""
        if self.gradient is None or self.asked_gradient is None:
            returned = _joined(_called(self.cost, self.asked, point, given), point)
            named = cost_and_gradient(returned, point, self.labels)[1]
        else:
            named = matched(point, _called(self.gradient, self.asked_gradient, point, given), self.labels)
        return {name: _fitted(value, np.shape(point[name])) for name, value in named.items()}


def _joined(returned: Any, point: Named) -> Any:
    """(J, grad1, grad2) as (J, grad), where one vector holds what the arrays are the gradients of."""
    if len(point) != 1 or not isinstance(returned, tuple) or len(returned) < 3:
        return returned
    arrays = [part for part in returned if isinstance(part, np.ndarray) and part.size > 1]
    (size,) = [np.size(array) for array in point.values()]
    if len(arrays) < 2 or sum(array.size for array in arrays) != size:
        return returned
    rest = [part for part in returned if not any(part is array for array in arrays)]
    return (*rest, np.concatenate([np.ravel(array) for array in arrays]))


def _called(function: Function, asked: Signature, point: Named, given: Named) -> Any:
    values = [float(value) if np.ndim(value) == 0 else value for value in point.values()]
    arguments = dict(zip(asked.parameters, values, strict=True)) | {name: given[r] for name, r in asked.data.items()}
    inside = {name: arguments.pop(name) for name in asked.inside}
    with replaced(function_globals(function), inside):
        return function(**arguments)


@dataclass(frozen=True)
class Bound:
    """A cost whose arguments are known."""

    costed: Costed
    setup: Setup
    l2: float = 0.0

    def start(self, seed: int) -> Named:
        """The parameters."""
        rng = np.random.default_rng(seed)
        shapes = zip(self.costed.asked.parameters, self.setup.parameters, strict=True)
        return {name: rng.standard_normal(shape) * 0.6 for name, shape in shapes}

    def _given(self, seed: int) -> Named:
        rng = np.random.default_rng(seed + 101)
        setup = self.setup
        return {
            "x": setup.inputs(rng), "y": setup.target.draw(rng, setup.n_out), "l2": self.l2, "rate": self.l2,
            "n_in": setup.n_in, "n_hidden": setup.n_hidden, "n_hidden2": HIDDEN2, "n_out": setup.n_out, "m": EXAMPLES,
            "sizes": [setup.n_in, setup.n_hidden, setup.n_out], "rho": RHO, "beta": BETA,
        }  # fmt: skip

    def cost(self, point: Named, seed: int) -> float:
        """The cost."""
        return self.costed.value(point, self._given(seed))

    def gradient(self, point: Named, seed: int) -> Named:
        """The gradient, by parameter."""
        return self.costed.slope(point, self._given(seed))


def _fitted(value: Any, shape: tuple[int, ...]) -> Any:
    """The same numbers in the parameter's shape: with other axes of length one, or as the vector of an optimiser."""
    array = np.asarray(value)
    same = [n for n in array.shape if n != 1] == [n for n in shape if n != 1]
    same = same or (array.ndim == 1 and array.size == int(np.prod(shape)))
    return array.reshape(shape) if same and array.dtype.kind in "fiub" else value


def candidates(costed: Costed) -> Iterator[Setup]:
    """Setups for that cost, the likeliest first."""
    asked, roles = costed.asked, costed.roles
    network = {"n_hidden", "sizes"} & roles
    alone = len(asked.weights) == 1 and not asked.biases
    if "y" not in roles:
        yield from setups.reconstructing() if alone and network else ()
        return
    if alone and "n_hidden2" in roles:
        yield from setups.deeper()
    elif alone and (network or "n_out" in roles):
        yield from setups.unrolled()
    if len(asked.weights) == 1 and len(asked.biases) <= 1 and not network:
        yield from setups.linear(len(asked.biases))
    if len(asked.weights) > 1 and len(asked.biases) <= len(asked.weights):
        yield from setups.chains(len(asked.weights), len(asked.biases))
    if alone and not network and "theta" in map(role, asked.weights):
        yield from setups.written_in(constants(costed.cost))


@dataclass(frozen=True)
class Answers:
    """The setups in which functions answer: those where gradient and cost agree, and others; what is not finished."""

    agreeing: tuple[Bound, ...] = ()
    others: tuple[Bound, ...] = ()
    unfinished: str = ""

    @property
    def first(self) -> Bound | None:
        """The likeliest."""
        return next(iter((*self.agreeing, *self.others)), None)


def answers(costed: Costed, family: str, *, most: int = 1) -> Answers:
    """In which setups it answers; no more are tried when gradient and cost agree in *most* of them.

    Targets that lie across the inputs come into question only where no others do: a wrong 1/m would look right in them.
    """
    agreeing: list[Bound] = []
    others: list[Bound] = []
    misshapen: list[Bound] = []
    unfinished = ""
    for setup in sorted(candidates(costed), key=lambda s: not s.natural):
        if not setup.natural and (agreeing or others):
            break
        bound = Bound(costed, setup)
        case = _case(bound, family)
        answer = tried(case)
        if answer.unfinished and not unfinished:
            unfinished = f"{costed.name}: {answer.error.partition(': ')[2] or 'returns nothing yet'}"
        if not answer.answered:
            continue
        if not _fits(bound, answer.value):
            misshapen.extend([bound] if _vector(answer.value) or _one_number(bound, answer.value) else [])
        elif _only_zeros(case, answer.value[1]):
            unfinished = unfinished or f"{costed.name}: it returns zeros, whatever it is given"
        else:
            (agreeing if agreement(case) < AGREES else others).append(bound)
        if len(agreeing) >= most or len(others) >= MOST_ANSWERING:
            break
    return Answers(tuple(agreeing), tuple(others or misshapen[:MOST_ANSWERING]), unfinished)


def _only_zeros(case: FunctionCase, gradient: Named) -> bool:
    """Whether the gradient is 0 and the cost does not change: a template that is still to be filled in."""
    return not any(np.any(array) for array in gradient.values()) and agreement(case) == 0


def cases_of(bound: Bound, family: str) -> list[FunctionCase]:
    """Cases without and with λ."""
    strengths = (0.0, L2) if {"l2", "rate"} & bound.costed.roles else (0.0,)
    return [_case(replace(bound, l2=l2), family) for l2 in strengths]


def _fits(bound: Bound, answer: tuple[Any, Named]) -> bool:
    """Whether the gradient has the sizes of the parameters, and the cost is finite."""
    cost, gradient = answer
    sizes = [int(np.prod(shape)) for shape in bound.setup.parameters]
    return bool(np.isfinite(cost)) and [np.size(array) for array in gradient.values()] == sizes


def _vector(answer: tuple[Any, Named]) -> bool:
    """Whether there is a finite cost and some vector as its gradient, of whatever length."""
    cost, gradient = answer
    return bool(np.isfinite(cost)) and sum(np.size(array) for array in gradient.values()) > 1


def _one_number(bound: Bound, answer: tuple[Any, Named]) -> bool:
    """Whether one number is returned under the name of a matrix's gradient (``return loss, dW``)."""
    cost, gradient = answer
    ((name, value), *more) = gradient.items()
    named = any(letters(label) in gradient_labels(name) - {letters(name)} for label in bound.costed.labels)
    matrix = len(bound.setup.parameters[0]) == 2 and min(bound.setup.parameters[0]) > 1
    return bool(np.isfinite(cost)) and named and matrix and not more and np.size(value) == 1


def _case(bound: Bound, family: str) -> FunctionCase:
    name = bound.costed.name
    strength = f", λ = {bound.l2:g}" if {"l2", "rate"} & bound.costed.roles else ""
    title = f"{name}: {bound.setup.said}{strength}"
    info = CaseInfo(f"{name}{', λ > 0' if bound.l2 else ''}", family, title, name, "Eq. 46")
    return FunctionCase(info, bound.start, bound.cost, bound.gradient, bound.start)


def costed_functions(namespace: Mapping[str, object], source: str) -> dict[str, list[Costed]]:
    """By name, what each function may be: cost and gradient in one, or a gradient with one of several costs."""
    functions = {name: spelled(function, source) for name, function in functions_in(namespace).items()}
    asked = {name: signature(function) for name, function in functions.items() if may_be_called(name)}
    found: dict[str, list[Costed]] = {}
    for name, own in asked.items():
        if own is None:
            continue
        labels = return_labels(functions[name], source)
        found[name] = [Costed(name, functions[name], own, labels=labels)]
        for partner in partners(name, functions) if is_gradient(name) else ():
            other = asked.get(partner)
            if other is not None and _alike(own, other):
                found[name].append(Costed(name, functions[partner], other, functions[name], own, labels))
    return found


def _alike(a: Signature, b: Signature) -> bool:
    return len(a.weights) == len(b.weights) and len(a.biases) == len(b.biases)


def find_costed(
    namespace: Mapping[str, object], source: str, family: str, mine: Callable[[str, Costed], bool]
) -> tuple[list[FunctionCase], list[str]]:
    """The cases of all functions that *mine* says are of this family, and what is not finished."""
    cases: list[FunctionCase] = []
    unfinished: list[str] = []
    for name, ways in costed_functions(namespace, source).items():
        found = best_of([way for way in ways if mine(name, way)], family)
        cases.extend(cases_of(found.first, family) if found.first is not None else [])
        unfinished.extend([found.unfinished] if found.unfinished and found.first is None else [])
    return cases, unfinished


def best_of(ways: Sequence[Costed], family: str, *, most: int = 1) -> Answers:
    """The setups of the first way in which cost and gradient agree, else of the first that answers."""
    fallback = Answers()
    for way in ways:
        found = answers(way, family, most=most)
        if found.agreeing:
            return found
        fallback = (
            fallback
            if fallback.first is not None
            else replace(found, unfinished=fallback.unfinished or found.unfinished)
        )
    return fallback
