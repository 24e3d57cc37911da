"""Autodiff engines written by a program: one table of operations in several styles, right or with one slip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Operation:
    """One operation: its method, its value of {a} and {b}, and ∂value/∂each, which may also use the value {y}.

    ``gather`` is how a contribution comes to a gradient, ``upstream`` whether it is multiplied by the gradient that
    comes to the result.
    """

    method: str
    value: str
    slopes: tuple[str, ...]
    number: bool = False
    gather: str = "+="
    upstream: bool = True


OPERATIONS = {
    "add": Operation("__add__", "{a} + {b}", ("1.0", "1.0")),
    "mul": Operation("__mul__", "{a} * {b}", ("{b}", "{a}")),
    "sub": Operation("__sub__", "{a} - {b}", ("1.0", "-1.0")),
    "div": Operation("__truediv__", "{a} / {b}", ("1.0 / {b}", "-{a} / {b} ** 2")),
    "pow": Operation("__pow__", "{a} ** n", ("n * {a} ** (n - 1)",), number=True),
    "exp": Operation("exp", "{m}.exp({a})", ("{y}",)),
    "log": Operation("log", "{m}.log({a})", ("1.0 / {a}",)),
    "tanh": Operation("tanh", "{m}.tanh({a})", ("1.0 - {y} ** 2",)),
    "sigmoid": Operation("sigmoid", "1.0 / (1.0 + {m}.exp(-{a}))", ("{y} * (1.0 - {y})",)),
    "relu": Operation("relu", "{a} * ({a} > 0)", ("1.0 * ({a} > 0)",)),
}
"""A right engine's."""

RULES = (
    ("wrong_operand", "mul", 0, "{a}"),
    ("wrong_operand", "mul", 1, "{b}"),
    ("exchanged", "mul", 2, ""),
    ("quotient_rule", "div", 1, "{a} / {b} ** 2"),
    ("quotient_rule", "div", 1, "-{a} / {b}"),
    ("quotient_rule", "div", 1, "-1.0 / {b} ** 2"),
    ("power_rule", "pow", 0, "n * {a} ** n"),
    ("power_rule", "pow", 0, "{a} ** (n - 1)"),
    ("slope_of_input", "tanh", 0, "1.0 - {a} ** 2"),
    ("slope_of_sigmoid", "tanh", 0, "{y} * (1.0 - {y})"),
    ("derivative", "tanh", 0, "1.0 - {y}"),
    ("slope_of_input", "sigmoid", 0, "{a} * (1.0 - {a})"),
    ("slope_of_tanh", "sigmoid", 0, "1.0 - {y} ** 2"),
    ("derivative", "sigmoid", 0, "1.0 - {y}"),
    ("relu_mask", "relu", 0, "1.0"),
    ("power_rule", "exp", 0, "{a} * {m}.exp({a} - 1)"),
    ("slope_of_activation", "log", 0, "1.0 / {y}"),
    ("nothing", "mul", 1, "0.0"),
    ("nothing", "add", 1, "0.0"),
)
"""Wrong rules: the fault's name in a result, the operation, the operand (2: both), the slope."""

Table = dict[str, Operation]


def tables() -> Iterator[tuple[str, str, Table]]:
    """Every slip of one operation: its name, the operation, and the table with it."""
    for fault, name, operand, slope in RULES:
        slopes = list(OPERATIONS[name].slopes)
        changed = slopes[::-1] if operand == 2 else [*slopes[:operand], slope, *slopes[operand + 1 :]]
        yield fault, name, _with(name, slopes=tuple(changed))
    for name, operation in OPERATIONS.items():
        *others, last = operation.slopes
        if name != "div":  # there it is the quotient rule without its minus
            yield "sign", name, _with(name, slopes=(*others, f"-({last})"))
        yield "factor", name, _with(name, slopes=(*others, f"2 * ({last})"))
        yield "overwritten", name, _with(name, gather="=")
        if operation.slopes != ("1.0", "1.0"):
            yield "upstream_missing", name, _with(name, upstream=False)


def _with(name: str, **changes: object) -> Table:
    return {**OPERATIONS, name: replace(OPERATIONS[name], **changes)}  # type: ignore[arg-type]  # fields of the class


ORDER = """
    def backward(self):
        order, seen = [], set()
        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent in node.parents:
                    visit(parent)
                order.append(node)
        visit(self)
        self.grad = {one}
        for node in reversed(order):
            node.back()
"""
FORWARDS = ("reversed(order)", "order")
UNSTARTED = ("self.grad = {one}", "self.grad = self.grad")
WHOLE = {"order": FORWARDS, "never_starts": UNSTARTED}
"""Slips of the way back itself."""

NUMBERS = """import math

class {cls}:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.back = lambda: None
{methods}{order}"""

