"""Arrays of one entry where Python wants a number: NumPy before 2.4 converted them, and much code rests on it."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

NUMBER = "__number__"
NUMBER_FOR = "__number_for__"
CONVERSIONS = frozenset(("float", "int"))


def number(value: Any) -> Any:
    """The entry of an array that has one; anything else as it is."""
    return value.item() if isinstance(value, np.ndarray) and value.size == 1 and value.ndim else value


def number_for(target: Any, value: Any) -> Any:
    """What may be stored in an entry of *target*: a number where that is an array of numbers."""
    return number(value) if isinstance(target, np.ndarray) and target.dtype != object else value


class OneEntry(ast.NodeTransformer):
    """Lets arrays of one entry pass in ``g[i] = v``, ``g[i] += v``, ``float(v)``, ``math.exp(v)`` and ``'%f' % v``."""

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """``g[i] = v``, where g is a name or an attribute."""
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) == 1 and isinstance(target, ast.Subscript) and _simple(target.value):
            array = ast.parse(ast.unparse(target.value), mode="eval").body
            node.value = _call(NUMBER_FOR, node.value, array)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """``g[i] += v``."""
        self.generic_visit(node)
        if isinstance(node.target, ast.Subscript) and _simple(node.target.value):
            array = ast.parse(ast.unparse(node.target.value), mode="eval").body
            node.value = _call(NUMBER_FOR, node.value, array)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """``float(v)``, ``int(v)`` and the functions of ``math``."""
        self.generic_visit(node)
        function = node.func
        plain = isinstance(function, ast.Name) and function.id in CONVERSIONS and len(node.args) == 1
        of_math = isinstance(function, ast.Attribute) and _named(function.value, "math")
        if (plain or of_math) and not any(isinstance(argument, ast.Starred) for argument in node.args):
            node.args = [_call(NUMBER, argument) for argument in node.args]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """``'%f' % v`` and ``'%d %f' % (i, v)``."""
        self.generic_visit(node)
        text = isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
        if text and isinstance(node.op, ast.Mod):
            if isinstance(node.right, ast.Tuple):
                node.right.elts = [e if isinstance(e, ast.Starred) else _call(NUMBER, e) for e in node.right.elts]
            else:
                node.right = _call(NUMBER, node.right)
        return node


def _named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _simple(node: ast.expr) -> bool:
    """Whether a target is a name, or attributes of one, so that looking at it twice does no harm."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _call(name: str, value: ast.expr, target: ast.expr | None = None) -> ast.expr:
    arguments = [value] if target is None else [target, value]
    if isinstance(value, ast.Constant):
        return value
    return ast.copy_location(ast.Call(ast.copy_location(ast.Name(name, ast.Load()), value), arguments, []), value)


def with_numbers(tree: ast.Module) -> ast.Module:
    """The module with those conversions back."""
    found: ast.Module = OneEntry().visit(tree)
    return ast.fix_missing_locations(found)
