"""``check_taylor``: how fast, and how far down, does the remainder of the gradient's straight line fall?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.arrays import Named, entry, signs
from gradcheck.checks.direction import CLOSER, as_block, missed, usable
from gradcheck.checks.preparation import Prepared, Task, judged, unmoved
from gradcheck.checks.wording import first_fault
from gradcheck.compare import INCONCLUSIVE, KINK, VERDICTS, WRONG, Comparison, Tolerance
from gradcheck.directions import Probe, Prober
from gradcheck.noise import typical_size
from gradcheck.results import CheckResult, Finding, Verdict

LARGEST = 2.0**-3  # of each array's typical size
FACTOR = 4
STEPS = 14
VISIBLE = 30  # times the noise: a remainder below is round-off
WINDOW = 4  # remainders, the smallest visible ones, whose slope is the order


@dataclass(frozen=True)
class Remainders:
    """R(h) = |C(w + hv) − C(w) − h⟨g, v⟩| at falling steps, the noise in it, and the order p of R ∝ h^p.

    The order is NaN where fewer than two remainders rise above the noise: the cost is straight along v.
    """

    steps: tuple[float, ...]
    sizes: tuple[float, ...]
    noise: float
    order: float

    def __str__(self) -> str:
        pairs = list(zip(self.steps, self.sizes, strict=True))[::3]
        return ", ".join(f"{size:.2g} at h = {h:.1g}" for h, size in pairs) + f"; the noise is {self.noise:.1g}"


def check_taylor(
    cost: Callable[..., Any],
    gradient: Callable[..., Any] | Mapping[str, Any] | Any,
    at: Any,
    *,
    directions: int = 3,
    method: str = "auto",
    tolerance: Tolerance | None = None,
    seed: int = 0,
    target: str = "gradient",
) -> CheckResult:
    """Whether C(w + hv) − C(w) − h⟨g, v⟩ falls as h², as it does for the gradient, or as h, as for a wrong one.

    In each direction every entry moves by ±h of its array's typical size, all arrays at once. The order
    is read where the remainder is above the measured noise; how large an error could hide is said beside
    it, for an order alone says nothing of a small one. A cost that is straight along v has no remainder.

    Args:
        cost: maps the point to a real number; called with keywords where its parameters are the point's keys.
        gradient: maps the point to its gradient in the same structure; or that gradient itself.
        at: the point: float arrays in a dictionary, list or tuple, or one array; never written to.
        directions: how many.
        method: as in ``check_direction``, for the derivative that decides beside the order.
        tolerance: as in ``check_direction``.
        seed: of the directions.
        target: what is checked, for the result.

    Returns:
        A ``CheckResult``; its notes hold the remainders.

    Raises:
        UsageError: a point, method or number of directions that cannot be judged, in a sentence.

    All arrays move together, so a fault in one whose gradient is small beside the others' can stay below
    the resolution; ``check_direction`` takes them one by one.
    """
    usable(directions, method)
    task = Task(target, seed, tolerance)
    return judged(task, cost, gradient, at, lambda ready: _checked(ready, directions, method))


def _checked(ready: Prepared, directions: int, method: str) -> CheckResult:
    prober, flat = Prober(ready.setting, ready.arrays, method), ready.setting.evaluator.flat
    sizes = {name: typical_size(flat[name]) for name, g in ready.arrays.items() if g.size}
    along = [{n: sizes[n] * v for n, v in signs(ready.rng, _only(ready, sizes)).items()} for _ in range(directions)]
    probes = [prober.probe(direction) for direction in along]
    remainders = [_remainders(ready, direction, p.analytic) for direction, p in zip(along, probes, strict=True)]
    comparison = Comparison((as_block("w along v", probes, ready.setting.tolerance.bars),))
    still = unmoved(comparison, ready)
    verdict, reason, remedy = first_fault(ready.findings) or _sentences(comparison, probes, remainders, still=still)
    return ready.task.result(
        verdict,
        reason,
        remedy,
        checks=ready.findings + tuple(map(_finding, probes, remainders)),
        arrays=comparison.summaries(),
        worst=comparison.worst(),
        flags=ready.answer.flags,
        method="Taylor remainders",
        step=LARGEST,
        tolerance=str(ready.setting.tolerance),
        resolution=comparison.resolution,
        notes=tuple(f"v[{k}]: remainder {r}." for k, r in enumerate(remainders)),
    )


def _only(ready: Prepared, names: Mapping[str, float]) -> Named:
    return {name: ready.arrays[name] for name in names}


def _remainders(ready: Prepared, direction: Named, slope: float) -> Remainders:
    noise, evaluator = ready.setting.noise, ready.setting.evaluator
    steps = [LARGEST / FACTOR**k for k in range(STEPS)]
    sizes = [abs(evaluator.moved(direction, h) - noise.cost - h * slope) for h in steps]
    return Remainders(tuple(steps), tuple(sizes), noise.level, _order(steps, sizes, VISIBLE * noise.level))


def _order(steps: Sequence[float], sizes: Sequence[float], floor: float) -> float:
    """The least-squares slope of log R over log h, over the smallest steps whose remainder stands above *floor*."""
    visible = [(math.log(h), math.log(r)) for h, r in zip(steps, sizes, strict=True) if floor < r < math.inf]
    if len(visible) < 2:
        return math.nan
    steps_log, sizes_log = np.array(visible[-WINDOW:]).T
    return float(np.polyfit(steps_log, sizes_log, 1)[0])


def _sentences(
    comparison: Comparison, probes: Sequence[Probe], remainders: Sequence[Remainders], *, still: bool
) -> tuple[Verdict, str, str]:
    codes = [p.code for p in probes]
    if WRONG in codes:
        return Verdict.FAIL, _wrong(comparison, codes, remainders), "locate(cost, gradient, at) finds the entries."
    if still:
        return Verdict.INCONCLUSIVE, "The cost does not depend on any entry at this point.", "Choose another point."
    if all(code == INCONCLUSIVE for code in codes):
        return Verdict.INCONCLUSIVE, "The remainder could not be told from noise in any direction.", CLOSER
    return Verdict.PASS, _right(comparison, len(codes) - codes.count(INCONCLUSIVE), remainders), ""


def _right(comparison: Comparison, seen: int, remainders: Sequence[Remainders]) -> str:
    orders = [r.order for r in remainders if math.isfinite(r.order)]
    falls = f"falls as h^{min(orders):.2f} or faster" if orders else "is nothing but noise, for the cost is straight,"
    return (
        f"The remainder {falls} in {seen} random direction{'s' if seen > 1 else ''}: the gradient is right along them. "
        f"A derivative off by more than {comparison.resolution:.1g} would have been seen, and a fault whose entries "
        f"cancel is missed with probability {missed(seen)}."
    )


def _wrong(comparison: Comparison, codes: Sequence[int], remainders: Sequence[Remainders]) -> str:
    d = comparison.worst(1)[0]
    order = remainders[d.index[0]].order
    falls = f"falls as h^{order:.2f}, where a right gradient's falls as h^2" if math.isfinite(order) else "is no guide"
    return (
        f"The remainder {falls}, and the derivative is wrong in {codes.count(WRONG)} of "
        f"{len(codes)} directions; {entry(d.name, d.index)}: analytic {d.analytic:.6g}, "
        f"numeric {d.numeric:.6g} ± {d.error_bar:.1g}."
    )


def _finding(probe: Probe, remainders: Remainders) -> Finding:
    verdict = {WRONG: Verdict.FAIL, INCONCLUSIVE: Verdict.INCONCLUSIVE}.get(probe.code, Verdict.PASS)
    order = remainders.order
    falls = f"falls as h^{order:.2f}" if math.isfinite(order) else "is nothing but noise: the cost is straight here"
    kink = "; the point lies at a kink" if probe.code == KINK else ""
    return Finding("taylor", verdict, f"The remainder {falls}{kink}; the derivative is {VERDICTS[probe.code]}.")
