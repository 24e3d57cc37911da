"""What one formula showed: the engine's values and gradients at a few points against the exact ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import describe
from gradcheck.compare import Comparison, Tolerance, compare
from gradcheck.results import Verdict
from gradcheck.sandbox.batch import Answer
from gradcheck.submissions.formulas import exact
from gradcheck.submissions.formulas.formula import Formula
from gradcheck.submissions.judging.values import FOUR_DIGITS
from gradcheck.submissions.subjects import CaseInfo

Array = NDArray[Any]
Status = Literal["right", "wrong", "unlike", "raised", "misshapen", "refused"]
REDUCED = {"summed": ("sum", "*"), "added": ("sum",)}
ALIKE = 1e-4
"""Values that agree so closely, relative to the sum of magnitudes, are of the same function."""


@dataclass(frozen=True)
class Sample:
    """One point, the gradient that comes to the result there, and two gradients of the leaves."""

    point: Mapping[str, Array]
    weights: Array
    returned: Mapping[str, Array]
    exact: Mapping[str, Array]


@dataclass(frozen=True)
class Outcome:
    """What a formula showed over several points; ``comparison`` is of the first point that is wrong, or the first.

    ``reduced`` names the operations by which the result became a number; ``rough`` says that the gradients agree to
    four digits only.
    """

    index: int
    formula: Formula
    status: Status
    message: str = ""
    samples: tuple[Sample, ...] = ()
    comparison: Comparison | None = None
    rough: bool = False
    reduced: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether its gradient is the exact one at every point."""
        return self.status == "right"

    @property
    def failed(self) -> bool:
        """Whether its gradient is not that of its value, or does not come where it is claimed."""
        return self.status in ("wrong", "misshapen", "refused")


def outcome(index: int, info: CaseInfo, formula: Formula, answers: Sequence[Answer], first_seed: int) -> Outcome:
    """The outcome for one case, from its answers at the points of consecutive seeds."""
    for answer in answers:
        if answer.fault:
            status: Status = "misshapen" if answer.fault == "bad return" else "raised"
            return Outcome(index, formula, status, answer.message)
    points = [formula.point(first_seed + number, arrays=info.arrays) for number in range(len(answers))]
    weights = [_weights(info, formula, first_seed + number, point) for number, point in enumerate(points)]
    variant = _variant(formula, points, weights, answers)
    if variant is None:
        return Outcome(index, formula, "unlike", _unlike(formula, points[0], weights[0], answers[0]))
    samples = []
    for point, weight, answer in zip(points, weights, answers, strict=True):
        expected = exact.gradient(formula, point, weight, variant)
        conformed = _conformed(answer.gradient, expected)
        if isinstance(conformed, str):
            return Outcome(index, formula, "misshapen", conformed)
        samples.append(Sample(point, weight, conformed, expected))
    reduced = REDUCED.get(info.upstream, ()) if samples[0].weights.ndim else ()
    return _compared(Outcome(index, formula, "right", samples=tuple(samples), reduced=reduced))


def _weights(info: CaseInfo, formula: Formula, seed: int, point: Mapping[str, Array]) -> Array:
    shape = exact.value(formula, point).shape
    return formula.weights(seed, shape) if shape and info.upstream in ("handed", "summed") else np.ones(shape)


def _variant(
    formula: Formula, points: Sequence[Mapping[str, Array]], weights: Sequence[Array], answers: Sequence[Answer]
) -> int | None:
    """Which meaning of its function the values fit at every point."""
    for variant in range(exact.variants(formula)):
        terms = [w * exact.value(formula, point, variant) for point, w in zip(points, weights, strict=True)]
        if all(_alike(answer.cost, term) for answer, term in zip(answers, terms, strict=True)):
            return variant
    return None


def _alike(cost: float, terms: Array) -> bool:
    return abs(cost - float(terms.sum())) <= ALIKE * max(1.0, float(np.abs(terms).sum()))


def _unlike(formula: Formula, point: Mapping[str, Array], weights: Array, answer: Answer) -> str:
    expected = float(np.sum(weights * exact.value(formula, point)))
    leaves = ", ".join(f"{name} = {float(leaf):.4g}" for name, leaf in point.items() if not leaf.ndim)
    return f"{formula.text} is {answer.cost:.6g}{f' for {leaves}' if leaves else ''}; it should be {expected:.6g}"


def _conformed(returned: Mapping[str, Array], expected: Mapping[str, Array]) -> dict[str, Array] | str:
    """The gradient in the leaves' shapes, or a sentence on the first that does not fit."""
    found = {}
    for name, slopes in expected.items():
        array = returned.get(name)
        if array is None or array.dtype.kind not in "fiub":
            return f"the gradient of {name} is missing"
        if array.size != slopes.size or max(array.shape, default=1) != max(slopes.shape, default=1):
            shape = f"[{','.join(map(str, slopes.shape))}]"
            return f"the gradient of {name} is {describe(array)}, the leaf has shape {shape}"
        found[name] = array.reshape(slopes.shape)
    return found


def _compared(found: Outcome) -> Outcome:
    """The outcome with its status: single precision, and a small ε in a logarithm, are allowed for."""
    comparisons = [_compare(sample) for sample in found.samples]
    wrong = [comparison for comparison, _ in comparisons if comparison.verdict is Verdict.FAIL]
    if wrong:
        return replace(found, status="wrong", comparison=wrong[0])
    return replace(found, comparison=comparisons[0][0], rough=any(rough for _, rough in comparisons))


def _single(sample: Sample) -> bool:
    """Whether its numbers are of single precision, whatever they are kept in, and the exact ones are not."""
    returned = sample.returned.values()
    if all(array.dtype == np.float32 for array in returned):
        return True
    return all(map(_rounded, returned)) and not all(map(_rounded, sample.exact.values()))


def _rounded(array: Array) -> bool:
    return bool(np.array_equal(array, array.astype(np.float32)))


def _compare(sample: Sample) -> tuple[Comparison, bool]:
    tolerance = Tolerance.for_dtype(np.float32 if _single(sample) else np.float64)
    comparison = compare(sample.returned, sample.exact, 0.0, tolerance)
    if comparison.verdict is Verdict.FAIL:
        looser = compare(sample.returned, sample.exact, 0.0, FOUR_DIGITS)
        if looser.verdict is Verdict.PASS:
            return looser, True
    return comparison, False
