"""Names that Python 2 and older NumPy had, given to a submission without changing Python or NumPy for anybody else."""

from __future__ import annotations

import ast
import builtins
import collections.abc
import functools
import inspect
import itertools
import math
import os
import string
import time
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from gradcheck.submissions.loading.conversions import NUMBER, NUMBER_FOR, number, number_for
from gradcheck.submissions.loading.python2 import DIVIDE

OLD_NUMPY = "__older_numpy__"
"""The name under which a module finds what NumPy removed."""


def divide(left: Any, right: Any, *, in_place: bool = False) -> Any:
    """``left / right`` as in Python 2: integers are rounded down."""
    if integral(left) and integral(right):
        return left // right
    if in_place and isinstance(left, np.ndarray):
        left /= right
        return left
    return left / right


def integral(value: Any) -> bool:
    """Whether Python 2 would have divided this as an integer."""
    return isinstance(value, int | np.integer) or (isinstance(value, np.ndarray) and value.dtype.kind in "iub")


def array_or_objects(*arguments: Any, **keywords: Any) -> Any:
    """``np.array`` as before 1.24: rows of unequal length make an array of objects instead of an error."""
    try:
        return np.array(*arguments, **keywords)
    except ValueError as error:
        if "inhomogeneous" not in str(error) or "dtype" in keywords or len(arguments) > 1:
            raise
        return objects(arguments[0])


def objects(rows: Any) -> Any:
    """A one-dimensional array that holds each row as it is."""
    out = np.empty(len(rows), dtype=object)
    for index, row in enumerate(rows):
        out[index] = row
    return out


def as_scalar(value: Any) -> Any:
    """``np.asscalar``."""
    return np.asarray(value).item()


def as_float_array(value: Any, dtype: Any = float) -> Any:
    """``np.asfarray``."""
    return np.asarray(value, dtype=dtype)


REMOVED: dict[str, Any] = {
    "float": float, "int": int, "bool": bool, "object": object, "str": str, "complex": complex, "long": int,
    "unicode": str, "float_": np.float64, "int_": np.int64, "complex_": np.complex128, "cfloat": np.complex128,
    "singlecomplex": np.complex64, "string_": np.bytes_, "unicode_": np.str_, "bool8": np.bool_, "int0": np.intp,
    "uint0": np.uintp, "object0": np.object_, "float128": np.longdouble, "Inf": np.inf, "Infinity": np.inf,
    "infty": np.inf, "PINF": np.inf, "NINF": -np.inf, "NaN": np.nan, "NAN": np.nan, "PZERO": 0.0, "NZERO": -0.0,
    "product": np.prod, "cumproduct": np.cumprod, "sometrue": np.any, "alltrue": np.all, "row_stack": np.vstack,
    "asscalar": as_scalar, "asfarray": as_float_array, "mat": np.asmatrix, "in1d": np.isin, "round_": np.round,
    "rank": np.ndim, "trapz": getattr(np, "trapezoid", None), "VisibleDeprecationWarning": UserWarning,
    "ComplexWarning": UserWarning, "warnings": warnings,
}  # fmt: skip
"""What NumPy 1 offered and a later one does not."""

ALWAYS_OURS = {"array": array_or_objects}
"""Names that still exist but became stricter."""


@functools.cache
def missing_names() -> frozenset[str]:
    """Those of ``REMOVED`` that the installed NumPy really lacks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return frozenset(name for name, value in REMOVED.items() if value is not None and not hasattr(np, name))


class OlderNumpy:
    """The removed names as attributes."""

    def __getattr__(self, name: str) -> Any:
        """One of them."""
        try:
            return ALWAYS_OURS[name] if name in ALWAYS_OURS else REMOVED[name]
        except KeyError:
            raise AttributeError(name) from None


class NumpyWithOlderNames(ModuleType):
    """What ``from numpy import float_`` and ``from numpy import *`` import from."""

    def __init__(self) -> None:
        super().__init__("numpy")
        builtin = {name for name in REMOVED if hasattr(builtins, name)}
        self.__all__ = [*np.__all__, *sorted(missing_names() - builtin - {"warnings", "rank"})]

    def __getattr__(self, name: str) -> Any:
        """NumPy's own, or the removed one."""
        if name in missing_names():
            return REMOVED[name]
        return getattr(np, name)


