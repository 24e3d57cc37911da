"""Loss objects: a number of predictions and targets, and its gradient with respect to the predictions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.calling import fresh
from gradcheck.submissions.adapters.common.cases import FunctionCase, agreement, spread, tried
from gradcheck.submissions.adapters.common.returned import UnfinishedError, leaves, numeric
from gradcheck.submissions.adapters.common.roles import letters, role
from gradcheck.submissions.adapters.layers.gradients import Left, state
from gradcheck.submissions.adapters.layers.layer import kept_output
from gradcheck.submissions.adapters.layers.making import FLAT, Making, makings
from gradcheck.submissions.adapters.layers.methods import BACKWARD, FORWARD, kind, method
from gradcheck.submissions.subjects import BadReturnError, CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
VALUES = ("calculate", "loss", "cost", "value", "calc", "compute", "computeloss", "calculateloss", "getloss", "eval",
          "evaluate", "lossfunction", "fn", "function", "error", "apply")  # fmt: skip
SLOPES = (*BACKWARD, "gradient", "grad", "prime", "derivative", "lossprime", "lossderivative", "deriv", "dloss",
          "computegradient", "gradients", "lossgradient", "updategradinput", "calculategradient", "df",
          "der")  # fmt: skip
AGREES = 1e-5
SHAPE = (3, 4)
TARGETS = (("one-hot", "any"), ("labels",), ("one column",))
"""Kinds of targets; one column, which hides 2/n_out, only where nothing else is taken."""


@dataclass(frozen=True)
class Loss:
    """A loss class, its methods, and the data that suit it."""

    making: Making
    methods: tuple[str, str]
    turned: bool = False  # (y_true, y_pred) in the forward method
    back: tuple[str, ...] = ()
    mean: bool = False
    targets: str = "one-hot"
    columns: bool = False

    def data(self, seed: int) -> tuple[Array, Any]:
        """Predictions that are probabilities, and targets."""
        rng = np.random.default_rng(seed)
        raw = np.exp(0.4 * spread(SHAPE, rng))
        predictions = raw / raw.sum(axis=1, keepdims=True) * 0.97
        classes = rng.permutation(np.arange(SHAPE[0]) + seed % 2) % SHAPE[1]
        targets = {"one-hot": np.eye(SHAPE[1])[classes], "labels": classes, "any": rng.uniform(0.1, 0.9, SHAPE)}
        targets["one column"] = (rng.random((SHAPE[0], 1)) > 0.5).astype(float)
        if self.targets == "one column":
            predictions = predictions[:, :1]
        turn = self.columns and self.targets != "labels"
        target = targets[self.targets]
        return (predictions.T.copy(), target.T.copy()) if turn else (predictions, target)

    def start(self, seed: int) -> Named:
        """The predictions."""
        return {"y_pred": self.data(seed)[0]}

    def _value(self, point: Named, seed: int) -> tuple[Any, float, Any]:
        """The object after its forward pass, the loss, and the output that it keeps."""
        loss, _ = self.making.build(FLAT[0], seed)
        target = self.data(seed)[1]
        arguments = [np.array(point["y_pred"]), fresh(target)]
        returned = getattr(loss, self.methods[0])(*(arguments[::-1] if self.turned else arguments))
        found = [array for _, v in leaves(returned) if (array := numeric(v)) is not None]
        if not found and kept_output(loss) is not None:
            found = [np.asarray(kept_output(loss))]
        if returned is None and not found:
            raise UnfinishedError(f"{self.methods[0]} returned None.")
        if not found:
            raise BadReturnError(f"{self.methods[0]} returned no number.")
        array = min(found, key=lambda a: a.size)
        return loss, float(np.mean(array) if self.mean else np.sum(array)), kept_output(loss)

    def cost(self, point: Named, seed: int) -> float:
        """The loss, summed or averaged where it is one number for each example."""
        return self._value(point, seed)[1]

    def gradient(self, point: Named, seed: int) -> Named:
        """What backward returns or leaves for the predictions."""
        loss, _, output = self._value(point, seed)
        prediction, target = np.array(point["y_pred"]), self.data(seed)[1]
        offers = {"pred": prediction, "y": target, "output": prediction if output is None else output, "one": 1.0}
        before = state(loss)
        returned = getattr(loss, self.methods[1])(*(fresh(offers[key]) for key in self.back))
        arrays = [np.asarray(v) for _, v in leaves(returned) if numeric(v) is not None and v is not None]
        fitting = [a for a in arrays if a.size == prediction.size] or arrays
        kept = Left(before, state(loss), ()).of_input(prediction, ()) if not arrays else None
        if kept is None and not arrays:
            raise UnfinishedError(f"{self.methods[1]} returned no gradient of the predictions.")
        return {"y_pred": fitting[0] if arrays else kept}


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


def _orders(cls: type, methods: tuple[str, str]) -> Iterator[tuple[bool, tuple[str, ...]]]:
    """Which argument is which, the likeliest first: by name, else predictions first."""
    asked = _asked(cls, methods[1])
    backs: dict[int, list[tuple[str, ...]]] = {
        0: [()], 1: [("one",), ("y",), ("pred",)], 2: [("pred", "y"), ("output", "y")],
    }  # fmt: skip
    turned = _target_first(cls, methods[0])
    second = _target_first(cls, methods[1]) if len(asked) == 2 else False
    for back in backs.get(len(asked), []):
        yield turned, back[::-1] if second else back
    unclear = not any(_clear(p.name) for p in _asked(cls, methods[0]))
    if unclear:
        yield from (((not turned), back[::-1]) for back in backs.get(len(asked), []))


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


def loss_case(cls: type, methods: tuple[str, str], namespace: Mapping[str, object]) -> FunctionCase | str | None:
    """The first consistent case for a loss, else the first that answers; a sentence where it is not finished."""
    making = next(makings(cls, FLAT[0], namespace), None)
    if making is None:
        return None
    unfinished = ""
    for targets in TARGETS:
        answering: list[FunctionCase] = []
        for loss in _tries(making, methods, targets):
            case = _case(loss)
            answer = tried(case)
            if answer.answered and _fits(case):
                if agreement(case) < AGREES:
                    return case
                answering.append(case)
            elif answer.unfinished or "UnfinishedError" in answer.error:
                unfinished = unfinished or f"{cls.__name__}: {answer.error.partition(': ')[2] or 'not implemented yet'}"
        if answering:
            return answering[0]
    return unfinished or None


def _fits(case: FunctionCase) -> bool:
    return bool(np.size(case.gradient(case.point(0), 0)["y_pred"]) == np.size(case.point(0)["y_pred"]))


def _tries(making: Making, methods: tuple[str, str], kinds: tuple[str, ...]) -> Iterator[Loss]:
    for turned, back in _orders(making.cls, methods):
        first = Loss(making, methods, turned, back)
        for targets, columns in itertools.product(kinds, (False, True)):
            for mean in (False, True):
                yield replace(first, targets=targets, columns=columns, mean=mean)


def _case(loss: Loss) -> FunctionCase:
    name, (value, slope) = loss.making.cls.__name__, loss.methods
    info = CaseInfo(f"{name}.{slope}", "layers", f"{name}.{slope} of {value}", name, "∂cost/∂prediction")
    start: Callable[[int], Named] = loss.start
    return FunctionCase(info, start, loss.cost, loss.gradient)
