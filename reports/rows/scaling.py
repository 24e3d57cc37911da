"""The report of a scaling study: networks, fitted exponents, the chapter's claims, the V-curve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from gradcheck.results import Agreement, Claim, Fit, ScalingResult, ScalingRow, VPoint
from reports import numbers
from reports.document import Document, Items, Table, without_empty
from reports.rows.check import worst_table
from reports.rows.shared import closing

MODES = ("forward", "backprop", "literal", "incremental", "propagated", "node")
EXTRAPOLATED = "*"
LOWEST = 1e-17
THEORY = {"truncation": "truncation (ε/2)|C″|", "round-off": "round-off 2η/ε"}


def scaling_document(result: ScalingResult) -> Document:
    """Claims first, then what they rest on."""
    return Document(
        verdict="scaling",
        subject="passes, operations and seconds of backpropagation and of Eq. 46",
        sentence=scaling_sentence(result),
        parts=without_empty(
            claims_table(result.claims),
            *seconds_tables(result.rows),
            *(network_table(row) for row in _detailed(result.rows)),
            fits_table(result.fits),
            agreements_table(result.agreements),
            v_curve_table(result.v_curve),
            worst_table(result.worst),
            Items("Notes", result.notes),
        ),
        closing=scaling_closing(result),
    )


def scaling_sentence(result: ScalingResult) -> str:
    """How many of the claims hold, over which networks."""
    largest = max((row.parameters for row in result.rows), default=0)
    networks = f"{numbers.counted(len(result.rows), 'network')}, the largest of {largest:,} parameters"
    broken = sum(not claim.holds for claim in result.claims)
    if not result.claims:
        return f"Measured on {networks}."
    held = (
        f"{broken} of {len(result.claims)} claims did not hold" if broken else f"All {len(result.claims)} claims hold"
    )
    return f"{held if len(result.claims) > 1 or broken else 'The claim holds'}; measured on {networks}."


def _detailed(rows: tuple[ScalingRow, ...]) -> list[ScalingRow]:
    """The network that deserves a table of its own: the largest."""
    return sorted(rows, key=lambda row: row.parameters)[-1:]


def claims_table(claims: tuple[Claim, ...]) -> Table:
    """The chapter's claims beside what was measured."""
    rows = tuple((c.claim, c.measured, c.condition or "–", "yes" if c.holds else "no") for c in claims)
    return Table("The chapter's claims", ("claim", "measured", "condition", "holds"), rows)


def seconds_tables(rows: tuple[ScalingRow, ...]) -> list[Table]:
    """The networks of each series side by side, where there are several networks."""
    series = dict.fromkeys(row.series for row in rows) if len(rows) > 1 else {}
    return [_seconds_table(name, [row for row in rows if row.series == name]) for name in series]


def _seconds_table(series: str, rows: list[ScalingRow]) -> Table:
    modes = [mode for mode in MODES if any(mode in row.seconds for row in rows)]
    batches = sorted({row.examples for row in rows})
    header = ("network", "parameters", *(("examples",) if len(batches) > 1 else ()), *modes)
    body = tuple(_seconds_row(row, modes, several=len(batches) > 1) for row in rows)
    title = f"Seconds, growing {series}" if series and len(rows) > 1 else f"Seconds{series and f', {series}'}"
    title += f", {numbers.counted(batches[0], 'example')} each" if len(batches) == 1 else ""
    return Table(title, header, body, frozenset(header[1:]), _note(rows))


def _seconds_row(row: ScalingRow, modes: list[str], *, several: bool) -> tuple[str, ...]:
    examples = (numbers.count(row.examples),) if several else ()
    timed = (_seconds(row, mode) for mode in modes)
    return numbers.sizes(row.sizes), numbers.count(row.parameters), *examples, *timed


def main_series(rows: Sequence[ScalingRow]) -> list[ScalingRow]:
    """The series with the most networks, by size: what growth is drawn of."""
    count = Counter(row.series for row in rows)
    longest = max(count, key=count.__getitem__, default="")
    return sorted((row for row in rows if row.series == longest), key=lambda row: row.parameters)


def extrapolated(row: ScalingRow, mode: str) -> bool:
    """Whether the seconds are computed from a sample of the passes rather than measured over all of them."""
    return mode == "literal" and 0 < row.literal_measured_passes < row.passes.get("literal", 0)


def _seconds(row: ScalingRow, mode: str) -> str:
    if mode not in row.seconds:
        return "–"
    return numbers.seconds(row.seconds[mode]) + (EXTRAPOLATED if extrapolated(row, mode) else "")


