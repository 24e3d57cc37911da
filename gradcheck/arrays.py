"""Trees of arrays (dictionaries, lists, tuples, arrays, numbers) as flat named arrays, and back.

The judge works on ``dict[str, ndarray]``. Names are breadcrumbs: a flat dictionary keeps its keys,
``{"weights": [W, V]}`` becomes ``weights[0]`` and ``weights[1]``, ``{"params": {"W1": W}}`` becomes
``params['W1']``, and a single array is ``theta``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Named = dict[str, Array]
SINGLE = "theta"


def flatten(tree: Any) -> dict[str, Any]:
    """The leaves of *tree* by name, in order; a leaf is whatever is no dictionary, list or tuple.

    A list of plain numbers is a leaf too: it is an array written out.
    """
    if not _branches(tree):
        return {SINGLE: tree}
    if isinstance(tree, Mapping):
        return {name: leaf for key, item in tree.items() for name, leaf in _leaves(str(key), item)}
    return dict(_leaves(SINGLE, tree))


def _leaves(name: str, tree: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, Mapping):
        for key, item in tree.items():
            yield from _leaves(f"{name}[{key!r}]", item)
    elif _branches(tree):
        for index, item in enumerate(tree):
            yield from _leaves(f"{name}[{index}]", item)
    else:
        yield name, tree


def _branches(tree: Any) -> bool:
    """Whether *tree* has branches, as opposed to being an array, a number or a list of numbers."""
    if isinstance(tree, Mapping):
        return True
    return isinstance(tree, list | tuple) and any(_branches(item) or np.ndim(item) > 0 for item in tree)


def rebuild(like: Any, named: Mapping[str, Any]) -> Any:
    """*named* arranged as the tree *like*: the inverse of ``flatten``."""
    leaves = iter(named.values())
    return _rebuilt(like, leaves)


def _rebuilt(like: Any, leaves: Iterator[Any]) -> Any:
    if isinstance(like, Mapping):
        return {key: _rebuilt(item, leaves) for key, item in like.items()}
    if _branches(like):
        items = [_rebuilt(item, leaves) for item in like]
        return items if isinstance(like, list) else tuple(items)
    return next(leaves)


def bind(function: Callable[..., Any], at: Any) -> Callable[[Any], Any]:
    """*function* as a callable of one argument, the tree.

    Where *at* is a dictionary and the function's parameters are its keys, as in ``def cost(W, b)``
    or ``def cost(**parameters)``, it is called with keywords; otherwise with the tree itself.
    """
    if not isinstance(at, Mapping) or not at:
        return function
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return function
    named = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    required = {p.name for p in parameters if p.default is p.empty and p.name in named}
    anything = any(p.kind is p.VAR_KEYWORD for p in parameters)
    if required <= at.keys() and (anything or at.keys() <= set(named)):
        return lambda tree: function(**tree)
    return function


def signs(rng: np.random.Generator, arrays: Mapping[str, Array]) -> Named:
    """A Rademacher direction: +1 or −1 with even odds for every entry of *arrays*."""
    return {name: 1.0 - 2.0 * rng.integers(0, 2, array.shape) for name, array in arrays.items()}


def describe(value: Any) -> str:
    """An array in a message: ``f64[30,784]``, never its digits; anything else by its type."""
    if isinstance(value, np.ndarray | np.generic):
        if value.dtype.kind in "US":
            return "text"
        kind = f"{value.dtype.kind}{value.dtype.itemsize * 8}" if value.dtype.kind in "fiuc" else str(value.dtype)
        return f"{kind}[{','.join(map(str, value.shape))}]"
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def entry(name: str, index: tuple[int, ...]) -> str:
    """One entry's name in a message: ``w2[3, 5]``; of a 0-d array the array's name."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name
