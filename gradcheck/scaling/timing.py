"""Seconds: repeated, with median, spread and the fastest; and what this machine can do at best."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Timing:
    """Repeats of one piece of work, in seconds by ``stopwatch``.

    ``fastest`` is what other programs on the machine disturbed least; ``spread`` is the interquartile range.
    """

    repeats: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median."""
        return float(np.median(self.repeats))

    @property
    def fastest(self) -> float:
        """The shortest."""
        return min(self.repeats)

    @property
    def spread(self) -> float:
        """The interquartile range."""
        low, high = np.percentile(self.repeats, (25, 75))
        return float(high - low)


def stopwatch() -> Callable[[], float]:
    """A function that tells the seconds since now: wall-clock or processor time, whichever is less.

    So the moments in which other programs had the processor do not count, and work on several
    threads at once counts once.
    """
    wall, processor = time.perf_counter(), time.process_time()
    return lambda: min(time.perf_counter() - wall, time.process_time() - processor)


def timed(work: Callable[[], object], seconds: float = 0.3, least: int = 3, most: int = 200) -> Timing:
    """*work* again and again until *seconds* are used up, or *most* repeats.

    At least *least* times, unless those take more than five times the *seconds*; at least once.
    """
    repeats: list[float] = []
    begun = time.perf_counter()
    while len(repeats) < most and time.perf_counter() - begun < (seconds if len(repeats) >= least else 5 * seconds):
        elapsed = stopwatch()
        work()
        repeats.append(elapsed())
    return Timing(tuple(repeats))


def machine_rates() -> dict[str, float]:
    """The best rates of this machine now: operations per second of dgemm, bytes per second copied (read and write)."""
    a, b, product = (np.full((1024, 1024), 1 / 1024) for _ in range(3))
    dgemm = timed(lambda: np.matmul(a, b, out=product), least=10)
    source = np.zeros(1 << 23)
    target = np.empty_like(source)
    copy = timed(lambda: np.copyto(target, source), least=10)
    return {"dgemm operations/s": 2 * 1024**3 / dgemm.fastest, "copied bytes/s": 2 * source.nbytes / copy.fastest}
