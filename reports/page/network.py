"""The network behind a set of arrays, drawn as SVG: which layers are right and which are wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gradcheck.results import ArraySummary, EntryVerdict
from reports import numbers

MOST_SHOWN = 7  # neurons of a layer
DOWN, TOP, BELOW = 44, 34, 74
NARROWEST, LETTER = 150, 8.6  # between layers; a letter of a label
STATES = ("right", "inconclusive", "wrong")
NO_WEIGHTS = {"x", "X", "inputs", "y_pred"}  # what a layer by itself is differentiated by, too
BIAS = re.compile(r"(?:^|[^a-z])b(?:ias(?:es)?)?(?:[^a-z]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Layer:
    """Layer l ≥ 2: its size, its weights, its biases if there are any, and whether rows of the weights are inputs."""

    size: int
    weights: ArraySummary
    biases: ArraySummary | None
    transposed: bool

    @property
    def arrays(self) -> list[ArraySummary]:
        """Weights and biases."""
        return [self.weights, *([self.biases] if self.biases else [])]

    @property
    def inputs(self) -> int:
        """The size of the layer before."""
        return self.weights.shape[0 if self.transposed else 1]

    @property
    def state(self) -> str:
        """The worst of its entries' verdicts."""
        return "wrong" if self._sum("wrong") else "inconclusive" if self._sum("inconclusive") else "right"

    @property
    def said(self) -> str:
        """The same with a number."""
        return self.state if self.state == "right" else f"{self._sum(self.state):,} {self.state}"

    def _sum(self, what: str) -> int:
        return sum(getattr(array, what) for array in self.arrays)


@dataclass(frozen=True)
class Drawing:
    """What the template draws: neurons, edges and labels with their places and states, and the same in words."""

    width: int
    height: int
    edges: tuple[tuple[float, float, float, float, str], ...]
    neurons: tuple[tuple[float, float, str], ...]
    labels: tuple[tuple[float, str, str, str], ...]
    words: str


