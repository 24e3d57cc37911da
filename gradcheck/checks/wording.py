"""The sentences of a check of a gradient: what was found, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gradcheck.arrays import entry
from gradcheck.compare import INCONCLUSIVE, KINK, WRONG, Block, Comparison
from gradcheck.noise import Noise
from gradcheck.results import Finding, Verdict

SHARPER = (
    "Choose a point where the gradient is larger, evaluate the cost in float64, take constant offsets out of it, "
    "or write it so that it takes complex arrays."
)
STRAIGHT = 0.999999  # a cosine above which a wrong array is called a multiple of the right one


def unrepeatable(noise: Noise) -> tuple[str, str]:
    """Reason and remedy where the same point gave different costs."""
    reason = f"The cost is not repeatable: at the same point it differs by {noise.spread:.2g} of {abs(noise.cost):.4g}."
    return reason, "Fix what is random in it (a seed, a dropout mask, the order of the data) and check again."


def reason_and_remedy(
    comparison: Comparison, findings: tuple[Finding, ...], *, unmoved: bool = False
) -> tuple[Verdict, str, str]:
    """The verdict on a comparison and on what was found before it, its reason in one sentence, and the next step.

    ``unmoved``: no step that was taken changed the cost.
    """
    if broken := first_fault(findings):
        return broken
    if comparison.verdict is Verdict.FAIL:
        return Verdict.FAIL, _wrong(comparison), _where_to_look(comparison)
    if comparison.verdict is Verdict.INCONCLUSIVE:
        return Verdict.INCONCLUSIVE, _doubtful(comparison), SHARPER
    if unmoved:
        return Verdict.INCONCLUSIVE, "The cost does not depend on any entry at this point.", "Choose another point."
    return Verdict.PASS, _right(comparison), ""


def first_fault(findings: Iterable[Finding]) -> tuple[Verdict, str, str] | None:
    """The verdict on a gradient whose structure is wrong, by the first thing that is."""
    broken = [finding for finding in findings if finding.verdict is Verdict.FAIL]
    remedy = "Correct this first; the numbers below are of what could be compared."
    return (Verdict.FAIL, broken[0].message, remedy) if broken else None


def _counted(comparison: Comparison, code: int) -> tuple[int, list[Block]]:
    blocks = [block for block in comparison.blocks if (block.verdict == code).any()]
    return sum(int((block.verdict == code).sum()) for block in blocks), blocks


def _total(comparison: Comparison) -> int:
    return sum(block.analytic.size for block in comparison.blocks)


def _names(blocks: list[Block]) -> str:
    return joined(block.name for block in blocks)


def joined(names: Iterable[str], most: int = 6) -> str:
    """The first few of *names* in a sentence, and how many more there are."""
    names = list(names)
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _wrong(comparison: Comparison) -> str:
    count, blocks = _counted(comparison, WRONG)
    d = comparison.worst(1)[0]
    right = [block.name for block in comparison.blocks if block.name not in {b.name for b in blocks}]
    others = f"; {', '.join(right[:6])} {'are' if len(right) > 1 else 'is'} right" if 0 < len(right) <= 6 else ""
    verb = "is" if count == 1 else "are"
    return (
        f"{count:,} of {_total(comparison):,} entries {verb} wrong, in {_names(blocks)}{others}; the worst is "
        f"{entry(d.name, d.index)}: analytic {d.analytic:.6g}, numeric {d.numeric:.6g} ± {d.error_bar:.1g}."
    )


def _where_to_look(comparison: Comparison) -> str:
    """A hint from the shape of the discrepancy: a constant factor, a reversed sign, zeros."""
    _, blocks = _counted(comparison, WRONG)
    for block in blocks:
        a, n = block.analytic.reshape(-1), block.numeric.reshape(-1)
        if not a.any():
            return f"The gradient of {block.name} is all zeros: was it filled in?"
        norms = float(np.linalg.norm(a) * np.linalg.norm(n))
        if np.isfinite(norms) and norms and a.size > 1 and abs(float(a @ n)) / norms > STRAIGHT:
            return f"{block.name} is {float(a @ n) / float(n @ n):.6g} times the numeric gradient: a constant factor."
    return f"Begin with the array nearest the cost among those that are wrong: {_names(blocks[-1:])}."


def _doubtful(comparison: Comparison) -> str:
    count, blocks = _counted(comparison, INCONCLUSIVE)
    block = max(blocks, key=lambda b: int((b.verdict == INCONCLUSIVE).sum()))
    bar = float(np.median(block.error_bar[block.verdict == INCONCLUSIVE]))
    return (
        f"{count:,} of {_total(comparison):,} entries could not be judged, in {_names(blocks)}: the numeric "
        f"derivative's error bar there is about {bar:.1g}, and the gradient no larger than {_largest(block):.1g}."
    )


def _largest(block: Block) -> float:
    finite = np.abs(block.numeric[np.isfinite(block.numeric)])
    return max(float(finite.max(initial=0)), float(np.abs(block.analytic).max(initial=0)))


def _right(comparison: Comparison) -> str:
    kinks, blocks = _counted(comparison, KINK)
    total, arrays = _total(comparison), len(comparison.blocks)
    whole = "The one entry is" if total == 1 else f"All {total:,} entries are"
    whole = f"All {total:,} entries of {arrays} arrays are" if arrays > 1 else whole
    sentence = f"{whole} right; an error above {comparison.resolution:.1g} would have been seen anywhere"
    return (
        f"{sentence}; {kinks:,} lie{'s' if kinks == 1 else ''} at a kink, in {_names(blocks)}."
        if kinks
        else f"{sentence}."
    )
