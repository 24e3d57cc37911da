"""Which arrays of an object are a network's weights: those whose shapes chain from the inputs to the outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.slots import Slot, slots
from gradcheck.submissions.adapters.common.vocabulary.arrays import BIASES, NOT_WEIGHTS
from gradcheck.submissions.adapters.train.places import Part, Place, Stack, stacked

Array = NDArray[Any]


@dataclass(frozen=True)
class Layer:
    """A layer's weights, in one orientation or the other, and the places that may hold its biases."""

    weights: Place
    outputs_first: bool
    biases: tuple[Place, ...] = ()


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
    matrices = [a for a in arrays if a.value.ndim == 2 and a.value.any()]
    found = _of_sizes(matrices, sizes) if sizes is not None else _of_any_size(matrices)
    if found is None:
        return None
    used = [layer.weights.base if isinstance(layer.weights, Part) else layer.weights for layer in found.layers]
    rest = [a for a in arrays if a.place not in used]
    layers = [
        Layer(layer.weights, layer.outputs_first, (*layer.biases, *_biases(rest, n)))
        for layer, n in zip(found.layers, found.sizes[1:], strict=True)
    ]
    return Chain(tuple(layers), found.sizes)


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
    """Whether a row or column is called like biases."""
    return 1 in array.value.shape and BIASES.fits(array.place.last)


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
    shape, place = array.value.shape, array.place
    if isinstance(place, Stack) and not first:
        return None
    expected = (n_out, n_in) if first else (n_in, n_out)
    if shape == expected:
        return Layer(place, first)
    axis = 1 if first else 0
    if shape == tuple(n + (i == axis) for i, n in enumerate(expected)):
        parts = [Part(place, axis, i, bias=True) for i in (n_in, 0)]
        return Layer(Part(place, axis, n_in, bias=False), first, tuple(parts))
    return None


def _of_any_size(matrices: Sequence[_Array]) -> Chain | None:
    candidates = [a for a in matrices if not _suspicious(a) and not _bias_by_name(a)]
    best: Chain | None = None
    for first in (False, True):
        for start in range(len(candidates)):
            found = _followed(candidates[start:], first)
            if best is None or len(found.sizes) > len(best.sizes):
                best = found
    return best


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
