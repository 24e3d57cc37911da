"""Costs of parameters and data written as functions: how they take their arguments is found by trying."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common import setups
from gradcheck.submissions.adapters.common.calling import free_names, parameters_of, with_globals
from gradcheck.submissions.adapters.common.cases import FunctionCase, agreement, tried
from gradcheck.submissions.adapters.common.naming import (
    functions_in,
    is_gradient,
    may_be_called,
    partners,
)
from gradcheck.submissions.adapters.common.returned import cost_and_gradient, matched, number, return_labels
from gradcheck.submissions.adapters.common.roles import letters, role
from gradcheck.submissions.adapters.common.setups import EXAMPLES, N_IN, Setup
from gradcheck.submissions.subjects import CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
Function = Callable[..., Any]
DIFFERENTIATED = ("theta", "w", "b")
NUMBERS = ("l2", "n_in", "n_hidden", "n_out", "sizes", "m", "rate")
UPDATING = frozenset(
    ("iterations", "numiters", "epochs", "numiterations", "niter", "iters", "maxiter", "iter", "nepochs")
)
AGREES = 1e-5
L2 = 0.7
MOST_ANSWERING = 12


@dataclass(frozen=True)
class Signature:
    """The arguments of a function by what they are for; names of globals that it needs count too."""

    weights: tuple[str, ...]
    biases: tuple[str, ...]
    data: Mapping[str, str]  # name -> role, for x, y and numbers
    inside: tuple[str, ...] = ()  # names that are globals

    @property
    def parameters(self) -> tuple[str, ...]:
        """What is differentiated by, weights first."""
        return self.weights + self.biases

    @property
    def roles(self) -> frozenset[str]:
        """The roles of all other arguments."""
        return frozenset(self.data.values())


def signature(function: Function) -> Signature | None:
    """How a cost of parameters and data is called, or None where the names do not say."""
    parameters = parameters_of(function)
    if not parameters or any(letters(p.name) in UPDATING for p in parameters):
        return None
    roles = {p.name: p.role for p in parameters if p.required or p.role in (*NUMBERS, "x", "y")}
    if "theta" in roles.values() or not {"w", "b"} & set(roles.values()):
        roles = {name: "theta" if r == "parameters" else r for name, r in roles.items()}
    inside = _globals(function) if not {"x", "y"} <= set(roles.values()) else {}
    roles = {**roles, **{name: r for name, r in inside.items() if name not in roles}}
    unclear = [name for name, r in roles.items() if not r]
    if len(unclear) == 1 and {"x", "y"} <= set(roles.values()) and not {"theta", "w"} & set(roles.values()):
        roles[unclear[0]] = "theta"
    weights = tuple(name for name, r in roles.items() if r in ("theta", "w"))
    biases = tuple(name for name, r in roles.items() if r == "b")
    data = {name: r for name, r in roles.items() if r not in DIFFERENTIATED}
    if not weights or not set(data.values()) <= {"x", "y", *NUMBERS}:
        return None
    return Signature(weights, biases, data, tuple(inside))


def _globals(function: Function) -> dict[str, str]:
    """Global data that a function reads and the file does not hold (it was read from disk), and sizes: ``X``, ``y``."""
    namespace = getattr(inspect.unwrap(function), "__globals__", {})
    found = {}
    for name in free_names(function):
        value = namespace.get(name)
        missing = role(name) in ("x", "y", "l2", "m") and value is None
        if missing or (role(name) in ("n_in", "n_hidden", "n_out") and isinstance(value, int | None)):
            found[name] = role(name)
    return found


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

    def _data(self, asked: Signature, seed: int) -> Named:
        rng = np.random.default_rng(seed + 101)
        setup = self.setup
        values = {
            "x": rng.standard_normal(setup.x), "y": setup.target.draw(rng), "l2": self.l2, "rate": self.l2,
            "n_in": N_IN, "n_hidden": setup.n_hidden, "n_out": setup.n_out, "m": EXAMPLES,
            "sizes": [N_IN, setup.n_hidden, setup.n_out],
        }  # fmt: skip
        return {name: values[r] for name, r in asked.data.items()}

    def _call(self, function: Function, asked: Signature, point: Named, seed: int) -> Any:
        values = [float(value) if np.ndim(value) == 0 else value for value in point.values()]
        given = dict(zip(asked.parameters, values, strict=True)) | self._data(asked, seed)
        inside = {name: given.pop(name) for name in asked.inside}
        with with_globals(function, inside) if inside else contextlib.nullcontext():
            return function(**given)

    def cost(self, point: Named, seed: int) -> float:
        """The cost."""
        returned = self._call(self.costed.cost, self.costed.asked, point, seed)
        if self.costed.gradient is None:
            returned, _ = cost_and_gradient(returned, point, self.costed.labels)
        return number(returned)

    def gradient(self, point: Named, seed: int) -> Named:
        """The gradient, by parameter; an answer keeps the parameter's shape where only axes of length one differ."""
        costed = self.costed
        if costed.gradient is None or costed.asked_gradient is None:
            named = cost_and_gradient(self._call(costed.cost, costed.asked, point, seed), point, costed.labels)[1]
        else:
            named = matched(point, self._call(costed.gradient, costed.asked_gradient, point, seed), costed.labels)
        return {name: _fitted(value, np.shape(point[name])) for name, value in named.items()}


