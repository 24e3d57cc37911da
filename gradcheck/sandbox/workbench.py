"""Where a submission lives, in the worker process or in ours: requests in, plain fields and arrays out.

Nothing here compares with a reference or knows a tolerance. Every answer is detached from the
submission's memory, and what a call changed among its own arguments is found here, bit for bit.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import GradcheckError
from gradcheck.sandbox.batch import answer_all
from gradcheck.sandbox.faults import SubmissionFault, fault_of
from gradcheck.sandbox.frames import Frame, octets
from gradcheck.sandbox.leaving import leave_out
from gradcheck.sandbox.overview import Overview
from gradcheck.sandbox.returned import array, arrays, number
from gradcheck.submissions.adapters.registry import understand
from gradcheck.submissions.handed import watching
from gradcheck.submissions.loading import LoadedModule, load, locate
from gradcheck.submissions.subjects import BadReturnError, Case, Found, Hints, Net

Array = NDArray[Any]
Named = dict[str, Array]

PARAMETER = "parameter "
"""Prefix of a parameter's name in a request, so that a parameter may be called x."""

DOING = {
    "load": "loading", "understand": "being tried on small arrays", "build": "building the network",
    "parameters": "reading the parameters",
    "forward": "computing the forward pass", "cost": "computing the cost", "gradient": "computing the gradient",
    "point": "drawing a point", "facts": "computing the forward pass", "answers": "going back through its expressions",
}  # fmt: skip
"""What a request does, for sentences."""


class Workbench:
    """One loaded submission and the networks built from it."""

    def __init__(self) -> None:
        self.loaded = LoadedModule({})
        self.found = Found()
        self.nets: dict[int, Net] = {}
        self.held: dict[int, Named] = {}

    def answer(self, fields: Mapping[str, Any], sent: Named) -> Frame:
        """The answer to one request.

        Raises:
            SubmissionFault: if the submission fails.
            GradcheckError: if it cannot be loaded, with loading's own sentence.
            KeyboardInterrupt: if that is what its code, or a person, raised.
        """
        doing = DOING[fields["do"]]
        try:
            return self.dispatch(fields, sent)
        except (GradcheckError, KeyboardInterrupt):
            raise
        except BadReturnError as error:
            raise SubmissionFault("bad return", sentence(error)) from None
        except BaseException as error:  # noqa: BLE001  a submission may raise anything, SystemExit included
            raise fault_of(error, doing) from None

    def dispatch(self, fields: Mapping[str, Any], sent: Named) -> Frame:
        """Do what is asked for."""
        if fields["do"] == "load":
            self.loaded = loaded_from(fields["target"], fields["home"])
            names = [leave_out(self.loaded.namespace, file, line) for file, line in fields["without"]]
            sentences = [f"{name} was left out: it does not come back" for name in names if name]
            self.loaded = replace(self.loaded, notes=(*self.loaded.notes, *sentences))
            return Frame({"left_out": all(names)})
        if fields["do"] == "understand":
            return self.understand(Hints(fields["family"], fields["names"]))
        if fields["do"] == "build":
            return self.build(fields)
        if fields["do"] == "answers":
            cases = {index: self.found.cases[index] for index in fields["cases"]}
            return answer_all(cases, fields["seed"], trace=fields["trace"])
        if "net" in fields:
            return self.ask_net(fields["net"], fields, sent)
        return ask_case(self.found.cases[fields["case"]], fields, sent)

    def understand(self, hints: Hints) -> Frame:
        """Try what it is; the overview travels as bytes, because it may be long."""
        self.found = understand(self.loaded, hints)
        path = self.loaded.path
        name = path.name if path else self.loaded.selected or "the submission"
        overview = Overview.of(self.found, self.loaded.notes, name)
        return Frame({}, {"overview": np.frombuffer(overview.to_json(), np.uint8)})

    def build(self, fields: Mapping[str, Any]) -> Frame:
        """Build a network; those that nobody can ask any more are forgotten first."""
        for key in self.nets.keys() - set(fields["wanted"]):
            del self.nets[key]
            self.held.pop(key, None)
        model = self.found.models[fields["model"]]
        self.nets[fields["net"]] = model.build(tuple(fields["sizes"]), fields["seed"])
        return Frame()

    def ask_net(self, key: int, fields: Mapping[str, Any], sent: Named) -> Frame:
        """One call of a network's forward pass, cost or gradient."""
        net = self.nets[key]
        what, l2 = fields["do"], fields.get("l2", 0.0)
        if what == "parameters":
            return Frame({}, arrays(net.parameters(), "The parameter array"))
        given = {name: value.copy() for name, value in sent.items()}
        at = {name.removeprefix(PARAMETER): value for name, value in given.items() if name.startswith(PARAMETER)}
        calls: dict[str, Callable[[], Any]] = {
            "forward": lambda: net.forward(at, given["x"]),
            "cost": lambda: net.cost(at, given["x"], given["y"], l2),
            "gradient": lambda: net.gradient(at, given["x"], given["y"], l2),
        }
        before = self.held[key] if key in self.held else held(net)
        answer = measured(calls[what], what, sent, given, count=fields.get("count", False))
        self.held[key] = after = held(net)
        answer.fields["touched"] += sorted(moved(at, before, after) - set(answer.fields["touched"]))
        return answer


