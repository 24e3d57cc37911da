"""What ``forward(ctx, ...)`` and ``backward(ctx, ...)`` of a function without a state share."""

from __future__ import annotations

from typing import Any

import numpy as np


class Context:
    """Remembers what forward saves; it may also be given attributes, as PyTorch's may."""

    def __init__(self) -> None:
        self.saved_tensors: tuple[Any, ...] = ()
        self.needs_input_grad = (True,) * 12

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep arrays for ``saved_tensors``."""
        self.saved_tensors = (*self.saved_tensors, *tensors)

    @property
    def saved_variables(self) -> tuple[Any, ...]:
        """An older name."""
        return self.saved_tensors

    def mark_dirty(self, *tensors: Any) -> None:
        """Nothing has to be known of what is changed in place."""

    mark_non_differentiable = set_materialize_grads = mark_dirty


def upstream(shape: tuple[int, ...], seed: int, kind: str = "normal", number: int = 0) -> Any:
    """The gradient of the cost with respect to a layer's output (its *number*-th one).

    ``small`` ones pass a layer that clips its gradient, ``one-hot`` ones are what the logarithm of one
    probability hands back.
    """
    values = np.random.default_rng(seed + 7 + 100 * number).standard_normal(shape)
    if kind == "small":
        return 1e-3 * values
    if kind != "one-hot":
        return values
    rows = np.zeros((int(np.prod(shape[:-1])), shape[-1])) if shape else np.ones((1, 1))
    rows[np.arange(len(rows)), (seed + np.arange(len(rows))) % rows.shape[1]] = -2.5
    return rows.reshape(shape)