def _fitted(value: Any, shape: tuple[int, ...]) -> Any:
    """The same numbers in the parameter's shape where that only adds, drops or swaps axes of length one."""
    array = np.asarray(value)
    same = [n for n in array.shape if n != 1] == [n for n in shape if n != 1]
    return array.reshape(shape) if same and array.dtype.kind in "fiub" else value


def candidates(asked: Signature, roles: frozenset[str]) -> Iterator[Setup]:
    """Setups for that signature, the likeliest first."""
    network = {"n_hidden", "sizes"} & roles
    if len(asked.weights) == 1 and not asked.biases and (network or "n_out" in roles):
        yield from setups.unrolled()
    if len(asked.weights) == 1 and len(asked.biases) <= 1 and not network:
        yield from setups.linear(len(asked.biases))
    if len(asked.weights) > 1 and len(asked.biases) <= len(asked.weights):
        yield from setups.chains(len(asked.weights), len(asked.biases))


def understood(costed: Costed, family: str) -> tuple[list[FunctionCase], str, bool]:
    """Cases without and with λ; else what is not finished; and whether cost and gradient agree somewhere.

    Of the setups in which it answers, the first in which gradient and cost agree is taken, else the first.
    """
    answering: list[Bound] = []
    misshapen: Bound | None = None
    unfinished = ""
    for setup in candidates(costed.asked, costed.roles):
        bound = Bound(costed, setup)
        case = _case(bound, family)
        answer = tried(case)
        if answer.unfinished and not unfinished:
            unfinished = f"{costed.name}: {answer.error.partition(': ')[2] or 'returns nothing yet'}"
        if not answer.answered:
            continue
        if not _fits(bound, answer.value):
            misshapen = misshapen or (bound if _vector(answer.value) else None)
            continue
        if _only_zeros(case, answer.value[1]):
            unfinished = unfinished or f"{costed.name}: it returns zeros, whatever it is given"
            continue
        if agreement(case) < AGREES:
            return _cases(bound, family), "", True
        answering.append(bound)
        if len(answering) >= MOST_ANSWERING:
            break
    chosen = answering[0] if answering else misshapen
    return (_cases(chosen, family), "", False) if chosen is not None else ([], unfinished, False)


def _only_zeros(case: FunctionCase, gradient: Named) -> bool:
    """Whether the gradient is 0 and the cost does not change: a template that is still to be filled in."""
    return not any(np.any(array) for array in gradient.values()) and agreement(case) == 0


def _cases(bound: Bound, family: str) -> list[FunctionCase]:
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


def _case(bound: Bound, family: str) -> FunctionCase:
    name = bound.costed.name
    strength = f", λ = {bound.l2:g}" if {"l2", "rate"} & bound.costed.roles else ""
    title = f"{name}: {bound.setup.said}{strength}"
    info = CaseInfo(f"{name}{', λ > 0' if bound.l2 else ''}", family, title, name, "Eq. 46")
    return FunctionCase(info, bound.start, bound.cost, bound.gradient)


def costed_functions(namespace: Mapping[str, object], source: str) -> dict[str, list[Costed]]:
    """By name, what each function may be: cost and gradient in one, or a gradient with one of several costs."""
    functions = functions_in(namespace)
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
        found, sentence = _best([way for way in ways if mine(name, way)], family)
        cases.extend(found)
        unfinished.extend([sentence] if sentence and not found else [])
    return cases, unfinished


def _best(ways: Sequence[Costed], family: str) -> tuple[list[FunctionCase], str]:
    """The first way in which cost and gradient agree, else the first that answers."""
    fallback: list[FunctionCase] = []
    unfinished = ""
    for way in ways:
        cases, sentence, agrees = understood(way, family)
        if agrees:
            return cases, ""
        fallback = fallback or cases
        unfinished = unfinished or sentence
    return fallback, unfinished
