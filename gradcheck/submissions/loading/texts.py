"""Text files that are not here: what a character model learns from is replaced by a short text of ours."""

from __future__ import annotations

import builtins
import io
import sys
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

TEXT = "a net learns to tell a letter at a time\n" * 40
"""Few characters, so that a model of them is small; long enough for any piece that is cut from it."""

SUFFIXES = frozenset((".txt", ".text"))


class Opener:
    """The ``open`` that a submission sees: of a text that its module wants to read and that is not here, ours."""

    def __init__(self, note: Callable[[str], None]) -> None:
        """*note* takes the sentence that says so."""
        self.note = note

    def __call__(self, file: Any, mode: str = "r", *arguments: Any, **keywords: Any) -> Any:
        """As Python's; a function of the submission that asks for a file gets what Python would give it."""
        mode = str(mode).replace("U", "")  # which Python 2 knew
        try:
            return builtins.open(file, mode or "r", *arguments, **keywords)  # noqa: PTH123  it is what is called
        except FileNotFoundError:
            at_margin = sys._getframe(1).f_code.co_name == "<module>"  # noqa: SLF001  who asks is what matters
            if not at_margin or not is_text(file) or any(letter in mode for letter in "wax+"):
                raise
        self.note(f"the text {PurePath(str(file)).name} is not here: a short text of ours took its place")
        return io.BytesIO(TEXT.encode()) if "b" in mode else io.StringIO(TEXT)


def is_text(file: Any) -> bool:
    """Whether a file is called like a text."""
    return isinstance(file, str | PurePath) and PurePath(file).suffix.lower() in SUFFIXES
