"""How passes, operations and seconds grow with the number of parameters."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gradcheck.results import ScalingResult, ScalingRow
from reports import numbers
from reports.figures.style import MODE_STYLE, PALE, new_figure, plain_ticks, styled, title
from reports.rows.scaling import extrapolated, fit_label, main_series

QUANTITIES = ("passes", "operations", "seconds")
SAID: dict[str, Callable[[Any], str]] = {
    "passes": numbers.count,
    "operations": numbers.small,
    "seconds": numbers.seconds,
}


@styled
def growth(result: ScalingResult) -> Figure | None:
    """Three panels against N, log-log: measured points filled and joined, extrapolated ones hollow and dashed.

    One network alone has no growth: its bars stand side by side.
    """
    rows = main_series(result.rows)
    if len(rows) < 2:
        return _one_network(rows[0]) if rows else None
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


def _one_network(row: ScalingRow) -> Figure:
    """Passes, operations and seconds of each way as bars on log scales, with numbers; extrapolated ones are hollow."""
    figure, panels = new_figure(2.8, columns=3)
    modes = [mode for mode in MODE_STYLE if mode in row.passes or mode in row.seconds]
    for quantity, axes in zip(QUANTITIES, panels, strict=True):
        values = getattr(row, quantity)
        for place, mode in enumerate(modes):
            if values.get(mode):
                hollow = quantity == "seconds" and extrapolated(row, mode)
                _bar(axes, place, values[mode], mode, SAID[quantity](values[mode]), hollow=hollow)
        axes.set_yticks(range(len(modes)), modes if axes is panels[0] else [])
        axes.set(xscale="log", ylim=(len(modes) - 0.5, -0.5))
        axes.set_xlim(right=axes.get_xlim()[1] * 300)  # room for the numbers
        axes.set_xticks([])
        axes.set_title(quantity, loc="left")
        axes.minorticks_off()
    note = " (hollow: extrapolated)" if extrapolated(row, "literal") else ""
    title(figure, f"What each way to the gradient of {numbers.sizes(row.sizes)} takes, on log scales{note}")
    return figure


def _bar(axes: Axes, place: int, value: float, mode: str, said: str, *, hollow: bool) -> None:
    colour = MODE_STYLE[mode][0]
    axes.barh(place, value, height=0.7, facecolor="white" if hollow else colour, edgecolor=colour, linewidth=1.2)
    axes.annotate(said, (value, place), (4, 0), textcoords="offset points", va="center")


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
