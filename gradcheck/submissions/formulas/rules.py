"""The rule of every operation, and the wrong rules that are met: slopes of one leaf, as text and as numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Slope = Callable[[Mapping[str, Array]], Any]


@dataclass(frozen=True)
class Slip:
    """A wrong rule: its name in a result, its text, and its slope at a point."""

    fault: str
    says: str
    slope: Slope


RULES: dict[tuple[str, str], str] = {
    ("a + b", "a"): "1", ("a + b", "b"): "1", ("a - b", "a"): "1", ("a - b", "b"): "−1",
    ("a * b", "a"): "b", ("a * b", "b"): "a", ("a / b", "a"): "1/b", ("a / b", "b"): "−a/b²",
    ("a ** b", "a"): "b·a^(b−1)", ("a ** b", "b"): "a^b·ln a", ("-a", "a"): "−1",
    ("a ** 2", "a"): "2a", ("a ** 3", "a"): "3a²", ("a ** -1", "a"): "−a⁻²", ("a ** 0.5", "a"): "½a^(−½)",
    ("2 ** a", "a"): "2^a·ln 2", ("2 - a", "a"): "−1", ("4 / a", "a"): "−4/a²", ("a / 4", "a"): "¼",
    ("exp(a)", "a"): "exp(a)", ("log(a)", "a"): "1/a", ("tanh(a)", "a"): "1 − tanh²(a)",
    ("relu(a)", "a"): "1 where a > 0, else 0", ("sqrt(a)", "a"): "1/(2√a)", ("sigmoid(a)", "a"): "σ(a)(1 − σ(a))",
    ("sin(a)", "a"): "cos(a)", ("cos(a)", "a"): "−sin(a)", ("square(a)", "a"): "2a",
    ("abs(a)", "a"): "the sign of a", ("tan(a)", "a"): "1 + tan²(a)", ("sinh(a)", "a"): "cosh(a)",
    ("cosh(a)", "a"): "sinh(a)", ("softplus(a)", "a"): "σ(a)", ("a.sum()", "a"): "1 in every entry",
    ("a.mean()", "a"): "1/n in every entry", ("a @ b", "a"): "g bᵀ", ("a @ b", "b"): "aᵀ g",
    ("a.dot(b)", "a"): "g bᵀ", ("a.dot(b)", "b"): "aᵀ g", ("a.max()", "a"): "1 at the largest entry, else 0",
}  # fmt: skip
"""∂(formula)/∂leaf; for matrices with the gradient g of the result."""


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def _of(fault: str, says: str, slope: Callable[[Any], Any]) -> Slip:
    return Slip(fault, says, lambda p: slope(p["a"]))


def _power(n: float) -> tuple[Slip, ...]:
    return (
        _of("power_rule", f"a^({n:g}−1), without the factor {n:g}", lambda a: a ** (n - 1)),
        _of("power_rule", f"{n:g}·a^{n:g}: the exponent is not lowered by 1", lambda a: n * a**n),
        _of("power_rule", f"({n:g}−1)·a^({n:g}−1)", lambda a: (n - 1) * a ** (n - 1)),
        _of("power_rule", f"{n:g}·a^({n:g}+1): the exponent is raised by 1", lambda a: n * a ** (n + 1)),
        _of("power_rule", f"{n:g}·a, without the power", lambda a: n * a),
        _of("power_rule", f"({n:g}−1)·a^{n:g}", lambda a: (n - 1) * a**n),
        _of("power_rule", f"{n:g}·a^({n:g}−2)", lambda a: n * a ** (n - 2)),
        _of("power_rule", f"a^{n:g}·ln a: the rule of an exponential", lambda a: a**n * np.log(a)),
    )


_OPERAND = "wrong_operand"
_SLIPS: dict[tuple[str, str], tuple[Slip, ...]] = {
    ("a * b", "a"): (
        Slip(_OPERAND, "a, the operand itself", lambda p: p["a"]),
        Slip(_OPERAND, "ab, the result", lambda p: p["a"] * p["b"]),
    ),
    ("a * b", "b"): (
        Slip(_OPERAND, "b, the operand itself", lambda p: p["b"]),
        Slip(_OPERAND, "ab, the result", lambda p: p["a"] * p["b"]),
    ),
    ("a / b", "a"): (
        Slip("quotient_rule", "b", lambda p: p["b"]),
        Slip("quotient_rule", "1/b²", lambda p: 1 / p["b"] ** 2),
        Slip("quotient_rule", "1/a", lambda p: 1 / p["a"]),
        Slip("quotient_rule", "a/b, the result", lambda p: p["a"] / p["b"]),
    ),
    ("a / b", "b"): (
        Slip("quotient_rule", "a/b², without the minus", lambda p: p["a"] / p["b"] ** 2),
        Slip("quotient_rule", "−a/b: b is not squared", lambda p: -p["a"] / p["b"]),
        Slip("quotient_rule", "a/b", lambda p: p["a"] / p["b"]),
        Slip("quotient_rule", "−1/b², without the factor a", lambda p: -1 / p["b"] ** 2),
        Slip("quotient_rule", "1/b²", lambda p: 1 / p["b"] ** 2),
        Slip("quotient_rule", "−1/b", lambda p: -1 / p["b"]),
        Slip("quotient_rule", "a", lambda p: p["a"]),
        Slip("quotient_rule", "−a", lambda p: -p["a"]),
        Slip("quotient_rule", "−ab²", lambda p: -p["a"] * p["b"] ** 2),
        Slip("quotient_rule", "−b/a²", lambda p: -p["b"] / p["a"] ** 2),
    ),
    ("a ** b", "a"): (
        Slip("power_rule", "a^(b−1), without the factor b", lambda p: p["a"] ** (p["b"] - 1)),
        Slip("power_rule", "b·a^b: the exponent is not lowered by 1", lambda p: p["b"] * p["a"] ** p["b"]),
        Slip("power_rule", "b·a", lambda p: p["b"] * p["a"]),
    ),
    ("a ** b", "b"): (
        Slip("power_rule", "a^b, without ln a", lambda p: p["a"] ** p["b"]),
        Slip("power_rule", "ln a, without a^b", lambda p: np.log(p["a"])),
        Slip("power_rule", "a^b·ln b", lambda p: p["a"] ** p["b"] * np.log(np.abs(p["b"]))),
    ),
    ("a ** 2", "a"): _power(2), ("a ** 3", "a"): _power(3), ("a ** -1", "a"): _power(-1),
    ("tanh(a)", "a"): (
        _of("slope_of_input", "1 − a²: made of a where tanh(a) belongs", lambda a: 1 - a**2),
        _of("slope_of_activation", "1 − tanh²(tanh(a)): the slope at the result",
            lambda a: 1 - np.tanh(np.tanh(a)) ** 2),
        _of("slope_of_sigmoid", "tanh(a)(1 − tanh(a)): the sigmoid's rule", lambda a: np.tanh(a) * (1 - np.tanh(a))),
        _of("derivative", "1 − tanh(a): not squared", lambda a: 1 - np.tanh(a)),
        _of("derivative", "1 + tanh²(a): the sign", lambda a: 1 + np.tanh(a) ** 2),
        _of("derivative", "tanh²(a)", lambda a: np.tanh(a) ** 2),
        _of("derivative", "σ(a)(1 − σ(a))", lambda a: _sigmoid(a) * (1 - _sigmoid(a))),
    ),
    ("sigmoid(a)", "a"): (
        _of("slope_of_input", "a(1 − a): made of a where σ(a) belongs", lambda a: a * (1 - a)),
        _of("slope_of_activation", "σ′ at σ(a): the slope at the result",
            lambda a: _sigmoid(_sigmoid(a)) * (1 - _sigmoid(_sigmoid(a)))),
        _of("slope_of_tanh", "1 − σ²(a): the rule of tanh", lambda a: 1 - _sigmoid(a) ** 2),
        _of("derivative", "1 − σ(a), without the factor σ(a)", lambda a: 1 - _sigmoid(a)),
        _of("derivative", "σ(a)(1 + σ(a)): the sign", lambda a: _sigmoid(a) * (1 + _sigmoid(a))),
        _of("derivative", "σ(a)(1 − a)", lambda a: _sigmoid(a) * (1 - a)),
        _of("derivative", "a(1 − σ(a))", lambda a: a * (1 - _sigmoid(a))),
    ),
    ("relu(a)", "a"): (
        _of("relu_mask", "1 everywhere: there is no mask", np.ones_like),
        _of("relu_mask", "1 where a < 0: the mask is of the wrong side", lambda a: 1.0 * (a < 0)),
        _of("relu_mask", "a where a > 0: the value, not the mask", lambda a: a * (a > 0)),
        _of("relu_mask", "the sign of a", np.sign),
        Slip("relu_mask", "1 where the gradient that comes to it is positive: the mask is made of the gradient",
             lambda p: 1.0 * (p["gradient"] > 0)),
        Slip("relu_mask", "masked by the gradient that comes to it as well as by a",
             lambda p: 1.0 * ((p["gradient"] > 0) & (p["a"] > 0))),
    ),
    ("exp(a)", "a"): (
        _of("power_rule", "a·exp(a − 1): the rule of a power", lambda a: a * np.exp(a - 1)),
        _of("slope_of_input", "a: made of a where exp(a) belongs", lambda a: a),
        _of("derivative", "a·exp(a)", lambda a: a * np.exp(a)),
        _of("slope_of_activation", "exp(exp(a)): the slope at the result", lambda a: np.exp(np.exp(a))),
    ),
    ("log(a)", "a"): (
        _of("slope_of_activation", "1/ln(a): made of the result where a belongs", lambda a: 1 / np.log(a)),
        _of("derivative", "a", lambda a: a),
        _of("derivative", "1/a²", lambda a: 1 / a**2),
        _of("derivative", "1/(a·ln 10): of the logarithm to base 10", lambda a: 1 / (a * np.log(10))),
        _of("derivative", "1/(a·ln 2): of the logarithm to base 2", lambda a: 1 / (a * np.log(2))),
    ),
    ("sqrt(a)", "a"): (
        _of("power_rule", "1/√a, without the factor ½", lambda a: 1 / np.sqrt(a)),
        _of("power_rule", "½√a", lambda a: np.sqrt(a) / 2),
        _of("power_rule", "1/(2a)", lambda a: 1 / (2 * a)),
    ),
    ("square(a)", "a"): (
        _of("power_rule", "a, without the factor 2", lambda a: a),
        _of("power_rule", "2a²", lambda a: 2 * a**2),
        _of("power_rule", "2", lambda a: 2 + 0 * a),
    ),
    ("sin(a)", "a"): (_of("derivative", "sin(a)", np.sin),),
    ("cos(a)", "a"): (_of("derivative", "cos(a)", np.cos),),
    ("leaky relu(a)", "a"): (
        _of("relu_mask", "1 everywhere: there is no mask", np.ones_like),
        _of("relu_mask", "0 for negative a: the slope below 0 is lost", lambda a: 1.0 * (a > 0)),
    ),
}  # fmt: skip


def slips(formula: str, leaf: str) -> tuple[Slip, ...]:
    """The wrong rules of one operation for one leaf; ``gradient`` in a point is what comes to the result."""
    return _SLIPS.get((formula, leaf), ())
