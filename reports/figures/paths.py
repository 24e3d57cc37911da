"""Eq. 53 drawn: a small network, the rate factor on each edge, one path lit."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gradcheck.results import PathSum
from reports import numbers
from reports.figures.style import INK, PALE, VERMILION, new_figure, styled, title

CROWDED = 24  # edges that still have room for a number each
WIDEST = 16  # neurons of a layer that still fit a page
LINES = {"lit": (VERMILION, 3.0, 2.0), "path": (INK, 1.1, 1.5), "none": ("#cccccc", 0.9, 1.0)}
BOX: Any = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
Place = tuple[float, float]


@styled
def path_picture(paths: PathSum, lit: int | None = None) -> Figure | None:
    """The network with the paths from one weight to the cost; path *lit* (the largest by default) stands out.

    None where a layer is too wide to be drawn. Raises ValueError where there is no path of that number.
    """
    if max(paths.sizes) > WIDEST:
        return None
    lit = _largest(paths) if lit is None else lit
    if not 0 <= lit < len(paths.products):
        raise ValueError(f"There is no path {lit}; there are {len(paths.products)}, counted from 0.")
    each = 0.85 if len(_rates(paths)) > CROWDED / 2 else 0.62  # inches: many numbers need room
    figure, (axes,) = new_figure(max(2.4, each * max(paths.sizes) + 0.9))
    _edges(axes, paths, lit)
    _neurons(axes, paths, lit)
    title(figure, _title(paths, lit))
    axes.set(xlim=(-0.6, len(paths.sizes) + 0.6), ylim=(-max(paths.sizes) / 2 - 0.5, max(paths.sizes) / 2))
    axes.axis("off")
    return figure


def _largest(paths: PathSum) -> int:
    return max(range(len(paths.products)), key=lambda p: abs(paths.products[p]))


def _place(paths: PathSum, layer: int, neuron: int) -> Place:
    """Where a neuron stands: layers from left to right, neurons from top to bottom, the cost at the right."""
    if layer > len(paths.sizes):
        return float(len(paths.sizes)), 0.0
    return layer - 1.0, (paths.sizes[layer - 1] - 1) / 2 - neuron


def _edges(axes: Axes, paths: PathSum, lit: int) -> None:
    for layer in range(2, len(paths.sizes) + 1):
        for j in range(paths.sizes[layer - 1]):
            for k in range(paths.sizes[layer - 2]):
                _line(axes, _place(paths, layer - 1, k), _place(paths, layer, j), "none")
    for m in range(paths.sizes[-1]):
        _line(axes, _place(paths, len(paths.sizes), m), _place(paths, len(paths.sizes) + 1, 0), "none")
    rates, chosen = _rates(paths), _steps(paths, lit)
    for start, end in rates:
        _line(axes, start, end, "lit" if (start, end) in chosen else "path")
    for (start, end), rate in rates.items():
        if len(rates) <= CROWDED or (start, end) in chosen:
            _write(axes, start, end, rate, on_path=(start, end) in chosen)


def _steps(paths: PathSum, p: int) -> list[tuple[Place, Place]]:
    """The edges of path *p*, from the weight's own to the one into the cost."""
    visited = [_place(paths, paths.layer + i, neuron) for i, neuron in enumerate(paths.neurons[p])]
    own = [_place(paths, paths.layer - 1, paths.index[1])] if paths.name.startswith("w") else []
    start = own or [(visited[0][0] - 0.5, visited[0][1])]
    places = [*start, *visited, _place(paths, len(paths.sizes) + 1, 0)]
    return list(pairwise(places))


def _rates(paths: PathSum) -> dict[tuple[Place, Place], float]:
    """The rate on each edge that some path takes."""
    return {
        step: rate for p, rates in enumerate(paths.factors) for step, rate in zip(_steps(paths, p), rates, strict=True)
    }


def _line(axes: Axes, start: Place, end: Place, which: str) -> None:
    """An edge: of the lit path, of another path, or of none."""
    colour, width, order = LINES[which]
    axes.plot([start[0], end[0]], [start[1], end[1]], color=colour, linewidth=width, zorder=order)


def _write(axes: Axes, start: Place, end: Place, rate: float, *, on_path: bool) -> None:
    """The rate beside its edge, nearer the start so that crossing edges keep their numbers apart."""
    x, y = (0.64 * start[i] + 0.36 * end[i] for i in (0, 1))
    weight = "bold" if on_path else "normal"
    axes.text(x, y, f"{rate:.3g}", ha="center", va="center", bbox=BOX, fontweight=weight, color=INK, zorder=4)


def _neurons(axes: Axes, paths: PathSum, lit: int) -> None:
    on_path = {_place(paths, paths.layer + i, neuron) for i, neuron in enumerate(paths.neurons[lit])}
    for layer, size in enumerate(paths.sizes, start=1):
        for neuron in range(size):
            place = _place(paths, layer, neuron)
            edge = VERMILION if place in on_path else INK
            axes.scatter(*place, s=320, facecolors="white", edgecolors=edge, linewidths=1.8, zorder=3)
            axes.text(*place, str(neuron), ha="center", va="center_baseline", zorder=5)
        label = "input" if layer == 1 else f"layer {layer}"
        axes.text(layer - 1, -max(paths.sizes) / 2 - 0.35, label, ha="center", color=PALE)
    axes.scatter(*_place(paths, len(paths.sizes) + 1, 0), s=320, facecolors=INK, edgecolors=INK, zorder=3)
    axes.text(len(paths.sizes), 0.0, "C", color="white", ha="center", va="center_baseline", zorder=5)
    if paths.name.startswith("b"):
        start, _ = _steps(paths, lit)[0]
        axes.text(*start, "bias ", ha="right", va="center_baseline", bbox=BOX, zorder=4)


def _title(paths: PathSum, lit: int) -> str:
    """The sum, and on its own line the product along the path in colour."""
    entry = numbers.entry(paths.name, paths.index)
    factors = " · ".join(f"{rate:.3g}" if rate >= 0 else f"({rate:.3g})" for rate in paths.factors[lit])
    return (
        f"Eq. 53: ∂C/∂{entry} = {paths.derivative:.4g}, the sum over {numbers.counted(len(paths.products), 'path')}.\n"
        f"In colour: {factors} = {paths.products[lit]:.3g}"
    )
