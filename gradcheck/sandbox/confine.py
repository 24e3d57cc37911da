"""What the worker does to itself before the submission is loaded: limits that hold without anybody's help."""

from __future__ import annotations

import contextlib
import faulthandler
import math
import os
import signal
import time
from pathlib import Path

from gradcheck.sandbox.limits import Limits

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def confine(limits: Limits) -> None:
    """Set the limits on memory, files and processes where the system has them."""
    if resource is None:
        return
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_FSIZE, limits.file)
    lower(resource.RLIMIT_NOFILE, limits.files)
    lower(resource.RLIMIT_AS, limits.memory)
    running = tasks_of_user()
    if running is not None:
        lower(resource.RLIMIT_NPROC, running + limits.processes)


def report_places() -> None:
    """Have the interpreter itself say on standard error where it is when it crashes, runs out of time, or is asked."""
    faulthandler.enable(all_threads=False)
    for name in ("SIGUSR1", "SIGXCPU"):
        if hasattr(faulthandler, "register") and hasattr(signal, name):
            faulthandler.register(getattr(signal, name), all_threads=False, chain=name == "SIGXCPU")


def new_call(limits: Limits) -> None:
    """Give the coming call its own CPU time: past it the system ends the process."""
    if resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + limits.cpu_seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def lower(kind: int, value: int) -> None:
    """Lower one limit for good; macOS refuses some."""
    _, hard = resource.getrlimit(kind)
    most = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, most))


def tasks_of_user() -> int | None:
    """How many threads this user runs, which is what the limit on processes counts; None where it cannot be seen."""
    user = os.getuid()
    count = 0
    try:
        for place in Path("/proc").iterdir():
            if place.name.isdigit():
                with contextlib.suppress(OSError):
                    count += len(list((place / "task").iterdir())) if place.stat().st_uid == user else 0
    except OSError:
        return None
    return count or None
