"""One submission under examination, as the judge sees it: an overview, networks that answer, cases that answer."""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gradcheck.sandbox.backends import Apart, Backend, Here
from gradcheck.sandbox.batch import Answer, answers_of
from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.sandbox.frames import Frame
from gradcheck.sandbox.launch import Launched
from gradcheck.sandbox.limits import Limits
from gradcheck.sandbox.overview import Overview
from gradcheck.sandbox.process import Worker
from gradcheck.sandbox.workbench import PARAMETER
from gradcheck.submissions.subjects import Hints

Array = NDArray[Any]
Named = dict[str, Array]
Isolate = Literal["auto", "off"]


class SubmissionNet:
    """A network of a submission in certain sizes: ``subjects.Net`` from our side.

    Every method raises SubmissionFault where the submission does not answer; the next call then finds
    a fresh network. After every call ``touched`` holds the names of what it changed among what it was
    given (``x``, ``y`` and parameters), and ``seconds`` the CPU time that it took where it ran.
    """

    def __init__(self, backend: Backend, nets: Nets, model: int, sizes: Sequence[int], seed: int) -> None:
        self._backend = backend
        self._nets = nets
        self._key = max(nets, default=-1) + 1
        self._build = {"model": model, "sizes": [int(n) for n in sizes], "seed": int(seed)}
        self._generation = -1
        self.touched: tuple[str, ...] = ()
        self.seconds = 0.0
        nets[self._key] = self
        self._prepare()

    def parameters(self) -> Named:
        """Copies of the parameters, own names and shapes, from input to output."""
        return self._ask("parameters", {}).arrays

    def forward(self, parameters: Mapping[str, Array], x: Array) -> Array:
        """What the submission answers to inputs (n_in, m), of whatever shape."""
        return only(self._ask("forward", sent(parameters, x)), "output")

    def cost(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float = 0.0) -> float:
        """The cost that the submission reports; *l2* is its own λ."""
        return number(self._ask("cost", sent(parameters, x, y), l2=float(l2)))

    def gradient(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float = 0.0) -> Named:
        """The gradient as returned: own names, shapes and dtypes, right or wrong."""
        return self._ask("gradient", sent(parameters, x, y), l2=float(l2)).arrays

    def calls(
        self, what: str, parameters: Mapping[str, Array], x: Array, y: Array | None = None, l2: float = 0.0
    ) -> int:
        """How many Python and C functions ``forward``, ``cost`` or ``gradient`` calls: work that no clock disturbs."""
        return counted(self._ask(what, sent(parameters, x, y), l2=float(l2), count=True))

    def _prepare(self) -> None:
        generation = self._backend.refreshed()
        if generation != self._generation:
            self._backend.request({"do": "build", "net": self._key, **self._build, "wanted": sorted(self._nets)}, {})
            self._generation = generation

    def _ask(self, what: str, arrays: Named, **fields: Any) -> Frame:
        self.touched = ()
        self._prepare()
        frame = self._backend.request({"do": what, "net": self._key, **fields}, arrays)
        self.touched, self.seconds = measured(frame)
        return frame


Nets = weakref.WeakValueDictionary[int, SubmissionNet]
"""The networks that somebody still holds: the others are forgotten where the submission runs."""


class SubmissionCase:
    """A case of a submission: ``subjects.Case`` from our side. Faults, ``touched`` and ``seconds`` as for networks."""

    def __init__(self, backend: Backend, index: int) -> None:
        self._backend = backend
        self._index = index
        self.touched: tuple[str, ...] = ()
        self.seconds = 0.0

    def point(self, seed: int) -> Named:
        """Arrays at which to check."""
        return self._ask("point", seed, {}).arrays

    def cost(self, point: Mapping[str, Array], seed: int) -> float:
        """The scalar whose gradient ``gradient`` claims to be."""
        return number(self._ask("cost", seed, dict(point)))

    def gradient(self, point: Mapping[str, Array], seed: int) -> Named:
        """The gradient as returned, by the point's names."""
        return self._ask("gradient", seed, dict(point)).arrays

    def facts(self, seed: int) -> Named:
        """What the diagnosis may use besides; what the submission says, so nothing but a name may rest on it."""
        return self._ask("facts", seed, {}).arrays

    def calls(self, what: str, point: Mapping[str, Array], seed: int) -> int:
        """How many Python and C functions ``cost`` or ``gradient`` calls."""
        return counted(self._ask(what, seed, dict(point), count=True))

    def _ask(self, what: str, seed: int, arrays: Named, **fields: Any) -> Frame:
        self.touched = ()
        self._backend.refreshed()
        frame = self._backend.request({"do": what, "case": self._index, "seed": int(seed), **fields}, arrays)
        self.touched, self.seconds = measured(frame)
        return frame


