"""Is a class an autodiff value? Where its number and its gradient are, how it is made, what starts the way back."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.arrays import GRADIENT
from gradcheck.submissions.adapters.common.vocabulary.methods import BACKWARD

Array = NDArray[Any]
Make = Callable[[Any], Any]
LEFT, RIGHT = 2.0, 3.25
RETURNED = "gradient"
"""Where gradients that a function returns by value are kept."""


@dataclass(frozen=True)
class Engine:
    """What was found out about a class of values; ``arrays`` is true where they hold arrays."""

    name: str
    cls: type
    make: Make
    value: str
    grad: str
    backward: Callable[[Any], Any]
    arrays: bool
    module: Mapping[str, Any]

    def number(self, thing: Any) -> Any:
        """The number or array in a value, or in anything that is none."""
        return getattr(thing, self.value) if isinstance(thing, self.cls) else thing

    def gradient(self, leaf: Any) -> Any:
        """What its gradient attribute holds, out of its wrapping if it has one; None where nothing is."""
        return self.number(getattr(leaf, self.grad, None))


def engine_of(name: str, cls: type, module: Mapping[str, Any]) -> Engine | None:
    """The class as an engine, or None where it is none."""
    arrays = _takes_arrays(cls)
    for holds_arrays in (True, False) if arrays else (False, True):
        for make in _makers(cls):
            found = _probe(name, cls, make, holds_arrays, module)
            if found is not None:
                return found
    return None


def _takes_arrays(cls: type) -> bool:
    """Whether it has what only arrays need."""
    return any(hasattr(cls, word) for word in ("sum", "mean", "__matmul__", "matmul", "dot", "T", "transpose", "shape"))


def _makers(cls: type) -> Iterator[Make]:
    yield cls
    yield lambda v: cls(v, requires_grad=True)
    yield partial(_made, cls, (True,))
    yield lambda v: cls("v", v)
    yield lambda v: cls(v, "v")
    yield partial(_made, cls, ([],))
    yield partial(_made, cls, (None,))
    yield lambda v: cls(value=v)


def _made(cls: type, more: tuple[Any, ...], value: Any) -> Any:
    return cls(value, *more)


def family(cls: type) -> type:
    """The class that brings a value's operators: what they return may be another class of that family."""
    operators = ("__add__", "__mul__")
    return next((base for base in cls.__mro__ if any(operator in vars(base) for operator in operators)), cls)


def _probe(name: str, leaf_class: type, make: Make, arrays: bool, module: Mapping[str, Any]) -> Engine | None:
    cls = family(leaf_class)

    def leaf(number: float) -> Any:
        return attempt(make, np.full((2, 3), number) if arrays else number).value

    one, two = leaf(LEFT), leaf(RIGHT)
    if one is None or two is None:
        return None
    for result, operate in ((LEFT * RIGHT, lambda a, b: a * b), (LEFT + RIGHT, lambda a, b: a + b)):
        product = attempt(operate, one, two).value
        if not isinstance(product, cls):
            continue
        for value in _attributes(one):
            if _is(one, value, LEFT) and _is(two, value, RIGHT) and _is(product, value, result):
                found = _way_back(cls, leaf, operate, value, module)
                if found is not None:
                    return Engine(name, cls, make, value, found[0], found[1], arrays, module)
    return None


def _attributes(thing: Any) -> list[str]:
    """Names of its attributes and properties, in the order in which they were made."""
    names = list(getattr(thing, "__dict__", ()))
    for cls in type(thing).__mro__[:-1]:
        slots = cls.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else list(slots)
        names += [name for name, value in vars(cls).items() if isinstance(value, property)]
    return list(dict.fromkeys(n for n in names if not n.startswith("__")))


def _is(thing: Any, name: str, number: float) -> bool:
    held = attempt(getattr, thing, name).value
    if isinstance(held, bool) or not isinstance(held, int | float | np.ndarray | np.generic):
        return False
    return np.asarray(held).dtype.kind in "fiu" and bool(np.allclose(np.asarray(held, dtype=float), number))


def _way_back(
    cls: type, leaf: Make, operate: Callable[[Any, Any], Any], value: str, module: Mapping[str, Any]
) -> tuple[str, Callable[[Any], Any]] | None:
    """The attribute that a backward call fills in the leaves, and the call."""
    for backward in _backwards(cls, value, module):
        one, two = leaf(LEFT), leaf(RIGHT)
        names = [n for n in _attributes(one) if n != value and _steady(one, n)]
        before = {name: _held(one, name) for name in names}
        if not attempt(_back_through, backward, operate, one, two, value).returned:
            continue
        after = {name: _held(one, name) for name in _attributes(one) if name != value and _steady(one, name)}
        changed = [
            name for name in after if not _equal(before.get(name), after[name]) and _numeric(after[name], value, cls)
        ]
        changed.sort(key=lambda name: not GRADIENT.fits(name))
        if changed:
            return changed[0], backward
    return None


def _back_through(
    backward: Callable[[Any], Any], operate: Callable[[Any, Any], Any], one: Any, two: Any, value: str
) -> None:
    """Go back through the operation, from the sum where the result is an array and can be summed."""
    result = operate(one, two)
    summed = attempt(_summed, result).value if np.shape(getattr(result, value)) else None
    backward(result if summed is None else summed)


def _summed(thing: Any) -> Any:
    return thing.sum()


def _steady(thing: Any, name: str) -> bool:
    """Whether reading an attribute twice gives the same: a transpose that is made anew each time is no gradient."""
    one, other = attempt(getattr, thing, name), attempt(getattr, thing, name)
    return one.returned and other.returned and _equal(one.value, other.value)


def _held(thing: Any, name: str) -> Any:
    held = attempt(getattr, thing, name).value
    return held.copy() if isinstance(held, np.ndarray) else held


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.shape(one) == np.shape(other) and bool(np.array_equal(one, other))
    return one is other or (isinstance(one, int | float) and isinstance(other, int | float) and one == other)


def _numeric(held: Any, value: str, cls: type) -> bool:
    held = getattr(held, value) if isinstance(held, cls) else held
    return isinstance(held, int | float | np.ndarray | np.generic) and not isinstance(held, bool)


def _backwards(cls: type, value: str, module: Mapping[str, Any]) -> Iterator[Callable[[Any], Any]]:
    """Ways to start: a method without arguments, with a first gradient; a function of the module."""

    def ones(thing: Any) -> Any:
        return np.ones_like(np.asarray(getattr(thing, value), dtype=float))

    names = [name for name in dir(cls) if not name.startswith("__") and callable(getattr(cls, name, None))]
    names = [name for name in names if BACKWARD.fits(name)]
    names.sort(key=lambda name: (name.startswith("_"), name != "backward"))
    for name in names:
        for start in ((), (ones,), (_one,), (lambda z: type(z)(ones(z)),)):
            yield partial(_started, name, start)
    for name, function in module.items():
        if inspect.isfunction(function) and BACKWARD.fits(name):
            yield partial(_kept, function)


def _kept(function: Callable[[Any], Any], thing: Any) -> None:
    """Call a function of the module; gradients that it returns by value, and keeps nowhere, are put into the values."""
    returned = function(thing)
    if isinstance(returned, Mapping):
        for node, gradient in returned.items():
            setattr(node, RETURNED, gradient)


def _one(_: Any) -> float:
    return 1.0


def _started(name: str, start: tuple[Callable[[Any], Any], ...], thing: Any) -> None:
    """Call the method, with a first gradient made from the value or without."""
    getattr(thing, name)(*(first(thing) for first in start))
