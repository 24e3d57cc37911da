"""Backpropagation, BP1-BP4: example by example as the chapter writes it, and fully matrix-based."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import Activation, of_rows
from nets.feedforward import Feedforward, Named

Array = NDArray[Any]
BLOCK = 8192  # entries worked on at a time between matrix products: 64 KiB of float64


@dataclass(frozen=True)
class Workspace:
    """Every array that one forward and backward pass over *examples* examples writes to.

    With a workspace a step allocates nothing of the size of a weight matrix or of a hidden layer's
    activations; what it returns lies in the workspace and is overwritten by the next step.
    """

    zs: list[Array]
    activations: list[Array]
    errors: list[Array]
    gradient: Named

    @classmethod
    def of(cls, network: Feedforward, examples: int, *, gradient: bool = True) -> Workspace:
        """Buffers for that network and that many columns; without those for the gradient if only δ is wanted."""

        def layers() -> list[Array]:
            return [np.empty((n, examples), network.dtype) for n in network.sizes[1:]]

        arrays = (
            {n: np.empty(array.shape, network.dtype) for n, array in network.parameters.items()} if gradient else {}
        )
        return cls(layers(), layers(), layers(), arrays)


def backprop(network: Feedforward, x: Array, y: Array, workspace: Workspace | None = None) -> Named:
    """The gradient of ``network.cost(x, y)`` for all examples at once (the chapter's fully matrix-based problem).

    Args:
        network: the network; its cost is the mean over the examples plus the L2 term.
        x: inputs (n_in, examples).
        y: targets (n_out, examples).
        workspace: buffers to use again; without one they are made here.

    Returns:
        ``{"w2": ∂C/∂w², "b2": ∂C/∂b², ...}``, each of its parameter's shape; they lie in the workspace.

    Raises:
        ValueError: inputs, targets or workspace whose shapes do not fit the network.
    """
    x, y = checked_columns(network, x, y)
    space = workspace if workspace is not None else Workspace.of(network, x.shape[1])
    if space.zs[0].shape[1] != x.shape[1]:
        raise ValueError(f"The workspace is for {space.zs[0].shape[1]} examples, the mini-batch has {x.shape[1]}.")
    forward(network, x, space)
    _backward(network, x, y, space)
    return space.gradient


def forward(network: Feedforward, x: Array, space: Workspace) -> Array:
    """The forward pass: z^l = w^l a^{l−1} + b^l and a^l = σ(z^l) into the workspace; the output a^L."""
    a = x
    for w, b, f, z, out in zip(
        network.weights, network.biases, network.activations, space.zs, space.activations, strict=True
    ):
        np.matmul(w, a, out=z)
        np.add(z, b, out=z)
        a = _activate(f, z, out)
    return a


def _activate(f: Activation, z: Array, out: Array) -> Array:
    """σ(z) into *out*, a few rows at a time, so that its temporaries stay small and in the cache."""
    if f.couples:
        return f.value(z, out)
    for rows in _row_slices(z):
        of_rows(f, rows).value(z[rows], out[rows])
    return out


def _row_slices(array: Array) -> Iterator[slice]:
    """Slices of rows that cover *array*, of about BLOCK entries each."""
    rows = max(1, BLOCK * len(array) // array.size)
    return (slice(start, start + rows) for start in range(0, len(array), rows))


def errors(network: Feedforward, x: Array, y: Array) -> list[tuple[Array, Array]]:
    """δ^l/m and a^{l−1} of each layer after the input: what BP3 and BP4 make any row of the gradient from.

    For networks whose gradient is too large to be held. Raises ValueError like ``backprop``.
    """
    x, y = checked_columns(network, x, y)
    space = Workspace.of(network, x.shape[1], gradient=False)
    forward(network, x, space)
    return [(delta, a_before) for _, delta, a_before in _errors(network, x, y, space)][::-1]


def _backward(network: Feedforward, x: Array, y: Array, space: Workspace) -> None:
    """BP1 to BP4, last layer first."""
    for index, delta, a_before in _errors(network, x, y, space):
        _layer_gradient(network, index, delta, a_before, space.gradient)


def _errors(network: Feedforward, x: Array, y: Array, space: Workspace) -> Iterator[tuple[int, Array, Array]]:
    """BP1 and BP2, last layer first; δ carries the factor 1/m of the mean."""
    last = len(network.weights) - 1
    z, a, delta = space.zs[last], space.activations[last], space.errors[last]
    np.divide(network.output.error(z, a, y), x.shape[1], out=delta)
    for index in range(last, -1, -1):
        yield index, delta, space.activations[index - 1] if index else x
        if index:
            delta = _error_before(network, index, delta, space)


def _layer_gradient(network: Feedforward, index: int, delta: Array, a_before: Array, gradient: Named) -> None:
    """BP3 and BP4 for one layer, summed over the examples, plus l2 · w."""
    np.sum(delta, axis=1, keepdims=True, out=gradient[f"b{index + 2}"])
    into, w = gradient[f"w{index + 2}"], network.weights[index]
    if delta.shape[1] == 1:  # an outer product, which matmul does slowly
        np.dot(delta, a_before.T, out=into)
    else:
        np.matmul(delta, a_before.T, out=into)
    if network.l2:
        for rows in _row_slices(into):
            into[rows] += network.l2 * w[rows]


def _error_before(network: Feedforward, index: int, delta: Array, space: Workspace) -> Array:
    """BP2: δ^{l−1} = (wˡ)ᵀ δ^l ⊙ σ′(z^{l−1}); σ′ overwrites z^{l−1}, which is not needed again."""
    into, z, a = space.errors[index - 1], space.zs[index - 1], space.activations[index - 1]
    np.matmul(network.weights[index].T, delta, out=into)
    for rows in _row_slices(into):
        f = of_rows(network.activations[index - 1], rows)
        into[rows] *= f.derivative(z[rows], a[rows], out=z[rows])
    return into


def backprop_example(network: Feedforward, x: Array, y: Array) -> tuple[list[Array], list[Array]]:
    """One example's ∂C_x/∂b and ∂C_x/∂w, step by step as the chapter's algorithm writes it.

    Args:
        network: any network; regularisation is not part of C_x.
        x: one input, shape (n_in, 1).
        y: its target, shape (n_out, 1).

    Returns:
        ``(nabla_b, nabla_w)``, layer by layer like ``network.biases`` and ``network.weights``.
    """
    # Input x: the activation a^1. Feedforward: z^l and a^l for l = 2, ..., L.
    activations, zs = [x], []
    for w, b, f in zip(network.weights, network.biases, network.activations, strict=True):
        zs.append(np.dot(w, activations[-1]) + b)
        activations.append(f.value(zs[-1]))
    # Output error δ^L (BP1).
    delta = network.output.error(zs[-1], activations[-1], y)
    nabla_b, nabla_w = [delta], [np.dot(delta, activations[-2].T)]
    # Backpropagate the error: l = L−1, ..., 2 (BP2); output the gradient (BP3, BP4).
    for back in range(2, network.num_layers):
        f = network.activations[-back]
        upstream = np.dot(network.weights[-back + 1].T, delta)
        delta = f.pull_back(zs[-back], activations[-back], upstream)
        nabla_b.insert(0, delta)
        nabla_w.insert(0, np.dot(delta, activations[-back - 1].T))
    return nabla_b, nabla_w


def backprop_by_example(network: Feedforward, x: Array, y: Array) -> Named:
    """The gradient of ``network.cost(x, y)`` with one ``backprop_example`` per column: the chapter's loop."""
    x, y = checked_columns(network, x, y)
    total = {name: np.zeros_like(array) for name, array in network.parameters.items()}
    for column in range(x.shape[1]):
        nabla_b, nabla_w = backprop_example(network, x[:, column : column + 1], y[:, column : column + 1])
        for layer, (nb, nw) in enumerate(zip(nabla_b, nabla_w, strict=True), start=2):
            total[f"b{layer}"] += nb
            total[f"w{layer}"] += nw
    for name, array in total.items():
        array /= x.shape[1]
        if name.startswith("w") and network.l2:
            array += network.l2 * network.parameters[name]
    return total


def checked_columns(network: Feedforward, x: Array, y: Array) -> tuple[Array, Array]:
    """Inputs and targets as columns of the network's dtype; raises where they do not fit."""
    columns = []
    for what, array, rows in (("inputs", x, network.sizes[0]), ("targets", y, network.sizes[-1])):
        matrix = np.asarray(array, dtype=network.dtype)
        matrix = matrix[:, None] if matrix.ndim == 1 else matrix
        if matrix.ndim != 2 or matrix.shape[0] != rows or matrix.shape[1] == 0:
            raise ValueError(f"The {what} have shape {np.shape(array)}; this network takes ({rows}, examples).")
        columns.append(matrix)
    if columns[0].shape[1] != columns[1].shape[1]:
        raise ValueError(f"There are {columns[0].shape[1]} inputs and {columns[1].shape[1]} targets.")
    return columns[0], columns[1]
