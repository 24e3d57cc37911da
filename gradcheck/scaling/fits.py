"""Growth exponents: a straight line through the logarithms, with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcheck.results import Fit

DRAWS = 2000


def fit(quantity: str, sizes: Sequence[float], values: Sequence[float], seed: int = 0) -> Fit:
    """values ∝ sizes^exponent by least squares, with the 95 % interval of a residual bootstrap.

    Each draw adds the line's own residuals, widened for the two fitted parameters, to the line in
    random order and fits again. It says how well one power describes these points; it cannot say
    what happens beyond them. Raises ValueError for fewer than three points.
    """
    if len(sizes) < 3:
        raise ValueError(f"An exponent needs three networks or more, not {len(sizes)}.")
    x, y = np.log(np.asarray(sizes, float)), np.log(np.asarray(values, float))
    exponent, offset = np.polyfit(x, y, 1)
    line = exponent * x + offset
    residuals = (y - line) * np.sqrt(x.size / (x.size - 2))
    drawn = line + np.random.default_rng(seed).choice(residuals, (DRAWS, x.size))
    exponents = np.polyfit(x, drawn.T, 1)[0]
    low, high = np.percentile(exponents, (2.5, 97.5))
    return Fit(quantity, float(exponent), float(low), float(high))
