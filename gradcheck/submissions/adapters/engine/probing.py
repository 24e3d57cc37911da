"""Is a class an autodiff value? Where its number and its gradient are, how it is made, what starts the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.arrays import GRADIENT
from gradcheck.submissions.adapters.common.vocabulary.methods import NEVER
from gradcheck.submissions.adapters.engine.starts import RETURNED, Start, starts
from gradcheck.submissions.adapters.engine.taped import Make, Taped, held

Array = NDArray[Any]
LEFT, RIGHT = 2.0, 3.25
SHAPE = (2, 3)
CLOSE = 1e-3
"""Relative; single precision passes, and another gradient does not."""

OPERATIONS: tuple[tuple[Callable[[Any, Any], Any], float], ...] = (
    (lambda a, b: a * b, LEFT * RIGHT),
    (lambda a, b: a + b, LEFT + RIGHT),
)
VALUE_METHODS = ("item", "numpy", "value", "data", "get_value", "getvalue", "get_data", "tolist", "eval")
GRAD_METHODS = ("grad", "gradient", "get_grad", "get_gradient", "derivative", "deriv")


def engine_of(name: str, cls: type, module: Mapping[str, Any], source: str) -> Taped | None:
    """The class as an engine, or None where it is none."""
    arrays = _takes_arrays(cls)
    for holds_arrays in (True, False) if arrays else (False, True):
        for make in _makers(cls):
            found = _probe(name, cls, make, module, source, arrays=holds_arrays)
            if found is not None:
                return with_upstream(found) if holds_arrays else _of_arrays_after_all(found)
    return None


def _of_arrays_after_all(engine: Taped) -> Taped:
    """An engine whose arrays can be summed, and whose numbers alone were seen to go back: its sums are at fault."""
    product = value_of(_times, *(value_of(engine.make, np.full(SHAPE, number)) for number in (LEFT, RIGHT)))
    total = value_of(_summed, product)
    if not isinstance(total, engine.cls) or np.shape(engine.number(total)):
        return engine
    return replace(engine, arrays=True, upstream="added")


def value_of(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """What a call returns, or None where it raises."""
    return attempt(function, *arguments, **keywords).value


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
    yield lambda v: cls(np.asarray(v).tolist())
    yield lambda v: cls(np.asarray(v).tolist(), requires_grad=True)


def _made(cls: type, more: tuple[Any, ...], value: Any) -> Any:
    return cls(value, *more)


def family(cls: type) -> type:
    """The class that brings a value's operators: what they return may be another class of that family."""
    operators = ("__add__", "__mul__")
    return next((base for base in cls.__mro__ if any(operator in vars(base) for operator in operators)), cls)


def _probe(
    name: str, leaf_class: type, make: Make, module: Mapping[str, Any], source: str, *, arrays: bool
) -> Taped | None:
    cls = family(leaf_class)

    def leaf(number: float) -> Any:
        return value_of(make, np.full(SHAPE, number) if arrays else number)

    one, two = leaf(LEFT), leaf(RIGHT)
    if one is None or two is None:
        return None
    for operate, result in OPERATIONS:
        product = value_of(operate, one, two)
        if not isinstance(product, cls):
            continue
        for value in (*attributes(one), *VALUE_METHODS):
            if _is(one, value, LEFT) and _is(two, value, RIGHT) and _is(product, value, result):
                engine = Taped(name, cls, make, value, "", Start(""), arrays, module)
                found = _way_back(engine, leaf, operate, source)
                if found is not None:
                    return found
    return None


def attributes(thing: Any) -> list[str]:
    """Names of its attributes and properties, in the order in which they were made."""
    names = list(getattr(thing, "__dict__", ()))
    for cls in type(thing).__mro__[:-1]:
        slots = cls.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else list(slots)
        names += [name for name, value in vars(cls).items() if isinstance(value, property)]
    return list(dict.fromkeys(n for n in names if not n.startswith("__")))


def _is(thing: Any, name: str, number: float) -> bool:
    found = value_of(held, thing, name)
    if isinstance(found, list):
        found = value_of(np.array, found)
    if isinstance(found, bool) or not isinstance(found, int | float | np.ndarray | np.generic):
        return False
    return np.asarray(found).dtype.kind in "fiu" and bool(np.allclose(np.asarray(found, dtype=float), number))


def _way_back(engine: Taped, leaf: Make, operate: Callable[[Any, Any], Any], source: str) -> Taped | None:
    """The engine with the attribute that a backward call fills in the leaves, and the call."""
    silent = None
    for start in starts(engine.cls, partial(_wrapped, engine.make), _empty(leaf(LEFT)), engine.module):
        found = _filled(engine, start, leaf, operate)
        if found is None:
            continue
        if start.form != "preset" or _sets(source, start.preset):
            return replace(engine, grad=found, start=start)
        silent = silent or replace(engine, grad=found, start=replace(start, form="nothing", preset=""))
    return silent if silent is not None and silent.start.call else None


def _wrapped(make: Make, first: Array) -> Any:
    return make(np.array(first) if np.ndim(first) else float(first))


