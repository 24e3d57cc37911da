"""A live network of a submission, asked in our names and shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import CouldNotRunError
from gradcheck.sandbox.session import Session
from gradcheck.submissions.layout import Layout, layouts_of
from gradcheck.submissions.subjects import Model, ModelInfo, Net

Array = NDArray[Any]
Named = dict[str, Array]


@dataclass(frozen=True)
class Asked:
    """A network of *sizes* and the way between its arrays and ours (``w2, b2, ...``)."""

    net: Net
    layout: Layout
    sizes: tuple[int, ...]

    def forward(self, named: Mapping[str, Array], x: Array) -> Any:
        """Its output (n_out, m)."""
        return self.net.forward(self.layout.own(named), x)

    def cost(self, named: Mapping[str, Array], x: Array, y: Array, l2: float) -> float:
        """The cost that it reports."""
        return float(self.net.cost(self.layout.own(named), x, y, l2))

    def returned(self, named: Mapping[str, Array], x: Array, y: Array, l2: float) -> Named:
        """Its gradient under its own names, as it returned it."""
        return self.net.gradient(self.layout.own(named), x, y, l2)

    def gradient(self, named: Mapping[str, Array], x: Array, y: Array, l2: float) -> Named:
        """Its gradient under our names, in our shapes; arrays that do not fit are left out."""
        return self.ours(self.returned(named, x, y, l2))

    def ours(self, returned: Mapping[str, Array]) -> Named:
        """A returned gradient under our names, in our shapes; arrays of another size are left out."""
        shapes = {name: np.shape(array) for name, array in self.net.parameters().items()}
        fitting = {
            name: np.asarray(returned[name], dtype=float).reshape(shapes[name])
            for name in shapes
            if name in returned and fits(np.shape(returned[name]), shapes[name])
        }
        return self.layout.ours(fitting)

    def misshapen(self, returned: Mapping[str, Array]) -> Named:
        """Those arrays of a returned gradient that do not fit, under our names, turned as our arrays lie."""
        fitting = self.ours(returned)
        return {
            role.canonical[0]: np.asarray(returned[role.name], dtype=float).T
            if role.transposed
            else np.asarray(returned[role.name], dtype=float)
            for role in self.layout.roles
            if role.name in returned and role.canonical[0] not in fitting
        }


def fits(returned: tuple[int, ...], own: tuple[int, ...]) -> bool:
    """The same shape, or both a vector of the same length in some dress: (H,), (1, H), (H, 1)."""
    flat = all(sum(n != 1 for n in shape) <= 1 for shape in (returned, own))
    return returned == own or (flat and int(np.prod(returned)) == int(np.prod(own)))


@dataclass(frozen=True)
class SessionModel:
    """One model of a session."""

    session: Session
    index: int

    @property
    def info(self) -> ModelInfo:
        """What is known of it."""
        return self.session.overview.models[self.index]

    def build(self, sizes: Sequence[int], seed: int) -> Net:
        """A fresh network, built where the submission runs."""
        return self.session.build(self.index, sizes, seed)


@dataclass(frozen=True)
class Maker:
    """Builds networks of one model; their layout is found out on sizes that all differ and kept by depth.

    Shapes alone may leave several layouts (the bias as first or last column): ``variant`` chooses.
    """

    model: Model
    seed: int
    layouts: dict[int, tuple[Layout, ...]] = field(default_factory=dict)
    variant: int = 0

    @property
    def info(self) -> ModelInfo:
        """What is known of the model."""
        return self.model.info

    def build(self, sizes: Sequence[int]) -> Asked:
        """A fresh network. Raises CouldNotRunError where its arrays are no chain of layers of those sizes."""
        layouts = self.variants(len(sizes))
        if not layouts:
            raise CouldNotRunError(f"The arrays of {self.info.title} are no chain of layers {_dashes(sizes)}.")
        return Asked(self.model.build(sizes, self.seed), layouts[min(self.variant, len(layouts) - 1)], tuple(sizes))

    def variants(self, layers: int) -> tuple[Layout, ...]:
        """Every layout that a network of so many layers, input included, may have."""
        if layers not in self.layouts:
            sizes = distinct_sizes(self.info, layers - 2)
            net = self.model.build(sizes, self.seed)
            self.layouts[layers] = layouts_of({name: a.shape for name, a in net.parameters().items()}, sizes)
        return self.layouts[layers]


def _dashes(sizes: Sequence[int]) -> str:
    return "-".join(map(str, sizes))


_DISTINCT = {0: (5, 3), 1: (5, 4, 3), 2: (5, 7, 4, 3), 3: (5, 7, 4, 6, 3)}


def distinct_sizes(info: ModelInfo, hidden: int) -> tuple[int, ...]:
    """Sizes that all differ, so that shapes tell the arrays apart; its own where it can be built in no others."""
    if info.sizes is not None:
        return info.sizes
    sizes = _DISTINCT.get(hidden) or (5, *range(6, 6 + hidden), 3)
    return (*sizes[:-1], info.outputs) if info.outputs else sizes
