"""How passes, operations and seconds grow with the number of parameters."""

from __future__ import annotations

from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gradcheck.results import ScalingResult, ScalingRow
from reports.figures.style import MODE_STYLE, PALE, new_figure, plain_ticks, styled, title
from reports.rows.scaling import extrapolated, fit_label, main_series

QUANTITIES = ("passes", "operations", "seconds")


@styled
def growth(result: ScalingResult) -> Figure | None:
    """Three panels against N, log-log: measured points filled and joined, extrapolated ones hollow and dashed."""
    rows = main_series(result.rows)
    if not rows:
        return None
    figure, panels = new_figure(4.4, columns=3)
    for quantity, axes in zip(QUANTITIES, panels, strict=True):
        for mode in MODE_STYLE:
            _curve(axes, rows, quantity, mode)
        axes.set(xscale="log", yscale="log", xlabel="N")
        plain_ticks(axes.xaxis)
        plain_ticks(axes.yaxis)
        axes.set_title(quantity, loc="left")
        axes.grid(visible=True)
    title(figure, "Growth with the number of parameters N")
    _legend(figure, result, rows)
    return figure


def _curve(axes: Axes, rows: list[ScalingRow], quantity: str, mode: str) -> None:
    colour, mark = MODE_STYLE[mode]
    points = [(row, getattr(row, quantity)[mode]) for row in rows if getattr(row, quantity).get(mode)]
    for (first, y0), (second, y1) in pairwise(points):
        guessed = quantity == "seconds" and (extrapolated(first, mode) or extrapolated(second, mode))
        line = "--" if guessed else "-"
        axes.plot([first.parameters, second.parameters], [y0, y1], color=colour, linestyle=line, linewidth=1.2)
    for row, y in points:
        hollow = quantity == "seconds" and extrapolated(row, mode)
        face = "white" if hollow else colour
        axes.plot(row.parameters, y, marker=mark, color=colour, markerfacecolor=face, markersize=5.5, linestyle="none")


def _legend(figure: Figure, result: ScalingResult, rows: list[ScalingRow]) -> None:
    """A line for each way, with its fitted exponent and interval; what is dashed."""
    handles = [
        Line2D([], [], color=colour, marker=mark, label=_labelled(result, mode))
        for mode, (colour, mark) in MODE_STYLE.items()
        if any(mode in row.seconds or mode in row.passes for row in rows)
    ]
    if any(extrapolated(row, "literal") for row in rows):
        label = "extrapolated from measured passes"
        handles.append(Line2D([], [], color=PALE, linestyle="--", marker="o", markerfacecolor="white", label=label))
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)


def _labelled(result: ScalingResult, mode: str) -> str:
    fit = next((fit for fit in result.fits if mode in fit.quantity and "seconds" in fit.quantity), None)
    return f"{mode}: seconds ∝ {fit_label(fit)}" if fit else mode
