"""Places of parameters: an array's slot, the vectors of a layer's neurons as one array, a bias row of a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.slots import Slot, suffix
from gradcheck.submissions.adapters.common.vocabulary.arrays import BIASES, WEIGHTS

Array = NDArray[Any]


@dataclass(frozen=True)
class Stack:
    """Equal vectors or numbers in neighbouring places (the neurons of a layer) as the rows of one array."""

    parts: tuple[Slot | Stack, ...]
    name: str

    @property
    def last(self) -> str:
        """The last name in it."""
        return self.parts[0].last

    def get(self, root: Any) -> Array:
        """A copy, one part per row."""
        return np.stack([part.get(root) for part in self.parts])

    def set(self, root: Any, value: Array) -> None:
        """Write each row to its place."""
        for part, row in zip(self.parts, value, strict=True):
            part.set(root, row)


@dataclass(frozen=True)
class Part:
    """The bias row or column of an array that holds it beside the weights, or what is left without it."""

    base: Slot | Stack | Column
    axis: int
    index: int
    bias: bool

    @property
    def name(self) -> str:
        """``wi[-1]`` for the last row of ``wi``, ``wi[:-1]`` for the rest: the same in every size."""
        first = self.index == 0
        where = ("0" if first else "-1") if self.bias else ("1:" if first else ":-1")
        return f"{self.base.name}[{':, ' * self.axis}{where}]"

    @property
    def last(self) -> str:
        """The last name in it."""
        return self.base.last

    def get(self, root: Any) -> Array:
        """A copy of that part."""
        whole = self.base.get(root)
        return whole.take(self.index, self.axis) if self.bias else np.delete(whole, self.index, self.axis)

    def set(self, root: Any, value: Array) -> None:
        """Write that part, the other one stays."""
        whole = self.base.get(root)
        view = np.moveaxis(whole, self.axis, 0)
        rows = np.arange(len(view)) == self.index
        view[rows if self.bias else ~rows] = np.moveaxis(np.asarray(value), self.axis, 0) if not self.bias else value
        self.base.set(root, whole)


@dataclass(frozen=True)
class Column:
    """A vector of weights into one output neuron as the matrix that it stands for: (n, 1), or (1, n) where *across*."""

    base: Slot
    across: bool = False

    @property
    def name(self) -> str:
        """The vector's."""
        return self.base.name

    @property
    def last(self) -> str:
        """The last name in it."""
        return self.base.last

    def get(self, root: Any) -> Array:
        """A copy, as a matrix."""
        return self.base.get(root).reshape((1, -1) if self.across else (-1, 1))

    def set(self, root: Any, value: Array) -> None:
        """Write the matrix as a vector."""
        self.base.set(root, np.asarray(value).reshape(-1))


Place = Slot | Stack | Part | Column


def stacked(found: Sequence[Slot], root: Any) -> list[Slot | Stack]:
    """Runs of equal vectors or numbers that differ in their last index become one place each."""
    groups: dict[Any, list[Slot]] = {}
    for slot in found:
        groups.setdefault(_pattern(slot), []).append(slot)
    out: list[Slot | Stack] = []
    for (before, after, *_), members in groups.items():
        shapes = {np.shape(member.raw(root)) for member in members}
        rank = len(next(iter(shapes)))
        biases = rank == 1 and BIASES.fits(members[0].last)  # of layers of one width; a neuron's is one number
        if before is None or len(shapes) > 1 or rank > 1 or biases:
            out.extend(members)
        else:
            out.append(Stack(tuple(members), f"{Slot(before).name}[:]{suffix(after)}"))
    return _matrices(out, root)


def _matrices(found: Sequence[Slot | Stack], root: Any) -> list[Slot | Stack]:
    """Runs of stacks of single weights (every connection an object) become the matrix of a layer: a neuron a row."""
    groups: dict[Any, list[Slot | Stack]] = {}
    for place in found:
        groups.setdefault(_row_of(place, root), []).append(place)
    out: list[Slot | Stack] = []
    for (name, _), members in groups.items():
        rows = [member for member in members if isinstance(member, Stack)]
        out.extend([Stack(tuple(rows), name)] if len(rows) > 1 and name else members)
    return out


def _row_of(place: Slot | Stack, root: Any) -> tuple[str, int]:
    """What the matrix is called that a stack of numbers is a row of, and how long its rows are; its own name else."""
    first = place.parts[0] if isinstance(place, Stack) else place
    if not isinstance(first, Slot) or not isinstance(place, Stack) or not WEIGHTS.fits(first.last):
        return "", id(place)
    if np.ndim(first.raw(root)):
        return "", id(place)
    *outer, inner = [i for i, (kind, key) in enumerate(first.path) if kind == "item" and isinstance(key, int)]
    if not outer:
        return "", id(place)
    before, between, after = first.path[: outer[-1]], first.path[outer[-1] + 1 : inner], first.path[inner + 1 :]
    return f"{Slot(before).name}[:]{suffix(between)}[:]{suffix(after)}", len(place.parts)


def _pattern(slot: Slot) -> tuple[Any, ...]:
    """The path with its last index left out; vectors that are items of a list themselves are left alone."""
    indices = [i for i, (kind, key) in enumerate(slot.path) if kind == "item" and isinstance(key, int)]
    if not indices or indices[-1] == len(slot.path) - 1:
        return None, None, slot.path
    return slot.path[: indices[-1]], slot.path[indices[-1] + 1 :]
