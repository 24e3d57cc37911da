"""An engine's expressions as cases: its own forward value is the cost, what its leaves hold afterwards the gradient."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt, quietly, seeded
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.engine.expressions import ARRAYS, REFERENCE, SCALAR, UNARY, Build, Expression
from gradcheck.submissions.adapters.engine.probing import Engine
from gradcheck.submissions.subjects import BadReturnError, CaseInfo, Named

Array = NDArray[Any]
LETTERS = "abcdefgh"
SAME_SHAPE = (2, 3)
FORWARD = 1e-5
KINK = 0.1
POSITIVE = ("log", "sqrt")
EXPAND_PARAMETERS = 3


@dataclass(frozen=True)
class ExpressionCase:
    """One expression in one engine."""

    engine: Engine
    expression: Expression

    @property
    def info(self) -> CaseInfo:
        """What is known of it."""
        formula, engine = self.expression.formula, self.engine
        return CaseInfo(
            id=f"{engine.name}: {formula}",
            family="engine",
            title=f"class {engine.name}, {formula}",
            group=f"{engine.name}: {self.expression.theme}",
            equation="chain rule",
        )

    def point(self, seed: int) -> Named:
        """Leaves between 0.4 and 1.6, away from kinks and from the edges of logarithms and roots."""
        rng = np.random.default_rng([seed, self.expression.leaves])
        shapes = self.expression.shapes or ((SAME_SHAPE if self.engine.arrays else ()),) * self.expression.leaves
        point = {letter: np.array(rng.uniform(0.4, 1.6, s)) for letter, s in zip(LETTERS, shapes, strict=False)}
        if self.expression.theme == "functions" and self.expression.leaves == 3:
            inner = point["a"] * point["b"] - point["c"]
            point["c"] -= np.where(np.abs(inner) < KINK, 2 * KINK * np.where(inner < 0, -1, 1), 0)
        return point

    def cost(self, point: Mapping[str, Array], seed: int) -> Any:
        """The engine's own value of the expression; of an array, its weighted sum."""
        with quietly(), seeded(0):
            return float(np.sum(np.asarray(self.engine.number(self._built(point, seed)[1]), dtype=float)))

    def gradient(self, point: Mapping[str, Array], seed: int) -> Named:
        """What the leaves hold after the way back."""
        with quietly(), seeded(0):
            leaves, result = self._built(point, seed)
            self._forward(point, seed, result)
            self.engine.backward(result)
            return {letter: self._held(letter, leaf) for letter, leaf in leaves.items()}

    def _built(self, point: Mapping[str, Array], seed: int) -> tuple[dict[str, Any], Any]:
        """Fresh leaves and the expression of them, reduced to one number where it is an array."""
        engine = self.engine
        leaves = {n: engine.make(np.array(v, dtype=float) if engine.arrays else float(v)) for n, v in point.items()}
        result = self.expression.build(*leaves.values())
        return leaves, self._reduced(result, seed)

    def _reduced(self, result: Any, seed: int) -> Any:
        shape = np.shape(self.engine.number(result))
        if not self.engine.arrays or shape == () or not hasattr(self.engine.cls, "sum"):
            return result
        weights = np.random.default_rng([seed, 7]).uniform(0.5, 1.5, shape)
        return (result * self.engine.make(weights)).sum()

    def _forward(self, point: Mapping[str, Array], seed: int, result: Any) -> None:
        """Raises BadReturnError where the value itself is wrong: its gradient would be right for something else."""
        if not self.expression.known or self.engine.arrays:
            return
        exact = float(self.expression.build(*(float(value) for value in point.values())))
        value = float(self.engine.number(result))
        if abs(value - exact) > FORWARD * max(1.0, abs(exact)):
            leaves = ", ".join(f"{letter} = {float(v):.4g}" for letter, v in point.items())
            raise BadReturnError(f"{self.expression.formula} is {value:.6g} for {leaves}; it should be {exact:.6g}.")

    def _held(self, letter: str, leaf: Any) -> Any:
        held = self.engine.gradient(leaf)
        if held is None:
            raise BadReturnError(f"{letter}.{self.engine.grad} is None after the way back: nothing reached it.")
        return np.asarray(held, dtype=float)


