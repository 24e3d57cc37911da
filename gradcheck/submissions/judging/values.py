"""One situation: the submission's gradient against the exact one, structure before numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import describe, entry
from gradcheck.compare import Comparison, Tolerance, compare
from gradcheck.reference import CostRecognition, gradient_of_error
from gradcheck.results import Finding, Verdict
from gradcheck.submissions.judging.asked import Asked, fits
from gradcheck.submissions.judging.situations import Situation

Array = NDArray[Any]
FOUR_DIGITS = Tolerance(relative=1e-4, block=1e-5)
"""Where right code ends that has a small ε in its logarithm; the smallest slip seen in the wild is 6e-4."""


DRESS = ("numbers", "vectors", "matrices", "arrays of more axes")
"""What an array of so many axes is."""


@dataclass(frozen=True)
class Outcome:
    """What one situation showed.

    ``returned`` is the gradient under our names, for the diagnosis; ``whole`` names the arrays that came as integers,
    ``reshaped`` those of another shape than their parameter's and what they are; ``inputs_first`` is true where the
    rows of its weights are inputs.
    """

    situation: Situation
    finding: Finding
    comparison: Comparison | None = None
    named: Mapping[str, Array] | None = None
    x: Array | None = None
    y: Array | None = None
    returned: Mapping[str, Array] | None = None
    cost: CostRecognition | None = None
    whole: tuple[str, ...] = ()
    reshaped: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    inputs_first: bool = False


@dataclass(frozen=True)
class Judged:
    """A returned gradient whose structure is sound, as float64 in the parameters' own shapes."""

    arrays: dict[str, Array]
    dtype: np.dtype[Any]
    reshaped: Mapping[str, str]


