"""A loss by itself: whether its gradient is that of another loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.layer_slips import Slip

Array = NDArray[Any]


def loss_slips(facts: Mapping[str, Array], numeric: Mapping[str, Array]) -> Iterator[Slip]:
    """The gradients of usual losses, summed, averaged or with a factor 2, by the names of *numeric*."""
    predictions, target = facts["y_pred"], facts["target"]
    if target.shape != predictions.shape:
        return
    name, exact = next(iter(numeric.items()))
    m, every = predictions.shape[0], predictions.size
    error = predictions - target
    yield Slip(
        "true_class_only", name, "{array} is right for the true class and 0 for the others", "BP1", exact * target
    )
    softmax = np.exp(predictions) / np.exp(predictions).sum(axis=-1, keepdims=True)
    kinds = (
        ("softmax and cross-entropy for its input z, a − y", softmax - target),
        ("no loss but a + y, with y added where it is to be subtracted", softmax + target),
        ("no loss but a alone, without y", softmax),
        ("the quadratic cost, a − y", error),
        ("cross-entropy with softmax outputs, Σ −y ln a", -target / predictions),
        ("cross-entropy with sigmoid outputs", error / (predictions * (1 - predictions))),
        ("the absolute error", np.sign(error)),
    )
    for kind, value in kinds:
        for factor in (1.0, 2.0, 1 / m, 2 / m, 1 / every, 2 / every, -1.0, -1 / m, -2.0, -2 / m, -1 / every):
            other = f"{{array}} is that of {kind}, times {factor:.3g}, and not that of the loss that is reported"
            yield Slip("other_cost", name, other, "BP1", factor * value)
