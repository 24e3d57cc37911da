"""Literal passes, timed: all of them, or as many of a random sample as fit the budget."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.engine import Literal
from gradcheck.scaling.operations import parameter_count
from gradcheck.scaling.places import Places
from gradcheck.scaling.subject import Options, Progress, Subject
from gradcheck.scaling.timing import Timing, stopwatch

Array = NDArray[Any]
CHUNK_SECONDS = 0.05
MOST_SAMPLED = 1 << 20


@dataclass(frozen=True)
class LiteralRun:
    """Which entries were perturbed, what Eq. 46 gave for them, and the seconds that one pass took, chunk by chunk."""

    places: Places
    values: Array
    seconds_per_pass: Timing
    seconds: float
    stopped: bool

    @property
    def passes(self) -> int:
        """The passes that were run, the one at w itself included."""
        return self.values.size + 1


def literal_run(subject: Subject, epsilon: float, progress: Progress) -> LiteralRun:
    """Perturb entry after entry until all, the sample, or the budget is used up, or Ctrl-C is pressed.

    Ctrl-C ends the run and not the program; the entry in hand is restored, and the run says how far it came.
    """
    options = subject.options
    places = Places.all(options.sizes) if options.full else _sample(subject)
    literal = Literal(subject.network, subject.x, subject.y, epsilon)
    entries, values, chunks = places.entries(), np.empty(places.numbers.size), []
    done, chunk, stopped = 0, 1, False
    begun, whole = time.perf_counter(), stopwatch()
    try:
        while done < values.size and _may_go_on(options, done, time.perf_counter() - begun):
            chunk = min(chunk, values.size - done)
            elapsed = stopwatch()
            values[done : done + chunk] = [literal.derivative(*next(entries)) for _ in range(chunk)]
            each = elapsed() / chunk
            done += chunk
            chunks.append(each)
            chunk = max(1, min(4 * chunk, int(CHUNK_SECONDS / each)))
            progress("literal passes", done + 1, values.size + 1)
    except KeyboardInterrupt:
        stopped = True
    taken = whole()
    return LiteralRun(
        places.first(done), values[:done], Timing(tuple(chunks[1:] or chunks or [np.nan])), taken, stopped
    )


def _may_go_on(options: Options, done: int, taken: float) -> bool:
    return options.full or taken < options.budget * (1 if done >= options.least else 4)


def _sample(subject: Subject) -> Places:
    rng = np.random.default_rng(subject.options.seed)
    count = min(parameter_count(subject.options.sizes), MOST_SAMPLED)
    return Places.sample(subject.options.sizes, count, rng)
