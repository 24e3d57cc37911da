"""Networks whose gradient cannot be held: every difference streamed, and compared with backprop's on the fly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gradcheck.reference.engine import perturbation_blocks
from gradcheck.results import Agreement, Claim, ScalingResult, ScalingRow
from gradcheck.scaling import memory
from gradcheck.scaling.differences import BackpropRows, Differences, block_differences
from gradcheck.scaling.literal import LiteralRun, literal_run
from gradcheck.scaling.measure import TINY, USUAL
from gradcheck.scaling.operations import operations, parameter_count, passes
from gradcheck.scaling.subject import Options, Progress, Subject, silent, subject
from gradcheck.scaling.timing import Timing, machine_rates, stopwatch
from gradcheck.versions import versions

INPUTS, OUTPUTS = 784, 10
LARGE = 50_000_000  # parameters from which on the gradient is streamed
ROWS = 64


def sizes_for(parameters: float) -> tuple[int, int, int]:
    """784-h-10 with as nearly *parameters* parameters as can be."""
    return INPUTS, max(1, round((parameters - OUTPUTS) / (INPUTS + 1 + OUTPUTS))), OUTPUTS


@dataclass(frozen=True)
class _Streamed:
    """What one pass through all blocks gave: seconds of the differences alone, and their agreement with backprop."""

    seconds: float
    agreement: Agreement


def large_study(options: Options, progress: Progress = silent) -> ScalingResult:
    """One large network. Raises CouldNotRunError where its weights do not fit into the free memory."""
    memory.require(parameter_count(options.sizes))
    machine = machine_rates()
    progress("building the weights", 0, 1)
    given = subject(options)
    progress("building the weights", 1, 1)
    begun = time.perf_counter()
    backprop = _seconds(lambda: BackpropRows(given.network, given.x, given.y))
    rows = BackpropRows(given.network, given.x, given.y)
    gradient = _seconds(lambda: _every_row(options, rows))
    streamed = _stream(given, rows, progress)
    needed = time.perf_counter() - begun
    literal = literal_run(given, USUAL, progress)
    seconds = {
        "forward": _seconds(lambda: given.network.cost(given.x, given.y)),
        "backprop": backprop + gradient,
        "propagated": streamed.seconds,
    }
    row = _row(options, seconds, streamed.agreement, literal)
    return ScalingResult(
        rows=(row,),
        claims=tuple(_claims(row, streamed.agreement, needed)),
        agreements=(streamed.agreement,),
        machine=machine,
        seconds=time.perf_counter() - begun,
        seed=options.seed,
        versions=versions(),
        notes=tuple(_notes(row, literal)),
    )


def _seconds(work: Callable[[], object]) -> float:
    elapsed = stopwatch()
    work()
    return elapsed()


def _every_row(options: Options, rows: BackpropRows) -> None:
    """Backprop's whole gradient, a few neurons at a time."""
    for layer, neurons in enumerate(options.sizes[1:], start=2):
        for start in range(0, neurons, ROWS):
            rows.rows(layer, slice(start, start + ROWS))


def _stream(given: Subject, rows: BackpropRows, progress: Progress) -> _Streamed:
    differences, seconds, done, total = Differences(), 0.0, 0, parameter_count(given.options.sizes)
    blocks = perturbation_blocks(given.network, given.x, given.y, TINY)
    elapsed = stopwatch()
    for block in blocks:
        seconds += elapsed()
        for part in block_differences(block, rows):
            differences.add(part)
        done += block.entries
        progress("Eq. 46, propagated", done, total)
        elapsed = stopwatch()
    return _Streamed(seconds, differences.agreement("propagated", TINY))


def _row(options: Options, seconds: dict[str, float], agreement: Agreement, literal: LiteralRun) -> ScalingRow:
    count = passes(options.sizes)
    each: Timing = literal.seconds_per_pass
    return ScalingRow(
        sizes=options.sizes,
        parameters=parameter_count(options.sizes),
        examples=options.examples,
        passes=count,
        operations=operations(options.sizes, options.examples),
        seconds={**seconds, "literal": each.median * count["literal"]},
        spread={"literal": each.spread * count["literal"]},
        literal_measured_passes=literal.passes,
        max_relative=agreement.largest,
        median_relative=agreement.median,
        series="large",
    )


def _claims(row: ScalingRow, agreement: Agreement, needed: float) -> Iterator[Claim]:
    yield Claim(
        "all-passes",
        f"{row.passes['propagated']:,} passes of Eq. 46 and their comparison with backprop take two minutes or less",
        f"{needed:.3g} s beyond building the weights; literally {row.seconds['literal'] / 86400 / 365.25:.3g} years",
        needed <= 120,
        f"literal from {row.literal_measured_passes:,} measured passes",
    )
    yield Claim(
        "propagated-accuracy",
        "Eq. 46 need not lose digits",
        f"over {agreement.entries:,} entries at ε = {TINY:g}, relative difference to backprop: "
        f"median {agreement.median:.1e}, largest {agreement.largest:.1e}",
        agreement.median <= 1e-15,
        "median at most 1e-15",
    )
    most = memory.peak()
    if most is not None:
        weights = 8 * row.parameters
        yield Claim(
            "memory",
            "No gradient is held: the weights are nearly all the memory that is needed",
            f"at most {most / 1e9:.2f} GB for {weights / 1e9:.2f} GB of weights: {most / weights:.3f} times",
            most <= 1.25 * weights,
            "at most 1.25 times, by the operating system's count over the whole process",
        )


def _notes(row: ScalingRow, literal: LiteralRun) -> Iterator[str]:
    if literal.stopped:
        yield f"Literal passes stopped by Ctrl-C after {literal.passes:,} of {row.passes['literal']:,}."
    yield "Every difference was streamed; neither gradient was ever held whole."
