"""What the text of a submission says of its functions: where they are defined, and the names of what they return."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Sequence
from typing import Any


def return_labels(function: Callable[..., Any], source: str) -> tuple[str, ...]:
    """The names in a function's last ``return a, b, c``; empty strings for what is no name, nothing for no tuple."""
    node = definition_of(function, source)
    returns = [n for n in ast.walk(node) if isinstance(n, ast.Return)] if node is not None else []
    tuples = [r.value.elts for r in returns if isinstance(r.value, ast.Tuple | ast.List)]
    return tuple(_label(element) for element in tuples[-1]) if tuples else ()


def definition_of(function: Callable[..., Any], source: str) -> ast.AST | None:
    """The definition of a function in its file's source, or None where it is not there."""
    tree = _parsed(source)
    name = getattr(function, "__qualname__", "").replace("<locals>.", "")
    return _definition(tree, name.split(".")) if tree is not None else None


def _label(element: ast.expr) -> str:
    if isinstance(element, ast.Name):
        return element.id
    return element.attr if isinstance(element, ast.Attribute) else ""


@functools.lru_cache(maxsize=4)
def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def _definition(tree: ast.AST, names: Sequence[str]) -> ast.AST | None:
    """The last definition of that dotted name."""
    for name in names:
        inside = [
            node
            for node in ast.iter_child_nodes(tree)
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
        ]
        if not inside:
            return None
        tree = inside[-1]
    return tree
