"""Plain callables: a function that returns cost and gradient, or a cost beside its gradient; and a point, if given."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import bind, flatten, rebuild
from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.building import build, own
from gradcheck.submissions.adapters.common.calling import fresh
from gradcheck.submissions.adapters.common.cases import FunctionCase, agreement, tried
from gradcheck.submissions.adapters.common.costed import AGREES, find_costed
from gradcheck.submissions.adapters.common.leaves import numeric
from gradcheck.submissions.adapters.common.returned import cost_and_gradient, matched, number
from gradcheck.submissions.adapters.common.signatures import signature
from gradcheck.submissions.adapters.common.sources import return_labels
from gradcheck.submissions.adapters.common.vocabulary.functions import (
    functions_in,
    is_cost,
    is_gradient,
    may_be_called,
    partners,
)
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.loading.definitions import POINTS
from gradcheck.submissions.subjects import CaseInfo, Found, Hints

FAMILY = "plain"
Array = NDArray[Any]
Named = dict[str, Any]
Function = Callable[..., Any]
SHAPES: tuple[tuple[int, ...], ...] = (
    (3,),
    (2,),
    (),
    (4,),
    (5,),
    (1,),
    (3, 1),
    (2, 1),
    (3, 4),
    (2, 2),
    (3, 3),
    (6,),
    (10,),
)
MOST_ARGUMENTS = 3
VARIABLES = tuple("xyzuvrst")
"""What a function of numbers calls them."""


@dataclass(frozen=True)
class Callables:
    """A cost with its gradient, or one function for both, and the names that it returns."""

    name: str
    cost: Function
    gradient: Function | None
    labels: tuple[str, ...] = ()
    named: bool = True  # the cost's name says that it is one


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """What a person named, with its partner; else pairs named as cost and gradient in a module without classes."""
    namespace = _callables(loaded)
    wanted = _wanted(loaded, namespace, hints)
    cases: list[FunctionCase] = []
    for name in wanted:
        if any(case.info.group == name for case in cases):
            continue
        given = _given_point(loaded, namespace[name])
        case = _understood(list(_ways(name, namespace, loaded.source)), given)
        cases.extend([case] if case else _with_data(loaded, name) if loaded.selected else [])
    return Found((), tuple(_once(cases)))


def _callables(loaded: LoadedModule) -> dict[str, Function]:
    """The functions, and the methods of a selected live object."""
    functions = functions_in(loaded.namespace)
    chosen = _selected(loaded)
    if inspect.isclass(chosen):
        chosen = build(chosen, {}).value
    if chosen is not None and not inspect.isroutine(chosen):
        methods = inspect.getmembers(chosen, inspect.ismethod)
        functions |= {name: method for name, method in methods if not name.startswith("__")}
    if callable(chosen):
        functions[str(loaded.selected)] = chosen
    return functions


def _selected(loaded: LoadedModule) -> object:
    """What ``module:name.attribute`` names."""
    if not loaded.selected:
        return None
    first, *rest = loaded.selected.split(".")
    value = loaded.namespace.get(first)
    for name in rest:
        value = inspect.getattr_static(value, name, None)
    return value


def _wanted(loaded: LoadedModule, namespace: Mapping[str, Function], hints: Hints) -> list[str]:
    named = [hints.names[role] for role in ("backward", "cost") if hints.names.get(role) in namespace]
    if named:
        return named[:1]
    chosen = _selected(loaded)
    if loaded.selected in namespace:
        return [str(loaded.selected)]
    if chosen is not None:
        methods = {name: f for name, f in namespace.items() if inspect.ismethod(f)}
        return [name for name in _gradients(namespace, methods) if _without_data(namespace[name])]
    mine = own(loaded)
    if any(inspect.isclass(value) for value in mine.values()):
        return []
    return [name for name in _gradients(namespace, mine) if _without_data(namespace[name])]


def _gradients(namespace: Mapping[str, Function], mine: Mapping[str, object]) -> list[str]:
    """The functions that may be gradients, or both, by their names."""
    return [n for n in namespace if n in mine and may_be_called(n) and (is_gradient(n) or is_cost(n))]


def _without_data(function: Function) -> bool:
    """Whether it takes only what it is differentiated by: f(x, y) has two variables, f(w, x, y) data."""
    asked = signature(function)
    parameters = [p for p in parameters_of(function) or () if p.required]
    if parameters and all(p.name in VARIABLES for p in parameters):
        return len(parameters) <= MOST_ARGUMENTS
    data = asked is not None and {"x", "y"} & asked.roles
    data = data or {"upstream", "cache", "output", "y"} & {p.role for p in parameters}
    return not data and 1 <= len(parameters) <= MOST_ARGUMENTS


def _given_point(loaded: LoadedModule, function: Function) -> Any:
    """The module's own point, by a usual name or by that of the function's one argument; or None."""
    required = [p.name for p in parameters_of(function) or () if p.required]
    for name in (*POINTS, *(required if len(required) == 1 else ())):
        value = loaded.namespace.get(name)
        if value is not None and not callable(value) and _floats(value):
            return value
    return None


def _floats(value: Any) -> bool:
    leaves = [numeric(leaf) for leaf in flatten(value).values()] if not isinstance(value, str) else [None]
    return bool(leaves) and all(leaf is not None and leaf.dtype.kind in "fiu" for leaf in leaves)


def _ways(name: str, namespace: Mapping[str, Function], source: str) -> Iterator[Callables]:
    """As cost and gradient in one; as a gradient with its costs; as a cost with its gradients."""
    function = namespace[name]
    labels = return_labels(function, source)
    yield Callables(name, function, None, labels)
    if is_gradient(name):
        for partner in partners(name, namespace):
            yield Callables(name, namespace[partner], function, labels, is_cost(partner))
    for other in namespace:
        if (
            is_gradient(other)
            and may_be_called(other)
            and other != name
            and name in list(partners(other, namespace))[:2]
        ):
            yield Callables(other, function, namespace[other], return_labels(namespace[other], source))


@dataclass(frozen=True)
class At:
    """Callables at a tree of arrays like *at*."""

    callables: Callables
    at: Any
    positive: bool = False
    given: bool = False

    def start(self, seed: int) -> Named:
        """The given point first, then points near it; random numbers where there is none."""
        rng = np.random.default_rng(seed)
        leaves = {name: np.array(leaf, dtype=float) for name, leaf in flatten(self.at).items()}
        if self.given:
            return {name: leaf + 0.1 * seed * rng.standard_normal(leaf.shape) for name, leaf in leaves.items()}
        if self.positive:
            return {name: rng.uniform(0.5, 1.5, leaf.shape) for name, leaf in leaves.items()}
        return {name: 0.8 * rng.standard_normal(leaf.shape) for name, leaf in leaves.items()}

    def _call(self, function: Function, point: Named) -> Any:
        values = [float(v) if np.ndim(v) == 0 else v for v in fresh(dict(point)).values()]
        tree = rebuild(self.at, dict(zip(point, values, strict=True)))
        if isinstance(self.at, Arguments):
            return function(*tree.values())
        asked = [p for p in parameters_of(function) or () if p.required]
        if isinstance(tree, list | tuple) and len(asked) == len(tree) > 1:
            return function(*tree)
        return bind(function, self.at)(tree)

    def cost(self, point: Named, _: int) -> float:
        """The cost."""
        returned = self._call(self.callables.cost, point)
        if self.callables.gradient is None:
            returned = cost_and_gradient(returned, point, self.callables.labels)[0]
        return number(returned)

    def gradient(self, point: Named, _: int) -> Named:
        """The gradient by the point's names."""
        callables = self.callables
        if callables.gradient is None:
            return cost_and_gradient(self._call(callables.cost, point), point, callables.labels)[1]
        returned = self._call(callables.gradient, point)
        if len(point) == np.size(returned) > 1 and all(np.ndim(leaf) == 0 for leaf in point.values()):
            return dict(zip(point, np.ravel(returned), strict=True))  # (∂f/∂x, ∂f/∂y), of numbers
        return matched(point, returned, callables.labels)


