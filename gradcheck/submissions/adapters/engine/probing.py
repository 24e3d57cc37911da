"""Is a class an autodiff value? Where its number and its gradient are, how it is made, what starts the way back."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.arrays import GRADIENT
from gradcheck.submissions.adapters.common.vocabulary.methods import BACKWARD, NEVER
from gradcheck.submissions.adapters.engine.attributes import attributes, held, holds, numeric
from gradcheck.submissions.adapters.engine.starts import Start, starts
from gradcheck.submissions.adapters.engine.taped import RETURNED, Build, Make, Taped, looked_up

Array = NDArray[Any]
Search = Callable[[Taped, Make, Build], Taped | None]
Tapes = tuple[list[Any], ...]
LEFT, RIGHT = 2.0, 3.25
SHAPE = (2, 3)
CLOSE = 1e-3
"""Relative; single precision passes, and another gradient does not."""

OPERATIONS: tuple[tuple[Callable[[Any, Any], Any], float], ...] = (
    (lambda a, b: a * b, LEFT * RIGHT),
    (lambda a, b: a + b, LEFT + RIGHT),
)
MAKING = ("var", "variable", "new_var", "tensor", "leaf", "constant", "scalar", "value", "param", "parameter", "input")
"""What methods and functions are called that make a value."""

VALUE_METHODS = ("item", "numpy", "value", "data", "get_value", "getvalue", "get_data", "tolist", "eval")
GRAD_METHODS = ("grad", "gradient", "get_grad", "get_gradient", "derivative", "deriv")


def engine_of(name: str, cls: type, module: Mapping[str, Any], source: str) -> Taped | None:
    """The class as an engine, or None where it is none."""
    arrays = _takes_arrays(cls)
    blank = Taped(name, family(cls), cls, "", "", Start(""), arrays, module, tapes=_tapes(module))
    makers = (*_makers(cls), *_made_by(cls, module))
    for search in (_way_back, _broken):
        for holds_arrays, make in product((arrays, not arrays), makers):
            found = _probe(replace(blank, make=make, arrays=holds_arrays), partial(search, source=source))
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


def _made_by(cls: type, module: Mapping[str, Any]) -> Iterator[Make]:
    """Methods of a tape, or of a graph, that make values: ``tape.var(2.0)``; functions that do: ``tensor(2.0)``."""
    for name, holder in module.items():
        if inspect.isclass(holder) and holder is not cls:
            for method in MAKING:
                tape = value_of(holder) if callable(getattr(holder, method, None)) else None
                make = getattr(tape, method, None)
                if callable(make) and isinstance(value_of(make, LEFT), cls):
                    yield make
        elif inspect.isfunction(holder) and name in MAKING and isinstance(value_of(holder, LEFT), cls):
            yield holder


def _made(cls: type, more: tuple[Any, ...], value: Any) -> Any:
    return cls(value, *more)


def family(cls: type) -> type:
    """The class that brings a value's operators: what they return may be another class of that family."""
    operators = ("__add__", "__mul__")
    return next((base for base in cls.__mro__ if any(operator in vars(base) for operator in operators)), cls)


def _probe(blank: Taped, search: Search) -> Taped | None:
    """The engine with the names that its values and gradients have, if it is one when its leaves are made so."""

    def leaf(number: float) -> Any:
        return value_of(blank.make, np.full(SHAPE, number) if blank.arrays else number)

    one, two = leaf(LEFT), leaf(RIGHT)
    if one is None or two is None:
        return None
    for operate, result in OPERATIONS:
        product = value_of(operate, one, two)
        if not isinstance(product, blank.cls):
            continue
        for value in (*attributes(one), *VALUE_METHODS):
            if holds(one, value, LEFT) and holds(two, value, RIGHT) and holds(product, value, result):
                found = search(replace(blank, value=value), leaf, operate)
                if found is not None:
                    return found
    return None


def _way_back(engine: Taped, leaf: Make, operate: Build, source: str) -> Taped | None:
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


def _broken(engine: Taped, leaf: Make, operate: Build, source: str) -> Taped | None:
    """An engine whose own way back raises, or gives nothing: what is called as in any engine is asked to go back."""
    calls = BACKWARD.among(name for name in dir(engine.cls) if callable(getattr(engine.cls, name, None)))
    gradients = [name for name in _empty(leaf(LEFT)) if GRADIENT.fits(name)]
    return replace(engine, grad=gradients[0], start=Start(calls[0])) if calls and gradients else None


def _wrapped(make: Make, first: Array) -> Any:
    return make(np.array(first) if np.ndim(first) else float(first))


def _sets(source: str, name: str) -> bool:
    """Whether the submission itself sets the gradient of some value, not of ``self``, to 1 where it starts."""
    one = r"(1(\.0?)?(?![\w.])|\w*\.?ones|\w+\(\s*1)"
    return re.search(rf"(?<!\bself)\.{name}\s*(:\s*\w+\s*)?=\s*{one}", source) is not None


def _filled(engine: Taped, start: Start, leaf: Make, operate: Callable[[Any, Any], Any]) -> str | None:
    """The name of what is filled in a leaf when the way back begins so."""
    one, two = leaf(LEFT), leaf(RIGHT)
    before = _readings(one, engine)
    going = attempt(_back_through, engine, start, operate(one, two))
    if not going.returned:
        return None
    after = {**_readings(one, engine), **_methods(one, engine), RETURNED: engine.number(looked_up(going.value, one))}
    changed = [
        name for name, now in after.items() if not _equal(before.get(name), now) and numeric(now) and np.any(now)
    ]
    changed.sort(key=lambda name: (name != RETURNED, not GRADIENT.fits(name)))
    return changed[0] if changed else None


