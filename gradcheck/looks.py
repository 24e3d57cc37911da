"""Looks at one entry of the gradient: differences of the cost at one step, with an error bar and a kink test.

A look takes C(w ± h) and C(w ± 2h). Its value is the extrapolated central difference and its error bar
E = |D(h) − D(2h)|/3 + 2η/h: the correction that was made, and never less than the noise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gradcheck.compare import INCONCLUSIVE, KINK, RIGHT, WRONG, Tolerance
from gradcheck.differences import Line

KINK_PERSISTS = 0.6  # the gap between one-sided slopes halves with h where C″ is continuous
KINK_VISIBLE = 20  # times the noise
EDGE_LOOKS = 8
WITNESS = 0.6  # of the best look's step: as sharp, but other costs
FLAT_LOOKS = 3  # at which the cost stood still before it is called flat
GROSS = 100  # times what is allowed: an error that one more central difference confirms
LADDER = (1.0, 1 / 8, 8.0, 1 / 64, 64.0, 1 / 512, 512.0)


@dataclass(frozen=True)
class Look:
    """What one step showed: the derivative, its error bar E, and the one-sided slopes.

    ``kink`` is true where the gap between the slopes does not shrink with h; ``flat`` where all
    costs were bit for bit the same. ``edge`` is true where the cost was not finite on both sides: such
    a look can acquit but not convict. ``value`` is NaN where the cost was finite on neither.
    """

    value: float
    bar: float
    step: float
    low: float
    high: float
    kink: bool
    flat: bool
    edge: bool = False

    @property
    def usable(self) -> bool:
        """Whether the look says anything."""
        return math.isfinite(self.value) and math.isfinite(self.bar)

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
    gap, wide_gap = abs(ahead - behind), abs((c2 - cost) / r2 - (m2 - cost) / l2)
    round_off, correction = 2 * noise / h, (fine - coarse) / 3
    return Look(
        value=fine + correction,
        bar=abs(correction) + round_off,
        step=h,
        low=min(ahead, behind),
        high=max(ahead, behind),
        kink=gap > KINK_PERSISTS * wide_gap and gap > KINK_VISIBLE * round_off,
        flat=c1 == m1 == c2 == m2 == cost,
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


@dataclass(frozen=True)
class Judgement:
    """The verdict on one entry and the look it rests on; ``kink`` where that saw a kink and no subgradient."""

    code: int
    value: float
    bar: float
    step: float
    kink: bool = False


@dataclass(frozen=True)
class Bench:
    """What an entry is judged against: the noise, the tolerance, the typical size of its array's gradient.

    ``largest`` and ``smallest`` bound the steps.
    """

    cost: float
    noise: float
    tolerance: Tolerance
    scale: float
    smallest: float
    largest: float

    def allowed(self, value: float, bar: float) -> float:
        """The difference up to which an entry with that numeric derivative is right."""
        t = self.tolerance
        return t.bars * bar + t.relative * abs(value) + t.block * self.scale

    def accepts(self, seen: Look, analytic: float) -> bool:
        """Whether the look holds *analytic* to be right."""
        return abs(analytic - seen.value) <= self.allowed(seen.value, seen.bar)

    def clear(self, seen: Look) -> bool:
        """Whether the look's error bar is small beside the effect that could matter.

        At a stationary point the gradient has no size; what it grows to within a step stands in for it.
        """
        return self.tolerance.bars * seen.bar <= self.tolerance.matter * max(self.scale, seen.reach)

    def between(self, seen: Look, analytic: float) -> bool:
        """Whether *analytic* lies between the one-sided slopes: a subgradient."""
        slack = self.allowed(max(abs(seen.low), abs(seen.high)), 2 * self.noise / seen.step)
        return seen.low - slack <= analytic <= seen.high + slack


def judge_again(line: Line, analytic: float, first: Look, bench: Bench, patience: int = len(LADDER)) -> Judgement:
    """The verdict on an entry whose *first* look was wrong or doubtful, after further looks at other steps.

    An entry is wrong only if two looks of different steps, the two with the smallest error bars,
    agree with each other and both exclude the analytic value.
    """
    if _gross(first, analytic, bench) and _confirmed(line, analytic, first, bench):
        return Judgement(WRONG, first.value, first.bar, first.step)
    looks = [first]
    for h in _steps(first, bench)[:patience]:
        looks.append(look(line, bench.cost, bench.noise, h))
        settled = _settled(looks, analytic, bench)
        if settled is not None:
            return settled
    witness = _witness_step(looks, analytic, bench)
    if witness:
        looks.append(look(line, bench.cost, bench.noise, witness))
    return _settled(looks, analytic, bench) or _undecided(looks, analytic, bench)


def _witness_step(looks: Sequence[Look], analytic: float, bench: Bench) -> float:
    """A step near that of the best look, where this one alone excludes the analytic value; 0 where it does not."""
    smooth = [s for s in looks if s.usable and not s.kink and not s.edge]
    best = min(smooth, key=lambda s: s.bar, default=None)
    if best is None or bench.accepts(best, analytic) or not bench.clear(best):
        return 0.0
    return WITNESS * best.step


def _gross(first: Look, analytic: float, bench: Bench) -> bool:
    far = abs(analytic - first.value) > GROSS * bench.allowed(first.value, first.bar)
    return first.usable and far and bench.clear(first) and not (first.kink or first.edge)


def _confirmed(line: Line, analytic: float, first: Look, bench: Bench) -> bool:
    """Whether a central difference at a smaller step agrees with the first look and not with *analytic*.

    A gap between the one-sided slopes that has not shrunk with the step is a kink that curvature hid from the
    first look: nothing is confirmed then.
    """
    h = first.step / 4
    (right, ahead), (left, behind) = line(h), line(-h)
    if not right > 0 > left:
        return False
    value = (ahead - behind) / (right - left)
    gap = abs((ahead - bench.cost) / right - (behind - bench.cost) / left)
    if gap > KINK_PERSISTS * (first.high - first.low) and gap > KINK_VISIBLE * 2 * bench.noise / h:
        return False
    allowed = bench.allowed(first.value, first.bar + 2 * bench.noise / h)
    return abs(value - first.value) <= allowed < abs(analytic - value)


def _steps(first: Look, bench: Bench) -> list[float]:
    """Other steps, the most promising first; at the edge of the cost's domain ever smaller ones."""
    if first.edge:
        return [h for h in (first.step / 64**k for k in range(1, EDGE_LOOKS)) if h >= bench.smallest]
    own = better_step(first, bench.noise)
    wanted = [min(max(own * factor, bench.smallest), bench.largest) for factor in LADDER]
    wanted = [max(_closest(first, bench.noise), bench.smallest), *wanted] if first.kink else wanted
    steps: list[float] = []
    for h in wanted:
        if all(not 0.5 < h / other < 2 for other in (first.step, *steps)):
            steps.append(h)
    return steps


