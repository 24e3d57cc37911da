"""One derivative as the sum over paths through a small network: the rates along each path and their product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gradcheck.results.codec import Stored


@dataclass(frozen=True)
class PathSum(Stored):
    """Eq. 53 for one weight or bias and one example.

    ``sizes`` are the network's layers from the input on, and the entry ``name[index]`` belongs to
    layer ``layer`` (counted from 1, the input; w2 belongs to layer 2). Path p visits neuron
    ``neurons[p][i]`` (from 0) of layer ``layer + i``; ``factors[p]`` are its rates, ∂a/∂w first, then
    one for each edge, and ∂C/∂a last; ``products[p]`` is their product. ``backprop`` is the same
    derivative by BP1-BP4.
    """

    sizes: tuple[int, ...]
    name: str
    index: tuple[int, ...]
    layer: int
    neurons: tuple[tuple[int, ...], ...]
    factors: tuple[tuple[float, ...], ...]
    products: tuple[float, ...]
    backprop: float | None = None
    seed: int | None = None
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def derivative(self) -> float:
        """∂C/∂w: the sum of the products."""
        return sum(self.products)
