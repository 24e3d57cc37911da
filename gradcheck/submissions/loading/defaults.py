"""Functions whose default arguments cannot be made: data that are not here cost the default, not the function."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

Fails = Callable[[ast.expr], bool]


def without_defaults(statement: ast.stmt, fails: Fails) -> tuple[ast.stmt, list[str]]:
    """A function or class in which defaults that fail are None, and the parameters whose they are."""
    mended = copy.deepcopy(statement)
    names = [name for node in ast.walk(mended) if isinstance(node, ast.FunctionDef) for name in _mend(node, fails)]
    return ast.fix_missing_locations(mended), names


def _mend(function: ast.FunctionDef, fails: Fails) -> Iterator[str]:
    """Put None in the place of every default that fails."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    first = len(positional) - len(arguments.defaults)
    for index, default in enumerate(arguments.defaults):
        if fails(default):
            arguments.defaults[index] = ast.copy_location(ast.Constant(None), default)
            yield f"{positional[first + index].arg} of {function.name}"
    for index, (name, given) in enumerate(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)):
        if given is not None and fails(given):
            arguments.kw_defaults[index] = ast.copy_location(ast.Constant(None), given)
            yield f"{name.arg} of {function.name}"
