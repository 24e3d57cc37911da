"""BP1-BP4 as separate steps, written once, so that one step at one layer can be got wrong and nothing else.

Layers have the chapter's numbers: 2 is the first after the input, L the last; a[1] is the input.
Every step hands its value to the slips that are planted there and goes on with what comes back:

| step | its right value |
|---|---|
| ``back`` | what flows into a^l: ∇_a C at the output, (w^{l+1})ᵀ δ^{l+1} below it, (n_l, m) |
| ``slope`` | σ′(z^l), (n_l, m) |
| ``error`` | δ^l (BP1, BP2), (n_l, m) |
| ``weights examples``, ``biases examples`` | how often each example is counted, (m,) |
| ``weights``, ``biases`` | Σ_x δ^l (a^{l−1})ᵀ (BP4) and Σ_x δ^l (BP3) |
| ``weights penalty``, ``biases penalty`` | the L2 term that is added |
| ``weights returned``, ``biases returned`` | the finished array |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.feedforward import Feedforward, Named

Array = NDArray[Any]
Change = Callable[["Backward", int, Array], Array]
KINDS = {"w": "weights", "b": "biases"}
DELTA_STEPS = frozenset({"back", "slope", "error"})
ARRAY_STEPS = {kind: (f"{kind} examples", kind, f"{kind} penalty") for kind in KINDS.values()}


@dataclass(frozen=True)
class Slip:
    """One step at one layer, and what a mistake makes of its right value."""

    step: str
    layer: int
    change: Change


@dataclass(frozen=True)
class Forward:
    """What a forward pass leaves behind, and how the cost gathers its examples.

    The cost is ``scale`` Σ_x C_x + (l2/2) Σ w², with Σ b² too where ``biases_penalised``.
    """

    network: Feedforward
    y: Array
    z: dict[int, Array]
    a: dict[int, Array]
    scale: float
    biases_penalised: bool = False

    @classmethod
    def of(
        cls, network: Feedforward, x: Array, y: Array, scale: float | None = None, *, biases_penalised: bool = False
    ) -> Forward:
        """The pass over the columns of *x*; without a *scale* the cost is the mean over them."""
        z: dict[int, Array] = {}
        a = {1: x}
        for l, (w, b, f) in enumerate(zip(network.weights, network.biases, network.activations, strict=True), start=2):
            z[l] = w @ a[l - 1] + b
            a[l] = f.value(z[l])
        return cls(network, y, z, a, 1 / x.shape[1] if scale is None else scale, biases_penalised)

    @property
    def last(self) -> int:
        """L, the number of the output layer."""
        return self.network.num_layers

    @property
    def examples(self) -> int:
        """m."""
        return int(self.a[1].shape[1])

    @cached_property
    def sound(self) -> Backward:
        """The backward pass without a slip, from which others take what no slip of theirs reaches."""
        return Backward(self)


class _Layers(dict[int, Array]):
    """Arrays by layer, computed by *descend* when one is asked for."""

    def __init__(self, descend: Callable[[int], None]) -> None:
        super().__init__()
        self._descend = descend

    def __missing__(self, layer: int) -> Array:
        self._descend(layer)
        return self[layer]


class Backward:
    """One backward pass with the *slips* planted in it.

    ``back`` and ``errors`` hold, by layer, what flows into a^l and δ^l, computed down to the layer
    that is asked for; ``rate`` is the learning rate η of a slip that updates weights too early. Arrays are shared with
    other passes over the same ``Forward`` and are not to be changed in place.
    """

    def __init__(self, forward: Forward, slips: Sequence[Slip] = (), rate: float = 0.5) -> None:
        self.forward, self.network, self.rate = forward, forward.network, rate
        self.z, self.a, self.y = forward.z, forward.a, forward.y
        self.last, self.examples = forward.last, forward.examples
        self._computed: dict[str, Array] = {}
        self._changes: dict[tuple[str, int], list[Change]] = {}
        for slip in slips:
            self._changes.setdefault((slip.step, slip.layer), []).append(slip.change)
        self.reach = max((slip.layer for slip in slips if slip.step in DELTA_STEPS), default=0 if slips else self.last)
        self.back = _Layers(self._descend)
        self.errors = _Layers(self._descend)

    def _descend(self, layer: int) -> None:
        """``back`` and ``errors`` from the lowest layer that is known down to *layer*."""
        for l in range(min(self.errors, default=self.last + 1) - 1, layer - 1, -1):
            if l > self.reach:
                self.back[l], self.errors[l] = self.forward.sound.back[l], self.forward.sound.errors[l]
            else:
                self.back[l] = self._after_slips("back", l, self._back(l))
                self.errors[l] = self._after_slips("error", l, self._error(l))

    def _after_slips(self, step: str, l: int, value: Array) -> Array:
        for change in self._changes.get((step, l), ()):
            value = change(self, l, value)
        return value

    def w(self, l: int) -> Array:
        """w^l."""
        return self.network.weights[l - 2]

    def parameter(self, name: str) -> Array:
        """The array ``w2``, ``b2``, ..."""
        arrays = self.network.weights if name[0] == "w" else self.network.biases
        return arrays[int(name[1:]) - 2]

    def derivative(self, l: int, z: Array) -> Array:
        """Layer l's σ′ at any *z*."""
        f = self.network.activations[l - 2]
        return f.derivative(z, f.value(z))

    def _back(self, l: int) -> Array:
        if l == self.last:
            return self.network.cost_function.derivative(self.a[l], self.y)
        return self.w(l + 1).T @ self.errors[l + 1]

    def _error(self, l: int) -> Array:
        """BP1 and BP2; the output's in its stable form unless a slip wants its factors one by one."""
        f, z, a = self.network.activations[l - 2], self.z[l], self.a[l]
        changed = ("back", l) in self._changes or ("slope", l) in self._changes
        if l == self.last and not changed:
            return self.network.output.error(z, a, self.y)
        if f.couples:
            return f.pull_back(z, a, self.back[l])
        return self.back[l] * self._after_slips("slope", l, f.derivative(z, a))

    def computed(self, name: str) -> Array:
        """The gradient's array of that name as computed, before it is returned."""
        if name not in self._computed:
            kind, l = KINDS[name[0]], int(name[1:])
            slipped = l <= self.reach or any((step, l) in self._changes for step in ARRAY_STEPS[kind])
            self._computed[name] = self._array(name, kind, l) if slipped else self.forward.sound.computed(name)
        return self._computed[name]

    def _array(self, name: str, kind: str, l: int) -> Array:
        """BP3 or BP4 of one layer, gathered, scaled, with the L2 term."""
        delta = self.errors[l]
        if (f"{kind} examples", l) in self._changes:
            delta = delta * self._after_slips(f"{kind} examples", l, np.ones(self.examples))
        total = delta @ self.a[l - 1].T if kind == "weights" else delta.sum(axis=1, keepdims=True)
        total = self._after_slips(kind, l, total) * self.forward.scale
        penalised = self.network.l2 and (kind == "weights" or self.forward.biases_penalised)
        if penalised or (f"{kind} penalty", l) in self._changes:
            strength = self.network.l2 if penalised else 0.0
            total = total + self._after_slips(f"{kind} penalty", l, strength * self.parameter(name))
        return total

    def returned(self, name: str) -> Array:
        """The gradient's array of that name as returned."""
        return self._after_slips(f"{KINDS[name[0]]} returned", int(name[1:]), self.computed(name))

    def gradient(self) -> Named:
        """All arrays by name."""
        return {name: self.returned(name) for name in self.network.parameters}
