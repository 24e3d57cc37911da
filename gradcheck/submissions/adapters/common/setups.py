"""Shapes at which a cost of parameters and data is tried: rows or columns, vectors or matrices, kinds of targets."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.cases import labels

Array = NDArray[Any]
Shape = tuple[int, ...]
N_IN, HIDDEN, HIDDEN2, N_OUT, EXAMPLES = 6, 4, 5, 3, 8
MOST_NUMBERS, MOST_TRIPLES = 10, 24


@dataclass(frozen=True)
class Target:
    """Targets of a kind (``binary``, ``labels``, ``labels from 1``, ``one-hot``, ``real``, ``none``) in a shape."""

    kind: str
    shape: Shape

    def draw(self, rng: np.random.Generator, n_out: int) -> Array:
        """Targets for ``EXAMPLES`` examples."""
        if self.kind == "binary":
            return labels(2, EXAMPLES, rng).astype(float).reshape(self.shape)
        if self.kind in ("real", "none"):
            return rng.standard_normal(self.shape)
        classes = labels(n_out, EXAMPLES, rng)
        if self.kind == "one-hot":
            columns = np.eye(n_out)[:, classes]
            return columns if self.shape == columns.shape else columns.T.copy()
        return (classes + (self.kind == "labels from 1")).reshape(self.shape)


@dataclass(frozen=True)
class Setup:
    """Shapes of the parameters in order, of the inputs, and the targets; with ``ones``, the first feature is 1."""

    parameters: tuple[Shape, ...]
    x: Shape
    target: Target
    n_in: int = N_IN
    n_hidden: int = HIDDEN
    n_out: int = N_OUT
    ones: bool = False

    def inputs(self, rng: np.random.Generator) -> Array:
        """Inputs."""
        x = rng.standard_normal(self.x)
        if self.ones:
            (x.T if self.rows else x)[0] = 1.0
        return x

    @property
    def rows(self) -> bool:
        """Whether rows are examples."""
        return self.x[0] == EXAMPLES

    @property
    def natural(self) -> bool:
        """Whether inputs and targets have their examples along one axis: then ``y.shape[0]`` counts what it means."""
        shape = self.target.shape
        return shape[0 if self.rows else -1] == EXAMPLES

    @property
    def said(self) -> str:
        """For a person: ``rows are examples, targets one-hot``."""
        way = "rows" if self.rows else "columns"
        if self.target.kind == "none":
            return f"{way} are examples"
        return f"{way} are examples, {self.target.kind} targets of shape {self.target.shape}"


M = EXAMPLES
ROW_VECTOR = [Target("binary", shape) for shape in ((M,), (M, 1), (1, M))]
COLUMN_VECTOR = [Target("binary", shape) for shape in ((1, M), (M,), (M, 1))]
ROWS, COLUMNS = (M, N_IN), (N_IN, M)


def row_classes(k: int) -> list[Target]:
    """Targets of *k* classes where rows are examples, the likeliest first."""
    return [
        Target("labels", (M,)),
        Target("one-hot", (M, k)),
        Target("labels from 1", (M,)),
        Target("labels", (M, 1)),
        Target("labels from 1", (M, 1)),
        Target("one-hot", (k, M)),
    ]


def column_classes(k: int) -> list[Target]:
    """Targets of *k* classes where columns are examples."""
    return [
        Target("labels", (M,)),
        Target("one-hot", (k, M)),
        Target("labels", (1, M)),
        Target("one-hot", (M, k)),
        Target("labels from 1", (M,)),
    ]


ROW_CLASSES, COLUMN_CLASSES = row_classes(N_OUT), column_classes(N_OUT)


def linear(biases: int) -> Iterator[Setup]:
    """One array of weights, with or without an array of biases: vectors first, then matrices, then unrolled ones."""
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


def unrolled(n: int = N_IN, h: int = HIDDEN, k: int = N_OUT) -> Iterator[Setup]:
    """One vector that holds a network with a hidden layer, biases included or not, or a matrix."""
    lengths = (h * (n + 1) + k * (h + 1), h * n + k * h, k * (n + 1), k * n)
    partly = (h * n + k * (h + 1), h * (n + 1) + k * h)
    rows, columns = row_classes(k), column_classes(k)
    for length, target in itertools.product(lengths, rows):
        yield Setup(((length,),), (M, n), target, n, h, k)
    for length, target in itertools.product(lengths, columns):
        yield Setup(((length,),), (n, M), target, n, h, k)
    for target in ROW_VECTOR:
        yield Setup(((h * (n + 1) + h + 1,),), (M, n), target, n, h, 1)
    for x, targets in (((M, n + 1), rows), ((n + 1, M), columns)):
        yield from (Setup(((lengths[0],),), x, target, n, h, k, ones=True) for target in targets)
    for length, target in itertools.product(partly, rows):
        yield Setup(((length,),), (M, n), target, n, h, k)
    yield from (Setup(((lengths[0], 1),), (M, n), target, n, h, k) for target in rows[:3])


def deeper() -> Iterator[Setup]:
    """One vector that holds a network with two hidden layers, all biases included."""
    sizes = (N_IN, HIDDEN, HIDDEN2, N_OUT)
    length = sum(k * (n + 1) for n, k in itertools.pairwise(sizes))
    for x, targets in ((ROWS, ROW_CLASSES), (COLUMNS, COLUMN_CLASSES)):
        yield from (Setup(((length,),), x, target) for target in targets)


def reconstructing(n: int = N_IN, h: int = HIDDEN) -> Iterator[Setup]:
    """One vector that holds an autoencoder, whose targets are its inputs."""
    for length, x in itertools.product((2 * h * n + h + n, 2 * h * n), ((n, M), (M, n))):
        yield Setup(((length,),), x, Target("none", x), n, h, n)


def written_in(numbers: Collection[int]) -> Iterator[Setup]:
    """One vector that holds a network whose sizes are among the *numbers* written into the code."""
    found = sorted(numbers)[:MOST_NUMBERS]
    features = sorted({n - 1 for n in found if n > 2} | set(found), reverse=True)
    triples = [(n, h, k) for n, h, k in itertools.product(features, found, found) if n > 1 and h != k]
    both = {(n, h, k) for n, h, k in triples if n + 1 in numbers and h + 1 in numbers}
    for triple in sorted(triples, key=lambda t: (t not in both, -t[0], -t[1]))[:MOST_TRIPLES]:
        yield from _whole(*triple)


def _whole(n: int, h: int, k: int) -> Iterator[Setup]:
    """One vector with all biases, rows as examples, with and without a constant feature: the usual exercise."""
    length = h * (n + 1) + k * (h + 1)
    for target, ones in itertools.product(row_classes(k)[:3], (False, True)):
        yield Setup(((length,),), (M, n + ones), target, n, h, k, ones=ones)


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