def _sets(source: str, name: str) -> bool:
    """Whether the submission itself sets the gradient of some value, not of ``self``, to 1 where it starts."""
    one = r"(1(\.0?)?(?![\w.])|\w*\.?ones|\w+\(\s*1)"
    return re.search(rf"(?<!\bself)\.{name}\s*(:\s*\w+\s*)?=\s*{one}", source) is not None


def _filled(engine: Taped, start: Start, leaf: Make, operate: Callable[[Any, Any], Any]) -> str | None:
    """The name of what is filled in a leaf when the way back begins so."""
    one, two = leaf(LEFT), leaf(RIGHT)
    before = _readings(one, engine.value)
    if not attempt(_back_through, engine, start, operate(one, two)).returned:
        return None
    after = {**_readings(one, engine.value), **_methods(one, engine)}
    changed = [
        name
        for name, now in after.items()
        if not _equal(before.get(name), now) and _numeric(engine.number(now)) and np.any(engine.number(now))
    ]
    changed.sort(key=lambda name: (name != RETURNED, not GRADIENT.fits(name)))
    return changed[0] if changed else None


def _empty(thing: Any) -> list[str]:
    """Attributes that hold nothing yet: None, 0, or zeros."""
    held_now = {name: value_of(getattr, thing, name) for name in attributes(thing)}
    return [name for name, now in held_now.items() if now is None or (_numeric(now) and not np.any(now))]


def _readings(thing: Any, value: str) -> dict[str, Any]:
    """What its attributes hold, but for its value and for what is made anew at every look."""
    return {name: _copied(thing, name) for name in attributes(thing) if name != value and _steady(thing, name)}


def _methods(thing: Any, engine: Taped) -> dict[str, Any]:
    """What methods give that are called like a gradient: for engines in which a leaf asks for its own."""
    names = [name for name in GRAD_METHODS if callable(getattr(type(thing), name, None))]
    found = {name: value_of(held, thing, name) for name in names if not NEVER.fits(name)}
    return {name: value for name, value in found.items() if _numeric(engine.number(value))}


def _back_through(engine: Taped, start: Start, result: Any) -> None:
    """Go back through the operation, from the sum where the result is an array and can be summed."""
    if np.shape(engine.number(result)):
        total = value_of(_summed, result)
        result = total if isinstance(total, engine.cls) else result
    start(result, np.ones(np.shape(engine.number(result))))


def _summed(thing: Any) -> Any:
    return thing.sum()


def _steady(thing: Any, name: str) -> bool:
    """Whether reading an attribute twice gives the same: a transpose that is made anew each time is no gradient."""
    return _equal(value_of(getattr, thing, name), value_of(getattr, thing, name))


def _copied(thing: Any, name: str) -> Any:
    found = value_of(getattr, thing, name)
    return found.copy() if isinstance(found, np.ndarray | list) else found


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.shape(one) == np.shape(other) and bool(np.array_equal(one, other))
    numbers = isinstance(one, int | float | list) and isinstance(other, int | float | list)
    return one is other or (numbers and one == other)


def _numeric(found: Any) -> bool:
    if isinstance(found, list):
        found = value_of(np.array, found, dtype=float)
    return isinstance(found, int | float | np.ndarray | np.generic) and not isinstance(found, bool)


def with_upstream(engine: Taped) -> Taped:
    """An engine of arrays with the best way, of those that work, to let a gradient other than ones come to a result."""
    for way, candidate in islice(_upstreams(engine), 8):
        for operate, factor in ((_plus, 1.0),) if way == "summed" else ((_plus, 1.0), (_times, RIGHT)):
            if _hands_down(candidate, operate, factor, weighted=way in ("handed", "summed")):
                return candidate
    point = {"a": np.full(SHAPE, LEFT), "b": np.full(SHAPE, RIGHT)}
    alone = attempt(engine.gradients, _times, point, np.ones(SHAPE))
    return engine if alone.returned else replace(engine, upstream="added")


def _upstreams(engine: Taped) -> Iterator[tuple[str, Taped]]:
    for form in ("array", "wrapped"):
        yield "handed", replace(engine, start=replace(engine.start, form=form, preset=""), upstream="handed")
    for way in ("summed", "added"):
        yield way, replace(engine, upstream=way)


def _hands_down(engine: Taped, operate: Callable[[Any, Any], Any], factor: float, *, weighted: bool) -> bool:
    """Whether the leaf on the left is given what was sent."""
    weights = np.arange(1.0, 7.0).reshape(SHAPE) / 4 if weighted else np.ones(SHAPE)
    point = {"a": np.full(SHAPE, LEFT), "b": np.full(SHAPE, RIGHT)}
    answer = value_of(engine.gradients, operate, point, weights)
    if answer is None or np.shape(answer["a"]) != SHAPE:
        return False
    return bool(np.allclose(answer["a"], weights * factor, rtol=CLOSE))


def _plus(a: Any, b: Any) -> Any:
    return a + b


def _times(a: Any, b: Any) -> Any:
    return a * b
