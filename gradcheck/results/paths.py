"""One derivative as the sum over paths through a small network: the rates along each path and their product."""

from __future__ import annotations

from dataclasses import dataclass

from gradcheck.results.codec import decoded, dumps, loads, plain


@dataclass(frozen=True)
class PathSum:
    """Eq. 53 for one weight or bias and one example.

    ``sizes`` are the network's layers from the input on, and the entry ``name[index]`` belongs to
    layer ``layer`` (counted from 1, the input; w2 belongs to layer 2). Path p visits neuron
    ``neurons[p][i]`` (from 0) of layer ``layer + i``; ``factors[p]`` are its rates, ∂a/∂w first, then
    one for each edge, and ∂C/∂a last; ``products[p]`` is their product.
    """

    sizes: tuple[int, ...]
    name: str
    index: tuple[int, ...]
    layer: int
    neurons: tuple[tuple[int, ...], ...]
    factors: tuple[tuple[float, ...], ...]
    products: tuple[float, ...]

    @property
    def derivative(self) -> float:
        """∂C/∂w: the sum of the products."""
        return sum(self.products)

    def to_json(self) -> str:
        """The result as JSON text (schema ``gradcheck/1``)."""
        return dumps(plain(self))

    @classmethod
    def from_json(cls, text: str) -> PathSum:
        """The result that ``to_json`` wrote. Raises ValueError in a sentence where *text* is no such result."""
        return decoded(cls, loads(text))
