"""Functions that differentiate functions: grad(f)(x), as in HIPS autograd and JAX."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.engine.operands import named
from gradcheck.submissions.adapters.engine.taped import NoValueError, Weigh
from gradcheck.submissions.formulas.functions import SPELLINGS

Array = NDArray[Any]
Build = Callable[..., Any]
Grad = Callable[[Build, int], Build]
NAMES = ("grad", "gradient", "derivative", "diff", "differentiate", "elementwisegrad", "egrad", "gradof", "backprop")


@dataclass(frozen=True)
class Functional:
    """A function that makes the derivative of a function; ``grad`` takes the function, and which argument."""

    name: str
    grad: Grad
    number: Callable[[Any], Any]
    module: Mapping[str, Any]
    arrays: bool = False
    upstream: str = "alone"

    def evaluated(self, build: Build, point: Mapping[str, Array]) -> Array:
        """The value inside the differentiated function. Raises NoValueError where nothing came of it."""
        seen: list[Any] = []

        def noted(*leaves: Any) -> Any:
            seen.append(build(*leaves))
            return seen[-1]

        self.grad(noted, 0)(*(float(value) for value in point.values()))
        if not seen:
            raise NoValueError
        return np.asarray(self.number(seen[0]), dtype=float)

    def gradients(self, build: Build, point: Mapping[str, Array], weigh: Weigh) -> dict[str, Any]:
        """The derivative by each leaf."""
        values = [float(value) for value in point.values()]
        found = {letter: self.grad(build, place)(*values) for place, letter in enumerate(point)}
        return {letter: np.asarray(self.number(slope), dtype=float) for letter, slope in found.items()}

    def forgets(self, build: Build, point: Mapping[str, Array], letter: str) -> bool:
        """Nothing is claimed of a leaf where its derivative cannot be had."""
        return not attempt(self.gradients, build, point, np.ones).returned

    def function(self, name: str) -> Build | None:
        """The submission's own function of one value."""
        return named(type(self), self.module, SPELLINGS[name])


def functional_of(module: Mapping[str, Any]) -> Functional | None:
    """The module's own differentiating function, or None."""
    found = [(name, f) for name, f in module.items() if inspect.isfunction(f) and letters(name) in NAMES]
    for (name, function), leaves in product(found, ("ab", "a")):
        for grad, number in product(_ways(function), (_itself, *_attributes(module))):
            engine = Functional(f"function {name}", grad, number, module)
            if _differentiates(engine, leaves):
                return engine
    return None


def _differentiates(engine: Functional, leaves: str) -> bool:
    """Whether it gives the value and a derivative by every leaf, and is no difference quotient."""
    point = {leaf: np.array(2.0) for leaf in leaves}
    value = attempt(engine.evaluated, _total, point).value
    slopes = attempt(engine.gradients, _total, point, np.ones).value
    shapes = {np.shape(slope) for slope in (slopes or {}).values()}
    return value is not None and shapes == {np.shape(value)} == {()} and not _plain(engine)


def _plain(engine: Functional) -> bool:
    """Whether the function is called with plain numbers: then it is numerical differentiation, and no engine."""
    seen: list[Any] = []

    def noted(a: Any) -> Any:
        seen.append(a)
        return a + a

    attempt(engine.grad(noted, 0), 2.0)
    return all(isinstance(a, int | float | np.ndarray | np.generic) for a in seen)


def _total(a: Any, b: Any = 0.0) -> Any:
    return a + a + b


def _ways(function: Callable[..., Any]) -> Iterator[Grad]:
    """grad(f, i)(x, y); grad(f)(x, y)[i]; grad(f, x)."""
    yield lambda f, place: _at(function, f, place)
    yield lambda f, place: lambda *values: _entry(function(f)(*values), place, values)
    yield lambda f, place: lambda *values: _entry(function(f, *values), place, values)


def _at(function: Callable[..., Any], f: Build, place: int) -> Build:
    made = function(f) if place == 0 else function(f, place)
    if not callable(made):
        raise TypeError
    return made


def _entry(returned: Any, place: int, values: tuple[Any, ...]) -> Any:
    if isinstance(returned, tuple | list) and len(returned) == len(values):
        return returned[place]
    if len(values) > 1:
        raise NoValueError
    return returned


def _itself(value: Any) -> Any:
    return value


def _attributes(module: Mapping[str, Any]) -> Iterator[Callable[[Any], Any]]:
    """Ways to the number in a value, which is of some class of the module."""
    classes = tuple(value for value in module.values() if inspect.isclass(value))
    for attribute in ("value", "data", "val", "_value", "real", "x"):
        yield partial(_number, classes, attribute)


def _number(classes: tuple[type, ...], attribute: str, value: Any) -> Any:
    """The number in a value of one of the module's classes, however often it is wrapped."""
    while isinstance(value, classes) and hasattr(value, attribute):
        value = getattr(value, attribute)
    return value
