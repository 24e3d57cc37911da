"""Families of costs with right gradients, drawn by seed: what a judge that knows nothing must not blame.

Each is NumPy code as people write it, a forward pass and its backward pass, at a point that is difficult
in one way. ``FAMILIES[name](seed)`` draws one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Named = dict[str, Array]
Pair = tuple[Callable[[Array], Array], Callable[[Array], Array]]
RIGHT = "right"


@dataclass(frozen=True)
class BlackBox:
    """A cost, its gradient, and the point, as callables that say nothing of themselves.

    ``kind`` is ``right``, or the name of the fault that was planted in the gradient.
    """

    family: str
    name: str
    cost: Callable[[Named], Any]
    gradient: Callable[[Named], Named]
    at: Named
    kind: str = RIGHT


def _sigmoid(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def _relu(at_zero: float = 0.0) -> Pair:
    """ReLU and its slope, which at the kink is a matter of convention."""
    return lambda z: np.maximum(z, 0), lambda z: np.where(z == 0, z.dtype.type(at_zero), z > 0).astype(z.dtype)


SIGMOID: Pair = (_sigmoid, lambda z: _sigmoid(z) * _sigmoid(-z))
TANH: Pair = (np.tanh, lambda z: 1 - np.tanh(z) ** 2)
LINEAR: Pair = (lambda z: z, np.ones_like)


@dataclass(frozen=True)
class _Loss:
    """A cost of the last weighted inputs z and its slope δ."""

    value: Callable[[Array], Any]
    slope: Callable[[Array], Array]


def _quadratic(y: Array, output: Pair = SIGMOID) -> _Loss:
    f, slope = output
    return _Loss(lambda z: 0.5 * np.sum((f(z) - y) ** 2), lambda z: (f(z) - y) * slope(z))


def _layers(x: Array, hidden: Sequence[Pair], loss: _Loss) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Cost and gradient of a network with weights w1, b1, w2, ...: BP1 to BP4, one column per example."""

    def forward(p: Named) -> tuple[list[Array], list[Array]]:
        activations, weighted = [x], []
        for layer in range(1, len(hidden) + 2):
            weighted.append(p[f"w{layer}"] @ activations[-1] + p[f"b{layer}"])
            if layer <= len(hidden):
                activations.append(hidden[layer - 1][0](weighted[-1]))
        return activations, weighted

    def cost(p: Named) -> Any:
        return loss.value(forward(p)[1][-1])

    def gradient(p: Named) -> Named:
        activations, weighted = forward(p)
        delta, found = loss.slope(weighted[-1]), {}
        for layer in range(len(hidden) + 1, 0, -1):
            found[f"w{layer}"] = delta @ activations[layer - 1].T
            found[f"b{layer}"] = delta.sum(axis=1, keepdims=True)
            if layer > 1:
                delta = (p[f"w{layer}"].T @ delta) * hidden[layer - 2][1](weighted[layer - 2])
        return found

    return cost, gradient


def _parameters(rng: np.random.Generator, sizes: Sequence[int], gain: float = 1.0) -> Named:
    found: Named = {}
    for layer, (n, m) in enumerate(pairwise(sizes), start=1):
        found[f"w{layer}"] = gain * rng.normal(size=(m, n)) / np.sqrt(n)
        found[f"b{layer}"] = gain * rng.normal(size=(m, 1)) / 2
    return found


@dataclass(frozen=True)
class _Draw:
    """What one seed gives every family: sizes, a batch, targets."""

    rng: np.random.Generator
    sizes: tuple[int, ...]
    x: Array
    y: Array

    @classmethod
    def of(cls, seed: int, layers: int = 2) -> _Draw:
        """Small sizes, so that a thousand can be checked entry by entry."""
        rng = np.random.default_rng(seed)
        sizes = tuple(int(n) for n in rng.integers(2, 7, layers + 1))
        examples = int(rng.integers(1, 6))
        return cls(rng, sizes, rng.normal(size=(sizes[0], examples)), rng.random((sizes[-1], examples)))

    def box(
        self, name: str, hidden: Sequence[Pair], loss: _Loss, gain: float = 1.0, x: Array | None = None
    ) -> BlackBox:
        """A network of these sizes."""
        cost, gradient = _layers(self.x if x is None else x, hidden, loss)
        return BlackBox("", name, cost, gradient, _parameters(self.rng, self.sizes, gain))

    def labels(self) -> Array:
        """One class for each example."""
        return np.asarray(self.rng.integers(0, self.sizes[-1], self.x.shape[1]))


def sigmoid_network(seed: int) -> BlackBox:
    """Sigmoid neurons, quadratic cost."""
    draw = _Draw.of(seed, layers=int(2 + seed % 2))
    return draw.box("sigmoid", [SIGMOID] * (len(draw.sizes) - 2), _quadratic(draw.y))


def relu_network(seed: int) -> BlackBox:
    """ReLU neurons with a linear output layer."""
    draw = _Draw.of(seed)
    return draw.box("ReLU", [_relu()], _quadratic(draw.y, LINEAR))