def structure(returned: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> Judged | str:
    """The arrays in the parameters' shapes, or a sentence on the first that is not sound: shape, dtype, finiteness."""
    arrays: dict[str, Array] = {}
    reshaped, single = {}, True
    for name, shape in shapes.items():
        if name not in returned:
            return f"The gradient of {name} is missing."
        array = np.asarray(returned[name])
        if array.dtype.kind not in "fiub":
            return f"The gradient of {name} is {describe(array)}; it must be real numbers."
        if not fits(array.shape, shape):
            return misshapen(name, array, shape)
        if array.shape != shape:
            reshaped[name] = DRESS[min(array.ndim, 3)]
        values = array.astype(float).reshape(shape)
        bad = np.argwhere(~np.isfinite(values))
        if len(bad):
            where = entry(name, tuple(int(i) for i in bad[0]))
            return f"The gradient is {values[tuple(bad[0])]} at {where}, and not finite at {len(bad)} of its entries."
        single = single and array.dtype.kind == "f" and bool(np.array_equal(values.astype(np.float32), values))
        arrays[name] = values
    return Judged(arrays, np.dtype(np.float32 if single else np.float64), reshaped)


def _brackets(shape: tuple[int, ...]) -> str:
    return f"[{','.join(map(str, shape))}]"


def said_of_reshaped(outcomes: Iterable[Outcome]) -> list[str]:
    """One sentence for all gradients that come as vectors where their parameters are columns, and so on."""
    by_dress: dict[str, dict[str, None]] = {}
    for name, dress in (pair for outcome in outcomes for pair in outcome.reshaped.items()):
        by_dress.setdefault(dress, {})[name] = None
    return [
        f"the gradient{'s' * (len(names) > 1)} of {', '.join(sorted(names))} come{'s' * (len(names) == 1)} as {dress}: "
        "compared reshaped"
        for dress, names in by_dress.items()
    ]


def misshapen(name: str, array: Array, shape: tuple[int, ...]) -> str:
    """A sentence on a gradient of the wrong shape that says what it looks like."""
    message = f"The gradient of {name} is {describe(array)}, the parameter has shape {_brackets(shape)}"
    if array.shape == shape[::-1]:
        return f"{message}: it is transposed."
    if array.size == 1:
        return f"{message}: it has been summed to one number."
    if array.size == int(np.prod(shape)):
        return f"{message}: as many entries in another shape."
    if array.ndim == 2 and array.shape[0] == int(np.prod(shape)):
        return f"{message}: it has one column per example; sum over the examples."
    return f"{message}."


def tolerance_for(judged: Judged, precision: float) -> Tolerance:
    """The default for the dtype that the numbers show, and never finer than the way they were obtained."""
    tolerance = Tolerance.for_dtype(judged.dtype)
    floor = 50 * precision
    return replace(tolerance, relative=max(tolerance.relative, floor), block=max(tolerance.block, floor))


def judge(
    asked: Asked, situation: Situation, cost: CostRecognition, rng: np.random.Generator, precision: float = 0.0
) -> Outcome:
    """The submission's gradient in one situation against the exact gradient of *cost*.

    What the submission raises is passed on.
    """
    named, x, y = situation.draw(rng, biases=asked.layout.biases)
    returned = asked.returned(named, x.copy(), y.copy(), situation.l2)
    own = asked.layout.own(named)
    outcome = Outcome(situation, _finding(situation, Verdict.PASS, ""), None, named, x, y, None, cost)
    outcome = replace(outcome, inputs_first=any(role.transposed for role in asked.layout.roles))
    sound = structure(returned, {name: array.shape for name, array in own.items()})
    if isinstance(sound, str):
        usable = _sizable(returned)
        return _unsound(outcome, sound, {**asked.ours(usable), **asked.misshapen(usable)})
    if not situation.judged:
        return replace(outcome, finding=_finding(situation, Verdict.PASS, "the gradient stays finite"))
    exact = asked.layout.own(cost.gradient(named, x, y, situation.l2))
    tolerance = tolerance_for(sound, precision)
    comparison = compare(sound.arrays, exact, 0.0, tolerance)
    notes: tuple[str, ...] = ()
    if comparison.verdict is Verdict.FAIL:
        looser = compare(sound.arrays, exact, 0.0, FOUR_DIGITS)
        if looser.verdict is Verdict.PASS:
            comparison = looser
            notes = ("agrees to four digits only: a small ε in a logarithm, or single precision inside",)
    return replace(
        outcome,
        finding=_finding(situation, comparison.verdict, _agreement(comparison)),
        comparison=comparison,
        returned=asked.layout.ours(sound.arrays),
        whole=tuple(name for name, array in returned.items() if np.asarray(array).dtype.kind in "iub"),
        reshaped=sound.reshaped,
        notes=notes,
    )


def judge_given_error(
    asked: Asked, situation: Situation, cost: CostRecognition, rng: np.random.Generator, precision: float = 0.0
) -> Outcome | None:
    """One example's gradient against what BP2-BP4 make of its own ∂C/∂b^L: where it differs, no cost explains it.

    None where it has no biases or its structure is not sound. Cannot see a wrong output error (BP1).
    """
    named, x, y = situation.draw(rng, biases=asked.layout.biases)
    returned = asked.returned(named, x.copy(), y.copy(), situation.l2)
    own = asked.layout.own(named)
    sound = structure(returned, {name: array.shape for name, array in own.items()})
    if isinstance(sound, str) or not asked.layout.biases or situation.examples != 1:
        return None
    ours = asked.layout.ours(sound.arrays)
    error = ours[f"b{len(asked.sizes)}"]
    exact = asked.layout.own(gradient_of_error(cost.activations, named, x, error))
    comparison = compare(sound.arrays, exact, 0.0, tolerance_for(sound, precision))
    finding = _finding(situation, comparison.verdict, f"given its own output error, {_agreement(comparison)}")
    return Outcome(situation, replace(finding, equation="BP2-BP4"), comparison)


def _sizable(returned: Mapping[str, Any]) -> dict[str, Array]:
    arrays = {name: np.asarray(array) for name, array in returned.items()}
    return {name: array for name, array in arrays.items() if array.dtype.kind in "fiub"}


def _unsound(outcome: Outcome, sentence: str, returned: Mapping[str, Array]) -> Outcome:
    situation = outcome.situation
    if not situation.judged and "not finite" in sentence:
        remark = f"with large weights {sentence[0].lower()}{sentence[1:-1]}: an overflow, judged elsewhere"
        return replace(outcome, finding=_finding(situation, Verdict.PASS, remark), notes=(remark,))
    return replace(outcome, finding=_finding(situation, Verdict.FAIL, sentence), returned=returned)


def _finding(situation: Situation, verdict: Verdict, message: str) -> Finding:
    where = f"{'-'.join(map(str, situation.sizes))}, {situation.examples} example{'s' * (situation.examples > 1)}"
    text = f"{situation.id} ({where})" + (f": {message}" if message else "")
    return Finding(f"values/{situation.id.replace(' ', '-')}", verdict, text, "BP1-BP4")


def _agreement(comparison: Comparison) -> str:
    worst = max((summary.max_relative for summary in comparison.summaries()), default=0.0)
    wrong = [block.name for block in comparison.blocks if (block.verdict == 3).any()]
    if wrong:
        return f"{', '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} wrong"
    return f"every entry agrees with the exact gradient, to {worst:.1g} at worst"
