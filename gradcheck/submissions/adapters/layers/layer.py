"""One layer under a random upstream gradient, built afresh for every evaluation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.calling import fresh
from gradcheck.submissions.adapters.common.leaves import leaves, numeric
from gradcheck.submissions.adapters.common.returned import UnfinishedError
from gradcheck.submissions.adapters.common.slots import Slot, float_slots
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.layers.context import Context, upstream
from gradcheck.submissions.adapters.layers.gradients import Left, Recorder, state
from gradcheck.submissions.adapters.layers.inputs import Inputs
from gradcheck.submissions.adapters.layers.making import Making
from gradcheck.submissions.adapters.layers.methods import RATE, given, kind, takes_any, upstreams
from gradcheck.submissions.adapters.layers.raising import as_slip
from gradcheck.submissions.subjects import BadReturnError

Array = NDArray[Any]
Named = dict[str, Any]
OUTPUTS = ("output", "outputs", "out", "outputdata", "a", "activation", "activations", "y", "result", "z")
MISFIT = "Shapes do not fit"


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
    stimulus: str = "normal"
    source: str = ""  # the text of the file

    def start(self, seed: int) -> Named:
        """The input ``x``, what forward takes besides, and the layer's parameters."""
        rng = np.random.default_rng(seed + 1)
        point = {"x": self.inputs.draw(seed)} if self.with_input else {}
        weights = {name: 0.6 * rng.standard_normal(shape) + 0.1 for name, shape in self.parameters}
        return point | self.inputs.draw_others(seed) | weights

    def arguments(self, point: Mapping[str, Any], seed: int) -> Named:
        """What forward is given: the point's numbers, or those of the seed."""
        drawn = {"x": self.inputs.draw(seed), **self.inputs.draw_others(seed)}
        return {name: np.array(point.get(name, value)) for name, value in drawn.items()}

    def ready(self, point: Mapping[str, Any], seed: int) -> tuple[Any, Recorder]:
        """A fresh layer with the point's parameters."""
        layer, recorder = self.making.build(self.inputs, seed)
        if self.lazy:
            self.called(
                layer, self.arguments({}, seed), Context()
            )  # what it remembers of it must not depend on the point
        at = {slot.name: slot for slot in float_slots(layer)}
        for name, _ in self.parameters:
            if name in point:
                write(layer, at[name], np.array(point[name]))
        return layer, recorder

    def called(self, layer: Any, arguments: Named, context: Context) -> tuple[list[Array], Any]:
        """The outputs that have an upstream gradient, and the cache where forward returns one beside them."""
        function = getattr(layer, self.methods[0])
        x = arguments["x"]
        if takes_any(function):
            return self._read(layer, function(x))
        offers = {"x": list(x) if self.inputs.listed else x, "training": self.training, "ctx": context}
        exact = {name: value for name, value in arguments.items() if name != "x"}
        ways = list(given(function, offers, exact))
        if not ways:
            raise TypeError(f"{self.methods[0]} asks for more than an input")
        return self._read(layer, function(**ways[min(self.orders[0], len(ways) - 1)]))

    def _read(self, layer: Any, returned: Any) -> tuple[list[Array], Any]:
        """The outputs and the cache in what forward returned or keeps."""
        outputs, cache = self._split(returned, getattr(layer, self.methods[1]))
        if outputs[0] is None:
            outputs[0] = kept_output(layer)
        if outputs[0] is None:
            raise UnfinishedError(f"{self.methods[0]} returned None.")
        arrays = [numeric(output) for output in outputs]
        if any(array is None or array.dtype.kind not in "fiub" for array in arrays):
            raise BadReturnError(f"{self.methods[0]} returned no array.")
        return [np.array(array) for array in arrays if array is not None], cache

    def _split(self, returned: Any, backward: Callable[..., Any]) -> tuple[list[Any], Any]:
        if not isinstance(returned, tuple) or not returned:
            return [returned], None
        asked = max(1, len(upstreams(backward)))
        return list(returned[:asked]), returned[-1]

    def cost(self, point: Named, seed: int) -> float:
        """Σ upstream · output."""
        layer, _ = self.ready(point, seed)
        outputs, _ = self.called(layer, self.arguments(point, seed), Context())
        handed = [upstream(out.shape, seed, self.stimulus, i) for i, out in enumerate(outputs)]
        return float(sum(np.sum(one * out) for one, out in zip(handed, outputs, strict=True)))

    def facts(self, seed: int) -> Named:
        """Input, output and upstream gradient at the point of that seed; nothing where there are several of them."""
        if self.inputs.others or self.inputs.listed or self.averaged or self.rate < 0:
            return {}
        point = self.start(seed)
        layer, _ = self.ready(point, seed)
        arguments = self.arguments(point, seed)
        outputs, _ = self.called(layer, arguments, Context())
        handed = upstream(outputs[0].shape, seed, self.stimulus)
        known = {"x": arguments["x"], "output": outputs[0], "upstream": handed}
        takes_rate = any(kind(p.name) == "rate" for p in parameters_of(getattr(layer, self.methods[1])) or ())
        return known | ({"rate": np.array(self.rate)} if takes_rate else {})

    def gradient(self, point: Named, seed: int) -> Named:
        """What backward returned for the input and left for the parameters."""
        layer, recorder = self.ready(point, seed)
        arguments, context = self.arguments(point, seed), Context()
        outputs, cache = self.called(layer, fresh(arguments), context)
        before = state(layer)
        values = {name: before[name][1] for name, _ in self.parameters}
        recorder.handed.clear()
        try:
            returned = self._back(layer, arguments, (outputs, cache, context), seed)
        except (ValueError, TypeError, AttributeError, NameError, LookupError) as error:
            raise self._explained(error, layer, arguments["x"], outputs[0]) from error
        left = Left(before, state(layer), recorder.handed)
        return self._found(point, returned, left, values)

    def _explained(self, error: Exception, layer: Any, x: Array, output: Array) -> Exception:
        """A sentence on what the backward pass of a layer raised whose forward pass went well; or what it raised."""
        misfit = isinstance(error, ValueError) and any(w in str(error) for w in ("shape", "broadcast", "dimension"))
        if not misfit or not (self.parameters or x.shape == output.shape):
            return as_slip(error, layer, self.source)
        return BadReturnError(
            f"{MISFIT} in {self.methods[1]}, for inputs {x.shape} and an upstream gradient {output.shape}: {error}."
        )

    def _back(self, layer: Any, arguments: Named, passed: tuple[list[Array], Any, Context], seed: int) -> Any:
        function = getattr(layer, self.methods[1])
        outputs, cache, context = passed
        handed = [upstream(out.shape, seed, self.stimulus, i) for i, out in enumerate(outputs)]
        offers = {
            "upstream": handed[0], "x": fresh(arguments["x"]), "output": outputs[0], "cache": cache, "rate": RATE,
            "training": self.training, "l2": 0.0, "m": self.inputs.several, "optimizer": Recorder(), "ctx": context,
        }  # fmt: skip
        if cache is None:
            del offers["cache"]
        exact = {name: fresh(value) for name, value in arguments.items() if name != "x"}
        if len(handed) > 1:
            exact |= dict(zip(upstreams(function), handed, strict=False))
        if takes_any(function):
            return function(offers["upstream"])
        ways = list(given(function, offers, exact))
        if not ways:
            raise TypeError(f"{self.methods[1]} asks for what nothing is known of")
        return function(**ways[min(self.orders[1], len(ways) - 1)])

    def _found(self, point: Named, returned: Any, left: Left, values: Named) -> Named:
        arrays = [np.asarray(v) for _, v in leaves(returned) if v is not None and numeric(v) is not None]
        named: Named = {}
        if "x" in point:
            named["x"] = self._of_input(point["x"], arrays, left)
        others = [name for name, _ in self.inputs.others]
        rest = [array for array in arrays if array is not named.get("x")]
        for name in others:
            named[name] = _taken(rest, np.shape(point[name]))
        taken: set[int] = set()
        for name in values:
            named[name] = self._of_parameter(name, values, rest if others else arrays[1:], left, taken)
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


def _taken(arrays: list[Array], shape: tuple[int, ...]) -> Array | None:
    """The first array of that shape, else the first, taken out of the list."""
    index = next((i for i, array in enumerate(arrays) if array.shape == shape), 0)
    return arrays.pop(index) if arrays else None


def kept_output(layer: Any) -> Any:
    """The output, where forward leaves it in an attribute (``output``) and returns nothing."""
    kept = {letters(name): value for name, value in vars(layer).items() if isinstance(value, np.ndarray)}
    return next((kept[name] for name in OUTPUTS if name in kept), None)


def write(layer: Any, slot: Slot, value: Array) -> None:
    """What a dictionary or a list holds may be shared: it keeps its memory and its precision."""
    kind, _ = slot.path[-1]
    slot.set(layer, value, widen=kind == "attribute")
