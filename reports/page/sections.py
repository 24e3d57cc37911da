"""What stands on the page, in which order."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from matplotlib.figure import Figure

from gradcheck.results import ArraySummary, CheckResult, Diagnosis, PathSum, ScalingResult, SuiteResult
from reports import numbers
from reports.document import Document, Facts, Items, Part, Table
from reports.figures.entries import histogram, scatter
from reports.figures.growth import growth
from reports.figures.heat import heat_map
from reports.figures.paths import path_picture
from reports.figures.style import png
from reports.figures.vcurve import v_curve
from reports.kinds import Result
from reports.page.charts import Chart, growth_data, heat_data, histogram_data, scatter_data, v_curve_data
from reports.page.network import Drawing, network_drawing
from reports.rows.check import ARRAYS, LARGEST, WORST, beside, finding_row
from reports.rows.equations import written_out
from reports.rows.scaling import main_series

MOST_MAPS = 24
Block = Part | Chart | Drawing | Diagnosis


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    id: str
    title: str
    blocks: tuple[Block, ...]


def sections(result: Result, report: Document) -> list[Section]:
    """The sections of *result*, whose document is *report*, without those that would be empty."""
    match result:
        case CheckResult():
            found = list(_check(result, report))
        case ScalingResult():
            found = [*_tables(report, 1), *_growth(result), *_tables(report)[1:]]
        case PathSum():
            chart = _still("paths", "The network", report.sentence, lambda: path_picture(result))
            found = [*chart, *_tables(report)]
        case SuiteResult():
            found = _tables(report)
    return [section for section in found if section.blocks]


def _check(result: CheckResult, report: Document) -> Iterator[Section]:
    yield Section("fault", "The fault", result.diagnosis)
    yield _chosen(report, "next", "Next", "What to do next")
    drawing = network_drawing(result.arrays, inputs_first=result.inputs_first)
    facts = tuple(part for part in report.parts if not part.title)
    yield Section("understood", "What was understood", (*facts, *((drawing,) if drawing else ())))
    yield _chosen(report, "arrays", ARRAYS)
    yield _chosen(report, "worst", WORST)
    yield _chosen(report, "worst", LARGEST)
    yield Section("maps", "Heat maps", tuple(_maps(result)))
    yield Section("spread", "All arrays together", tuple(_together(result)))
    yield Section("checks", "Checks", (_all_checks(result),) if result.checks else ())
    yield _chosen(report, "notes", "Notes")


def _chosen(report: Document, place: str, beginning: str, title: str = "") -> Section:
    """The part of the report whose title begins so, under its own title or another one; empty where there is none."""
    part = next((part for part in report.parts if part.title.startswith(beginning)), None)
    return Section(place, title or (part.title if part else ""), (part,) if part else ())


def _all_checks(result: CheckResult) -> Table:
    """Here there is room for those that passed, too."""
    return Table("Checks", ("check", "verdict", "message"), tuple(finding_row(f) for f in result.checks))


def _tables(report: Document, count: int | None = None) -> list[Section]:
    parts = report.parts[:count]
    return [Section(f"part-{place}", part.title or "Summary", (part,)) for place, part in enumerate(parts)]


def _maps(result: CheckResult) -> Iterator[Chart]:
    """Wrong arrays first and open, the others folded (the first of them too, as a sample, if all are right)."""
    arrays = [array for array in result.arrays if array.map and array.entries > 1]
    arrays.sort(key=lambda array: (not array.wrong, not array.inconclusive))
    for place, array in enumerate(arrays[:MOST_MAPS]):
        bad = array.wrong or array.inconclusive
        yield Chart(
            id=f"map-{place}",
            title=f"{array.name} {numbers.array_type(array.dtype, array.shape)}",
            words=_map_words(array),
            data=heat_data(array),
            picture=_encoded(heat_map(array)),
            open=bool(bad) or place == 0,
            tall=_tall(array),
        )


def _tall(array: ArraySummary) -> int:
    if array.map is None or array.map.columns == 1:
        return 150
    square = 700 * array.map.rows / array.map.columns
    return round(min(max(min(square, 46 * array.map.rows) + 90, 190), 560))


def _map_words(array: ArraySummary) -> str:
    """The map for someone who cannot see it."""
    if not array.wrong:
        return f"None of {numbers.counted(array.entries, 'entry', 'entries')} is wrong."
    worst = array.worst
    where = f" The worst is {numbers.entry(array.name, worst.index)}." if worst else ""
    return f"{array.wrong:,} of {numbers.counted(array.entries, 'entry', 'entries')} wrong.{where}"


def _together(result: CheckResult) -> Iterator[Chart]:
    if not any(array.map for array in result.arrays):
        return
    reference = beside(result.worst)
    words = f"Analytic against {reference} derivatives: right entries lie on the diagonal."
    yield Chart(
        "scatter", f"Analytic against {reference}", words, scatter_data(result), _encoded(scatter(result)), tall=460
    )
    words = "How many entries differ by how much of what is allowed; what lies right of the dashed line is wrong."
    data = histogram_data(result)
    yield Chart("histogram", "Discrepancies beside what is allowed", words, data, _encoded(histogram(result)), tall=330)


def _growth(result: ScalingResult) -> Iterator[Section]:
    if result.rows:
        several = len(main_series(result.rows)) > 1
        words = "Passes, operations and seconds of each way to the gradient"
        words += " against the number of parameters N." if several else ", side by side on log scales."
        data = growth_data(result) if several else {}
        name = "Growth with the number of parameters" if several else "What each way takes"
        yield Section("growth", name, (Chart("growth-chart", name, words, data, _encoded(growth(result))),))
    if result.v_curve:
        words = "Relative discrepancy of Eq. 46 to backprop against ε: subtracting costs loses digits as ε shrinks."
        chart = Chart("v-chart", "The V-curve", words, v_curve_data(result), _encoded(v_curve(result)))
        yield Section("v-curve", "What ε costs", (chart,))


def _still(place: str, title: str, words: str, draw: Callable[[], Figure | None]) -> Iterator[Section]:
    picture = _encoded(draw())
    if picture:
        yield Section(place, title, (Chart(f"{place}-chart", title, words, {}, picture),))


def _encoded(figure: Figure | None) -> str:
    """The picture as a data URI; it stands in where there is no script, and in print."""
    return f"data:image/png;base64,{base64.b64encode(png(figure)).decode()}" if figure else ""


def kind(block: Block) -> str:
    """The name of the template's macro for a block."""
    return {Facts: "facts", Items: "items", Table: "table", Chart: "chart", Drawing: "drawing", Diagnosis: "fault"}[
        type(block)
    ]


def equations(diagnosis: Diagnosis) -> tuple[tuple[str, str], ...]:
    """Name and formula of what a fault breaks."""
    return written_out(f"{diagnosis.equation} {diagnosis.message}")
