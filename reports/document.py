"""What a report says, before any format: a heading, facts, tables and lists, all of it text."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Facts:
    """Pairs of a label and a sentence."""

    title: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table; ``note`` stands below it.

    ``numeric`` are the columns of numbers, ``names`` those of names, which are shortened rather than wrapped, and
    ``spare`` those that a narrow place leaves out, the first one first.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[str] = frozenset()
    note: str = ""
    names: frozenset[str] = frozenset()
    spare: tuple[str, ...] = ()

    @property
    def alignment(self) -> tuple[str, ...]:
        """``left`` or ``right`` for each column."""
        return tuple("right" if name in self.numeric else "left" for name in self.header)

    def without(self, left_out: Collection[str]) -> Table:
        """The table without some of its columns."""
        kept = [i for i, name in enumerate(self.header) if name not in left_out]
        rows = tuple(tuple(row[i] for i in kept) for row in self.rows)
        return replace(self, header=tuple(self.header[i] for i in kept), rows=rows)


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
