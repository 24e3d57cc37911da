"""``check_direction``: a gradient of any size against derivatives along a few random directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.arrays import entry, signs
from gradcheck.checks.preparation import Prepared, Task, judged, unmoved
from gradcheck.checks.wording import first_fault, joined
from gradcheck.compare import INCONCLUSIVE, WRONG, Block, Comparison, Tolerance
from gradcheck.directions import Probe, Prober
from gradcheck.errors import UsageError
from gradcheck.results import CheckResult, Finding, Verdict

ALONG = " along v"
METHODS = ("auto", "real", "complex")
LOCATE = "locate(cost, gradient, at) finds the entries without looking at all of them."
CLOSER = "check_gradient looks at every entry; or choose a point where the gradient is larger."


def check_direction(
    cost: Callable[..., Any],
    gradient: Callable[..., Any] | Mapping[str, Any] | Any,
    at: Any,
    *,
    directions: int = 8,
    method: str = "auto",
    tolerance: Tolerance | None = None,
    seed: int = 0,
    target: str = "gradient",
) -> CheckResult:
    """Whether *gradient* is right along random directions, array by array: evaluations that do not grow with N.

    In each array every entry moves by ±h, signs drawn anew for each direction. A fault in one entry
    cannot hide; one that puts any entry off by more than the stated resolution, whatever it does to
    the others, is missed by all directions with probability 2^−directions at the most. A fault spread
    so thinly that every entry is off by less is missed more easily.

    Args:
        cost: maps the point to a real number; called with keywords where its parameters are the point's keys.
        gradient: maps the point to its gradient in the same structure; or that gradient itself.
        at: the point: float arrays in a dictionary, list or tuple, or one array; never written to.
        directions: how many, per array.
        method: ``"auto"`` takes complex steps in arrays where they agree with real differences along the
            first direction, and real differences elsewhere; ``"real"`` and ``"complex"`` insist.
        tolerance: as in ``check_gradient``, but of the derivative along a direction and of the norm over the array.
        seed: of the directions.
        target: what is checked, for the result.

    Returns:
        A ``CheckResult`` whose arrays hold one "entry" per direction, under the name ``w2 along v``.

    Raises:
        UsageError: a point, method or number of directions that cannot be judged, in a sentence.

    It cannot say which entries are wrong; ``locate`` can.
    """
    usable(directions, method)
    task = Task(target, seed, tolerance)
    return judged(task, cost, gradient, at, lambda ready: _checked(ready, directions, method))


def usable(directions: int, method: str) -> None:
    """Raise UsageError for options that ask for nothing."""
    if method not in METHODS:
        raise UsageError(f"The method is one of {', '.join(METHODS)}, not {method!r}.")
    if directions < 1:
        raise UsageError(f"At least one direction is needed, not {directions}.")


def _checked(ready: Prepared, directions: int, method: str) -> CheckResult:
    prober = Prober(ready.setting, ready.arrays, method)
    comparison = Comparison(
        tuple(_along(prober, ready, name, directions) for name, g in ready.arrays.items() if g.size)
    )
    verdict, reason, remedy = sentences(comparison, ready)
    found = tuple(_finding(block) for block in comparison.blocks)
    return ready.task.result(
        verdict,
        reason,
        remedy,
        checks=ready.findings + found,
        arrays=comparison.summaries(),
        worst=comparison.worst(),
        flags=ready.answer.flags,
        method="complex step" if any(prober.trusted.values()) else "central differences at h and 2h",
        step=max(prober.steps.values(), default=None),
        tolerance=str(ready.setting.tolerance),
        resolution=comparison.resolution,
    )


def _along(prober: Prober, ready: Prepared, name: str, directions: int) -> Block:
    """One array's probes as a block with an entry for each direction."""
    own = {name: ready.arrays[name]}
    probes = [prober.probe(signs(ready.rng, own)) for _ in range(directions)]
    return as_block(f"{name}{ALONG}", probes, ready.setting.tolerance.bars)


def as_block(name: str, probes: Sequence[Probe], bars: float) -> Block:
    """Probes as one array's comparison."""
    analytic, numeric, bar, allowed = np.array([(p.analytic, p.numeric, p.bar, p.allowed) for p in probes]).T
    codes = np.array([p.code for p in probes], dtype=np.int8)
    return Block(name, "float64", analytic, numeric, bar, allowed, codes, bars)


def sentences(comparison: Comparison, ready: Prepared) -> tuple[Verdict, str, str]:
    """Verdict, reason and remedy of blocks of probes."""
    if broken := first_fault(ready.findings):
        return broken
    wrong = [block for block in comparison.blocks if (block.verdict == WRONG).any()]
    if wrong:
        return Verdict.FAIL, _wrong(comparison, wrong), LOCATE
    doubtful = [block for block in comparison.blocks if not _judged(block)]
    if doubtful:
        return Verdict.INCONCLUSIVE, f"No direction in {joined(map(_array, doubtful))} could be judged.", CLOSER
    if unmoved(comparison, ready):
        return Verdict.INCONCLUSIVE, "The cost does not depend on any entry at this point.", "Choose another point."
    return Verdict.PASS, _right(comparison), ""


def _array(block: Block) -> str:
    return block.name.removesuffix(ALONG)


def _judged(block: Block) -> int:
    """How many directions could be judged."""
    return int((block.verdict != INCONCLUSIVE).sum())


def _wrong(comparison: Comparison, wrong: Sequence[Block]) -> str:
    right = [_array(block) for block in comparison.blocks if not (block.verdict == WRONG).any()]
    others = f"; {joined(right)} {'are' if len(right) > 1 else 'is'} right along theirs" if right else ""
    count = sum(int((block.verdict == WRONG).sum()) for block in wrong)
    drawn = sum(block.verdict.size for block in wrong)
    d = comparison.worst(1)[0]
    return (
        f"The gradient is wrong along {count} of {drawn} directions in {joined(map(_array, wrong))}{others}; the worst "
        f"is {entry(d.name, d.index)}: analytic {d.analytic:.6g}, numeric {d.numeric:.6g} ± {d.error_bar:.1g}."
    )


def _right(comparison: Comparison) -> str:
    fewest = min(map(_judged, comparison.blocks))
    of = f" in each of {len(comparison.blocks)} arrays" if len(comparison.blocks) > 1 else ""
    return (
        f"The gradient is right along {fewest} random direction{'s' if fewest > 1 else ''}{of}; a fault that puts an "
        f"entry off by more than {comparison.resolution:.1g} would have been missed with probability {missed(fewest)}."
    )


def missed(directions: int) -> str:
    """The probability that all directions miss a fault: 2^−directions at the most."""
    return f"{100 * 0.5**directions:.2g} % at most"


def _finding(block: Block) -> Finding:
    """One array's sentence, with its own resolution."""
    wrong, drawn, name = int((block.verdict == WRONG).sum()), block.verdict.size, _array(block)
    if wrong:
        return Finding("direction", Verdict.FAIL, f"{name} is wrong along {wrong} of {drawn} directions.")
    if not (known := _judged(block)):
        return Finding(
            "direction", Verdict.INCONCLUSIVE, f"{name} could not be judged along any of {drawn} directions."
        )
    seen = f"an entry off by more than {block.resolution:.1g} is missed with probability {missed(known)}"
    return Finding("direction", Verdict.PASS, f"{name} is right along {known} of {drawn} directions; {seen}.")
