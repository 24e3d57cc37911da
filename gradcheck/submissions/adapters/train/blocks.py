"""Training loops in the text of a submission: at module level, in the main part, in a function, in a method."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradcheck.submissions.adapters.common.vocabulary.methods import MAKES_NETWORK
from gradcheck.submissions.loading.compatibility import restore_numpy_names
from gradcheck.submissions.loading.python2 import floor_integer_division

FIRST = "__first_of__"
"""The name under which a block finds what takes the first element of an iterable."""
SKIPPED = (ast.Import, ast.ImportFrom, ast.Return, ast.With, ast.Assert, ast.Global, ast.Nonlocal)
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Block:
    """Statements that prepare, and the loop that trains; in a function its parameters are to be given.

    ``owner`` is the class of a method, empty for anything else; ``place`` says where it is.
    """

    place: str
    prefix: tuple[ast.stmt, ...]
    loop: ast.For | ast.While
    function: str = ""
    owner: str = ""

    @property
    def names(self) -> set[str]:
        """Every name that the loop uses."""
        return {node.id for node in ast.walk(self.loop) if isinstance(node, ast.Name)}

    @property
    def reads(self) -> list[str]:
        """Names that the loop and what stands before it read, in their order."""
        nodes = [node for statement in (*self.prefix, self.loop) for node in ast.walk(statement)]
        return list(dict.fromkeys(n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)))


def blocks(source: str, *, python2: bool = False) -> Iterator[Block]:
    """The loops of a submission with what stands before them, those at module level first."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    if python2:
        tree = floor_integer_division(tree)
    tree, _ = restore_numpy_names(tree)
    body = [inner for statement in tree.body for inner in _unfolded(statement)]
    yield from _loops(body, "the script")
    for statement in tree.body:
        if isinstance(statement, FUNCTION):
            yield from _loops(statement.body, f"function {statement.name}", statement.name)
        if isinstance(statement, ast.ClassDef):
            for method in statement.body:
                if isinstance(method, FUNCTION) and method.name != "__init__":
                    place = f"class {statement.name}: {method.name}"
                    yield from _loops(method.body, place, method.name, statement.name)


def _unfolded(statement: ast.stmt) -> Sequence[ast.stmt]:
    """The main part's statements in the place of its guard."""
    guard = isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test)
    )
    return statement.body if guard and isinstance(statement, ast.If) else [statement]


def _loops(body: Sequence[ast.stmt], place: str, function: str = "", owner: str = "") -> Iterator[Block]:
    for index, statement in enumerate(body):
        if isinstance(statement, ast.For | ast.While) and _assigns(statement):
            yield Block(place, tuple(body[:index]), statement, function, owner)


def _assigns(loop: ast.For | ast.While) -> bool:
    """Whether a loop changes something other than its counters."""
    nodes = [node for statement in loop.body for node in ast.walk(statement)]
    return any(isinstance(node, ast.AugAssign | ast.Assign) for node in nodes)


def prepared(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Those that prepare something, without prints, files and plots."""
    return [s for s in statements if not isinstance(s, SKIPPED) and not _talks(s)]


def _talks(statement: ast.stmt) -> bool:
    """A bare call that only shows something, or trains: what changes or begins an object is kept."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return isinstance(statement, ast.Expr)
    if isinstance(call.func, ast.Name):
        return not MAKES_NETWORK.fits(call.func.id)
    return not (isinstance(call.func, ast.Attribute) and _prepares(call.func.attr))


def _prepares(method: str) -> bool:
    return method in ("append", "extend", "insert", "fill", "update") or MAKES_NETWORK.fits(method)


class _Ends(ast.NodeTransformer):
    """``return`` ends the one round that is run."""

    def visit_Return(self, node: ast.Return) -> ast.AST:
        """A ``break``."""
        return ast.copy_location(ast.Break(), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """What stands in a function of its own stays."""
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """Likewise."""
        return node


def one_round_of(loop: ast.For | ast.While) -> ast.Module:
    """The loop, over the first element of what it runs over only."""
    single = copy.deepcopy(loop)
    if isinstance(single, ast.For):
        target, iterable = single.target, single.iter
    else:
        target, iterable = ast.Name("_", ast.Store()), ast.List([ast.Constant(0)], ast.Load())
    first = ast.Call(ast.Name(FIRST, ast.Load()), [iterable], [])
    body = [_Ends().visit(statement) for statement in single.body]
    return ast.fix_missing_locations(ast.Module([ast.copy_location(ast.For(target, first, body, []), loop)], []))


def assigned(statement: ast.stmt) -> set[str]:
    """The names that a statement binds or changes."""
    if isinstance(statement, (*FUNCTION, ast.ClassDef)):
        return {statement.name}
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
