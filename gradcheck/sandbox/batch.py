"""Many cases in one request: values, gradients, faults and, where asked, the functions that were called."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.sandbox.faults import SubmissionFault, cleaned, fault_of, of_submission
from gradcheck.sandbox.frames import Frame
from gradcheck.sandbox.returned import arrays, number
from gradcheck.submissions.subjects import BadReturnError, Case

Array = NDArray[Any]
MOST_NAMES = 200


@dataclass(frozen=True)
class Answer:
    """What one case answered at one point: its cost and gradient, or why there is none.

    ``fault`` is the kind of a ``SubmissionFault`` and ``message`` its sentence; ``calls`` are the submission's
    functions that were called, by their qualified names, in the order of their first call.
    """

    cost: float = float("nan")
    gradient: Mapping[str, Array] = field(default_factory=dict)
    fault: str = ""
    message: str = ""
    calls: tuple[str, ...] = ()


def answer_all(cases: Mapping[int, Case], seed: int, *, trace: bool) -> Frame:
    """Cost and gradient of every case at its own point of that seed; one that fails does not stop the others."""
    found: dict[str, Array] = {}
    faults: dict[str, list[str]] = {}
    calls: dict[str, list[str]] = {}
    for index, case in cases.items():
        tracer = Tracer()
        try:
            point = case.point(seed)
            found[f"{index} cost"] = number(case.cost(point, seed), "The value")
            with tracer if trace else Idle():
                gradient = case.gradient(point, seed)
            found |= {f"{index} gradient {n}": a for n, a in arrays(gradient, "The gradient").items()}
        except (GradcheckError, KeyboardInterrupt):
            raise
        except BadReturnError as error:
            faults[str(index)] = ["bad return", cleaned(error)]
        except BaseException as error:  # noqa: BLE001  a submission may raise anything, SystemExit included
            fault = fault_of(error, "going back")
            faults[str(index)] = [fault.kind, str(fault)]
        calls[str(index)] = tracer.names[:MOST_NAMES]
    return Frame({"faults": faults, "calls": calls}, found)


def answers_of(frame: Frame, indices: Sequence[int]) -> dict[int, Answer]:
    """The answers in a frame that may hold anything."""
    faults, calls = frame.fields.get("faults"), frame.fields.get("calls")
    faults = faults if isinstance(faults, dict) else {}
    calls = calls if isinstance(calls, dict) else {}
    return {index: _answer(frame, index, faults.get(str(index)), calls.get(str(index))) for index in indices}


def _answer(frame: Frame, index: int, fault: Any, calls: Any) -> Answer:
    names = tuple(cleaned(name) for name in calls) if isinstance(calls, list) else ()
    match fault:
        case [str(kind), str(message)]:
            return Answer(fault=kind, message=cleaned(message), calls=names)
    prefix = f"{index} gradient "
    gradient = {n.removeprefix(prefix): a for n, a in frame.arrays.items() if n.startswith(prefix)}
    cost = frame.arrays.get(f"{index} cost", np.array(np.nan))
    if cost.ndim or cost.dtype != float:
        raise SubmissionFault("crash", "It interfered with the worker process.")
    return Answer(float(cost), gradient, calls=names)


class Idle:
    """Nothing is traced."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, *exception: object) -> None:
        """Do nothing."""


class Tracer:
    """Notes the submission's own functions that are called in a ``with`` block."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __enter__(self) -> None:
        sys.setprofile(self.note)

    def __exit__(self, *exception: object) -> None:
        sys.setprofile(None)

    def note(self, frame: Any, event: str, argument: object) -> None:
        """One event of the interpreter."""
        if event == "call" and of_submission(frame) and frame.f_code.co_qualname not in self.names:
            self.names.append(frame.f_code.co_qualname)
