"""How much of everything a submission may use."""

from __future__ import annotations

from dataclasses import dataclass

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

WAITING = 20.0
"""Seconds more than it computes that a call may take, on a machine that has other things to do."""


@dataclass(frozen=True)
class Limits:
    """Seconds are counted on three clocks: wall and CPU per call, wall per submission. Sizes are in bytes.

    ``memory`` bounds the worker's address space, ``file`` any file that it writes; both only where
    the system can (not on Windows). ``output`` is what a submission may print before it is stopped.
    """

    call_seconds: float = 10.0
    cpu_seconds: float = 10.0
    total_seconds: float = 300.0
    start_seconds: float = 60.0
    memory: int = 4 * 2**30
    file: int = 16 * 2**20
    output: int = 8 * 2**20
    reply: int = 2**30
    processes: int = 64
    files: int = 64

    @classmethod
    def of_call(cls, seconds: float) -> Limits:
        """So many seconds of CPU for each call, whatever else the machine does, and some more of waiting.

        Where the system does not count CPU time, the wall clock is the only one.
        """
        return cls(call_seconds=seconds + (WAITING if resource else 0.0), cpu_seconds=seconds)
