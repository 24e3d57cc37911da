"""A constant factor on the gradient, on one layer's error, or on one array."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from nets.faults.backward import Backward
from nets.faults.fault import Fault, every_layer, size
from nets.feedforward import Feedforward


@dataclass(frozen=True)
class Factor:
    """A factor by name; ``of(m, n_out)`` is its value, ``says`` what is wrong with whatever carries it."""

    id: str
    says: str
    of: Callable[[int, int], float]
    teach: str


def _constant(value: float) -> Callable[[int, int], float]:
    return lambda m, n_out: value


SQUARE = "The derivative of a square brings down a 2, which the ½ of the quadratic cost cancels: use both or neither."
GATHER = "A mean over m examples has 1/m once, in the cost and so in every part of the gradient; a sum has none."
OUTPUTS = "Whether the cost sums or averages over the output neurons, the gradient has to do the same."
LOG = "The derivative of ln a is 1/a; that of the logarithm to base 2 has the extra factor 1/ln 2. Use one logarithm."
SIGN = "The gradient points to where the cost grows; it is the update that carries the minus."

FACTORS = (
    Factor("sign", "has the wrong sign", _constant(-1.0), SIGN),
    Factor("twice", "is twice what it should be", _constant(2.0), SQUARE),
    Factor("half", "is half of what it should be", _constant(0.5), SQUARE),
    Factor(
        "times_m",
        "is m times too large (a sum over the m examples, or 1/m is missing)",
        lambda m, n: float(m),
        GATHER,
    ),
    Factor(
        "divided_by_m",
        "is m times too small (1/m too many, or a mean where the sum belongs)",
        lambda m, n: 1 / m,
        GATHER,
    ),
    Factor("times_outputs", "is n times too large, with n the number of outputs", lambda m, n: float(n), OUTPUTS),
    Factor("divided_by_outputs", "is n times too small, with n the number of outputs", lambda m, n: 1 / n, OUTPUTS),
    Factor(
        "twice_by_outputs", "is 2/n of what it should be, with n the number of outputs", lambda m, n: 2 / n, OUTPUTS
    ),
    Factor("times_ln2", "carries a factor ln 2", _constant(float(np.log(2))), LOG),
    Factor("divided_by_ln2", "carries a factor 1/ln 2", _constant(1 / float(np.log(2))), LOG),
)


def _faults(factor: Factor) -> Iterator[Fault]:
    """The factor on the whole gradient, on δ^l (and so on all that follows from it), on one kind of array."""

    def change(run: Backward, l: int, value: np.ndarray) -> np.ndarray:
        return value * factor.of(run.examples, size(run.network, run.last))

    def where(network: Feedforward) -> tuple[int, ...]:
        return every_layer(network) if factor.of(2, network.sizes[-1]) != 1 else ()

    whole = ("weights returned", "biases returned")
    yield Fault(factor.id, "cost", f"the whole gradient {factor.says}", factor.teach, whole, change, where, "only")
    yield Fault(
        f"{factor.id}_in_error", "BP2", f"δ{{l}} {factor.says}", factor.teach, ("error",), change, where, "never"
    )
    for kind, equation, symbol in (("weights", "BP4", "w"), ("biases", "BP3", "b")):
        says = f"∂C/∂{symbol}{{l}} {factor.says}"
        yield Fault(f"{factor.id}_in_{kind}", equation, says, factor.teach, (f"{kind} returned",), change, where)


SCALES = tuple(fault for factor in FACTORS for fault in _faults(factor))