class Session:
    """A loaded submission. ``overview`` says what it was understood to be."""

    def __init__(self, backend: Backend, overview: Overview) -> None:
        self._backend = backend
        self._nets: Nets = weakref.WeakValueDictionary()
        self.overview = overview

    def build(self, model: int, sizes: Sequence[int], seed: int) -> SubmissionNet:
        """A fresh network of the model with that index in the overview. Raises SubmissionFault."""
        return SubmissionNet(self._backend, self._nets, model, sizes, seed)

    def case(self, index: int) -> SubmissionCase:
        """The case with that index in the overview."""
        return SubmissionCase(self._backend, index)

    def answers(self, indices: Sequence[int], seed: int, *, trace: bool = False) -> dict[int, Answer]:
        """Costs and gradients of many cases at their points of that seed, in one request."""
        self._backend.refreshed()
        fields = {"do": "answers", "cases": list(indices), "seed": int(seed), "trace": trace}
        return answers_of(self._backend.request(fields, {}), indices)


@contextlib.contextmanager
def open_session(
    target: object,
    hints: Hints = Hints(),  # noqa: B008  frozen and empty
    isolate: Isolate = "auto",
    limits: Limits = Limits(),  # noqa: B008  frozen
    launched: Launched | None = None,
) -> Iterator[Session]:
    """Load a submission and keep it for as long as the block lasts.

    Args:
        target: a path, ``path:name`` or ``module:attribute``, loaded in a worker process; or a live class, module or
            instance, which can only be examined in this one.
        hints: what a person said about it.
        isolate: ``"off"`` loads it in this process, with no limits, for code that its user trusts.
        limits: what the worker may use.
        launched: a worker that ``launch`` has started before; given here, it is also ended here.

    Raises:
        UsageError: if there is nothing of that name.
        CouldNotRunError: if it cannot be loaded, or no worker can be started.
        SubmissionFault: if loading it does not end, crashes, or prints without end.
    """
    backend = backend_for(target, hints, isolate, limits, launched)
    try:
        overview = only(backend.opened(), "overview").tobytes()
        yield Session(backend, Overview.from_json(overview, backend.isolation))
    finally:
        backend.close()


def backend_for(target: object, hints: Hints, isolate: Isolate, limits: Limits, launched: Launched | None) -> Backend:
    """Where a target is loaded."""
    named = os.fspath(target) if isinstance(target, os.PathLike) else target
    opening = (
        {"do": "load", "target": named, "home": str(Path.cwd()), "without": []},
        {"do": "understand", "family": hints.family, "names": dict(hints.names)},
    )
    if isinstance(named, str) and isolate == "auto":
        return Apart(opening, limits, launched)
    if launched is not None:
        Worker(limits, launched).close()
    return Here(opening)


def sent(parameters: Mapping[str, Array], x: Array, y: Array | None = None) -> Named:
    """The arrays of a request."""
    named = {PARAMETER + name: np.asarray(value) for name, value in parameters.items()}
    return {**named, "x": np.asarray(x)} | ({} if y is None else {"y": np.asarray(y)})


def only(frame: Frame, name: str) -> Array:
    """The array of that name in an answer. Raises SubmissionFault where somebody else has answered."""
    if name not in frame.arrays:
        raise SubmissionFault("crash", "It interfered with the worker process.")
    return frame.arrays[name]


def number(frame: Frame) -> float:
    """The cost in an answer."""
    value = only(frame, "cost")
    return float(value) if value.ndim == 0 and value.dtype == float else float("nan")


def counted(frame: Frame) -> int:
    """The number of calls in an answer."""
    calls = frame.fields.get("calls")
    return calls if type(calls) is int else 0


def measured(frame: Frame) -> tuple[tuple[str, ...], float]:
    """What a call changed, and the seconds that it took, as far as an answer says so."""
    touched, seconds = frame.fields.get("touched"), frame.fields.get("seconds")
    names = tuple(name for name in touched if isinstance(name, str)) if isinstance(touched, list) else ()
    return names, seconds if isinstance(seconds, float) else 0.0
