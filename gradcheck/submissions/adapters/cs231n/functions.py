"""The course's first form: ``two_layer_net(X, model, y, reg)`` on a dictionary of parameters, seen as a class."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.arguments import Parameter, arrangements, parameters_of
from gradcheck.submissions.adapters.common.building import offers
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.names import letters

Function = Callable[..., Any]
HELD = frozenset(("model", "params", "parameters", "param", "net", "network", "weights"))


def as_classes(namespace: Mapping[str, object]) -> dict[str, type]:
    """A class for each function of data, a dictionary of parameters and labels; its name is the function's."""
    functions: dict[str, Function] = {name: value for name, value in namespace.items() if inspect.isfunction(value)}
    makers = [f for name, f in functions.items() if letters(name).startswith(("init", "create", "make"))]
    return {
        name: _as_class(name, function, asked, makers)
        for name, function in functions.items()
        if (asked := _asked(function)) is not None
    }


def _asked(function: Function) -> dict[str, str] | None:
    """Which parameters are data, labels, the dictionary and λ; None where it asks for something else."""
    asked = {_kind(p): p.name for p in parameters_of(function) or () if p.required or _kind(p) in {"y", "l2"}}
    return asked if {"x", "y", "held"} <= asked.keys() <= {"x", "y", "held", "l2"} else None


def _kind(parameter: Parameter) -> str:
    return "held" if letters(parameter.name) in HELD else parameter.role


def _as_class(name: str, function: Function, asked: Mapping[str, str], makers: list[Function]) -> type:
    def start(self: Any, input_size: int, hidden_size: int, output_size: int) -> None:
        self.params = _made(makers, (input_size, hidden_size, output_size))

    def called(self: Any, X: Any, y: Any, reg: float | None) -> Any:
        given = {asked["x"]: X, asked["held"]: self.params, asked["y"]: y}
        return function(**given, **({} if reg is None else {asked["l2"]: reg}))

    def with_l2(self: Any, X: Any, y: Any = None, reg: float = 0.0) -> Any:
        return called(self, X, y, reg)

    def without(self: Any, X: Any, y: Any = None) -> Any:
        return called(self, X, y, None)

    said = f"function {name}(X, {asked['held']}, y)"
    loss = with_l2 if "l2" in asked else without
    return type(name, (), {"__init__": start, "loss": loss, "said": said, "__module__": function.__module__})


def _made(makers: list[Function], sizes: tuple[int, int, int]) -> dict[str, Any]:
    """The dictionary that the submission's own function makes for these sizes, else W1, b1, W2, b2."""
    offered = offers(sizes)
    for maker in makers:
        for given in arrangements(maker, offered):
            made = attempt(maker, **given)
            if made.answered and isinstance(made.value, dict) and _of_sizes(made.value, sizes):
                return made.value
    n_in, n_hidden, n_out = sizes
    rng = np.random.default_rng(0)
    w1, w2 = rng.standard_normal((n_in, n_hidden)), rng.standard_normal((n_hidden, n_out))
    return {"W1": w1, "b1": np.zeros(n_hidden), "W2": w2, "b2": np.zeros(n_out)}


def _of_sizes(made: Mapping[str, Any], sizes: tuple[int, int, int]) -> bool:
    """Whether arrays have these sizes: a maker that asks for none makes its author's."""
    return set(sizes) <= {n for array in made.values() for n in np.shape(array)}
