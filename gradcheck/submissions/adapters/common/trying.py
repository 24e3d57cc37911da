"""Running a submission's code to see what it does: silently, with its errors caught and its long loops cut short."""

from __future__ import annotations

import contextlib
import copy
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.submissions.loading.execution import silence

LONG = 40
"""A loop over this many rounds that is as long as none of the data is a training loop: one round is run."""


class Failed:
    """What an attempt gives that raised; it is false."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __bool__(self) -> bool:
        return False


def attempt(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """What the call returns, or ``Failed`` where it raises whatever it likes."""
    try:
        return function(*arguments, **keywords)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  a submission may raise anything, SystemExit included
        return Failed(error)


@contextlib.contextmanager
def quietly(seed: int = 0) -> Iterator[None]:
    """No output, no warnings, no arithmetic signals; both global random generators begin at *seed*."""
    states = random.getstate(), np.random.get_state()  # noqa: NPY002  submissions use the global generator
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        with silence(), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002


@contextlib.contextmanager
def one_round(namespace: dict[str, Any], dimensions: Mapping[int, Any] | set[int]) -> Iterator[None]:
    """In code with these globals a ``range`` that is long, and as long as no dimension, has one element."""

    def short(*arguments: Any) -> range:
        full = range(*arguments)
        return full[:1] if len(full) >= LONG and len(full) not in dimensions else full

    before: dict[str, Any] = {name: namespace[name] for name in ("range", "xrange") if name in namespace}
    namespace.update(range=short, xrange=short)
    try:
        yield
    finally:
        for name in ("range", "xrange"):
            namespace.pop(name, None)
        namespace.update(before)


class Deadline:
    """A number of seconds after which a search gives up."""

    def __init__(self, seconds: float) -> None:
        self.end = time.perf_counter() + seconds

    @property
    def passed(self) -> bool:
        """Whether they are over."""
        return time.perf_counter() > self.end


def duplicate(thing: Any) -> Any:
    """A deep copy, or ``Failed``; what the submission does to it leaves the original alone."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 3000))
    try:
        return attempt(copy.deepcopy, thing)
    finally:
        sys.setrecursionlimit(limit)
