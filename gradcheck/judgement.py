"""The verdict on one entry: right, wrong, a kink, or inconclusive, from as many looks as it takes.

A look may acquit whose error bar is small beside the effect that could matter. To convict takes two, of different
steps that resolve the cost, with nothing that contradicts them; of a gross error, one and a central difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gradcheck.compare import INCONCLUSIVE, KINK, RIGHT, WRONG, Tolerance
from gradcheck.differences import Line
from gradcheck.looks import KINK_VISIBLE, Look, better_step, look

AGREE = 2  # error bars, within which two looks see the same
SAME_KINK = 0.1  # of the gap, by which the slopes at two steps may differ
EDGE_LOOKS = 8
WITNESS = 0.6  # of the best look's step: as sharp, but other costs
FLAT_LOOKS = 3  # at which the cost stood still before it is called flat
GROSS = 100  # times what is allowed: an error that one more central difference confirms
LADDER = (1.0, 1 / 8, 8.0, 1 / 64, 64.0, 1 / 512, 512.0)


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

    An entry is wrong only if two looks of different steps, the two with the smallest error bars, both
    exclude the analytic value, and no look contradicts them: where some do, the noise is larger than it was measured.
    Where the *first* look excludes it by far, a central difference at a smaller step is enough of a second one.
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
    smooth = [s for s in looks if s.usable and s.resolved and not s.kink and not s.edge]
    best = min(smooth, key=lambda s: s.bar, default=None)
    if best is None or bench.accepts(best, analytic) or not bench.clear(best):
        return 0.0
    return WITNESS * best.step


def _gross(first: Look, analytic: float, bench: Bench) -> bool:
    far = abs(analytic - first.value) > GROSS * bench.allowed(first.value, first.bar)
    return first.usable and first.resolved and far and bench.clear(first) and not (first.kink or first.edge)


def _confirmed(line: Line, analytic: float, first: Look, bench: Bench) -> bool:
    """Whether a central difference at a smaller step agrees with the first look and not with *analytic*."""
    h = first.step / 4
    (right, ahead), (left, behind) = line(h), line(-h)
    if not right > 0 > left:
        return False
    value = (ahead - behind) / (right - left)
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


def _settled(looks: Sequence[Look], analytic: float, bench: Bench) -> Judgement | None:
    """The verdict, if the looks so far agree on one."""
    smooth = sorted((s for s in looks if s.usable and not s.kink), key=lambda s: (s.edge, not s.resolved, s.bar))
    if not smooth and len(looks) == 2 and looks[1].step < looks[0].step / 8 and bench.between(looks[1], analytic):
        return _subgradient(looks[1], analytic)
    if analytic == 0 and len(looks) == FLAT_LOOKS and all(s.flat and s.usable for s in looks):
        return Judgement(RIGHT, 0.0, min(s.bar for s in looks), looks[-1].step)
    if not smooth or any(s.kink and s.step < smooth[0].step for s in looks):
        return None
    best = smooth[0]
    if bench.accepts(best, analytic):
        return _judged(RIGHT, best) if bench.clear(best) and not _lonely_edge(smooth, analytic, bench) else None
    if len(smooth) < 2 or bench.accepts(smooth[1], analytic) or any(s.edge or not s.resolved for s in smooth[:2]):
        return None
    others = (s for s in smooth[1:] if s.resolved and not s.edge)
    return _judged(WRONG, best) if all(_agree(best, s, bench) for s in others) else None


def _agree(best: Look, other: Look, bench: Bench) -> bool:
    """Whether two looks see the same derivative, within bars that are as wide as noise, not as a verdict needs them."""
    tolerance = bench.allowed(best.value, 0.0)
    return abs(best.value - other.value) <= AGREE * (best.bar + other.bar) + tolerance


def _lonely_edge(smooth: Sequence[Look], analytic: float, bench: Bench) -> bool:
    """Whether only one side was seen and no other step says the same: far from the edge all looks smooth."""
    return smooth[0].edge and sum(bench.accepts(s, analytic) for s in smooth) < 2


def _undecided(looks: Sequence[Look], analytic: float, bench: Bench) -> Judgement:
    """The verdict when no two smooth looks settle it: a kink, an unmoved cost, or none."""
    kinked = sorted((s for s in looks if s.kink), key=lambda s: s.step)
    if kinked:
        if any(bench.between(s, analytic) for s in kinked):
            return _subgradient(next(s for s in kinked if bench.between(s, analytic)), analytic)
        convicted = _same_kink(kinked) and not any(_accepted(s, analytic, bench) for s in looks)
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


def _same_kink(kinked: Sequence[Look]) -> bool:
    """Whether the one-sided slopes are the same at two steps: what noise or curvature fakes is another at each."""
    pairs = ((s, t) for i, s in enumerate(kinked) for t in kinked[i + 1 :] if t.step >= 4 * s.step)
    return any(abs(s.low - t.low) + abs(s.high - t.high) <= SAME_KINK * (s.high - s.low) for s, t in pairs)


def _accepted(seen: Look, analytic: float, bench: Bench) -> bool:
    return not seen.kink and seen.usable and bench.clear(seen) and bench.accepts(seen, analytic)


def _judged(code: int, seen: Look) -> Judgement:
    return Judgement(code, seen.value, seen.bar, seen.step)
