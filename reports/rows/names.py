"""Names that share a beginning: it is said once, above a table, instead of in every row."""

from __future__ import annotations

import re
from collections.abc import Sequence

ENDS = re.compile(r"^.*(?:: |, )")


def shared(names: Sequence[str]) -> str:
    """The beginning that all of several *names* share, up to a colon or comma: ``class Value, ``; often empty."""
    if not names:
        return ""
    first, last = min(names), max(names)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    found = ENDS.match(first[:same])
    return found.group() if found else ""


def heading(title: str, beginning: str) -> str:
    """A table's title with what its rows share."""
    return f"{title}: {beginning.rstrip(' ,:')}" if beginning else title


def without_repeats(name: str) -> str:
    """A name of several parts without those that only say again what stands before: ``a * b: Value: a * b``."""
    kept: list[str] = []
    for part in name.split(": "):
        if len(part) <= 2 or not any(part in earlier for earlier in kept):
            kept.append(part)
    return ": ".join(kept)


def without_beginning(text: str, name: str) -> str:
    """A sentence without the beginning of *name* that it repeats: of ``part: check`` the ``part: ``."""
    ends = [found.end() for found in re.finditer(": ", name)]
    said = next((name[:end] for end in reversed(ends) if text.startswith(name[:end])), "")
    return text.removeprefix(said)
