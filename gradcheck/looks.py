"""Looks at one entry of the gradient: differences of the cost at one step, with an error bar and a kink test.

A look takes C(w ± h) and C(w ± 2h). Its value is the extrapolated central difference and its error bar
E = |D(h) − D(2h)|/3 + 2η/h + K: the correction that was made, never less than the noise, and K for a kink
between w and w ± h, which bends the difference of one-sided slopes off the straight line it is in h elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gradcheck.differences import Line

KINK_PERSISTS = 0.6  # the gap between one-sided slopes halves with h where C″ is continuous
KINK_VISIBLE = 20  # times the noise
KINK_SUSPECTED = 3  # times the noise: nothing is called wrong by it
BEND_NOISE = 4  # noises that the slopes' differences may be off the line
RESOLVED = 0.05  # of the difference at h, which the correction may be
RESOLVED_NOISE = 0.75  # of the round-off, which the correction may be
TUNING = 4  # looks that find a first step
TRUSTED = 1e-3  # a look is no evidence for another derivative where its error bars exceed this share of that


@dataclass(frozen=True)
class Look:
    """What one step showed: the derivative, its error bar E, and the one-sided slopes.

    ``kink`` is true where the gap between the slopes does not shrink with h; ``flat`` where all
    costs were bit for bit the same. ``edge`` is true where the cost was not finite on both sides: such
    a look can acquit but not convict. ``value`` is NaN where the cost was finite on neither. ``resolved`` is
    false where the differences are so far apart that the step may be larger than what it should resolve, or where
    there may be a kink: such a look cannot convict either.
    """

    value: float
    bar: float
    step: float
    low: float
    high: float
    kink: bool
    flat: bool
    edge: bool = False
    resolved: bool = True

    @property
    def usable(self) -> bool:
        """Whether the look says anything."""
        return math.isfinite(self.value) and math.isfinite(self.bar)

    def vouches_for(self, exact: float, bars: float) -> bool:
        """Whether the look agrees with a derivative that was found in another way, and is sharp enough to say so."""
        error = bars * self.bar
        return self.usable and not self.kink and error <= TRUSTED * abs(exact) and abs(exact - self.value) <= error

    @property
    def reach(self) -> float:
        """The larger one-sided slope: what the gradient becomes a step away, also where it vanishes, or 0."""
        return max(abs(self.low), abs(self.high)) if math.isfinite(self.low + self.high) else 0.0


def look(line: Line, cost: float, noise: float, h: float) -> Look:
    """The look at step *h* along one entry, given the cost at the point and its noise η: four evaluations."""
    (r1, c1), (l1, m1), (r2, c2), (l2, m2) = line(h), line(-h), line(2 * h), line(-2 * h)
    if not (r1 > 0 > l1 and r2 > 0 > l2):  # the dtype cannot hold so small a step
        return _nothing(h)
    if not (math.isfinite(c1 + c2) and math.isfinite(m1 + m2)):
        return _one_sided(line, cost, noise, h)
    fine, coarse = (c1 - m1) / (r1 - l1), (c2 - m2) / (r2 - l2)
    ahead, behind = (c1 - cost) / r1, (m1 - cost) / l1
    gap, wide_gap = ahead - behind, (c2 - cost) / r2 - (m2 - cost) / l2
    round_off, correction = 2 * noise / h, (fine - coarse) / 3
    persists = abs(gap) > KINK_PERSISTS * abs(wide_gap)
    bend = max(abs(2 * gap - wide_gap) - BEND_NOISE * round_off, 0.0) / 2
    return Look(
        value=fine + correction,
        bar=abs(correction) + round_off + bend,
        step=h,
        low=min(ahead, behind),
        high=max(ahead, behind),
        kink=persists and abs(gap) > KINK_VISIBLE * round_off,
        flat=c1 == m1 == c2 == m2 == cost,
        resolved=abs(correction) + bend <= max(RESOLVED * abs(fine), RESOLVED_NOISE * round_off)
        and not (persists and abs(gap) > KINK_SUSPECTED * round_off),
    )


def _nothing(h: float) -> Look:
    return Look(math.nan, math.inf, h, math.nan, math.nan, kink=False, flat=False, edge=True)


def _one_sided(line: Line, cost: float, noise: float, h: float) -> Look:
    """The derivative from the side on which the cost is finite: second-order differences at h and 2h."""
    for side in (h, -h):
        (t1, c1), (_, c2), (_, c4) = line(side), line(2 * side), line(4 * side)
        fine, coarse = (4 * c1 - 3 * cost - c2) / (2 * t1), (4 * c2 - 3 * cost - c4) / (4 * t1)
        if math.isfinite(fine) and math.isfinite(coarse):
            bar = abs(fine - coarse) / 3 + 8 * noise / h
            return Look(fine, bar, h, fine, fine, kink=False, flat=c1 == c2 == c4 == cost, edge=True)
    return _nothing(h)


def better_step(seen: Look, noise: float) -> float:
    """The step at which truncation (∝ h²) would be half of round-off (∝ 1/h), from what one look showed."""
    round_off = 2 * noise / seen.step
    truncation = max(seen.bar - 1.5 * round_off, 1e-3 * round_off)  # a correction that small is noise itself
    return seen.step * math.cbrt(round_off / (2 * truncation))


def learned_step(found: Look, noise: float, most: float = 4.0) -> float:
    """The next entry's step: on the way to what would have suited this one, by a factor of *most* at the most."""
    if not found.usable:
        return found.step / 8
    if found.kink or found.flat:
        return found.step
    factor = better_step(found, noise) / found.step
    return found.step * min(max(factor, 1 / most), most)
