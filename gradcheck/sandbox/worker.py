"""The worker process's main loop: requests from its standard input, answers to its standard output.

Both are moved out of the submission's way before it is loaded: the submission reads nothing and what
it prints goes, by way of standard error, to where the parent counts it.
"""

from __future__ import annotations

import functools
import json
import os
import sys

from gradcheck.errors import GradcheckError, UsageError
from gradcheck.sandbox.confine import confine, new_call, report_places
from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.sandbox.frames import Frame, FrameError, decoded, encoded
from gradcheck.sandbox.limits import Limits
from gradcheck.sandbox.pipes import read_exactly, write_all
from gradcheck.sandbox.workbench import Workbench


def main() -> None:
    """Answer until the parent closes the pipe."""
    requests, replies = private_pipes()
    limits = Limits(**json.loads(sys.argv[1]))
    confine(limits)
    report_places()
    read = functools.partial(read_exactly, requests)
    workbench = Workbench()
    write_all(replies, encoded({"ready": os.getpid()}, {}))
    while True:
        try:
            request = decoded(read, limits.reply)
        except EOFError:
            os._exit(0)  # not by way of the submission's own exit handlers
        new_call(limits)
        write_all(replies, reply(workbench, request))


def private_pipes() -> tuple[int, int]:
    """The two ends that speak with the parent, away from the numbers that everybody knows."""
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, replies


def reply(workbench: Workbench, request: Frame) -> list[bytes | memoryview]:
    """The answer to one request, or the fault in its place, as bytes."""
    number = {"number": request.fields["number"]}
    try:
        answer = workbench.answer(request.fields, request.arrays)
        return encoded({**answer.fields, **number}, answer.arrays)
    except (GradcheckError, KeyboardInterrupt, FrameError, MemoryError) as error:
        kind, message = fault(error)
        return encoded({**number, "fault": kind, "message": message[:2000]}, {})


def fault(error: BaseException) -> tuple[str, str]:
    """What kind of failure it is, and its sentence."""
    match error:
        case SubmissionFault():
            return error.kind, str(error)
        case GradcheckError():
            return "usage" if isinstance(error, UsageError) else "could not run", str(error)
        case FrameError():
            return "bad return", f"Its answer cannot be used: {error}."
        case MemoryError():
            return "memory", "Its answer does not fit into the memory that it may use."
    return "raised", "It raised KeyboardInterrupt."


if __name__ == "__main__":
    main()
