"""A planted fault is named, with its layer, and nothing else is blamed."""

from dataclasses import dataclass

import numpy as np
import pytest

from gradcheck.diagnose import diagnose
from gradcheck.diagnose.evidence import in_shape
from gradcheck.reference.faults import Probe
from nets import backprop
from nets.faults import CATALOGUE

WHERE = {None: "every layer", "hidden": "every hidden layer"}


def points(family):
    """Networks with inputs and targets; the last is the first again, for answers that change from call to call."""
    return [(family.network(seed), *family.examples(seed)) for seed in (0, 1, 0)]


def probes(at, gradients):
    """What a submission answered at those points."""
    return [Probe(network, x, y, gradient) for (network, x, y), gradient in zip(at, gradients, strict=True)]


def unlike(gradient, other, exact):
    """Whether two answers differ anywhere by more than 1e-8 of the gradient's size."""
    for name, array in exact.items():
        a, b = in_shape(gradient[name], array), in_shape(other[name], array)
        size = max(np.abs(array).max(), 1e-7 * max(np.abs(r).max() for r in exact.values()))
        if a.shape != b.shape or np.abs(a - b).max() > 1e-8 * size:
            return True
    return False


@dataclass
class Planting:
    """A fault at one position, and what it makes of the gradient at some points."""

    fault: object
    position: object
    at: list
    exact: list

    def __post_init__(self):
        self.answers = self.of(self.fault, self.position)

    def of(self, fault, position):
        """The gradients at the points with a fault in them."""
        return [fault.gradient(network, x, y, position, rate=0.3) for network, x, y in self.at]

    def unlike(self, answers):
        """Whether these answers differ at some point from the planted ones."""
        return any(map(unlike, self.answers, answers, self.exact))

    def named_by(self, found):
        """Whether the diagnosis is this fault, or one that gives the same gradient at every point."""
        if len(found) != 1 or found[0].explains < 0.99:
            return False
        where = (WHERE.get(self.position), f"layer {self.position}", f"w{self.position}", f"b{self.position}")
        if (self.fault.id == found[0].fault and found[0].where in where) or self.fault.random:
            return self.fault.id == found[0].fault
        other = CATALOGUE.get(found[0].fault)
        places = other.positions(self.at[0][0]) if other is not None else ()
        return any(not self.unlike(self.of(other, place)) for place in places)


def plantings(at, faults):
    """Each of those faults at each of its positions, where it changes anything."""
    exact = [backprop(*point) for point in at]
    everywhere = (Planting(fault, position, at, exact) for fault in faults for position in fault.positions(at[0][0]))
    return [one for one in everywhere if one.unlike(one.exact)]


def test_every_fault_is_named_wherever_it_sits(family):
    """Every fault at every position is named with its layer, or as a fault that gives the very same gradient."""
    at, unnamed = points(family), []
    for one in plantings(at, CATALOGUE.values()):
        used = 3 if one.fault.id == "noise" else 2
        found = diagnose(probes(at[:used], one.answers[:used]))
        if not one.named_by(found):
            unnamed.append((one.fault.id, one.position, found))
    assert unnamed == []


def test_a_correct_gradient_gets_no_diagnosis(family):
    """Also in single precision, and also when it is read off a weight change to seven digits."""
    at = points(family)
    rng = np.random.default_rng(0)
    for spoil in (
        lambda array: array,
        lambda array: array.astype(np.float32),
        lambda array: array + 1e-7 * np.abs(array).max() * rng.standard_normal(array.shape),
    ):
        gradients = [{name: spoil(array) for name, array in backprop(*point).items()} for point in at]
        assert diagnose(probes(at, gradients)) == ()


@pytest.mark.parametrize("spoiled", ["single precision", "read off a weight change"])
def test_faults_are_named_through_rounding(family, spoiled):
    """One fault in ten, at every position: rounding to float32 or noise of 1e-7 does not hide its name."""
    at, unnamed = points(family)[:2], []
    rng = np.random.default_rng(1)

    def spoil(array):
        if spoiled == "single precision":
            return array.astype(np.float32)
        return array + 1e-7 * np.abs(array).max() * rng.standard_normal(array.shape)

    for one in plantings(at, list(CATALOGUE.values())[::10]):
        answers = [{name: spoil(array) for name, array in answer.items()} for answer in one.answers]
        found = diagnose(probes(at, answers))
        if not one.named_by(found):
            unnamed.append((one.fault.id, one.position, found))
    assert unnamed == []
