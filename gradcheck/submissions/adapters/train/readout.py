"""Where a step leaves the output: which of the arrays that it fills is the network's answer, or its error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.slots import Slot, slots
from gradcheck.submissions.adapters.common.vocabulary.arrays import NOT_OUTPUT
from gradcheck.submissions.adapters.train.layouts import as_columns

Array = NDArray[Any]
TARGET = 0.5


@dataclass(frozen=True)
class Readout:
    """A place whose array is the output (``sign`` 0), output − targets (1) or targets − output (−1)."""

    slot: Slot
    sign: int = 0
    by_column: bool | None = None

    def output(self, root: Any, n_out: int, m: int) -> Array | None:
        """The output (n_out, m) after a step whose targets were all ``TARGET``."""
        value = as_columns(self.slot.raw(root), n_out, m, by_column=self.by_column)
        if value is None or not self.sign:
            return value
        return self.sign * value + TARGET


@dataclass(frozen=True)
class Runs:
    """Three roots after a step: with targets *y*, with the targets *others*, and with other weights.

    ``given`` are arrays that were put in and are no answer.
    """

    one: Any
    other: Any
    moved: Any
    y: Array
    others: Array
    given: Sequence[Array]

    def candidates(self) -> Iterator[tuple[Slot, Array, Array]]:
        """Places of the targets' size that depend on the weights, with what is there for each of the targets."""
        for slot in slots(self.one, numbers=True):
            value = slot.get(self.one)
            again, moved = attempt(slot.get, self.other).value, attempt(slot.get, self.moved).value
            fits = value.size == self.y.size and isinstance(again, np.ndarray) and isinstance(moved, np.ndarray)
            put_in = any(np.array_equal(value, array) for array in self.given)
            if fits and not put_in and again.shape == value.shape and not np.array_equal(value, moved):
                yield slot, value, again


def readout(runs: Runs, *, by_column: bool | None = None) -> Readout | None:
    """The output among what a step has filled.

    What does not depend on the targets may be it; of several the one from which the targets are
    subtracted is, else the last one not called like a derivative. Without any, an error is as good.
    """
    found = list(runs.candidates())
    steady = [(slot, value) for slot, value, again in found if np.array_equal(value, again)]
    errors = [(slot, value, again) for slot, value, again in found if not np.array_equal(value, again)]
    subtracted = [slot for slot, value in steady if any(_is_error(value, error, runs.y) for _, error, _ in errors)]
    named = [slot for slot, _ in steady if not NOT_OUTPUT.fits(slot.last)]
    best = [*subtracted[-1:], *named[-1:]]
    if best:
        return Readout(best[0], by_column=by_column)
    for slot, value, again in errors:
        for sign in (1, -1):
            if np.allclose(value - sign * _like(value, runs.y, -1), again - sign * _like(again, runs.others, -1)):
                return Readout(slot, sign, by_column)
    return None


def _like(value: Array, y: Array, factor: int) -> Array:
    """The targets in the value's shape."""
    return factor * (y.T if value.shape == y.T.shape else y).reshape(value.shape)


def _is_error(value: Array, error: Array, y: Array) -> bool:
    """Whether the error is the difference between the value and the targets, up to a factor."""
    difference, other = (value - _like(value, y, 1)).ravel(), error.ravel()
    length = float(np.linalg.norm(difference) * np.linalg.norm(other))
    return length > 0 and abs(abs(float(difference @ other)) / length - 1) < 1e-9