def cases_of(engine: Engine) -> tuple[tuple[ExpressionCase, ...], tuple[str, ...]]:
    """Every expression that the engine can build, and sentences about those that it says it cannot yet."""
    cases, unfinished = [], []
    for expression in (*SCALAR, *_unary(engine), *(ARRAYS if engine.arrays else ())):
        case = ExpressionCase(engine, expression)
        if expression.theme == "broadcasting" and _expands(engine.cls):
            continue
        outcome = attempt(case.cost, case.point(0), 0)
        if expression.theme == "shapes" and outcome.answered and _silent(case):
            unfinished.append(f"{engine.name}: {expression.formula} passes no gradient back.")
            continue
        if outcome.answered and np.isfinite(outcome.value):
            cases.append(case)
        elif outcome.unfinished:
            unfinished.append(f"{engine.name}: {expression.formula} is not implemented.")
    return tuple(cases), tuple(unfinished)


def _expands(cls: type) -> bool:
    """Whether copies are made by a method of their own, ``expand(axis, copies)``, and not by the operators."""
    expand = getattr(cls, "expand", None)
    return inspect.isfunction(expand) and len(inspect.signature(expand).parameters) == EXPAND_PARAMETERS


def _silent(case: ExpressionCase) -> bool:
    """Whether nothing comes back to the leaf: a transpose may be meant for values only."""
    try:
        gradients = case.gradient(case.point(0), 0)
    except BadReturnError:
        return True
    except (Exception, SystemExit):  # noqa: BLE001  whatever it raises is said when it is judged
        return False
    return not any(np.any(gradient) for gradient in gradients.values())


def _unary(engine: Engine) -> Iterator[Expression]:
    """The functions of one value that the class or the module has, each of a leaf used before and after."""
    for name, spellings in UNARY.items():
        function = next((f for word in spellings if (f := _found(engine, word)) is not None), None)
        if function is None:
            continue
        known = REFERENCE.get(name)
        yield Expression(f"{name}(a)", 1, _either(function, known, engine), "functions", known=known is not None)
        yield Expression(f"b - a * {name}(a)", 2, _subtracted(function), "functions", known=False)
        sign = 1 if name in POSITIVE else -1
        formula = f"{name}(a * b {'+' if sign > 0 else '-'} c) * a + b"
        yield Expression(formula, 3, _inside(function, sign), "functions", known=False)


def _found(engine: Engine, word: str) -> Build | None:
    """A method of that name, or a function of the module."""
    if callable(getattr(engine.cls, word, None)) and not isinstance(vars(engine.cls).get(word), staticmethod):
        return lambda a: getattr(a, word)()
    for name, value in engine.module.items():
        if letters(name) == letters(word) and inspect.isfunction(value):
            return lambda a, f=value: f(a)
    for holder in (engine.cls, *engine.module.values()):
        function = vars(holder).get(word) if inspect.isclass(holder) else None
        if isinstance(function, staticmethod):
            return lambda a, f=function.__func__: f(a)
    return None


def _either(function: Build, known: Build | None, engine: Engine) -> Build:
    def build(a: Any) -> Any:
        return function(a) if isinstance(a, engine.cls) or known is None else known(a)

    return build


def _subtracted(function: Build) -> Build:
    """A negative gradient comes to the function: a ReLU whose mask is made of the gradient shows."""

    def build(a: Any, b: Any) -> Any:
        return b - a * function(a)

    return build


def _inside(function: Build, sign: int) -> Build:
    def build(a: Any, b: Any, c: Any) -> Any:
        return function(a * b + c if sign > 0 else a * b - c) * a + b

    return build
