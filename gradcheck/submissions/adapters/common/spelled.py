"""Functions that take a tuple and take it apart, as optimisers hand over ``args``: called by the names inside."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable
from typing import Any

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.sources import definition_of

Function = Callable[..., Any]
TUPLES = frozenset(("args", "arg", "arguments", "data", "extra", "rest"))


def spelled(function: Function, source: str) -> Function:
    """The same function with each part of ``args`` as a keyword, where it says ``X, y, lam = args`` or ``X = args[0]``.

    ``def cost(theta, *args)`` and ``def cost(theta, args)`` both become ``cost(theta=, X=, y=, lam=)``.
    """
    node = definition_of(function, source)
    found = attempt(inspect.signature, function).value
    if not isinstance(node, ast.FunctionDef) or not isinstance(found, inspect.Signature):
        return function
    parameters = list(found.parameters.values())
    packed = [p for p in parameters if p.kind is p.VAR_POSITIONAL or p.name in TUPLES]
    inside = _unpacked(node, packed[0].name) if len(packed) == 1 else []
    if not inside:
        return function
    before = [p.name for p in parameters if p is not packed[0] and p.kind is p.POSITIONAL_OR_KEYWORD]

    @functools.wraps(function)
    def called(**given: Any) -> Any:
        rest = tuple(given[name] for name in inside)
        first = [given[name] for name in before]
        return function(*first, *rest) if packed[0].kind is packed[0].VAR_POSITIONAL else function(*first, rest)

    keywords = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in (*before, *inside)]
    vars(called)["__signature__"] = inspect.Signature(keywords)
    return called


def _unpacked(node: ast.FunctionDef, packed: str) -> list[str]:
    """The names that the parts of the tuple get, in order."""
    single: dict[int, str] = {}
    for statement in ast.walk(node):
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target, value = statement.targets[0], statement.value
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Name) and value.id == packed:
            names = [element.id for element in target.elts if isinstance(element, ast.Name)]
            return names if len(names) == len(target.elts) else []
        if isinstance(target, ast.Name) and isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name):
            index = value.slice.value if isinstance(value.slice, ast.Constant) else None
            if value.value.id == packed and isinstance(index, int):
                single[index] = target.id
    return [single[i] for i in range(len(single))] if sorted(single) == list(range(len(single))) else []
