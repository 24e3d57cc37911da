"""Reverse mode: values that remember how they were made; the way back fills a gradient into every leaf."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.engine.attributes import held
from gradcheck.submissions.adapters.engine.operands import function_named
from gradcheck.submissions.adapters.engine.reach import reaches
from gradcheck.submissions.adapters.engine.starts import Start
from gradcheck.submissions.subjects import BadReturnError

Array = NDArray[Any]
Build = Callable[..., Any]
Make = Callable[[Any], Any]
Weigh = Callable[[tuple[int, ...]], Array]
"""Makes the gradient that comes to a result, for the result's shape."""
RETURNED = "the gradient returned"
"""Stands for an attribute where gradients are returned and kept nowhere."""

ASKED = ("wrt", "__getitem__")
"""Methods of a returned object that give a leaf's gradient."""


class NoValueError(Exception):
    """An expression is no value of the engine: it has no way back."""


@dataclass(frozen=True)
class Taped:
    """What was found out about a class of values; ``arrays`` is true where they hold arrays.

    ``value`` and ``grad`` are names of attributes, properties or methods without arguments. ``upstream`` says how a
    gradient comes to an array: ``handed`` to the start, ``summed`` with weights by the engine's own operations,
    ``added`` up without weights, or ``alone`` (from the array itself). ``tapes`` are lists of the module that hold
    what has been computed; they begin empty every time.
    """

    name: str
    cls: type
    make: Make
    value: str
    grad: str
    start: Start
    arrays: bool
    module: Mapping[str, Any]
    upstream: str = "alone"
    tapes: tuple[list[Any], ...] = ()

    def number(self, thing: Any) -> Any:
        """The number or array in a value, or in anything that is none."""
        return held(thing, self.value) if isinstance(thing, self.cls) else thing

    def evaluated(self, build: Build, point: Mapping[str, Array]) -> Array:
        """The engine's own value. Raises NoValueError where the result is no value of the engine."""
        return self._array(self._built(build, point)[1])

    def gradients(self, build: Build, point: Mapping[str, Array], weigh: Weigh) -> dict[str, Any]:
        """What the leaves hold after the way back from Σ weights · result. Raises BadReturnError if there is none."""
        leaves, result = self._built(build, point)
        returned = self.go_back(result, weigh(np.shape(self._array(result))))
        return {letter: self._held(letter, leaf, returned) for letter, leaf in leaves.items()}

    def forgets(self, build: Build, point: Mapping[str, Array], letter: str) -> bool:
        """Whether nothing in the result, or in what it was made of, leads to that leaf."""
        leaves, result = self._built(build, point)
        return not reaches(result, leaves[letter])

    def function(self, name: str) -> Build | None:
        """The submission's own function of one value."""
        return function_named(self.cls, self.module, name)

    def go_back(self, result: Any, weights: Array) -> Any:
        """Start the way back as ``upstream`` says; what it returns."""
        if not np.shape(weights) or self.upstream in ("handed", "alone"):
            return self.start(result, weights)
        total = (result * self.make(weights)).sum() if self.upstream == "summed" else result.sum()
        return self.start(total, np.ones(np.shape(self._array(total))))

    def _built(self, build: Build, point: Mapping[str, Array]) -> tuple[dict[str, Any], Any]:
        """Fresh leaves and the expression of them, on empty tapes."""
        for tape in self.tapes:
            tape.clear()
        values = {n: np.array(v, dtype=float) if self.arrays else float(v) for n, v in point.items()}
        leaves = {n: self.make(v) for n, v in values.items()}
        result = build(*leaves.values())
        if not isinstance(result, self.cls):
            raise NoValueError
        return leaves, result

    def _array(self, thing: Any) -> Array:
        return np.asarray(self.number(thing), dtype=float)

    def _held(self, letter: str, leaf: Any, returned: Any) -> Array:
        gradient = self.number(looked_up(returned, leaf) if self.grad == RETURNED else held(leaf, self.grad))
        if gradient is None:
            raise BadReturnError(f"{letter}.{self.grad} is None after the way back: nothing reached it.")
        found = np.asarray(gradient)
        return found if found.dtype.kind == "f" else found.astype(float)


def looked_up(returned: Any, leaf: Any) -> Any:
    """A leaf's gradient in what the way back returns: a dictionary by leaf, or an object that is asked for it."""
    if isinstance(returned, Mapping):
        return next((gradient for node, gradient in returned.items() if node is leaf), None)
    ask = next((found for name in ASKED if callable(found := getattr(returned, name, None))), None)
    return None if ask is None else ask(leaf)
