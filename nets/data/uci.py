"""The UCI handwritten digits that ship with the package; source and licence stand in DIGITS.md beside them."""

from __future__ import annotations

from importlib import resources

import numpy as np
from numpy.typing import DTypeLike

from nets.data.examples import Examples

BRIGHTEST = 16


def digits(dtype: DTypeLike = np.float64) -> Examples:
    """1,797 handwritten digits of 8×8 pixels (Alpaydin & Kaynak 1998, UCI, CC BY 4.0).

    ``digits().split()`` gives training examples and a held-out fifth.
    """
    with resources.files("nets.data").joinpath("digits.npz").open("rb") as file, np.load(file) as stored:
        return Examples.of_images(stored["images"], stored["labels"], BRIGHTEST, dtype)
