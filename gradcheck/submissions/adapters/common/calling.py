"""Calling functions that nobody here has seen: quietly, with arguments matched by role, and without their exceptions.

A role is what a parameter is for, whatever it is called: ``x``, ``y``, ``theta``, ``l2``, ``n_hidden``...
"""

from __future__ import annotations

import contextlib
import inspect
import itertools
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.returned import UnfinishedError
from gradcheck.submissions.adapters.common.roles import role
from gradcheck.submissions.loading.execution import described, silence

Array = NDArray[Any]
MOST_ORDERS = 120
"""How many orders of arguments are tried where names say nothing."""


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Nothing that the submission prints or warns about is seen."""
    with silence(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@dataclass(frozen=True)
class Attempt:
    """What one call gave: a value, or the error in words. ``unfinished`` is true for None and NotImplementedError."""

    value: Any = None
    error: str = ""
    unfinished: bool = False

    @property
    def answered(self) -> bool:
        """Whether there is a value."""
        return not self.error and not self.unfinished


def attempt(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Attempt:
    """Call quietly; whatever is raised, short of an interrupt, becomes part of the answer."""
    try:
        with quietly():
            value = function(*arguments, **keywords)
    except KeyboardInterrupt:
        raise
    except (NotImplementedError, UnfinishedError) as error:
        return Attempt(error=described(error), unfinished=True)
    except BaseException as error:  # noqa: BLE001  a submission may raise anything, SystemExit included
        return Attempt(error=described(error))
    return Attempt(value, unfinished=nothing(value))


def nothing(value: Any) -> bool:
    """Whether a returned value is None, or a tuple of them."""
    return value is None or (isinstance(value, tuple) and all(part is None for part in value))


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function: its name, the role that the name suggests, and whether it must be given."""

    name: str
    role: str
    required: bool


def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...] | None:
    """A function's parameters that can be given by name; None where Python cannot tell."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return tuple(
        Parameter(p.name, role(p.name), p.default is p.empty)
        for p in signature.parameters.values()
        if p.kind in kinds
    )  # fmt: skip


def arrangements(function: Callable[..., Any], offers: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Ways of giving a function what it asks for, by keyword, the likeliest first; see ``plans``."""
    for plan in plans(function, offers):
        yield {name: offers[key] for name, key in plan.items()}


def plans(
    function: Callable[..., Any], keys: Iterable[str], *, if_named: Collection[str] = ()
) -> Iterator[dict[str, str]]:
    """Which parameter may get which of the offered *keys*, the likeliest first.

    A key is an exact parameter name or a role. A parameter gets what its name asks for, else what its
    role does; one with a default and no offer keeps the default; required ones that are left get the
    offers that are left, in every order, except those in *if_named*.
    """
    parameters, keys = parameters_of(function), list(keys)
    if parameters is None:
        return
    given, open_names = _by_name(parameters, keys)
    if not open_names:
        yield given
        return
    taken = set(given.values())
    left = [key for key in keys if key not in taken and key not in if_named]
    for order in itertools.islice(itertools.permutations(left, len(open_names)), MOST_ORDERS):
        yield given | dict(zip(open_names, order, strict=True))


def _by_name(parameters: tuple[Parameter, ...], keys: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    given: dict[str, str] = {}
    open_names = []
    for parameter in parameters:
        fits = [key for key in (parameter.name, parameter.role) if key in keys]
        if fits:
            given[parameter.name] = fits[0]
        elif parameter.required:
            open_names.append(parameter.name)
    return given, open_names


def fresh(value: Any) -> Any:
    """A copy of arrays in dictionaries, lists and tuples, so that what a function does to its arguments stays there."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(fresh(item) for item in value)
    if type(value) is dict:
        return {key: fresh(item) for key, item in value.items()}
    return value


@contextlib.contextmanager
def with_globals(function: Callable[..., Any], values: Mapping[str, Any]) -> Iterator[None]:
    """Some names in the function's module have other values inside this block."""
    names: dict[str, Any] = getattr(inspect.unwrap(function), "__globals__", {})
    before = {name: names[name] for name in values if name in names}
    names.update(values)
    try:
        yield
    finally:
        for name in values:
            names.pop(name, None)
        names.update(before)


def free_names(function: Callable[..., Any], depth: int = 3) -> tuple[str, ...]:
    """Global names that a function, or a function of its module that it calls, reads."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None or not depth:
        return ()
    names = dict.fromkeys(code.co_names)
    namespace: dict[str, Any] = getattr(inspect.unwrap(function), "__globals__", {})
    for name in code.co_names:
        inner = namespace.get(name)
        if inspect.isfunction(inner) and inner is not function and inner.__globals__ is namespace:
            names.update(dict.fromkeys(free_names(inner, depth - 1)))
    return tuple(names)
