"""A function of the submission that ends the worker whenever it is tried is left out, if no verdict may rest on it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from types import FunctionType

from gradcheck.submissions.loading.salvage import may_be_judged


def leave_out(namespace: Mapping[str, object], file: str, line: int) -> str | None:
    """Make the function that holds that line refuse to run; its name, or None where it must not be left out."""
    for function, siblings in functions(namespace):
        code = function.__code__
        lines = [number for _, _, number in code.co_lines() if number]
        if code.co_filename == file and code.co_firstlineno <= line <= max(lines, default=0):
            judged = siblings if code.co_name == "__init__" else [code.co_name]
            if function.__closure__ or any(may_be_judged(name) for name in judged if name != "__init__"):
                return None
            function.__code__ = refuse.__code__
            return function.__qualname__
    return None


def functions(namespace: Mapping[str, object]) -> Iterator[tuple[FunctionType, list[str]]]:
    """Every function of a submission, and the names of those of its class."""
    classes = [value for value in namespace.values() if inspect.isclass(value)]
    for holder in (namespace, *map(vars, classes)):
        for value in list(holder.values()):
            if inspect.isfunction(value):
                yield value, [name for name, item in holder.items() if inspect.isfunction(item)]


def refuse(*_: object, **__: object) -> None:
    """What a function does that was left out."""
    raise RuntimeError("it does not come back")
