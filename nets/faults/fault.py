"""A named slip: which step it changes, where it can sit, and how it is put in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nets.activations import Identity
from nets.backprop import checked_columns
from nets.faults.backward import Backward, Change, Forward, Slip
from nets.feedforward import Feedforward, Named

Array = NDArray[Any]
Position = int | Literal["hidden"] | None
Where = Callable[[Feedforward], tuple[int, ...]]


@dataclass(frozen=True)
class Fault:
    """One slip of the catalogue.

    ``says`` is a sentence with placeholders for superscripts: {l} the layer, {next} l + 1, {before}
    l − 1. ``teach`` explains the right rule to its author and contains no code. ``steps`` and
    ``change`` are the slip, ``where`` the layers at which it makes sense; ``together`` says whether
    it may sit in several layers at once: ``"also"``, ``"only"`` or ``"never"``. ``rate`` is true
    where it depends on a learning rate η. ``random`` is true where its size is nobody's choice
    (noise, one entry), so that it is known by its structure and not by its numbers.
    """

    id: str
    equation: str
    says: str
    teach: str
    steps: tuple[str, ...]
    change: Change
    where: Where
    together: Literal["also", "only", "never"] = "also"
    rate: bool = False
    random: bool = False

    def positions(self, network: Feedforward) -> tuple[Position, ...]:
        """Where it applies: single layers, ``"hidden"`` for all hidden ones at once, None for all there are."""
        layers = self.where(network)
        single: tuple[Position, ...] = () if self.together == "only" else layers
        if self.together == "never" or not layers or (self.together == "also" and len(layers) < 2):
            return single
        hidden = tuple(l for l in layers if l < network.num_layers)
        several = len(hidden) > 1 and hidden != layers and self.together == "also"
        return (*single, "hidden", None) if several else (*single, None)

    def layers(self, network: Feedforward, position: Position) -> tuple[int, ...]:
        """The layers of a position."""
        if isinstance(position, int):
            return (position,)
        return tuple(l for l in self.where(network) if position is None or l < network.num_layers)

    def slips(self, network: Feedforward, position: Position) -> tuple[Slip, ...]:
        """Its changes for ``Backward``."""
        return tuple(Slip(step, l, self.change) for l in self.layers(network, position) for step in self.steps)

    def gradient(self, network: Feedforward, x: Array, y: Array, layer: Position = None, rate: float = 0.5) -> Named:
        """The gradient of ``network.cost(x, y)`` as code with this slip returns it; shapes may be wrong.

        Args:
            network: the network; its cost is the mean over the examples plus the L2 term.
            x: inputs (n_in, examples).
            y: targets (n_out, examples).
            layer: one of ``positions(network)``.
            rate: the learning rate η, for a slip that depends on one.

        Raises:
            ValueError: a position that the fault does not have in this network; inputs that do not fit.
        """
        if layer not in self.positions(network):
            raise ValueError(f"The fault {self.id!r} cannot sit at {layer} here, only at {self.positions(network)}.")
        x, y = checked_columns(network, x, y)
        with np.errstate(all="ignore"):  # a slip may leave a cost's domain
            return Backward(Forward.of(network, x, y), self.slips(network, layer), rate).gradient()

    def sentence(self, network: Feedforward, position: Position) -> str:
        """What is wrong, in the chapter's notation: ``δ² lacks the factor σ′(z²) (BP2)``."""
        text = self.says.format(**_superscripts(position))
        text = text if isinstance(position, int) else _without_number(text)
        several = {None: " in every layer", "hidden": " in every hidden layer"}
        suffix = several.get(position, "") if "{l}" in self.says and not isinstance(position, int) else ""
        equation = self.equation_at(network, position)
        return f"{text}{suffix} ({equation})" if equation else text + suffix

    def lesson(self, position: Position) -> str:
        """What its author should think of, in the chapter's notation and without code."""
        return self.teach.format(**_superscripts(position))

    def equation_at(self, network: Feedforward, position: Position) -> str:
        """The equation it breaks there; what is BP2 in a hidden layer is BP1 at the output."""
        return "BP1" if self.equation == "BP2" and position == network.num_layers else self.equation


def _without_number(text: str) -> str:
    """What is said of one layer by its number, said of several."""
    for old, new in ((" of layer ˡ ", " "), ("layer ˡ's gradient", "the gradient"), ("layer ˡ", "each layer"),
                     ("layer ˡ⁺¹", "layer l + 1"), ("layer ˡ⁻¹", "layer l − 1")):  # fmt: skip
        text = text.replace(old, new) if old != "layer ˡ" else re.sub(r"layer ˡ(?![⁺⁻])", new, text)
    return text


def _superscripts(position: Position) -> dict[str, str]:
    if not isinstance(position, int):
        return {"l": "ˡ", "next": "ˡ⁺¹", "before": "ˡ⁻¹"}
    return {"l": superscript(position), "next": superscript(position + 1), "before": superscript(position - 1)}


def superscript(number: int) -> str:
    """2 as ²."""
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def every_layer(network: Feedforward) -> tuple[int, ...]:
    """2, ..., L."""
    return tuple(range(2, network.num_layers + 1))


def hidden_layers(network: Feedforward) -> tuple[int, ...]:
    """2, ..., L − 1."""
    return tuple(range(2, network.num_layers))


def output_layer(network: Feedforward) -> tuple[int, ...]:
    """L."""
    return (network.num_layers,)


def curved_layers(network: Feedforward) -> tuple[int, ...]:
    """Layers whose σ′ is not 1 throughout."""
    return tuple(l for l in every_layer(network) if not isinstance(network.activations[l - 2], Identity))


def separate_layers(network: Feedforward) -> tuple[int, ...]:
    """Curved layers whose neurons do not depend on each other, so that σ′ is one number for each."""
    return tuple(l for l in curved_layers(network) if not network.activations[l - 2].couples)


def size(network: Feedforward, l: int) -> int:
    """n_l, or 0 where there is no such layer."""
    return network.sizes[l - 1] if 1 <= l <= network.num_layers else 0