def no_input(*_: object) -> str:
    """What ``input()`` does here."""
    raise EOFError("input() has nobody to ask during a check")


def forbidden_exit(status: object = None) -> None:
    """What ``exit()`` and ``quit()`` do here: the same, without closing the input."""
    raise SystemExit(status)


OLDER_NAMES: dict[str, dict[str, Any]] = {
    "itertools": {"izip": zip, "imap": map, "ifilter": filter, "izip_longest": itertools.zip_longest},
    "time": {"clock": time.perf_counter, "sleep": lambda _: None},
    "collections": {name: getattr(collections.abc, name) for name in collections.abc.__all__},
    "fractions": {"gcd": math.gcd},
    "inspect": {"getargspec": inspect.getfullargspec},
    "typing": {name: (lambda item: item) for name in ("override", "deprecated")},
    "os": {"getcwdu": os.getcwd, "_exit": forbidden_exit},
    "string": {"maketrans": str.maketrans, "letters": string.ascii_letters, "lowercase": string.ascii_lowercase},
}
"""Names of Python's own modules that other versions have; nobody waits in ``sleep`` or leaves without a word."""


class OlderModule(ModuleType):
    """A module of Python's with the names that an older or newer Python has in it."""

    def __init__(self, module: ModuleType) -> None:
        super().__init__(module.__name__)
        self.__all__ = list(getattr(module, "__all__", [name for name in vars(module) if name[0] != "_"]))
        self._module = module

    def __getattr__(self, name: str) -> Any:
        """The other version's, or its own."""
        older = OLDER_NAMES[self.__name__]
        return older[name] if name in older else getattr(self._module, name)


class NumpyNames(ast.NodeTransformer):
    """Replaces ``np.float`` and its like in one module, whatever the module calls NumPy."""

    def __init__(self, tree: ast.Module) -> None:
        """Find the names that stand for NumPy."""
        self.aliases = set(numpy_aliases(tree))
        self.replaced = set[str]()

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """``np.float`` becomes an attribute of the older NumPy."""
        self.generic_visit(node)
        if not (isinstance(node.value, ast.Name) and node.value.id in self.aliases):
            return node
        if node.attr in missing_names():
            self.replaced.add(node.attr)
        elif node.attr not in ALWAYS_OURS or not isinstance(node.ctx, ast.Load):
            return node
        older = ast.copy_location(ast.Name(OLD_NUMPY, ast.Load()), node.value)
        return ast.copy_location(ast.Attribute(older, node.attr, node.ctx), node)


def numpy_aliases(tree: ast.Module) -> list[str]:
    """What ``import numpy as ...`` calls it, anywhere in the module."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    return [
        alias.asname or alias.name for node in imports for alias in node.names if alias.name in ("numpy", "cupy")
    ]  # fmt: skip


def restore_numpy_names(tree: ast.Module) -> tuple[ast.Module, list[str]]:
    """The module with NumPy's removed names back, and which of them it uses."""
    transformer = NumpyNames(tree)
    tree = ast.fix_missing_locations(transformer.visit(tree))
    return tree, sorted(transformer.replaced)


def builtins_for(import_function: Callable[..., object]) -> dict[str, object]:
    """The built-in names that a submission sees: Python 3's, those of Python 2, and nothing that waits for a person."""
    names = dict(vars(builtins))
    names.update(
        {
            "__import__": import_function, "input": no_input, "raw_input": no_input, "exit": forbidden_exit,
            "quit": forbidden_exit, "xrange": range, "unicode": str, "basestring": str, "long": int, "unichr": chr,
            "reduce": functools.reduce, "cmp": lambda a, b: (a > b) - (a < b), "breakpoint": lambda *_, **__: None,
            DIVIDE: divide, OLD_NUMPY: OlderNumpy(), NUMBER: number, NUMBER_FOR: number_for,
        }
    )  # fmt: skip
    return names
