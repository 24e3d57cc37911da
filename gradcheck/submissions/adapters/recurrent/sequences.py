"""Sequences as submissions take and give them, and the costs that are usual for what a recurrent network puts out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.leaves import numeric

Array = NDArray[Any]


@dataclass(frozen=True)
class Form:
    """One way of writing a sequence, given here as (T, n): one step a row."""

    name: str
    write: Callable[[Array], Any]
    of_classes: bool = False


FORMS = (
    Form("a list of columns", lambda s: [row[:, None].copy() for row in s]),
    Form("one column a step", lambda s: s.T.copy()),
    Form("one row a step", lambda s: s.copy()),
    Form("a list of vectors", lambda s: [row.copy() for row in s]),
    Form("an array of columns", lambda s: s[:, :, None].copy()),
    Form("numbers of classes", lambda s: [int(row.argmax()) for row in s], of_classes=True),
)


def read(answer: Any, steps: int, size: int) -> Array | None:
    """The output (T, n) in what a forward pass returned: every step's, or the last one's; None without any."""
    parts = tuple(answer) if isinstance(answer, tuple | list) else ()
    for part in parts if isinstance(answer, tuple) else (answer, *parts):
        found = _sequence(part, steps, size)
        if found is not None:
            return found
    return None


def _sequence(part: Any, steps: int, size: int) -> Array | None:
    if isinstance(part, Mapping):
        part = [part[key] for key in sorted(key for key in part if isinstance(key, int) and key >= 0)]
    if isinstance(part, list) and len(part) in (1, steps):
        rows = [numeric(item) for item in part]
        fitting = [row.ravel() for row in rows if row is not None and row.size == size]
        return np.array(fitting) if len(fitting) == len(part) else None
    array = numeric(part)
    if array is None:
        return None
    if array.size == size:
        return array.reshape(1, size)
    squeezed = array.reshape([n for n in array.shape if n != 1])
    if squeezed.shape == (steps, size):
        return squeezed
    return squeezed.T if squeezed.shape == (size, steps) else None


def softmax(a: Array) -> Array:
    """Row by row."""
    e = np.exp(a - a.max(axis=1, keepdims=True))
    found: Array = e / e.sum(axis=1, keepdims=True)
    return found


def _cross_entropy(a: Array, y: Array) -> Array:
    found: Array = -(y * np.log(a) + (1 - y) * np.log(1 - a))
    return found


COSTS: dict[str, Callable[[Array, Array], Array]] = {
    "quadratic cost": lambda a, y: 0.5 * (a - y) ** 2,
    "cross-entropy cost": _cross_entropy,
    "log-likelihood cost": lambda a, y: -y * np.log(a),
    "log-likelihood cost of softmax": lambda a, y: -y * np.log(softmax(a)),
}
"""Each entry of the output's part; the output is (T, n) and so are the targets."""


def costs(steps: int, size: int) -> Iterator[tuple[str, Callable[[Array, Array], float]]]:
    """Costs of outputs and targets with the usual factors, those for which δ is a − y at every step first."""
    factors = {"sum": 1.0, "mean over the steps": 1 / steps, "twice the sum": 2.0, "mean": 1 / size,
               "mean over steps and outputs": 1 / (steps * size), "twice the mean over the steps": 2 / steps,
               "twice the mean": 2 / size, "twice the mean over steps and outputs": 2 / (steps * size)}  # fmt: skip
    for how, factor in factors.items():
        for name, part in COSTS.items():
            yield f"{name}, {how}", _total(part, factor)


def _total(part: Callable[[Array, Array], Array], factor: float) -> Callable[[Array, Array], float]:
    def cost(a: Array, y: Array) -> float:
        with np.errstate(all="ignore"):
            return factor * float(np.sum(part(a, y[-len(a) :])))

    return cost
