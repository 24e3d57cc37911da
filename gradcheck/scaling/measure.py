"""One network: seconds of every way to its gradient, and how far each is from backprop."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.engine import Perturbation, Workspace, backprop, forward, perturbation
from gradcheck.results import Agreement, Discrepancy, EntryVerdict, ScalingRow
from gradcheck.scaling.differences import Differences, relative
from gradcheck.scaling.literal import LiteralRun, literal_run
from gradcheck.scaling.operations import operations, parameter_count, passes
from gradcheck.scaling.subject import Progress, Subject, cost_noise
from gradcheck.scaling.timing import Timing, timed

Array = NDArray[Any]
TINY, USUAL = 1e-20, 1e-8  # ε of the modes that lose no digits, and of those that do
LARGEST_DEVIATION = 6  # standard deviations: what one cost's noise does not exceed in a million
WORST = 100


@dataclass(frozen=True)
class Measured:
    """What one network showed. ``seconds`` has the modes that were run; ``round_off`` is 2η/ε at ``USUAL``.

    ``apart`` is the largest |literal − incremental| over the entries that were perturbed literally.
    """

    subject: Subject
    seconds: dict[str, Timing]
    agreements: tuple[Agreement, ...]
    literal: LiteralRun
    worst: tuple[Discrepancy, ...]
    round_off: float
    apart: float

    def row(self, series: str = "") -> ScalingRow:
        """The figures as a result; literal seconds are per pass times the passes, where not all were run."""
        options, of_propagated = self.subject.options, self.agreement("propagated")
        count = passes(options.sizes)
        seconds = {mode: timing.median for mode, timing in self.seconds.items()}
        spread = {mode: timing.spread for mode, timing in self.seconds.items()}
        fastest = {mode: timing.fastest for mode, timing in self.seconds.items()}
        each = self.literal.seconds_per_pass
        seconds["literal"] = self.literal_seconds()
        spread["literal"], fastest["literal"] = each.spread * count["literal"], each.fastest * count["literal"]
        return ScalingRow(
            sizes=options.sizes,
            parameters=parameter_count(options.sizes),
            examples=options.examples,
            passes=count,
            operations=operations(options.sizes, options.examples),
            seconds=seconds,
            spread=spread,
            literal_measured_passes=self.literal.passes,
            max_relative=of_propagated.largest if of_propagated else 0.0,
            median_relative=of_propagated.median if of_propagated else 0.0,
            series=series,
            fastest=fastest,
        )

    def literal_seconds(self) -> float:
        """Seconds of all literal passes: measured where all were run, else extrapolated from the median chunk."""
        total = passes(self.subject.options.sizes)["literal"]
        return self.literal.seconds if self.literal.passes == total else self.literal.seconds_per_pass.median * total

    def agreement(self, mode: str) -> Agreement | None:
        """The agreement of one mode, if it was run."""
        return next((a for a in self.agreements if a.mode == mode), None)


def measure(
    subject: Subject, progress: Progress, modes: Collection[str] = ("node", "propagated", "incremental")
) -> Measured:
    """Time forward, backprop, literal passes and the other *modes* on one network; compare each with backprop."""
    network, x, y = subject.network, subject.x, subject.y
    space = Workspace.of(network, x.shape[1])
    seconds = {
        "forward": timed(lambda: forward(network, x, space)),
        "backprop": timed(lambda: backprop(network, x, y, space)),
    }
    gradient, found = backprop(network, x, y, space), {}
    for mode, epsilon in (("node", TINY), ("propagated", TINY), ("incremental", USUAL)):
        if mode in modes:
            progress(mode, 0, 1)
            seconds[mode], found[mode] = _timed_mode(subject, mode, epsilon)
            progress(mode, 1, 1)
    literal = literal_run(subject, USUAL, progress)
    agreements = [_agreement(mode, result, gradient) for mode, result in found.items()]
    analytic = literal.places.gather(gradient)
    agreements.append(_of_values("literal", literal.values, analytic))
    round_off = 2 * LARGEST_DEVIATION * cost_noise(subject) / USUAL
    apart = _largest_distance(literal, found.get("incremental"))
    worst = _worst(subject, literal, analytic, round_off, found) if subject.options.full else ()
    return Measured(subject, seconds, tuple(agreements), literal, worst, round_off, apart)


def _timed_mode(subject: Subject, mode: str, epsilon: float) -> tuple[Timing, Perturbation]:
    results: list[Perturbation] = []

    def once() -> None:
        results[:] = [perturbation(subject.network, subject.x, subject.y, epsilon, mode)]

    return timed(once), results[0]


def _agreement(mode: str, result: Perturbation, gradient: dict[str, Array]) -> Agreement:
    differences = Differences()
    for name, array in gradient.items():
        differences.add(relative(result[name], array))
    return differences.agreement(mode, result.epsilon)


def _of_values(mode: str, values: Array, analytic: Array) -> Agreement:
    differences = Differences()
    differences.add(relative(values, analytic))
    return differences.agreement(mode, USUAL)


def _largest_distance(literal: LiteralRun, incremental: Perturbation | None) -> float:
    if incremental is None:
        return float("nan")
    return float(np.abs(literal.values - literal.places.gather(incremental)).max(initial=0.0))


def _worst(
    subject: Subject, literal: LiteralRun, analytic: Array, round_off: float, found: dict[str, Perturbation]
) -> tuple[Discrepancy, ...]:
    """The literal differences that are relatively furthest from backprop, each with its error bar.

    The bar is round-off, 2η/ε, and truncation, which the propagated mode shows alone: its
    difference between this ε and one so small that nothing is truncated.
    """
    coarse = perturbation(subject.network, subject.x, subject.y, USUAL)
    truncation = np.abs(literal.places.gather(coarse) - literal.places.gather(found["propagated"]))
    apart = relative(literal.values, analytic)
    order = np.argsort(-apart)[:WORST]
    entries = list(literal.places.entries())
    return tuple(
        _discrepancy(entries[i], analytic[i], literal.values[i], float(truncation[i]) + round_off) for i in order
    )


def _discrepancy(entry: tuple[str, tuple[int, int]], analytic: float, numeric: float, bar: float) -> Discrepancy:
    absolute = abs(float(analytic) - float(numeric))
    larger = max(abs(float(analytic)), abs(float(numeric)))
    return Discrepancy(
        name=entry[0],
        index=entry[1],
        analytic=float(analytic),
        numeric=float(numeric),
        error_bar=bar,
        absolute=absolute,
        relative=absolute / larger if larger else 0.0,
        allowed=bar,
        verdict=EntryVerdict.RIGHT if absolute <= bar else EntryVerdict.WRONG,
    )
