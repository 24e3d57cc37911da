"""The two methods of a loss class, value and gradient, and which of their arguments is which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.adapters.layers.methods import BACKWARD, FORWARD, kind, method

VALUES = ("calculate", "loss", "cost", "value", "calc", "compute", "computeloss", "calculateloss", "getloss", "eval",
          "evaluate", "lossfunction", "fn", "function", "error", "apply")  # fmt: skip
SLOPES = (*BACKWARD, "gradient", "grad", "prime", "derivative", "lossprime", "lossderivative", "deriv", "dloss",
          "computegradient", "gradients", "lossgradient", "updategradinput", "calculategradient", "df",
          "der")  # fmt: skip


def loss_methods(cls: type) -> tuple[str, str] | None:
    """The methods of value and gradient; None for what is no loss."""
    value = next((m for m in (method(cls, (n,)) for n in (*VALUES, *FORWARD)) if m and _two(cls, m)), "")
    slope = method(cls, SLOPES)
    if not value or not slope or any(role(p.name) in ("rate", "cache") for p in _asked(cls, slope)):
        return None
    return value, slope


def _asked(cls: type, name: str) -> list[Any]:
    """The required arguments of a method, without self."""
    listed = [p for p in parameters_of(getattr(cls, name)) or () if p.required]
    return listed[1:] if listed and listed[0].name in ("self", "cls") else listed


def _two(cls: type, name: str) -> bool:
    """Whether a method takes predictions and targets."""
    names = [p.name for p in _asked(cls, name)]
    known = [kind(n) in ("y", "output") or role(n) in ("y", "output") or _says(n) for n in names]
    return len(names) == 2 and any(known)


def _says(name: str) -> bool:
    return any(word in letters(name) for word in ("pred", "true", "target", "label", "hat", "actual", "expect"))


def orders(cls: type, methods: tuple[str, str]) -> Iterator[tuple[bool, tuple[str, ...]]]:
    """Which argument is which, the likeliest first: by name, else predictions first."""
    asked = _asked(cls, methods[1])
    backs: dict[int, list[tuple[str, ...]]] = {
        0: [()], 1: [("one",), ("y",), ("pred",)], 2: [("pred", "y"), ("output", "y")],
    }  # fmt: skip
    turned = _target_first(cls, methods[0])
    if len(asked) in (3, 4):
        yield from ((turned, back) for back in _with_activation([p.name for p in asked]))
        return
    second = _target_first(cls, methods[1]) if len(asked) == 2 else False
    for back in backs.get(len(asked), []):
        yield turned, back[::-1] if second else back
    unclear = not any(_clear(p.name) for p in _asked(cls, methods[0]))
    if unclear:
        yield from (((not turned), back[::-1]) for back in backs.get(len(asked), []))


def _with_activation(names: list[str]) -> list[tuple[str, ...]]:
    """The arguments of ``grad(y, y_pred, z, act_fn)`` in whatever order they have; empty where that is not it."""
    found = []
    for name in names:
        key = letters(name)
        function = any(word in key for word in ("act", "fn", "func", "sigma", "nonlin"))
        weighted = key in ("z", "zs", "a", "net", "logits", "x", "inputs")
        found.append("function" if function else "z" if weighted else "y" if _is_target(name) else "pred")
    return [tuple(found)] if len(set(found)) == len(found) else []


def _is_target(name: str) -> bool:
    words = ("true", "target", "label", "actual", "expect")
    return role(name) == "y" or any(w in letters(name) for w in words)


def _clear(name: str) -> bool:
    return _says(name) or role(name) in ("y", "output")


def _target_first(cls: type, name: str) -> bool:
    asked = [p.name for p in _asked(cls, name)]
    scores = [any(w in letters(n) for w in ("true", "target", "label", "actual", "expect")) for n in asked]
    if any(scores):
        return scores[0]
    if any(any(w in letters(n) for w in ("pred", "hat", "output", "prob", "logit")) for n in asked):
        return not any(w in letters(asked[0]) for w in ("pred", "hat", "output", "prob", "logit"))
    return role(asked[0]) == "y" and role(asked[-1]) != "y"
