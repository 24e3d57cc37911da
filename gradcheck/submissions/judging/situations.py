"""The situations in which a gradient is looked at: shapes of networks, inputs, batches, λ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.points import parameters, targets
from gradcheck.submissions.judging.asked import distinct_sizes
from gradcheck.submissions.options import CheckOptions
from gradcheck.submissions.subjects import ModelInfo

Array = NDArray[Any]
DIGITS = (784, 30, 10)
MANY = 17


@dataclass(frozen=True)
class Situation:
    """One network, its inputs and how many of them. ``weights`` is their scale; ``judged`` is false where only
    finiteness is asked, because a right gradient may have lost its digits there.
    """

    id: str
    sizes: tuple[int, ...]
    examples: int = 4
    inputs: str = "normal"
    weights: float = 1.0
    l2: float = 0.0
    judged: bool = True

    def draw(self, rng: np.random.Generator, *, biases: bool) -> tuple[dict[str, Array], Array, Array]:
        """Parameters under our names, inputs (n_in, m), one-hot targets (n_out, m)."""
        named = parameters(self.sizes, rng, weights=self.weights, has=biases)
        x = rng.standard_normal((self.sizes[0], self.examples))
        x = {"positive": np.abs(x), "negative": -np.abs(x) - 0.1}.get(self.inputs, x)
        y = targets(self.sizes[-1], self.examples + 1, rng)[:, 1:]
        return named, x, y


def situations(info: ModelInfo, options: CheckOptions) -> tuple[Situation, ...]:
    """Every situation that the model can be put into, the plainest first."""
    several = info.examples or 4
    hidden = 2 if info.hidden_layers is None else info.hidden_layers
    own = distinct_sizes(info, hidden)
    found = [
        Situation("typical", own, several),
        *_square(info, own, several),
        Situation("negative inputs", own, several, inputs="negative", weights=1.5),
        Situation("positive inputs", own, several, inputs="positive", weights=0.5),
        *_batches(info, own),
        *(_shapes(info, several) if info.sizes is None else []),
    ]
    if info.l2:
        found.append(Situation("regularised", own, several, l2=0.3))
    found.append(Situation("saturated", own, several, weights=60.0, judged=False))
    return (*found, *_large(info, options))


def _square(info: ModelInfo, own: tuple[int, ...], several: int) -> list[Situation]:
    """Equal layers, where a missing transpose raises nothing."""
    if info.sizes is not None:
        return []
    return [Situation("square", _ending((4,) * len(own), info.outputs), several)]


def _batches(info: ModelInfo, own: tuple[int, ...]) -> list[Situation]:
    if info.examples is not None:
        return []
    return [Situation("batch of one", own, 1), Situation(f"batch of {MANY}", own, MANY)]


def _shapes(info: ModelInfo, several: int) -> list[Situation]:
    out = info.outputs
    if info.hidden_layers is None:
        return [
            Situation("one hidden layer", _ending((6, 5, 3), out), several),
            Situation("deep", _ending((4, 6, 5, 7, 5, 3), out), several),
            Situation("width one", _ending((3, 1, 2), out), several),
            Situation("no hidden layer", _ending((4, 3), out), several),
        ]
    if info.hidden_layers == 0:
        return []
    narrow = (3, *(1,) * info.hidden_layers, 2)
    return [Situation("width one", _ending(narrow, out), several)]


def _ending(sizes: tuple[int, ...], outputs: int | None) -> tuple[int, ...]:
    return (*sizes[:-1], outputs) if outputs else sizes


def _large(info: ModelInfo, options: CheckOptions) -> list[Situation]:
    """The network that was asked for, or the digits' one where it can be built."""
    if info.sizes is not None:
        return []
    wanted = options.sizes or (DIGITS if info.hidden_layers in (None, 1) else None)
    if wanted is None or (info.hidden_layers is not None and len(wanted) != info.hidden_layers + 2):
        return []
    named = "-".join(map(str, _ending(wanted, info.outputs)))
    return [Situation(named, _ending(wanted, info.outputs), info.examples or 2, inputs="positive")]