@dataclass(frozen=True)
class _Plan:
    """Where things stand: layers (counted from 0, the input) from left to right, ``across`` apart."""

    sizes: tuple[int, ...]
    across: float

    def shown(self, layer: int) -> int:
        """How many neurons of a layer are drawn."""
        return min(self.sizes[layer], MOST_SHOWN)

    @property
    def tallest(self) -> int:
        """The most neurons drawn in a layer."""
        return max(map(self.shown, range(len(self.sizes))))

    def place(self, layer: int, neuron: int) -> tuple[float, float]:
        """The middle of a drawn neuron."""
        down = TOP + DOWN * (self.tallest / 2 + neuron - (self.shown(layer) - 1) / 2)
        return self.across * (layer + 0.5), down

    def group(self, layer: int, neuron: int) -> range:
        """The neurons that a drawn one stands for."""
        size, shown = self.sizes[layer], self.shown(layer)
        return range(neuron * size // shown, (neuron + 1) * size // shown)


def network_drawing(arrays: Sequence[ArraySummary], *, inputs_first: bool = False) -> Drawing | None:
    """The drawing for arrays that form a chain of fully connected layers; None where they do not.

    Where all layers are of one size, *inputs_first* says whether the rows of the weights are inputs.
    """
    layers = layers_of(_part(arrays), inputs_first=inputs_first)
    if not layers:
        return None
    sizes = (layers[0].inputs, *(layer.size for layer in layers))
    texts = [("input", numbers.count(sizes[0]), "input"), *map(_label, layers)]
    plan = _Plan(sizes, max(NARROWEST, LETTER * max(len(line) for text in texts for line in text[:2]) + 18))
    return Drawing(
        width=round(plan.across * len(sizes)),
        height=TOP + DOWN * plan.tallest + BELOW,
        edges=tuple(sorted(_edges(layers, plan), key=lambda edge: STATES.index(edge[-1]))),
        neurons=tuple(_neurons(layers, plan)),
        labels=tuple((plan.across * (l + 0.5), *text) for l, text in enumerate(texts)),
        words=_words(layers, sizes),
    )


def _part(arrays: Sequence[ArraySummary]) -> list[ArraySummary]:
    """Of several parts (``title: name``) the one with the most wrong entries."""
    parts: dict[str, list[ArraySummary]] = {}
    for array in arrays:
        parts.setdefault(array.name.rpartition(": ")[0], []).append(array)
    return max(parts.values(), key=lambda group: sum(array.wrong for array in group), default=[])


def layers_of(arrays: Sequence[ArraySummary], *, inputs_first: bool = False) -> list[Layer]:
    """The layers from input to output if matrices chain in one of both orientations, else none."""
    if any(_own_name(array) in NO_WEIGHTS for array in arrays):
        return []
    matrices = [array for array in arrays if len(array.shape) == 2 and not _is_bias(array)]
    vectors = [array for array in arrays if array not in matrices]
    for transposed in (inputs_first, not inputs_first):
        ends = [array.shape if transposed else array.shape[::-1] for array in matrices]
        if ends and all(before[1] == after[0] for before, after in pairwise(ends)):
            layers = _with_biases(matrices, [end[1] for end in ends], vectors, transposed=transposed)
            if layers:
                return layers
    return []


def _is_bias(array: ArraySummary) -> bool:
    """A single row or column is a bias if its name says so: a layer of one neuron has weights of that shape, too."""
    return min(array.shape) == 1 and BIAS.search(_own_name(array)) is not None


def _own_name(array: ArraySummary) -> str:
    return array.name.rpartition(": ")[2]


def _with_biases(
    matrices: list[ArraySummary], sizes: list[int], vectors: list[ArraySummary], *, transposed: bool
) -> list[Layer]:
    """The layers, each with the first vector of its size; none where a vector is left over or missing."""
    left = list(vectors)
    layers = []
    for weights, size in zip(matrices, sizes, strict=True):
        biases = next((vector for vector in left if vector.entries == size), None)
        if biases:
            left.remove(biases)
        layers.append(Layer(size, weights, biases, transposed))
    some = {layer.biases is not None for layer in layers}
    return [] if left or len(some) > 1 else layers


def _edges(layers: list[Layer], plan: _Plan) -> Iterator[tuple[float, float, float, float, str]]:
    for l, layer in enumerate(layers, start=1):
        bad = _bad(layer.weights)
        for j in range(plan.shown(l)):
            for k in range(plan.shown(l - 1)):
                to, out = plan.group(l, j), plan.group(l - 1, k)
                rows, columns = (out, to) if layer.transposed else (to, out)
                yield *plan.place(l - 1, k), *plan.place(l, j), _worst(bad, rows, columns)


def _neurons(layers: list[Layer], plan: _Plan) -> Iterator[tuple[float, float, str]]:
    for neuron in range(plan.shown(0)):
        yield *plan.place(0, neuron), "input"
    for l, layer in enumerate(layers, start=1):
        bad = _bad(layer.biases) if layer.biases else []
        for neuron in range(plan.shown(l)):
            group = plan.group(l, neuron)
            state = max(_worst(bad, group, range(1)), _worst(bad, range(1), group), key=STATES.index)
            yield *plan.place(l, neuron), state


def _bad(array: ArraySummary) -> list[tuple[int, int, str]]:
    """Row, column and verdict of the worst entry of each cell that is not right."""
    if array.map is None:
        return []
    doubtful = (EntryVerdict.WRONG, EntryVerdict.INCONCLUSIVE)
    found = zip(array.map.index, array.map.verdict, strict=True)
    return [(*place, str(verdict)) for place, verdict in found if verdict in doubtful]


def _worst(bad: list[tuple[int, int, str]], rows: range, columns: range) -> str:
    """The worst verdict in those rows and columns."""
    states = {verdict for row, column, verdict in bad if row in rows and column in columns}
    return max(states, key=STATES.index, default="right")


def _label(layer: Layer) -> tuple[str, str, str]:
    """Names, size with state in words, and state."""
    names = ", ".join(_own_name(array)[:24] for array in layer.arrays)
    return names, f"{numbers.count(layer.size)} · {layer.said}", layer.state


def _words(layers: list[Layer], sizes: Sequence[int]) -> str:
    told = (
        f"layer {l} ({', '.join(_own_name(array) for array in layer.arrays)}): {layer.said}"
        for l, layer in enumerate(layers, start=2)
    )
    return f"Network {numbers.sizes(sizes)}; {'; '.join(told)}."
