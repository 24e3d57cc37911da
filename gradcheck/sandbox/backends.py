"""Where a submission runs: in this process, or in a worker process that is replaced when it is gone."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.sandbox.frames import Frame, Named
from gradcheck.sandbox.launch import Launched
from gradcheck.sandbox.limits import Limits
from gradcheck.sandbox.process import Worker
from gradcheck.sandbox.workbench import DOING, Workbench
from gradcheck.submissions.loading.execution import silence

MOST_LEFT_OUT = 3
"""Functions that may end the worker, each at most once, before nothing more is tried."""


class Backend(Protocol):
    """One submission, wherever it is; ``opening`` are the requests that load and understand it."""

    opening: Sequence[Mapping[str, Any]]
    isolation: str

    def opened(self) -> Frame:
        """Load and understand it: the answer to the last of the opening requests."""

    def refreshed(self) -> int:
        """Make sure that there is one, and say the how-manieth: networks of an earlier one are gone."""

    def request(self, fields: Mapping[str, Any], arrays: Named) -> Frame:
        """The answer to one request. Raises SubmissionFault, or an error of loading."""

    def close(self) -> None:
        """Leave nothing behind."""


class Here:
    """This process: no clock and no limit; what the submission prints is lost."""

    isolation = "off"

    def __init__(self, opening: Sequence[Mapping[str, Any]]) -> None:
        self.opening = opening
        self.workbench = Workbench()

    def opened(self) -> Frame:
        """The workbench's overview."""
        return [self.request(fields, {}) for fields in self.opening][-1]

    def refreshed(self) -> int:
        """Always the first."""
        return 0

    def request(self, fields: Mapping[str, Any], arrays: Named) -> Frame:
        """The workbench's answer; the submission's own settings of NumPy's warnings stay in it."""
        with silence(), np.errstate(all="ignore"):
            return self.workbench.answer(fields, arrays)

    def close(self) -> None:
        """There is nothing to close."""


class Apart:
    """A worker process, and the next one when it is gone."""

    def __init__(self, opening: Sequence[Mapping[str, Any]], limits: Limits, launched: Launched | None = None) -> None:
        self.opening = opening
        self.limits = limits
        self.generation = 0
        self.worker = Worker(limits, launched)
        self.isolation = self.worker.launched.isolation
        self.deadline = time.monotonic() + limits.total_seconds

    def opened(self) -> Frame:
        """The worker's overview; a function that ends the worker when it is tried is left out, where it may be."""
        for _ in range(MOST_LEFT_OUT):
            try:
                return self.opened_whole()
            except SubmissionFault as fault:
                if self.worker.alive or fault.called is None or not self.left_out(fault.called):
                    raise
        return self.opened_whole()

    def left_out(self, called: tuple[str, int]) -> bool:
        """Whether a new worker can leave out the function with that line, which it then does."""
        load, *others = self.opening
        self.opening = ({**load, "without": [*load["without"], called]}, *others)
        self.worker = Worker(self.limits)
        return self.request(self.opening[0], {}).fields["left_out"] is True

    def opened_whole(self) -> Frame:
        """The worker's overview of what is not left out."""
        return [self.request(fields, {}) for fields in self.opening][-1]

    def refreshed(self) -> int:
        """Start a new worker if the last one is gone, and bring it to where the last one was."""
        if not self.worker.alive:
            self.in_time()
            self.worker = Worker(self.limits)
            self.generation += 1
            self.opened()
        return self.generation

    def request(self, fields: Mapping[str, Any], arrays: Named) -> Frame:
        """The worker's answer."""
        self.in_time()
        return self.worker.request(fields, arrays, DOING[fields["do"]])

    def in_time(self) -> None:
        """Hold the submission to its time altogether."""
        if time.monotonic() > self.deadline:
            self.worker.close()
            raise SubmissionFault("timeout", f"It used up the {self.limits.total_seconds:g} s that it has altogether.")

    def close(self) -> None:
        """End the worker."""
        self.worker.close()
