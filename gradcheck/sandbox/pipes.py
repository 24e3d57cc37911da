"""Whole buffers in and out of a pipe, the same on both sides."""

from __future__ import annotations

import os
from collections.abc import Iterable

LARGEST_READ = 2**20


def read_exactly(descriptor: int, size: int) -> bytearray:
    """So many bytes. Raises EOFError if the pipe ends before."""
    buffer = bytearray(size)
    rest = memoryview(buffer)
    while rest:
        chunk = os.read(descriptor, min(len(rest), LARGEST_READ))
        if not chunk:
            raise EOFError
        rest[: len(chunk)] = chunk
        rest = rest[len(chunk) :]
    return buffer


def write_all(descriptor: int, buffers: Iterable[bytes | memoryview]) -> None:
    """All the bytes of all buffers. Raises OSError if nobody reads any more."""
    for buffer in buffers:
        rest = memoryview(buffer)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