ARRAYS = """import numpy as np

def unbroadcast(g, shape):
    {fold}

class {cls}:
    def __init__(self, data, parents=()):
        self.data = np.asarray(data, dtype=float)
        self.grad = np.zeros_like(self.data)
        self.parents = parents
        self.back = lambda: None
{methods}
    def __matmul__(self, other):
        out = {cls}(self.data @ other.data, (self, other))
        def back():
            self.grad = self.grad + out.grad @ other.data.T
            other.grad = other.grad + self.data.T @ out.grad
        out.back = back
        return out

    def sum(self):
        out = {cls}(self.data.sum(), (self,))
        def back():
            self.grad = self.grad + out.grad * np.ones(self.data.shape)
        out.back = back
        return out
{order}"""
FOLD = """while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g"""


def method(cls: str, operation: Operation, *, arrays: bool) -> str:
    """One operation as a method whose closure goes back."""
    binary = len(operation.slopes) == 2
    words = {"a": "self.data", "b": "other.data", "m": "np" if arrays else "math", "y": "out.data"}
    argument = ", other" if binary else ", n" if operation.number else ""
    lines = [f"def {operation.method}(self{argument}):"]
    if binary:
        lines.append(f"    other = other if isinstance(other, {cls}) else {cls}(other)")
    parents = "(self, other)" if binary else "(self,)"
    lines += [f"    out = {cls}({operation.value.format(**words)}, {parents})", "    def back():"]
    for name, slope in zip(("self", "other"), operation.slopes, strict=False):
        lines.append(f"        {_contribution(name, slope.format(**words), operation, arrays=arrays)}")
    return "\n".join(["", *(f"    {line}" for line in (*lines, "    out.back = back", "    return out")), ""])


def _contribution(name: str, slope: str, operation: Operation, *, arrays: bool) -> str:
    given = f"({slope}) * out.grad" if operation.upstream else f"({slope}) * (out.grad * 0 + 1)"
    if not arrays:
        return f"{name}.grad {operation.gather} {given}"
    before = f"{name}.grad + " if operation.gather == "+=" else ""
    return f"{name}.grad = {before}unbroadcast({given}, {name}.data.shape)"


def numbers(table: Table, whole: str = "") -> str:
    """An engine of numbers with closures."""
    methods = "".join(method("Value", operation, arrays=False) for operation in table.values())
    return NUMBERS.format(cls="Value", methods=methods, order=_order(whole, "1.0"))


def arrays(table: Table, whole: str = "") -> str:
    """An engine of arrays with closures."""
    methods = "".join(method("Tensor", operation, arrays=True) for operation in table.values())
    fold = "return g" if whole == "broadcast" else FOLD
    return ARRAYS.format(cls="Tensor", methods=methods, fold=fold, order=_order(whole, "np.ones(self.data.shape)"))


def _order(whole: str, one: str) -> str:
    return ORDER.replace(*WHOLE.get(whole, ("", ""))).format(one=one)


DUAL = """import math

class Dual:
    def __init__(self, value, slope=0.0):
        self.value = value
        self.slope = slope
{methods}"""


def dual(table: Table, whole: str = "") -> str:
    """Dual numbers: every slope times the operand's own."""
    return DUAL.format(methods="".join(map(_dual_method, table.values())))


def _dual_method(operation: Operation) -> str:
    binary = len(operation.slopes) == 2
    words = {"a": "self.value", "b": "other.value", "m": "math", "y": "value"}
    argument = ", other" if binary else ", n" if operation.number else ""
    names = ("self", "other")
    terms = [f"({s.format(**words)}) * {n}.slope" for n, s in zip(names, operation.slopes, strict=False)]
    lines = [f"def {operation.method}(self{argument}):"]
    if binary:
        lines.append("    other = other if isinstance(other, Dual) else Dual(other)")
    lines += [f"    value = {operation.value.format(**words)}", f"    return Dual(value, {' + '.join(terms)})"]
    return "\n".join(["", *(f"    {line}" for line in lines), ""])


STYLES = {
    "numbers, closures": (numbers, ("order", "never_starts")),
    "arrays, closures": (arrays, ("order", "never_starts", "broadcast")),
    "dual numbers": (dual, ()),
}
"""Ways of writing an engine, and the slips of its way back as a whole."""


def programs() -> Iterator[tuple[str, str, str]]:
    """Every style right, then with every slip: the style, the fault's name in a result, and the text."""
    for style, (write, whole) in STYLES.items():
        yield style, "", write(OPERATIONS)
        for fault, name, table in tables():
            if write is not dual or fault not in ("overwritten", "upstream_missing"):
                yield f"{style}, {name}", fault, write(table)
        for fault in whole:
            yield style, fault, write(OPERATIONS, fault)
