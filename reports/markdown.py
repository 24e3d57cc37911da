"""Markdown, with tables in the form that code hosts and notebooks render."""

from __future__ import annotations

import re

from tabulate import tabulate

from reports.document import Facts, Items, Part, Table
from reports.kinds import Result
from reports.rows import document
from reports.safety import safe

SPECIAL = re.compile(r"([\\`*_\[\]<>|~$&#])")


def markdown(result: Result) -> str:
    """*result* as Markdown; whatever looks like markup in its texts is escaped."""
    report = document(safe(result))
    blocks = [f"## {escaped(report.verdict)}: {escaped(report.subject)}", escaped(report.sentence)]
    blocks += [_part(part) for part in report.parts]
    blocks += [f"*{escaped(line)}*" for line in report.closing]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """*text* as Markdown shows it letter for letter."""
    return SPECIAL.sub(r"\\\1", text)


def _part(part: Part) -> str:
    title = f"### {escaped(part.title)}\n\n" if part.title else ""
    match part:
        case Facts():
            body = "\n".join(f"- **{escaped(label)}**: {escaped(text)}" for label, text in part.pairs)
        case Items():
            body = "\n".join(f"- {escaped(line)}" for line in part.lines)
        case Table():
            body = _table(part)
    return title + body


def _table(table: Table) -> str:
    rows = [[escaped(cell) for cell in row] for row in table.rows]
    drawn = tabulate(rows, table.header, "pipe", colalign=table.alignment, disable_numparse=True)
    return f"{drawn}\n\n{escaped(table.note)}" if table.note else drawn
