"""How a class with a dictionary of parameters and a loss is asked: its scores, its loss, its gradients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import arrangements, parameters_of
from gradcheck.submissions.adapters.common.calling import quietly, seeded
from gradcheck.submissions.adapters.common.forms import classes, columns, rows
from gradcheck.submissions.adapters.common.leaves import numeric
from gradcheck.submissions.adapters.common.returned import UnfinishedError, cost_and_gradient, number
from gradcheck.submissions.adapters.layers.raising import as_slip

Array = NDArray[Any]
Named = dict[str, Any]
DICTIONARIES = ("params", "parameters", "model", "weights", "_params", "theta", "param")


@dataclass(frozen=True)
class Interface:
    """How a class is used: its loss method, its dictionary, where its λ is, which way round its data are."""

    cls: type
    loss: str
    dictionary: str
    l2: str = ""  # "argument", "attribute", or nowhere
    columns: bool = False
    one_hot: bool = False
    returns: tuple[str, ...] = ()
    source: str = ""  # of the file, to tell a slip from what only its author has

    def parameters(self, net: Any) -> Named:
        """The live dictionary."""
        return getattr(net, self.dictionary)

    def called(self, net: Any, parameters: Mapping[str, Array], x: Array, y: Any, l2: float) -> Any:
        """What ``loss`` returns for data as the class takes them; *y* None asks for scores."""
        live = self.parameters(net)
        live.update({_key(name): np.array(array) for name, array in parameters.items()})
        if self.l2 == "attribute":
            net.reg = l2
        method = getattr(net, self.loss)
        offered = {"x": x, "y": y} | ({"l2": l2} if self.l2 == "argument" else {})
        if y is None:
            return method(x)
        given = next(iter(arrangements(method, offered)))
        return method(**given)


def _key(name: str) -> str:
    """``W1`` of ``params['W1']``."""
    return name.partition("['")[2].removesuffix("']")


@dataclass
class ParamsNet:
    """One live object."""

    interface: Interface
    net: Any

    def _name(self, key: str) -> str:
        return f"{self.interface.dictionary}[{key!r}]"

    def parameters(self) -> Named:
        """Copies of the dictionary's arrays, weights and biases in order of their layers."""
        live = self.interface.parameters(self.net)
        return {self._name(key): np.array(live[key], dtype=float) for key in sorted(live, key=_layer)}

    def forward(self, parameters: Mapping[str, Array], x: Array) -> Any:
        """The scores as columns."""
        with quietly(), seeded(0):
            scores = numeric(self.interface.called(self.net, parameters, self._turned(x), None, 0.0))
        if scores is None:
            raise UnfinishedError(f"{self.interface.loss}(X) without labels returned no scores.")
        return scores if self.interface.columns else scores.T

    def _turned(self, x: Array) -> Array:
        return columns(x) if self.interface.columns else rows(x)

    def _both(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> tuple[Any, Named]:
        targets = self._turned(y) if self.interface.one_hot else classes(y)
        with quietly(), seeded(0):
            returned = self._loss(parameters, self._turned(x), targets, l2)
        named = {_key(name): array for name, array in parameters.items()}
        cost, gradient = cost_and_gradient(returned, named, self.interface.returns)
        return cost, {name: gradient[_key(name)] for name in parameters}

    def _loss(self, parameters: Mapping[str, Array], x: Array, y: Any, l2: float) -> Any:
        """What the loss returns; a slip for which it cannot, as BadReturnError."""
        try:
            return self.interface.called(self.net, parameters, x, y, l2)
        except (NameError, AttributeError, KeyError, TypeError) as error:
            raise as_slip(error, self.net, self.interface.source) from error

    def cost(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Any:
        """The loss."""
        return number(self._both(parameters, x, y, l2)[0], "loss")

    def gradient(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Named:
        """The gradients that ``loss`` returns beside it."""
        return self._both(parameters, x, y, l2)[1]


def _layer(key: str) -> tuple[int, str]:
    """W1, b1, W2...: by number, then by name."""
    digits = "".join(c for c in key if c.isdigit())
    return int(digits or 0), key


def dictionary_of(net: Any) -> str | None:
    """The name of the attribute that is the dictionary of parameters."""
    return next((name for name in DICTIONARIES if isinstance(getattr(net, name, None), dict)), None)


def strength_of(net: Any, loss: str) -> str:
    """Where λ is given: to ``loss``, as ``net.reg``, or nowhere."""
    if any(p.role == "l2" for p in parameters_of(getattr(net, loss)) or ()):
        return "argument"
    return "attribute" if hasattr(net, "reg") else ""
