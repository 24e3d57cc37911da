"""One layer by itself: what it computes, and what each classic slip in its backward pass would hand back.

A layer is known by its input x, its output, its parameters and the gradient of the cost with respect
to its output, which it is given (upstream). Arrays keep the layer's own shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS, Activation, activation

Array = NDArray[Any]
CLOSE = 1e-6
SLOPES = {"sigmoid": "a(1 − a)", "tanh": "1 − a²"}
STRANGERS = ("sigmoid", "tanh", "relu", "softplus")


@dataclass(frozen=True)
class Pass:
    """One forward pass of a layer, and the upstream gradient of its backward pass."""

    x: Array
    output: Array
    upstream: Array
    parameters: Mapping[str, Array]


@dataclass(frozen=True)
class Slip:
    """What an array would be if the backward pass had this slip; ``says`` is a sentence about {array}."""

    fault: str
    array: str
    says: str
    equation: str
    value: Array


@dataclass(frozen=True)
class Delta:
    """A candidate for δ = upstream ⊙ σ′(z), right (an empty fault) or wrong."""

    fault: str
    says: str
    value: Array


class RowSoftmax(Activation):
    """Softmax of layers whose examples are rows, where ours are columns."""

    name = "softmax"

    def value(self, z: Array, out: Array | None = None) -> Array:
        """σ(z), of each row."""
        return ACTIVATIONS["softmax"].value(z.T).T

    def derivative(self, z: Array, a: Array, out: Array | None = None) -> Array:
        """The diagonal of the Jacobian, of each row."""
        return ACTIVATIONS["softmax"].derivative(z.T, a.T).T

    def pull_back(self, z: Array, a: Array, upstream: Array, out: Array | None = None) -> Array:
        """Jᵀ upstream, of each row."""
        return ACTIVATIONS["softmax"].pull_back(z.T, a.T, upstream.T).T


def slips(one: Pass) -> Iterator[Slip]:
    """Slips of a layer that is an activation, or a weight matrix with or without one; nothing for other layers."""
    if not one.parameters:
        found = recognised(one.x, one.output)
        yield from _masked(one)
        deltas = wrong_deltas(one, one.x, found) if found is not None else _of_unknown(one)
        yield from (Slip(d.fault, "x", d.says, "BP2", d.value) for d in deltas)
        return
    dense = dense_of(one)
    if dense is not None:
        yield from dense.slips(one)


def recognised(z: Array, a: Array) -> Activation | None:
    """The activation that makes *a* of *z*, softmax along the last axis or the first included."""
    if z.shape != a.shape:
        return None
    with np.errstate(all="ignore"):
        for name, function in ACTIVATIONS.items():
            for candidate in (function, RowSoftmax()) if name == "softmax" and z.ndim == 2 else (function,):
                if np.allclose(candidate.value(z.astype(float)), a, rtol=CLOSE, atol=1e-9):
                    return candidate
    return None


def wrong_deltas(one: Pass, z: Array, function: Activation) -> Iterator[Delta]:
    """What stands for upstream ⊙ σ′(z) in the classic slips."""
    u, a, name = one.upstream, one.output, function.name
    if name == "identity":
        return
    yield Delta("slope_missing", "{array} lacks the factor σ′(z): the upstream gradient is handed on as it is", u)
    if "softmax" in name:
        yield from _of_softmax(u, a)
        return
    s = function.derivative(z.astype(float), a)
    on_itself = function.derivative(a.astype(float), function.value(a.astype(float)))
    yield Delta("slope_of_activation", "in {array} σ′ is taken at a, which is activated already", u * on_itself)
    yield Delta("slope_squared", "in {array} the factor σ′(z) stands twice", u * s * s)
    yield Delta("upstream_missing", "{array} is σ′(z) alone: the upstream gradient is not multiplied in", s)
    yield Delta("activation_for_slope", "in {array} σ(z) stands where σ′(z) belongs", u * a)
    written = SLOPES.get(name, "")
    slope = f"σ′(z) = {written}" if written else "σ′(z)"
    for text, value in (("1 − a", 1 - a), ("1 − a²", 1 - a * a), ("a(1 − a)", a * (1 - a)), ("1 + a", 1 + a),
                        ("a²", a * a), ("1 − z²", 1 - z * z), ("z(1 − z)", z * (1 - z))):  # fmt: skip
        if text != written:
            yield Delta("slope_incomplete", f"in {{array}} {text} stands where {slope} belongs", u * value)
    for other in STRANGERS:
        if other != name:
            f = activation(other)
            says = f"in {{array}} the slope of {other} is used, and the layer computes {name}"
            yield Delta(f"slope_of_{other}", says, u * f.derivative(z.astype(float), f.value(z.astype(float))))
    yield Delta("mask_reversed", "the mask in {array} lets the wrong side through: z < 0", u * (z < 0))
    yield Delta("mask_of_upstream", "the mask in {array} is made from the upstream gradient, not z", u * (u > 0))
    yield Delta("slope_added", "in {array} σ′(z) is added to the upstream gradient, not multiplied with it", u + s)


def _of_unknown(one: Pass) -> Iterator[Delta]:
    """What may stand for a slope of which nothing is known."""
    if one.x.shape == one.output.shape:
        u = one.upstream
        yield Delta("slope_missing", "{array} lacks the slope: the upstream gradient is handed on as it is", u)
        yield Delta("input_for_slope", "in {array} the input stands where the slope belongs", u * one.x)
        yield Delta("activation_for_slope", "in {array} the output stands where the slope belongs", u * one.output)


def _of_softmax(u: Array, a: Array) -> Iterator[Delta]:
    says = "{array} is made with the diagonal of softmax's Jacobian only: the terms −aⱼaₖ are missing"
    yield Delta("softmax_diagonal", says, u * a * (1 - a))
    yield Delta("softmax_diagonal", says + ", and so is the upstream gradient", a * (1 - a))
    yield Delta("softmax_sum_missing", "{array} is a ⊙ upstream: softmax's term −a Σ a ⊙ upstream is missing", u * a)
    for axis in (None, 0, 1)[: u.ndim + 1]:
        total = (u * a).sum(axis=axis, keepdims=True)
        yield Delta("softmax_wrong_axis", "in {array} the sum Σ a ⊙ upstream has the wrong axis", a * (u - total))


def _masked(one: Pass) -> Iterator[Slip]:
    """A layer that multiplies its input with a mask, such as dropout."""
    if one.x.shape != one.output.shape or not one.x.all():
        return
    mask, u = one.output / one.x, one.upstream
    if len(np.unique(np.round(mask, 9))) != 2 or not (mask == 0).any():
        return
    yield Slip("mask_missing", "x", "{array} lacks the mask: what was dropped has a gradient", "BP2", u)
    yield Slip("mask_scale_missing", "x", "{array} lacks the factor 1/(1 − p) of the mask", "BP2", u * (mask != 0))
    yield Slip("mask_twice", "x", "in {array} the mask's factor stands twice", "BP2", u * mask * mask)


@dataclass(frozen=True)
class Dense:
    """Which array is the weight matrix and which the bias, which way round, and the activation behind them."""

    weights: str
    bias: str
    rows: bool
    transposed: bool
    function: Activation
    z: Array

    def delta(self, one: Pass) -> Array:
        """Upstream ⊙ σ′(z)."""
        pulled: Array = self.function.pull_back(self.z.astype(float), one.output, one.upstream)
        return pulled

    def gradients(self, one: Pass, delta: Array, weights: Array | None = None) -> dict[str, Array]:
        """BP2, BP3 and BP4 for a δ; with other *weights* on the way back if they are given."""
        w = one.parameters[self.weights] if weights is None else weights
        x = one.x
        if x.ndim == 1:
            x, delta = x[None, :], delta[None, :]
        elif not self.rows:
            x, delta = x.T, delta.T
        straight = w.T if self.transposed else w
        outer, back = x.T @ delta, delta @ straight.T
        named = {"x": (back if self.rows or one.x.ndim == 1 else back.T).reshape(one.x.shape)}
        named[self.weights] = outer.T if self.transposed else outer
        if self.bias:
            named[self.bias] = delta.sum(axis=0).reshape(one.parameters[self.bias].shape)
        return named

    def slips(self, one: Pass) -> Iterator[Slip]:
        """Every slip of one array, and those in δ of all."""
        delta = self.delta(one)
        equations = {"x": "BP2", self.weights: "BP4", self.bias: "BP3"}
        for wrong in (*wrong_deltas(one, self.z, self.function), *self._examples(delta)):
            for name, value in self.gradients(one, wrong.value).items():
                yield Slip(wrong.fault, name, wrong.says, equations[name], value)
        yield from self._backwards(one, delta)
        if self.bias:
            square = self.gradients(one, delta * delta)[self.bias]
            yield Slip("delta_squared", self.bias, "in {array} δ stands twice", "BP3", square)

    def _examples(self, delta: Array) -> Iterator[Delta]:
        """Only one example of several."""
        axis = 0 if self.rows else 1
        if delta.ndim < 2 or delta.shape[axis] < 2:
            return
        for fault, word, index in (("last_example_only", "last", -1), ("first_example_only", "first", 0)):
            only = np.zeros_like(delta)
            place: Any = index if axis == 0 else (slice(None), index)
            only[place] = delta[place]
            yield Delta(fault, f"{{array}} is that of the {word} example alone: the sum is missing", only)

    def _backwards(self, one: Pass, delta: Array) -> Iterator[Slip]:
        """Slips in the weights with which the error goes back."""
        w = one.parameters[self.weights]
        turned = w.reshape(w.T.shape).T
        others = [("transpose_missing", "in {array} w is reshaped where it should be transposed", turned)]
        if w.shape[0] == w.shape[1]:
            others.append(("transpose_missing", "{array} is made with w where its transpose belongs", w.T))
        for fault, says, weights in others:
            yield Slip(fault, "x", says, "BP2", self.gradients(one, delta, weights)["x"])
        step = self.gradients(one, delta)[self.weights]
        moved = self.gradients(one, delta, step)["x"]
        says = "{array} is made with weights that are updated already: hand the error back before the update"
        yield Slip("weights_updated_before_use", "x", says, "BP2", moved)


def dense_of(one: Pass) -> Dense | None:
    """The weight matrix among the parameters with which the output is an activation of x w + b, in any orientation."""
    matrices = [name for name, array in one.parameters.items() if array.ndim == 2 and min(array.shape) > 1]
    rest = ["", *(name for name in one.parameters if name not in matrices)]
    if len(matrices) != 1 or one.x.ndim > 2:
        return None
    w = one.parameters[matrices[0]]
    for transposed in (False, True):
        straight = w.T if transposed else w
        for rows in (True, False):
            x = one.x if rows or one.x.ndim == 1 else one.x.T
            if x.shape[-1] != straight.shape[0]:
                continue
            product = x @ straight if rows or one.x.ndim == 1 else (x @ straight).T
            for bias in rest:
                found = _behind(one, product, one.parameters.get(bias))
                if found is not None:
                    return Dense(matrices[0], bias, rows, transposed, *found)
    return None


def _behind(one: Pass, product: Array, bias: Array | None) -> tuple[Activation, Array] | None:
    """The activation and z for one bias, if they give the output."""
    try:
        z = product if bias is None else product + bias
    except ValueError:
        return None
    function = recognised(z, one.output)
    return None if function is None else (function, z)
