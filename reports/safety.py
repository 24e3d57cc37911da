"""Text that came from a submission, made harmless once, before any format sees it.

Names, messages and file names are whatever a stranger wrote: megabytes, terminal commands, characters
that turn the line around. Each format still escapes its own syntax.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

LONGEST = 4096
T = TypeVar("T")
TERMINAL_COMMANDS = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # operating-system commands: window titles, links
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # control sequences: colours, cursor movement
    r"|\x1b."
)
SPACES = re.compile(r"[\s\u2028\u2029]+")
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control, format (bidirectional, zero width), surrogates, unassigned


def clean(text: str, longest: int = LONGEST) -> str:
    """*text* in one line of at most *longest* visible characters; what was cut is counted."""
    head = text[: 4 * longest]
    head = SPACES.sub(" ", TERMINAL_COMMANDS.sub("", head))
    head = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in INVISIBLE else c for c in head).strip()
    if len(head) <= longest and len(text) <= 4 * longest:
        return head
    head = head[:longest]
    return f"{head}… ({len(text) - len(head):,} characters more)"


def cut(text: str, longest: int) -> str:
    """A name that must fit a cell: its beginning and its end, which tell names apart."""
    if len(text) <= longest:
        return text
    tail = longest // 3
    return f"{text[: longest - tail - 1]}…{text[-tail:]}"


def shortened(name: str, longest: int) -> str:
    """A name of several parts, ``part: array[1, 0]``, that must fit a cell: the last is kept whole if it can be."""
    first, colon, last = name.rpartition(": ")
    left = longest - len(last) - len(colon)
    return f"{cut(first, left)}{colon}{last}" if colon and 8 <= left < len(first) else cut(name, longest)


def safe(value: T) -> T:
    """A result with every text in it cleaned, dictionary keys included; numbers and verdicts are untouched."""
    return _safe(value)


def _safe(value: Any) -> Any:
    if type(value) is str:
        return clean(value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _safe(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, Mapping):
        return {clean(str(key), 200): _safe(item) for key, item in value.items()}
    if isinstance(value, tuple) and value and not isinstance(value[0], float | int):
        return tuple(_safe(item) for item in value)
    return value
