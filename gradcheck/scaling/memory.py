"""How much memory is free, and how much this process has had at most, by the operating system's own count."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gradcheck.errors import CouldNotRunError

BESIDES = 1 << 29  # bytes: buffers, histograms, the interpreter and its libraries


def available() -> int | None:
    """Bytes that can be had without swapping, or None where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None


def peak() -> int | None:
    """The most bytes this process has had resident, or None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def require(parameters: int, itemsize: int = 8) -> None:
    """Raises CouldNotRunError, with the figures, where so many weights do not fit into what is free."""
    needed, free = parameters * itemsize + BESIDES, available()
    if free is not None and needed > free:
        raise CouldNotRunError(
            f"{parameters:,} parameters need {parameters * itemsize / 1e9:.1f} GB for the weights and "
            f"{BESIDES / 1e9:.1f} GB besides, and {free / 1e9:.1f} GB is free; take fewer parameters or free memory."
        )
