"""``locate``: from a gradient that is wrong somewhere to the entries that are, without looking at all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import signs
from gradcheck.checks.direction import usable
from gradcheck.checks.preparation import Prepared, Task, judged
from gradcheck.checks.wording import first_fault
from gradcheck.compare import INCONCLUSIVE, WRONG, Tolerance
from gradcheck.directions import Probe, Prober
from gradcheck.found import Search, found_in, resolution, sentences, summary, worst
from gradcheck.regions import Region, Splitter, as_matrix_shape
from gradcheck.results import CheckResult

Places = NDArray[np.intp]
SAMPLE = 8  # entries looked at in a region too large for all
ROUNDS = 8  # searches in one array, each along a direction that what was found before does not explain
LOOK = 5  # evaluations that a look at one entry takes, about
WORTH = 60  # evaluations below which all entries of an array are looked at, and nothing is split
WHOLE = 60  # entries of a wrong region that are all looked at


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


def _located(ready: Prepared, directions: int, budget: int, method: str) -> CheckResult:
    prober = Prober(ready.setting, ready.arrays, method)
    searches = [_searched(ready, prober, name, directions, budget) for name, g in ready.arrays.items() if g.size]
    spent = ready.setting.evaluator.evaluations
    verdict, reason, remedy = first_fault(ready.findings) or sentences(searches, ready, spent)
    return ready.task.result(
        verdict,
        reason,
        remedy,
        checks=ready.findings + tuple(map(found_in, searches)),
        arrays=tuple(summary(search) for search in searches),
        worst=worst(searches),
        flags=ready.answer.flags,
        method="splitting by " + ("complex steps" if any(prober.trusted.values()) else "central differences"),
        step=max(prober.steps.values(), default=None),
        tolerance=str(ready.setting.tolerance),
        resolution=max((resolution(search) for search in searches), default=None),
    )


def _searched(ready: Prepared, prober: Prober, name: str, directions: int, budget: int) -> Search:
    """One array, searched until what remains of it passes *directions* random directions."""
    evaluator, gradient = ready.setting.evaluator, ready.arrays[name]
    limit = evaluator.evaluations + budget
    search = Search(name, gradient.shape)
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


def _look_at(search: Search, prober: Prober, places: Places) -> None:
    for place in places:
        if int(place) not in search.looks:
            search.looks[int(place)] = prober.probe_entry(search.name, int(place))


def _failing(
    search: Search, prober: Prober, ready: Prepared, directions: int
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


def _unexplored(search: Search, direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """*direction*, set to zero where the search has been."""
    direction.reshape(-1)[list(search.looks)] = 0.0
    matrix = direction.reshape(as_matrix_shape(search.shape))
    for region in search.regions:
        matrix[slice(*region.rows), slice(*region.columns)] = 0.0
    return direction


def _inspect(search: Search, prober: Prober, region: Region, rng: np.random.Generator, left: int) -> None:
    """Look at every entry of a wrong region if it is small, else at a sample; at none with nothing left to spend."""
    columns = as_matrix_shape(search.shape)[1]
    rows, across = np.arange(*region.rows), np.arange(*region.columns)
    if region.size == 1 or (region.size <= WHOLE and region.size * LOOK <= left):
        places = (rows[:, None] * columns + across).reshape(-1)
        _look_at(search, prober, places)
        if region.size > 1 and all(search.looks[int(place)].code == WRONG for place in places):
            search.regions.append(region)
        return
    search.regions.append(region)
    if left > 0:
        _look_at(search, prober, rng.choice(rows, SAMPLE) * columns + rng.choice(across, SAMPLE))