def held(net: Net) -> Named:
    """Copies of the parameters that a network holds now; nothing where it cannot say."""
    try:
        return {name: np.asarray(value) for name, value in net.parameters().items()}
    except Exception:  # noqa: BLE001  a call may have broken whatever it likes
        return {}


def moved(given: Named, before: Named, after: Named) -> set[str]:
    """Names of parameters that a network holds otherwise than given, and not because it never took them over."""
    return {
        name
        for name in given.keys() & before.keys() & after.keys()
        if not same_values(after[name], given[name]) and not same_values(after[name], before[name])
    }


def same_values(one: Array, other: Array) -> bool:
    """Whether two arrays agree in the narrower of their types: a network may keep float32."""
    return same_bits(one, other) or (one.shape == other.shape and same_bits(one, other.astype(one.dtype)))


def sentence(error: BadReturnError) -> str:
    """An adapter's sentence, with a capital and a full stop."""
    text = str(error).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('?') else '.'}"


def loaded_from(target: object, home: str) -> LoadedModule:
    """The submission that a person standing in the folder *home* means by *target*."""
    if not isinstance(target, str):
        return load(target)
    with contextlib.chdir(home):
        path, selected = locate(target)
        path = path.resolve()
    return load(path, selected=selected)


def ask_case(case: Case, fields: Mapping[str, Any], sent: Named) -> Frame:
    """One call of a case's point, cost or gradient."""
    what, seed = fields["do"], fields["seed"]
    if what == "point":
        return Frame({}, arrays(case.point(seed), "The point's array"))
    if what == "facts":
        known = getattr(case, "facts", None)  # not every adapter's cases know more than their point
        return Frame({}, arrays(known(seed) if known else {}, "What is known of it"))
    given = {name: value.copy() for name, value in sent.items()}
    call = case.cost if what == "cost" else case.gradient
    return measured(lambda: call(given, seed), what, sent, given, count=fields.get("count", False))


def measured(call: Callable[[], Any], what: str, sent: Named, given: Named, *, count: bool) -> Frame:
    """What a call answered, which of its arguments it changed, and what it cost."""
    counter = Counter() if count else None
    before = time.thread_time(), time.process_time()
    with watching() as watch, counter or contextlib.nullcontext():
        value = call()
    # the process's own clock sees every thread, but under a limit on CPU time it advances in ticks of the system
    seconds = max(time.thread_time() - before[0], time.process_time() - before[1])
    fields: dict[str, Any] = {"seconds": seconds}
    written = watch.written(given)
    touched = [name for name in sent if name in written or not same_bits(sent[name], given[name])]
    fields["touched"] = [name.removeprefix(PARAMETER) for name in touched]
    if counter is not None:
        fields["calls"] = counter.calls
    return Frame(fields, answered(what, value))


def answered(what: str, value: Any) -> Named:
    """The arrays of an answer."""
    if what == "cost":
        return {"cost": number(value, "The cost")}
    if what == "forward":
        return {"output": array(value, "The output of the forward pass")}
    return arrays(value, "The gradient")


def same_bits(one: Array, other: Array) -> bool:
    """Whether two arrays are equal in type, shape and every bit."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return not one.size or octets(one) == octets(other)


class Counter:
    """Counts the calls of Python and C functions made in a ``with`` block: a measure of work that no clock disturbs."""

    def __init__(self) -> None:
        self.calls = 0

    def __enter__(self) -> None:
        sys.setprofile(self.count)

    def __exit__(self, *exception: object) -> None:
        sys.setprofile(None)

    def count(self, frame: object, event: str, argument: object) -> None:
        """One event of the interpreter."""
        self.calls += event in ("call", "c_call")
