"""Analytic against numeric, entry by entry, and the summary of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.results import ArraySummary, Discrepancy, DiscrepancyMap, EntryVerdict, Verdict

Array = NDArray[Any]
Codes = NDArray[np.int8]
VERDICTS = (EntryVerdict.RIGHT, EntryVerdict.KINK, EntryVerdict.INCONCLUSIVE, EntryVerdict.WRONG)
RIGHT, KINK, INCONCLUSIVE, WRONG = range(4)
CELLS = 64


@dataclass(frozen=True)
class Tolerance:
    """How far analytic and numeric may be apart: allowed = bars · E + relative · |numeric| + block · rms.

    E is the numeric derivative's error bar; rms is the root mean square of the array's own numeric
    gradient, so that entries which are small because terms cancelled are allowed the round-off of
    those terms. Nothing grows with the number of entries. An entry that agrees, but whose bars · E exceeds
    ``matter`` times that rms, is inconclusive: an error that matters could hide in it.
    """

    relative: float = 1e-6
    block: float = 1e-9
    bars: float = 8.0
    matter: float = 1e-2

    @classmethod
    def for_dtype(cls, dtype: Any) -> Tolerance:
        """The default for gradients computed in *dtype*: float32 carries about seven digits, not sixteen."""
        return cls() if np.finfo(dtype).eps < 1e-10 else cls(relative=1e-3, block=1e-4)

    def __str__(self) -> str:
        return f"{self.bars:g} error bars + {self.relative:g} of the value + {self.block:g} of the array's rms"


@dataclass(frozen=True)
class Block:
    """One array's comparison; every array has the parameter's shape. ``verdict`` holds places in ``VERDICTS``.

    ``bars`` is how many error bars ``allowed`` holds.
    """

    name: str
    dtype: str
    analytic: Array
    numeric: Array
    error_bar: Array
    allowed: Array
    verdict: Codes
    bars: float = Tolerance.bars

    @property
    def resolution(self) -> float:
        """The smallest error that would have been seen in every entry.

        The numeric derivative may be off by its error bars towards the analytic one, so that they count twice.
        """
        return float((self.allowed + self.bars * self.error_bar).max(initial=0))

    @property
    def absolute(self) -> Array:
        """|analytic − numeric|."""
        return np.abs(self.analytic - self.numeric)

    def relative(self) -> Array:
        """|analytic − numeric| over the larger magnitude; 0 where both are 0."""
        larger = np.maximum(np.abs(self.analytic), np.abs(self.numeric))
        return np.divide(self.absolute, larger, out=np.zeros_like(larger), where=larger != 0)

    def severity(self) -> Array:
        """Grows with |analytic − numeric| over what is allowed, for ordering: wrong entries first, NaN before all."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ratio = np.where(self.absolute == 0, 0.0, self.absolute / self.allowed)
        ratio = np.nan_to_num(ratio, nan=1e300, posinf=1e300)
        return np.log1p(np.minimum(ratio, 1e300)) + np.where(self.verdict == WRONG, 1e3, 0.0)

    def discrepancy(self, place: int) -> Discrepancy:
        """The entry at *place* of the array seen as a vector."""
        index = tuple(int(i) for i in np.unravel_index(place, self.analytic.shape)) if self.analytic.ndim else ()
        a, n = float(self.analytic.flat[place]), float(self.numeric.flat[place])
        larger = max(abs(a), abs(n))
        return Discrepancy(
            name=self.name,
            index=index,
            analytic=a,
            numeric=n,
            error_bar=float(self.error_bar.flat[place]),
            absolute=abs(a - n),
            relative=abs(a - n) / larger if larger else 0.0,
            allowed=float(self.allowed.flat[place]),
            verdict=VERDICTS[self.verdict.flat[place]],
        )

    def summary(self) -> ArraySummary:
        """Counts, largest differences, cosine, fitted ratio, and a map for pictures."""
        relative, a, n = self.relative(), self.analytic.reshape(-1), self.numeric.reshape(-1)
        norms = float(np.linalg.norm(a) * np.linalg.norm(n))
        square = float(n @ n)
        return ArraySummary(
            name=self.name,
            shape=self.analytic.shape,
            dtype=self.dtype,
            entries=self.analytic.size,
            wrong=int((self.verdict == WRONG).sum()),
            inconclusive=int((self.verdict == INCONCLUSIVE).sum()),
            kinks=int((self.verdict == KINK).sum()),
            max_absolute=float(self.absolute.max(initial=0)),
            max_relative=float(relative.max(initial=0)),
            median_relative=float(np.median(relative)) if relative.size else 0.0,
            resolution=self.resolution,
            cosine=float(a @ n) / norms if norms else float(not a.any() and not n.any()),
            ratio=float(a @ n) / square if square else float("nan"),
            worst=self.discrepancy(int(self.severity().argmax())) if self.analytic.size else None,
            map=discrepancy_map(self) if self.analytic.size else None,
        )


