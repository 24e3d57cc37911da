"""Plain text, for a terminal of any width or a file."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tabulate import SEPARATING_LINE, tabulate

from gradcheck.results import ArraySummary, CheckResult
from reports.blocks import LEGEND, block_map
from reports.document import Document, Facts, Items, Part, Table
from reports.kinds import Result
from reports.rows import document
from reports.rows.check import ARRAYS
from reports.rows.names import shared
from reports.safety import safe, shortened
from reports.screen import Screen

NARROWEST = 12
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
MAPS = 6
WIDEST_MAP = 64


def text(result: Result, screen: Screen | None = None, *, whole: bool = False) -> str:
    """*result* as text for *screen* (by default a file: 100 columns, no colour); *whole*, without anything folded."""
    screen = screen or Screen()
    result = safe(result)
    report = document(result, whole=whole)
    blocks = [_heading(report, screen)]
    for part in report.parts:
        blocks.append(part_text(part, screen))
        if isinstance(result, CheckResult) and part.title.startswith(ARRAYS):
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
    return textwrap.fill(
        screen.shown(line), screen.width, initial_indent=first or indent, subsequent_indent=indent,
        break_on_hyphens=False,
    )  # fmt: skip


def table_text(table: Table, screen: Screen) -> str:
    """The table in the first of these forms that fits; one that is row by row label and value always does.

    As it is; with headings of several lines; without its spare columns; with names shortened and texts wrapped.
    """
    shown = _in_characters(table, screen)
    drawn = next((form for form in _forms(shown, screen) if _width(form) <= screen.width), "")
    return "\n".join(filter(None, (drawn or _cards(shown, screen), _wrapped(table.note, screen))))


def _forms(table: Table, screen: Screen) -> Iterator[str]:
    yield _drawn(table, screen, table.header)
    for count in range(len(table.spare) + 1):
        lean = table.without(table.spare[:count])
        yield _drawn(lean, screen, _stacked(lean))
    fitted = _fitted(lean, screen)
    yield _drawn(fitted, screen, _stacked(fitted))


def _in_characters(table: Table, screen: Screen) -> Table:
    shown = screen.shown
    return replace(
        table,
        header=tuple(map(shown, table.header)),
        rows=tuple(tuple(map(shown, row)) for row in table.rows),
        numeric=frozenset(map(shown, table.numeric)),
        names=frozenset(map(shown, table.names)),
        spare=tuple(map(shown, table.spare)),
    )


def _drawn(table: Table, screen: Screen, header: Sequence[str]) -> str:
    """The heading as first rows: tabulate makes columns under real headings two characters wider than they need."""
    rows = [*_heading_rows(header), SEPARATING_LINE, *([screen.painted(cell) for cell in r] for r in table.rows)]
    drawn = tabulate(rows, (), "simple", colalign=table.alignment, disable_numparse=True)
    return "\n".join(drawn.splitlines()[1:-1])


def _heading_rows(header: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """A row for each line of the headings, which stand on the line below them."""
    lines = [name.split("\n") for name in header]
    tall = max(map(len, lines))
    return zip(*([""] * (tall - len(these)) + these for these in lines), strict=True)


def _stacked(table: Table) -> tuple[str, ...]:
    """Headings in as many lines as the columns under them ask for, the lines about as long as each other."""
    return tuple(_balanced(name, _widest(column)) for name, column in _columns(table))


def _balanced(name: str, width: int) -> str:
    """*name* in the fewest lines of at most *width* (or of its longest word), and these as short as can be."""
    narrowest = max(map(len, name.split()), default=1)
    fewest = len(textwrap.wrap(name, max(width, narrowest), break_on_hyphens=False))
    while len(lines := textwrap.wrap(name, narrowest, break_on_hyphens=False)) > fewest:
        narrowest += 1
    return "\n".join(lines)


def _columns(table: Table) -> list[tuple[str, tuple[str, ...]]]:
    return list(zip(table.header, zip(*table.rows, strict=True), strict=True))


def _widest(column: Sequence[str]) -> int:
    return max(len(line) for cell in column for line in cell.split("\n"))


def _fitted(table: Table, screen: Screen) -> Table:
    """Names shortened and texts wrapped to what the columns of numbers leave."""
    widths = _column_widths(table, screen)
    fits = [shortened if name in table.names else _lines for name in table.header]
    rows = tuple(tuple(_fit(*of) for of in zip(row, widths, fits, strict=True)) for row in table.rows)
    return replace(table, rows=rows)


def _fit(cell: str, width: int | None, fit: Callable[[str, int], str]) -> str:
    return cell if width is None or len(cell) <= width else fit(cell, width)


def _lines(cell: str, width: int) -> str:
    return "\n".join(textwrap.wrap(cell, width, break_on_hyphens=False))


def _column_widths(table: Table, screen: Screen) -> list[int | None]:
    """What is left by the columns that keep their width, shared among the widest others."""
    natural = [max(_widest(column), *map(len, name.split())) for name, column in _columns(table)]
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
    beginning = shared([array.name for array in result.arrays])
    wrong = [
        replace(array, name=array.name.removeprefix(beginning))
        for array in result.arrays
        if array.wrong and array.entries > 1 and array.map
    ]
    width = min(screen.width, WIDEST_MAP)
    drawn = [line for array in wrong[:MAPS] for line in _map(array, screen, width)]
    if len(wrong) > MAPS:
        drawn.append(f"({len(wrong) - MAPS} more wrong arrays are not drawn.)")
    return ["\n".join((*drawn, _wrapped(LEGEND, screen).replace("\N{NO-BREAK SPACE}", " ")))] if drawn else []


def _map(array: ArraySummary, screen: Screen, width: int) -> list[str]:
    title, *lines = block_map(array, width)
    return [_wrapped(title, screen), *map(screen.shown, lines)]
