"""The heat map of an array in block characters: where it is wrong, seen in a terminal."""

from __future__ import annotations

import math

from gradcheck.results import ArraySummary, DiscrepancyMap, EntryVerdict
from reports import numbers
from reports.safety import shortened

SHADES = ((1e-4, "░"), (1e-2, "▒"), (1.0, "▓"), (math.inf, "█"))
MARKS = {EntryVerdict.RIGHT: "·", EntryVerdict.KINK: "k", EntryVerdict.INCONCLUSIVE: "?"}
RANK = {EntryVerdict.RIGHT: 0, EntryVerdict.KINK: 1, EntryVerdict.INCONCLUSIVE: 2, EntryVerdict.WRONG: 3}
LEGEND = "; ".join(
    item.replace(" ", "\N{NO-BREAK SPACE}")
    for item in (
        "· right",
        "wrong by ░ < 0.0001, ▒ < 0.01, ▓ < 1, █ ≥ 1 of the value",
        "? inconclusive",
        "k at a kink",
    )
)
TALLEST = 16


def block_map(array: ArraySummary, width: int) -> list[str]:
    """Lines that draw the array's map in at most *width* columns and ``TALLEST`` rows; a vector lies on its side."""
    if array.map is None:
        return []
    seen = array.map
    lying = seen.columns == 1
    rows, columns = (1, seen.rows) if lying else (seen.rows, seen.columns)
    tall, wide = -(-rows // TALLEST), -(-columns // max(width, 8))
    lines = [
        "".join(
            _mark(seen, [r * columns + c for r in _span(row, tall, rows) for c in _span(column, wide, columns)])
            for column in range(0, columns, wide)
        )
        for row in range(0, rows, tall)
    ]
    title = _title(array, tall, wide, lying=lying)
    marks = set("".join(lines))
    return [f"{title}: {marks.pop()} everywhere"] if len(marks) == 1 and columns > 1 else [title, *lines]


def _span(start: int, length: int, end: int) -> range:
    return range(start, min(start + length, end))


def _title(array: ArraySummary, tall: int, wide: int, *, lying: bool) -> str:
    """What one character stands for."""
    height, width = array.map.cell if array.map else (1, 1)
    down, across = (1, height * wide) if lying else (height * tall, width * wide)
    each = "" if (down, across) == (1, 1) else f", each character the worst of {down} × {across} entries"
    return f"{shortened(array.name, numbers.LONGEST_NAME)} {numbers.array_type(array.dtype, array.shape)}{each}"


def _mark(seen: DiscrepancyMap, cells: list[int]) -> str:
    """One character for several cells: the worst of them, so that one wrong entry stays visible."""
    worst = max(cells, key=lambda cell: (RANK[seen.verdict[cell]], _size(seen.relative[cell])))
    return shade(seen.relative[worst]) if seen.verdict[worst] is EntryVerdict.WRONG else MARKS[seen.verdict[worst]]


def _size(relative: float) -> float:
    return math.inf if math.isnan(relative) else relative


def shade(relative: float) -> str:
    """The block for a relative difference; NaN is the darkest."""
    return next(block for limit, block in SHADES if _size(relative) < limit or limit == math.inf)
