"""Which slice of a parameter vector is which weight matrix or bias: every way in which people lay one out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.leaves import numeric
from gradcheck.submissions.subjects import BadReturnError

Array = NDArray[Any]
Shape = tuple[int, ...]
Sizes = Sequence[int]
W, B, WB = "w", "b", "wb"


@dataclass(frozen=True)
class Piece:
    """A weight matrix (``w``), a bias (``b``) or both in one (``wb``) of a layer, as a part of one argument.

    ``transposed`` says that a matrix is (n_in, n_out), or a bias (1, n_out); ``ndim`` is 1 for a vector.
    """

    name: str
    argument: str
    layer: int
    holds: str
    transposed: bool = False
    ndim: int = 2

    def shape(self, sizes: Sizes) -> Shape:
        """Its shape in a network of *sizes*."""
        n_in, n_out = sizes[self.layer - 2], sizes[self.layer - 1]
        if self.holds == B:
            return ((n_out,), (1, n_out) if self.transposed else (n_out, 1))[self.ndim - 1] if self.ndim else ()
        columns = n_in + (self.holds == WB)
        if self.ndim == 1:
            return (columns,)
        return (columns, n_out) if self.transposed else (n_out, columns)

    def said(self, sizes: Sizes) -> str:
        """For a person: ``Theta1 (4 × 7)``."""
        return f"{self.name} ({' × '.join(map(str, self.shape(sizes)))})"


@dataclass(frozen=True)
class Pieces:
    """All pieces in the order in which the arguments hold them; ``forms`` has the shape of each argument.

    A form is the number of axes, negative for a row: 1 is (n,), 2 is (n, 1), −2 is (1, n), 0 the piece's own shape.
    """

    pieces: tuple[Piece, ...]
    forms: tuple[tuple[str, int], ...]

    def shapes(self, sizes: Sizes) -> dict[str, Shape]:
        """The shapes of the pieces, from input to output."""
        ordered = sorted(self.pieces, key=lambda piece: (piece.layer, piece.holds == B))
        return {piece.name: piece.shape(sizes) for piece in ordered}

    def joined(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """The arguments that hold these arrays."""
        found = {}
        for argument, form in self.forms:
            mine = [np.asarray(arrays[piece.name], dtype=float) for piece in self._of(argument)]
            flat = np.concatenate([array.ravel() for array in mine])
            found[argument] = mine[0].copy() if not form else flat.reshape(_formed(form, flat.size))
        return found

    def split(self, arguments: Mapping[str, Any], sizes: Sizes, examples: int) -> dict[str, Any]:
        """The pieces of a gradient with respect to the arguments, in the pieces' shapes wherever the sizes allow it.

        Raises BadReturnError where a vector has another length and it is not clear which piece is at fault.
        """
        found: dict[str, Any] = {}
        for argument, form in self.forms:
            mine = self._of(argument)
            if not form:
                found[mine[0].name] = arguments[argument]
                continue
            array = numeric(arguments[argument])
            found |= _cut(mine, array, sizes, examples)
        return {name: found[name] for name in self.shapes(sizes)}

    def _of(self, argument: str) -> list[Piece]:
        return [piece for piece in self.pieces if piece.argument == argument]


def _formed(form: int, length: int) -> Shape:
    return {1: (length,), 2: (length, 1), -2: (1, length)}[form]


def _cut(pieces: Sequence[Piece], array: Array | None, sizes: Sizes, examples: int) -> dict[str, Any]:
    shapes = [piece.shape(sizes) for piece in pieces]
    full = [int(np.prod(shape)) for shape in shapes]
    argument = pieces[0].argument
    if array is None:
        raise BadReturnError(f"The gradient of {argument} is no array of numbers.")
    lengths = full if array.size == sum(full) else _lengths(pieces, array.size, sizes, examples)
    if lengths is None:
        raise BadReturnError(
            f"The gradient of {argument} has {array.size} entries, the parameter has {sum(full)}: "
            f"{', '.join(piece.said(sizes) for piece in pieces)}."
        )
    ends = list(itertools.accumulate(lengths))
    parts = [array.ravel()[end - length : end] for end, length in zip(ends, lengths, strict=True)]
    return {
        piece.name: _dressed(part, shape, n) for piece, part, shape, n in zip(pieces, parts, shapes, full, strict=True)
    }


def _dressed(part: Array, shape: Shape, full: int) -> Array:
    """A part in its piece's shape, or with one column for each example."""
    if part.size == full:
        return part.reshape(shape)
    return part.reshape(full, -1) if part.size > full and part.size % full == 0 else part


def _lengths(pieces: Sequence[Piece], total: int, sizes: Sizes, examples: int) -> list[int] | None:
    """The lengths that make up *total* with the fewest pieces collapsed or not gathered, if only one way has so few."""
    full = [int(np.prod(piece.shape(sizes))) for piece in pieces]
    choices = [_possible(piece, sizes, examples) for piece in pieces]
    fits = [list(lengths) for lengths in itertools.product(*choices) if sum(lengths) == total]
    changed = [sum(a != b for a, b in zip(lengths, full, strict=True)) for lengths in fits]
    least = [lengths for lengths, count in zip(fits, changed, strict=True) if count == min(changed)]
    return least[0] if len(least) == 1 else None


def _possible(piece: Piece, sizes: Sizes, examples: int) -> tuple[int, ...]:
    full = int(np.prod(piece.shape(sizes)))
    if piece.holds == B:
        return tuple(dict.fromkeys((full, 1, examples, full * examples)))
    return (full, full - sizes[piece.layer - 1]) if piece.holds == WB else (full,)


def unrolled(argument: str, form: int, layers: int) -> Iterator[Pieces]:
    """Every way to lay out a network of so many layers after the input in one vector, the likeliest first."""
    forms = ((argument, form),)
    numbers = range(2, layers + 2)
    for transposed in (False, True):
        thetas = [Piece(f"Theta{n - 1}", argument, n, WB, transposed) for n in numbers]
        weights = [Piece(f"W{n - 1}", argument, n, W, transposed) for n in numbers]
        biases = [Piece(f"b{n - 1}", argument, n, B) for n in numbers]
        pairs = list(zip(weights, biases, strict=True))
        ways: list[list[Piece]] = [
            thetas,
            [piece for pair in pairs for piece in pair],
            [*weights, *biases],
            [piece for w, b in pairs for piece in (b, w)],
            [*biases, *weights],
            weights,
            thetas[::-1],
            [piece for pair in pairs[::-1] for piece in pair],
        ]
        for way in ways:
            alone = len(way) == 1
            yield Pieces(tuple(replace(piece, name=argument, ndim=1) if alone else piece for piece in way), forms)


def separate(arguments: Sequence[str], shapes: Sequence[Shape], sizes: Sizes) -> Iterator[Pieces]:
    """The pieces of arguments that are one array each, for these shapes in a network of *sizes*."""
    layers = len(sizes) - 1
    pieces = []
    for index, (argument, shape) in enumerate(zip(arguments, shapes, strict=True)):
        layer, holds = index % layers + 2, B if index >= layers else W
        options = [
            Piece(argument, argument, layer, kind, transposed, len(shape))
            for kind in ((B,) if holds == B else (W, WB))
            for transposed in (False, True)
        ]
        fits = [piece for piece in options if piece.shape(sizes) == shape]
        if not fits:
            return
        pieces.append(fits[0])
    yield Pieces(tuple(pieces), tuple((argument, 0) for argument in arguments))