def relu_at_kinks(seed: int) -> BlackBox:
    """Weighted inputs exactly 0: blank examples and no biases, or weights that all start at 0."""
    draw = _Draw.of(seed)
    at_zero = (0.0, 1.0, 0.5)[seed % 3]
    draw.x[:, :: int(draw.rng.integers(1, 3))] = 0
    box = draw.box(f"ReLU with slope {at_zero} at 0", [_relu(at_zero)], _quadratic(draw.y, LINEAR))
    box.at["b1"][:] = 0
    if seed % 5 == 4:
        draw.x[:] = draw.rng.normal(size=draw.x.shape)
        box.at["w1"][:] = 0
    return box


def dead_units(seed: int) -> BlackBox:
    """ReLU neurons that no example wakes, and sigmoid outputs."""
    draw = _Draw.of(seed)
    box = draw.box("dead ReLU", [_relu()], _quadratic(draw.y))
    box.at["b1"][: int(draw.rng.integers(1, draw.sizes[1] + 1))] = -50
    return box


def saturated(seed: int) -> BlackBox:
    """Weights so large that slopes are between 1 and 1e-20."""
    draw = _Draw.of(seed)
    return draw.box("saturated sigmoid", [SIGMOID], _quadratic(draw.y), gain=float(draw.rng.choice([5, 10, 20])))


def large_offset(seed: int) -> BlackBox:
    """A constant of a million beside a cost of about one."""
    draw = _Draw.of(seed)
    loss = _quadratic(draw.y)
    return draw.box("offset of 1e6", [TANH], _Loss(lambda z: 1e6 + loss.value(z), loss.slope))


def scaled(seed: int) -> BlackBox:
    """A cost times a million, or a millionth."""
    draw = _Draw.of(seed)
    factor, loss = (1e6, 1e-6)[seed % 2], _quadratic(draw.y)
    loss = _Loss(lambda z: factor * _quadratic(draw.y).value(z), lambda z: factor * _quadratic(draw.y).slope(z))
    return draw.box(f"scale {factor:g}", [TANH], loss)


def large_inputs(seed: int) -> BlackBox:
    """Inputs of a thousand, weights small enough to keep the neurons awake, or not."""
    draw = _Draw.of(seed)
    box = draw.box("inputs of 1e3", [TANH], _quadratic(draw.y), x=1e3 * draw.x)
    box.at["w1"] /= (1e3, 1e2)[seed % 2]
    return box


def single_precision(seed: int) -> BlackBox:
    """All in float32: the point, the cost, the gradient; in every second one the cost casts, whatever it is given."""
    draw = _Draw.of(seed)
    x, y = draw.x.astype(np.float32), draw.y.astype(np.float32)
    box = draw.box("float32", [TANH], _quadratic(y), x=x)
    at = {name: array.astype(np.float32) for name, array in box.at.items()}
    if seed % 2:
        return replace(box, at=at)

    def single(p: Named) -> Named:
        return {name: array.astype(np.float32) for name, array in p.items()}

    return replace(box, at=at, cost=lambda p: box.cost(single(p)), gradient=lambda p: box.gradient(single(p)))


def deep(seed: int) -> BlackBox:
    """Eight layers of sigmoids: the first layer's gradient is thousands of times smaller than the last's."""
    draw = _Draw.of(seed, layers=8)
    return draw.box("eight sigmoid layers", [SIGMOID] * 7, _quadratic(draw.y))


def clipped_cross_entropy(seed: int) -> BlackBox:
    """Cross-entropy of outputs that are kept 1e-7 away from 0 and 1, as the gradient knows."""
    draw = _Draw.of(seed)
    y = (draw.y > 0.5).astype(float)

    def kept(z: Array) -> Array:
        return np.clip(_sigmoid(z), 1e-7, 1 - 1e-7)

    def slope(z: Array) -> Array:
        a = _sigmoid(z)
        return np.where((a > 1e-7) & (a < 1 - 1e-7), a - y, 0.0)

    loss = _Loss(lambda z: -np.sum(y * np.log(kept(z)) + (1 - y) * np.log(1 - kept(z))), slope)
    return draw.box("clipped cross-entropy", [TANH], loss, gain=(1.0, 3.0, 10.0)[seed % 3])


def softmax(seed: int) -> BlackBox:
    """Softmax and log-likelihood with logits up to hundreds."""
    draw = _Draw.of(seed)
    labels, columns = draw.labels(), np.arange(draw.x.shape[1])
    gain = (1.0, 10.0, 100.0)[seed % 3]

    def value(z: Array) -> Any:
        shifted = gain * (z - z.max(axis=0))
        return np.sum(np.log(np.exp(shifted).sum(axis=0)) - shifted[labels, columns])

    def slope(z: Array) -> Array:
        e = np.exp(gain * (z - z.max(axis=0)))
        p = e / e.sum(axis=0)
        p[labels, columns] -= 1
        return gain * p

    return draw.box(f"softmax of logits times {gain:g}", [TANH], _Loss(value, slope))


def hinge(seed: int) -> BlackBox:
    """The multiclass hinge with its kinks, none of them exactly here."""
    draw = _Draw.of(seed)
    labels, columns = draw.labels(), np.arange(draw.x.shape[1])

    def margins(z: Array) -> Array:
        found = np.maximum(0, z - z[labels, columns] + 1)
        found[labels, columns] = 0
        return found

    def slope(z: Array) -> Array:
        counted = (margins(z) > 0).astype(float)
        counted[labels, columns] = -counted.sum(axis=0)
        return counted

    return draw.box("hinge", [_relu()], _Loss(lambda z: np.sum(margins(z)), slope))
