"""What every activation gives, and how."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nets.logistic import Expm1

Array = NDArray[Any]


class Activation:
    """One activation function; subclasses give ``value``, ``derivative`` and ``difference``.

    All three map arrays of shape (neurons, examples) to arrays of the same shape and dtype.
    ``value`` also accepts complex input, so that a complex step can be taken through it.
    ``couples`` is true where one neuron's output depends on another's weighted input (softmax).
    ``cancellation_free`` is false where ``difference`` is a plain subtraction.
    """

    name: ClassVar[str] = ""
    couples: ClassVar[bool] = False
    cancellation_free: bool = True

    def value(self, z: Array, out: Array | None = None) -> Array:
        """σ(z)."""
        raise NotImplementedError

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """σ′(z), given a = σ(z); at a kink, the slope on the left."""
        raise NotImplementedError

    def difference(self, z: Array, a: Array, d: Array, expm1: Expm1 = np.expm1) -> Array:
        """σ(z + d) − σ(z), given a = σ(z); *expm1* may be a cheaper one that suits |d|."""
        return self.value(z + d) - a

    def pull_back(self, z: Array, a: Array, upstream: Array, out: Array | None = None) -> Array:
        """J(z)ᵀ upstream: the error in z that an error in a amounts to (the ⊙ of BP1 and BP2)."""
        result = self.derivative(z, a, out=out)
        result *= upstream
        return result

    def crosses_kink(self, z: Array, d: Array) -> NDArray[np.bool_]:
        """True where a kink lies between z and z + d."""
        return np.zeros(np.broadcast_shapes(z.shape, d.shape), dtype=bool)

    def __repr__(self) -> str:
        return self.name
