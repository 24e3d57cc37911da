"""What the page's script needs to draw the interactive charts: plain data, no markup."""

from __future__ import annotations

import html
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.results import ArraySummary, CheckResult, DiscrepancyMap, EntryVerdict, ScalingResult, VPoint
from reports import numbers
from reports.rows.check import EXACT, beside, multiple_of_allowed
from reports.rows.scales import squeezed, squeezed_ticks
from reports.rows.scaling import MODES, THEORY, extrapolated, main_series, predicted
from reports.safety import cut

LOWEST = 1e-16
MOST_POINTS = 4000
FURTHEST = 8.0  # decades from what is allowed
SYMBOLS = {
    "forward": ("#767676", "circle"),
    "backprop": ("#0072B2", "square"),
    "literal": ("#D55E00", "x"),
    "incremental": ("#E69F00", "triangle-up"),
    "propagated": ("#009E73", "diamond"),
    "node": ("#CC79A7", "triangle-down"),
}
VERDICT_SYMBOLS = {
    EntryVerdict.RIGHT: ("#0072B2", "circle"),
    EntryVerdict.KINK: ("#009E73", "triangle-up"),
    EntryVerdict.INCONCLUSIVE: ("#E69F00", "square"),
    EntryVerdict.WRONG: ("#D55E00", "x"),
}
Trace = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """An interactive chart: its id in the page, kind, data for the script, and the picture that stands in for it."""

    id: str
    title: str
    words: str
    data: dict[str, Any]
    picture: str
    open: bool = True
    tall: int = 420


def heat_data(array: ArraySummary) -> dict[str, Any]:
    """The cells of an array's map with what each shows under the pointer; texts are formatted here, once."""
    seen = array.map or DiscrepancyMap(0, 0, (1, 1), (), (), (), (), (), ())
    return {
        "kind": "heat",
        "rows": seen.rows,
        "columns": seen.columns,
        "cell": list(seen.cell),
        "log": [round(math.log10(min(max(_number(r), LOWEST), 1.0)), 2) for r in seen.relative],
        "entry": [html.escape(numbers.entry(cut(array.name, 32), place)) for place in places(array)],
        "analytic": [numbers.value(a) for a in seen.analytic],
        "beside": "numeric" if any(seen.error_bar) else EXACT,
        "numeric": [numbers.estimate(n, bar) for n, bar in zip(seen.numeric, seen.error_bar, strict=True)],
        "relative": [numbers.small(r) for r in seen.relative],
        "verdict": [str(v) for v in seen.verdict],
    }


def _number(relative: float) -> float:
    return 1.0 if math.isnan(relative) else relative


def places(array: ArraySummary) -> Iterator[tuple[int, ...]]:
    """Each cell's entry as an index into the array itself: the map sees more axes folded into the first."""
    columns = array.shape[-1] if len(array.shape) > 1 else 1
    for row, column in array.map.index if array.map else ():
        yield _unravelled(row * columns + column, array.shape)


def _unravelled(place: int, shape: Sequence[int]) -> tuple[int, ...]:
    index: list[int] = []
    for length in reversed(shape):
        place, last = divmod(place, length)
        index.insert(0, last)
    return tuple(index)


def scatter_data(result: CheckResult) -> dict[str, Any]:
    """Analytic against numeric, verdict by verdict, scaled so that small and large derivatives are both seen."""
    points = [point for array in result.arrays for point in _points(array)]
    points.sort(key=lambda point: point[3] is EntryVerdict.RIGHT)
    typical = _typical([abs(point[0]) for point in points])
    reference = beside(result.worst)
    traces = [_verdict_trace(points[:MOST_POINTS], verdict, typical, reference) for verdict in VERDICT_SYMBOLS]
    end = max((abs(squeezed(x, typical)) for point in points for x in point[:2]), default=1.0) * 1.05
    diagonal = {"x": [-end, end], "y": [-end, end], "mode": "lines", "name": f"analytic = {reference}",
                "hoverinfo": "skip", "line": {"color": "#8a8a8a", "width": 1}}  # fmt: skip
    return {
        "kind": "traces",
        "data": [diagonal, *(trace for trace in traces if trace["x"])],
        "layout": {"xaxis": _squeezed_axis(reference, end, typical), "yaxis": _squeezed_axis("analytic", end, typical)},
    }


