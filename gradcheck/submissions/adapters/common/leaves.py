"""Arrays and numbers in what a submission hands back, however they are wrapped: dictionaries, lists, tuples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Path = tuple[Any, ...]


def numeric(value: Any) -> Array | None:
    """A number, an array or lists of numbers as an array; None for anything else."""
    if value is None or isinstance(value, str | bytes | Mapping):
        return None
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        return None
    return array if array.dtype.kind in "fiubc" else None


def is_number(value: Any) -> bool:
    """Whether a value is one real number, in whatever wrapping."""
    array = numeric(value)
    return array is not None and array.size == 1


def leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every array or number in nested dictionaries, lists and tuples, with the keys that lead to it."""
    if isinstance(tree, Mapping):
        for key, item in tree.items():
            yield from leaves(item, (*path, key))
    elif isinstance(tree, list | tuple) and not written_out(tree):
        for index, item in enumerate(tree):
            yield from leaves(item, (*path, index))
    elif isinstance(tree, np.ndarray) and tree.dtype == object and tree.ndim == 1:
        yield from leaves(list(tree), path)
    else:
        yield path, tree


def labelled(tree: Any, label: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves, each with the last name on the way to it; *label* where there is none."""
    for path, leaf in leaves(tree):
        yield next((key for key in reversed(path) if isinstance(key, str)), label), leaf


def written_out(tree: Sequence[Any], depth: int = 2) -> bool:
    """Whether a list is a vector or a matrix written out; deeper lists are lists of those."""
    first = tree[0] if len(tree) else None
    if isinstance(first, list):
        rows = depth > 1 and all(isinstance(item, list) and written_out(item, depth - 1) for item in tree)
        return rows and len({len(item) for item in tree}) == 1
    numbers = (isinstance(item, int | float | np.number) and not isinstance(item, bool) for item in tree)
    return bool(len(tree)) and all(numbers)
