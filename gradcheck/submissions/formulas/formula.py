"""A formula of leaves a, b, c..., its points, and the weights with which an array is summed to one number."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Named = dict[str, Any]
Build = Callable[..., Any]
LETTERS = "abcdefgh"
SAME_SHAPE = (2, 3)
NEAR, FAR = 0.4, 1.6
KINK = 0.1


@dataclass(frozen=True)
class Formula:
    """A formula, and what it is to show.

    ``build`` makes it of values of any kind that have the operators; where ``function`` names one of
    ``functions.EXACT``, it takes that function first. ``operation`` is what is examined, ``role`` how:
    ``direct`` (the bare operation), ``scaled`` (another gradient than 1 comes to it), ``reuse`` (two results
    of it share a leaf), ``same`` (one leaf on both sides), ``number`` and ``reflected`` (with a plain number, on
    the right or on the left), ``broadcast``, ``inside`` (a function of an expression), or ``graph`` (several
    operations; the order of the way back shows).
    ``shapes`` are the leaves' in an engine of arrays; none: every leaf has the same.
    """

    text: str
    leaves: int
    build: Build
    operation: str = ""
    role: str = "graph"
    function: str = ""
    positive: bool = False
    shapes: tuple[tuple[int, ...], ...] = ()

    def bound(self, function: Build | None) -> Build:
        """The formula of its leaves alone, with *function* in the place of its own."""
        return (lambda *leaves: self.build(function, *leaves)) if self.function else self.build

    def point(self, seed: int, *, arrays: bool) -> Named:
        """Leaves of magnitude 0.4 to 1.6, away from kinks; some negative unless the formula wants positive ones."""
        rng = np.random.default_rng([seed, self.leaves])
        shapes = self.shapes or ((SAME_SHAPE if arrays else ()),) * self.leaves
        point = {letter: np.array(rng.uniform(NEAR, FAR, s)) for letter, s in zip(LETTERS, shapes, strict=False)}
        if not self.positive:
            for number, name in enumerate(point):
                signs = rng.choice([-1.0, 1.0], point[name].shape) if point[name].ndim else (-1.0) ** (seed + number)
                point[name] = np.asarray(point[name] * (signs if seed else 1.0))
        return self._off_kinks(point) if self.role == "inside" else point

    def _off_kinks(self, point: Named) -> Named:
        inner = point["a"] * point["b"] + point["c"]
        close = np.abs(inner) < KINK
        return {**point, "c": np.asarray(point["c"] + np.where(close, np.where(inner < 0, -2 * KINK, 2 * KINK), 0.0))}

    def weights(self, seed: int, shape: tuple[int, ...]) -> Array:
        """The gradient that comes to a result of that shape: entries of both signs, none of them ±1."""
        rng = np.random.default_rng([seed, zlib.crc32(self.text.encode())])
        return np.asarray(rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape))
