"""What people call one thing, in several languages: its usual names, and patterns of what is likely it too."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

NONE = "(?!)"


@functools.lru_cache(maxsize=8192)
def letters(name: str) -> str:
    """A name without case, underscores and dots: ``layer_dims`` and ``layerDims`` are one."""
    return re.sub(r"[\W_]", "", name).lower()


def last_name(path: str) -> str:
    """The last name in a path such as ``self.values['a2']`` or ``layers[0].z``."""
    return (re.findall(r"[A-Za-z_]\w*", path) or [path])[-1]


@dataclass(frozen=True)
class Names:
    """``usual``: whole names that mean this and nothing else, the most frequent first; ``likely``: a wider pattern."""

    usual: tuple[str, ...]
    likely: re.Pattern[str]

    def fits(self, name: str) -> bool:
        """Whether the name is likely to mean this."""
        return self.likely.fullmatch(letters(name)) is not None

    def among(self, candidates: Iterable[str]) -> list[str]:
        """Those that are usual, the most frequent first."""
        order = {name: place for place, name in reversed(list(enumerate(self.usual)))}
        known = [name for name in candidates if letters(name) in order]
        return sorted(known, key=lambda name: order[letters(name)])


def names(usual: str = "", likely: str = "") -> Names:
    """Blank-separated names and patterns; case, underscores and dots do not count in either."""
    pattern = "|".join(f"(?:{word})" for word in likely.split()) or NONE
    return Names(tuple(dict.fromkeys(letters(word) for word in usual.split())), re.compile(pattern))
