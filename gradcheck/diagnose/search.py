"""The simplest explanation that accounts for everything: one fault before two, two before three."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from gradcheck.diagnose.evidence import Evidence, Hypothesis
from gradcheck.diagnose.relations import ENOUGH, Relation, relation
from gradcheck.reference.faults import Planted, planted

PERFECT = 1 - 1e-5
MOST = 3  # faults together
BRANCHES = 8
TRIALS = 3000  # hypotheses, after which a search gives up


@dataclass(frozen=True)
class Explanation:
    """Faults of the catalogue and relations of single arrays that together account for the wrong arrays.

    ``share`` is the smallest share explained in any array that is not in ``unexplained``; ``rate`` the
    learning rate that was fitted, if one of the faults has one.
    """

    faults: tuple[Planted, ...] = ()
    relations: Mapping[str, Relation] = field(default_factory=lambda: MappingProxyType({}))
    share: float = 0.0
    rate: float = 0.0
    unexplained: tuple[str, ...] = ()


class Search:
    """One search; ``simplest`` is its answer."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.candidates = planted(evidence.probes[0].network)
        self._known: dict[tuple[tuple[str, object], ...], Hypothesis] = {}
        self._trials = 0

    def simplest(self) -> Explanation:
        """The explanation with the fewest faults; where none is complete, the one that leaves the fewest arrays."""
        best: list[Explanation] = []
        for count in range(1, MOST + 1):
            complete = next((found for found in self._with(self._of(()), count, best) if not found.unexplained), None)
            if complete is not None:
                return complete
            if count == 2 and (pair := self._pair_in_one_array()) is not None:
                return pair
        useful = [found for found in best if set(found.unexplained) != set(self.evidence.wrong)]
        return min(
            useful, key=lambda found: len(found.unexplained), default=Explanation(unexplained=self.evidence.wrong)
        )

    def _of(self, faults: tuple[Planted, ...]) -> Hypothesis:
        key = tuple((one.fault.id, one.position) for one in faults)
        if key not in self._known:
            self._trials += 1
            self._known[key] = Hypothesis(self.evidence, faults)
        return self._known[key]

    def _open(self, base: Hypothesis) -> tuple[str, ...]:
        """The arrays that *base* does not account for, last layer first."""
        if not base.faults:
            return self.evidence.wrong
        return tuple(name for name in self.evidence.names if base.share(name) < ENOUGH)

    def _with(self, base: Hypothesis, count: int, partial: list[Explanation]) -> Iterator[Explanation]:
        """Explanations made of *base* and at most *count* more faults; incomplete ones go to *partial*."""
        remaining = self._open(base)
        if not remaining:
            yield self._explanation(base)
            return
        if base.faults:
            partial.append(self._explanation(base, unexplained=remaining))
        if count == 1:
            yield from self._misplaced(base, remaining)
            yield from self._single(base, remaining)
        elif self._trials < TRIALS:
            for more in self._partials(base, remaining):
                yield from self._with(more, count - 1, partial)
        yield from self._related(base, remaining, count, partial)

    def _explanation(
        self,
        base: Hypothesis,
        relations: Mapping[str, Relation] = MappingProxyType({}),
        unexplained: tuple[str, ...] = (),
    ) -> Explanation:
        wrong = [name for name in self.evidence.wrong if name not in relations and name not in unexplained]
        shares = [base.share(name) for name in wrong] + [found.explains for found in relations.values()]
        return Explanation(base.faults, relations, min(shares, default=0.0), base.rates.get(0, 0.0), unexplained)

    def _single(self, base: Hypothesis, remaining: tuple[str, ...]) -> Iterator[Explanation]:
        """The one more fault that accounts best for all that remains."""
        best, best_share = None, ENOUGH
        for one in self._likely(remaining):
            if not one.touches.issuperset(remaining) or _too_high(one, remaining):
                continue
            hypothesis = self._of((*base.faults, one))
            share = self._whole_share(hypothesis, best_share)
            if share > best_share or (best is None and share >= ENOUGH):
                best, best_share = hypothesis, share
            if best_share >= PERFECT:
                break
        if best is not None:
            yield self._explanation(best)

    def _likely(self, remaining: tuple[str, ...]) -> Sequence[Planted]:
        """The candidates, with those that make a δ wrong last where one array of the topmost layer is right."""
        top = remaining[0][1:]
        both = {f"{kind}{top}" for kind in "wb"} & set(self.evidence.names)
        if both.issubset(remaining):
            return self.candidates
        return sorted(self.candidates, key=lambda one: one.in_delta)

    def _misplaced(self, base: Hypothesis, remaining: tuple[str, ...]) -> Iterator[Explanation]:
        """One array that holds the right numbers in the wrong places, or is wrong in one place only.

        The catalogue has these too, under the same ids, but it is quicker to look than to predict.
        """
        if len(remaining) == 1 and (found := self._relation(base, remaining[0])) is not None and found.place:
            yield self._explanation(base, {remaining[0]: found})

    def _whole_share(self, hypothesis: Hypothesis, enough: float) -> float:
        """The smallest share in any array, looked for in small arrays first and given up below *enough*."""
        share = 1.0
        for name in self.evidence.small_first:
            share = min(share, hypothesis.share(name))
            if share < enough:
                break
        return share

    def _partials(self, base: Hypothesis, remaining: tuple[str, ...]) -> list[Hypothesis]:
        """One more fault that accounts for an array of the topmost layer that remains, the most useful first."""
        top = [name for name in remaining if name[1:] == remaining[0][1:]]
        kept = [name for name in self.evidence.names if name not in remaining and int(name[1:]) >= int(top[0][1:])]
        found: dict[tuple[float, ...], Hypothesis] = {}
        for one in self.candidates:
            if not one.touches.intersection(top) or _too_high(one, remaining):
                continue
            more = self._of((*base.faults, one))
            useful = any(more.share(name) >= ENOUGH or self._proportional(more, name) for name in top)
            if useful and all(more.share(name) >= ENOUGH for name in kept):
                found.setdefault(self._signature(more), more)
        return sorted(found.values(), key=lambda more: len(self._open(more)))[:BRANCHES]

    def _proportional(self, hypothesis: Hypothesis, name: str) -> bool:
        """Whether the array of that name is the hypothesis's but for a constant factor at each probe."""
        for k in range(len(self.evidence.probes)):
            answer, candidate = self.evidence.answers[k][name], hypothesis.prediction(k)[name]
            if answer is None or answer.shape != candidate.shape or answer.size < 2:
                return False
            norms = np.linalg.norm(answer) * np.linalg.norm(candidate)
            if not np.isfinite(norms) or abs((answer * candidate).sum()) < (1 - 1e-9) * norms or not norms:
                return False
        return True

    def _signature(self, hypothesis: Hypothesis) -> tuple[float, ...]:
        """Equal for hypotheses that predict the same gradient."""
        arrays = (hypothesis.prediction(0)[name] for name in self.evidence.wrong)
        return tuple(float(f"{value:.9g}") for a in arrays for value in (np.linalg.norm(a), a.sum()))

    def _related(
        self, base: Hypothesis, remaining: tuple[str, ...], count: int, partial: list[Explanation]
    ) -> Iterator[Explanation]:
        """Relations that hold for each remaining array by itself; the same one in all of them counts once."""
        found = {name: one for name in remaining if (one := self._relation(base, name)) is not None}
        if not found:
            return
        missing = tuple(name for name in remaining if name not in found)
        explanation = self._explanation(base, found, missing)
        if missing:
            partial.append(explanation)
        elif len(found) <= count or _alike(list(found.values())):
            yield explanation

    def _relation(self, base: Hypothesis, name: str) -> Relation | None:
        """The relation of an array to the prediction of *base*, the same at every probe where it is wrong."""
        found: Relation | None = None
        for k, probe in enumerate(self.evidence.probes):
            answer, expected = self.evidence.answers[k][name], base.prediction(k)[name]
            if not np.isfinite(expected).all() or not self.evidence.wrong_at(k, name):
                continue
            sizes = {"m": float(probe.m), "n_out": float(len(probe.y))}
            one = relation(answer, expected, probe.network.parameters[name], sizes)
            if one is None or (found is not None and not _alike([found, one])):
                return None
            found = one if found is None or one.explains < found.explains else found
        return found

    def _pair_in_one_array(self) -> Explanation | None:
        """Two faults that change the same arrays, so that neither accounts for any of them alone."""
        remaining = self.evidence.wrong
        top = int(remaining[0][1:])
        inside = [one for one in self.candidates if not one.touches.isdisjoint(remaining) and max(one.layers) == top]
        first = inside if len(remaining) == 1 else [one for one in inside if one.in_delta]
        for one in first:
            for other in inside:
                if not (one.touches | other.touches).issuperset(remaining) or one.fault.steps == other.fault.steps:
                    continue
                if self._trials > TRIALS:
                    return None
                hypothesis = Hypothesis(self.evidence, (one, other))
                self._trials += 1
                if self._whole_share(hypothesis, ENOUGH) >= ENOUGH:
                    return self._explanation(hypothesis)
        return None


def _too_high(one: Planted, remaining: tuple[str, ...]) -> bool:
    """Whether a fault of a single layer sits above every array that is wrong."""
    return isinstance(one.position, int) and one.position > int(remaining[0][1:])


def _alike(relations: list[Relation]) -> bool:
    """Whether these are one relation: the same id, with the same unnamed factor."""
    return all(
        a.id == b.id and (a.id != "factor" or abs((a.factor or 0) - (b.factor or 0)) <= 1e-4 * abs(a.factor or 0))
        for a, b in pairwise(relations)
    )