def _closest(kinked: Look, noise: float) -> float:
    """The smallest step at which a kink would still stand out: what is rounded off shows itself as smooth there."""
    return 10 * KINK_VISIBLE * noise / (kinked.high - kinked.low)


def _kinked(seen: Look, looks: Sequence[Look]) -> bool:
    """Whether a look shows a kink, or the same gap as a larger step that did, too small a step for its noise."""
    gap = seen.high - seen.low
    wider = (other for other in looks if other.kink and other.step > seen.step)
    return seen.kink or any(gap > KINK_PERSISTS * (other.high - other.low) for other in wider)


def _settled(looks: Sequence[Look], analytic: float, bench: Bench) -> Judgement | None:
    """The verdict, if the looks so far agree on one."""
    smooth = sorted((s for s in looks if s.usable and not _kinked(s, looks)), key=lambda s: (s.edge, s.bar))
    if not smooth and len(looks) == 2 and looks[1].step < looks[0].step / 8 and bench.between(looks[1], analytic):
        return _subgradient(looks[1], analytic)
    if analytic == 0 and len(looks) == FLAT_LOOKS and all(s.flat and s.usable for s in looks):
        return Judgement(RIGHT, 0.0, min(s.bar for s in looks), looks[-1].step)
    if not smooth or any(s.kink and s.step < smooth[0].step for s in looks):
        return None
    best = smooth[0]
    if bench.accepts(best, analytic):
        return _judged(RIGHT, best) if bench.clear(best) and not _lonely_edge(smooth, analytic, bench) else None
    if len(smooth) < 2 or bench.accepts(smooth[1], analytic) or best.edge or smooth[1].edge:
        return None
    agree = abs(best.value - smooth[1].value) <= bench.allowed(best.value, best.bar + smooth[1].bar)
    return _judged(WRONG, best) if agree else None


def _lonely_edge(smooth: Sequence[Look], analytic: float, bench: Bench) -> bool:
    """Whether only one side was seen and no other step says the same: far from the edge all looks smooth."""
    return smooth[0].edge and sum(bench.accepts(s, analytic) for s in smooth) < 2


def _undecided(looks: Sequence[Look], analytic: float, bench: Bench) -> Judgement:
    """The verdict when no two smooth looks settle it: a kink, an unmoved cost, or none."""
    kinked = sorted((s for s in looks if s.kink), key=lambda s: s.step)
    if kinked:
        if any(bench.between(s, analytic) for s in kinked):
            return _subgradient(next(s for s in kinked if bench.between(s, analytic)), analytic)
        convicted = len(kinked) > 1 and not any(_accepted(s, analytic, bench) for s in looks)
        return replace(_judged(WRONG if convicted else INCONCLUSIVE, kinked[0]), kink=True)
    usable = [s for s in looks if s.usable]
    if not usable:
        return _judged(INCONCLUSIVE, looks[0])
    best = min(usable, key=lambda s: (s.edge, s.bar))
    if analytic == 0 and _flat(usable, bench):
        best = min((s for s in usable if s.flat), key=lambda s: s.bar)
        return Judgement(RIGHT, 0.0, best.bar, best.step)
    return _judged(INCONCLUSIVE, best)


def _flat(usable: Sequence[Look], bench: Bench) -> bool:
    """Whether the cost stands still around the point, though a large step may wake it.

    A staircase stands still too, for steps whose error bar could hide all that larger ones show: that is noise.
    """
    flats = [s for s in usable if s.flat]
    if len(flats) < FLAT_LOOKS:
        return len(flats) == len(usable)
    bar = bench.tolerance.bars * min(s.bar for s in flats)
    return all(bar <= bench.tolerance.matter * max(s.reach, abs(s.value)) for s in usable if not s.flat)


def _subgradient(seen: Look, analytic: float) -> Judgement:
    return Judgement(KINK, min(max(analytic, seen.low), seen.high), seen.bar, seen.step)


def _accepted(seen: Look, analytic: float, bench: Bench) -> bool:
    return not seen.kink and seen.usable and bench.accepts(seen, analytic)


def _judged(code: int, seen: Look) -> Judgement:
    return Judgement(code, seen.value, seen.bar, seen.step)
