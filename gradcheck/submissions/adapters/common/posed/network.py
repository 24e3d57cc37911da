"""A network behind a cost of parameters and data: built in sizes, asked with parameters per layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import quietly, seeded
from gradcheck.submissions.adapters.common.classes import class_numbers
from gradcheck.submissions.adapters.common.costed import BETA, RHO, Costed
from gradcheck.submissions.adapters.common.posed.pieces import Pieces
from gradcheck.submissions.subjects import ModelInfo

Array = NDArray[Any]
Named = dict[str, Any]
FIRST, LAST = "first", "last"


@dataclass(frozen=True)
class Pose:
    """How the data are handed over.

    ``rows`` are examples or columns; ``kind`` of target as in ``setups.Target`` (``none`` where the inputs are
    reconstructed) and its ``form``: ``flat`` (m,), ``column`` (m, 1), ``row`` (1, m), for one-hot ``rows`` or
    ``columns``; ``ones`` says where the inputs get a feature that is always 1, if they do, and ``counted``
    whether that is one of the n_in.
    """

    rows: bool
    kind: str
    form: str
    ones: str = ""
    counted: bool = True

    def inputs(self, x: Array) -> Array:
        """Inputs (n_in, m) as the submission takes them."""
        one = np.ones((1, x.shape[1]))
        x = {FIRST: np.vstack([one, x]), LAST: np.vstack([x, one])}.get(self.ones, x)
        return np.ascontiguousarray(x.T if self.rows else x)

    def targets(self, y: Array) -> Array:
        """One-hot columns, or 0 and 1, as the submission takes them."""
        if self.kind == "none":
            return self.inputs(y)
        if self.kind == "one-hot":
            return np.ascontiguousarray(y.T if self.form == "rows" else y)
        first = int(self.kind == "labels from 1")
        numbers = y[0] if self.kind == "binary" else class_numbers(y.argmax(axis=0) + first, len(y) - 1 + first, first)
        return numbers.reshape({"flat": (-1,), "column": (-1, 1), "row": (1, -1)}[self.form])


@dataclass(frozen=True)
class Posed:
    """A cost, how its data are handed over and how its parameters are laid out."""

    costed: Costed
    pose: Pose
    pieces: Pieces

    def given(self, sizes: Sequence[int], x: Array, y: Array, l2: float) -> Named:
        """What there is for each role."""
        n_in = sizes[0] + (self.pose.ones != "" and self.pose.counted)
        return {
            "x": self.pose.inputs(x), "y": self.pose.targets(y), "l2": l2, "rate": l2, "n_in": n_in,
            "n_hidden": sizes[1], "n_hidden2": sizes[-2], "n_out": sizes[-1], "m": x.shape[1],
            "sizes": [n_in, *sizes[1:]], "rho": RHO, "beta": BETA,
        }  # fmt: skip


class PosedNet:
    """One network of certain sizes."""

    def __init__(self, posed: Posed, sizes: Sequence[int], seed: int = 0) -> None:
        self.posed, self.sizes, self.seed = posed, tuple(sizes), seed
        self.shapes = posed.pieces.shapes(sizes)
        rng = np.random.default_rng(seed)
        self.live = {name: rng.standard_normal(shape) * 0.6 for name, shape in self.shapes.items()}

    def parameters(self) -> Named:
        """Copies of the parameters by piece, from input to output."""
        return {name: np.array(array) for name, array in self.live.items()}

    def forward(self, parameters: Mapping[str, Array], x: Array) -> Any:
        """There is none: the cost is all that is known. Raises NotImplementedError."""
        raise NotImplementedError

    def cost(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Any:
        """The cost that the submission reports."""
        with quietly(), seeded(self.seed):
            point, given = self._given(parameters, x, y, l2)
            return self.posed.costed.value(point, given)

    def gradient(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Named:
        """The gradient as returned, cut into the pieces."""
        with quietly(), seeded(self.seed):
            point, given = self._given(parameters, x, y, l2)
            returned = self.posed.costed.slope(point, given)
        return self.posed.pieces.split(returned, self.sizes, x.shape[1])

    def _given(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> tuple[Named, Named]:
        """The arguments that hold the parameters, and what there is for each other role."""
        self.live = {name: np.array(array) for name, array in parameters.items()}
        return self.posed.pieces.joined(parameters), self.posed.given(self.sizes, x, y, l2)


@dataclass(frozen=True)
class PosedModel:
    """A network that is known by its cost."""

    info: ModelInfo
    posed: Posed

    def build(self, sizes: Sequence[int], seed: int) -> PosedNet:
        """A network of those sizes."""
        return PosedNet(self.posed, sizes, seed)
