"""One layer under a random upstream gradient, built afresh for every evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import fresh, seeded
from gradcheck.submissions.adapters.common.returned import UnfinishedError, leaves, numeric
from gradcheck.submissions.adapters.common.slots import Slot, float_slots
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.layers.gradients import INPUTS, Left, Recorder, label, state
from gradcheck.submissions.adapters.layers.inputs import Inputs
from gradcheck.submissions.adapters.layers.making import Making
from gradcheck.submissions.adapters.layers.methods import RATE, given
from gradcheck.submissions.subjects import BadReturnError

Array = NDArray[Any]
Named = dict[str, Any]
OUTPUTS = ("output", "outputs", "out", "a", "activation", "activations", "y", "result", "z")
STATES = ("derived", "cache", "state", "memory", "history")
MISFIT = "Shapes do not fit"
STATISTICS = ("running", "moving", "mean", "var", "mask", "velocity", "momentum", "cache", "input", "output")


@dataclass(frozen=True)
class Bound:
    """A class, a way to build it, inputs for it, and which of the ways to call its methods are taken."""

    making: Making
    inputs: Inputs
    methods: tuple[str, str]
    parameters: tuple[tuple[str, tuple[int, ...]], ...] = ()
    training: bool = True
    lazy: bool = False
    orders: tuple[int, int] = (0, 0)
    with_input: bool = True
    averaged: bool = False
    rate: float = RATE
    ascends: bool = False  # the file computes its error as target − output somewhere, so that updates are added

    def start(self, seed: int) -> Named:
        """The input ``x`` and the layer's parameters."""
        rng = np.random.default_rng(seed + 1)
        point = {"x": self.inputs.draw(seed)} if self.with_input else {}
        return point | {name: 0.6 * rng.standard_normal(shape) + 0.1 for name, shape in self.parameters}

    def x(self, point: Mapping[str, Any], seed: int) -> Array:
        """The input: the point's, or that of the seed."""
        return np.array(point["x"]) if "x" in point else self.inputs.draw(seed)

    def ready(self, point: Mapping[str, Any], seed: int) -> tuple[Any, Recorder]:
        """A fresh layer with the point's parameters."""
        layer, recorder = self.making.build(self.inputs, seed)
        if self.lazy:
            self.called(layer, self.x(point, seed))
        at = {slot.name: slot for slot in float_slots(layer)}
        for name, _ in self.parameters:
            if name in point:
                _write(layer, at[name], np.array(point[name]))
        return layer, recorder

    def called(self, layer: Any, x: Array) -> tuple[Array, Any]:
        """The output, and the cache where forward returns one beside it."""
        function = getattr(layer, self.methods[0])
        ways = list(given(function, {"x": list(x) if self.inputs.listed else x, "training": self.training}))
        if not ways:
            raise TypeError(f"{self.methods[0]} asks for more than an input")
        returned = function(**ways[min(self.orders[0], len(ways) - 1)])
        output, cache = (returned[0], returned[-1]) if isinstance(returned, tuple) and returned else (returned, None)
        if output is None:
            output = kept_output(layer)
        if output is None:
            raise UnfinishedError(f"{self.methods[0]} returned None.")
        array = numeric(output)
        if array is None or array.dtype.kind not in "fiub":
            raise BadReturnError(f"{self.methods[0]} returned no array.")
        return array, cache

    def cost(self, point: Named, seed: int) -> float:
        """Σ upstream · output."""
        layer, _ = self.ready(point, seed)
        output, _ = self.called(layer, self.x(point, seed))
        return float(np.sum(upstream(output.shape, seed) * output))

    def gradient(self, point: Named, seed: int) -> Named:
        """What backward returned for the input and left for the parameters."""
        layer, recorder = self.ready(point, seed)
        x = self.x(point, seed)
        output, cache = self.called(layer, fresh(x))
        output = np.array(output)
        before = state(layer)
        values = {name: before[name][1] for name, _ in self.parameters}
        recorder.handed.clear()
        try:
            returned = self._back(layer, x, output, cache, seed)
        except ValueError as error:
            raise self._misfit(error, x, output) from error
        left = Left(before, state(layer), recorder.handed)
        return self._found(point, returned, left, values)

    def _misfit(self, error: ValueError, x: Array, output: Array) -> Exception:
        """A sentence where shapes do not fit in the backward pass of a layer whose forward pass went well."""
        if not self.parameters or not any(word in str(error) for word in ("shape", "broadcast", "dimension")):
            return error
        return BadReturnError(
            f"{MISFIT} in {self.methods[1]}, for inputs {x.shape} and an upstream gradient {output.shape}: {error}."
        )

    def _back(self, layer: Any, x: Array, output: Array, cache: Any, seed: int) -> Any:
        function = getattr(layer, self.methods[1])
        offers = {
            "upstream": upstream(output.shape, seed), "x": fresh(x), "output": output, "cache": cache, "rate": RATE,
            "training": self.training, "l2": 0.0, "m": self.inputs.several, "optimizer": Recorder(),
        }  # fmt: skip
        if cache is None:
            del offers["cache"]
        ways = list(given(function, offers))
        if not ways:
            raise TypeError(f"{self.methods[1]} asks for what nothing is known of")
        return function(**ways[min(self.orders[1], len(ways) - 1)])

    def _found(self, point: Named, returned: Any, left: Left, values: Named) -> Named:
        arrays = [np.asarray(v) for _, v in leaves(returned) if v is not None and numeric(v) is not None]
        named: Named = {}
        if "x" in point:
            named["x"] = self._of_input(point["x"], arrays, left)
        taken: set[int] = set()
        for name in point:
            if name != "x":
                named[name] = self._of_parameter(name, values, arrays[1:], left, taken)
        if any(value is None for value in named.values()):
            missing = ", ".join(name for name, value in named.items() if value is None)
            raise BadReturnError(f"{self.methods[1]} left no gradient of {missing}.")
        return named

    def _of_input(self, x: Array, arrays: list[Array], left: Left) -> Array:
        if self.inputs.listed and len(arrays) == len(x):
            return np.array(arrays)
        if arrays:
            return next((a for a in arrays if a.shape == np.shape(x)), arrays[0])
        found = left.of_input(x, list(dict(self.parameters)))
        if found is None:
            raise UnfinishedError(f"{self.methods[1]} returned no gradient of the input.")
        return found

    def _of_parameter(self, name: str, values: Named, arrays: list[Array], left: Left, taken: set[int]) -> Any:
        moved = left.step(name, self.rate)
        others = list(values)
        found = left.of_parameter(name, values[name], others) if moved is None or self._labelled(name, left) else moved
        for i, array in enumerate(arrays):
            if found is None and i not in taken and array.size == values[name].size:
                taken.add(i)
                found = array
        if found is None:
            return None
        return found * self.inputs.several if self.averaged else found

    def _labelled(self, name: str, left: Left) -> bool:
        """Whether a gradient is kept under a name of its own although the parameter has moved."""
        others = list(dict(self.parameters))
        return left.named(name, others)


