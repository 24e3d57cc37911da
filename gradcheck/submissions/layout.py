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


@dataclass(frozen=True)
class Role:
    """One array of the submission: its own name, ours (``w2``, ``b2``), and whether it is transposed."""

    name: str
    canonical: str
    transposed: bool
    ndim: int

    def own(self, array: Array) -> Array:
        """Our array as the submission shapes it."""
        if self.canonical[0] == "w":
            return np.ascontiguousarray(array.T) if self.transposed else array
        if self.ndim == 1:
            return array.reshape(-1)
        return array.reshape(1, -1) if self.transposed else array

    def ours(self, array: Array) -> Array:
        """The submission's array as we shape it."""
        if self.canonical[0] == "w":
            return np.ascontiguousarray(array.T) if self.transposed else array
        return array.reshape(-1, 1)


@dataclass(frozen=True)
class Layout:
    """The roles of a submission's arrays, layer by layer."""

    roles: tuple[Role, ...]

    @property
    def biases(self) -> bool:
        """Whether every layer has a bias."""
        return 2 * sum(role.canonical[0] == "w" for role in self.roles) == len(self.roles)

    def own(self, named: Mapping[str, Array]) -> dict[str, Array]:
        """Our arrays under the submission's names, in its shapes."""
        return {role.name: role.own(np.asarray(named[role.canonical])) for role in self.roles}

    def ours(self, own: Mapping[str, Array]) -> dict[str, Array]:
        """The submission's arrays under our names, in our shapes."""
        return {role.canonical: role.ours(np.asarray(own[role.name])) for role in self.roles if role.name in own}

    def name(self, canonical: str) -> str:
        """The submission's name for one of our arrays."""
        return next(role.name for role in self.roles if role.canonical == canonical)


def layout_of(shapes: Mapping[str, Shape], sizes: Sequence[int]) -> Layout | None:
    """The layout of arrays of those *shapes*, input to output, in a network of *sizes*; None where none fits.

    Every layer needs a weight matrix, (n_out, n_in) or (n_in, n_out), all the same way round; every
    layer or none a bias of shape (n,), (n, 1) or (1, n). Arrays are told apart by shape, so the sizes should
    differ; where they do not, the first of a shape belongs to the first layer.
    """
    for transposed in (False, True):
        roles = _roles(shapes, sizes, transposed=transposed)
        if roles is not None:
            return Layout(roles)
    return None


def _roles(shapes: Mapping[str, Shape], sizes: Sequence[int], *, transposed: bool) -> tuple[Role, ...] | None:
    free = {name: tuple(shape) for name, shape in shapes.items()}
    roles: list[Role] = []
    for layer, (n_in, n_out) in enumerate(pairwise(sizes), start=2):
        wanted = (n_in, n_out) if transposed else (n_out, n_in)
        name = next((name for name, shape in free.items() if shape == wanted), None)
        if name is None:
            return None
        del free[name]
        roles.append(Role(name, f"w{layer}", transposed, 2))
    biases = [_bias(free, n, layer) for layer, n in enumerate(sizes[1:], start=2)]
    found = [bias for bias in biases if bias is not None]
    if not found:
        return tuple(roles)
    if len(found) < len(roles):
        return None
    return tuple(role for pair in zip(roles, found, strict=True) for role in pair)


def _bias(free: dict[str, Shape], n: int, layer: int) -> Role | None:
    """The first free array that can be a bias of *n* neurons; it is free no more."""
    for name, shape in list(free.items()):
        if shape in ((n,), (n, 1), (1, n)):
            del free[name]
            return Role(name, f"b{layer}", shape == (1, n) and n > 1, len(shape))
    return None
