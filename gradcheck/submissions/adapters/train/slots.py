"""Where arrays lie in an object: every float array or list of numbers that can be reached, read and replaced."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Step = tuple[str, Any]
DEPTH, MOST = 8, 600
PLAIN = (str, bytes, bool, int, complex, type(None), np.random.Generator, np.random.RandomState)
OPAQUE = (type, types.ModuleType, types.FunctionType, types.MethodType, types.BuiltinFunctionType)


@dataclass(frozen=True)
class Slot:
    """A place for an array: steps from the root, each an attribute or an item."""

    path: tuple[Step, ...]

    @property
    def name(self) -> str:
        """``weights[0]``, ``layers[1].w``, ``params['W1']``: what its author calls it."""
        (_, first), *rest = self.path
        return f"{first}{_suffix(tuple(rest))}"

    @property
    def last(self) -> str:
        """The last name in it."""
        return next((str(key) for kind, key in reversed(self.path) if isinstance(key, str)), "")

    def raw(self, root: Any) -> Any:
        """What lies there."""
        for step in self.path:
            root = _follow(root, step)
        return root

    def get(self, root: Any) -> Array:
        """A copy of what lies there as an array of floats."""
        return np.array(self.raw(root), dtype=float)

    def set(self, root: Any, value: Array) -> None:
        """Write a copy of *value* there, into the same memory where that can be, so that other names of it see it."""
        *way, last = self.path
        for step in way:
            root = _follow(root, step)
        before = _follow(root, last)
        if isinstance(before, np.ndarray) and before.dtype == np.float64 and before.shape == np.shape(value):
            before[...] = value
        elif isinstance(before, list):
            before[:] = np.asarray(value).tolist()
        else:
            _replace(root, last, value if isinstance(before, np.ndarray) else np.asarray(value).tolist())


@dataclass(frozen=True)
class Stack:
    """Equal vectors or numbers in neighbouring places (the neurons of a layer) as the rows of one array."""

    parts: tuple[Slot, ...]
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

    base: Slot | Stack
    axis: int
    index: int
    bias: bool

    @property
    def name(self) -> str:
        """``wi[4]`` for row 4 of ``wi``, ``wi[:4]`` for the rest."""
        where = str(self.index) if self.bias else ("1:" if self.index == 0 else f":{self.index}")
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


Place = Slot | Stack | Part


def _follow(root: Any, step: Step) -> Any:
    kind, key = step
    return getattr(root, key) if kind == "attribute" else root[key]


def _replace(root: Any, step: Step, value: Any) -> None:
    kind, key = step
    if kind == "attribute":
        setattr(root, key, value)
    else:
        root[key] = value


def slots(root: Any, *, numbers: bool = False) -> list[Slot]:
    """Every place below *root* with real numbers: arrays, lists of (lists of) numbers, and single floats if asked.

    One array under two names is found once, in the order in which attributes were made.
    """
    return list(_walk(root, (), set(), numbers))[:MOST]


def _walk(thing: Any, path: tuple[Step, ...], seen: set[int], numbers: bool) -> Iterator[Slot]:
    if isinstance(thing, float | np.floating):
        if numbers and path:
            yield Slot(path)
        return
    if isinstance(thing, (*PLAIN, *OPAQUE)) or id(thing) in seen or len(path) > DEPTH:
        return
    seen.add(id(thing))
    if path and _numeric(thing):
        yield Slot(path)
        return
    for step, child in _children(thing):
        yield from _walk(child, (*path, step), seen, numbers)


def _numeric(thing: Any) -> bool:
    """Whether it is an array of real numbers, or a list that is one written out."""
    if isinstance(thing, np.ndarray):
        return thing.dtype.kind in "fiu" and thing.size > 0
    if not isinstance(thing, list) or not thing or not _written_out(thing):
        return False
    try:
        return np.asarray(thing).dtype.kind in "fiu"
    except ValueError:
        return False


def _written_out(rows: Sequence[Any]) -> bool:
    """Whether a list holds numbers, or lists of as many numbers each; what is no number ends the look at once."""
    if isinstance(rows[0], list):
        return all(isinstance(row, list) and len(row) == len(rows[0]) and row and _written_out(row) for row in rows)
    return all(isinstance(item, int | float | np.floating) for item in rows)


def _children(thing: Any) -> Iterator[tuple[Step, Any]]:
    if isinstance(thing, dict):
        yield from ((("item", key), value) for key, value in list(thing.items()) if isinstance(key, str | int | tuple))
    elif isinstance(thing, list | tuple):
        yield from ((("item", index), value) for index, value in enumerate(thing[:MOST]))
    elif isinstance(thing, np.ndarray):
        if thing.dtype == object and thing.ndim == 1:
            yield from ((("item", index), value) for index, value in enumerate(thing[:MOST]))
    else:
        yield from _attributes(thing)


def _attributes(thing: Any) -> Iterator[tuple[Step, Any]]:
    names = list(getattr(thing, "__dict__", ()))
    for cls in type(thing).__mro__:
        declared = cls.__dict__.get("__slots__", ())
        names += [declared] if isinstance(declared, str) else list(declared)
    for name in names:
        if name.startswith("__"):
            continue
        try:
            yield ("attribute", name), getattr(thing, name)
        except Exception:  # noqa: BLE001, S112  a declared slot may be empty
            continue


def stacked(found: Sequence[Slot], root: Any) -> list[Slot | Stack]:
    """Runs of equal vectors or numbers that differ in their last index become one place each."""
    groups: dict[Any, list[Slot]] = {}
    for slot in found:
        groups.setdefault(_pattern(slot), []).append(slot)
    out: list[Slot | Stack] = []
    for (before, after, *_), members in groups.items():
        shapes = {np.shape(member.raw(root)) for member in members}
        if before is None or len(shapes) > 1 or len(next(iter(shapes))) > 1:
            out.extend(members)
        else:
            out.append(Stack(tuple(members), f"{Slot(before).name}[:]{_suffix(after)}"))
    return out


def _pattern(slot: Slot) -> tuple[Any, ...]:
    """The path with its last index left out; vectors that are items of a list themselves are left alone."""
    indices = [i for i, (kind, key) in enumerate(slot.path) if kind == "item" and isinstance(key, int)]
    if not indices or indices[-1] == len(slot.path) - 1:
        return None, None, slot.path
    return slot.path[: indices[-1]], slot.path[indices[-1] + 1 :]


def _suffix(path: tuple[Step, ...]) -> str:
    return "".join(f".{key}" if kind == "attribute" else f"[{key!r}]" for kind, key in path)
