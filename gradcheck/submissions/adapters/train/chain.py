"""Which arrays of an object are a network's weights: those whose shapes chain from the inputs to the outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.slots import Slot, slots
from gradcheck.submissions.adapters.common.vocabulary.arrays import BIASES, NOT_WEIGHTS, WEIGHTS
from gradcheck.submissions.adapters.train.places import Column, Part, Place, Stack, stacked

Array = NDArray[Any]


@dataclass(frozen=True)
class Layer:
    """A layer's weights, in one orientation or the other, and the places that may hold its biases.

    ``whole``: the biases are in a row or column of the weights themselves.
    """

    weights: Place
    outputs_first: bool
    biases: tuple[Place, ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class Chain:
    """Layers from input to output, and the sizes that they have."""

    layers: tuple[Layer, ...]
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class _Array:
    place: Slot | Stack
    value: Array


def chain(root: Any, sizes: Sequence[int] | None, *, exclude: Sequence[Array] = ()) -> Chain | None:
    """The weights below *root*, with these *sizes* or, for None, with the sizes that they turn out to have.

    Arrays equal to one of *exclude* (the data) are none. Biases are all that have the size; which
    of them are really used has to be tried.
    """
    arrays = _arrays(root, exclude)
    for candidates in ([a for a in arrays if a.value.any()], [a for a in arrays if not _suspicious(a)]):
        found = _of_sizes(candidates, sizes) if sizes is not None else _of_any_size(candidates)
        if found is not None and len(found.sizes) > 1:
            return _with_biases(_whole(found), arrays)
    return None


def _with_biases(found: Chain, arrays: Sequence[_Array]) -> Chain:
    used = [held(layer.weights) for layer in found.layers]
    rest = [a for a in arrays if a.place not in used]
    layers = [
        layer if layer.whole else replace(layer, biases=(*layer.biases, *_biases(rest, n)))
        for layer, n in zip(found.layers, found.sizes[1:], strict=True)
    ]
    return Chain(tuple(layers), found.sizes)


def held(place: Place) -> Place:
    """What a part or a column is made of."""
    while isinstance(place, Part | Column):
        place = place.base
    return place


def _whole(found: Chain) -> Chain:
    """Where every matrix holds the biases too, the matrices as they are: which end they are at is left open."""
    if not all(isinstance(layer.weights, Part) for layer in found.layers):
        return found
    bases = [(layer, layer.weights.base) for layer in found.layers if isinstance(layer.weights, Part)]
    return Chain(tuple(Layer(base, layer.outputs_first, whole=True) for layer, base in bases), found.sizes)


def _arrays(root: Any, exclude: Sequence[Array]) -> list[_Array]:
    found = [_Array(place, place.get(root)) for place in stacked(slots(root, numbers=True), root)]
    return [a for a in found if not any(a.value.shape == e.shape and np.array_equal(a.value, e) for e in exclude)]


def _biases(arrays: Sequence[_Array], n: int) -> tuple[Place, ...]:
    shapes = ((n,), (n, 1), (1, n)) + (((),) if n == 1 else ())
    return tuple(a.place for a in arrays if a.value.shape in shapes)


def _suspicious(array: _Array) -> bool:
    """Whether its name says that it is made from weights rather than being them."""
    return NOT_WEIGHTS.fits(array.place.last)


def _bias_by_name(array: _Array) -> bool:
    """Whether a vector, row or column is called like biases."""
    flat = array.value.ndim == 1 or 1 in array.value.shape
    return flat and BIASES.fits(array.place.last)


def _of_sizes(matrices: Sequence[_Array], sizes: Sequence[int]) -> Chain | None:
    for order in ((False,), (True,), (False, True)):
        found = _in_order(matrices, sizes, order)
        if found is not None:
            return found
    return None


def _in_order(matrices: Sequence[_Array], sizes: Sequence[int], order: tuple[bool, ...]) -> Chain | None:
    """All weights the same way round; a bias row of its own is told from an output by that."""
    layers: list[Layer] = []
    for n_in, n_out in pairwise(sizes):
        used = {layer.weights for layer in layers}
        tried = [(a, layer) for a in matrices for first in order if (layer := _layer(a, n_in, n_out, first))]
        fits = [(a, layer) for a, layer in tried if layer.weights not in used]
        if not fits:
            return None
        fits.sort(key=lambda fit: _suspicious(fit[0]))
        layers.append(fits[0][1])
    return Chain(tuple(layers), tuple(sizes))


def _layer(array: _Array, n_in: int, n_out: int, first: bool) -> Layer | None:
    """The array as that layer's weights, its last row or column as biases where there is one too many.

    *first*: the outputs count the rows; so they do where every neuron has its own weights.
    """
    shape: tuple[int, ...] = array.value.shape
    place: Slot | Stack | Column = array.place
    if isinstance(place, Stack) and not first:
        return None
    if len(shape) == 1 and n_out == 1 and isinstance(place, Slot) and not _bias_by_name(array):
        place, shape = Column(place, first), (1, *shape) if first else (*shape, 1)
    expected = (n_out, n_in) if first else (n_in, n_out)
    if shape == expected:
        return Layer(place, first)
    axis = 1 if first else 0
    if shape == tuple(n + (i == axis) for i, n in enumerate(expected)):
        parts = [Part(place, axis, i, bias=True) for i in (n_in, 0)]
        return Layer(Part(place, axis, n_in, bias=False), first, tuple(parts))
    return None


def _of_any_size(matrices: Sequence[_Array]) -> Chain | None:
    named = [a for a in matrices if not _suspicious(a) and not _bias_by_name(a)]
    candidates = [a for a in named if a.value.ndim == 2]
    best: Chain | None = None
    for first in (False, True):
        for start in range(len(candidates)):
            found = _followed(candidates[start:], first)
            if best is None or len(found.sizes) > len(best.sizes):
                best = found
    return best and _ended(best, [a for a in named if a.value.ndim == 1 and WEIGHTS.fits(a.place.last)])


def _ended(found: Chain, vectors: Sequence[_Array]) -> Chain:
    """With a last layer of one neuron, where there is a vector of weights for it."""
    for array in vectors:
        layer = _layer(array, found.sizes[-1], 1, found.layers[-1].outputs_first)
        if layer is not None:
            return Chain((*found.layers, layer), (*found.sizes, 1))
    return found


def _followed(candidates: Sequence[_Array], outputs_first: bool) -> Chain:
    """From the first candidate on, every next one that takes what the last one gives."""
    layers: list[Layer] = []
    sizes: list[int] = []
    for array in candidates:
        n_in, n_out = array.value.shape[::-1] if outputs_first else array.value.shape
        if sizes and (n_in != sizes[-1] or (n_in, n_out) == (1, 1)):
            continue
        sizes += [n_out] if sizes else [n_in, n_out]
        layers.append(Layer(array.place, outputs_first))
    return Chain(tuple(layers), tuple(sizes))
