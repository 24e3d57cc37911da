"""A worker process seen from our side: one request at a time, and a sentence for every way in which it can end."""

from __future__ import annotations

import contextlib
import functools
import os
import queue
import re
import signal
import subprocess
import threading
from collections.abc import Mapping
from typing import IO, Any

from gradcheck.errors import CouldNotRunError, UsageError
from gradcheck.sandbox.faults import SubmissionFault, cleaned
from gradcheck.sandbox.frames import Frame, FrameError, Named, decoded, encoded
from gradcheck.sandbox.launch import Launched, launch
from gradcheck.sandbox.limits import Limits
from gradcheck.sandbox.pipes import read_exactly, widen, write_all

KEPT_OUTPUT = 4096
"""Bytes of the end of what a worker prints that are kept: where it was when it crashed, or why it cannot start."""

PLACE = re.compile(rb'\n  File "([^"/\\]+)", line (\d+) in (\w+)')
"""A line of the interpreter's own report; files of the submission are named without a folder."""

PATIENCE = 0.2
"""Seconds in which a worker that did not answer may say where it is."""


class Worker:
    """One running worker.

    A thread of ours does the reading and writing, so that a worker that neither reads nor writes
    can keep nobody waiting beyond the clock, on any system.
    """

    def __init__(self, limits: Limits, launched: Launched | None = None) -> None:
        self.limits = limits
        self.launched = launched or launch(limits)
        self.process = self.launched.process
        self.alive = True
        self.number = 0
        self.flooded = False
        self.printed = b""
        self.drained = threading.Event()
        self.jobs: queue.SimpleQueue[list[bytes | memoryview] | None] = queue.SimpleQueue()
        self.answers: queue.SimpleQueue[Frame | Exception] = queue.SimpleQueue()
        self.ready = False
        for work in (self.exchange, self.drain):
            threading.Thread(target=work, daemon=True, name=f"gradcheck {work.__name__}").start()

    def request(self, fields: Mapping[str, Any], arrays: Named, doing: str) -> Frame:
        """The answer to one request.

        Raises:
            SubmissionFault: if the submission fails; the worker may then be gone (``alive`` is false).
            UsageError, CouldNotRunError: if it cannot be loaded, or the worker cannot be started.
        """
        self.await_ready()
        self.number += 1
        self.jobs.put(encoded({**fields, "number": self.number}, arrays))
        answer = self.awaited(self.limits.call_seconds, doing)
        if answer.fields.get("number") != self.number:
            raise self.killed(SubmissionFault("crash", f"It interfered with the worker process while {doing}."))
        if "fault" in answer.fields:
            raise failure(answer.fields)
        return answer

    def await_ready(self) -> None:
        """Wait until the worker has started."""
        if self.ready:
            return
        try:
            self.ready = "ready" in self.awaited(self.limits.start_seconds, "starting").fields
        except SubmissionFault as fault:
            said = cleaned(self.printed.decode(errors="replace")[-300:])
            raise CouldNotRunError(
                f"The worker process did not start ({said or fault}): use --isolate off if you trust the code."
            ) from None

    def awaited(self, seconds: float, doing: str) -> Frame:
        """The next message, or the reason why none comes."""
        try:
            answer = self.answers.get(timeout=seconds)
        except queue.Empty:
            self.ask_where()
            raise self.killed(self.fault("timeout", f"It did not finish {doing} within {seconds:g} s")) from None
        except KeyboardInterrupt:
            self.close()
            raise
        if isinstance(answer, Frame):
            return answer
        if isinstance(answer, FrameError):
            raise self.killed(SubmissionFault("crash", f"It interfered with the worker process while {doing}."))
        raise self.killed(self.end(doing))

    def end(self, doing: str) -> SubmissionFault:
        """Why the worker ended by itself."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1)
        status = self.process.poll()
        if self.flooded:
            return SubmissionFault("output", f"It printed more than {self.limits.output >> 20} MiB while {doing}.")
        if status is None or status >= 0:
            said = "closed its connection" if status is None else f"exit status {status}"
            return SubmissionFault("exit", f"It ended the program ({said}) while {doing}.")
        self.drained.wait(PATIENCE)
        if status == -getattr(signal, "SIGXCPU", 0):
            return self.fault("timeout", f"It used more than {self.limits.cpu_seconds:g} s of CPU while {doing}")
        name = (signal.strsignal(-status) or f"signal {-status}").lower()
        return self.fault("crash", f"It crashed the Python process ({name}) while {doing}")

    def ask_where(self) -> None:
        """Have a worker that does not answer say where it is, if it still can."""
        if hasattr(signal, "SIGUSR1"):
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGUSR1)
                self.drained.wait(PATIENCE)

    def fault(self, kind: str, message: str) -> SubmissionFault:
        """A fault with its place, ``, in backprop (net.py, line 12)``: the innermost that the interpreter reported."""
        report = self.printed[self.printed.rfind(b"most recent call first") :]
        places = [tuple(part.decode(errors="replace") for part in found) for found in PLACE.findall(report)]
        if not places:
            return SubmissionFault(kind, f"{message}.")
        file, line, function = places[0]
        where = f"{'' if function == '_' else f'in {cleaned(function)} '}({cleaned(file)}, line {line})"
        return SubmissionFault(kind, f"{message}, {where}.", called=(places[-1][0], int(places[-1][1])))

    def killed(self, fault: SubmissionFault) -> SubmissionFault:
        """The same fault, after the worker has been ended."""
        self.close()
        return fault

    def close(self) -> None:
        """End the worker, everything that it started, and its folder."""
        if not self.alive:
            return
        self.alive = False
        self.kill()
        self.jobs.put(None)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        self.launched.folder.cleanup()

    def kill(self) -> None:
        """End the whole process group at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()

    # ---- threads of ours ------------------------------------------------------------------------

    def exchange(self) -> None:
        """Write a request, read its answer, for as long as there are any."""
        requests, replies = pipe(self.process.stdin), pipe(self.process.stdout)
        read = functools.partial(read_exactly, replies.fileno())
        for end in (requests, replies):
            widen(end.fileno())
        try:
            self.answers.put(decoded(read, self.limits.reply))
            while (buffers := self.jobs.get()) is not None:
                write_all(requests.fileno(), buffers)
                self.answers.put(decoded(read, self.limits.reply))
        except (OSError, ValueError, EOFError, FrameError, MemoryError) as error:
            self.answers.put(error)
        finally:
            for end in (requests, replies):
                with contextlib.suppress(OSError):
                    end.close()

    def drain(self) -> None:
        """Read whatever the submission prints, keep the end of it, and end the worker when it is too much."""
        output = pipe(self.process.stderr)
        total = 0
        with output:
            while chunk := output.read(2**16):
                total += len(chunk)
                self.printed = (self.printed + chunk)[-KEPT_OUTPUT:]
                if total > self.limits.output and not self.flooded:
                    self.flooded = True
                    self.kill()
        self.drained.set()


def pipe(stream: IO[bytes] | None) -> IO[bytes]:
    """A pipe of the process, which was asked for."""
    if stream is None:
        raise CouldNotRunError("The worker process has no pipes: use --isolate off for code you trust.")
    return stream


def failure(fields: Mapping[str, Any]) -> Exception:
    """The error that a worker reports."""
    kind, message = str(fields["fault"]), cleaned(fields.get("message", ""))
    if kind == "usage":
        return UsageError(message)
    return CouldNotRunError(message) if kind == "could not run" else SubmissionFault(kind, message)
