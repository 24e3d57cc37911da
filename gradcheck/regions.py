"""Halving an array until its wrong entries stand alone: adaptive splitting by directional derivatives.

Discrepancies along parts of one direction add up, so that one probe of a half tells of both halves. k
wrong entries among P take about k log₂ P probes. Where all parts of a part are wrong, and lines drawn from it
too, splitting stops: the fault runs along it, and neighbours are joined again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradcheck.compare import RIGHT
from gradcheck.directions import Probe, Prober

Matrix = NDArray[np.float64]
ROWS, COLUMNS = 0, 1
GENERATIONS = 3  # of halvings without a right half, after which lines are tried
LINES = 2  # that must be wrong, all of them


@dataclass(frozen=True)
class Region:
    """A rectangle of an array seen as a matrix (further axes folded into the columns), each span half-open.

    ``off`` is its discrepancy along the search's direction, known to within ``allowed``; ``halvings`` counts those
    that led here without a right half.
    """

    rows: tuple[int, int]
    columns: tuple[int, int]
    off: float
    allowed: float
    halvings: int = 0

    @property
    def size(self) -> int:
        """How many entries it holds."""
        return self.length(ROWS) * self.length(COLUMNS)

    def span(self, axis: int) -> tuple[int, int]:
        """First and past-the-last row or column."""
        return self.columns if axis else self.rows

    def length(self, axis: int) -> int:
        """How many rows or columns."""
        first, last = self.span(axis)
        return last - first

    def part(self, axis: int, span: tuple[int, int]) -> Region:
        """The same rectangle with another span of rows or columns."""
        return replace(self, columns=span) if axis else replace(self, rows=span)


def as_matrix_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """An array's shape as rows (its first axis) and columns (all others)."""
    rows = shape[0] if shape else 1
    return rows, int(np.prod(shape[1:], dtype=int)) if rows else 0


@dataclass
class Splitter:
    """Splits one array along *direction*, whose discrepancy is known, while ``affordable()``."""

    prober: Prober
    name: str
    direction: Matrix
    affordable: Callable[[], bool]
    rng: np.random.Generator

    def wrong_regions(self, off: float, allowed: float) -> list[Region]:
        """Rectangles that hold what is wrong: single entries, or what is wrong all along."""
        rows, columns = as_matrix_shape(self.direction.shape)
        whole = Region((0, rows), (0, columns), off, allowed)
        tall = self._narrowed(whole, ROWS)
        small = [region for part in tall for region in self._narrowed(part, COLUMNS)]
        return [region for part in small for region in self._narrowed(part, ROWS)]

    def _narrowed(self, start: Region, axis: int) -> list[Region]:
        """The wrong spans of *start* along one axis: single lines, or what is wrong all along."""
        settled, waiting = [], deque([replace(start, halvings=0)])
        while waiting:
            region = waiting.popleft()
            if (
                region.length(axis) == 1
                or not self.affordable()
                or (region.halvings >= GENERATIONS and self._runs_along(region, axis))
            ):
                settled.append(region)
            else:
                waiting += self._wrong_halves(region, axis)
        return _joined(settled, axis)

    def _runs_along(self, region: Region, axis: int) -> bool:
        """Whether all of a few lines drawn from *region* are wrong."""
        first, last = region.span(axis)
        lines = self.rng.choice(np.arange(first, last), min(LINES, last - first), replace=False)
        drawn = (region.part(axis, (int(line), int(line) + 1)) for line in lines)
        return all(self._measured(line, line.off).code != RIGHT for line in drawn)

    def _wrong_halves(self, region: Region, axis: int) -> list[Region]:
        first, last = region.span(axis)
        middle = (first + last) // 2
        lower, upper = region.part(axis, (first, middle)), region.part(axis, (middle, last))
        seen = self._measured(lower, region.off)
        rest, allowed = region.off - seen.off, seen.allowed + region.allowed
        halves = [] if seen.code == RIGHT else [replace(lower, off=seen.off, allowed=seen.allowed)]
        halves += [replace(upper, off=rest, allowed=allowed)] if abs(rest) > allowed else []
        return [replace(half, halvings=region.halvings + 1 if len(halves) == 2 else 0) for half in halves]

    def _measured(self, region: Region, expected: float) -> Probe:
        return self.prober.measure({self.name: self._masked(region)}, expected)

    def _masked(self, region: Region) -> Matrix:
        """The direction within *region*, and zero elsewhere."""
        masked = np.zeros_like(self.direction)
        rows, columns = slice(*region.rows), slice(*region.columns)
        shape = as_matrix_shape(masked.shape)
        masked.reshape(shape)[rows, columns] = self.direction.reshape(shape)[rows, columns]
        return masked


def _joined(regions: list[Region], axis: int) -> list[Region]:
    """*regions* in their order along one axis, neighbours joined."""
    joined: list[Region] = []
    for region in sorted(regions, key=lambda r: r.span(axis)):
        first, last = region.span(axis)
        if joined and joined[-1].span(axis)[1] == first:
            before = joined.pop()
            whole = before.part(axis, (before.span(axis)[0], last))
            region = replace(whole, off=before.off + region.off, allowed=before.allowed + region.allowed)
        joined.append(region)
    return joined
