"""The default study (growing networks, then the chapter's million) and the study of one network."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gradcheck.results import Fit, ScalingResult, ScalingRow
from gradcheck.scaling import claims
from gradcheck.scaling.fits import fit
from gradcheck.scaling.measure import Measured, measure
from gradcheck.scaling.operations import operations
from gradcheck.scaling.subject import Options, Progress, silent, subject
from gradcheck.scaling.timing import machine_rates
from gradcheck.scaling.vcurve import v_curve
from gradcheck.versions import versions

WIDTHS = (256, 384, 512, 724, 1024, 1448)
FEW = 4  # examples: products large enough to hide the overhead of a call
DEPTHS = (1, 2, 4)
BATCHES = (1, 16, 128)
BRIEF, LONG = 1.0, 60.0  # seconds that one mode may take, of a network of a series and of one that was asked for
SHARE = 8  # a network of a series gets this fraction of the literal budget


def default_study(options: Options, progress: Progress = silent) -> ScalingResult:
    """Grow width, depth and mini-batch, fit exponents, measure the chapter's million and a deep net, check the claims.

    ``options.sizes`` is not used. Ends within a minute on two cores.
    """
    begun, machine = time.perf_counter(), machine_rates()
    brief = replace(options, budget=options.budget / SHARE, least=0)
    series = [(name, _measured(each, machine, BRIEF, progress)) for name, each in _series(brief)]
    rows = [m.row(name) for name, m in series]
    fits = width_fits([row for row in rows if row.series == "width"])
    chapter = measure(subject(replace(options, sizes=claims.SHALLOW, examples=1)), progress)
    deep = measure(subject(replace(brief, sizes=claims.DEEP, examples=1)), progress, ("node", "propagated"))
    rate = max(machine["dgemm operations/s"], machine_rates()["dgemm operations/s"])
    return ScalingResult(
        rows=(*rows, chapter.row("chapter"), deep.row("deep")),
        fits=fits,
        claims=(
            claims.passes_claim(),
            *claims.pass_claims(options.seed),
            claims.matrix_claim(options.seed),
            claims.million_claim(chapter),
            *claims.propagated_claims(chapter, at_least=3000),
            *claims.round_off_claim(chapter),
            claims.rate_claim(deep, rate),
            *claims.exponent_claims(fits),
        ),
        v_curve=v_curve(chapter.subject, progress),
        agreements=chapter.agreements,
        machine=machine,
        seconds=time.perf_counter() - begun,
        seed=options.seed,
        versions=versions(),
        notes=tuple(_notes((*(m for _, m in series), chapter, deep))),
    )


def network_study(options: Options, progress: Progress = silent) -> ScalingResult:
    """Everything about one network; with ``options.full`` every literal pass is run. Raises UsageError."""
    begun, machine = time.perf_counter(), machine_rates()
    measured = _measured(options, machine, LONG, progress)
    at_least = 3000 if options.sizes == claims.SHALLOW else 0
    carried = "propagated" in measured.seconds
    return ScalingResult(
        rows=(measured.row(),),
        claims=(
            claims.million_claim(measured),
            *claims.propagated_claims(measured, at_least=at_least),
            *claims.round_off_claim(measured),
        ),
        v_curve=v_curve(measured.subject, progress) if carried and not measured.literal.stopped else (),
        agreements=measured.agreements,
        worst=measured.worst,
        machine=machine,
        seconds=time.perf_counter() - begun,
        seed=options.seed,
        versions=versions(),
        notes=tuple(_notes((measured,))),
    )


def width_fits(rows: Sequence[ScalingRow]) -> tuple[Fit, ...]:
    """Exponents against N at fixed depth, of the fastest repeats and of the counted operations."""
    sizes = [row.parameters for row in rows]
    modes = [mode for mode in ("literal", "node", "backprop", "forward") if all(mode in row.fastest for row in rows)]
    return (
        *(fit(f"{mode} seconds", sizes, [row.fastest[mode] for row in rows]) for mode in modes),
        *(fit(f"{mode} operations", sizes, [row.operations[mode] for row in rows]) for mode in modes),
    )


def _series(options: Options) -> Iterator[tuple[str, Options]]:
    for n in WIDTHS:
        yield "width", replace(options, sizes=(n,) * 4, examples=FEW)
    for depth in DEPTHS:
        yield "depth", replace(options, sizes=(128,) * depth + (10,), examples=1)
    for examples in BATCHES:
        yield "examples", replace(options, sizes=(784, 30, 10), examples=examples)


def _measured(options: Options, machine: dict[str, float], seconds: float, progress: Progress) -> Measured:
    """One network, without the modes that would take longer than *seconds* at the rate of dgemm."""
    count, rate = operations(options.sizes, options.examples), machine["dgemm operations/s"]
    modes = [mode for mode in ("node", "propagated", "incremental") if count[mode] / rate < seconds]
    return measure(subject(options), progress, modes)


def _notes(measured: Sequence[Measured]) -> Iterator[str]:
    for m in measured:
        if m.literal.stopped:
            total = m.row().passes["literal"]
            yield f"{_name(m)}: literal passes stopped by Ctrl-C after {m.literal.passes:,} of {total:,}."
    for mode in ("incremental", "propagated"):
        if left_out := [_name(m) for m in measured if mode not in m.seconds]:
            yield f"Not run, because it would take too long: {mode} of {', '.join(left_out)}."


def _name(measured: Measured) -> str:
    return "-".join(map(str, measured.subject.options.sizes))
