"""Which pictures a result has, by name, and all of them as files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from gradcheck.results import CheckResult, PathSum, ScalingResult, SuiteResult
from reports.figures.entries import histogram, scatter
from reports.figures.growth import growth
from reports.figures.heat import heat_map
from reports.figures.paths import path_picture
from reports.figures.style import png, svg
from reports.figures.vcurve import v_curve
from reports.kinds import Result
from reports.safety import safe

MOST_MAPS = 40


def pictures(result: Result) -> Iterator[tuple[str, Figure]]:
    """Name and figure of every picture that *result* has; none for a suite, which is all tables.

    Of many arrays the wrong ones are drawn, and as many others as fit.
    """
    result = safe(result)
    for name, draw in _drawings(result):
        figure = draw()
        if figure is not None:
            yield name, figure


def _drawings(
    result: Result,
) -> Iterator[tuple[str, Callable[[], Figure | None]]]:
    match result:
        case CheckResult():
            arrays = [item for item in enumerate(result.arrays) if item[1].entries > 1]  # one number is no picture
            arrays = sorted(arrays, key=lambda item: not item[1].wrong)[:MOST_MAPS]
            for place, array in sorted(arrays, key=lambda item: item[0]):
                yield f"heat-{place:02d}-{slug(array.name)}", partial(heat_map, array)
            yield "scatter", lambda: scatter(result)
            yield "histogram", lambda: histogram(result)
        case ScalingResult():
            yield "growth", lambda: growth(result)
            yield "v-curve", lambda: v_curve(result)
        case PathSum():
            yield "paths", lambda: path_picture(result)
        case SuiteResult():
            return


def slug(name: str) -> str:
    """*name* as part of a file's name on any system."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40] or "array"


def save_pictures(result: Result, folder: Path) -> list[Path]:
    """Every picture as PNG and SVG in *folder*, which is made if need be; the paths written.

    Raises OSError where a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, figure in pictures(result):
        for ending, encoded in ((".png", png), (".svg", svg)):
            path = folder / f"{name}{ending}"
            path.write_bytes(encoded(figure))
            written.append(path)
    return written
