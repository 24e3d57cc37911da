"""Every entry of a gradient judged by real differences: a first look at all, more looks where one is not enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import Named
from gradcheck.compare import INCONCLUSIVE, KINK, RIGHT, WRONG, Block, Tolerance, allowed_difference, rms
from gradcheck.estimate import COMPLEX_STEP, complex_entry
from gradcheck.evaluator import Evaluator
from gradcheck.judgement import LADDER, Bench, Judgement, judge_again
from gradcheck.looks import TUNING, Look, learned_step, look
from gradcheck.noise import UNKNOWN_SIZE, Noise, typical_size

Vector = NDArray[Any]
Codes = NDArray[np.int8]
Progress = Callable[[int, int], None]
PATIENCE = 16  # entries of one array that stay inconclusive before the others get fewer looks
SPAN = 1e4  # how far steps may move from where an array starts


@dataclass(frozen=True)
class Setting:
    """What entries are judged with: the cost at its point, its noise, the tolerance.

    ``nearby`` gives the verdict on an entry that a kink excludes by what it is a step away.
    """

    evaluator: Evaluator
    noise: Noise
    tolerance: Tolerance
    nearby: Callable[[str, int], int] | None = None

    def first_step(self, name: str) -> float:
        """A step for one array's entries: the central difference's, for a cost that varies over the array's scale."""
        relative = self.noise.level / max(abs(self.noise.cost), self.noise.level)
        return typical_size(self.evaluator.flat[name]) * math.cbrt(max(relative, 1e-17))

    def largest_step(self, name: str) -> float:
        """How far steps may grow: where all entries are tiny, their size need not be the scale of the cost."""
        own = typical_size(self.evaluator.flat[name])
        return self.first_step(name) * SPAN * max(1.0, UNKNOWN_SIZE / own)

    def bench(self, name: str, scale: float) -> Bench:
        """What the entries of one array are judged against, given the typical size of its gradient."""
        smallest = 16 * self.evaluator.epsilon * typical_size(self.evaluator.flat[name])
        largest = self.largest_step(name)
        return Bench(self.noise.cost, self.noise.level, self.tolerance, scale, smallest, largest)

    def smallest_step(self, name: str, i: int) -> float:
        """The smallest step that one entry can take with any precision."""
        return 16 * self.evaluator.epsilon * abs(float(self.evaluator.flat[name][i]))

    def judge(self, name: str, i: int, analytic: float, first: Look, bench: Bench, *, patience: int) -> Judgement:
        """The verdict on an entry whose first look was not enough; what only a kink excludes is asked for nearby."""
        own = replace(bench, smallest=self.smallest_step(name, i))
        found = judge_again(self.evaluator.line(name, i), analytic, first, own, patience)
        if found.code != WRONG or not found.kink:
            return found
        return replace(found, code=INCONCLUSIVE if self.nearby is None else self.nearby(name, i))

    def look(self, name: str, i: int, h: float) -> Look:
        """One look at one entry."""
        return look(self.evaluator.line(name, i), self.noise.cost, self.noise.level, h)


@dataclass(frozen=True)
class Seen:
    """A block for each array, the largest step, and the method."""

    blocks: tuple[Block, ...]
    step: float
    method: str


def judge_entries(setting: Setting, analytic: Mapping[str, Vector], progress: Progress | None = None) -> Seen:
    """Every entry of *analytic* against real differences of the cost, array by array.

    About four evaluations per entry, and up to six looks more for what seems wrong or doubtful.
    """
    blocks, largest, done = [], 0.0, 0
    for name, gradient in analytic.items():
        looks = _first_looks(setting, name, _ticker(progress, done, setting.evaluator.entries))
        blocks.append(_judged(setting, name, gradient, looks))
        largest, done = max([largest, *(s.step for s in looks)]), done + gradient.size
    return Seen(tuple(blocks), largest, "central differences at h and 2h")


def _ticker(progress: Progress | None, before: int, total: int) -> Callable[[int], None]:
    def tick(done: int) -> None:
        if progress is not None:
            progress(before + done, total)

    return tick


def _first_looks(setting: Setting, name: str, tick: Callable[[int], None]) -> list[Look]:
    """One look at each entry; the step learns from the error bars as it goes."""
    start, largest = setting.first_step(name), setting.largest_step(name)
    entries = setting.evaluator.flat[name].size
    h = _tuned(setting, name, start) if entries else start
    seen: list[Look] = []
    for i in range(entries):
        seen.append(setting.look(name, i, h))
        h = min(max(learned_step(seen[-1], setting.noise.level), start / SPAN), largest)
        tick(i + 1)
    return seen


