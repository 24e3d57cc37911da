"""Plain text, for a terminal of any width or a file."""

from __future__ import annotations

import re
import textwrap

from tabulate import SEPARATING_LINE, tabulate

from gradcheck.results import ArraySummary, CheckResult
from reports.blocks import LEGEND, block_map
from reports.document import Document, Facts, Items, Part, Table
from reports.kinds import Result
from reports.rows import document
from reports.rows.check import ARRAYS
from reports.safety import safe
from reports.screen import Screen

NARROWEST = 12
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
MAPS = 6
WIDEST_MAP = 64


def text(result: Result, screen: Screen | None = None) -> str:
    """*result* as text for *screen* (by default a file: 100 columns, no colour)."""
    screen = screen or Screen()
    result = safe(result)
    report = document(result)
    blocks = [_heading(report, screen)]
    for part in report.parts:
        blocks.append(part_text(part, screen))
        if isinstance(result, CheckResult) and part.title == ARRAYS:
            blocks.extend(_maps(result, screen))
    blocks.append("\n".join(_wrapped(line, screen) for line in report.closing))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _heading(report: Document, screen: Screen) -> str:
    verdict = report.verdict.upper()
    rest = _wrapped(report.subject, screen, first=" " * (len(verdict) + 2)).strip()
    first = f"{screen.painted(verdict, report.verdict)}  {rest}"
    return f"{first}\n{_wrapped(report.sentence, screen)}"


def part_text(part: Part, screen: Screen) -> str:
    """One part under its title."""
    match part:
        case Facts():
            body = _facts(part, screen)
        case Items():
            body = "\n".join(_wrapped(line, screen, "  ") for line in part.lines)
        case Table():
            body = table_text(part, screen)
    return f"{screen.bold(_wrapped(part.title, screen))}\n{body}" if part.title else body


def _facts(part: Facts, screen: Screen) -> str:
    wide = max(len(label) for label, _ in part.pairs) + 2
    return "\n".join(_wrapped(text, screen, " " * wide, label.ljust(wide)) for label, text in part.pairs)


def _wrapped(line: str, screen: Screen, indent: str = "", first: str = "") -> str:
    return textwrap.fill(screen.shown(line), screen.width, initial_indent=first or indent, subsequent_indent=indent)


def table_text(table: Table, screen: Screen) -> str:
    """The table as it is if it fits, else with headings and texts wrapped, else row by row as label and value."""
    shown = _in_characters(table, screen)
    for drawn in (_drawn(shown, screen), _drawn(shown, screen, wrap=True)):
        if _width(drawn) <= screen.width:
            return "\n".join(filter(None, (drawn, _wrapped(table.note, screen))))
    return "\n".join(filter(None, (_cards(shown, screen), _wrapped(table.note, screen))))


def _in_characters(table: Table, screen: Screen) -> Table:
    header = tuple(map(screen.shown, table.header))
    rows = tuple(tuple(map(screen.shown, row)) for row in table.rows)
    return Table(table.title, header, rows, frozenset(map(screen.shown, table.numeric)))


def _drawn(table: Table, screen: Screen, *, wrap: bool = False) -> str:
    """The heading as a first row: tabulate makes columns under real headings two characters wider than they need."""
    header = [name.replace(" ", "\n") if wrap else name for name in table.header]
    widths = _column_widths(table, screen) if wrap else None
    rows = [header, SEPARATING_LINE, *([screen.painted(cell) for cell in row] for row in table.rows)]
    drawn = tabulate(rows, (), "simple", colalign=table.alignment, maxcolwidths=widths, disable_numparse=True)
    return "\n".join(drawn.splitlines()[1:-1])


def _column_widths(table: Table, screen: Screen) -> list[int | None]:
    """What is left by the columns that cannot be wrapped, shared among the widest others."""
    columns = list(zip(*table.rows, strict=True))
    natural = [max(map(len, (*column, *name.split()))) for name, column in zip(table.header, columns, strict=True)]
    texts = [i for i, name in enumerate(table.header) if name not in table.numeric and natural[i] > NARROWEST]
    left = screen.width - sum(natural) + sum(natural[i] for i in texts) - 2 * (len(natural) - 1)
    widths: list[int | None] = [None] * len(natural)
    for place, i in enumerate(sorted(texts, key=natural.__getitem__)):  # the narrow ones first leave more to the wide
        share = max(left // (len(texts) - place), NARROWEST)
        left -= min(natural[i], share)
        widths[i] = share if natural[i] > share else None
    return widths


def _width(drawn: str) -> int:
    return max(len(line) for line in _plain(drawn).splitlines())


def _plain(drawn: str) -> str:
    return COLOUR.sub("", drawn)


def _cards(table: Table, screen: Screen) -> str:
    """Each row as lines of label and value: for a screen that is narrower than any table."""
    return "\n\n".join(_facts(Facts("", tuple(zip(table.header, row, strict=True))), screen) for row in table.rows)


def _maps(result: CheckResult, screen: Screen) -> list[str]:
    """Block maps of the arrays that are wrong."""
    wrong = [array for array in result.arrays if array.wrong and array.entries > 1 and array.map]
    width = min(screen.width, WIDEST_MAP)
    drawn = [line for array in wrong[:MAPS] for line in _map(array, screen, width)]
    if len(wrong) > MAPS:
        drawn.append(f"({len(wrong) - MAPS} more wrong arrays are not drawn.)")
    return ["\n".join((*drawn, _wrapped(LEGEND, screen).replace("\N{NO-BREAK SPACE}", " ")))] if drawn else []


def _map(array: ArraySummary, screen: Screen, width: int) -> list[str]:
    title, *lines = block_map(array, width)
    return [_wrapped(title, screen), *map(screen.shown, lines)]
