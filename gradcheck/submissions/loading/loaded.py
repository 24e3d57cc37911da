"""What loading hands on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LoadedModule:
    """A submission's names, and what had to be done to get them.

    It holds live classes and functions of untrusted code: it never leaves the process that loaded it.
    """

    namespace: dict[str, object]
    """Every global name; of several files, a name that two of them define appears as ``file.name`` too."""
    notes: tuple[str, ...] = ()
    """Sentences for a person: ``translated from Python 2``, ``a stand-in replaced the missing module pandas``."""
    source: str = ""
    """The text that was executed, after every repair; empty for a live object."""
    path: Path | None = None
    """Where it came from; None for a live object."""
    complete: bool = False
    """Whether the script part was run too, and not definitions, imports and constants only."""
    selected: str | None = None
    """The one name that ``module:attribute`` asked for."""
