"""What a scaling study measured: rows, fitted exponents, and the chapter's claims beside their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gradcheck.results.check import Discrepancy
from gradcheck.results.codec import Stored
from gradcheck.results.notebook import cell, table


@dataclass(frozen=True)
class ScalingRow:
    """One network: how many passes and operations each way to its gradient takes, and how many seconds.

    ``seconds``, ``passes``, ``operations``, ``spread`` and ``fastest`` have the keys ``forward, backprop, literal,
    incremental, propagated, node`` (those that were measured). Seconds are medians over repeats, without
    waiting for other programs; ``spread`` is the interquartile range; ``fastest`` is the repeat that other
    programs disturbed least. ``literal`` is extrapolated from ``literal_measured_passes`` where that is less
    than its passes. The relative differences are those of Eq. 46 (propagated) against backprop.
    """

    sizes: tuple[int, ...]
    parameters: int
    examples: int
    passes: Mapping[str, int]
    operations: Mapping[str, float]
    seconds: Mapping[str, float]
    spread: Mapping[str, float] = field(default_factory=dict)
    literal_measured_passes: int = 0
    max_relative: float = 0.0
    median_relative: float = 0.0
    series: str = ""
    fastest: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Agreement:
    """Relative differences to backprop over many entries: the median, the 99th percentile and the largest."""

    mode: str
    epsilon: float
    entries: int
    median: float
    percentile_99: float
    largest: float


@dataclass(frozen=True)
class Fit:
    """seconds (or passes, or operations) ∝ N^exponent, with a bootstrap confidence interval [low, high]."""

    quantity: str
    exponent: float
    low: float
    high: float


@dataclass(frozen=True)
class Claim:
    """One claim of the chapter, the figure measured for it, the condition under which it holds, and whether it does."""

    id: str
    claim: str
    measured: str
    holds: bool
    condition: str = ""


@dataclass(frozen=True)
class VPoint:
    """One ε of the V-curve: median and largest relative discrepancy to backprop, over the same weights.

    ``mode`` is a way of taking Eq. 46 (``literal``, ``propagated``), or ``truncation`` or ``round-off`` for the
    two terms that theory predicts: (ε/2)|C″| and 2η/ε, relative to the derivative.
    """

    mode: str
    epsilon: float
    median: float
    largest: float


@dataclass(frozen=True)
class ScalingResult(Stored):
    """A whole scaling study; ``worst`` holds the literal differences that are furthest from backprop, relatively."""

    rows: tuple[ScalingRow, ...]
    fits: tuple[Fit, ...] = ()
    claims: tuple[Claim, ...] = ()
    v_curve: tuple[VPoint, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    worst: tuple[Discrepancy, ...] = ()
    machine: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    seed: int | None = None
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        """The claims beside their figures."""
        rows = ((c.claim, c.measured, c.condition or "–", "yes" if c.holds else "no") for c in self.claims)
        largest = max((row.parameters for row in self.rows), default=0)
        return cell(
            f"Measured on networks of up to {largest:,} parameters.",
            table(("claim", "measured", "condition", "holds"), rows),
        )
