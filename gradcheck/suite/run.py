"""The verification suite: the engine, the judge, the diagnosis and whole submissions, and what all of it missed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcheck.results import (
    CorrectCounts,
    FamilyCounts,
    FaultCounts,
    Finding,
    SuiteResult,
    Verdict,
)
from gradcheck.suite.black_boxes import black_boxes
from gradcheck.suite.catalogue import catalogue
from gradcheck.suite.engine import engine_findings
from gradcheck.suite.submissions import of_families, specimens, written
from gradcheck.versions import versions

Progress = Callable[[str], None]
NAMED = 0.9
QUICK_BOXES, FULL_BOXES = 2, 53  # right gradients of each black-box family; a thousand and more in full
QUICK = 0.04  # the share of program-written submissions in a quick run


def run_suite(*, full: bool = False, seed: int = 0, progress: Progress | None = None, command: str = "") -> SuiteResult:
    """Run the suite.

    Args:
        full: every submission instead of a sample drawn by *seed*.
        seed: of every random network and sample.
        progress: called with what is looked at next.
        command: how it was called, for the result.

    Returns:
        A result that passes only where the engine agrees with every other way to its gradient, every planted
        fault was caught, no right gradient blamed, and nine in ten faults named.
    """
    started, say = time.perf_counter(), progress or _silent
    say("the engine")
    checks = list(engine_findings(seed))
    tallies = []
    with np.errstate(all="ignore"):  # planted faults may leave a cost's domain
        for found, check in _parts(full, seed, say):
            tallies += [tally.counts() for tally in found]
            checks.append(check)
        boxes, rules, check = black_boxes(seed, FULL_BOXES if full else QUICK_BOXES, say)
    checks += [check, _naming(tallies)]
    more = {"seconds": time.perf_counter() - started, "seed": seed, "command": command, "rules": rules}
    return _result(tallies, boxes, checks, more)


def _silent(what: str) -> None:
    """Nobody wants to know."""


def _parts(full: bool, seed: int, say: Progress) -> Any:
    yield catalogue(seed, 1.0, say)
    yield specimens(say)
    share = 1.0 if full else QUICK
    yield of_families(seed, share, say)
    yield written(seed, share, say)


def _naming(families: Sequence[FamilyCounts]) -> Finding:
    faults = _faults(families)
    share = faults.named / faults.total if faults.total else 1.0
    verdict = Verdict.PASS if share >= NAMED else Verdict.FAIL
    return Finding("faults/named", verdict, f"{share:.1%} of the faults were named; at least {NAMED:.0%} must be.")


def _faults(families: Sequence[FamilyCounts]) -> FaultCounts:
    counts = [family.faults for family in families]
    return FaultCounts(*(sum(getattr(c, name) for c in counts) for name in ("total", "caught", "named", "located")))


def _correct(families: Sequence[FamilyCounts]) -> CorrectCounts:
    counts = [family.correct for family in families]
    return CorrectCounts(*(sum(getattr(c, name) for c in counts) for name in ("total", "wrong", "inconclusive")))


def _result(
    families: Sequence[FamilyCounts], boxes: Sequence[FamilyCounts], checks: Sequence[Finding], more: dict[str, Any]
) -> SuiteResult:
    """Totals of faults are those of the slips that have a name; correct gradients are all of them."""
    broken = [check for check in checks if check.verdict is not Verdict.PASS]
    faults, correct, families = _faults(families), _correct((*families, *boxes)), (*families, *boxes)
    reason = (
        f"{faults.caught:,} of {faults.total:,} planted faults caught, {faults.named:,} named; "
        f"{correct.wrong:,} of {correct.total:,} correct gradients called wrong."
    )
    if broken:
        reason = f"{len(broken)} of {len(checks)} checks did not pass: {', '.join(c.id for c in broken)}. {reason}"
    verdict = Verdict.FAIL if broken else Verdict.PASS
    return SuiteResult(verdict, reason, faults, correct, families, checks=tuple(checks), versions=versions(), **more)
