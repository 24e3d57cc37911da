"""Whole submissions judged as anybody's: the specimens, and programs written in many styles."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gradcheck.reference.specimens import SPECIMENS
from gradcheck.results import CheckResult, Finding, Verdict
from gradcheck.submissions.check import check_file
from gradcheck.suite.sources import Source, sources
from gradcheck.suite.tally import Tally, finding

Progress = Callable[[str], None]
EQUAL = (frozenset(("sign", "target_reversed")), frozenset(("stale_accumulation", "never_cleared")))
"""Slips that give the same gradient: either name is right."""


def specimens(progress: Progress) -> tuple[list[Tally], Finding]:
    """Every specimen of the chapter's interface."""
    tally = Tally("specimens")
    for specimen in SPECIMENS:
        progress(specimen.file)
        result = check_file(specimen.path, isolate="off")
        _count(tally, specimen.file, specimen.fault, result)
    return [tally], finding("submissions/specimens", [tally])


def written(seed: int, share: float, progress: Progress) -> tuple[list[Tally], Finding]:
    """Programs of every style, right and with one slip; *share* of the wrong ones, drawn by *seed*."""
    rng = np.random.default_rng(seed)
    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, source in enumerate(sources()):
            if source.fault and rng.random() >= share:
                continue
            progress(source.name)
            tally = tallies.setdefault(source.family, Tally(f"submissions: {source.family}"))
            _count(tally, source.name, source.fault, _checked(Path(folder) / f"submission_{number}.py", source))
    return list(tallies.values()), finding("submissions/written", list(tallies.values()))


def _checked(path: Path, source: Source) -> CheckResult:
    path.write_text(source.text, encoding="utf-8")
    return check_file(path, isolate="off")


def _count(tally: Tally, name: str, fault: str, result: CheckResult) -> None:
    if not fault:
        tally.right(name, result.verdict)
        return
    named = any(same(d.fault, fault) for d in result.diagnosis)
    located = bool(result.diagnosis) or any(summary.wrong for summary in result.arrays)
    tally.fault(name, caught=result.verdict is Verdict.FAIL, named=named, located=located)


def same(found: str, planted: str) -> bool:
    """Whether two names stand for one and the same gradient."""
    return found == planted or any({found, planted} <= group for group in EQUAL)