def _note(rows: Sequence[ScalingRow]) -> str:
    measured = sorted({row.literal_measured_passes for row in rows if extrapolated(row, "literal")})
    if not measured:
        return ""
    sample = f"{measured[0]:,}" if len(measured) == 1 else f"{measured[0]:,} to {measured[-1]:,}"
    return f"{EXTRAPOLATED} extrapolated from {sample} measured passes."


def network_table(row: ScalingRow) -> Table:
    """One network: what each way to its gradient takes."""
    header = ("way", "passes", "operations", "seconds", "spread", "× forward")
    body = tuple(_mode_row(row, mode) for mode in MODES if mode in row.seconds or mode in row.passes)
    title = f"{numbers.sizes(row.sizes)}: {numbers.counted(row.parameters, 'parameter')}, "
    title += numbers.counted(row.examples, "example")
    return Table(title, header, body, frozenset(header[1:]), " ".join(filter(None, (_note((row,)), _agreement(row)))))


def _agreement(row: ScalingRow) -> str:
    if not row.max_relative:
        return ""
    return (
        f"Eq. 46 (propagated) against backprop: median relative difference {row.median_relative:.2g}, "
        f"largest {row.max_relative:.2g}."
    )


def _mode_row(row: ScalingRow, mode: str) -> tuple[str, ...]:
    forward = row.seconds.get("forward", 0.0)
    ratio = f"{row.seconds[mode] / forward:,.4g}" if forward and mode in row.seconds else "–"
    passes = numbers.count(row.passes[mode]) if mode in row.passes else "–"
    operations = numbers.small(row.operations.get(mode))
    spread = numbers.seconds(row.spread[mode]) if mode in row.spread else "–"
    return mode, passes, operations, _seconds(row, mode), spread, ratio


def fits_table(fits: tuple[Fit, ...]) -> Table:
    """Fitted exponents with their confidence intervals."""
    rows = tuple((f.quantity, f"{f.exponent:.3f}", f"{f.low:.3f} to {f.high:.3f}") for f in fits)
    header = ("quantity", "exponent of N", "interval")
    return Table("Growth with the number of parameters N", header, rows, frozenset(header[1:]))


def agreements_table(agreements: tuple[Agreement, ...]) -> Table:
    """How far each way is from backprop, over how many entries."""
    header = ("way", "ε", "entries", "median", "99th percentile", "largest")
    rows = tuple(
        (
            a.mode,
            f"{a.epsilon:g}",
            numbers.count(a.entries),
            *map(numbers.small, (a.median, a.percentile_99, a.largest)),
        )
        for a in agreements
    )
    return Table("Relative difference of Eq. 46 to backprop", header, rows, frozenset(header[1:]))


def v_curve_table(points: tuple[VPoint, ...]) -> Table:
    """ε by ε: the median and largest discrepancy to backprop of each mode, and the medians that theory predicts."""
    modes = tuple(dict.fromkeys(point.mode for point in points if point.mode not in THEORY))
    theory = tuple(mode for mode in THEORY if any(point.mode == mode for point in points))
    found = {(point.epsilon, point.mode): point for point in points}
    header = ("ε", *(f"{mode}: {which}" for mode in modes for which in ("median", "largest")), *theory)
    rows = tuple(
        (
            numbers.small(epsilon),
            *(cell for mode in modes for cell in _v_cells(found, epsilon, mode)),
            *(_v_cells(found, epsilon, mode)[0] for mode in theory),
        )
        for epsilon in sorted({point.epsilon for point in points}, reverse=True)
    )
    title = "Relative discrepancy of Eq. 46 to backprop against ε"
    note = f"Predicted, medians: {'; '.join(THEORY[mode] for mode in theory)}." if theory else ""
    return Table(title, header, rows, frozenset(header), note)


def predicted(points: Sequence[VPoint]) -> tuple[VPoint, ...]:
    """The predicted terms as far as a plot of relative differences shows them."""
    return tuple(point for point in points if point.mode in THEORY and LOWEST <= point.median <= 1)


def _v_cells(found: Mapping[tuple[float, str], VPoint], epsilon: float, mode: str) -> tuple[str, str]:
    point = found.get((epsilon, mode))
    return (numbers.small(point.median), numbers.small(point.largest)) if point else ("–", "–")


def scaling_closing(result: ScalingResult) -> tuple[str, ...]:
    """The command, the machine and what is needed to have it again."""
    machine = tuple(f"{name} {number:,.4g}" for name, number in result.machine.items())
    return closing((result.command, numbers.seconds(result.seconds)), machine, result.seed, result.versions)


def fit_label(fit: Fit) -> str:
    """``N^2.01 (1.97 to 2.05)``."""
    return f"N^{fit.exponent:.2f} ({fit.low:.2f} to {fit.high:.2f})"
