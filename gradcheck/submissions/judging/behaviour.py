"""How a model behaves: the same answer again, on a fresh object, after another call; inputs left alone; honest work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.results import Finding, Verdict
from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.submissions.judging.asked import Asked, Maker
from gradcheck.submissions.judging.situations import Situation

Array = NDArray[Any]
Named = Mapping[str, Array]
SAME = 1e-9
CALLS = 2  # function calls per further parameter from which a gradient looks obtained by differences


def behaviour(make: Maker, situation: Situation, seed: int) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Findings and flags about *situation*, asked again and again.

    What the submission raises is passed on.
    """
    rng = np.random.default_rng(seed)
    asked = make.build(situation.sizes)
    here = situation.draw(rng, biases=asked.layout.biases)
    elsewhere = situation.draw(rng, biases=asked.layout.biases)
    tolerance = max(SAME, 100 * make.info.precision)
    first = asked.returned(*here, situation.l2)
    touched = getattr(asked.net, "touched", ())
    again = asked.returned(*here, situation.l2)
    fresh = make.build(situation.sizes).returned(*here, situation.l2)
    asked.returned(*elsewhere, situation.l2)
    after = asked.returned(*here, situation.l2)
    findings = [
        _repeatable(first, again, fresh, tolerance),
        _ordered(first, after, again, tolerance),
        _untouched(touched, make.info.updates, asked),
    ]
    return tuple(f for f in findings if f is not None), _flags(make, asked)


def same(a: Named, b: Named, tolerance: float) -> bool:
    """Whether two answers differ by round-off at most, relative to each array's largest entry."""
    for name, array in a.items():
        x, y = np.asarray(array), np.asarray(b.get(name))
        if x.shape != y.shape or x.dtype.kind not in "fiub" or y.dtype.kind not in "fiub":
            return False
        largest = float(np.abs(x[np.isfinite(x)]).max(initial=0))
        if not np.allclose(x, y, rtol=0, atol=tolerance * largest, equal_nan=True):
            return False
    return True


def _repeatable(first: Named, again: Named, fresh: Named, tolerance: float) -> Finding:
    if same(first, again, tolerance) and same(first, fresh, tolerance):
        return Finding(
            "behaviour/repeatable", Verdict.PASS, "the same gradient when asked twice, and on a fresh object"
        )
    if not same(first, fresh, tolerance):
        message = "Two fresh objects with the same parameters give different gradients: something in it is random."
        return Finding("behaviour/repeatable", Verdict.INCONCLUSIVE, message)
    grown = same({name: 2 * np.asarray(a) for name, a in first.items()}, again, tolerance)
    what = "is the first one doubled: gradients are added up and never cleared" if grown else "differs: it keeps state"
    return Finding(
        "behaviour/repeatable", Verdict.FAIL, f"The second answer of the same object at the same point {what}."
    )


def _ordered(first: Named, after: Named, again: Named, tolerance: float) -> Finding | None:
    if not same(first, again, tolerance):
        return None  # already said
    if same(first, after, tolerance):
        return Finding("behaviour/order", Verdict.PASS, "a call at another point in between changes nothing")
    message = (
        "After a call at another point, the first point's gradient is another one: it depends on the order of calls."
    )
    return Finding("behaviour/order", Verdict.FAIL, message)


def _untouched(touched: tuple[str, ...], updates: bool, asked: Asked) -> Finding:
    own = {role.name for role in asked.layout.roles}
    names = [name for name in touched if not (updates and name in own)]
    if not names:
        return Finding("behaviour/inputs", Verdict.PASS, "inputs, targets and parameters are left alone")
    message = f"The call changes what it is given ({', '.join(names)}): the caller's data are not what they were."
    return Finding("behaviour/inputs", Verdict.FAIL, message)


SMALL, LARGE = 3, 12
"""Widths between which the work of a gradient is compared."""


def _flags(make: Maker, asked: Asked) -> tuple[str, ...]:
    """A flag where the work of a gradient grows like one pass per parameter."""
    info, sizes = make.info, asked.sizes
    if not info.forward or info.sizes is not None or not hasattr(asked.net, "calls"):
        return ()
    try:
        small, large = (_work(make, (*(width,) * (len(sizes) - 1), sizes[-1])) for width in (SMALL, LARGE))
    except SubmissionFault:  # equal layers are a situation of their own, where this is said
        return ()
    more = large.parameters - small.parameters
    grown, forward = large.gradient - small.gradient, max(large.forward - small.forward, 0)
    if grown < CALLS * more or grown < CALLS * SMALL * forward:
        return ()
    message = (
        f"The work of the gradient grows by {grown / more:.0f} function calls for each further parameter, that of a "
        "forward pass does not: it looks obtained by differences (Eq. 46), not by backpropagation."
    )
    return (message,)


@dataclass(frozen=True)
class _Work:
    """Function calls of one gradient and of one forward pass, and the number of parameters."""

    gradient: int
    forward: int
    parameters: int


def _work(make: Maker, sizes: tuple[int, ...]) -> _Work:
    asked = make.build(sizes)
    named, x, y = Situation("work", sizes, 1).draw(np.random.default_rng(0), biases=asked.layout.biases)
    own = asked.layout.own(named)
    net: Any = asked.net
    calls = net.calls("gradient", own, x, y, 0.0), net.calls("forward", own, x)
    return _Work(*calls, sum(array.size for array in own.values()))
