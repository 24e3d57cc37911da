"""Differencing methods as frozen values: a step rule, a formula, and an error bar with its round-off term.

A method sees one entry as a line: a callable that maps a step t to (the step actually taken, C there).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Line = Callable[[float], tuple[float, float]]


@dataclass(frozen=True)
class Local:
    """What is known of a cost along one array's entries: its value, noise η, and typical |C″| and |C‴|."""

    cost: float
    noise: float
    second: float
    third: float


@dataclass(frozen=True)
class Derivative:
    """A numeric derivative, a bound on its error (truncation plus round-off), and the step it was taken with."""

    value: float
    error_bar: float
    step: float


@dataclass(frozen=True)
class Forward:
    """(C(w + ε) − C(w)) / ε, Eq. 46 literally: one evaluation per entry and one for C(w).

    Error: (ε/2)|C″| + 2η/ε, smallest at ε = 2√(η/|C″|) (Gill, Murray, Saunders & Wright 1983).
    """

    step: float | None = None
    name: str = "forward (Eq. 46)"
    per_entry: int = 1
    once: int = 1

    def derivative(self, line: Line, local: Local) -> Derivative:
        """The derivative along one line."""
        epsilon = self.step or 2 * math.sqrt(local.noise / local.second)
        taken, ahead = line(epsilon)
        value = (ahead - local.cost) / taken if taken else math.nan
        return Derivative(value, epsilon / 2 * local.second + 2 * local.noise / epsilon, taken)


@dataclass(frozen=True)
class Central:
    """(C(w + h) − C(w − h)) / 2h: two evaluations per entry.

    Error: (h²/6)|C‴| + η/h, smallest at h = (3η/|C‴|)^(1/3).
    """

    step: float | None = None
    name: str = "central"
    per_entry: int = 2
    once: int = 0

    def derivative(self, line: Line, local: Local) -> Derivative:
        """The derivative along one line."""
        h = self.step or math.cbrt(3 * local.noise / local.third)
        value, taken = central_quotient(line, h)
        return Derivative(value, h * h / 6 * local.third + local.noise / h, taken)


@dataclass(frozen=True)
class Richardson:
    """(4 D(h) − D(2h)) / 3 of central differences D: four evaluations per entry.

    Its error bar is |D(h) − D(2h)|/3, the correction it made, plus 2η/h: it never falls below the noise.
    """

    step: float | None = None
    name: str = "Richardson"
    per_entry: int = 4
    once: int = 0

    def derivative(self, line: Line, local: Local) -> Derivative:
        """The derivative along one line."""
        h = self.step or 4 * math.cbrt(3 * local.noise / local.third)
        fine, taken = central_quotient(line, h)
        coarse, _ = central_quotient(line, 2 * h)
        correction = (fine - coarse) / 3
        return Derivative(fine + correction, abs(correction) + 2 * local.noise / h, taken)


@dataclass(frozen=True)
class ComplexStep:
    """Im C(w + ih) / h: one evaluation per entry, no subtraction, so h may be 1e-30 (Squire & Trapp 1998).

    Only for costs that are analytic in their entries; ``abs``, ``.real``, casts to float and comparisons of
    complex numbers break it silently, which is why the estimate compares it with a central difference first.
    """

    step: float | None = None
    name: str = "complex step"
    per_entry: int = 1
    once: int = 0


Method = Forward | Central | Richardson | ComplexStep


def forward(step: float | None = None) -> Forward:
    """Eq. 46; the step ε is chosen from noise and curvature unless given."""
    return Forward(_positive(step))


def central(step: float | None = None) -> Central:
    """Central differences; the step is chosen from noise and the third derivative unless given."""
    return Central(_positive(step))


def richardson(step: float | None = None) -> Richardson:
    """Central differences extrapolated once; the step is chosen unless given."""
    return Richardson(_positive(step))


def complex_step(step: float = 1e-30) -> ComplexStep:
    """The complex step, for costs that are analytic NumPy code."""
    return ComplexStep(_positive(step))


def _positive(step: float | None) -> float | None:
    if step is not None and not (math.isfinite(step) and step > 0):
        raise ValueError(f"A step must be a positive, finite number, not {step}.")
    return step


def central_quotient(line: Line, h: float) -> tuple[float, float]:
    """(C(w + h) − C(w − h)) over the distance actually stepped, and half that distance."""
    right, ahead = line(h)
    left, behind = line(-h)
    distance = right - left
    return ((ahead - behind) / distance if distance else math.nan), distance / 2
