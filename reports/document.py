"""What a report says, before any format: a heading, facts, tables and lists, all of it text."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Facts:
    """Pairs of a label and a sentence."""

    title: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table; ``numeric`` names the columns that are numbers, ``note`` stands below it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[str] = frozenset()
    note: str = ""

    @property
    def alignment(self) -> tuple[str, ...]:
        """``left`` or ``right`` for each column."""
        return tuple("right" if name in self.numeric else "left" for name in self.header)


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    title: str
    lines: tuple[str, ...]


Part = Facts | Table | Items


@dataclass(frozen=True)
class Document:
    """A whole report: the verdict (or what kind of report it is), its subject, one sentence, the parts, a last line."""

    verdict: str
    subject: str
    sentence: str
    parts: tuple[Part, ...] = ()
    closing: tuple[str, ...] = field(default=())


def without_empty(*parts: Part) -> tuple[Part, ...]:
    """The parts that have something in them."""
    return tuple(part for part in parts if _content(part))


def _content(part: Part) -> tuple[object, ...]:
    match part:
        case Facts():
            return part.pairs
        case Table():
            return part.rows
        case Items():
            return part.lines
