"""Building a class in given layer sizes: the ways in which people's constructors take them, one after the other."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.building import NEUTRAL
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import ROLES, role, roles

Maker = Callable[[], Any]
NO_SIZES = frozenset(("l2", "rate", "seed", "keep", "dropout", "scale", "dtype", "momentum"))
"""What a constructor's parameter may be for that gets no layer sizes, wherever it stands."""
RATE = 0.1
_BY_ROLE: dict[str, Any] = {**NEUTRAL, "rate": RATE}
_BY_NAME: dict[str, Any] = {"threshold": 1e-3, "bias": True, "usebias": True}


def ways(cls: type, sizes: Sequence[int]) -> Iterator[tuple[str, Maker]]:
    """Named ways to make an instance with these layer sizes, the likeliest first; each may raise."""
    required, optional = _parameters(cls)
    whole = list(sizes)
    yield from _by_name(cls, required, optional, whole)
    for name, arguments in _positional(whole):
        if any(role(parameter) in NO_SIZES for parameter in [*required, *optional][: len(arguments)]):
            continue
        rest = [_value(parameter) for parameter in required[len(arguments) :]]
        if len(arguments) <= len(required) + len(optional) and len(required) >= 0:
            yield name, _maker(cls, [*arguments, *rest])
    if not required:
        yield "()", _maker(cls, [])


def _parameters(cls: type) -> tuple[list[str], list[str]]:
    """Names of the constructor's required and optional parameters; ``*sizes`` counts as many optional ones."""
    try:
        parameters = inspect.signature(cls).parameters.values()
    except (TypeError, ValueError):
        return [], []
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p.name for p in positional if p.default is p.empty]
    optional = [p.name for p in positional if p.default is not p.empty]
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        optional += ["sizes"] * 12
    return required, optional


def _by_name(cls: type, required: list[str], optional: list[str], sizes: list[int]) -> Iterator[tuple[str, Maker]]:
    """A parameter called ``sizes`` or the like takes them all, wherever it stands."""
    for parameter in [*required, *dict.fromkeys(optional)]:
        if letters(parameter) in ROLES["sizes"].usual and (parameter in required or optional.count(parameter) == 1):
            others = {name: _value(name) for name in required if name != parameter}
            for kind in (list, tuple, np.array):
                keywords = {parameter: kind(sizes), **others}
                yield "(sizes)", _with_keywords(cls, keywords)


def _positional(sizes: list[int]) -> list[tuple[str, list[Any]]]:
    first, *hidden, last = sizes
    found: list[tuple[str, list[Any]]] = [
        ("(sizes)", [list(sizes)]),
        ("(n_in, ..., n_out)", list(sizes)),
        ("(sizes)", [tuple(sizes)]),
        ("(n_in, hidden, n_out)", [first, list(hidden), last]),
        ("(n_in, n_out, hidden)", [first, last, list(hidden)]),
    ]
    found += [(f"({layers} layers, sizes)", [layers, list(sizes)]) for layers in (len(sizes), len(sizes) - 1)]
    if len(hidden) == 1:
        found += _permuted({"n_in": first, "n_hidden": hidden[0], "n_out": last})
        found += _permuted({"n_in": first, "n_hidden": hidden[0], "n_out": last, "hidden layers": 1})
    found.append(("(n_in)", [first]))
    return found


def _permuted(numbers: Mapping[str, int]) -> Iterator[tuple[str, list[Any]]]:
    """Those numbers in any order: which one was right is seen from the shapes of the parameters."""
    for order in permutations(numbers):
        yield f"({', '.join(order)})", [numbers[name] for name in order]


def _value(parameter: str) -> Any:
    known = next((r for r in (role(parameter), *roles(parameter)) if r in _BY_ROLE), "")
    return _BY_NAME.get(letters(parameter), _BY_ROLE.get(known, RATE))


def _maker(cls: type, arguments: list[Any]) -> Maker:
    return lambda: cls(*[list(a) if isinstance(a, list) else a for a in arguments])


def _with_keywords(cls: type, keywords: dict[str, Any]) -> Maker:
    return lambda: cls(**{k: list(v) if isinstance(v, list) else v for k, v in keywords.items()})
