"""The door to the catalogue of faults: what a gradient would be with certain slips in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from numpy.typing import NDArray

from gradcheck.reference.conventions import MEAN, Reduction
from gradcheck.reference.costs import exact_gradient
from nets.activations import Activation
from nets.costs import Cost
from nets.faults.backward import DELTA_STEPS, Backward, Forward, Slip
from nets.faults.catalogue import CATALOGUE
from nets.faults.fault import Fault, Position, superscript
from nets.feedforward import Feedforward, Named

__all__ = ["Planted", "Prediction", "Probe", "lesson", "planted", "superscript"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Probe:
    """One point at which a submission was asked for its gradient, and what it answered.

    ``network`` is ours, in float64, with the submission's parameters and, as ``l2``, the weights'
    factor λ in the exact gradient; ``x`` (n_in, m) and ``y`` (n_out, m) are the examples;
    ``gradient`` is the answer under canonical names (``w2``, ``b2``, ...), where an array may be
    missing or misshapen. ``reduction`` says how the cost gathers its examples, ``penalty_on_biases`` whether
    its L2 term has the biases in it. ``names`` are the parameters that there are, all if None.
    """

    network: Feedforward
    x: Array
    y: Array
    gradient: Mapping[str, Array | None]
    reduction: Reduction = MEAN
    penalty_on_biases: bool = False
    names: tuple[str, ...] | None = None

    @property
    def m(self) -> int:
        """The number of examples."""
        return int(self.x.shape[1])

    @cached_property
    def exact(self) -> Named:
        """The exact gradient of the parameters that there are."""
        found = exact_gradient(self.network, self.x, self.y, self.reduction, biases=self.penalty_on_biases)
        return {name: found[name] for name in self.names or found}

    @cached_property
    def forward(self) -> Forward:
        """The forward pass, shared by all predictions."""
        scale = self.reduction.of(self.m, self.network.sizes[-1])
        return Forward.of(self.network, self.x, self.y, scale, biases_penalised=self.penalty_on_biases)


@dataclass(frozen=True)
class Planted:
    """A fault of the catalogue at one position of a network."""

    fault: Fault
    position: Position
    layers: tuple[int, ...]

    @cached_property
    def slips(self) -> tuple[Slip, ...]:
        """Its changes to the steps of the backward pass."""
        return tuple(Slip(step, l, self.fault.change) for l in self.layers for step in self.fault.steps)

    @cached_property
    def touches(self) -> frozenset[str]:
        """The arrays that it can change: a wrong δ^l reaches every array up to layer l."""
        steps = set(self.fault.steps)
        if steps & DELTA_STEPS:
            return frozenset(f"{kind}{l}" for kind in "wb" for l in range(2, max(self.layers) + 1))
        kinds = {step[0] for step in steps}
        return frozenset(f"{kind}{l}" for kind in kinds for l in self.layers)

    @cached_property
    def in_delta(self) -> bool:
        """Whether it makes a δ wrong, with consequences in the layers below."""
        return not DELTA_STEPS.isdisjoint(self.fault.steps)


@dataclass(frozen=True)
class _Layout:
    """What decides which faults a network can have; networks of one layout share the answer."""

    sizes: tuple[int, ...]
    activations: tuple[Activation, ...]
    cost: Cost
    penalised: bool
    network: Feedforward = field(compare=False)


def planted(network: Feedforward) -> tuple[Planted, ...]:
    """Every fault at every position that it has in this network, the likelier and simpler first.

    Faults whose size is nobody's choice (noise, one entry) are left out: no prediction can meet them.
    """
    activations = tuple(network.activations)
    return _planted(_Layout(tuple(network.sizes), activations, network.cost_function, bool(network.l2), network))


@lru_cache(maxsize=4)
def _planted(layout: _Layout) -> tuple[Planted, ...]:
    return tuple(
        Planted(fault, position, fault.layers(layout.network, position))
        for fault in CATALOGUE.values()
        if not fault.random
        for position in fault.positions(layout.network)
    )


class Prediction:
    """The gradient at a probe with those slips in it, each array computed when it is asked for.

    A slip may leave a cost's domain: compute under ``np.errstate``; what is not finite explains nothing.
    """

    def __init__(self, probe: Probe, faults: Sequence[Planted], rate: float = 0.0) -> None:
        slips = [slip for one in faults for slip in one.slips]
        self._backward = Backward(probe.forward, slips, rate)
        self._arrays: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        if name not in self._arrays:
            self._arrays[name] = self._backward.returned(name)
        return self._arrays[name]

    def errors(self, layer: int) -> Array:
        """δ^l of each example, (n_l, m)."""
        return self._backward.errors[layer]


def lesson(fault_id: str, layer: Position = None) -> str:
    """What the author of a fault should think of, in the chapter's notation; empty for an id without a lesson."""
    fault = CATALOGUE.get(fault_id)
    return fault.lesson(layer) if fault is not None else ""
