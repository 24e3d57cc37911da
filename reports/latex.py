"""LaTeX tables, to be pasted or input into a document; no package is needed."""

from __future__ import annotations

import re

from tabulate import tabulate

from reports.document import Facts, Items, Part, Table
from reports.kinds import Result
from reports.rows import document
from reports.safety import safe

SYNTAX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
MATHEMATICS = {
    "σ": r"\sigma",
    "δ": r"\delta",
    "Δ": r"\Delta",
    "ε": r"\epsilon",
    "η": r"\eta",
    "λ": r"\lambda",
    "∂": r"\partial",
    "∇": r"\nabla",
    "Σ": r"\sum",
    "⊙": r"\odot",
    "·": r"\cdot",
    "×": r"\times",
    "±": r"\pm",
    "−": "-",
    "′": "'",
    "¹": "^1",
    "²": "^2",
    "³": "^3",
    "ᵀ": "^T",
    "ᴸ": "^L",
    "ˡ": "^l",
    "½": r"\frac{1}{2}",
    "√": r"\surd",
    "‖": r"\|",
    "≤": r"\le",
    "≥": r"\ge",
    "≈": r"\approx",
    "∝": r"\propto",
    "→": r"\to",
    "µ": r"\mu",
}
TYPOGRAPHY = {"–": "--", "—": "---", "…": r"\ldots{}"}
LETTERS = {**SYNTAX, **TYPOGRAPHY, **{sign: f"${command}$" for sign, command in MATHEMATICS.items()}}
BEYOND_LATIN = re.compile("[^\x20-\x7e\xa1-\u017f]")


def latex(result: Result) -> str:
    """*result* as paragraphs and ``tabular`` environments; letters that plain LaTeX lacks become question marks."""
    report = document(safe(result))
    blocks = [
        rf"\paragraph{{{escaped(report.verdict)}: {escaped(report.subject)}}}",
        escaped(report.sentence),
        *(_part(part) for part in report.parts),
        *(rf"{{\small {escaped(line)}}}" for line in report.closing),
    ]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """*text* letter for letter: syntax escaped, the chapter's signs as mathematics."""
    return "".join(LETTERS.get(letter) or BEYOND_LATIN.sub("?", letter) for letter in text)


def _part(part: Part) -> str:
    title = rf"\paragraph{{{escaped(part.title)}}}" + "\n" if part.title else ""
    match part:
        case Facts():
            items = [rf"\item[{{{escaped(label)}}}] {escaped(text)}" for label, text in part.pairs]
            return title + _environment("description", items)
        case Items():
            return title + _environment("itemize", [rf"\item {escaped(line)}" for line in part.lines])
        case Table():
            return title + _table(part)


def _environment(name: str, lines: list[str]) -> str:
    return "\n".join((rf"\begin{{{name}}}", *lines, rf"\end{{{name}}}"))


def _table(table: Table) -> str:
    header = [escaped(name) for name in table.header]
    rows = [[escaped(cell) for cell in row] for row in table.rows]
    drawn = tabulate(rows, header, "latex_raw", colalign=table.alignment, disable_numparse=True)
    return f"{drawn}\n\n{escaped(table.note)}" if table.note else drawn
