"""Whole buffers in and out of a pipe, the same on both sides."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterable

import numpy as np

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

WIDE = 2**20
"""Bytes that a pipe holds at best: fewer turns between the two processes for a network of a million weights."""


def widen(descriptor: int) -> None:
    """Let a pipe hold more than the usual 64 KiB, where the system can."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, WIDE)


def read_exactly(descriptor: int, size: int) -> memoryview:
    """So many bytes, in memory that can be written to. Raises EOFError if the pipe ends before."""
    buffer = np.empty(size, np.uint8).data
    rest = buffer
    with io.FileIO(descriptor, closefd=False) as stream:
        while rest:
            count = stream.readinto(rest)
            if not count:
                raise EOFError
            rest = rest[count:]
    return buffer


def write_all(descriptor: int, buffers: Iterable[bytes | memoryview]) -> None:
    """All the bytes of all buffers. Raises OSError if nobody reads any more."""
    for buffer in buffers:
        rest = memoryview(buffer)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
