"""Text that Python 3 cannot parse is repaired by the smallest change that helps: tabs, magics, Python 2."""

from __future__ import annotations

import ast
import itertools
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

from gradcheck.errors import CouldNotRunError
from gradcheck.submissions.loading.newer import as_before
from gradcheck.submissions.loading.python2 import floor_integer_division, only_python2, translate
from gradcheck.submissions.loading.reading import FENCED, Part
from gradcheck.submissions.loading.salvage import without_broken

MAGIC = re.compile(r"^(?P<indent>\s*)(?:(?P<target>[\w, ]+=)\s*)?(?:[%!]|\?+\w).*$|^(?P<help>\s*)[\w.]+\?{1,2}\s*$")
FOREIGN_CELL = re.compile(r"^\s*%%(?!time|timeit|capture|prun)\w+")


@dataclass(frozen=True)
class Parsed:
    """A piece of source that parses, the text that did, and what was changed in it."""

    part: Part
    tree: ast.Module
    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Repair:
    """One way to change a text, and the sentence that says so."""

    note: str
    change: Callable[[str], str]


def without_magics(text: str) -> str:
    """Lines that only IPython understands become ``pass``; a cell in another language becomes nothing."""
    if FOREIGN_CELL.match(text):
        return ""
    return "\n".join(without_magic(line) for line in text.split("\n"))


def without_magic(line: str) -> str:
    """One line without a magic or a shell command; what it would have assigned is None."""
    match = MAGIC.match(line)
    if match is None:
        return line
    indent = match["indent"] if match["indent"] is not None else match["help"]
    return f"{indent}{match['target']} None" if match["target"] else f"{indent}pass"


def between_fences(text: str) -> str:
    """What stands between the fences of a text about code."""
    return "\n".join(FENCED.findall(text)) or text


def without_prompts(text: str) -> str:
    """Lines copied from an interactive session or from between the fences of a text."""
    lines = [line for line in text.split("\n") if not line.startswith("```")]
    return "\n".join(re.sub(r"^(>>>|\.\.\.)( |$)", "", line) for line in lines)


REPAIRS = (
    Repair("prompts and fences were left out", without_prompts),
    Repair("tabs and spaces were mixed: a tab was taken as 8 columns", lambda text: text.expandtabs(8)),
    Repair("tabs and spaces were mixed: a tab was taken as 4 columns", lambda text: text.expandtabs(4)),
    Repair("notebook magics and shell lines were left out", without_magics),
    Repair("only what stands between fences was read", between_fences),
    Repair("syntax of a newer Python was put as before", as_before),
    Repair("translated from Python 2", translate),
)


def parse(part: Part) -> Parsed:
    """The syntax tree of one piece of source after the fewest repairs.

    Raises:
        CouldNotRunError: if none of them helps; the sentence is about the text as it was written.
    """
    try:
        tree = plain_tree(part.text)
    except SyntaxError as error:
        problem = error
    else:
        older = repaired(part, REPAIRS[-1:]) if only_python2(tree) else None
        return older or Parsed(part, tree, part.text)
    for count in (1, 2, 3):
        for repairs in itertools.combinations(REPAIRS, count):
            if (parsed := repaired(part, repairs)) is not None:
                return parsed
    return parsed_without_broken(part, problem)


def parsed_without_broken(part: Part, problem: SyntaxError) -> Parsed:
    """What is left of a file without the statements that do not parse.

    Raises CouldNotRunError where that is nothing to judge.
    """
    found = None if part.cell else without_broken(part.text, parses)
    if found is None:
        raise CouldNotRunError(sentence(part, problem))
    text, lines = found
    left = parse(replace(part, text=text, cell=True))
    said = sentence(part, problem).removesuffix(" Correct it and check again.")
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    return replace(left, notes=(*left.notes, f"left out what does not parse{more}: {said}"))


def parses(text: str) -> bool:
    """Whether a statement can be read, with the help of one repair at most."""
    part = Part("", text)
    try:
        plain_tree(text)
    except (SyntaxError, CouldNotRunError):
        return any(repaired(part, (repair,)) is not None for repair in REPAIRS)
    return True


def repaired(part: Part, repairs: tuple[Repair, ...]) -> Parsed | None:
    """The piece after these repairs, or None if one of them changes nothing or the outcome does not parse."""
    text = part.text
    for repair in repairs:
        before, text = text, repair.change(text)
        if text == before:
            return None
    try:
        tree = plain_tree(text)
    except (SyntaxError, CouldNotRunError):
        return None
    if repairs[-1].change is translate:
        tree = floor_integer_division(tree)
    return Parsed(part, tree, text, tuple(repair.note for repair in repairs))


def plain_tree(text: str) -> ast.Module:
    """The tree of Python 3 source; odd escapes and comparisons are the author's affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (RecursionError, MemoryError, ValueError):
            raise CouldNotRunError("The source is nested too deeply for Python to parse: simplify it.") from None


def sentence(part: Part, error: SyntaxError) -> str:
    """What a person needs to find a syntax error: file, line, reason, and the line itself."""
    line = (error.text or "").strip()
    shown = f": {line[:80]}" if line else ""
    return f"{part.name}, line {error.lineno} is not Python ({error.msg}){shown}. Correct it and check again."
