"""Classes that hold their parameters in a dictionary and answer ``loss(X, y)`` with loss and gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.building import build, offers, own_classes
from gradcheck.submissions.adapters.common.calling import Attempt, attempt
from gradcheck.submissions.adapters.common.cases import FunctionCase, labels
from gradcheck.submissions.adapters.common.leaves import numeric
from gradcheck.submissions.adapters.cs231n.functions import as_classes
from gradcheck.submissions.adapters.cs231n.interface import Interface, ParamsNet, dictionary_of, strength_of
from gradcheck.submissions.adapters.cs231n.whole import cases_of
from gradcheck.submissions.subjects import BadReturnError, Found, Hints, ModelInfo

LOSS_NAMES = ("loss", "compute_loss", "loss_function", "cost", "compute_cost", "loss_and_grads", "loss_and_gradients")
PROBE = (5, 4, 3)


@dataclass(frozen=True)
class ParamsModel:
    """A class that can be built in sizes."""

    info: ModelInfo
    interface: Interface

    def build(self, sizes: Sequence[int], seed: int) -> ParamsNet:
        """A fresh object; raises BadReturnError where the constructor refuses."""
        built = build(self.interface.cls, offers(sizes), seed)
        if not built.answered:
            raise BadReturnError(f"{self.interface.cls.__name__} of sizes {tuple(sizes)}: {built.error}.")
        return ParamsNet(self.interface, built.value)


def find_classes(namespace: Mapping[str, object], hints: Hints, source: str = "") -> Found:
    """Models and cases of all classes with a loss that returns its gradient."""
    models: list[ParamsModel] = []
    cases: list[FunctionCase] = []
    unfinished: list[str] = []
    for name, cls in {**not_bases(own_classes(namespace)), **as_classes(namespace)}.items():
        loss = next(
            (n for n in (hints.names.get("cost", ""), *LOSS_NAMES) if n and callable(getattr(cls, n, None))), ""
        )
        if not loss or hints.names.get("class", name) != name:
            continue
        model, sentence = _understood(cls, loss, source)
        models.extend([model] if model is not None else [])
        whole, further = cases_of(cls, loss, connected=model is not None)
        cases.extend(whole)
        unfinished.extend(s for s in (sentence, further if not sentence else "") if s)
    return Found(tuple(models), tuple(cases), (), tuple(unfinished))


def not_bases(classes: Mapping[str, type]) -> dict[str, type]:
    """Without those that another one refines."""
    kinds = set(classes.values())
    return {
        name: cls
        for name, cls in classes.items()
        if not any(other is not cls and issubclass(other, cls) for other in kinds)
    }


def _understood(cls: type, loss: str, source: str) -> tuple[ParamsModel | None, str]:
    """A model of a fully connected network, or a sentence about what is not finished, or neither."""
    built = build(cls, offers(PROBE))
    dictionary = dictionary_of(built.value) if built.answered else None
    if dictionary is None:
        return None, ""
    live = getattr(built.value, dictionary)
    if not live:
        return None, f"{cls.__name__}: {dictionary} is empty"
    first = Interface(cls, loss, dictionary, strength_of(built.value, loss), source=source)
    return _model(first, built.value) if _connected(live) else (None, "")


def _connected(live: Mapping[str, Any]) -> bool:
    """Whether the arrays are those of the probe's fully connected network, and nothing else."""
    arrays = [numeric(array) for array in live.values()]
    if any(array is None for array in arrays):
        return False
    shapes = [array.shape for array in arrays if array is not None]
    wanted = [{(a, b), (b, a)} for a, b in pairwise(PROBE)]
    weights = [shape for shape in shapes if len(shape) == 2 and 1 not in shape]
    return (
        len(weights) == len(wanted)
        and all(any(shape in want for shape in weights) for want in wanted)
        and all(int(np.prod(shape)) in PROBE[1:] for shape in shapes if shape not in weights)
    )


def _model(first: Interface, net: Any) -> tuple[ParamsModel | None, str]:
    """The model in the way that answers; where it answers in none, in the likeliest, so that its author is told."""
    unfinished = ""
    for columns in (False, True):
        for one_hot in (False, True):
            interface = replace(first, columns=columns, one_hot=one_hot)
            answer = _probe(interface, net)
            if answer.answered or "BadReturnError" in answer.error:
                return ParamsModel(_info(interface, ParamsNet(interface, net)), interface), ""
            unfinished = unfinished or (_words(answer) if answer.unfinished else "")
    if unfinished:
        return None, f"{first.cls.__name__}.{first.loss} is not finished: {unfinished}"
    info = _info(first, ParamsNet(first, net))
    return (ParamsModel(info, first) if info.forward else None), ""


def _words(answer: Attempt) -> str:
    sentence = answer.error.partition(": ")[2] or "it returns nothing yet"
    return sentence[0].lower() + sentence[1:].rstrip(".")


def _probe(interface: Interface, net: Any) -> Attempt:
    probe = ParamsNet(interface, net)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((PROBE[0], 7)), np.eye(PROBE[-1])[:, labels(PROBE[-1], 7, rng)]
    values = attempt(probe.parameters)
    if not values.answered:
        return values
    cost = attempt(probe.cost, values.value, x, y, 0.0)
    return cost if not cost.answered else attempt(probe.gradient, values.value, x, y, 0.0)


def _info(interface: Interface, net: ParamsNet) -> ModelInfo:
    scores = attempt(net.forward, net.parameters(), np.ones((PROBE[0], 7)))
    shown = scores.answered and np.shape(scores.value) == (PROBE[-1], 7)
    asked = {p.role for p in parameters_of(interface.cls) or ()}
    deep = bool(asked & {"hidden_dims", "sizes"})
    way = "columns" if interface.columns else "rows"
    said = f"class {interface.cls.__name__}: {interface.dictionary} and {interface.loss}(X, y)"
    return ModelInfo(
        "cs231n",
        f"{getattr(interface.cls, 'said', '') or said}, {way} are examples",
        hidden_layers=None if deep else len(PROBE) - 2,
        forward=shown,
        cost=True,
        l2=bool(interface.l2),
        targets="one-hot",
    )
