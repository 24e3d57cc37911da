"""The plain rules that textbooks, courses and libraries compare gradients by, for comparison with the judge.

Each is one difference formula, one step for all, one threshold for all. None measures the noise of the
cost, none has an error bar, and all have two verdicts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import bind, flatten, rebuild
from gradcheck.differences import Line, central_quotient
from gradcheck.errors import CouldNotRunError, UsageError
from gradcheck.evaluator import Evaluator

Vector = NDArray[np.float64]
FLOOR = 1e-8  # below which CS231n's relative error stops growing


@dataclass(frozen=True)
class Rule:
    """A formula with its step and the comparison of analytic and numeric vectors over all entries."""

    name: str
    says: str
    quotient: Callable[[Line, float, float], float]
    step: float
    accepts: Callable[[Vector, Vector], bool]


@dataclass(frozen=True)
class RuleOutcome:
    """What a rule said, and how many evaluations of the cost it took."""

    rule: str
    passed: bool
    evaluations: int


def _forward(line: Line, cost: float, step: float) -> float:
    taken, ahead = line(step)
    return (ahead - cost) / taken if taken else float("nan")


def _central(line: Line, cost: float, step: float) -> float:
    return central_quotient(line, step)[0]


def _relative(analytic: Vector, numeric: Vector) -> Vector:
    return np.abs(analytic - numeric) / np.maximum(FLOOR, np.abs(analytic) + np.abs(numeric))


def _norm_ratio(analytic: Vector, numeric: Vector) -> bool:
    norms = float(np.linalg.norm(analytic) + np.linalg.norm(numeric))
    return norms == 0 or float(np.linalg.norm(analytic - numeric)) / norms < 2e-7


RULES = {
    rule.name: rule
    for rule in (
        Rule(
            "eq46",
            "Eq. 46 with ε = 1e-6, and numpy.allclose",
            _forward,
            1e-6,
            lambda a, n: bool(np.allclose(a, n)),
        ),
        Rule(
            "cs231n",
            "central differences with h = 1e-5; relative error under 1e-4 in every entry",
            _central,
            1e-5,
            lambda a, n: bool((_relative(a, n) < 1e-4).all()),
        ),
        Rule(
            "norm-ratio",
            "central differences with h = 1e-7; ‖a − n‖ / (‖a‖ + ‖n‖) under 2e-7",
            _central,
            1e-7,
            _norm_ratio,
        ),
        Rule(
            "atol-rtol",
            "central differences with h = 1e-6; |a − n| ≤ 1e-5 + 1e-3 |n| in every entry",
            _central,
            1e-6,
            lambda a, n: bool((np.abs(a - n) <= 1e-5 + 1e-3 * np.abs(n)).all()),
        ),
    )
}


def apply_rule(name: str, cost: Callable[..., Any], gradient: Callable[..., Any] | Any, at: Any) -> RuleOutcome:
    """What the rule *name* says of *gradient*: a key of ``RULES``.

    Args:
        name: ``eq46``, ``cs231n``, ``norm-ratio`` or ``atol-rtol``.
        cost: maps the point to a real number.
        gradient: maps the point to its gradient in the same structure; or that gradient itself.
        at: the point: float arrays in a dictionary, list or tuple, or one array; never written to.

    Raises:
        UsageError: an unknown rule, or a point that cannot be differentiated by.
        CouldNotRunError: a cost that raises or returns no real number; a gradient of another structure.

    It believes what it computes: round-off, kinks and a random cost are all called a wrong gradient.
    """
    if name not in RULES:
        raise UsageError(f"The rule is one of {', '.join(RULES)}, not {name!r}.")
    rule, evaluator = RULES[name], Evaluator(cost, at)
    with np.errstate(all="ignore"):
        analytic = _analytic(gradient, evaluator)
        base = evaluator() if rule.quotient is _forward else 0.0
        numeric = np.array(
            [
                rule.quotient(evaluator.line(array, i), base, rule.step)
                for array, flat in evaluator.flat.items()
                for i in range(flat.size)
            ]
        )
        return RuleOutcome(name, rule.accepts(analytic, numeric), evaluator.evaluations)


def _analytic(gradient: Any, evaluator: Evaluator) -> Vector:
    """The gradient as one vector, in the order of the point."""
    point = {name: array.copy() for name, array in evaluator.original.items()}
    returned = bind(gradient, evaluator.at)(rebuild(evaluator.at, point)) if callable(gradient) else gradient
    leaves = flatten(returned)
    for name, array in evaluator.original.items():
        if name not in leaves or np.shape(leaves[name]) != array.shape:
            raise CouldNotRunError(f"The gradient of {name} is missing or of another shape than the parameter.")
    return np.concatenate([np.asarray(leaves[name], dtype=float).reshape(-1) for name in evaluator.original])
