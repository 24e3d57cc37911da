"""Shapes at which a cost of parameters and data is tried: rows or columns, vectors or matrices, kinds of targets."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.cases import labels

Array = NDArray[Any]
Shape = tuple[int, ...]
N_IN, HIDDEN, N_OUT, EXAMPLES = 6, 4, 3, 8


@dataclass(frozen=True)
class Target:
    """Targets of a kind (``binary``, ``labels``, ``labels from 1``, ``one-hot``, ``real``) in a shape."""

    kind: str
    shape: Shape

    def draw(self, rng: np.random.Generator) -> Array:
        """Targets for ``EXAMPLES`` examples."""
        if self.kind == "binary":
            return labels(2, EXAMPLES, rng).astype(float).reshape(self.shape)
        if self.kind == "real":
            return rng.standard_normal(self.shape)
        classes = labels(N_OUT, EXAMPLES, rng)
        if self.kind == "one-hot":
            columns = np.eye(N_OUT)[:, classes]
            return columns if self.shape == columns.shape else columns.T.copy()
        return (classes + (self.kind == "labels from 1")).reshape(self.shape)


@dataclass(frozen=True)
class Setup:
    """Shapes of the parameters in order, of the inputs, and the targets."""

    parameters: tuple[Shape, ...]
    x: Shape
    target: Target
    n_hidden: int = HIDDEN
    n_out: int = N_OUT

    @property
    def said(self) -> str:
        """For a person: ``rows are examples, targets one-hot``."""
        way = "rows" if self.x[0] == EXAMPLES else "columns"
        return f"{way} are examples, {self.target.kind} targets of shape {self.target.shape}"


M = EXAMPLES
ROW_VECTOR = [Target(kind, shape) for shape in ((M,), (M, 1), (1, M)) for kind in ("binary",)]
COLUMN_VECTOR = [Target("binary", shape) for shape in ((1, M), (M,), (M, 1))]
ROW_CLASSES = [
    Target("labels", (M,)),
    Target("one-hot", (M, N_OUT)),
    Target("labels from 1", (M,)),
    Target("labels", (M, 1)),
    Target("labels from 1", (M, 1)),
    Target("one-hot", (N_OUT, M)),
]
COLUMN_CLASSES = [
    Target("labels", (M,)),
    Target("one-hot", (N_OUT, M)),
    Target("labels", (1, M)),
    Target("one-hot", (M, N_OUT)),
]
ROWS, COLUMNS = (M, N_IN), (N_IN, M)


def linear(biases: int) -> Iterator[Setup]:
    """One array of weights, with or without an array of biases: vectors first, then matrices."""
    n, k = N_IN, N_OUT
    single = [()] if not biases else [((),), ((1,),), ((1, 1),)]
    several = [()] if not biases else [((k,),), ((1, k),), ((k, 1),)]
    longer: list[Shape] = [] if biases else [(n + 1,), (n + 1, 1), (1, n + 1)]
    wider: list[Shape] = [] if biases else [(n + 1, k), (k, n + 1)]
    for w, b, target in itertools.product([(n,), (n, 1), (1, n), *longer], single, ROW_VECTOR):
        yield Setup((w, *b), ROWS, target, n_out=1)
    for w, b, target in itertools.product([(n, 1), (1, n), (n,), *longer], single, COLUMN_VECTOR):
        yield Setup((w, *b), COLUMNS, target, n_out=1)
    for w, b, target in itertools.product([(n, k), (k, n), *wider], several, ROW_CLASSES):
        yield Setup((w, *b), ROWS, target)
    for w, b, target in itertools.product([(k, n), (n, k), *wider], several, COLUMN_CLASSES):
        yield Setup((w, *b), COLUMNS, target)


def unrolled() -> Iterator[Setup]:
    """One vector that holds a network with a hidden layer, biases included or not, or a matrix."""
    n, h, k = N_IN, HIDDEN, N_OUT
    lengths = (h * (n + 1) + k * (h + 1), h * n + k * h, k * (n + 1), k * n)
    for length, target in itertools.product(lengths, ROW_CLASSES):
        yield Setup(((length,),), ROWS, target)
    for length, target in itertools.product(lengths, COLUMN_CLASSES):
        yield Setup(((length,),), COLUMNS, target)
    for target in ROW_VECTOR:
        yield Setup(((h * (n + 1) + h + 1,),), ROWS, target, n_out=1)
    for length, target in itertools.product((h * n + k * (h + 1), h * (n + 1) + k * h), ROW_CLASSES):
        yield Setup(((length,),), ROWS, target)
    yield from (Setup(((lengths[0], 1),), ROWS, target) for target in ROW_CLASSES[:3])


def chains(weights: int, biases: int) -> Iterator[Setup]:
    """Several layers: W1, b1, W2, b2... or Theta1, Theta2 with a first row or column for the biases."""
    for n_out in (N_OUT, 1):
        sizes = [N_IN, *range(HIDDEN, HIDDEN + weights - 1), n_out]
        for rows in (True, False):
            targets = (ROW_CLASSES[:3] if rows else COLUMN_CLASSES[:2]) if n_out > 1 else _single(rows=rows)
            for shapes, target in itertools.product(_chain(sizes, biases, rows=rows), targets):
                yield Setup(shapes, ROWS if rows else COLUMNS, target, n_out=n_out)


def _single(*, rows: bool) -> list[Target]:
    return [ROW_VECTOR[1], ROW_VECTOR[0]] if rows else COLUMN_VECTOR[:2]


def _chain(sizes: Sequence[int], biases: int, *, rows: bool) -> Iterator[tuple[Shape, ...]]:
    """Weights then biases, by layer."""
    layers = list(itertools.pairwise(sizes))
    ways = (False, True) if rows else (True, False)  # whether a matrix is (n_out, n_in)
    for transposed, extra in itertools.product(ways, (0,) if biases else (1, 0)):
        weights = [(n + extra, k) if not transposed else (k, n + extra) for n, k in layers]
        if not biases:
            yield tuple(weights)
            continue
        for shape in (lambda k: (k,), lambda k: (1, k), lambda k: (k, 1)):
            yield (*weights, *(shape(k) for _, k in layers[:biases]))
