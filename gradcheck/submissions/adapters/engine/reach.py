"""Whether one object can be reached from another by what a submission keeps: attributes, containers, closures."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from typing import Any

MOST = 2000


def reaches(start: Any, goal: Any) -> bool:
    """Whether a way of references leads from *start* to *goal*; classes and modules are not gone through."""
    todo, seen = [start], set[int]()
    while todo and len(seen) < MOST:
        thing = todo.pop()
        if thing is goal:
            return True
        if id(thing) not in seen:
            seen.add(id(thing))
            todo.extend(_next(thing))
    return False


def _next(thing: Any) -> Iterator[Any]:
    if isinstance(thing, dict):
        yield from _iterated(thing.items())
    elif isinstance(thing, list | tuple | set | frozenset):
        yield from _iterated(thing)
    elif isinstance(thing, types.FunctionType):
        yield from (cell.cell_contents for cell in thing.__closure__ or () if _filled(cell))
        yield from thing.__defaults__ or ()
    elif isinstance(thing, types.MethodType):
        yield thing.__self__
    elif not isinstance(thing, type | types.ModuleType | str | int | float):
        yield from _attributes(thing)


def _iterated(things: Iterable[Any]) -> Iterator[Any]:
    for thing in things:
        yield from thing if isinstance(thing, tuple) else (thing,)


def _filled(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:  # a name that is not bound yet
        return False


def _attributes(thing: Any) -> Iterator[Any]:
    yield from getattr(thing, "__dict__", {}).values()
    for cls in type(thing).__mro__:
        slots = vars(cls).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            yield getattr(thing, name, None)
    for name in ("func", "args", "keywords"):  # functools.partial
        yield getattr(thing, name, None)
