"""Python 2 source becomes Python 3 that computes the same."""

from __future__ import annotations

import ast
import copy
import logging
import warnings
from functools import cache
from typing import Any

DIVIDE = "__python2_divide__"
"""The name under which a translated module finds its division; ``compatibility`` provides it."""

FIXERS = (
    "apply", "asserts", "basestring", "dict", "except", "exec", "execfile", "exitfunc", "filter", "funcattrs", "future",
    "getcwdu", "has_key", "imports", "imports2", "input", "intern", "isinstance", "itertools", "itertools_imports",
    "long", "map", "metaclass", "methodattrs", "ne", "next", "nonzero", "numliterals", "operator", "paren", "print",
    "raise", "raw_input", "reduce", "reload", "renames", "repr", "standarderror", "sys_exc", "throw", "tuple_params",
    "types", "unicode", "urllib", "xrange", "xreadlines", "zip",
)  # fmt: skip
"""All but ``import``, which looks at the disk: a submission's import finds its neighbours anyway."""


ONLY_PYTHON_2 = frozenset(("xrange", "raw_input", "izip", "imap", "izip_longest", "execfile"))
"""Names that a file which does not make them itself can only run with under Python 2."""

ONLY_METHODS = frozenset(("iteritems", "itervalues", "iterkeys", "has_key"))
"""Methods that dictionaries have under Python 2 only."""


def only_python2(tree: ast.Module) -> bool:
    """Whether a file that Python 3 can read needs Python 2: it uses names that it neither makes nor imports."""
    nodes = list(ast.walk(tree))
    names = [node for node in nodes if isinstance(node, ast.Name) and node.id in ONLY_PYTHON_2]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    made |= {alias.asname or alias.name for node in imports if node.module != "itertools" for alias in node.names}
    methods = any(isinstance(n, ast.Attribute) and n.attr in ONLY_METHODS | ONLY_PYTHON_2 for n in nodes)
    return methods or bool({node.id for node in names} - made)


def translate(text: str) -> str:
    """Python 2 *text* as Python 3, or unchanged if fissix cannot read it either."""
    try:
        return str(translator().refactor_string(text + "\n", "submission"))
    except Exception:  # noqa: BLE001  the parser raises what it likes on what is no Python at all
        return text


@cache
def translator() -> Any:
    """Fissix, the maintained fork of the lib2to3 that Python 3.13 dropped; loading its grammar takes a moment."""
    logging.getLogger("fissix").disabled = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fissix.refactor import RefactoringTool
    return RefactoringTool([f"fissix.fixes.fix_{name}" for name in FIXERS])


def floor_integer_division(tree: ast.Module) -> ast.Module:
    """``/`` between integers rounds down, as it did, unless the module imported division from the future."""
    futures = [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    if any(alias.name == "division" for node in futures for alias in node.names):
        return tree
    return ast.fix_missing_locations(Division().visit(tree))


class Division(ast.NodeTransformer):
    """Every ``a / b`` becomes a call that looks at the types first."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """``a / b`` as ``divide(a, b)``."""
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        call = ast.Call(ast.Name(DIVIDE, ast.Load()), [node.left, node.right], [])
        return ast.copy_location(call, node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """``a /= b`` as ``a = divide(a, b, in_place=True)``; on an array's entries it stays as it is."""
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div) or isinstance(node.target, ast.Subscript):
            return node
        read = copy.deepcopy(node.target)
        read.ctx = ast.Load()
        in_place = ast.keyword("in_place", ast.Constant(value=True))
        call = ast.Call(ast.Name(DIVIDE, ast.Load()), [read, node.value], [in_place])
        return ast.copy_location(ast.Assign([node.target], call), node)
