"""A network written as functions: its parameters in a dictionary or one by one, forward, cost and backward."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import examples_counted, quietly, seeded
from gradcheck.submissions.adapters.common.forms import classes
from gradcheck.submissions.adapters.common.leaves import is_number, labelled, numeric
from gradcheck.submissions.adapters.common.returned import UnfinishedError, matched, number
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.coursera.architecture import Layers, described
from gradcheck.submissions.adapters.coursera.stages import Stages
from gradcheck.submissions.subjects import BadReturnError, ModelInfo

Array = NDArray[Any]
Named = dict[str, Any]
Plan = Mapping[str, str]
Where = tuple[str, str | int]
DEPTH = ("L", "num_layers", "n_layers", "nlayers", "numlayers", "layers_num", "number_of_layers", "depth")
"""Names under which functions take the number of layers after the input."""
NUMBER = 0.3
"""What a parameter gets whose name says nothing, as the share of a second penalty."""
SPARE = frozenset(("l2", "keep", "dropout", "n_in", "n_hidden", "n_out", "sizes", "m", "rate", *DEPTH))
"""What is handed over only to a parameter that asks for it by name."""


@dataclass(frozen=True)
class Style:
    """How the parameters are called and shaped."""

    weights: str = "W{}"
    biases: str = "b{}"
    first: int = 1
    rows: bool = False  # weights are (n_in, n_out), as for examples in rows
    bias: str = "column"

    def shapes(self, sizes: Sequence[int]) -> dict[str, tuple[int, ...]]:
        """Names and shapes, from input to output."""
        named: dict[str, tuple[int, ...]] = {}
        for layer, (n_in, n_out) in enumerate(pairwise(sizes), start=self.first):
            named[self.weights.format(layer)] = (n_in, n_out) if self.rows else (n_out, n_in)
            if self.biases:
                shapes = {"column": (n_out, 1), "row": (1, n_out), "flat": (n_out,)}
                named[self.biases.format(layer)] = shapes[self.bias]
        return named


@dataclass(frozen=True)
class Wiring:
    """Which functions, called how: plans give each parameter the key of what it gets."""

    stages: Stages
    style: Style
    rows: bool = False  # the data are rows
    labels: bool = False  # targets are class numbers
    forward: Plan = field(default_factory=dict)
    backward: Plan = field(default_factory=dict)
    cost: Plan | None = None
    reported: bool = False  # the forward function itself returns the cost
    keep: float = 1.0
    output: Where | None = None
    layers: Layers = ()  # a description of layers to follow, where functions take one
    single: str = ""  # "column" or "vector" where only one example at a time is taken, and how

    @property
    def costed(self) -> bool:
        """Whether there is a cost."""
        return self.cost is not None or self.reported


class FunctionNet:
    """One network of certain sizes; it keeps the parameters of the last call, as the functions left them."""

    def __init__(self, wiring: Wiring, sizes: Sequence[int], seed: int = 0) -> None:
        self.wiring, self.sizes, self.seed = wiring, tuple(sizes), seed
        rng, shapes = np.random.default_rng(seed), wiring.style.shapes(sizes)
        self.live: Named = {name: rng.standard_normal(s) / np.sqrt(max(s)) for name, s in shapes.items()}

    def parameters(self) -> Named:
        """Copies of the parameters by the submission's names."""
        return {name: np.array(array) for name, array in self.live.items()}

    def offered(self, parameters: Mapping[str, Array], x: Array, y: Array | None, l2: float) -> Named:
        """Everything that a function may ask for before the forward pass."""
        self.live = values = {name: np.array(array) for name, array in parameters.items()}
        hidden = self.sizes[1] if len(self.sizes) > 2 else 0
        return values | {
            "x": self._turned(x), "parameters": dict(values), "y": self._targets(y, x),
            "l2": l2, "keep": self.wiring.keep, "dropout": 1 - self.wiring.keep, "n_in": self.sizes[0],
            "n_hidden": hidden, "n_out": self.sizes[-1], "m": x.shape[1], "rate": 0.0, "number": NUMBER,
            "sizes": described(self.wiring.layers, self.sizes) if self.wiring.layers else list(self.sizes),
            **dict.fromkeys(DEPTH, len(self.sizes) - 1),
        }  # fmt: skip

    def _targets(self, y: Array | None, x: Array) -> Array:
        if y is None:
            y = np.eye(self.sizes[-1])[:, np.arange(x.shape[1]) % self.sizes[-1]]
        return classes(y) if self.wiring.labels else self._turned(y)

    def _turned(self, data: Array) -> Array:
        """Columns as the functions take them."""
        turned = np.array(data.T if self.wiring.rows else data)
        return turned.ravel() if self.wiring.single == "vector" else turned

    def passed(self, offered: Named) -> Named:
        """After the forward pass: what was offered, and ``output``, ``cache``, ``cost`` and the names it returned."""
        wiring = self.wiring
        returned = call(wiring.stages.forward, wiring.forward, offered)
        if returned is None:
            raise UnfinishedError(f"{wiring.stages.names[0]} returned None.")
        labels = wiring.stages.forward_labels
        named = dict(zip(labels, returned, strict=True)) if fits_labels(labels, returned) else {}
        shape = (offered["m"], self.sizes[-1]) if wiring.rows else (self.sizes[-1], offered["m"])
        found = {name: value for name, value in named.items() if name and name not in offered}
        output = output_at(wiring.output, returned, named, shape)
        if output is not None and wiring.single == "vector":
            output = output.ravel()
        return offered | found | {"cache": _cache(returned), "output": output, "reported": _reported(returned)}

    def forward(self, parameters: Mapping[str, Array], x: Array) -> Any:
        """The output as columns."""
        with quietly(), seeded(self.seed):
            output = self.passed(self.offered(parameters, x, None, 0.0))["output"]
        if output is None:
            raise BadReturnError(f"{self.wiring.stages.names[0]} returned no array of the shape of the output.")
        if self.wiring.single == "vector":
            return np.reshape(output, (-1, 1))
        return output.T if self.wiring.rows else output

    def cost(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Any:
        """The cost function's answer for the forward pass."""
        with quietly(), seeded(self.seed):
            offered = self.passed(self.offered(parameters, x, y, l2))
            if self.wiring.stages.cost is None or self.wiring.cost is None:
                return number(offered["reported"])
            return number(call(self.wiring.stages.cost, self.wiring.cost, offered))

    def gradient(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Named:
        """The backward function's answer, by parameter; what it takes off where it returns them updated."""
        found = self._answer(parameters, x, y, l2, 0.0)
        takes_rate = "rate" in self.wiring.backward.values()
        if takes_rate and all(np.array_equal(array, parameters[name]) for name, array in found.items()):
            updated = self._answer(parameters, x, y, l2, 1.0)
            return {name: parameters[name] - array for name, array in updated.items()}
        return found

    def _answer(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float, rate: float) -> Named:
        stages = self.wiring.stages
        with quietly(), seeded(self.seed):
            offered = self.passed(self.offered(parameters, x, y, l2))
            returned = call(stages.backward, self.wiring.backward, {**offered, "rate": rate})
        return matched(parameters, returned, stages.backward_labels)


def call(function: Callable[..., Any], plan: Plan, offered: Mapping[str, Any]) -> Any:
    """The function's answer for what the plan gives it; a global number of examples is that of these data."""
    with examples_counted(function, offered["m"]):
        return function(**{name: offered[key] for name, key in plan.items()})


def fits_labels(labels: Sequence[str], returned: Any) -> bool:
    """Whether the names of a return statement are those of this answer."""
    return isinstance(returned, tuple | list) and len(labels) == len(returned)


def _cache(returned: Any) -> Any:
    """The part of an answer that is meant to be handed on."""
    if isinstance(returned, tuple) and len(returned) == 2:
        return returned[1]
    if isinstance(returned, tuple):
        containers = [part for part in returned if isinstance(part, dict | list | tuple)]
        return containers[0] if len(containers) == 1 else returned
    return returned


def _reported(returned: Any) -> Any:
    """The cost, where the forward function returns it first."""
    first = returned[0] if isinstance(returned, tuple) and returned else returned
    return first if is_number(first) else None


def output_at(where: Where | None, returned: Any, named: Mapping[str, Any], shape: tuple[int, int]) -> Array | None:
    """The array at a place of an answer that is known to be the output's, or found for its shape."""
    places = _places(returned, named)
    if where is not None and where in places and (array := _of_shape(places[where][1], shape)) is not None:
        return array
    found = place_of_output(returned, named, shape)
    return None if found is None else _of_shape(places[found][1], shape)


def place_of_output(returned: Any, named: Mapping[str, Any], shape: tuple[int, int]) -> Where | None:
    """Where in an answer the network's output is: an array of its shape that is no weighted input, the last of them.

    A place is counted from the end in lists and caches, which grow with the number of layers.
    """
    places = _places(returned, named)
    fits = [p for p, (label, value) in places.items() if _of_shape(value, shape) is not None and not _is_z(label)]
    first = [place for place in fits if place[0] == fits[0][0]]
    return first[-1] if fits else None


def _places(returned: Any, named: Mapping[str, Any]) -> dict[Where, tuple[str, Any]]:
    """Everything that may be the output: named parts, parts, then the arrays inside them."""
    places: dict[Where, tuple[str, Any]] = {("named", name): (name, value) for name, value in named.items()}
    parts = list(returned) if isinstance(returned, tuple | list) else [returned]
    shift = len(parts) if isinstance(returned, list) else 0
    places |= {("part", index - shift): ("", part) for index, part in enumerate(parts)}
    inside = sorted(labelled(returned), key=lambda pair: _layer(pair[0]))
    return places | {("inside", index - len(inside)): pair for index, pair in enumerate(inside)}


def _of_shape(value: Any, shape: tuple[int, int]) -> Array | None:
    if isinstance(value, dict | tuple):
        return None
    array = numeric(value)
    fits = array is not None and (array.shape == shape or (1 in shape and array.size > 1 and array.size == max(shape)))
    return array.reshape(shape) if array is not None and fits else None


def _is_z(label: str) -> bool:
    return letters(label).startswith(("z", "dropout", "y", "d")) and not letters(label).startswith(("yhat", "ypred"))


def _layer(label: str) -> int:
    digits = re.sub(r"\D", "", label)
    return int(digits) if digits else 0


@dataclass(frozen=True)
class FunctionModel:
    """A network of functions that can be built in sizes."""

    info: ModelInfo
    wiring: Wiring

    def build(self, sizes: Sequence[int], seed: int) -> FunctionNet:
        """A network of those sizes."""
        return FunctionNet(self.wiring, sizes, seed)
