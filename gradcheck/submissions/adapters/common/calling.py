"""Calling functions that nobody here has seen: quietly, without their exceptions, with their long loops cut short."""

from __future__ import annotations

import contextlib
import copy
import dis
import inspect
import random
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.returned import UnfinishedError
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.loading.execution import described, silence

LONG = 40
"""A loop over this many rounds that is as long as none of the data is a training loop: one round is run."""


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Nothing that the submission prints or warns about is seen."""
    with silence(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """The global random generators start from *seed* inside this block, so that dropout draws the same masks again."""
    numpy_state, state = np.random.get_state(), random.getstate()  # noqa: NPY002  it is the submission's generator
    np.random.seed(seed % 2**32)  # noqa: NPY002
    random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(state)


@dataclass(frozen=True)
class Attempt:
    """What one call gave: a value, or the error in words. ``unfinished`` is true for None and NotImplementedError.

    ``line`` is the last one of the submission's that the error came through, 0 where there is none.
    """

    value: Any = None
    error: str = ""
    unfinished: bool = False
    line: int = 0

    @property
    def returned(self) -> bool:
        """Whether nothing was raised."""
        return not self.error

    @property
    def answered(self) -> bool:
        """Whether there is a value."""
        return self.returned and not self.unfinished


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
        return Attempt(error=described(error), line=last_line(error))
    return Attempt(value, unfinished=nothing(value))


def last_line(error: BaseException) -> int:
    """The line of the submission's own code in which an error was raised, or that called what raised it."""
    frames = traceback.walk_tb(error.__traceback__)
    own = [line for frame, line in frames if str(frame.f_globals.get("__name__", "")).startswith("submission.")]
    return own[-1] if own else 0


def nothing(value: Any) -> bool:
    """Whether a returned value is None, or a tuple of them."""
    return value is None or (isinstance(value, tuple) and all(part is None for part in value))


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
def replaced(namespace: dict[str, Any], values: Mapping[str, Any]) -> Iterator[None]:
    """Some names of a namespace have other values inside this block."""
    before = {name: namespace[name] for name in values if name in namespace}
    namespace.update(values)
    try:
        yield
    finally:
        for name in values:
            namespace.pop(name, None)
        namespace.update(before)


def function_globals(function: Callable[..., Any]) -> dict[str, Any]:
    """The names of the function's module; an empty dictionary where it is not written in Python."""
    names: dict[str, Any] = getattr(inspect.unwrap(function), "__globals__", {})
    return names


@contextlib.contextmanager
def examples_counted(function: Callable[..., Any], m: int) -> Iterator[None]:
    """Inside this block the globals that count the examples are *m*: their own value counts data that are not used.

    They are the names that code of the function's module reads, that are called like ``m`` or ``n_samples``, and
    that are whole numbers there, or nothing because the data could not be loaded.
    """
    namespace = function_globals(function)
    with replaced(namespace, dict.fromkeys(counters(function, namespace), m)):
        yield


def counters(function: Callable[..., Any], namespace: Mapping[str, Any]) -> set[str]:
    """The globals that count examples, read by the function or by those of its module that it calls."""
    numbers = {name for name in free_names(function) if role(name) == "m"}
    return {name for name in numbers if type(namespace.get(name, 0)) in (int, np.int64)}


def one_round(namespace: dict[str, Any], dimensions: Collection[int]) -> contextlib.AbstractContextManager[None]:
    """In code with these globals a ``range`` that is long, and as long as no dimension, has one element."""

    def short(*arguments: Any) -> range:
        full = range(*arguments)
        return full[:1] if len(full) >= LONG and len(full) not in dimensions else full

    return replaced(namespace, {"range": short, "xrange": short})


def free_names(function: Callable[..., Any], depth: int = 3) -> tuple[str, ...]:
    """Global names that a function, or a function of its module that it calls, reads."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None or not depth:
        return ()
    names = dict.fromkeys(i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME"))
    namespace = function_globals(function)
    for name in code.co_names:
        inner = namespace.get(name)
        if inspect.isfunction(inner) and inner is not function and inner.__globals__ is namespace:
            names.update(dict.fromkeys(free_names(inner, depth - 1)))
    return tuple(names)


def free_attributes(function: object) -> tuple[str, ...]:
    """Names of attributes that a function's own code reads, with globals; none where it is not written in Python."""
    left: list[object] = [getattr(function, "__code__", None)]
    names: dict[str, None] = {}
    while left:
        code = left.pop()
        if inspect.iscode(code):
            names.update(dict.fromkeys(code.co_names))
            left.extend(code.co_consts)
    return tuple(names)


def duplicate(thing: Any) -> Any:
    """A deep copy, or the thing itself where it cannot be copied."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 3000))
    try:
        copied = attempt(copy.deepcopy, thing)
    finally:
        sys.setrecursionlimit(limit)
    return copied.value if copied.returned else thing


class Deadline:
    """A number of seconds of work after which a search gives up; on a busy machine it finds the same."""

    def __init__(self, seconds: float) -> None:
        self.end = time.process_time() + seconds

    @property
    def passed(self) -> bool:
        """Whether they are over."""
        return time.process_time() > self.end
