"""``check_hessian_vector``: products H v of the second derivative, by differences of the gradient."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.arrays import Named, bind, rebuild, signs
from gradcheck.checks.contract import Answer, ask, read
from gradcheck.checks.preparation import Task, default_tolerance
from gradcheck.checks.wording import reason_and_remedy
from gradcheck.compare import RIGHT, Block, Comparison, Tolerance, allowed_difference, rms
from gradcheck.differences import Line
from gradcheck.errors import CouldNotRunError
from gradcheck.evaluator import Evaluator
from gradcheck.judgement import Bench, judge_again
from gradcheck.looks import Look, learned_step, look
from gradcheck.noise import POINTS, ecnoise, typical_size
from gradcheck.results import CheckResult, Finding, Verdict

SYMMETRY = 1e-6  # what ⟨u, H v⟩ and ⟨v, H u⟩ may differ by, of their size
TUNING = 3
SAMPLE = 64  # entries of an array whose noise is measured
SPACING = 1e3  # machine epsilons between the points on which it is


def check_hessian_vector(
    gradient: Callable[..., Any],
    hvp: Callable[..., Any],
    at: Any,
    *,
    directions: int = 2,
    tolerance: Tolerance | None = None,
    seed: int = 0,
    target: str = "Hessian-vector product",
) -> CheckResult:
    """Whether hvp(at, v) is the derivative of *gradient* along v, entry by entry, for random directions v.

    Differences of the gradient at four points along v judge all N entries at once, each with its own error
    bar, and further steps those that look wrong or doubtful: H is judged by the gradient that it
    is given, so check the gradient first. Beside it, H must be symmetric: ⟨u, H v⟩ = ⟨v, H u⟩.

    Args:
        gradient: maps the point to its gradient in the same structure.
        hvp: maps the point and a direction, both in that structure, to H times the direction.
        at: the point: float arrays in a dictionary, list or tuple, or one array; never written to.
        directions: how many Rademacher directions.
        tolerance: as in ``check_gradient``.
        seed: of the directions.
        target: what is checked, for the result.

    Returns:
        A ``CheckResult`` whose arrays are named ``w2 along v[0]``; ``evaluations`` counts calls of the gradient.

    Raises:
        UsageError: a point that cannot be judged at, in a sentence.

    Faults in one row of H may cancel along v, for each direction with probability ½ at the most.
    """
    started = time.perf_counter()
    slopes = _Slopes(gradient, at)
    task = Task(target, seed, tolerance)
    try:
        with np.errstate(all="ignore"):
            result = _checked(slopes, hvp, task, max(directions, 1))
    except CouldNotRunError as error:
        result = task.result(Verdict.ERROR, str(error))
    return replace(result, evaluations=slopes.evaluator.evaluations, seconds=time.perf_counter() - started)


class _Slopes:
    """A user's gradient at a working copy of the point, as an evaluator of its arrays."""

    def __init__(self, gradient: Callable[..., Any], at: Any) -> None:
        self._gradient = bind(gradient, at)
        self.evaluator = Evaluator(self._stored, at)
        self._latest = Answer({}, ())

    def _stored(self, point: Any) -> float:
        self._latest = read(self._gradient(point), self.evaluator.original)
        return 0.0

    def moved(self, direction: Named, t: float) -> Named:
        """The gradient's arrays at the point moved by *t* along *direction*.

        Raises CouldNotRunError where the gradient raises or has another structure than the point.
        """
        self.evaluator.moved(direction, t)
        for finding in self._latest.findings:
            if finding.id != "finite":
                raise CouldNotRunError(f"{finding.message} Check the gradient first.")
        return self._latest.arrays


