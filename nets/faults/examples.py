"""Slips in gathering a mini-batch: which examples are counted, and how often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.faults.backward import Backward
from nets.faults.fault import Fault, every_layer

Array = NDArray[Any]
Counts = Callable[[int], Array]

GATHER = "The gradient of a mini-batch gathers the gradients of all its examples, each exactly once."


def _only(which: int) -> Counts:
    return lambda m: np.eye(m)[which]


def _faults(id_: str, says: str, counts: Counts) -> Iterator[Fault]:
    """In both arrays of a layer, in its weights, in its biases; or in all layers."""

    def change(run: Backward, l: int, right: Array) -> Array:
        return right * counts(run.examples)

    places = (
        ("", ("weights examples", "biases examples"), "the gradient of layer {l}"),
        ("_in_weights", ("weights examples",), "∂C/∂w{l}"),
        ("_in_biases", ("biases examples",), "∂C/∂b{l}"),
    )
    for suffix, steps, what in places:
        yield Fault(f"{id_}{suffix}", "mini-batch", f"{what} {says}", GATHER, steps, change, every_layer)


EXAMPLES = (
    *_faults("last_example_only", "counts the last example only: = stands for +=", _only(-1)),
    *_faults("first_example_only", "counts the first example only", _only(0)),
    *_faults("last_example_left_out", "leaves out the last example", lambda m: np.append(np.ones(m - 1), 0)),
    *_faults("first_example_left_out", "leaves out the first example", lambda m: np.append(0, np.ones(m - 1))),
    *_faults(
        "stale_accumulation",
        "adds up running totals: what earlier examples left is not cleared, so they count again with every later one",
        lambda m: np.arange(m, 0, -1.0),
    ),
)
