"""The heat map of one array: where it is wrong, and by how much."""

from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from gradcheck.results import ArraySummary, DiscrepancyMap, EntryVerdict
from reports import numbers
from reports.figures.style import VERMILION, WIDTH, new_figure, styled, title
from reports.safety import cut

Extent = tuple[float, float, float, float]
LOWEST, HIGHEST = 1e-16, 1.0
RINGS = 60


@styled
def heat_map(array: ArraySummary) -> Figure | None:
    """The relative discrepancy of each cell on a log scale, wrong cells ringed; None where there is no map.

    A cell that stands for several entries shows the worst of them. A vector lies on its side.
    """
    if array.map is None:
        return None
    seen = array.map
    relative = np.array(seen.relative).reshape(seen.rows, seen.columns)
    wrong = np.array([v is EntryVerdict.WRONG for v in seen.verdict]).reshape(relative.shape)
    if seen.columns == 1:
        relative, wrong = relative.T, wrong.T
    figure, (axes,) = new_figure(_height(*relative.shape))
    _draw(figure, axes, relative, _extent(seen, array))
    _ring(axes, wrong, _extent(seen, array))
    title(figure, _title(array))
    axes.set_xlabel("entry" if seen.columns == 1 else "column")
    axes.set_ylabel("" if seen.columns == 1 else "row")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    if seen.columns == 1:
        axes.set_yticks([])
    return figure


def _height(rows: int, columns: int) -> float:
    """Inches: cells about square, but few of them not larger than they need to be, within what fits a page."""
    return min(max(min(0.78 * WIDTH * rows / columns, 0.4 * rows) + 0.9, 1.5), 5.6)


def _extent(seen: DiscrepancyMap, array: ArraySummary) -> Extent:
    """Left, right, bottom and top in entries, so that the axes count entries and not cells."""
    tall, wide = seen.cell
    if seen.columns == 1:
        return -0.5, seen.rows * tall * wide - 0.5, 0.5, -0.5
    return -0.5, seen.columns * wide - 0.5, seen.rows * tall - 0.5, -0.5


def _draw(figure: Figure, axes: Axes, relative: NDArray[np.float64], extent: Extent) -> None:
    shown = np.clip(np.nan_to_num(relative, nan=math.inf), LOWEST, HIGHEST)
    image = axes.imshow(
        shown, cmap=mpl.colormaps["cividis_r"], norm=LogNorm(LOWEST, HIGHEST), extent=extent, aspect="auto",
        interpolation="none",
    )  # fmt: skip
    bar = figure.colorbar(image, ax=axes, fraction=0.05, pad=0.02)
    if figure.get_figheight() > 2:
        bar.set_label("relative discrepancy")
        bar.set_ticks([1e-16, 1e-12, 1e-8, 1e-4, 1.0], labels=["≤ 1e-16", "1e-12", "1e-8", "1e-4", "≥ 1"])
    else:
        bar.set_ticks([1e-16, 1.0], labels=["≤ 1e-16", "≥ 1"])


def _ring(axes: Axes, wrong: NDArray[np.bool_], extent: Extent) -> None:
    """A ring around each wrong cell if they can be told apart, else a dot in each."""
    rows, columns = np.nonzero(wrong)
    if not len(rows):
        return
    left, right, bottom, top = extent
    x = left + (columns + 0.5) * (right - left) / wrong.shape[1]
    y = top + (rows + 0.5) * (bottom - top) / wrong.shape[0]
    if len(rows) <= RINGS:
        axes.scatter(x, y, s=90, marker="o", facecolors="none", edgecolors="white", linewidths=3.5, clip_on=False)
        axes.scatter(x, y, s=90, marker="o", facecolors="none", edgecolors=VERMILION, linewidths=1.8, clip_on=False)
    else:
        axes.scatter(x, y, s=5, marker="s", color=VERMILION, linewidths=0, clip_on=False)


def _title(array: ArraySummary) -> str:
    name = f"{cut(array.name, 32)} {numbers.array_type(array.dtype, array.shape)}"
    wrong = f"{array.wrong:,} of {array.entries:,} wrong" if array.wrong else "none wrong"
    tall, wide = array.map.cell if array.map else (1, 1)
    each = f"; a cell shows the worst of {tall} × {wide}" if tall * wide > 1 else ""
    return f"{name}: {wrong}{each}"
