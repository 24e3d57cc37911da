"""A forward and a backward function over a sequence that are given their weights: together they are a network."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.arguments import named_parameters
from gradcheck.submissions.adapters.common.building import own
from gradcheck.submissions.adapters.common.calling import free_names, function_globals, replaced
from gradcheck.submissions.adapters.common.cases import FunctionCase
from gradcheck.submissions.adapters.common.vocabulary.functions import functions_in
from gradcheck.submissions.adapters.common.vocabulary.methods import BACKWARD, FORWARD
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.adapters.recurrent.globals import hidden_of
from gradcheck.submissions.adapters.recurrent.networks import RATE, as_case, networks
from gradcheck.submissions.loading import LoadedModule

Function = Callable[..., Any]
FEWEST = 3


@dataclass(frozen=True)
class Pair:
    """Two functions, the module's arrays that both are given, and which of their sizes is that of the input."""

    forward: Function
    backward: Function
    shapes: Mapping[str, tuple[int, ...]]
    hidden: int
    n_in: int

    def made(self) -> type:
        """A class whose objects hold the arrays, in whatever sizes, and have both functions as methods."""
        pair = self

        def __init__(self: Any, input_size: int, hidden_size: int, output_size: int) -> None:  # noqa: N807  it becomes a method
            sizes = {pair.n_in: input_size, pair.hidden: hidden_size}
            self.sizes = {n: sizes.get(n, output_size) for s in pair.shapes.values() for n in s if n > 1}
            for name, shape in pair.shapes.items():
                setattr(self, name, 0.3 * np.random.standard_normal([self.sizes.get(n, n) for n in shape]))  # noqa: NPY002

        methods = {"forward": self._method(self.forward), "backward": self._method(self.backward)}
        return type(self.forward.__name__, (), {"__init__": __init__, **methods})

    def _method(self, function: Function) -> Function:
        """The function with the arrays taken from the object, and the module's sizes and rate set to ours."""
        names, namespace = list(self.shapes), function_globals(function)
        read = {name: namespace.get(name) for name in free_names(function)}
        rates = {name: RATE for name, value in read.items() if isinstance(value, float) and role(name) == "rate"}

        def method(itself: Any, **given: Any) -> Any:
            sizes = {name: itself.sizes[v] for name, v in read.items() if type(v) is int and v in itself.sizes}
            with replaced(namespace, {**sizes, **rates}):
                return function(**given, **{name: getattr(itself, name) for name in names})

        rest = [p for p in named_parameters(function) or [] if p.name not in names]
        keywords = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in rest]
        itself = inspect.Parameter("itself", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        method.__signature__ = inspect.Signature([itself, *keywords])  # type: ignore[attr-defined]
        return method


def paired_cases(loaded: LoadedModule) -> list[FunctionCase]:
    """The first pair of functions of a file that is a recurrent network, as a case."""
    for pair in pairs(loaded):
        run = next(networks(pair.made()), None)
        if run is not None and run.cost is not None:
            case = as_case(run)
            said = f"{pair.forward.__name__}, {pair.backward.__name__}"
            title = case.info.title.replace(f"class {pair.forward.__name__}: forward, backward", f"functions {said}")
            return [replace(case, info=replace(case.info, id=said, title=title))]
    return []


def pairs(loaded: LoadedModule) -> Iterator[Pair]:
    """Functions that are given the same arrays, some of which are weights of hidden neurons among themselves."""
    functions = functions_in(own(loaded))
    for backward in (f for name, f in functions.items() if BACKWARD.fits(name)):
        for forward in (f for name, f in functions.items() if FORWARD.fits(name) and f is not backward):
            names = [p.name for p in named_parameters(forward) or []]
            both = [p.name for p in named_parameters(backward) or [] if p.name in names]
            arrays = {name: function_globals(forward).get(name) for name in both}
            shapes = {n: a.shape for n, a in arrays.items() if isinstance(a, np.ndarray) and a.dtype.kind == "f"}
            hidden = hidden_of(list(shapes.values()))
            others = sorted({n for shape in shapes.values() for n in shape if n > 1 and n != hidden}, reverse=True)
            if hidden and len(shapes) >= FEWEST:
                for n_in, *_ in permutations(others):
                    yield Pair(forward, backward, shapes, hidden, n_in)
