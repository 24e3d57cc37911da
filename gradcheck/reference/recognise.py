"""Which network of ours a forward pass computes: the activation of every layer, by agreement at random points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.points import EXAMPLES, Point, forward_points, parameters
from gradcheck.reference.variants import HIDDEN, OUTPUTS, function
from nets.network import Network

Array = NDArray[Any]
Named = dict[str, Array]
Forward = Callable[[Named, Array], Array]
DOUBLE, SINGLE = 1e-7, 1e-4
COMBINATIONS = 5000
LOOKS = 5  # at one point alone a layer of dead units may hide what is below it


@dataclass(frozen=True)
class Recognition:
    """A forward pass that agrees with a network of ours.

    ``activations`` has one name for each layer after the input; ``agreement`` is the largest
    difference seen, relative to the largest output at the same point; ``biases`` is false for a
    network that has none. ``notes`` says where the two could not be compared.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    agreement: float
    biases: bool = True
    notes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What was understood, for a person: ``784-30-10, sigmoid``."""
        shape = "-".join(map(str, self.sizes))
        names = self.activations[0] if len(set(self.activations)) == 1 else ", ".join(self.activations)
        return f"{shape}, {names}{'' if self.biases else ', no biases'}"

    def network(self, parameters: Mapping[str, Array], cost: Any = "quadratic", l2: float = 0.0) -> Network:
        """Our network with these *parameters* (canonical names, any sizes), computing in float64.

        Biases that are not given are 0; *cost* is a name or a ``nets.costs.Cost``; *l2* is λ of (λ/2) Σ w².
        """
        return build(self.activations, parameters, cost, l2)


def build(activations: Sequence[str], named: Mapping[str, Array], cost: Any = "quadratic", l2: float = 0.0) -> Network:
    """A network with those activations, one name per layer after the input, and those arrays; absent biases are 0."""
    shapes = [np.shape(named[f"w{layer}"]) for layer in range(2, len(activations) + 2)]
    sizes = [shapes[0][1], *(shape[0] for shape in shapes)]
    network = Network(sizes, activation=[function(name) for name in activations], cost=cost, l2=l2, seed=0)
    absent = {f"b{layer}": np.zeros((n, 1)) for layer, n in enumerate(sizes[1:], start=2)}
    given = {name: np.array(array, dtype=float) for name, array in named.items()}
    network.parameters = {**absent, **given}
    return network


def recognise(
    forward: Forward, sizes: Sequence[int], *, seed: int = 0, biases: bool = True, examples: int = EXAMPLES
) -> Recognition | None:
    """The network of ours that *forward* computes, or None.

    Args:
        forward: maps canonical named arrays and inputs (n_in, m) to the output (n_out, m).
        sizes: neurons per layer, input first.
        seed: of the random points.
        biases: false where the network has none; *forward* then gets weights only.
        examples: columns of a probe; 1 for code that takes one example at a time.

    Returns:
        A recognition that agrees at typical, small, negative, positive and (unless the code overflows
        there) large inputs to 1e-7 of the largest output, 1e-4 for code in single precision; None
        where nothing does. First one activation for all hidden layers is tried, then layer by layer.

    What *forward* raises at the ordinary points is passed on. It cannot tell apart functions that
    agree at all these points, and knows only fully connected layers.
    """
    task = _Probes(forward, tuple(sizes), biases, examples)
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        for candidate in task.candidates(rng):
            found = task.agreement(candidate)
            if found is not None:
                return Recognition(task.sizes, candidate, found, biases, task.notes)
    return None


class _Probes:
    """The forward pass, what it answered at the points, and the candidates worth comparing."""

    def __init__(self, forward: Forward, sizes: tuple[int, ...], biases: bool, examples: int) -> None:
        self.forward, self.sizes, self.biases, self.examples = forward, sizes, biases, examples
        self.answers: list[tuple[Point, Array]] = []
        self.notes: tuple[str, ...] = ()

    def candidates(self, rng: np.random.Generator) -> Iterator[tuple[str, ...]]:
        """Activations that agree at the first point: uniform ones, then found layer by layer, then all if few."""
        self.ask(forward_points(self.sizes, rng, biases=self.biases, examples=self.examples))
        hidden = len(self.sizes) - 2
        if not self.answers:
            return
        yield from self._uniform(hidden)
        if self.biases and hidden:
            layerwise = self._layerwise(rng)
            if layerwise is not None:
                yield layerwise
        elif hidden > 1:
            everything = islice(product(*[HIDDEN] * hidden, OUTPUTS), COMBINATIONS)
            yield from (names for names in everything if self._fits_first(names))

    def ask(self, points: Sequence[Point]) -> None:
        """The forward pass at *points*; a point that only overflows is noted and left out."""
        for point in points:
            answer = self._answer(point)
            if answer is not None:
                self.answers.append((point, answer))

    def _answer(self, point: Point) -> Array | None:
        try:
            raw = self.forward({name: array.copy() for name, array in point.parameters.items()}, point.x.copy())
            answer = np.asarray(raw, dtype=float)
        except Exception:
            if point.essential:
                raise
            self.notes = (*self.notes, f"the forward pass raises an error at {point.name} inputs")
            return None
        if answer.shape != (self.sizes[-1], self.examples):
            return None
        if not np.isfinite(answer).all() and not point.essential:
            self.notes = (*self.notes, f"the forward pass overflows at {point.name} inputs")
            return None
        return answer

    def _uniform(self, hidden: int) -> Iterator[tuple[str, ...]]:
        """One activation for all hidden layers: z^2 is computed once, z^L once for each of them."""
        point, answer = self.answers[0]
        z_first = _weighted(point, 2, point.x)
        for name in HIDDEN if hidden else HIDDEN[:1]:
            z = z_first
            for layer in range(3, hidden + 3):
                z = _weighted(point, layer, function(name).value(z))
            for last in OUTPUTS:
                if _relative(function(last).value(z), answer) <= SINGLE:
                    yield (*(name,) * hidden, last)

    def _fits_first(self, names: Sequence[str]) -> bool:
        point, answer = self.answers[0]
        return _difference(names, point, answer) <= SINGLE

    def agreement(self, names: Sequence[str]) -> float | None:
        """The largest relative difference over all points, or None where it is no agreement."""
        essential = [point.name for point, _ in self.answers if point.essential]
        differences = [_difference(names, point, answer) for point, answer in self.answers]
        single = all(np.array_equal(answer.astype(np.float32), answer) for _, answer in self.answers)
        worst = max(differences, default=np.inf)
        return worst if len(essential) == 4 and worst <= (SINGLE if single else DOUBLE) else None

    def _layerwise(self, rng: np.random.Generator) -> tuple[str, ...] | None:
        """From the output back: with w^l = 0 the layers from l on see the biases b^l only, so f_l is found alone."""
        known: tuple[str, ...] = ()
        for layer in range(len(self.sizes), 1, -1):
            points = [self._only_from(layer, rng) for _ in range(LOOKS)]
            looks = [(point, answer) for point in points if (answer := self._answer(point)) is not None]
            start = ("identity",) * (layer - 2)
            fits = [
                (max((_difference((*start, f, *known), *look) for look in looks), default=np.inf), f)
                for f in (HIDDEN if known else OUTPUTS)
            ]
            difference, name = min(fits)
            if difference > SINGLE:
                return None
            known = (name, *known)
        return known

    def _only_from(self, layer: int, rng: np.random.Generator) -> Point:
        named = parameters(self.sizes, rng, weights=1.5, biases=1.0)
        named[f"w{layer}"] = np.zeros_like(named[f"w{layer}"])
        named[f"b{layer}"] = _spread(len(named[f"b{layer}"]))
        return Point(f"layer {layer}", named, rng.standard_normal((self.sizes[0], self.examples)))


def _spread(neurons: int) -> Array:
    """A column of values of both signs, some beyond a sigmoid's linear range."""
    return np.resize(np.array([-1.3, 0.7, 2.1, -0.4, -2.6, 1.6]), neurons)[:, None]


def _weighted(point: Point, layer: int, a: Array) -> Array:
    """z^l = w^l a^{l−1} + b^l, the bias where there is one."""
    z = point.parameters[f"w{layer}"] @ a
    bias = point.parameters.get(f"b{layer}")
    return z if bias is None else z + bias


def _difference(names: Sequence[str], point: Point, answer: Array) -> float:
    """The largest difference between the candidate's output and *answer*, relative to the largest output."""
    a = point.x
    for layer, name in enumerate(names, start=2):
        a = function(name).value(_weighted(point, layer, a))
    return _relative(a, answer)


def _relative(a: Array, answer: Array) -> float:
    scale = max(float(np.abs(a).max()), float(np.finfo(float).tiny))
    difference = float(np.abs(a - answer).max()) / scale
    return difference if np.isfinite(difference) else float("inf")
