"""Which of a submission's arrays is which weight or bias, by shape alone; from its shapes to ours and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[int, ...]
SEPARATE, FIRST, LAST = "separate", "first", "last"


@dataclass(frozen=True)
class Role:
    """One array of the submission: its own name, its layer, and how it is shaped.

    ``holds`` is ``"w"``, ``"b"``, or ``"wb"`` for a weight matrix that has the bias as its first or last
    column (``bias``); ``transposed`` says that it is the transpose of ours.
    """

    name: str
    layer: int
    holds: str
    transposed: bool
    ndim: int
    bias: str = SEPARATE

    @property
    def canonical(self) -> tuple[str, ...]:
        """Our names for what it holds."""
        return tuple(f"{kind}{self.layer}" for kind in self.holds)

    def own(self, named: Mapping[str, Array]) -> Array:
        """Our arrays as the submission shapes them."""
        first = np.asarray(named[self.canonical[0]])
        if self.holds == "b":
            if self.ndim < 2:
                return first.reshape(-1 if self.ndim else ())
            return first.reshape(1, -1) if self.transposed else first
        if self.holds == "wb":
            column = np.asarray(named[self.canonical[1]])
            first = np.hstack([column, first] if self.bias == FIRST else [first, column])
        if self.ndim == 1:
            return first.reshape(-1)
        return np.ascontiguousarray(first.T) if self.transposed else first

    def ours(self, array: Array) -> dict[str, Array]:
        """The submission's array as we shape it."""
        if self.holds == "b":
            return {self.canonical[0]: array.reshape(-1, 1)}
        array = array.reshape(1, -1) if self.ndim == 1 and array.ndim == 1 else array
        matrix = np.ascontiguousarray(array.T) if self.transposed else array
        if self.holds == "w":
            return {self.canonical[0]: matrix}
        w, b = (matrix[:, 1:], matrix[:, :1]) if self.bias == FIRST else (matrix[:, :-1], matrix[:, -1:])
        return {self.canonical[0]: w, self.canonical[1]: b}


@dataclass(frozen=True)
class Layout:
    """The roles of a submission's arrays, layer by layer."""

    roles: tuple[Role, ...]

    @property
    def biases(self) -> bool:
        """Whether there are biases."""
        return any("b" in role.holds for role in self.roles)

    def own(self, named: Mapping[str, Array]) -> dict[str, Array]:
        """Our arrays under the submission's names, in its shapes."""
        return {role.name: role.own(named) for role in self.roles}

    def ours(self, own: Mapping[str, Array]) -> dict[str, Array]:
        """The submission's arrays under our names, in our shapes."""
        found: dict[str, Array] = {}
        for role in self.roles:
            if role.name in own:
                found.update(role.ours(np.asarray(own[role.name])))
        return found


def layouts_of(shapes: Mapping[str, Shape], sizes: Sequence[int]) -> tuple[Layout, ...]:
    """Every layout of arrays of those *shapes*, input to output, in a network of *sizes*; the likeliest first.

    Every layer needs a weight matrix, (n_out, n_in) or (n_in, n_out), all the same way round, or a
    vector where it is one neuron's; every
    layer or none a bias of shape (n,), (n, 1) or (1, n), or one more column for it in the matrix. Arrays
    are told apart by shape, so the sizes should differ; where they do not, the first of a shape
    belongs to the first layer.
    """
    tried = [_roles(shapes, sizes, bias=bias, transposed=t) for bias in (SEPARATE, FIRST, LAST) for t in (False, True)]
    return tuple(Layout(roles) for roles in tried if roles is not None)


def sizes_in(shapes: Mapping[str, Shape]) -> tuple[int, ...]:
    """The layer sizes of the longest network that arrays of those *shapes* make, input to output; empty if none.

    Of two that are equally long, the one with biases is meant.
    """
    matrices = [shape for shape in shapes.values() if len(shape) == 2 and shape != (1, 1)]
    chains = [_followed(matrices[i:], flip) for i in range(len(matrices)) for flip in (True, False)]
    fits = [(sizes, layouts[0].biases) for sizes in chains if (layouts := layouts_of(shapes, sizes))]
    return max(fits, key=lambda fit: (len(fit[0]), fit[1]), default=((), False))[0]


def _followed(matrices: Sequence[Shape], flip: bool) -> tuple[int, ...]:
    """From the first on, every next one that takes what the last one gives; *flip*: they are (n_out, n_in)."""
    sizes: list[int] = []
    for n_in, n_out in (shape[::-1] if flip else shape for shape in matrices):
        if not sizes or n_in == sizes[-1]:
            sizes += [n_out] if sizes else [n_in, n_out]
    return tuple(sizes)


def _roles(
    shapes: Mapping[str, Shape], sizes: Sequence[int], *, bias: str, transposed: bool
) -> tuple[Role, ...] | None:
    free = {name: tuple(shape) for name, shape in shapes.items()}
    weights = _weights(free, sizes, bias=bias, transposed=transposed)
    if weights is None or bias != SEPARATE:
        return weights
    biases = [_bias(free, n, layer) for layer, n in enumerate(sizes[1:], start=2)]
    found = [role for role in biases if role is not None]
    if not found:
        return weights
    if len(found) < len(weights):
        return None
    return tuple(role for pair in zip(weights, found, strict=True) for role in pair)


def _weights(free: dict[str, Shape], sizes: Sequence[int], *, bias: str, transposed: bool) -> tuple[Role, ...] | None:
    roles = []
    for layer, (n_in, n_out) in enumerate(pairwise(sizes), start=2):
        columns = n_in + (bias != SEPARATE)
        wanted = (columns, n_out) if transposed else (n_out, columns)
        vector = (columns,) if n_out == 1 and not transposed else wanted
        name = next((name for name, shape in free.items() if shape in (wanted, vector)), None)
        if name is None:
            return None
        ndim = len(free.pop(name))
        roles.append(Role(name, layer, "w" if bias == SEPARATE else "wb", transposed, ndim, bias))
    return tuple(roles)


def _bias(free: dict[str, Shape], n: int, layer: int) -> Role | None:
    """The first free array that can be a bias of *n* neurons; it is free no more."""
    for name, shape in list(free.items()):
        if shape in ((n,), (n, 1), (1, n)) or (n == 1 and shape == ()):
            del free[name]
            return Role(name, layer, "b", shape == (1, n) and n > 1, len(shape))
    return None
