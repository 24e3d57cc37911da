"""``locate``: from a gradient that is wrong somewhere to the entries that are, without looking at all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import entry, signs
from gradcheck.checks.direction import missed, usable
from gradcheck.checks.preparation import Prepared, Task, judged
from gradcheck.checks.wording import first_fault, joined
from gradcheck.compare import INCONCLUSIVE, KINK, RIGHT, VERDICTS, WRONG, Tolerance
from gradcheck.directions import Probe, Prober
from gradcheck.regions import Region, Splitter, as_matrix_shape
from gradcheck.results import ArraySummary, CheckResult, Discrepancy, Finding, Verdict

Places = NDArray[np.intp]
SAMPLE = 8  # entries looked at in a region too large for all
ROUNDS = 8  # searches in one array, each along a direction that what was found before does not explain
LOOK = 5  # evaluations that a look at one entry takes, about
WORTH = 60  # evaluations below which all entries of an array are looked at, and nothing is split


def locate(
    cost: Callable[..., Any],
    gradient: Callable[..., Any] | Mapping[str, Any] | Any,
    at: Any,
    *,
    directions: int = 4,
    budget: int = 2000,
    method: str = "auto",
    tolerance: Tolerance | None = None,
    seed: int = 0,
    target: str = "gradient",
) -> CheckResult:
    """Which entries of *gradient* are wrong, by splitting: arrays, rows, columns, entries.

    Random directions show which arrays are wrong; halves of such a direction, which part of them; a look at
    each entry that remains, by how much. Then the rest of the array is tried along new directions, and
    searched again if it fails. Where most of a part is wrong it is named as a whole, from a sample of
    its entries: splitting it further would cost more than ``check_gradient``.

    Args:
        cost: maps the point to a real number; called with keywords where its parameters are the point's keys.
        gradient: maps the point to its gradient in the same structure; or that gradient itself.
        at: the point: float arrays in a dictionary, list or tuple, or one array; never written to.
        directions: that an array must pass to be ruled out; the rest of one with several wrong entries, twice as many.
        budget: evaluations to spend on one wrong array at the most, about.
        method: as in ``check_direction``.
        tolerance: as in ``check_direction``.
        seed: of the directions.
        target: what is checked, for the result.

    Returns:
        A ``CheckResult``; ``worst`` holds the wrong entries, ``checks`` a sentence for each array with what was
        ruled out, and the ``wrong`` of each array's summary counts the entries that were looked at and are wrong.

    Raises:
        UsageError: a point, method or number of directions that cannot be judged, in a sentence.

    It cannot see an entry that is off by less than the resolution along a direction through its whole
    array, which is coarser than ``check_gradient``'s for that entry alone.
    """
    usable(directions, method)
    task = Task(target, seed, tolerance)
    return judged(task, cost, gradient, at, lambda ready: _located(ready, directions, budget, method))


@dataclass
class _Search:
    """One array: the places that were looked at, wrong regions, and how the rest did along directions."""

    name: str
    shape: tuple[int, ...]
    looks: dict[int, Probe] = field(default_factory=dict)
    regions: list[Region] = field(default_factory=list)
    passed: list[Probe] = field(default_factory=list)
    doubtful: int = 0
    unexplained: bool = False

    @property
    def wrong(self) -> list[int]:
        """Places of the entries that are wrong, the most off first."""
        places = [place for place, probe in self.looks.items() if probe.code == WRONG]
        return sorted(places, key=lambda place: -abs(self.looks[place].off))

    @property
    def failed(self) -> bool:
        """Whether anything is wrong here."""
        return bool(self.wrong or self.regions or self.unexplained)

    @property
    def complete(self) -> bool:
        """Whether every entry was looked at."""
        return len(self.looks) == math.prod(self.shape)


def _located(ready: Prepared, directions: int, budget: int, method: str) -> CheckResult:
    prober = Prober(ready.setting, ready.arrays, method)
    searches = [_searched(ready, prober, name, directions, budget) for name, g in ready.arrays.items() if g.size]
    spent = ready.setting.evaluator.evaluations
    verdict, reason, remedy = first_fault(ready.findings) or _sentences(searches, ready, spent)
    return ready.task.result(
        verdict,
        reason,
        remedy,
        checks=ready.findings + tuple(map(_finding, searches)),
        arrays=tuple(_summary(search) for search in searches),
        worst=_worst(searches),
        flags=ready.answer.flags,
        method="splitting by " + ("complex steps" if any(prober.trusted.values()) else "central differences"),
        step=max(prober.steps.values(), default=None),
        tolerance=str(ready.setting.tolerance),
        resolution=max((_resolution(search) for search in searches), default=None),
    )


def _searched(ready: Prepared, prober: Prober, name: str, directions: int, budget: int) -> _Search:
    """One array, searched until what remains of it passes *directions* random directions."""
    evaluator, gradient = ready.setting.evaluator, ready.arrays[name]
    limit = evaluator.evaluations + budget
    search = _Search(name, gradient.shape)
    if gradient.size * LOOK <= WORTH:
        _look_at(search, prober, np.arange(gradient.size))
        return search
    for _ in range(ROUNDS):
        direction, failed = _failing(search, prober, ready, directions)
        if failed is None or not evaluator.evaluations < limit:
            search.unexplained = failed is not None
            return search
        before = len(search.looks) + len(search.regions)
        splitter = Splitter(prober, name, direction, lambda: evaluator.evaluations < limit, ready.rng)
        for region in splitter.wrong_regions(failed.off, failed.allowed):
            _inspect(search, prober, region, ready.rng, limit - evaluator.evaluations)
        if len(search.looks) + len(search.regions) == before:
            search.unexplained = True
            return search
    return search


def _look_at(search: _Search, prober: Prober, places: Places) -> None:
    for place in places:
        if int(place) not in search.looks:
            search.looks[int(place)] = prober.probe_entry(search.name, int(place))


def _failing(
    search: _Search, prober: Prober, ready: Prepared, directions: int
) -> tuple[NDArray[np.float64], Probe | None]:
    """The first of a few new directions through what was not found yet that the gradient fails along, if any."""
    search.passed, search.doubtful = [], 0
    drawn = np.zeros(search.shape)
    for _ in range(directions if len(search.looks) < 2 else 2 * directions):  # several errors may cancel
        drawn = _unexplored(search, signs(ready.rng, {search.name: ready.arrays[search.name]})[search.name])
        if not drawn.any():
            break
        probe = prober.probe({search.name: drawn})
        if probe.code == WRONG:
            return drawn, probe
        search.doubtful += probe.code == INCONCLUSIVE
        search.passed += [probe] if probe.code != INCONCLUSIVE else []
    return drawn, None


def _unexplored(search: _Search, direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """*direction*, set to zero where the search has been."""
    direction.reshape(-1)[list(search.looks)] = 0.0
    matrix = direction.reshape(as_matrix_shape(search.shape))
    for region in search.regions:
        matrix[slice(*region.rows), slice(*region.columns)] = 0.0
    return direction


def _inspect(search: _Search, prober: Prober, region: Region, rng: np.random.Generator, left: int) -> None:
    """Look at every entry of a wrong region if it is small, else at a sample; at none with nothing left to spend."""
    columns = as_matrix_shape(search.shape)[1]
    rows, across = np.arange(*region.rows), np.arange(*region.columns)
    if region.size == 1 or region.size * LOOK <= min(left, WORTH * LOOK):
        places = (rows[:, None] * columns + across).reshape(-1)
        _look_at(search, prober, places)
        if region.size > 1 and all(search.looks[int(place)].code == WRONG for place in places):
            search.regions.append(region)
        return
    search.regions.append(region)
    if left > 0:
        _look_at(search, prober, rng.choice(rows, SAMPLE) * columns + rng.choice(across, SAMPLE))


def _sentences(searches: Sequence[_Search], ready: Prepared, spent: int) -> tuple[Verdict, str, str]:
    """Verdict, reason and remedy."""
    failed = [search for search in searches if search.failed]
    if failed:
        remedy = "" if all(not s.unexplained for s in failed) else "check_gradient looks at every entry."
        return Verdict.FAIL, _wrong(searches, failed, ready.setting.evaluator.entries, spent), remedy
    doubtful = [search.name for search in searches if _doubtful(search)]
    if doubtful:
        remedy = "check_gradient looks at every entry; or choose a point where the gradient is larger."
        return Verdict.INCONCLUSIVE, f"Nothing in {joined(doubtful)} could be judged.", remedy
    return Verdict.PASS, f"Nothing wrong was found with {spent} evaluations; {_ruled_out(searches)}.", ""


def _doubtful(search: _Search) -> bool:
    looks = search.looks.values()
    return bool(search.doubtful and not search.passed) or any(probe.code == INCONCLUSIVE for probe in looks)


def _wrong(searches: Sequence[_Search], failed: Sequence[_Search], entries: int, spent: int) -> str:
    ruled = [search.name for search in searches if not search.failed]
    others = f"; {joined(ruled)} {'are' if len(ruled) > 1 else 'is'} ruled out" if ruled else ""
    worst = _worst(failed)
    example = f"; {_at(worst[0])}" if worst else ""
    where = "; ".join(_places(search) for search in failed[:4])
    return f"Wrong: {where}{others}{example}. Found with {spent:,} evaluations for {entries:,} entries."


def _at(d: Discrepancy) -> str:
    return f"{entry(d.name, d.index)}: analytic {d.analytic:.6g}, numeric {d.numeric:.6g} ± {d.error_bar:.1g}"


def _places(search: _Search) -> str:
    """Where one array is wrong: regions first, then entries outside them."""
    within = {place for region in search.regions for place in search.wrong if _inside(place, region, search.shape)}
    single = [_entry(search, place) for place in search.wrong if place not in within]
    found = [_span(search, region) for region in search.regions] + single
    if search.complete and len(search.wrong) == len(search.looks) > 1:
        return f"{search.name} throughout"
    if not found:
        return f"{search.name}, where no single entry stands out"
    return joined(found)


def _entry(search: _Search, place: int) -> str:
    return entry(search.name, _index(place, search.shape))


def _index(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(place, shape)) if shape else ()


def _inside(place: int, region: Region, shape: tuple[int, ...]) -> bool:
    row, column = divmod(place, as_matrix_shape(shape)[1])
    return region.rows[0] <= row < region.rows[1] and region.columns[0] <= column < region.columns[1]


def _span(search: _Search, region: Region) -> str:
    """A region in the notation of slices, with what its sample showed."""
    rows, columns = as_matrix_shape(search.shape)
    looked = [p for place, p in search.looks.items() if _inside(place, region, search.shape)]
    wrong = sum(probe.code == WRONG for probe in looked)
    sample = f"{region.size:,} entries, {wrong} of {len(looked)} looked at wrong"
    sample = f"all {region.size:,} entries" if wrong == region.size else sample
    if region.size == rows * columns:
        return f"{search.name} throughout ({sample})"
    first = _slice(region.rows, rows)
    rest = f", {_slice(region.columns, columns)}" if len(search.shape) > 1 else ""
    return f"{search.name}[{first}{rest}] ({sample})"


def _slice(span: tuple[int, int], length: int) -> str:
    first, last = span
    if span == (0, length):
        return ":"
    return str(first) if last - first == 1 else f"{first}:{last}"


def _ruled_out(searches: Sequence[_Search]) -> str:
    fewest = min((len(search.passed) for search in searches if not search.complete), default=0)
    resolution = max(_resolution(search) for search in searches)
    if not fewest:
        return f"every entry was looked at, and an error above {resolution:.1g} would have been seen"
    return f"an entry off by more than {resolution:.1g} would have been missed with probability {missed(fewest)}"


def _resolution(search: _Search) -> float:
    """The smallest error that would have been seen, along the directions that were passed or where it was looked."""
    probes = search.passed or [probe for probe in search.looks.values() if probe.code == RIGHT]
    return max((probe.resolution for probe in probes), default=0.0)


def _finding(search: _Search) -> Finding:
    """One array's sentence: what is wrong in it, and what is ruled out."""
    rest = math.prod(search.shape) - len(search.looks)
    passed = len(search.passed)
    ruled = f"an entry off by more than {_resolution(search):.1g} is missed with probability {missed(max(passed, 1))}"
    if search.failed:
        remains = f"; the rest passes {passed} random directions: {ruled}" if passed and rest else ""
        return Finding("locate", Verdict.FAIL, f"Wrong: {_places(search)}{remains}.")
    if _doubtful(search):
        return Finding("locate", Verdict.INCONCLUSIVE, f"{search.name} could not be judged.")
    how = f"right along {passed} random directions; {ruled}" if passed else f"right in all {len(search.looks)} entries"
    return Finding("locate", Verdict.PASS, f"{search.name} is ruled out: {how}.")