@dataclass
class _Along:
    """The gradient along one direction, remembered: a step that suits one entry serves all."""

    slopes: _Slopes
    direction: Named
    values: dict[float, Named] = field(default_factory=dict)

    def at(self, t: float) -> tuple[float, Named]:
        """The gradient's arrays at the nearest step that is a power of two, and that step."""
        t = math.copysign(2.0 ** round(math.log2(abs(t))), t) if t else 0.0
        if t not in self.values:
            self.values[t] = self.slopes.moved(self.direction, t)
        return t, self.values[t]

    def line(self, name: str, i: int) -> Line:
        """One entry of the gradient as a function of the step."""

        def at_step(t: float) -> tuple[float, float]:
            taken, arrays = self.at(t)
            return taken, float(arrays[name].reshape(-1)[i])

        return at_step

    def noise(self, name: str) -> float:
        """The noise of one array's entries: ECNoise of a sample of them, and never less than their round-off."""
        evaluator = self.slopes.evaluator
        spacing = 2.0 ** round(math.log2(SPACING * evaluator.epsilon * typical_size(evaluator.flat[name])))
        rows = [self.slopes.moved(self.direction, (k - POINTS // 2) * spacing)[name].reshape(-1) for k in range(POINTS)]
        columns = np.array(rows).T
        chosen = np.unique(np.linspace(0, len(columns) - 1, SAMPLE).astype(int))
        levels = [ecnoise(columns[i]) or 0.0 for i in chosen]
        floor = evaluator.epsilon * float(np.abs(columns).max()) / 2
        return max(*levels, floor, float(np.finfo(float).tiny))


def _checked(slopes: _Slopes, hvp: Callable[..., Any], task: Task, directions: int) -> CheckResult:
    evaluator, rng = slopes.evaluator, np.random.default_rng(task.seed)
    drawn = [signs(rng, evaluator.arrays) for _ in range(max(directions, 2))]
    answers = [_product(hvp, evaluator, v) for v in drawn]
    findings = tuple(dict.fromkeys(finding for answer in answers for finding in answer.findings))
    if not all(answer.arrays for answer in answers):
        return task.result(Verdict.FAIL, findings[0].message, checks=findings)
    tolerance = task.tolerance or default_tolerance(answers[0].arrays)
    blocks: list[Block] = []
    for k in range(directions):
        along = _Along(slopes, drawn[k])
        blocks += [_judged(along, f"{n} along v[{k}]", n, h, tolerance) for n, h in answers[k].arrays.items() if h.size]
    findings += _symmetry(drawn, [answer.arrays for answer in answers])
    return _summed_up(task, Comparison(tuple(blocks)), findings, tolerance)


def _product(hvp: Callable[..., Any], evaluator: Evaluator, direction: Named) -> Answer:
    """What hvp answers for *direction*, held to the contract of a gradient."""
    vector = rebuild(evaluator.at, {name: v.copy() for name, v in direction.items()})
    answer = ask(lambda point: hvp(point, vector), evaluator)
    named = (replace(f, message=f.message.replace("The gradient", "The product", 1)) for f in answer.findings)
    return replace(answer, findings=tuple(named))


def _judged(along: _Along, label: str, name: str, product: Any, tolerance: Tolerance) -> Block:
    """Every entry of one array's part of H v."""
    noise, claimed = along.noise(name), product.reshape(-1)
    start = along.at(0.0)[1][name].reshape(-1)
    looks = _looks(along, name, start, noise)
    numeric, bar = np.array([s.value for s in looks]), np.array([s.bar for s in looks])
    code = np.full(claimed.size, RIGHT, dtype=np.int8)
    smallest = 16 * along.slopes.evaluator.epsilon * typical_size(along.slopes.evaluator.flat[name])
    for i, seen in enumerate(looks):
        bench = Bench(float(start[i]), noise, tolerance, rms(numeric), smallest, seen.step * 1e4)
        if not bench.accepts(seen, float(claimed[i])) or not bench.clear(seen) or seen.kink or seen.edge:
            found = judge_again(along.line(name, i), float(claimed[i]), seen, bench)
            code[i], numeric[i], bar[i] = found.code, found.value, found.bar
    shape, allowed = product.shape, allowed_difference(numeric, bar, tolerance, rms(numeric))
    bar, allowed = bar.reshape(shape), allowed.reshape(shape)
    return Block(
        label, str(product.dtype), product, numeric.reshape(shape), bar, allowed, code.reshape(shape), tolerance.bars
    )


def _looks(along: _Along, name: str, start: Any, noise: float) -> list[Look]:
    """A look at every entry of one array, all at the step that suits its largest derivative."""
    evaluator = along.slopes.evaluator
    largest = int(np.abs(along.at(0.0)[1][name]).argmax())
    h = typical_size(evaluator.flat[name]) / math.sqrt(evaluator.entries)
    h *= math.cbrt(max(noise / max(float(np.abs(start).max()), noise), 1e-17))
    for _ in range(TUNING):
        found = look(along.line(name, largest), float(start[largest]), noise, h)
        wanted = learned_step(found, noise, most=64.0)
        if 0.5 <= wanted / h <= 2:
            break
        h = wanted
    return [look(along.line(name, i), float(start[i]), noise, h) for i in range(start.size)]


def _symmetry(drawn: list[Named], products: list[Named]) -> tuple[Finding, ...]:
    """⟨u, H v⟩ = ⟨v, H u⟩ for the first two directions."""
    (v, u), (hv, hu) = drawn[:2], products[:2]
    if not hv.keys() == hu.keys() == v.keys():
        return ()
    one, other = (math.fsum(float(np.vdot(a[n], b[n])) for n in v) for a, b in ((u, hv), (v, hu)))
    size = math.sqrt(math.fsum(float(np.vdot(h[n], h[n])) for h in (hv, hu) for n in v))
    if abs(one - other) <= SYMMETRY * size:
        return (Finding("symmetry", Verdict.PASS, f"H is symmetric: ⟨u, H v⟩ = {one:.6g} = ⟨v, H u⟩."),)
    message = f"H is not symmetric: ⟨u, H v⟩ = {one:.6g} and ⟨v, H u⟩ = {other:.6g}."
    return (Finding("symmetry", Verdict.INCONCLUSIVE, message),)


def _summed_up(task: Task, comparison: Comparison, findings: tuple[Finding, ...], tolerance: Tolerance) -> CheckResult:
    verdict, reason, remedy = reason_and_remedy(comparison, findings)
    values = Finding("values", comparison.verdict, reason_and_remedy(comparison, ())[1])
    return task.result(
        verdict,
        reason,
        remedy,
        checks=(*findings, values),
        arrays=comparison.summaries(),
        worst=comparison.worst(),
        method="central differences of the gradient at h and 2h",
        tolerance=str(tolerance),
        resolution=comparison.resolution,
    )
