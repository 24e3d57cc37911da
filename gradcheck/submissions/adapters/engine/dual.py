"""Forward mode: dual numbers, which carry a derivative along with their value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.engine.attributes import attributes, holds, numeric
from gradcheck.submissions.adapters.engine.operands import function_named
from gradcheck.submissions.adapters.engine.taped import NoValueError, Weigh

Array = NDArray[Any]
Build = Callable[..., Any]
Make = Callable[[float, float], Any]
LEFT, RIGHT, SLOPE = 2.0, 3.25, 1.5


@dataclass(frozen=True)
class Dual:
    """A class of dual numbers: ``make`` takes a value and its derivative, kept in ``value`` and ``slope``."""

    name: str
    cls: type
    make: Make
    value: str
    slope: str
    module: Mapping[str, Any]
    arrays: bool = False
    upstream: str = "alone"

    def evaluated(self, build: Build, point: Mapping[str, Array]) -> Array:
        """The value of an expression. Raises NoValueError where the result is no dual number."""
        return np.asarray(getattr(self._result(build, point, ""), self.value), dtype=float)

    def gradients(self, build: Build, point: Mapping[str, Array], weigh: Weigh) -> dict[str, Any]:
        """The derivative by each leaf: one pass for each, with 1 in that leaf's own derivative."""
        return {letter: np.asarray(getattr(self._result(build, point, letter), self.slope), float) for letter in point}

    def forgets(self, build: Build, point: Mapping[str, Array], letter: str) -> bool:
        """Forward mode keeps nothing of a leaf but its derivative."""
        return not np.any(self.gradients(build, point, np.ones)[letter])

    def function(self, name: str) -> Build | None:
        """The submission's own function of one value."""
        return function_named(self.cls, self.module, name)

    def _result(self, build: Build, point: Mapping[str, Array], letter: str) -> Any:
        result = build(*(self.make(float(value), float(name == letter)) for name, value in point.items()))
        if not isinstance(result, self.cls):
            raise NoValueError
        return result


def dual_of(name: str, cls: type, module: Mapping[str, Any]) -> Dual | None:
    """The class as dual numbers, or None where it is none."""
    for make in _makers(cls):
        one, two = attempt(make, LEFT, SLOPE).value, attempt(make, RIGHT, 0.0).value
        if not isinstance(one, cls) or not isinstance(two, cls):
            continue
        for operate, value in ((_times, LEFT * RIGHT), (_plus, LEFT + RIGHT)):
            result = attempt(operate, one, two).value
            for at, by in permutations(attributes(one), 2):
                if holds(one, at, LEFT) and holds(one, by, SLOPE) and holds(result, at, value) and _carries(result, by):
                    return Dual(name, cls, make, at, by, module)
    return None


def _carries(result: Any, name: str) -> bool:
    return numeric(attempt(getattr, result, name).value)


def _makers(cls: type) -> Iterator[Make]:
    yield cls
    yield lambda value, slope: cls(value=value, derivative=slope)
    yield lambda value, slope: cls(value, [slope])


def _times(a: Any, b: Any) -> Any:
    return a * b


def _plus(a: Any, b: Any) -> Any:
    return a + b
