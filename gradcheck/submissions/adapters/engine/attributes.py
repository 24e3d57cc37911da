"""What an object holds, and whether it is a certain number."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.calling import attempt


def attributes(thing: Any) -> list[str]:
    """Names of its attributes and properties, in the order in which they were made."""
    names = list(getattr(thing, "__dict__", ()))
    for cls in type(thing).__mro__[:-1]:
        slots = cls.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else list(slots)
        names += [name for name, value in vars(cls).items() if isinstance(value, property)]
    return list(dict.fromkeys(n for n in names if not n.startswith("__")))


def held(thing: Any, name: str) -> Any:
    """What an attribute holds, or a method without arguments gives."""
    found = getattr(thing, name, None)
    return found() if callable(found) and not isinstance(found, np.ndarray) else found


def holds(thing: Any, name: str, number: float) -> bool:
    """Whether an attribute is that number, or an array of it."""
    found = attempt(held, thing, name).value
    if isinstance(found, list):
        found = attempt(np.array, found).value
    return numeric(found) and bool(np.allclose(np.asarray(found, dtype=float), number))


def numeric(found: Any) -> bool:
    """Whether something is a number, an array of numbers, or lists of them."""
    if isinstance(found, list):
        found = attempt(np.array, found, dtype=float).value
    if isinstance(found, bool) or not isinstance(found, int | float | np.ndarray | np.generic):
        return False
    return np.asarray(found).dtype.kind in "fiu"
