"""The formulas: every operation bare, with a gradient coming to it, used twice; then whole graphs."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

from gradcheck.submissions.formulas.formula import Build, Formula
from gradcheck.submissions.formulas.functions import OF_ARRAYS, POSITIVE, SPELLINGS

MATRICES = ((3, 4), (4, 2))
BINARY: dict[str, Build] = {
    "+": operator.add, "*": operator.mul, "-": operator.sub, "/": operator.truediv, "**": operator.pow,
}  # fmt: skip


def chain(a: Any, b: Any) -> Any:
    """Six rounds of x ← x b + a."""
    x = a
    for _ in range(6):
        x = x * b + a
    return x


def diamonds(a: Any, b: Any) -> Any:
    """Values that reach the end on ways of different lengths: an order that is not topological shows."""
    u = a * b
    v = u + a
    w = u * v
    return w * u + v


def ladder(a: Any, b: Any) -> Any:
    """Sums alone, on ways of different lengths."""
    s = a + b
    t = s + s
    return t + s


def unequal_ways(a: Any, b: Any) -> Any:
    """One short and one long way from the same value."""
    s = a + b
    t = s * s
    return (t * a + s) * s


def staircase(a: Any, b: Any, c: Any) -> Any:
    """Each step uses the two before it."""
    x, y = a * b, b * c
    for _ in range(4):
        x, y = y, x * y + a
    return y


def _binary(symbol: str, operate: Build) -> Iterator[Formula]:
    positive = symbol == "**"

    def formula(text: str, leaves: int, build: Build, role: str) -> Formula:
        return Formula(text.replace("∘", symbol), leaves, build, symbol, role, positive=positive)

    yield formula("a ∘ b", 2, operate, "direct")
    yield formula("(a ∘ b) * c", 3, lambda a, b, c: operate(a, b) * c, "scaled")
    yield formula("(a ∘ b) + (a ∘ c)", 3, lambda a, b, c: operate(a, b) + operate(a, c), "reuse")
    yield formula("(b ∘ a) + (c ∘ a)", 3, lambda a, b, c: operate(b, a) + operate(c, a), "reuse")
    if symbol not in "-/":  # there it is 0 or 1, whatever a is
        yield formula("a ∘ a", 1, lambda a: operate(a, a), "same")


OPERATORS = (
    *(formula for symbol, operate in BINARY.items() for formula in _binary(symbol, operate)),
    Formula("-a", 1, lambda a: -a, "negation", "direct"),
    Formula("-a * b", 2, lambda a, b: -a * b, "negation", "scaled"),
    Formula("(-a) + (-a)", 1, lambda a: -a + (-a), "negation", "reuse"),
    Formula("a ** 2", 1, lambda a: a**2, "power", "direct", positive=True),
    Formula("a ** 3", 1, lambda a: a**3, "power", "direct", positive=True),
    Formula("a ** -1", 1, lambda a: a**-1, "power", "direct", positive=True),
    Formula("a ** 0.5", 1, lambda a: a**0.5, "power", "direct", positive=True),
    Formula("a ** 3 * b", 2, lambda a, b: a**3 * b, "power", "scaled", positive=True),
    Formula("a ** 2 + a ** 3", 1, lambda a: a**2 + a**3, "power", "reuse", positive=True),
    Formula("a + 2", 1, lambda a: a + 2, "+", "number"),
    Formula("2 + a", 1, lambda a: 2 + a, "+", "reflected"),
    Formula("a * 3", 1, lambda a: a * 3, "*", "number"),
    Formula("3 * a", 1, lambda a: 3 * a, "*", "reflected"),
    Formula("a - 2", 1, lambda a: a - 2, "-", "number"),
    Formula("2 - a", 1, lambda a: 2 - a, "-", "reflected"),
    Formula("a / 4", 1, lambda a: a / 4, "/", "number"),
    Formula("4 / a", 1, lambda a: 4 / a, "/", "reflected"),
    Formula("2 ** a", 1, lambda a: 2**a, "**", "reflected"),
)
"""For values of any kind; with arrays, entry by entry."""

GRAPHS = (
    Formula("s = a + b; t = s + s; t + s", 2, ladder),
    Formula("a * b + a", 2, lambda a, b: a * b + a),
    Formula("a + a * b", 2, lambda a, b: a + a * b),
    Formula("a - a * a", 1, lambda a: a - a * a),
    Formula("a / (a + 3)", 1, lambda a: a / (a + 3)),
    Formula("(a + b) * (a - b)", 2, lambda a, b: (a + b) * (a - b)),
    Formula("a * b * c - a / c", 3, lambda a, b, c: a * b * c - a / c),
    Formula("(a * b - c) ** 2", 3, lambda a, b, c: (a * b - c) ** 2),
    Formula("x = a; six times x = x * b + a", 2, chain),
    Formula("u = a * b; v = u + a; w = u * v; w * u + v", 2, diamonds),
    Formula("s = a + b; t = s * s; (t * a + s) * s", 2, unequal_ways),
    Formula("x, y = a * b, b * c; four times x, y = y, x * y + a", 3, staircase),
)
"""Values used more than once, on ways of different lengths."""


def _function(name: str) -> Iterator[Formula]:
    positive, shapes = name in POSITIVE, ((3, 4),) if name in OF_ARRAYS else ()

    def formula(text: str, leaves: int, build: Build, role: str) -> Formula:
        return Formula(text.replace("f", name), leaves, build, name, role, name, positive, shapes * leaves)

    yield formula("f(a)", 1, lambda f, a: f(a), "direct")
    yield formula("f(a) * b", 2, lambda f, a, b: f(a) * b, "scaled")
    yield formula("f(a) + f(a)", 1, lambda f, a: f(a) + f(a), "reuse")
    yield formula("b - a * f(a)", 2, lambda f, a, b: b - a * f(a), "graph")
    yield formula("f(a * b + c) * a + b", 3, lambda f, a, b, c: f(a * b + c) * a + b, "inside")


FUNCTIONS = {name: tuple(_function(name)) for name in SPELLINGS}
"""For each function of one value."""


def _matrices(text: str, operate: Build) -> Iterator[Formula]:
    (n, k), (_, m) = MATRICES

    def formula(shape: str, build: Build, role: str, shapes: tuple[tuple[int, ...], ...]) -> Formula:
        return Formula(shape, len(shapes), build, text, role, shapes=shapes)

    def shown(left: str, right: str) -> str:
        return text.replace("a", left).replace("b", right) if "(" not in text else f"{left}.dot({right})"

    yield formula(text, operate, "direct", MATRICES)
    yield formula(f"({text}) * c", lambda a, b, c: operate(a, b) * c, "scaled", (*MATRICES, (n, m)))
    twice = f"({shown('a', 'b')}) + ({shown('a', 'c')})"
    yield formula(twice, lambda a, b, c: operate(a, b) + operate(a, c), "reuse", (*MATRICES, (k, m)))
    right = f"({shown('b', 'a')}) + ({shown('c', 'a')})"
    yield formula(right, lambda a, b, c: operate(b, a) + operate(c, a), "reuse", ((k, m), (n, k), (n, k)))


def _broadcasts(symbol: str, operate: Build) -> Iterator[Formula]:
    sides = {
        "b a row": ((3, 4), (4,)),
        "b (1, n)": ((3, 4), (1, 4)),
        "b a column": ((3, 4), (3, 1)),
        "a a row": ((4,), (3, 4)),
        "a a column": ((3, 1), (3, 4)),
    }
    for side, shapes in sides.items():
        yield Formula(f"a {symbol} b, {side}", 2, operate, symbol, "broadcast", shapes=shapes)


def _method(text: str, build: Build, operation: str, *, reuse: bool = True) -> Iterator[Formula]:
    one = ((3, 4),)
    yield Formula(f"a.{text}", 1, build, operation, "direct", shapes=one)
    if reuse:
        yield Formula(f"a.{text} + a.{text}", 1, lambda a: build(a) + build(a), operation, "reuse", shapes=one)


ARRAYS = (
    *_matrices("a @ b", operator.matmul),
    *_matrices("a.dot(b)", lambda a, b: a.dot(b)),
    *(formula for symbol in "+*-/" for formula in _broadcasts(symbol, BINARY[symbol])),
    Formula("a @ b + c", 3, lambda a, b, c: a @ b + c, "+", "broadcast", shapes=((5, 4), (4, 3), (3,))),
    *_method("sum()", lambda a: a.sum(), "sum"),
    *_method("mean()", lambda a: a.mean(), "mean"),
    *_method("max()", lambda a: a.max(), "max"),
    *_method("sum(axis=0)", lambda a: a.sum(axis=0), "sum"),
    *_method("sum(axis=1)", lambda a: a.sum(axis=1), "sum", reuse=False),
    *_method("sum(axis=1, keepdims=True)", lambda a: a.sum(axis=1, keepdims=True), "sum", reuse=False),
    *_method("mean(axis=0)", lambda a: a.mean(axis=0), "mean"),
    *_method("mean(axis=1)", lambda a: a.mean(axis=1), "mean", reuse=False),
    *_method("T", lambda a: a.T, "T"),
    *_method("transpose()", lambda a: a.transpose(), "transpose"),
    *_method("reshape(4, 3)", lambda a: a.reshape(4, 3), "reshape"),
    *_method("reshape((4, 3))", lambda a: a.reshape((4, 3)), "reshape"),
    *_method("flatten()", lambda a: a.flatten(), "flatten"),
    Formula("a.sum() * b.sum()", 2, lambda a, b: a.sum() * b.sum(), "sum", "scaled", shapes=((3, 4), (3, 4))),
    Formula("a.mean() * b.sum()", 2, lambda a, b: a.mean() * b.sum(), "mean", "scaled", shapes=((3, 4), (3, 4))),
    Formula("a.max() * b.sum()", 2, lambda a, b: a.max() * b.sum(), "max", "scaled", shapes=((3, 4), (3, 4))),
    Formula("a[1]", 1, lambda a: a[1], "index", "direct", shapes=((3, 4),)),
    Formula("a[0:2]", 1, lambda a: a[0:2], "index", "direct", shapes=((3, 4),)),
    Formula("a[0:2] + a[1:3]", 1, lambda a: a[0:2] + a[1:3], "index", "reuse", shapes=((3, 4),)),
)
"""For values that hold arrays."""

BY_TEXT = {f.text: f for f in (*OPERATORS, *GRAPHS, *ARRAYS, *(f for of in FUNCTIONS.values() for f in of))}
"""Every formula by its text."""
