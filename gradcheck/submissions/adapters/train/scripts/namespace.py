"""The names that a script sees: a copy is its own, and its functions see the copy."""

from __future__ import annotations

import builtins
import inspect
import types
from collections.abc import Iterable
from typing import Any

from gradcheck.submissions.adapters.common.calling import duplicate
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.adapters.train.blocks import FIRST
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.loading.compatibility import builtins_for


class Namespace(dict[str, Any]):
    """The globals of a script. A copy has its own arrays, and its functions see the copy."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Namespace:
        other = Namespace()
        for name, value in self.items():
            if name == "__builtins__" or isinstance(value, types.ModuleType | type):
                other[name] = value
            elif isinstance(value, types.FunctionType):
                other[name] = _seeing(value, self, other)
            else:
                other[name] = duplicate(value)
        return other


def _seeing(function: types.FunctionType, before: dict[str, Any], after: dict[str, Any]) -> types.FunctionType:
    """The same function with other globals, if it was a script's own."""
    if function.__globals__ is not before:
        return function
    copied = types.FunctionType(
        function.__code__, after, function.__name__, function.__defaults__, function.__closure__
    )
    copied.__kwdefaults__ = function.__kwdefaults__
    return copied


def base_namespace(loaded: LoadedModule) -> Namespace:
    """The submission's names, with the built-in names that it was loaded with."""
    own = next((f.__globals__ for f in loaded.namespace.values() if inspect.isfunction(f)), {})
    names = Namespace()
    for name, value in loaded.namespace.items():
        if isinstance(value, types.FunctionType):
            names[name] = _seeing(value, own, names)
        elif not loaded.complete or callable(value) or isinstance(value, types.ModuleType):
            names[name] = value  # what a whole run has left behind is not what the loop began with
    names["__builtins__"] = own.get("__builtins__") or builtins_for(builtins.__import__)
    names["__name__"] = "submission"
    names[FIRST] = first_of
    names.update({name: 1 for name in _read(loaded) if name not in names and role(name) == "m"})
    return names


def _read(loaded: LoadedModule) -> set[str]:
    """Names that the submission's functions read. A number of examples that is counted in a file counts 1."""
    functions = [value for value in loaded.namespace.values() if isinstance(value, types.FunctionType)]
    return {name for function in functions for name in function.__code__.co_names}


def first_of(iterable: Iterable[Any]) -> list[Any]:
    """The first element, as a list."""
    return [next(iter(iterable))]
