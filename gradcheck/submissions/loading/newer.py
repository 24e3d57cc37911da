"""Syntax that a newer Python than this one introduced, put as it was written before."""

from __future__ import annotations

import re

GENERIC = re.compile(r"^(\s*(?:async\s+)?(?:def|class)\s+\w+)\[[^\]\n]*\](?=\s*[(:])", re.MULTILINE)
"""``def first[T](items)`` and ``class Box[T]:`` of Python 3.12."""

ALIAS = re.compile(r"^(\s*)type\s+(\w+)(?:\[[^\]\n]*\])?\s*=.*$", re.MULTILINE)
"""``type Vector = list[float]`` of Python 3.12."""

QUOTED = re.compile(r"(?<![\w'\"])[rR]?[fF][rR]?(?P<quote>['\"])(?!(?P=quote))")
"""The beginning of an f-string in one line."""

FIELD = re.compile(r"(?<!\{)\{[^{}]+\}")
"""A field of an f-string."""


def as_before(text: str) -> str:
    """Type parameters are left out, type aliases become Any, quotes within an f-string's own are the other ones."""
    text = ALIAS.sub(r"\1\2 = object", GENERIC.sub(r"\1", text))
    return "\n".join(with_other_quotes(line) for line in text.split("\n"))


def with_other_quotes(line: str) -> str:
    """One line whose f-strings quote otherwise inside their braces than outside."""
    done, position = "", 0
    while (match := QUOTED.search(line, position)) is not None:
        end = closing(line, match.end(), match["quote"])
        inside = FIELD.sub(lambda field: requoted(field[0], match["quote"]), line[match.end() : end])
        done, position = done + line[position : match.end()] + inside, end
    return done + line[position:]


def closing(line: str, start: int, quote: str) -> int:
    """Where the f-string ends that begins before *start*: at the first quote outside its braces."""
    depth, position = 0, start
    while position < len(line) and not (depth == 0 and line[position] == quote):
        double = line[position : position + 2] in ("{{", "}}") and depth == 0
        escaped = line[position] == "\\" and depth == 0
        depth += 0 if double or escaped else (line[position] == "{") - (line[position] == "}")
        position += 2 if double or escaped else 1
    return min(position, len(line))


def requoted(field: str, quote: str) -> str:
    """A field in braces without that quote; one with a backslash, or with both quotes, is left out."""
    other = "'" if quote == '"' else '"'
    if "\\" in field or (quote in field and other in field):
        return "{None}"
    return field.replace(quote, other)
