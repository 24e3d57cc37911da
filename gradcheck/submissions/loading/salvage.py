"""A file that nothing makes parse loses the statements that do not, as long as they are not what is to be judged."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Parses = Callable[[str], bool]

JUDGED = re.compile(
    r"back|grad|forward|propag|predict|loss|cost|train|fit|step|update|layer|net|__init__|__call__|activat|sigm|relu|soft",
    re.IGNORECASE,
)
"""In the name of a definition that a verdict may rest on: what is wrong with it is the verdict."""

NAMED = re.compile(r"\b(?:def|class)\s+(\w+)")
"""A definition's name."""

DEFINITION = re.compile(r"^(?:class|def)\s", re.MULTILINE)
"""Something that is left to be judged."""

CONTINUED = re.compile(r"[)\]}]|(?:else|elif|except|finally)\b")
"""How a line begins that does not begin a statement although it is not indented."""

MOST_LINES = 400
"""Lines beyond the first of a statement that are looked at for its end."""


@dataclass(frozen=True)
class Lines:
    """Lines ``first`` to ``last``, the latter excluded."""

    first: int
    last: int


def without_broken(text: str, parses: Parses) -> tuple[str, tuple[int, ...]] | None:
    """*text* with its broken statements blanked, and the numbers of their first lines.

    A class with a broken method loses the method only. None if what is broken may be what is to be
    judged, or nothing is defined without it.
    """
    lines = text.split("\n")
    broken = list(broken_parts(lines, Lines(0, len(lines)), parses))
    for part in broken:
        if any(may_be_judged(name) for line in lines[part.first : part.last] for name in NAMED.findall(line)):
            return None
    for part in broken:
        lines[part.first : part.last] = [""] * (part.last - part.first)
    rest = "\n".join(lines)
    return (rest, tuple(part.first + 1 for part in broken)) if broken and DEFINITION.search(rest) else None


def may_be_judged(name: str) -> bool:
    """Whether a class or function of that name may be a part of a network."""
    return JUDGED.search(name) is not None


def broken_parts(lines: Sequence[str], within: Lines, parses: Parses) -> Iterator[Lines]:
    """The statements in a range of lines that do not parse by themselves."""
    position = within.first
    starts = [n for n in range(within.first, within.last) if begins(lines[n])]
    while position < within.last:
        ends = [n for n in starts if n > position] + [within.last]
        end = next((n for n in ends if n - position < MOST_LINES and parses(joined(lines, position, n))), None)
        if end is None:
            end = ends[0]
            yield from methods(lines, Lines(position, end), parses)
        position = end


def begins(line: str) -> bool:
    """Whether a statement begins in this line, at the margin."""
    return bool(line.strip()) and not line[0].isspace() and line[0] != "#" and not CONTINUED.match(line)


def joined(lines: Sequence[str], first: int, last: int) -> str:
    """These lines as a text of their own, at the margin."""
    return textwrap.dedent("\n".join(lines[first:last]))


def methods(lines: Sequence[str], broken: Lines, parses: Parses) -> Iterator[Lines]:
    """Of a class that does not parse the parts of its body that do not; of anything else the whole."""
    body = broken.first + 1
    if not lines[broken.first].startswith("class ") or not parses(lines[broken.first] + "\n    pass"):
        yield broken
        return
    margin = min((len(line) - len(line.lstrip()) for line in lines[body : broken.last] if line.strip()), default=0)
    moved = [line[margin:] if line[:margin].isspace() else line for line in lines]
    yield from broken_parts(moved, Lines(body, broken.last), parses)