@dataclass(frozen=True)
class Comparison:
    """The comparison of all arrays, in the point's order."""

    blocks: tuple[Block, ...]

    @property
    def verdict(self) -> Verdict:
        """Fail if any entry is wrong, else inconclusive if any is, else pass."""
        codes = {int(code) for block in self.blocks for code in np.unique(block.verdict)}
        if WRONG in codes:
            return Verdict.FAIL
        return Verdict.INCONCLUSIVE if INCONCLUSIVE in codes else Verdict.PASS

    @property
    def resolution(self) -> float:
        """The smallest error that would have been seen in every entry."""
        return max((block.resolution for block in self.blocks), default=0.0)

    def summaries(self) -> tuple[ArraySummary, ...]:
        """One summary per array."""
        return tuple(block.summary() for block in self.blocks)

    def worst(self, count: int = 10) -> tuple[Discrepancy, ...]:
        """The *count* worst entries over all arrays, worst first."""
        found = [(severity, block, place) for block in self.blocks for severity, place in _worst_places(block, count)]
        found.sort(key=lambda item: -item[0])
        return tuple(block.discrepancy(place) for _, block, place in found[:count])


def compare(
    analytic: Mapping[str, Array],
    numeric: Mapping[str, Array],
    error_bar: Mapping[str, Array] | float = 0.0,
    tolerance: Tolerance | None = None,
) -> Comparison:
    """Every entry right, wrong or inconclusive by *tolerance*.

    Args:
        analytic: the gradient to be judged, by name, in the shapes of *numeric*.
        numeric: the numeric or exact gradient.
        error_bar: a bound on the error of *numeric*, entry by entry or one for all; 0 for an exact reference.
        tolerance: by default the one for the analytic arrays' dtype.

    It knows no kinks: whoever estimated the numbers does, and marks them.
    """
    return Comparison(tuple(_block(name, analytic[name], n, error_bar, tolerance) for name, n in numeric.items()))


def _block(
    name: str, analytic: Array, numeric: Array, error_bar: Mapping[str, Array] | float, tolerance: Tolerance | None
) -> Block:
    dtype = np.asarray(analytic).dtype
    tolerance = tolerance or Tolerance.for_dtype(dtype if dtype.kind == "f" else float)
    a, n = np.asarray(analytic, dtype=float), np.asarray(numeric, dtype=float)
    bar = np.broadcast_to(np.asarray(error_bar[name] if isinstance(error_bar, Mapping) else error_bar, float), n.shape)
    scale = rms(n)
    allowed = allowed_difference(n, bar, tolerance, scale)
    code = np.where(np.abs(a - n) <= allowed, RIGHT, WRONG).astype(np.int8)
    doubtful = (code == RIGHT) & (tolerance.bars * bar > tolerance.matter * max(scale, rms(a)))
    code[doubtful & (bar > 0)] = INCONCLUSIVE
    return Block(name, str(dtype), a, n, bar, allowed, code, tolerance.bars)


def allowed_difference(numeric: Array, error_bar: Array, tolerance: Tolerance, scale: float) -> Array:
    """bars · E + relative · |numeric| + block · scale, entry by entry."""
    return tolerance.bars * error_bar + tolerance.relative * np.abs(numeric) + tolerance.block * scale


def rms(array: Array) -> float:
    """The root mean square of the finite entries; 0 of none."""
    finite = array[np.isfinite(array)]
    largest = float(np.abs(finite).max(initial=0))
    return largest * float(np.sqrt(np.mean(np.square(finite / largest)))) if largest else 0.0


def _worst_places(block: Block, count: int) -> list[tuple[float, int]]:
    severity = block.severity().reshape(-1)
    count = min(count, severity.size)
    places = np.argpartition(-severity, count - 1)[:count] if count else ()
    return [(float(severity[place]), int(place)) for place in places]


def discrepancy_map(block: Block) -> DiscrepancyMap:
    """The worst entry of each cell of at most ``CELLS`` × ``CELLS`` cells: maxima, never means."""
    columns = block.analytic.shape[-1] if block.analytic.ndim > 1 else 1
    severity = block.severity().reshape(-1, columns)
    tall, wide = (-(-n // CELLS) for n in severity.shape)
    rows, across = -(-severity.shape[0] // tall), -(-columns // wide)
    padded = np.full((rows * tall, across * wide), -1.0)
    padded[: severity.shape[0], :columns] = severity
    inside = padded.reshape(rows, tall, across, wide).swapaxes(1, 2).reshape(rows * across, -1).argmax(axis=1)
    cell = np.arange(rows * across)
    row, column = cell // across * tall + inside // wide, cell % across * wide + inside % wide
    place = row * columns + column
    return DiscrepancyMap(
        rows=rows,
        columns=across,
        cell=(tall, wide),
        index=tuple(zip(row.tolist(), column.tolist(), strict=True)),
        analytic=tuple(block.analytic.reshape(-1)[place].tolist()),
        numeric=tuple(block.numeric.reshape(-1)[place].tolist()),
        error_bar=tuple(block.error_bar.reshape(-1)[place].tolist()),
        relative=tuple(block.relative().reshape(-1)[place].tolist()),
        verdict=tuple(VERDICTS[code] for code in block.verdict.reshape(-1)[place]),
        allowed=tuple(block.allowed.reshape(-1)[place].tolist()),
    )
