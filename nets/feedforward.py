"""Feedforward networks: sizes, weights, biases, activations, and the cost of their outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nets.activations import Activation, Mixed, activation
from nets.costs import Cost, cost
from nets.outputs import output

Array = NDArray[Any]
Named = dict[str, Array]


class Feedforward:
    """A fully connected network in the chapter's notation.

    ``weights[l]`` has shape (n_out, n_in) and ``biases[l]`` (n_out, 1); index 0 belongs to the
    chapter's layer 2, and by name the arrays are ``w2, b2, w3, b3, ...``. One example is a column
    (n_in, 1); a mini-batch has one example per column. With m examples the cost is
    C = (1/m) Σ_x C_x + (l2/2) Σ w², the sum over weights only, never over biases.

    Args:
        sizes: neurons per layer, input first, at least two layers.
        activation: one name or ``Activation`` for all layers, or one for each layer after the input.
        cost: ``"quadratic"``, ``"cross_entropy"``, ``"log_likelihood"`` or a ``Cost``.
        initialisation: ``"gaussian"``, every weight and bias N(0, 1) as in the chapter, or
            ``"scaled"``, weights N(0, 1/n_in).
        seed: of the initialisation; None draws one from ``numpy.random``, so that a script which seeds that gets
            the same network again.
        l2: λ of the L2 regularisation (the book's λ/n).
        neurons: another function f for single neurons, as ``{(layer, j): f}`` with the chapter's
            layer number (2 is the first after the input) and j counted from 0.
        dtype: float64 or float32.

    Raises:
        ValueError: a size, name, dtype or neuron that does not exist, in a sentence.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: str | Activation | Sequence[str | Activation] = "sigmoid",
        cost: str | Cost = "quadratic",
        initialisation: str = "gaussian",
        seed: int | None = None,
        l2: float = 0.0,
        neurons: Mapping[tuple[int, int], str | Activation] | None = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.sizes = _checked_sizes(sizes)
        self.num_layers = len(self.sizes)
        self.dtype = _checked_dtype(dtype)
        self.l2 = float(l2)
        self.activations = _layer_activations(activation, self.sizes, neurons or {})
        self.output = output(self.activations[-1], _cost(cost))
        self.weights, self.biases = _initialised(self.sizes, initialisation, seed, self.dtype)

    @property
    def cost_function(self) -> Cost:
        """The cost C(a, y)."""
        return self.output.cost

    @property
    def parameters(self) -> Named:
        """Every weight and bias by name (``w2, b2, w3, ...``): the arrays themselves, not copies."""
        named = {}
        for layer, (w, b) in enumerate(zip(self.weights, self.biases, strict=True), start=2):
            named[f"w{layer}"], named[f"b{layer}"] = w, b
        return named

    @parameters.setter
    def parameters(self, named: Mapping[str, Array]) -> None:
        """Replace every array; shapes must be the network's, the dtype becomes the arrays' own."""
        layers = range(2, self.num_layers + 1)
        self.weights = [np.asarray(named[f"w{layer}"]) for layer in layers]
        self.biases = [np.asarray(named[f"b{layer}"]) for layer in layers]

    @property
    def parameter_count(self) -> int:
        """N, the number of weights and biases."""
        return sum(w.size + b.size for w, b in zip(self.weights, self.biases, strict=True))

    def feedforward(self, a: Array) -> Array:
        """The network's output for input *a*, one example per column."""
        for w, b, f in zip(self.weights, self.biases, self.activations, strict=True):
            a = f.value(np.dot(w, a) + b)
        return a

    def costs(self, x: Array, y: Array) -> Array:
        """C_x of each example, shape (examples,), without regularisation."""
        for w, b, f in zip(self.weights[:-1], self.biases[:-1], self.activations[:-1], strict=True):
            x = f.value(np.dot(w, x) + b)
        z = np.dot(self.weights[-1], x) + self.biases[-1]
        return self.output.value(z, self.activations[-1].value(z), y)

    def cost(self, x: Array, y: Array) -> Any:
        """C: the mean over the examples plus (l2/2) Σ w², a scalar of the network's dtype."""
        data = self.costs(x, y)
        mean = data.sum() / data.size
        return mean + self.penalty() if self.l2 else mean

    def penalty(self) -> Any:
        """(l2/2) Σ w² over the weights."""
        return self.l2 / 2 * sum((w * w).sum() for w in self.weights)

    def cost_at(self, parameters: Mapping[str, Array], x: Array, y: Array) -> Any:
        """C at other *parameters*, complex ones included; the network itself is left alone."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.parameters = dict(parameters)
        return other.cost(x, y)


def _cost(which: str | Cost) -> Cost:
    return cost(which)


def _checked_sizes(sizes: Sequence[int]) -> list[int]:
    checked = [int(n) for n in sizes]
    if len(checked) < 2 or min(checked) < 1 or checked != list(sizes):
        raise ValueError(f"A network needs two or more layers of at least one neuron each, not {list(sizes)}.")
    return checked


def _checked_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    checked = np.dtype(dtype)
    if checked not in (np.dtype(np.float64), np.dtype(np.float32)):
        raise ValueError(f"A network computes in float64 or float32, not {checked}.")
    return checked


def _layer_activations(
    which: str | Activation | Sequence[str | Activation],
    sizes: Sequence[int],
    neurons: Mapping[tuple[int, int], str | Activation],
) -> list[Activation]:
    layers = len(sizes) - 1
    names = [which] * layers if isinstance(which, str | Activation) else list(which)
    if len(names) != layers:
        raise ValueError(f"{len(names)} activations were given for {layers} layers after the input.")
    functions = [activation(name) for name in names]
    for (layer, j), f in sorted(neurons.items(), key=lambda item: item[0]):
        _override(functions, sizes, layer, j, activation(f))
    if any(f.couples for f in functions[:-1]):
        raise ValueError("Softmax couples its neurons and stands in the output layer only.")
    return functions


def _override(functions: list[Activation], sizes: Sequence[int], layer: int, j: int, f: Activation) -> None:
    if not 2 <= layer <= len(sizes) or not 0 <= j < sizes[layer - 1]:
        raise ValueError(f"There is no neuron {j} in layer {layer}: layers count from 2, neurons from 0.")
    base = functions[layer - 2]
    base, others = (base.base, base.neurons) if isinstance(base, Mixed) else (base, {})
    functions[layer - 2] = Mixed(base, {**others, j: f})


def _initialised(
    sizes: Sequence[int], initialisation: str, seed: int | None, dtype: np.dtype[Any]
) -> tuple[list[Array], list[Array]]:
    if initialisation not in ("gaussian", "scaled"):
        raise ValueError(f'The initialisation is "gaussian" or "scaled", not {initialisation!r}.')
    rng = np.random.default_rng(np.random.randint(2**31) if seed is None else seed)  # noqa: NPY002 - what scripts seed
    biases = [rng.standard_normal((n, 1)).astype(dtype) for n in sizes[1:]]
    scales = [np.sqrt(n) if initialisation == "scaled" else 1.0 for n in sizes[:-1]]
    shapes = zip(sizes[1:], sizes[:-1], scales, strict=True)
    return [_normal(rng, n, n_in, scale).astype(dtype, copy=False) for n, n_in, scale in shapes], biases


def _normal(rng: np.random.Generator, n: int, n_in: int, scale: float) -> Array:
    """Divided in place: a billion weights are held once, not twice."""
    array = rng.standard_normal((n, n_in))
    array /= scale
    return array
