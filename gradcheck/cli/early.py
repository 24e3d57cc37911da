"""A worker for ``gradcheck check`` that starts while this process still imports the judge: each takes a while."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from gradcheck.sandbox.launch import Launched, launch
from gradcheck.sandbox.limits import Limits

SECONDS = 10.0
"""The time of a call where nobody asks for another."""

OTHERWISE = ("--timeout", "--assignment", "--isolate", "--help", "-h")
"""Options under which a worker has other limits, or none is needed."""

_started: list[Launched] = []
_waiting: list[Launched] = []


def start(arguments: Sequence[str]) -> None:
    """Start a worker if the command line is a check with the usual limits."""
    if len(arguments) > 1 and arguments[0] == "check" and not any(a.startswith(OTHERWISE) for a in arguments[1:]):
        with contextlib.suppress(OSError):  # it is started later, with a sentence where that fails too
            launched = launch(Limits.of_call(SECONDS))
            _started.append(launched)
            _waiting.append(launched)


def taken() -> Launched | None:
    """The worker that was started, once."""
    return _waiting.pop() if _waiting else None


def end() -> None:
    """End every worker that still runs, whoever has taken it, and remove its folder."""
    for launched in _started:
        if launched.process.poll() is None:
            launched.process.kill()
            launched.process.wait()
        launched.folder.cleanup()
    _started.clear()
