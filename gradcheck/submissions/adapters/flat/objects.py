"""Methods of objects that are given their data when they are made, as functions of the data and the parameters."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from gradcheck.submissions.adapters.common.calling import attempt

Function = Callable[..., Any]


def of_data(cls: type, name: str) -> Function | None:
    """A method as a function that makes a fresh object for every call: ``cost(X=, y=, lam=, theta=)``.

    None where the two lists of arguments cannot be told apart by name.
    """
    method = getattr(cls, name, None)
    made, called = attempt(inspect.signature, cls).value, attempt(inspect.signature, method).value
    if not isinstance(made, inspect.Signature) or not isinstance(called, inspect.Signature) or method is None:
        return None
    bound = isinstance(inspect.getattr_static(cls, name), staticmethod | classmethod)
    first, second = list(made.parameters.values()), list(called.parameters.values())[0 if bound else 1 :]
    every = (*first, *second)
    if len({p.name for p in every}) < len(every) or any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in every):
        return None

    @functools.wraps(method)
    def function(**given: Any) -> Any:
        made_of = {p.name: given.pop(p.name) for p in first if p.name in given}
        return getattr(cls(**made_of), name)(**given)

    keywords = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in every]
    vars(function)["__signature__"] = inspect.Signature(keywords)
    return function
