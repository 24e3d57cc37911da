"""Which statements of a module only define things: the ones that may run before anybody asks for anything."""

from __future__ import annotations

import ast
import builtins
import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


def words(text: str) -> frozenset[str]:
    """The names in a line of text."""
    return frozenset(text.split())


CHEAP_FUNCTIONS = words(
    "abs all any bool bytes callable chr complex dict divmod enumerate filter float frozenset getattr hasattr int "
    "isinstance issubclass iter len list map max min next object ord pow property range repr reversed round set "
    "slice sorted staticmethod str sum super tuple type vars xrange zip "
    "namedtuple defaultdict OrderedDict Counter deque partial lru_cache TypeVar NewType NamedTuple Path vectorize "
    "array zeros ones"
)
"""Calls that make a constant out of constants."""

CHEAP_MODULES = words(
    "np numpy cp cupy jnp math cmath random collections itertools functools operator typing warnings logging "
    "dataclasses enum string re os sys special scipy argparse __older_numpy__"
)
"""Modules whose functions may be called to make a constant ..."""

COSTLY = words(
    "load loads loadtxt genfromtxt fromfile save savez savetxt memmap system popen exit _exit execv remove rename "
    "rmdir makedirs mkdir listdir walk kill fork loadmat fmin_cg minimize"
)
"""... but for these, which read, write or end something."""

HARMLESS = words("seed set_printoptions seterr simplefilter filterwarnings append insert setrecursionlimit")
"""Calls that may stand alone as a statement: seeds, printing options, warnings, ``sys.path``."""

POINTS = (
    "at", "x0", "theta0", "w0", "point", "initial_point", "init_point", "start", "start_point", "p0", "params0",
    "theta_0",
)  # fmt: skip
"""Names under which a submission gives the point at which it wants to be checked."""

FILLING = words("append extend insert add update setdefault add_argument")
"""Methods that complete a constant of the file: a list, a table of functions, a parser of arguments."""

REGISTERING = re.compile(
    r"setattr|(register|overload|patch|attach|install|bind)\w*|(setup|enable)_(variables?|tensors?|op\w*|autograd)"
    r"|add_(op|method)\w*"
)
"""Own functions that give a class of the file its methods, called one after another: ``register('mul', Mul)``."""

MAKING = (
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom
)  # fmt: skip
"""Statements of a script part that may be executed after all when a definition needs the name that they make."""


@dataclass(frozen=True)
class Selection:
    """A module's statements, parted."""

    kept: tuple[ast.stmt, ...]
    dropped: tuple[ast.stmt, ...]


def select(tree: ast.Module, before: Iterable[str] = ()) -> Selection:
    """Definitions, imports and constants on one side; training, plots, prints and loops on the other.

    A ``try`` or ``if`` is kept with those of its statements that are; the rest of it is dropped whole. Of a
    main part every statement is dropped for itself. *before* are names that earlier cells define.
    """
    defined = set(before) | {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    kept, dropped = [], []
    for statement in tree.body:
        if isinstance(statement, ast.If) and is_main_guard(statement.test):
            dropped.extend(statement.body)
            continue
        reduced = keep(statement, defined)
        if reduced is not None:
            kept.append(reduced)
            defined |= made_by([reduced]) if isinstance(reduced, ast.Assign | ast.AnnAssign) else set()
        if reduced is not statement:
            dropped.append(statement)
    return Selection(tuple(kept), tuple(dropped))


def keep(statement: ast.stmt, defined: set[str]) -> ast.stmt | None:
    """The statement, the part of it that only defines, or None."""
    if isinstance(statement, ast.Try) or (
        isinstance(statement, ast.If) and not is_main_guard(statement.test) and cheap(statement.test)
    ):
        return kept_block(statement, defined)
    return statement if only_defines(statement, defined) else None


def only_defines(statement: ast.stmt, defined: set[str]) -> bool:
    """Whether a statement without statements in it does nothing but define."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom() | ast.Pass():
            verdict = True
        case ast.Assign(targets=targets, value=value):
            verdict = all(nameable(t, defined) for t in targets) and cheap(value)
        case ast.AnnAssign(target=target, value=value):
            verdict = nameable(target, defined) and (value is None or cheap(value))
        case ast.AugAssign(target=ast.Name(), value=value):
            verdict = cheap(value)
        case ast.For(iter=several, body=body, orelse=[]):
            verdict = cheap(several) and all(fills(child, defined) for child in body)
        case ast.Expr(value=value):
            verdict = isinstance(value, ast.Constant | ast.Name) or harmless(value) or fills(statement, defined)
        case _:
            verdict = False
    return verdict


def kept_block(statement: ast.If | ast.Try, defined: set[str]) -> ast.stmt | None:
    """An ``if`` or ``try`` with those of its statements that define; None if none does."""
    reduced = copy.copy(statement)
    reduced.body = kept_list(statement.body, defined)
    reduced.orelse = kept_list(statement.orelse, defined)
    if isinstance(statement, ast.Try) and isinstance(reduced, ast.Try):
        reduced.finalbody = kept_list(statement.finalbody, defined)
        reduced.handlers = [kept_handler(handler, defined) for handler in statement.handlers]
    if not reduced.body and not reduced.orelse:
        return None
    complete = len(reduced.body) == len(statement.body) and len(reduced.orelse) == len(statement.orelse)
    reduced.body = reduced.body or [ast.copy_location(ast.Pass(), statement)]
    return statement if complete and isinstance(statement, ast.If) else reduced


def kept_list(statements: list[ast.stmt], defined: set[str]) -> list[ast.stmt]:
    """Those statements that only define."""
    return [reduced for child in statements if (reduced := keep(child, defined)) is not None]


def kept_handler(handler: ast.ExceptHandler, defined: set[str]) -> ast.ExceptHandler:
    """An ``except`` clause without its prints and exits."""
    reduced = copy.copy(handler)
    reduced.body = kept_list(handler.body, defined) or [ast.copy_location(ast.Pass(), handler)]
    return reduced


def is_main_guard(test: ast.expr) -> bool:
    """Whether a condition is about ``__name__``."""
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(test))


def nameable(target: ast.expr, defined: set[str]) -> bool:
    """Whether assigning to this only names something: a name, several names, an attribute of an own class."""
    match target:
        case ast.Name():
            return True
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return all(nameable(element, defined) for element in elements)
        case ast.Attribute(value=ast.Name(id=owner)) | ast.Subscript(value=ast.Name(id=owner), slice=ast.Constant()):
            return owner in defined
        case _:
            return False


def cheap(value: ast.expr) -> bool:
    """Whether an expression calls nothing but what makes constants."""
    return all(not isinstance(node, ast.Call) or cheap_call(node) for node in outside_lambdas(value)) and not any(
        isinstance(node, ast.Await | ast.Yield | ast.YieldFrom) for node in ast.walk(value)
    )


def outside_lambdas(value: ast.expr) -> Iterator[ast.AST]:
    """Every node that is evaluated now: what stands in a lambda is not."""
    waiting: list[ast.AST] = [value]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def cheap_call(call: ast.Call) -> bool:
    """A call of a constant-making function, of such a module's function, or of a method of a constant."""
    match call.func:
        case ast.Name(id=name):
            return name in CHEAP_FUNCTIONS
        case ast.Attribute(attr=attr) if attr in COSTLY:
            return False
        case ast.Attribute(value=value):
            return root(value) in CHEAP_MODULES or isinstance(value, ast.Constant | ast.Call | ast.List | ast.Dict)
        case _:
            return False


def harmless(value: ast.expr) -> bool:
    """A call that may stand alone as a statement."""
    match value:
        case ast.Call(func=ast.Attribute(value=owner, attr=attr), args=arguments):
            return attr in HARMLESS and root(owner) in CHEAP_MODULES and all(cheap(a) for a in arguments)
        case _:
            return False


def fills(statement: ast.stmt, defined: set[str]) -> bool:
    """Whether a statement only completes what is kept: ``TABLE['tanh'] = tanh``, ``register('mul', Mul)``."""
    match statement:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=owner))], value=value):
            return owner in defined and cheap(value)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method), args=arguments)):
            return owner in defined and method in FILLING and all(cheap(argument) for argument in arguments)
        case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=arguments)):
            own = name in defined or name == "setattr"
            return own and REGISTERING.fullmatch(name) is not None and all(cheap(argument) for argument in arguments)
        case _:
            return False


