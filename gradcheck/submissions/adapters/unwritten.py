"""What a file lacks in which nothing was found: templates that are still to be filled in, one half of a pair."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping, Sequence

from gradcheck.submissions.adapters.common.building import own
from gradcheck.submissions.adapters.common.calling import free_names, function_globals
from gradcheck.submissions.adapters.common.vocabulary.functions import Function, functions_in
from gradcheck.submissions.adapters.common.vocabulary.methods import BACKWARD, FORWARD
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.loading.standins import Missing

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def missing(loaded: LoadedModule) -> list[str]:
    """A sentence for each class or function that is not written yet, and for a backward pass without a forward one."""
    try:
        tree = ast.parse(loaded.source)
    except (SyntaxError, ValueError):
        return []
    mine = own(loaded)
    statements = [s for s in tree.body if isinstance(s, Definition | ast.ClassDef) and s.name in mine]
    found = [_class(s) if isinstance(s, ast.ClassDef) else _function(s) for s in statements]
    return [sentence for sentence in found if sentence] or list(_alone(mine))


def _class(node: ast.ClassDef) -> str:
    """What is None in a class whose passes return None."""
    methods = [s for s in node.body if isinstance(s, Definition)]
    empty = [m.name for m in methods if _passes(m.name) and _is_empty(m)]
    if not empty:
        return ""
    attributes = [name for method in methods for name in _none_attributes(method)]
    are = f"{_listed(attributes)} {'are' if len(attributes) > 1 else 'is'} None; " if attributes else ""
    return f"class {node.name} is not written yet: {are}{_returning(empty)} None"


def _function(node: Definition) -> str:
    empty = _passes(node.name) and _is_empty(node)
    return f"function {node.name} is not written yet: it returns None" if empty else ""


def _passes(name: str) -> bool:
    """Whether a function of that name goes forward or back."""
    return bool(FORWARD.among([name]) or BACKWARD.among([name]))


def _is_empty(node: Definition) -> bool:
    """Whether a function does nothing but name and return None, or refuse."""
    return all(_is_nothing(statement) for statement in node.body)


def _is_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Raise() | ast.Expr(value=ast.Constant()) | ast.Return(value=None):
            return True
        case ast.Assign(value=ast.Constant(value=None)) | ast.Return(value=ast.Constant(value=None)):
            return True
        case ast.Return(value=ast.Name() | ast.Tuple() | ast.Dict()):
            return not any(isinstance(n, ast.Call | ast.BinOp | ast.Attribute) for n in ast.walk(statement))
        case _:
            return False


def _none_attributes(method: Definition) -> Iterator[str]:
    for statement in method.body:
        match statement:
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=ast.Constant(value=None)):
                yield name


def _returning(names: Sequence[str]) -> str:
    return f"{_listed(names)} {'return' if len(names) > 1 else 'returns'}"


def _listed(names: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _alone(mine: Mapping[str, object]) -> Iterator[str]:
    """Backward functions of a file in which nothing goes forward."""
    functions = functions_in(mine)
    if any(inspect.isclass(value) for value in mine.values()) or any(FORWARD.fits(name) for name in functions):
        return
    for name in BACKWARD.among(functions):
        made = _cached(functions[name])
        what = f": put the function beside it that makes {_listed(made)}" if made else ""
        yield f"{name} goes back, but nothing here goes forward{what}{_elsewhere(functions[name])}"


def _cached(function: Function) -> list[str]:
    """The parameters of a backward function that a forward pass makes: z and a of each layer."""
    return [
        n for n in inspect.signature(function).parameters if n[:1].lower() in ("z", "a") and n[1:].strip("_").isdigit()
    ]


def _elsewhere(function: Function) -> str:
    """What it takes from modules that are not here."""
    namespace = function_globals(function)
    lacked = [namespace[n] for n in free_names(function) if isinstance(namespace.get(n), Missing)]
    named = [thing.__name__.rpartition(".") for thing in lacked]
    said = [f"{name} of {module}" for module, _, name in named]
    return f"; {_listed(said)} {'are' if len(said) > 1 else 'is'} not here" if said else ""
