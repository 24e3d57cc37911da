"""Whole submissions judged as anybody's: the specimens, and programs written in many styles."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gradcheck.reference.specimens import OF_FAMILIES, SPECIMENS
from gradcheck.results import CheckResult, Finding, Verdict
from gradcheck.submissions.check import check_file
from gradcheck.suite.sources import Source, sources
from gradcheck.suite.tally import Tally, finding

Progress = Callable[[str], None]
EQUAL = (frozenset(("sign", "target_reversed")), frozenset(("stale_accumulation", "never_cleared")))
"""Slips that give the same gradient: either name is right."""
OF_ONE_ARRAY = {
    "weights_zero": "zero", "bias_zero": "zero", "times_m": "factor", "divided_by_m": "factor",
    "first_row_missing": "first_column_missing", "last_row_missing": "last_column_missing",
}  # fmt: skip
"""How a slip is named where one array is judged by itself, in the shape that the submission gives it."""


def specimens(progress: Progress) -> tuple[list[Tally], Finding]:
    """Every specimen of the chapter's interface."""
    tally = Tally("specimens")
    for specimen in SPECIMENS:
        progress(specimen.file)
        result = check_file(specimen.path, isolate="off")
        _count(tally, specimen.file, specimen.fault, result)
    return [tally], finding("submissions/specimens", [tally])


def of_families(seed: int, share: float, progress: Progress) -> tuple[list[Tally], Finding]:
    """Specimens of every other interface; *share* of them, drawn by *seed*."""
    rng = np.random.default_rng(seed)
    tally = Tally("specimens of other interfaces")
    for specimen in OF_FAMILIES:
        if rng.random() < share:
            progress(specimen.file)
            _count(tally, specimen.file, specimen.fault, check_file(specimen.path, isolate="off"))
    return [tally], finding("submissions/of-families", [tally])


def written(seed: int, share: float, progress: Progress) -> tuple[list[Tally], Finding]:
    """Programs of every style, right and with one slip; *share* of variants and wrong ones, drawn by *seed*."""
    rng = np.random.default_rng(seed)
    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, source in enumerate(sources()):
            if (source.fault or source.variant) and rng.random() >= share:
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
    alone = planted.removesuffix("_in_weights").removesuffix("_in_biases").removesuffix("_in_error")
    return found in (planted, alone, OF_ONE_ARRAY.get(alone)) or any({found, planted} <= group for group in EQUAL)
