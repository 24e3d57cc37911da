"""Small HTML for a notebook's cell: escaped, cut, without scripts, legible on light and dark grounds."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

MARKS = {"pass": ("✓", "#1a8a4a"), "fail": ("✗", "#d2500f")}
DOUBT = ("?", "#a87400")
STYLE = "overflow-wrap: anywhere; max-width: 60em"


def shown(text: str, longest: int = 2000) -> str:
    """Text of a submission as a page may hold it: cut, escaped, without control and bidirectional characters."""
    cut = text[:longest] + ("…" if len(text) > longest else "")
    return html.escape("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in cut))


def marked(word: str) -> str:
    """A verdict with its mark, in colour."""
    mark, colour = MARKS.get(word, DOUBT)
    return f'<b style="color: {colour}">{mark} {shown(word, 40)}</b>'


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts, the first column left-aligned; nothing where there are no rows."""
    body = "".join(_row("td", row) for row in rows)
    return f'<table style="margin-bottom: 0.8em">{_row("th", header)}{body}</table>' if body else ""


def cell(*paragraphs: str) -> str:
    """Paragraphs and tables that are HTML already, as the output of a cell."""
    return (
        f'<div style="{STYLE}">{"".join(p if p.startswith("<table") else f"<p>{p}</p>" for p in paragraphs if p)}</div>'
    )


def _row(tag: str, cells: Sequence[str]) -> str:
    first, *others = (shown(text, 120) for text in cells)
    return f'<tr><{tag} style="text-align: left">{first}</{tag}>{"".join(f"<{tag}>{c}</{tag}>" for c in others)}</tr>'
