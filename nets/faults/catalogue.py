"""All faults by id, the likelier and simpler first: where two give the same gradient, the first is named."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from nets.faults.biases import BIASES
from nets.faults.examples import EXAMPLES
from nets.faults.factors import SCALES
from nets.faults.fault import Fault, Position
from nets.faults.output_error import OUTPUT_ERROR
from nets.faults.pull_back import PULL_BACK
from nets.faults.regularisation import REGULARISATION
from nets.faults.returned import RETURNED
from nets.faults.slopes import SLOPES
from nets.faults.weights import WEIGHTS
from nets.feedforward import Feedforward, Named

Array = NDArray[Any]

CATALOGUE: dict[str, Fault] = {
    fault.id: fault
    for group in (SLOPES, OUTPUT_ERROR, PULL_BACK, WEIGHTS, BIASES, REGULARISATION, EXAMPLES, SCALES, RETURNED)
    for fault in group
}


def faulty_gradient(
    network: Feedforward, x: Array, y: Array, fault_id: str, layer: Position = None, *, rate: float = 0.5
) -> Named:
    """The gradient of ``network.cost(x, y)`` with one slip in it, as ``Fault.gradient`` gives it.

    Raises ValueError where there is no such fault, or not at this layer of this network.
    """
    if fault_id not in CATALOGUE:
        raise ValueError(f"No fault is called {fault_id!r}; there are {', '.join(CATALOGUE)}.")
    return CATALOGUE[fault_id].gradient(network, x, y, layer, rate)