def _tapes(module: Mapping[str, Any]) -> Tapes:
    """Lists of the module, and of its classes, that are empty as long as nothing has been computed."""
    classes = [vars(value).values() for value in module.values() if inspect.isclass(value)]
    held_now = [*module.values(), *(value for values in classes for value in values)]
    return tuple(value for value in held_now if type(value) is list and not value)


def _empty(thing: Any) -> list[str]:
    """Attributes that hold nothing yet: None, 0, or zeros."""
    held_now = {name: value_of(getattr, thing, name) for name in attributes(thing)}
    return [name for name, now in held_now.items() if now is None or (numeric(now) and not np.any(now))]


def _readings(thing: Any, engine: Taped) -> dict[str, Any]:
    """Copies of what its attributes hold, but for its value and for what is made anew at every look."""
    names = [name for name in attributes(thing) if name != engine.value and _steady(thing, name, engine)]
    return {name: _copied(engine.number(getattr(thing, name))) for name in names}


def _methods(thing: Any, engine: Taped) -> dict[str, Any]:
    """What methods give that are called like a gradient: for engines in which a leaf asks for its own."""
    names = [name for name in GRAD_METHODS if callable(getattr(type(thing), name, None))]
    found = {name: engine.number(value_of(held, thing, name)) for name in names if not NEVER.fits(name)}
    return {name: value for name, value in found.items() if numeric(value)}


def _back_through(engine: Taped, start: Start, result: Any) -> Any:
    """Go back through the operation, from the sum where the result is an array and can be summed."""
    if np.shape(engine.number(result)):
        total = value_of(_summed, result)
        result = total if isinstance(total, engine.cls) else result
    return start(result, np.ones(np.shape(engine.number(result))))


def _summed(thing: Any) -> Any:
    return thing.sum()


def _steady(thing: Any, name: str, engine: Taped) -> bool:
    """Whether reading an attribute twice gives the same: a transpose that is made anew each time is no gradient."""
    one, other = attempt(getattr, thing, name), attempt(getattr, thing, name)
    same = one.value is other.value or (
        not isinstance(one.value, engine.cls) and _equal(engine.number(one.value), engine.number(other.value))
    )
    return one.returned and other.returned and same


def _copied(found: Any) -> Any:
    if isinstance(found, list):
        return value_of(np.array, found, dtype=float)
    return found.copy() if isinstance(found, np.ndarray) else found


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray | list) or isinstance(other, np.ndarray | list):
        return np.shape(one) == np.shape(other) and bool(np.array_equal(one, other))
    return one is other or (isinstance(one, int | float) and isinstance(other, int | float) and one == other)


def with_upstream(engine: Taped) -> Taped:
    """An engine of arrays with the best way, of those that work, to let a gradient other than ones come to a result."""
    verified = [candidate for way, candidate in _upstreams(engine) if _trusted(candidate, way)]
    if verified:
        return max(verified, key=_willing)
    point = {"a": np.full(SHAPE, LEFT), "b": np.full(SHAPE, RIGHT)}
    alone = any(attempt(engine.gradients, operate, point, np.ones).returned for operate in (_times, _plus))
    return engine if alone else replace(engine, upstream="added")


def _trusted(engine: Taped, way: str) -> bool:
    """Whether a sum, or else a product, is given the gradient that was sent that way."""
    weighted = way in ("handed", "summed")
    if _hands_down(engine, _plus, 1.0, weighted=weighted):
        return True
    return way != "summed" and _hands_down(engine, _times, RIGHT, weighted=weighted)


def _willing(engine: Taped) -> int:
    """How many operations can be gone back through so: what is handed over must be of the right kind."""
    operations: tuple[Build, ...] = (
        _plus,
        _times,
        _negated,
        lambda a, b: -a + b,
        lambda a, b: a - b,
        lambda a, b: a / b,
    )
    points = [{"a": np.full(SHAPE, LEFT), "b": np.full(shape, RIGHT)} for shape in (SHAPE, SHAPE[1:])]
    tried = product(operations, points)
    return sum(attempt(engine.gradients, operate, point, np.ones).returned for operate, point in tried)


def _upstreams(engine: Taped) -> Iterator[tuple[str, Taped]]:
    for form in ("array", "wrapped"):
        yield "handed", replace(engine, start=replace(engine.start, form=form, preset=""), upstream="handed")
    for way in ("summed", "added"):
        yield way, replace(engine, upstream=way)
    if engine.grad != RETURNED:
        yield "handed", replace(engine, start=Start(engine.start.call, "preset", engine.grad), upstream="handed")


def _hands_down(engine: Taped, operate: Callable[[Any, Any], Any], factor: float, *, weighted: bool) -> bool:
    """Whether the leaf on the left is given what was sent."""
    weights = np.arange(1.0, 7.0).reshape(SHAPE) / 4 if weighted else np.ones(SHAPE)
    point = {"a": np.full(SHAPE, LEFT), "b": np.full(SHAPE, RIGHT)}
    answer = value_of(engine.gradients, operate, point, lambda _: weights)
    if answer is None or np.shape(answer["a"]) != SHAPE:
        return False
    return bool(np.allclose(answer["a"], weights * factor, rtol=CLOSE))


def _negated(a: Any, _: Any) -> Any:
    return -a


def _plus(a: Any, b: Any) -> Any:
    return a + b


def _times(a: Any, b: Any) -> Any:
    return a * b
