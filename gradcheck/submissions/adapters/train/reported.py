"""The cost that code computes beside a step, to print it or to keep it: read off where the step leaves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.methods import LOSS
from gradcheck.submissions.adapters.train.learner import LearnerModel, LearnerNet
from gradcheck.submissions.adapters.train.rates import COSTS
from gradcheck.submissions.adapters.train.watch import Key

Array = NDArray[Any]
PROBES, SAME = 3, 1e-4


def with_report(model: LearnerModel, sizes: Sequence[int]) -> LearnerModel:
    """The model with the cost that its steps report, if they report one that we know, up to a factor."""
    if model.learner.forward is None:
        return model
    found = attempt(_report, model, sizes).value
    if found is None:
        return model
    return replace(model, info=replace(model.info, cost=True), learner=replace(model.learner, report=found))


def _report(model: LearnerModel, sizes: Sequence[int]) -> Key | None:
    """The number that is the same multiple of one cost of the output wherever it is looked at."""
    net, rng = model.build(sizes, 1), np.random.default_rng(6)
    ratios: list[dict[tuple[Key, str], float]] = [_ratios(net, rng, one_hot=True) for _ in range(PROBES)]
    if model.info.targets == "any":
        ratios[1:] = [_ratios(net, rng, one_hot=False) for _ in range(PROBES - 1)]
    steady = [key for key in ratios[0] if _steady([r.get(key, np.nan) for r in ratios])]
    steady.sort(key=lambda key: not LOSS.fits(key[0][1] or key[0][0]))
    return steady[0][0] if steady else None


def _ratios(net: LearnerNet, rng: np.random.Generator, *, one_hot: bool) -> dict[tuple[Key, str], float]:
    """Every number that a step leaves, divided by every cost of the output."""
    sizes = net.sizes
    point = {name: 0.8 * rng.standard_normal(array.shape) for name, array in net.parameters().items()}
    x, y = rng.standard_normal((sizes[0], 1)), rng.uniform(0.1, 0.9, (sizes[-1], 1))
    if one_hot:
        y = np.eye(max(sizes[-1], 2))[: sizes[-1], [int(rng.integers(sizes[-1]))]]
    out, values = net.forward(point, x), net.watched(point, x, y)
    with np.errstate(all="ignore"):
        costs: Mapping[str, float] = {name: cost(out, y) for name, cost in COSTS.items()}
        return {(key, name): value / cost for key, value in values.items() for name, cost in costs.items() if cost}


def _steady(ratios: Sequence[float]) -> bool:
    first = ratios[0]
    return bool(np.isfinite(ratios).all() and first > 0 and np.allclose(ratios, first, rtol=SAME, atol=0))