def _worst(searches: Sequence[_Search], count: int = 10) -> tuple[Discrepancy, ...]:
    """The wrong entries that were found, the most off in units of what is allowed first."""
    found = [_discrepancy(search, place) for search in searches for place in search.wrong]
    return tuple(sorted(found, key=lambda d: -d.absolute / max(d.allowed, 1e-300))[:count])


def _discrepancy(search: _Search, place: int) -> Discrepancy:
    probe = search.looks[place]
    larger = max(abs(probe.analytic), abs(probe.numeric))
    return Discrepancy(
        name=search.name,
        index=_index(place, search.shape),
        analytic=probe.analytic,
        numeric=probe.numeric,
        error_bar=probe.bar,
        absolute=abs(probe.off),
        relative=abs(probe.off) / larger if larger else 0.0,
        allowed=probe.allowed,
        verdict=VERDICTS[probe.code],
    )


def _summary(search: _Search) -> ArraySummary:
    """One array by the entries that were looked at; what could only be said of whole arrays is NaN."""
    looked = [_discrepancy(search, place) for place in search.looks]
    worst = _worst([search], 1)
    return ArraySummary(
        name=search.name,
        shape=search.shape,
        dtype="float64",
        entries=math.prod(search.shape),
        wrong=len(search.wrong),
        inconclusive=sum(d.verdict == VERDICTS[INCONCLUSIVE] for d in looked),
        kinks=sum(d.verdict == VERDICTS[KINK] for d in looked),
        max_absolute=max((d.absolute for d in looked), default=0.0),
        max_relative=max((d.relative for d in looked), default=0.0),
        median_relative=math.nan,
        resolution=_resolution(search),
        cosine=math.nan,
        ratio=math.nan,
        worst=worst[0] if worst else None,
    )
