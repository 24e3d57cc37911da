"""The verdict on a whole check and on one entry."""

from __future__ import annotations

from enum import Enum


class Verdict(str, Enum):
    """The verdict on a whole check: three for what was judged, two for what could not be run."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    TIMEOUT = "timeout"

    def __str__(self) -> str:
        return self.value

    @property
    def exit_status(self) -> int:
        """The command line's exit status: 0 pass, 1 fail, 3 could not be run, 4 inconclusive."""
        return {"pass": 0, "fail": 1, "inconclusive": 4}.get(self.value, 3)


class EntryVerdict(str, Enum):
    """The verdict on one entry of one array."""

    RIGHT = "right"
    WRONG = "wrong"
    KINK = "kink"
    INCONCLUSIVE = "inconclusive"

    def __str__(self) -> str:
        return self.value