Point = tuple[float, float, str, EntryVerdict]


def _points(array: ArraySummary) -> Iterator[Point]:
    seen = array.map
    if seen is None:
        return
    for a, n, place, verdict in zip(seen.analytic, seen.numeric, places(array), seen.verdict, strict=True):
        if math.isfinite(a) and math.isfinite(n):
            yield n, a, html.escape(numbers.entry(cut(array.name, 32), place)), verdict


def _typical(sizes: list[float]) -> float:
    found = sorted(size for size in sizes if size)
    return found[len(found) // 2] if found else 1.0


def _squeezed_axis(title: str, end: float, typical: float) -> dict[str, Any]:
    """Ticks written as the derivatives they stand for."""
    ticks = squeezed_ticks(end, typical)
    return {"title": {"text": title}, "tickvals": [squeezed(tick, typical) for tick in ticks],
            "ticktext": [f"{tick:g}" for tick in ticks], "range": [-end, end]}  # fmt: skip


def _verdict_trace(points: list[Point], verdict: EntryVerdict, typical: float, reference: str) -> Trace:
    chosen = [point for point in points if point[3] is verdict]
    colour, symbol = VERDICT_SYMBOLS[verdict]
    size = 6 if len(chosen) > 60 else 11
    return {
        "x": [round(squeezed(point[0], typical), 4) for point in chosen],
        "y": [round(squeezed(point[1], typical), 4) for point in chosen],
        "text": [
            f"{name}<br>analytic {numbers.value(a)}<br>{reference} {numbers.value(n)}" for n, a, name, _ in chosen
        ],
        "hoverinfo": "text",
        "mode": "markers",
        "name": str(verdict),
        "marker": {"color": colour, "symbol": symbol, "size": size, "line": {"width": 0.5, "color": "white"}},
    }


def histogram_data(result: CheckResult) -> dict[str, Any]:
    """Cells counted by half decades of |analytic − numeric| / allowed; the line at 1 decides."""
    multiples = [(multiple, verdict) for array in result.arrays for multiple, verdict in _multiples(array)]
    traces = []
    for verdict, (colour, _) in VERDICT_SYMBOLS.items():
        counts = Counter(_half_decade(multiple) for multiple, of in multiples if of is verdict)
        places = sorted(counts)
        hover = [f"{counts[place]:,} cells {verdict}<br>{_multiple_of(place)} of what is allowed" for place in places]
        trace = {
            "type": "bar",
            "x": places,
            "y": [counts[place] for place in places],
            "text": hover,
            "textposition": "none",
            "hoverinfo": "text",
            "width": 0.46,
            "name": str(verdict),
            "marker": {"color": colour},
        }
        traces.extend([trace] if places else [])
    most = max(Counter(_half_decade(multiple) for multiple, _ in multiples).values(), default=1)
    return {"kind": "traces", "data": traces, "layout": _histogram_layout(most)}


def _histogram_layout(most: int) -> dict[str, Any]:
    """Axes from one cell to the fullest bar, and the line at 1."""
    line = {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1, "line": {"dash": "dash"}}
    ticks = list(range(-8, 9, 4))
    return {
        "barmode": "stack",
        "shapes": [line],
        "xaxis": {"title": {"text": "difference / allowed"}, "range": [-8.7, 8.7],
                  "tickvals": ticks, "ticktext": [_multiple_of(tick) for tick in ticks]},
        "yaxis": {"title": {"text": "cells"}, "type": "log", "dtick": 1,
                  "range": [-0.2, math.log10(most) + 0.15]},  # one cell is seen, too
    }  # fmt: skip


def _multiples(array: ArraySummary) -> Iterator[tuple[float, EntryVerdict]]:
    seen = array.map
    if seen is None:
        return
    allowed = seen.allowed or (array.resolution,) * len(seen.verdict)
    for a, n, most, verdict in zip(seen.analytic, seen.numeric, allowed, seen.verdict, strict=True):
        yield multiple_of_allowed(a, n, most), verdict


def _half_decade(multiple: float) -> float:
    """The middle of the half decade that a multiple lies in, within 1e-8 and 1e8."""
    if math.isnan(multiple):
        return FURTHEST
    log = min(max(math.log10(multiple), -FURTHEST), FURTHEST) if multiple > 0 else -FURTHEST
    return round(2 * log) / 2


def _multiple_of(place: float) -> str:
    sign = "≤ " if place <= -FURTHEST else "≥ " if place >= FURTHEST else ""
    return f"{sign}{10.0**place:.1g}".replace("e+0", "e").replace("e-0", "e-").replace("0.0001", "1e-4")


def growth_data(result: ScalingResult) -> dict[str, Any]:
    """Passes, operations and seconds against N in three panels; what was extrapolated is dashed and hollow."""
    traces = [
        trace
        for panel, quantity in enumerate(("passes", "operations", "seconds"), start=1)
        for mode in MODES
        for trace in _growth_traces(result, quantity, mode, panel)
    ]
    layout: dict[str, Any] = {"legend": {"orientation": "h", "y": -0.2}}
    for panel, quantity in enumerate(("passes", "operations", "seconds"), start=1):
        left = (panel - 1) * 0.355
        number = "" if panel == 1 else str(panel)
        layout[f"xaxis{number}"] = _log_axis("N") | {"domain": [left, left + 0.29], "anchor": f"y{number}"}
        layout[f"yaxis{number}"] = _log_axis(quantity) | {"anchor": f"x{number}"}
    return {"kind": "traces", "data": traces, "layout": layout}


def _log_axis(title: str) -> dict[str, Any]:
    return {"type": "log", "title": {"text": title}, "exponentformat": "power"}


def _growth_traces(result: ScalingResult, quantity: str, mode: str, panel: int) -> Iterator[Trace]:
    rows = [row for row in main_series(result.rows) if getattr(row, quantity).get(mode)]
    if not rows:
        return
    guessed = [quantity == "seconds" and extrapolated(row, mode) for row in rows]
    values = [getattr(row, quantity)[mode] for row in rows]
    colour, symbol = SYMBOLS[mode]
    said = numbers.seconds if quantity == "seconds" else (lambda x: f"{x:,.4g}")
    note = [" (extrapolated)" if guess else "" for guess in guessed]
    number = "" if panel == 1 else str(panel)
    yield {
        "x": [row.parameters for row in rows],
        "y": values,
        "text": [f"{mode}, {numbers.sizes(r.sizes)}<br>{said(v)} {quantity if quantity != 'seconds' else ''}{n}"
                 for r, v, n in zip(rows, values, note, strict=True)],
        "hoverinfo": "text",
        "mode": "lines+markers",
        "name": mode,
        "legendgroup": mode,
        "showlegend": panel == 3,
        "line": {"color": colour, "dash": "dash" if any(guessed) else "solid"},
        "marker": {"symbol": [f"{symbol}-open" if guess else symbol for guess in guessed], "size": 8},
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
    }  # fmt: skip


def v_curve_data(result: ScalingResult) -> dict[str, Any]:
    """Discrepancy against ε, mode by mode, median and largest; theory's two terms dashed."""
    points = (*(point for point in result.v_curve if point.mode not in THEORY), *predicted(result.v_curve))
    traces = [trace for mode in dict.fromkeys(point.mode for point in points) for trace in _v_traces(points, mode)]
    layout = {
        "xaxis": _log_axis("ε"),
        "yaxis": _log_axis("relative discrepancy"),
    }
    return {"kind": "traces", "data": traces, "layout": layout}


def _v_traces(found: Sequence[VPoint], mode: str) -> Iterator[Trace]:
    points = sorted((p for p in found if p.mode == mode), key=lambda point: point.epsilon)
    theory = mode in THEORY
    colour, symbol = SYMBOLS.get(mode, ("#8a8a8a", "circle"))
    for which in ("median",) if theory else ("median", "largest"):
        values = [max(getattr(point, which), 1e-17) for point in points]
        name = f"predicted {THEORY[mode]}" if theory else f"{html.escape(mode)}: {which}"
        yield {
            "x": [point.epsilon for point in points],
            "y": values,
            "text": [f"{name}<br>ε = {p.epsilon:g}<br>{numbers.small(v)}" for p, v in zip(points, values, strict=True)],
            "hoverinfo": "text",
            "mode": "lines" if theory else "lines+markers",
            "name": name,
            "line": {"color": colour, "dash": "dash" if theory else "solid", "width": 2 if which == "median" else 1},
            "marker": {"symbol": symbol if which == "median" else f"{symbol}-open", "size": 8},
        }
