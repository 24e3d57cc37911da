"""Where a layer leaves its gradients: attributes, an optimizer that it hands them to, or the parameters themselves."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.leaves import numeric
from gradcheck.submissions.adapters.common.returned import gradient_labels
from gradcheck.submissions.adapters.common.slots import FLOATS, Slot, slots
from gradcheck.submissions.adapters.common.vocabulary.names import letters

Array = NDArray[Any]
Named = dict[str, Any]
VALUES = ("data", "value", "val", "values", "param", "array")
GRADS = frozenset(("grad", "grads", "gradient", "g", "d", "diff", "delta", "derivative", "dw", "dvalue", "gradients"))
INPUTS = ("inputs", "input", "x", "inp", "values", "a", "z", "data", "inputdata", "layerinput", "prev")


@dataclass
class Recorder:
    """An optimizer that changes nothing and remembers what it was handed; copies of it are itself."""

    handed: list[list[Array]] = field(default_factory=list)
    learning_rate: float = 0.5
    lr: float = 0.5

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: Any) -> Self:
        return self

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Remember copies of the arrays and hand the first back."""
        arrays = [np.array(a) for a in (*arguments, *keywords.values()) if numeric(a) is not None and np.ndim(a)]
        self.handed.append(arrays)
        return arrays[0] if arrays else None

    update = step = optimize = apply = update_weights = calculate_update = get_update = __call__


def state(layer: Any) -> dict[str, tuple[Slot, Array]]:
    """Every array and float of a layer by where it is, copied."""
    return {slot.name: (slot, slot.read(layer)) for slot in slots(layer, numbers=True, kinds=FLOATS)}


def label(name: str) -> str:
    """The last name on the way to a slot that says something: ``W`` of ``params['W']`` and of ``W.data``."""
    parts = [part for part in (letters(p) for p in name.replace("[", ".").split(".")) if part]
    while len(parts) > 1 and parts[-1] in VALUES:
        parts.pop()
    return parts[-1] if parts else ""


@dataclass(frozen=True)
class Left:
    """What is there after a backward pass: the changed arrays, all arrays, and what an optimizer was handed."""

    before: Mapping[str, tuple[Slot, Array]]
    after: Mapping[str, tuple[Slot, Array]]
    recorded: Sequence[Sequence[Array]]

    def changed(self, name: str) -> bool:
        """Whether an array is new, or another than before the backward pass."""
        if name not in self.before:
            return True
        before, after = self.before[name][1], self.after[name][1]
        return before.shape != after.shape or not np.array_equal(before, after)

    def of_parameter(self, name: str, value: Array, others: Sequence[str]) -> Array | None:
        """The gradient of one parameter: from the optimizer, by its name, beside it, or by shape."""
        handed = self._handed(value)
        if handed is not None:
            return handed
        free = [n for n in self.after if n not in others]
        free.sort(key=lambda n: -self._together(n, name))  # of layers within a layer, its own gradient first
        wrapped = letters(name.rpartition(".")[2]) in VALUES
        wanted = gradient_labels(label(name))
        ways: tuple[Callable[[str], bool], ...] = (
            lambda n: wrapped and self._beside(n, name) and letters(self.after[n][0].last) in GRADS,
            lambda n: label(n) in wanted and label(n) != label(name),
            lambda n: label(n) in wanted and _fits(self.after[n][1], value),
            lambda n: label(n) == label(name) and _of_gradients(n) and self.changed(n),
            lambda n: self.changed(n) and self.after[n][1].shape == value.shape,
            lambda n: self.changed(n) and _fits(self.after[n][1], value),
        )
        for fits in ways:
            index = next((n for n in free if fits(n)), None)
            if index is not None:
                return self.after[index][1]
        return None

    def _together(self, one: str, other: str) -> int:
        """How many steps of the way to two arrays are the same."""
        if other not in self.after:
            return 0
        ways = zip(self.after[one][0].path, self.after[other][0].path, strict=False)
        return len(list(itertools.takewhile(lambda steps: steps[0] == steps[1], ways)))

    def _beside(self, one: str, other: str) -> bool:
        """Whether two arrays are attributes of one object, or items of one container."""
        return other in self.after and self.after[one][0].path[:-1] == self.after[other][0].path[:-1]

    def named(self, name: str, others: Sequence[str]) -> bool:
        """Whether something other than a parameter bears the name of this one's gradient."""
        wanted = gradient_labels(label(name))
        return any(label(n) in wanted and n not in others and self.changed(n) for n in self.after)

    def _handed(self, value: Array) -> Array | None:
        for arrays in self.recorded:
            if len(arrays) > 1 and arrays[0].shape == value.shape and np.array_equal(arrays[0], value):
                return arrays[1]
        return None

    def of_input(self, x: Array, parameters: Sequence[str]) -> Array | None:
        """The gradient of the input, where it is an attribute (``dinputs``) and not returned."""
        wanted = {word for name in INPUTS for word in gradient_labels(name)} - set(INPUTS)
        free = [n for n in self.after if n not in parameters and _fits(self.after[n][1], x) and self.changed(n)]
        found = [n for n in free if label(n) in wanted]
        return self.after[found[0]][1] if found else None

    def step(self, name: str, rate: float) -> Array | None:
        """(before − after) / rate, where the parameter itself was changed."""
        if name not in self.before or name not in self.after or not self.changed(name):
            return None
        before, after = self.before[name][1], self.after[name][1]
        try:
            return np.asarray((before - after) / rate)
        except ValueError:
            return after


def _of_gradients(name: str) -> bool:
    """Whether a slot is in a dictionary or list of gradients, as in ``grads['W']``."""
    parts = [letters(part) for part in name.replace("[", ".").split(".")[:-1]]
    return any(part in GRADS for part in parts)


def _fits(array: Array, like: Array) -> bool:
    return array.size == like.size and [n for n in array.shape if n != 1] == [n for n in like.shape if n != 1]