def root(value: ast.expr) -> str | None:
    """``np`` of ``np.random.mtrand``."""
    while isinstance(value, ast.Attribute):
        value = value.value
    return value.id if isinstance(value, ast.Name) else None


def needed(selection: Selection, available: Iterable[str]) -> set[str]:
    """Names that the definitions or we use, that do not exist yet, and that a dropped statement would have made."""
    used = {
        node.id
        for statement in selection.kept
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    wanted = used.union(POINTS) - set(available) - set(dir(builtins))
    wide = {name for function in selection.kept for name in global_names(function)}
    return wanted & (made_by(selection.dropped) | made_by(made_global(selection.kept)) & wide)


def made_by(statements: Iterable[ast.stmt]) -> set[str]:
    """Names that statements would bind."""
    made = set()
    for node in (node for statement in statements for node in ast.walk(statement)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            made.add(node.name)
        elif isinstance(node, ast.alias):
            made.add((node.asname or node.name).partition(".")[0])
    return made


def made_global(statements: Iterable[ast.stmt]) -> list[ast.stmt]:
    """The assignments of functions that make global names, as a ``main()`` does; with what stands before them there."""
    found: list[ast.stmt] = []
    for function in statements:
        if isinstance(function, ast.FunctionDef):
            assignments = [node for node in function.body if isinstance(node, MAKING)]
            found += assignments if global_names(function) & made_by(assignments) else []
    return found


def global_names(function: ast.stmt) -> set[str]:
    """The names that a function declares global."""
    body = function.body if isinstance(function, ast.FunctionDef) else []
    return {name for node in body if isinstance(node, ast.Global) for name in node.names}


def makers(dropped: Iterable[ast.stmt], names: set[str], available: Iterable[str]) -> list[ast.stmt]:
    """The dropped assignments from which *names* follow, in order; loops and main parts stay dropped."""
    assignments = [s for s in dropped if isinstance(s, MAKING) or reads_file(s)]
    wanted, chosen, before = set(names), set[int](), -1
    existing = set(available)
    while len(chosen) > before:
        before = len(chosen)
        for index, statement in enumerate(assignments):
            if index not in chosen and made_by([statement]) & wanted:
                chosen.add(index)
                loads = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
                wanted |= loads - existing
    return [assignments[index] for index in sorted(chosen)]


def reads_file(statement: ast.stmt) -> bool:
    """Whether it is a ``with open(...)`` that does nothing but assign what is read."""
    if not isinstance(statement, ast.With):
        return False
    calls = [item.context_expr for item in statement.items]
    opened = all(isinstance(c, ast.Call) and isinstance(c.func, ast.Name) and c.func.id == "open" for c in calls)
    return opened and all(isinstance(inner, MAKING) for inner in statement.body)
