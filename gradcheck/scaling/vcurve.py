"""The V-curve: how far Eq. 46 is from backprop as ε shrinks, beside what theory predicts of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.engine import Literal, perturbation
from gradcheck.results import VPoint
from gradcheck.scaling.differences import BackpropRows, relative
from gradcheck.scaling.places import Places
from gradcheck.scaling.subject import Progress, Subject, cost_noise

Array = NDArray[Any]
EPSILONS = tuple(10.0**-k for k in (*range(1, 17), 18, 20))
SAMPLE = 200
STEP = 1e-4  # of the central differences that give C″: its square is the share that they leave out


def v_curve(subject: Subject, progress: Progress) -> tuple[VPoint, ...]:
    """Median and largest relative difference at each ε, over the same random entries for both modes.

    The literal curve falls with ε (truncation) and rises again (round-off), the V; the propagated
    one only falls, until the digits of the numbers themselves are reached. Beside them stand the two
    terms that theory predicts of each entry, from its own C″ and the noise of the cost, not from the curves.
    """
    places = Places.sample(subject.options.sizes, SAMPLE, np.random.default_rng(subject.options.seed))
    analytic = BackpropRows(subject.network, subject.x, subject.y).at(places)
    return (*_points(subject, places, analytic, progress), *_predicted(subject, places, analytic))


def _predicted(subject: Subject, places: Places, analytic: Array) -> Iterator[VPoint]:
    """(ε/2)|C″| and 2η/ε over |∂C/∂w|, for each ε; η is the measured noise level of the cost."""
    curvature, noise = np.abs(_second_derivatives(subject, places)), cost_noise(subject)
    size = np.abs(analytic)
    some = size > 0
    for epsilon in EPSILONS:
        yield _summary("truncation", epsilon, epsilon / 2 * curvature[some] / size[some])
        yield _summary("round-off", epsilon, 2 * noise / epsilon / size[some])


def _second_derivatives(subject: Subject, places: Places) -> Array:
    """C″ along each entry: central differences of backprop's derivative of it, independent of any cost's digits."""
    parameters = subject.network.parameters
    found = np.empty(places.numbers.size)
    for i, (name, index) in enumerate(places.entries()):
        entry, array = Places(places.sizes, places.numbers[i : i + 1]), parameters[name]
        saved, slopes = array[index], []
        try:
            for step in (-STEP, STEP):
                array[index] = saved + step
                slopes.append(BackpropRows(subject.network, subject.x, subject.y).at(entry)[0])
        finally:
            array[index] = saved
        found[i] = (slopes[1] - slopes[0]) / (2 * STEP)
    return found


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
    return _summary(mode, epsilon, relative(values, analytic))


def _summary(mode: str, epsilon: float, apart: Array) -> VPoint:
    median, largest = (float(np.median(apart)), float(apart.max())) if apart.size else (0.0, 0.0)
    return VPoint(mode, epsilon, median, largest)
