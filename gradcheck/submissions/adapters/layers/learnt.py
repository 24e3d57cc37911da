"""Which of the arrays that a layer holds are its parameters: those that change its output and are no memory of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import seeded
from gradcheck.submissions.adapters.common.slots import float_slots
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.layers.context import Context
from gradcheck.submissions.adapters.layers.gradients import INPUTS, label
from gradcheck.submissions.adapters.layers.layer import Bound, write

Array = NDArray[Any]
STATES = ("derived", "cache", "state", "memory", "history")
STATISTICS = ("running", "moving", "mean", "var", "mask", "velocity", "momentum", "cache", "input", "output")


def parameters(bound: Bound) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The arrays that a fresh layer holds and that change its output, statistics left out."""
    layer, _ = bound.ready({}, 0)
    if bound.lazy:
        bound.called(layer, bound.arguments({}, 0), Context())
    found = []
    for name, shape in [(slot.name, slot.read(layer).shape) for slot in float_slots(layer)]:
        if not _kept(name) and _matters(bound, name):
            found.append((name, shape))
    return tuple(found)


def _kept(name: str) -> bool:
    """Whether an array is remembered from a forward pass rather than learnt, as its name says."""
    root = letters(name.partition("[")[0].partition(".")[0])
    return (
        root in (*INPUTS[:3], "layerinput", "inputdata")
        or root.startswith(("inputlayer", "prev", "next"))
        or any(word in letters(name) for word in STATES)
        or any(word in label(name) for word in STATISTICS)
    )


def _matters(bound: Bound, name: str) -> bool:
    outputs = []
    for amount in (0.3, 0.7):
        with seeded(0):
            output = _output_with(bound, name, amount)
        if output is None:
            return False
        outputs.append(output)
    return outputs[0].shape == outputs[1].shape and not np.array_equal(outputs[0], outputs[1])


def _output_with(bound: Bound, name: str, amount: float) -> Array | None:
    """The output of a fresh layer with other numbers in one array; None where it has no such array."""
    layer, _ = bound.making.build(bound.inputs, 0)
    if bound.lazy:
        bound.called(layer, bound.arguments({}, 0), Context())
    slot = {s.name: s for s in float_slots(layer)}.get(name)
    if slot is None:
        return None
    shape = slot.read(layer).shape
    write(layer, slot, amount * np.cos(np.arange(int(np.prod(shape)))).reshape(shape) + 1.1)
    return np.concatenate([out.ravel() for out in bound.called(layer, bound.arguments({}, 0), Context())[0]])
