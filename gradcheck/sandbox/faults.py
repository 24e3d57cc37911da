"""What a submission does wrong by not answering, as one sentence; said on its own side, cleaned on ours."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType, TracebackType

from gradcheck.errors import GradcheckError

KINDS = ("raised", "bad return", "timeout", "crash", "memory", "output", "exit")
LONGEST = 500
"""Characters of a message that comes from the other side."""

OURS_AND_INSTALLED = frozenset(sys.stdlib_module_names) | {"gradcheck", "numpy", "scipy"}


class SubmissionFault(GradcheckError):  # noqa: N818  a fault of the submission's, not an error of ours
    """A submission did not answer as asked. ``kind`` is one of ``KINDS``; the text is the whole message.

    ``called`` is the line of the submission's function, as file and number, whose call ended the worker, where
    that is known.
    """

    def __init__(self, kind: str, message: str, called: tuple[str, int] | None = None) -> None:
        super().__init__(message)
        self.kind = kind if kind in KINDS else "crash"
        self.called = called


def cleaned(text: object) -> str:
    """Untrusted text as one printable line of bounded length."""
    line = " ".join(str(text)[: 4 * LONGEST].split())
    return "".join(c for c in line if c.isprintable())[:LONGEST]


def fault_of(error: BaseException, doing: str) -> SubmissionFault:
    """The fault that an exception out of the submission's code is; *doing* is ``computing the cost`` or its like."""
    place = where(error.__traceback__)
    if isinstance(error, SystemExit):
        return SubmissionFault("exit", f"While {doing} it ended the program ({described(error)}){place}.")
    if isinstance(error, MemoryError):
        return SubmissionFault("memory", f"While {doing} it asked for more memory than it may use{place}.")
    return SubmissionFault("raised", f"While {doing} it raised {described(error)}{place}.")


def described(error: BaseException) -> str:
    """``ValueError: shapes (3,) and (2,) not aligned``, however the exception was made."""
    try:
        text = cleaned(error)[:300].rstrip(".")
    except Exception:  # noqa: BLE001  an exception class of the submission may fail to describe itself
        text = ""
    name = cleaned(type(error).__name__)[:80]
    return f"{name}: {text}" if text else name


def where(traceback: TracebackType | None) -> str:
    """``, in backprop (net.py, line 12)``: the innermost place in the submission's own code; empty if there is none."""
    places = [(frame, line) for frame, line in walk(traceback) if of_submission(frame)]
    if not places:
        return ""
    frame, line = places[-1]
    name = frame.f_code.co_name
    file = cleaned(frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2])
    return f", {'' if name.startswith('<') else f'in {cleaned(name)} '}({file}, line {line})"


def walk(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    """The frames of a traceback with their lines, outermost first."""
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next


def of_submission(frame: FrameType) -> bool:
    """Whether a frame is of the submission's code and not of ours, NumPy's or Python's."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] not in OURS_AND_INSTALLED
