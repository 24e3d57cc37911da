"""The V-curve: how far Eq. 46 is from backprop as ε shrinks, literally and with the change carried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.engine import Literal, perturbation
from gradcheck.results import VPoint
from gradcheck.scaling.differences import BackpropRows, relative
from gradcheck.scaling.places import Places
from gradcheck.scaling.subject import Progress, Subject

Array = NDArray[Any]
EPSILONS = tuple(10.0**-k for k in (*range(1, 17), 18, 20))
SAMPLE = 200


def v_curve(subject: Subject, progress: Progress) -> tuple[VPoint, ...]:
    """Median and largest relative difference at each ε, over the same random entries for both modes.

    The literal curve falls with ε (truncation) and rises again (round-off), the V; the propagated
    one only falls, until the digits of the numbers themselves are reached.
    """
    places = Places.sample(subject.options.sizes, SAMPLE, np.random.default_rng(subject.options.seed))
    analytic = BackpropRows(subject.network, subject.x, subject.y).at(places)
    return tuple(_points(subject, places, analytic, progress))


def _points(subject: Subject, places: Places, analytic: Array, progress: Progress) -> Iterator[VPoint]:
    for done, epsilon in enumerate(EPSILONS):
        progress("V-curve", done, len(EPSILONS))
        literal = Literal(subject.network, subject.x, subject.y, epsilon)
        values = np.array([literal.derivative(*entry) for entry in places.entries()])
        yield _point("literal", epsilon, values, analytic)
        carried = perturbation(subject.network, subject.x, subject.y, epsilon)
        yield _point("propagated", epsilon, places.gather(carried), analytic)
    progress("V-curve", len(EPSILONS), len(EPSILONS))


def _point(mode: str, epsilon: float, values: Array, analytic: Array) -> VPoint:
    apart = relative(values, analytic)
    return VPoint(mode, epsilon, float(np.median(apart)), float(apart.max()))
