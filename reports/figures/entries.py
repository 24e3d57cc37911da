"""All arrays' entries in one picture: analytic against numeric, and how far apart they are."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from gradcheck.results import ArraySummary, CheckResult, EntryVerdict
from reports.figures.style import INK, PALE, VERDICT_STYLE, new_figure, plain_ticks, styled, title
from reports.rows.check import beside, multiple_of_allowed
from reports.rows.scales import squeezed_ticks

Point = tuple[float, float, float, EntryVerdict]  # analytic, numeric, |difference| / allowed, verdict
HATCH = {EntryVerdict.WRONG: "////", EntryVerdict.INCONCLUSIVE: "....", EntryVerdict.KINK: "||||"}
LOWEST, HIGHEST = -8.0, 8.0


@styled
def scatter(result: CheckResult) -> Figure | None:
    """Analytic against numeric; right entries lie on the diagonal. None where there is nothing to draw."""
    points = [point for point in _points(result) if math.isfinite(point[0]) and math.isfinite(point[1])]
    if not points:
        return None
    figure, (axes,) = new_figure(4.8)
    _diagonal(axes, points)
    for verdict, (colour, mark) in VERDICT_STYLE.items():
        chosen = [point for point in points if point[3] is verdict]
        if chosen:
            x, y = [p[1] for p in chosen], [p[0] for p in chosen]
            label = f"{verdict} ({len(chosen):,} shown)"
            size = 22 if len(chosen) > 60 else 60  # a lone wrong entry must not drown
            edge = 0.4 if len(chosen) <= 300 else 0.0
            axes.scatter(x, y, s=size, marker=mark, color=colour, edgecolors="white", linewidths=edge, label=label)
    reference = beside(result.worst)
    title(figure, f"Analytic against {reference} derivatives: the worst entry of each cell of the heat maps")
    axes.set_xlabel(reference)
    axes.set_ylabel("analytic")
    axes.grid(visible=True)
    axes.legend(loc="upper left")
    return figure


def _diagonal(axes: Axes, points: list[Point]) -> None:
    """Axes that are linear near 0 and logarithmic beyond the typical size, and the line analytic = numeric."""
    values = [abs(x) for point in points for x in point[:2]]
    typical = float(np.median([v for v in values if v] or [1.0]))
    end = max(values) * 1.2 or 1.0
    axes.set_xscale("asinh", linear_width=typical)
    axes.set_yscale("asinh", linear_width=typical)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(FixedLocator(squeezed_ticks(math.asinh(end / typical), typical)))
        axis.set_minor_locator(NullLocator())
        plain_ticks(axis)
    axes.plot([-end, end], [-end, end], color=PALE, linewidth=1, zorder=0)


@styled
def histogram(result: CheckResult) -> Figure | None:
    """How many entries differ by how much of what is allowed; the line at 1 decides."""
    points = list(_points(result))
    if not points:
        return None
    figure, (axes,) = new_figure(3.2)
    edges = np.arange(LOWEST - 0.5, HIGHEST + 0.6, 0.5)
    drawn = [verdict for verdict in VERDICT_STYLE if any(point[3] is verdict for point in points)]
    logs = [[_log(point[2]) for point in points if point[3] is verdict] for verdict in drawn]
    colours = [VERDICT_STYLE[verdict][0] for verdict in drawn]
    axes.hist(logs, bins=edges.tolist(), stacked=True, label=list(map(str, drawn)), color=colours, edgecolor="white")
    for verdict, bars in zip(drawn, axes.containers, strict=True):
        for bar in bars:
            bar.set(hatch=HATCH.get(verdict), linewidth=0.4)
    axes.axvline(0.0, color=INK, linestyle="--", linewidth=1.2)
    axes.annotate(
        "allowed", (0.0, 1.0), (4, -2), xycoords=("data", "axes fraction"), textcoords="offset points", va="top"
    )
    axes.set_yscale("symlog", linthresh=1)
    plain_ticks(axes.yaxis)
    axes.set_xticks(range(-8, 9, 2), ["≤ 1e-8", "1e-6", "1e-4", "0.01", "1", "100", "1e4", "1e6", "≥ 1e8"])
    title(figure, "Discrepancies beside what is allowed: the worst entry of each cell of the heat maps")
    axes.set_xlabel(f"|analytic − {beside(result.worst)}| as a multiple of what is allowed")
    axes.set_ylabel("cells")
    axes.legend(loc="upper center", bbox_to_anchor=(0.3, 1.0))
    return figure


def _log(multiple: float) -> float:
    if math.isnan(multiple):
        return HIGHEST
    return min(max(math.log10(multiple), LOWEST), HIGHEST) if multiple > 0 else LOWEST


def _points(result: CheckResult) -> Iterator[Point]:
    for array in result.arrays:
        yield from _cells(array)


def _cells(array: ArraySummary) -> Iterator[Point]:
    seen = array.map
    if seen is None:
        return
    allowed = seen.allowed or (array.resolution,) * len(seen.verdict)
    for a, n, most, verdict in zip(seen.analytic, seen.numeric, allowed, seen.verdict, strict=True):
        yield a, n, multiple_of_allowed(a, n, most), verdict
