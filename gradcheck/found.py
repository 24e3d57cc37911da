"""What a search for wrong entries found, in sentences and summaries: wrong places, and what is ruled out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gradcheck.arrays import entry
from gradcheck.checks.direction import missed
from gradcheck.checks.preparation import Prepared
from gradcheck.checks.wording import joined
from gradcheck.compare import INCONCLUSIVE, KINK, RIGHT, VERDICTS, WRONG
from gradcheck.directions import Probe
from gradcheck.regions import Region, as_matrix_shape
from gradcheck.results import ArraySummary, Discrepancy, Finding, Verdict


@dataclass
class Search:
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


def sentences(searches: Sequence[Search], ready: Prepared, spent: int) -> tuple[Verdict, str, str]:
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


def _doubtful(search: Search) -> bool:
    looks = search.looks.values()
    return bool(search.doubtful and not search.passed) or any(probe.code == INCONCLUSIVE for probe in looks)


def _wrong(searches: Sequence[Search], failed: Sequence[Search], entries: int, spent: int) -> str:
    ruled = [search.name for search in searches if not search.failed]
    others = f"; {joined(ruled)} {'are' if len(ruled) > 1 else 'is'} ruled out" if ruled else ""
    example = "".join(f"; {_at(d)}" for d in worst(failed, 1))
    where = "; ".join(_places(search) for search in failed[:4])
    return f"Wrong: {where}{others}{example}. Found with {spent:,} evaluations for {entries:,} entries."


def _at(d: Discrepancy) -> str:
    return f"{entry(d.name, d.index)}: analytic {d.analytic:.6g}, numeric {d.numeric:.6g} ± {d.error_bar:.1g}"


def _places(search: Search) -> str:
    """Where one array is wrong: regions first, then entries outside them."""
    within = {place for region in search.regions for place in search.wrong if _inside(place, region, search.shape)}
    single = [_entry(search, place) for place in search.wrong if place not in within]
    found = [_span(search, region) for region in search.regions] + single
    if search.complete and len(search.wrong) == len(search.looks) > 1:
        return f"{search.name} throughout"
    if not found:
        return f"{search.name}, where no single entry stands out"
    return joined(found)


def _entry(search: Search, place: int) -> str:
    return entry(search.name, _index(place, search.shape))


def _index(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(place, shape)) if shape else ()


def _inside(place: int, region: Region, shape: tuple[int, ...]) -> bool:
    row, column = divmod(place, as_matrix_shape(shape)[1])
    return region.rows[0] <= row < region.rows[1] and region.columns[0] <= column < region.columns[1]


def _span(search: Search, region: Region) -> str:
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


def _ruled_out(searches: Sequence[Search]) -> str:
    fewest = min((len(search.passed) for search in searches if not search.complete), default=0)
    least = max(resolution(search) for search in searches)
    if not fewest:
        return f"every entry was looked at, and an error above {least:.1g} would have been seen"
    return f"an entry off by more than {least:.1g} would have been missed with probability {missed(fewest)}"


def resolution(search: Search) -> float:
    """The smallest error that would have been seen, along the directions that were passed or where it was looked."""
    probes = search.passed or [probe for probe in search.looks.values() if probe.code == RIGHT]
    return max((probe.resolution for probe in probes), default=0.0)


def found_in(search: Search) -> Finding:
    """One array's sentence: what is wrong in it, and what is ruled out."""
    rest = math.prod(search.shape) - len(search.looks)
    passed = len(search.passed)
    ruled = f"an entry off by more than {resolution(search):.1g} is missed with probability {missed(max(passed, 1))}"
    if search.failed:
        remains = f"; the rest passes {passed} random directions: {ruled}" if passed and rest else ""
        return Finding("locate", Verdict.FAIL, f"Wrong: {_places(search)}{remains}.")
    if _doubtful(search):
        return Finding("locate", Verdict.INCONCLUSIVE, f"{search.name} could not be judged.")
    how = f"right along {passed} random directions; {ruled}" if passed else f"right in all {len(search.looks)} entries"
    return Finding("locate", Verdict.PASS, f"{search.name} is ruled out: {how}.")


def worst(searches: Sequence[Search], count: int = 10) -> tuple[Discrepancy, ...]:
    """The wrong entries that were found, the most off in units of what is allowed first."""
    found = [_discrepancy(search, place) for search in searches for place in search.wrong]
    return tuple(sorted(found, key=lambda d: -d.absolute / max(d.allowed, 1e-300))[:count])


def _discrepancy(search: Search, place: int) -> Discrepancy:
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


def summary(search: Search) -> ArraySummary:
    """One array by the entries that were looked at; what could only be said of whole arrays is NaN."""
    looked = [_discrepancy(search, place) for place in search.looks]
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
        resolution=resolution(search),
        cosine=math.nan,
        ratio=math.nan,
        worst=next(iter(worst([search], 1)), None),
    )
