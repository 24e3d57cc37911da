"""Loss objects: a number of predictions and targets, and its gradient with respect to the predictions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import Attempt, fresh
from gradcheck.submissions.adapters.common.cases import FunctionCase, agreement, spread, tried
from gradcheck.submissions.adapters.common.leaves import leaves, numeric
from gradcheck.submissions.adapters.common.returned import UnfinishedError
from gradcheck.submissions.adapters.layers.gradients import Left, state
from gradcheck.submissions.adapters.layers.inputs import FLAT
from gradcheck.submissions.adapters.layers.layer import kept_output
from gradcheck.submissions.adapters.layers.loss_methods import orders
from gradcheck.submissions.adapters.layers.making import Making, makings
from gradcheck.submissions.adapters.layers.raising import SLIP, as_slip
from gradcheck.submissions.subjects import BadReturnError, CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
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
    shared: bool = False  # the layers divide by the number of examples, so that the loss must not
    link: str = ""  # the gradient is that of z, with predictions softmax(z) or σ(z)
    source: str = ""  # the text of the file
    single: bool = False  # one example
    lone: bool = False  # and never more, as the layers beside it

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
        if self.single:
            predictions, target = predictions[:1], target[:1]
        return (predictions.T.copy(), target.T.copy()) if turn else (predictions, target)

    def start(self, seed: int) -> Named:
        """The predictions; with a link the z that they are made of."""
        predictions = self.data(seed)[0]
        if not self.link:
            return {"y_pred": predictions}
        return {"z": np.log(predictions) if self.link == "softmax" else np.log(predictions / (1 - predictions))}

    def facts(self, seed: int) -> Named:
        """Predictions and targets as rows; nothing for class numbers."""
        predictions, target = self.data(seed)
        if self.link:
            return {}
        one_hot = np.eye(SHAPE[1])[target] if self.targets == "labels" else np.asarray(target, dtype=float)
        return {"y_pred": predictions, "target": one_hot}

    def predictions(self, point: Named) -> Array:
        """The predictions at a point."""
        if not self.link:
            return np.array(point["y_pred"])
        z = np.array(point["z"])
        if self.link == "sigmoid":
            return 1 / (1 + np.exp(-z))
        e = np.exp(z)
        return e / e.sum(axis=0 if self.columns else 1, keepdims=True)

    def _value(self, point: Named, seed: int) -> tuple[Any, float, Any]:
        """The object after its forward pass, the loss, and the output that it keeps."""
        loss, _ = self.making.build(FLAT[0], seed)
        target = self.data(seed)[1]
        arguments = [self.predictions(point), fresh(target)]
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
        prediction, target = self.predictions(point), self.data(seed)[1]
        offers = {
            "pred": prediction, "y": target, "output": prediction if output is None else output, "one": 1.0,
            "z": prediction, "function": Identity(),
        }  # fmt: skip
        before = state(loss)
        try:
            returned = getattr(loss, self.methods[1])(*(fresh(offers[key]) for key in self.back))
        except (TypeError, AttributeError, NameError, LookupError) as error:
            raise as_slip(error, loss, self.source) from error
        arrays = [np.asarray(v) for _, v in leaves(returned) if numeric(v) is not None and v is not None]
        fitting = [a for a in arrays if a.size == prediction.size] or arrays
        kept = Left(before, state(loss), ()).of_input(prediction, ()) if not arrays else None
        if kept is None and not arrays:
            raise UnfinishedError(f"{self.methods[1]} returned no gradient of the predictions.")
        found = fitting[0] if arrays else kept
        return {"z" if self.link else "y_pred": np.asarray(found) / SHAPE[0] if self.shared else found}


class Identity:
    """The activation σ(z) = z, for losses that ask for the last one."""

    def __call__(self, z: Any) -> Any:
        """Its value."""
        return z

    def grad(self, z: Any) -> Any:
        """Its derivative."""
        return np.ones_like(z)

    fn = forward = activate = __call__
    derivative = prime = gradient = backward = grad


@dataclass(frozen=True)
class Beside:
    """What the file around a loss does: its text, and how its layers take examples.

    ``shared``: they divide by the number of examples, which the loss may leave to them. ``columns``: each is one.
    ``lone``: they take one column at a time.
    """

    source: str = ""
    shared: bool = False
    columns: bool = False
    lone: bool = False


ALONE = Beside()


def loss_case(
    cls: type, methods: tuple[str, str], namespace: Mapping[str, object], beside: Beside = ALONE
) -> FunctionCase | str | None:
    """The first consistent case for a loss, else the first that answers; a sentence where it is not finished.

    Where none is consistent, one column alone may be, or softmax or σ followed by the loss: their gradient
    together is a − y.
    """
    making = next(makings(cls, FLAT[0], namespace), None)
    if making is None:
        return None
    said, slip = Said(), None
    for targets in TARGETS:
        answering: list[Loss] = []
        tries = [replace(loss, source=beside.source) for loss in _tries(making, methods, targets)]
        for loss in tries:
            answer = tried(loss_as_case(loss))
            if answer.answered and _fits(loss_as_case(loss)):
                if agreement(loss_as_case(loss)) < AGREES:
                    return loss_as_case(loss)
                answering.append(loss)
            said.add(answer)
            slip = slip or (loss_as_case(loss) if SLIP in answer.error else None)
        other = _linked(answering or tries, shared=beside.shared) or (
            _one_column(answering, lone=beside.lone) if beside.columns else None
        )
        if other is not None or answering:
            return other or loss_as_case(answering[0])
    return slip or said.sentence


def _one_column(answering: list[Loss], *, lone: bool) -> FunctionCase | None:
    """The loss of one column alone, where a batch of m columns is wrong by 1/m and nothing else, or is never made."""
    for loss in (loss for loss in answering if loss.columns):
        one, batch = replace(loss, single=True), replace(loss, shared=True)
        if lone and max(agreement(loss_as_case(one), seed) for seed in range(2)) < AGREES:
            return loss_as_case(replace(one, lone=True))
        if max(agreement(loss_as_case(case), seed) for case in (one, batch) for seed in range(2)) < AGREES:
            return loss_as_case(one)
    return None


class Said:
    """Why a loss does not answer: what it says of being unfinished, else the first error."""

    def __init__(self) -> None:
        self.sentence = ""
        self._unfinished = False

    def add(self, answer: Attempt) -> None:
        """Take one more answer into account."""
        unfinished = answer.unfinished or "UnfinishedError" in answer.error
        if answer.answered or (self.sentence and not (unfinished and not self._unfinished)):
            return
        self._unfinished = unfinished
        self.sentence = answer.error.partition(": ")[2] or "not implemented yet" if unfinished else answer.error


def _linked(answering: list[Loss], *, shared: bool) -> FunctionCase | None:
    """The loss with the activation before it, or with 1/m left to the layers, where the gradient is that."""
    for divided, link in itertools.product((False, True) if shared else (False,), ("", "softmax", "sigmoid")):
        for loss in answering:
            case = loss_as_case(replace(loss, link=link, shared=divided))
            if (link or divided) and agreement(case) < AGREES:
                return case
    return None


def _fits(case: FunctionCase) -> bool:
    """Whether the gradient has as many entries as the predictions."""
    sizes = [np.size(next(iter(named.values()))) for named in (case.gradient(case.point(0), 0), case.point(0))]
    return sizes[0] == sizes[1]


def _tries(making: Making, methods: tuple[str, str], kinds: tuple[str, ...]) -> Iterator[Loss]:
    for turned, back in orders(making.cls, methods):
        first = Loss(making, methods, turned, back)
        for targets, columns in itertools.product(kinds, (False, True)):
            for mean in (False, True):
                yield replace(first, targets=targets, columns=columns, mean=mean)


def loss_as_case(loss: Loss) -> FunctionCase:
    """The loss as something to check."""
    name, (value, slope) = loss.making.cls.__name__, loss.methods
    function = loss.making.cls.__module__ == __name__
    title, id_ = (f"{slope} of {value}", slope) if function else (f"{name}.{slope} of {value}", f"{name}.{slope}")
    notes: tuple[str, ...] = ()
    if loss.shared:
        notes = (f"{id_} leaves 1/m to the layers, which divide by the number of examples",)
    if loss.lone:
        notes = (f"{id_} is right for one column, which is what the layers here take; more were not tried",)
    elif loss.single:
        notes = (f"{id_} is right for one column; for a batch of m columns it is m times too large",)
    if loss.link:
        title += f" after {loss.link}"
        notes = (*notes, f"{id_} is taken with respect to z: {loss.link} and {value} are differentiated together")
    info = CaseInfo(id_, "layers", title, name, "∂cost/∂z" if loss.link else "∂cost/∂prediction", notes=notes)
    start: Callable[[int], Named] = loss.start
    return FunctionCase(info, start, loss.cost, loss.gradient, loss.facts)


def function_loss(
    value: Callable[..., Any], slope: Callable[..., Any], beside: Beside = ALONE
) -> FunctionCase | str | None:
    """The case of two functions, ``mse(y_true, y_pred)`` and ``mse_prime(y_true, y_pred)``."""
    methods = (value.__name__, slope.__name__)
    members = {methods[0]: staticmethod(value), methods[1]: staticmethod(slope), "__module__": __name__}
    return loss_case(type(value.__name__, (), members), methods, {}, beside)