def _tuned(setting: Setting, name: str, h: float) -> float:
    """A step that suits the array's middle entry, from a few looks at it."""
    middle = setting.evaluator.flat[name].size // 2
    for _ in range(TUNING):
        found = setting.look(name, middle, h)
        wanted = learned_step(found, setting.noise.level, most=64.0)
        if 0.5 < wanted / h < 2:
            break
        h = wanted
    return h


def _judged(setting: Setting, name: str, gradient: Vector, looks: list[Look]) -> Block:
    """One array's block: first looks where they are enough, judged again where they are not."""
    a = gradient.reshape(-1)
    numeric, bar = np.array([s.value for s in looks]), np.array([s.bar for s in looks])
    bench = setting.bench(name, rms(numeric))
    with np.errstate(invalid="ignore"):
        near = np.abs(a - numeric) <= allowed_difference(numeric, bar, bench.tolerance, bench.scale)
    clear = np.array([bench.clear(s) for s in looks], dtype=bool)
    special = np.array([s.kink or s.edge for s in looks], dtype=bool)
    code = np.where(near & clear & ~special, RIGHT, WRONG).astype(np.int8)
    hopeless = 0
    for i in np.flatnonzero(code == WRONG):
        patience = len(LADDER) if hopeless < PATIENCE else 1
        verdict = setting.judge(name, int(i), float(a[i]), looks[i], bench, patience=patience)
        code[i], numeric[i], bar[i] = verdict.code, verdict.value, verdict.bar
        hopeless += verdict.code == INCONCLUSIVE
    return _block((name, gradient), (numeric, bar, code), bench)


def _block(named: tuple[str, Vector], found: tuple[Vector, Vector, Codes], bench: Bench) -> Block:
    """Vectors of derivatives, error bars and codes as one array's block."""
    (name, gradient), shape = named, named[1].shape
    numeric, bar, code = found[0].reshape(shape), found[1].reshape(shape), found[2].reshape(shape)
    allowed = allowed_difference(numeric, bar, bench.tolerance, bench.scale)
    return Block(name, str(gradient.dtype), gradient, numeric, bar, allowed, code, bench.tolerance.bars)


def judge_exactly(setting: Setting, analytic: Named, exact: Named, round_off: float) -> Seen:
    """*analytic* against complex-step derivatives; what they exclude must be excluded by real differences too.

    Where real differences hold an excluded entry to be right or a kink, they win: the complex step
    took one side of a kink, or met an operation that breaks it. *round_off* is relative.
    """
    blocks = []
    for name, gradient in analytic.items():
        numeric = exact[name].reshape(gradient.shape)
        bar, bench = round_off * np.abs(numeric), setting.bench(name, rms(numeric))
        near = np.abs(gradient - numeric) <= allowed_difference(numeric, bar, bench.tolerance, bench.scale)
        code = np.where(near, RIGHT, WRONG).astype(np.int8)
        blocks.append(_second_opinion(setting, (name, gradient), (numeric.copy(), bar, code), bench))
    return Seen(tuple(blocks), COMPLEX_STEP, "complex step")


def _second_opinion(
    setting: Setting, named: tuple[str, Vector], found: tuple[Vector, Vector, Codes], bench: Bench
) -> Block:
    """Real looks at every entry that the complex step excludes; below their resolution its word stands."""
    (name, gradient), h = named, setting.first_step(named[0])
    a, numeric, bar, code = (v.reshape(-1) for v in (gradient, *found))
    for i in np.flatnonzero(code == WRONG):
        first = setting.look(name, int(i), h)
        h = learned_step(first, setting.noise.level)
        verdict = setting.judge(name, int(i), float(a[i]), first, bench, patience=len(LADDER))
        vouched = abs(verdict.value - numeric[i]) <= bench.allowed(float(numeric[i]), verdict.bar)
        if verdict.code == KINK or (verdict.code != WRONG and not vouched):
            code[i], numeric[i], bar[i] = verdict.code, verdict.value, verdict.bar
        elif verdict.code != WRONG:
            code[i] = _from_both_sides(setting.evaluator, (name, int(i)), (float(a[i]), float(numeric[i])), bench)
    return _block(named, (numeric, bar, code), bench)


def _from_both_sides(evaluator: Evaluator, place: tuple[str, int], seen: tuple[float, float], bench: Bench) -> int:
    """The verdict on an entry that only the complex step excludes: at a kink its two sides differ."""
    analytic, ahead = seen
    behind = complex_entry(evaluator, *place, -COMPLEX_STEP)
    slack = bench.allowed(max(abs(ahead), abs(behind)), 0.0)
    if abs(ahead - behind) <= slack:
        return WRONG
    return KINK if min(ahead, behind) - slack <= analytic <= max(ahead, behind) + slack else INCONCLUSIVE