def kept_output(layer: Any) -> Any:
    """The output, where forward leaves it in an attribute (``output``) and returns nothing."""
    kept = {letters(name): value for name, value in vars(layer).items() if isinstance(value, np.ndarray)}
    return next((kept[name] for name in OUTPUTS if name in kept), None)


def upstream(shape: tuple[int, ...], seed: int) -> Array:
    """The gradient of the cost with respect to a layer's output."""
    return np.random.default_rng(seed + 7).standard_normal(shape)


def _write(layer: Any, slot: Slot, value: Array) -> None:
    """What a dictionary or a list holds may be shared: it keeps its memory and its precision."""
    kind, _ = slot.path[-1]
    slot.set(layer, value, widen=kind == "attribute")


def parameters(bound: Bound) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The arrays that a fresh layer holds and that change its output, statistics left out."""
    layer, _ = bound.ready({}, 0)
    x = bound.inputs.draw(0)
    if bound.lazy:
        bound.called(layer, x)
    found = []
    for name, shape in [(slot.name, slot.read(layer).shape) for slot in float_slots(layer)]:
        if not _kept(name) and _matters(bound, name, x):
            found.append((name, shape))
    return tuple(found)


def _kept(name: str) -> bool:
    """Whether an array is remembered from a forward pass rather than learnt, as its name says."""
    root = letters(name.partition("[")[0].partition(".")[0])
    return (
        root in (*INPUTS[:3], "layerinput", "inputdata")
        or any(word in letters(name) for word in STATES)
        or any(word in label(name) for word in STATISTICS)
    )


def _matters(bound: Bound, name: str, x: Array) -> bool:
    outputs = []
    for amount in (0.3, 0.7):
        with seeded(0):
            output = _output_with(bound, name, amount, x)
        if output is None:
            return False
        outputs.append(output)
    return outputs[0].shape == outputs[1].shape and not np.array_equal(outputs[0], outputs[1])


def _output_with(bound: Bound, name: str, amount: float, x: Array) -> Array | None:
    """The output of a fresh layer with other numbers in one array; None where it has no such array."""
    layer, _ = bound.making.build(bound.inputs, 0)
    if bound.lazy:
        bound.called(layer, x)
    slot = {s.name: s for s in float_slots(layer)}.get(name)
    if slot is None:
        return None
    shape = slot.read(layer).shape
    _write(layer, slot, amount * np.cos(np.arange(int(np.prod(shape)))).reshape(shape) + 1.1)
    return bound.called(layer, x)[0]
