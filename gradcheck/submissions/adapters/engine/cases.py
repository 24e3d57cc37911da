"""An engine's formulas as cases: its own forward value is the cost, what its leaves hold afterwards the gradient."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt, quietly, seeded
from gradcheck.submissions.adapters.engine.taped import Weigh
from gradcheck.submissions.formulas.catalogue import ARRAYS, FUNCTIONS, GRAPHS, OPERATORS
from gradcheck.submissions.formulas.formula import Build, Formula
from gradcheck.submissions.subjects import CaseInfo, Named

Array = NDArray[Any]
EXPAND_PARAMETERS = 3
WEIGHTED = ("handed", "summed")
"""Ways in which a gradient other than ones comes to an array."""

BARE = ("direct", "reflected")
SILENT = ("T", "transpose", "reshape", "flatten", "index", "max")
"""Operations that may be meant for values only: where nothing of the leaf is kept, that is said and not judged."""


class Engine(Protocol):
    """An autodiff engine of whatever kind."""

    @property
    def name(self) -> str:
        """Its class or function."""

    @property
    def arrays(self) -> bool:
        """Whether its values hold arrays."""

    @property
    def upstream(self) -> str:
        """How a gradient comes to an array: handed, summed, added or alone."""

    def evaluated(self, build: Build, point: Mapping[str, Array]) -> Array:
        """Its own value of an expression."""

    def gradients(self, build: Build, point: Mapping[str, Array], weigh: Weigh) -> dict[str, Any]:
        """Its gradient of Σ weights · expression, by leaf; *weigh* makes the weights for a shape."""

    def forgets(self, build: Build, point: Mapping[str, Array], letter: str) -> bool:
        """Whether it keeps nothing of a leaf."""

    def function(self, name: str) -> Build | None:
        """Its own function of one value."""


@dataclass(frozen=True)
class FormulaCase:
    """One formula in one engine."""

    engine: Engine
    formula: Formula
    function: Build | None = None
    notes: tuple[str, ...] = ()

    @property
    def info(self) -> CaseInfo:
        """What is known of it."""
        text, engine = self.formula.text, self.engine
        return CaseInfo(
            id=f"{engine.name}: {text}",
            family="engine",
            title=f"{engine.name}, {text}",
            group=engine.name,
            equation="chain rule",
            notes=self.notes,
            formula=text,
            upstream=engine.upstream if engine.arrays else "",
            arrays=engine.arrays,
        )

    def point(self, seed: int) -> Named:
        """Its leaves."""
        return self.formula.point(seed, arrays=self.engine.arrays)

    def cost(self, point: Mapping[str, Array], seed: int) -> Any:
        """The engine's own value; of an array, the sum with the weights that come to it."""
        with quietly(), seeded(0):
            value = self.engine.evaluated(self.formula.bound(self.function), point)
        return float(np.sum(value * self._weights(seed, value.shape)))

    def gradient(self, point: Mapping[str, Array], seed: int) -> Named:
        """What the leaves hold after the way back."""
        build = self.formula.bound(self.function)
        with quietly(), seeded(0):
            return self.engine.gradients(build, point, partial(self._weights, seed))

    def _weights(self, seed: int, shape: tuple[int, ...]) -> Array:
        return self.formula.weights(seed, shape) if shape and self.engine.upstream in WEIGHTED else np.ones(shape)


def cases_of(engine: Engine) -> tuple[tuple[FormulaCase, ...], tuple[str, ...], tuple[str, ...]]:
    """Every formula that the engine can build; notes on what it leaves out; what it says that it cannot yet."""
    cases, notes, unfinished = [], [], []
    for case in _candidates(engine):
        formula = case.formula
        outcome = attempt(case.cost, case.point(0), 0)
        if not outcome.answered:
            if outcome.unfinished:
                unfinished.append(f"{engine.name}: {formula.text} is not implemented.")
        elif np.isfinite(outcome.value):
            left_out = _left_out(case)
            notes.extend([left_out] if left_out and formula.role in BARE else [])
            cases.extend([] if left_out else [case])
    return tuple(cases), tuple(dict.fromkeys(notes)), tuple(unfinished)


def _candidates(engine: Engine) -> Iterator[FormulaCase]:
    expands = _expands(getattr(engine, "cls", type(engine)))
    for formula in (*OPERATORS, *GRAPHS, *(ARRAYS if engine.arrays else ())):
        if not (formula.role == "broadcast" and expands):
            yield FormulaCase(engine, formula)
    for name, formulas in FUNCTIONS.items():
        function = engine.function(name)
        if function is not None:
            yield from (FormulaCase(engine, f, function) for f in formulas if engine.arrays or not f.shapes)


def _expands(cls: type) -> bool:
    """Whether copies are made by a method of their own, ``expand(axis, copies)``, and not by the operators."""
    expand = getattr(cls, "expand", None)
    return inspect.isfunction(expand) and len(inspect.signature(expand).parameters) == EXPAND_PARAMETERS


def _left_out(case: FormulaCase) -> str:
    """A note on an operation that does not claim a derivative; nothing where it does."""
    formula, name = case.formula, case.engine.name
    if formula.operation in SILENT and _keeps_nothing(case):
        return f"{name}: {formula.text} passes no gradient back; it was taken for one of values only."
    if formula.operation == "**" and formula.role == "reflected" and _keeps_nothing(case):
        return f"{name}: {formula.text} is a plain number to it; no gradient of it is claimed."
    if formula.operation == "**" and formula.role != "reflected" and _unwraps_exponent(case):
        return f"{name}: an exponent that is a value is used as a plain number; no gradient of it is claimed."
    return ""


def _unwraps_exponent(case: FormulaCase) -> bool:
    """Whether a ** b keeps nothing of b, so that b is a constant to it."""
    build: Build = lambda a, b: a**b  # noqa: E731  a name for the type checker
    point = {name: case.point(0)["a"] for name in "ab"}
    return attempt(case.engine.forgets, build, point, "b").value is True


def _keeps_nothing(case: FormulaCase) -> bool:
    """Whether the result keeps nothing of its leaf: a transpose may be meant for values only."""
    return attempt(case.engine.forgets, case.formula.bound(case.function), case.point(0), "a").value is True