def _trees(callables: Callables, given: Any) -> Iterator[At]:
    """The given point, else arrays of several shapes for every argument."""
    required = [p for p in parameters_of(callables.cost) or () if p.required]
    if given is not None:
        alone = len(required) == 1 and not isinstance(given, dict) and len(flatten(given)) == 1
        yield At(callables, Arguments({required[0].name: np.array(given)}) if alone else given, given=True)
    if not 1 <= len(required) <= MOST_ARGUMENTS:
        return
    single = SHAPES if len(required) == 1 else SHAPES[:4] + SHAPES[8:9]
    for shapes in itertools.product(single, repeat=len(required)):
        if not callables.named and int(np.prod(shapes[0])) == 1:
            continue  # an activation and its slope at one number look like a cost and its gradient
        arrays = tuple(np.zeros(shape) for shape in shapes)
        for positive in (False, True):
            yield At(callables, Arguments(zip((p.name for p in required), arrays, strict=True)), positive=positive)


class Arguments(dict[str, Any]):
    """Arrays by the names of a function's arguments."""


def _understood(ways: Sequence[Callables], given: Any) -> FunctionCase | None:
    """The first way that agrees with itself, else the first that answers."""
    fallback: FunctionCase | None = None
    for callables in ways:
        answering = 0
        for at in _trees(callables, given):
            case = _case(at)
            answer = tried(case)
            if not answer.answered or not (at.given or _sized(case, answer.value)):
                continue
            if agreement(case) < AGREES:
                return case
            fallback = fallback or case
            answering += 1
            if answering >= 3:
                break
    return fallback


def _sized(case: FunctionCase, answer: tuple[Any, Named]) -> bool:
    point = case.point(0)
    return bool(np.isfinite(answer[0])) and all(np.size(answer[1][name]) == point[name].size for name in point)


def _case(at: At) -> FunctionCase:
    callables = at.callables
    shapes = ", ".join(f"{name} of shape {np.shape(leaf)}" for name, leaf in flatten(at.at).items())
    info = CaseInfo(callables.name, FAMILY, f"{callables.name} at {shapes}", callables.name, "Eq. 46")
    return FunctionCase(info, at.start, at.cost, at.gradient)


def _with_data(loaded: LoadedModule, name: str) -> list[FunctionCase]:
    """A selected function of parameters and data."""
    return find_costed(loaded.namespace, loaded.source, FAMILY, lambda n, _: n == name)[0]


def _once(cases: Sequence[FunctionCase]) -> list[FunctionCase]:
    return list({case.info.title: case for case in cases}.values())
