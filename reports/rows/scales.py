"""An axis that shows derivatives of both signs and many sizes: linear around 0, logarithmic beyond the typical size."""

from __future__ import annotations

import math

APART = 0.2  # of half the axis: labels nearer than that would overlap


def squeezed(x: float, typical: float) -> float:
    """Where *x* lies on the axis."""
    return math.asinh(x / typical)


def squeezed_ticks(end: float, typical: float) -> list[float]:
    """0 and powers of ten of both signs, from ``squeezed`` place *end* inwards, far enough apart to be read."""
    ticks, last = [0.0], end * (1 + APART)
    for power in range(math.floor(math.log10(typical * math.cosh(end))), math.floor(math.log10(typical)) - 2, -1):
        place = squeezed(10.0**power, typical)
        if last - place > APART * end and APART * end < place <= end:
            ticks += [10.0**power, -(10.0**power)]
            last = place
    return ticks
