"""The V-curve: what ε costs in accuracy, with Eq. 46 taken literally and propagated."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradcheck.results import ScalingResult, VPoint
from reports.figures.style import INK, MODE_STYLE, new_figure, plain_ticks, styled, title
from reports.rows.scaling import THEORY, predicted

LINES = {"truncation": "--", "round-off": ":"}
FLOOR = 1e-17


@styled
def v_curve(result: ScalingResult) -> Figure | None:
    """Relative discrepancy to backprop against ε, both on log scales: medians filled, largest hollow.

    What theory predicts of truncation and of round-off is drawn beside them.
    """
    if not result.v_curve:
        return None
    figure, (axes,) = new_figure(4.4)
    found = (*(point for point in result.v_curve if point.mode not in THEORY), *predicted(result.v_curve))
    for mode in dict.fromkeys(point.mode for point in found):
        points = sorted((p for p in found if p.mode == mode), key=lambda point: point.epsilon)
        _theory(axes, mode, points) if mode in THEORY else _measured(axes, mode, points)
    axes.set(xscale="log", yscale="log", xlabel="ε", ylabel="relative discrepancy to backprop")
    plain_ticks(axes.xaxis)
    plain_ticks(axes.yaxis)
    title(figure, "The V-curve: subtracting two costs loses digits, carrying the change does not")
    axes.grid(visible=True)
    axes.legend()
    return figure


def _measured(axes: Axes, mode: str, points: list[VPoint]) -> None:
    colour, mark = MODE_STYLE.get(mode, (INK, "o"))
    epsilons = [point.epsilon for point in points]
    medians = [max(point.median, FLOOR) for point in points]
    largest = [max(point.largest, FLOOR) for point in points]
    axes.plot(epsilons, medians, color=colour, marker=mark, markersize=5, label=f"{mode}: median")
    axes.plot(
        epsilons, largest, color=colour, marker=mark, markersize=5, markerfacecolor="white", linewidth=0.8,
        label=f"{mode}: largest",
    )  # fmt: skip


def _theory(axes: Axes, mode: str, points: list[VPoint]) -> None:
    epsilons, medians = [p.epsilon for p in points], [p.median for p in points]
    axes.plot(
        epsilons, medians, color=INK, linestyle=LINES[mode], linewidth=1.6, zorder=5, label=f"predicted {THEORY[mode]}"
    )
