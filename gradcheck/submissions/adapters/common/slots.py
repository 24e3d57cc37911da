"""Where arrays lie in an object: every array or list of numbers that can be reached, read and replaced."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.vocabulary.arrays import BIASES

Array = NDArray[Any]
Step = tuple[str, Any]
DEPTH, MOST = 8, 600
"""Objects within objects, and items looked at: a data set kept in a list is no parameter."""
PLAIN = (str, bytes, bool, int, complex, type(None), np.random.Generator, np.random.RandomState)
OPAQUE = (type, types.ModuleType, types.FunctionType, types.MethodType, types.BuiltinFunctionType)
REAL, FLOATS = "fiu", "f"
"""Kinds of numbers, as NumPy calls them."""


@dataclass(frozen=True)
class Slot:
    """A place for an array: steps from the root, each an attribute or an item."""

    path: tuple[Step, ...]

    @property
    def name(self) -> str:
        """``weights[0]``, ``layers[1].w``, ``params['W1']``: what its author calls it."""
        (_, first), *rest = self.path
        return f"{first}{suffix(tuple(rest))}"

    @property
    def last(self) -> str:
        """The last name in it."""
        return next((str(key) for kind, key in reversed(self.path) if isinstance(key, str)), "")

    def raw(self, root: Any) -> Any:
        """What lies there."""
        for step in self.path:
            root = _follow(root, step)
        return root

    def read(self, root: Any) -> Array:
        """A copy as an array, in the precision that it has there."""
        return np.array(self.raw(root))

    def get(self, root: Any) -> Array:
        """A copy of what lies there as an array of floats."""
        return np.array(self.raw(root), dtype=float)

    def set(self, root: Any, value: Array, *, widen: bool = True) -> None:
        """Write a copy of *value* there, into the same memory where that can be, so that other names of it see it.

        Single precision gives way to double, in an array of its own, unless *widen* is false.
        """
        *way, last = self.path
        for step in way:
            root = _follow(root, step)
        before = _follow(root, last)
        if isinstance(before, np.ndarray) and _holds(before, np.shape(value), widen=widen):
            before[...] = value
        elif isinstance(before, list):
            before[:] = np.asarray(value).tolist()
        else:
            _replace(root, last, np.array(value) if isinstance(before, np.ndarray) else np.asarray(value).tolist())


def _holds(array: Array, shape: tuple[int, ...], *, widen: bool) -> bool:
    """Whether floats of that shape can be written into the array's own memory."""
    exact = array.dtype == np.float64 or (array.dtype.kind == "f" and not widen)
    return exact and array.shape == shape and array.flags.writeable


def _follow(root: Any, step: Step) -> Any:
    kind, key = step
    return getattr(root, key) if kind == "attribute" else root[key]


def _replace(root: Any, step: Step, value: Any) -> None:
    kind, key = step
    if kind == "attribute":
        setattr(root, key, value)
    else:
        root[key] = value


def suffix(path: tuple[Step, ...]) -> str:
    """The steps as Python writes them behind a name: ``[1].w``."""
    return "".join(f".{key}" if kind == "attribute" else f"[{key!r}]" for kind, key in path)


def slots(root: Any, *, numbers: bool = False, kinds: str = REAL) -> list[Slot]:
    """Every place below *root* with numbers of those *kinds*: arrays, lists of (lists of) them, single floats if asked.

    One array under two names is found once, in the order in which attributes were made.
    """
    return list(_walk(root, (), set(), numbers, kinds))[:MOST]


def float_slots(root: Any) -> list[Slot]:
    """The places with floats only: layer sizes and labels are no parameters."""
    return slots(root, kinds=FLOATS)


def _walk(thing: Any, path: tuple[Step, ...], seen: set[int], numbers: bool, kinds: str) -> Iterator[Slot]:
    if isinstance(thing, float | np.floating) or (type(thing) is int and _begins(path)):
        if numbers and path:
            yield Slot(path)
        return
    if isinstance(thing, (*PLAIN, *OPAQUE)) or id(thing) in seen or len(path) > DEPTH:
        return
    seen.add(id(thing))
    if path and _numeric(thing, kinds):
        yield Slot(path)
        return
    for step, child in _children(thing):
        yield from _walk(child, (*path, step), seen, numbers, kinds)


def _begins(path: tuple[Step, ...]) -> bool:
    """Whether a whole number there is called like a bias: one that begins at 0."""
    return bool(path) and isinstance(path[-1][1], str) and BIASES.fits(path[-1][1])


def _numeric(thing: Any, kinds: str) -> bool:
    """Whether it is an array of such numbers, or a list that is one written out."""
    if isinstance(thing, np.ndarray):
        return thing.dtype.kind in kinds and thing.size > 0
    if not isinstance(thing, list) or not thing or not _written_out(thing):
        return False
    try:
        return np.asarray(thing).dtype.kind in kinds
    except ValueError:
        return False


def _written_out(rows: Sequence[Any]) -> bool:
    """Whether a list holds numbers, or lists of as many numbers each; what is no number ends the look at once."""
    if isinstance(rows[0], list):
        return all(isinstance(row, list) and len(row) == len(rows[0]) and row and _written_out(row) for row in rows)
    return all(isinstance(item, int | float | np.floating) for item in rows)


def _children(thing: Any) -> Iterator[tuple[Step, Any]]:
    if isinstance(thing, Mapping):
        yield from ((("item", key), value) for key, value in list(thing.items()) if isinstance(key, str | int | tuple))
    elif isinstance(thing, list | tuple):
        yield from ((("item", index), value) for index, value in enumerate(thing[:MOST]))
    elif isinstance(thing, np.ndarray):
        if thing.dtype == object and thing.ndim:
            yield from ((("item", index), value) for index, value in enumerate(thing[:MOST]))
    else:
        yield from _attributes(thing)


def _attributes(thing: Any) -> Iterator[tuple[Step, Any]]:
    names = [*_shared(type(thing)), *getattr(thing, "__dict__", ())]
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


def _shared(cls: type) -> list[str]:
    """Dictionaries and lists that a submission's class shares among its objects: some keep their parameters there."""
    own = cls.__module__.startswith("submission.")
    return [name for name, value in vars(cls).items() if own and isinstance(value, dict | list)]
