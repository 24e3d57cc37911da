"""What a backward pass raises after its own forward pass: a slip in it, or a lack of what only its author has."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator
from typing import Any

from gradcheck.sandbox.faults import described, of_submission, walk, where
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.adapters.layers.gradients import INPUTS
from gradcheck.submissions.subjects import BadReturnError

SLIP = "The backward pass cannot be run"
SIGNATURE = re.compile(r"\w+\(\) (missing \d+ required|takes (from )?\d+|got (an unexpected|multiple values))")
OF_A_PASS = (*INPUTS, "out", "output", "outputs", "cache", "mask", "activations", "activation", "y", "lastinput",
             "lastoutput", "xs", "zs", "inputcache", "s")  # fmt: skip
"""Names of what a forward pass keeps for its backward pass: nobody else gives them to a layer."""
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ELSEWHERE = ("setattr", "__dict__", "import *", "exec(")


def as_slip(error: Exception, thing: Any, source: str) -> Exception:
    """A sentence on what a method of *thing* raised where no code of the file could have prevented it; else the same.

    Cannot see what another file gives the object: what is called like a setting or a neighbour is never a slip.
    """
    frames = [frame for frame, _ in walk(error.__traceback__) if of_submission(frame)]
    if not frames or any(word in source for word in ELSEWHERE):
        return error
    try:
        why = _why(error, thing, Stores(ast.parse(source)), frames[-1].f_globals)
    except SyntaxError:
        return error
    return BadReturnError(f"{SLIP}: {described(error)}{where(error.__traceback__)}; {why}.") if why else error


class Stores:
    """What a file gives a value: attributes other than None, names, keys; and the ``self.x`` that its lines read."""

    def __init__(self, tree: ast.Module) -> None:
        nodes = list(ast.walk(tree))
        self.functions = {n.name for n in nodes if isinstance(n, DEFINITIONS)}
        self.attributes = {name for node in nodes for name in _attributes_set(node)}
        self.names = self.functions | {name for node in nodes for name in _names_bound(node)}
        self.keys = {key for node in nodes for key in _keys_stored(node)}
        self.computed = any(_is_computed(node) for node in nodes)
        reads = [n for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)]
        self.reads = [(n.lineno, n.attr) for n in reads if isinstance(n.value, ast.Name) and n.value.id == "self"]


def _attributes_set(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value is None:
        return
    targets: list[ast.expr | None] = []
    if isinstance(node, ast.Assign):
        targets = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For):
        targets = [node.target]
    elif isinstance(node, ast.With):
        targets = [item.optional_vars for item in node.items]
    parts = (part for target in targets if target is not None for part in ast.walk(target))
    yield from (part.attr for part in parts if isinstance(part, ast.Attribute))


def _names_bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Global):
        yield from node.names


def _keys_stored(node: ast.AST) -> Iterator[object]:
    """Texts that stand anywhere but in a reading ``d['key']``: something may be stored under each."""
    if isinstance(node, ast.keyword) and node.arg is not None:
        yield node.arg
    if not (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)):
        yield from (child.value for child in ast.iter_child_nodes(node) if isinstance(child, ast.Constant))


def _is_computed(node: ast.AST) -> bool:
    """Whether something is stored under a key that is put together."""
    stored = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    return stored and isinstance(getattr(node, "slice", None), ast.JoinedStr | ast.BinOp)


def _why(error: Exception, thing: Any, stores: Stores, namespace: dict[str, Any]) -> str:
    """Why it is a slip; empty where it may be none. An unbound local name may be bound for other options."""
    if isinstance(error, NameError):
        lost = not isinstance(error, UnboundLocalError) and error.name not in stores.names
        return "nothing in the file has this name" if lost else ""
    if isinstance(error, AttributeError) and error.obj is thing:
        own = all(base.__module__ == namespace.get("__name__") for base in type(thing).__mro__[:-1])
        return _unset(error.name or "", thing) if own and error.name not in stores.attributes else ""
    if isinstance(error, KeyError):
        key = error.args[0] if error.args else None
        lost = isinstance(key, str) and key not in stores.keys and not stores.computed
        return "nothing in the file is stored under this key" if lost else ""
    if isinstance(error, TypeError) and SIGNATURE.search(str(error)):
        called = str(error).partition("(")[0].rpartition(".")[2]
        return f"{called} is defined otherwise in this file" if called in stores.functions else ""
    return _of_none(error, thing, stores)


def _unset(name: str, thing: Any) -> str:
    """A sentence on an attribute that is not there, if it is what a forward pass keeps or nearly so called."""
    kept = [other for other, value in vars(thing).items() if value is not None and other != name]
    alike = difflib.get_close_matches(name, kept, 1)
    if role(name) == "rate" or not (alike or letters(name) in OF_A_PASS):
        return ""
    return f"nothing in the file gives self.{name} a value" + (f", though there is self.{alike[0]}" if alike else "")


def _of_none(error: Exception, thing: Any, stores: Stores) -> str:
    """A sentence on an attribute that is None in a line that raised, and that the file never gives another value."""
    frames = [place for place in walk(error.__traceback__) if place[0].f_locals.get("self") is thing]
    lines = [line for frame, line in frames if of_submission(frame)]
    read = [name for at, name in stores.reads if at in lines]
    lost = [name for name in read if getattr(thing, name, 0) is None and name not in stores.attributes]
    return next((why for name in lost if (why := _unset(name, thing))), "")
