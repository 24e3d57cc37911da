"""The cost that a class computes in a method of its own, ``compute_loss(output, y)``, which its steps do not call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import recipes
from gradcheck.submissions.adapters.common.calling import attempt, duplicate, quietly, seeded
from gradcheck.submissions.adapters.common.leaves import numeric
from gradcheck.submissions.adapters.common.vocabulary.methods import COST, NOT_COST
from gradcheck.submissions.adapters.train.classes import Way
from gradcheck.submissions.adapters.train.layouts import sized
from gradcheck.submissions.adapters.train.learner import LearnerModel, LearnerNet
from gradcheck.submissions.adapters.train.methods import Call, methods
from gradcheck.submissions.adapters.train.rates import COSTS

Array = NDArray[Any]
TEMPLATES = (("output", "y"), ("y", "output"), ("x", "y"), ("y", "x"), ("y",))
PROBES, SAME = 6, 1e-4


@dataclass(frozen=True)
class OwnCost:
    """A call for the cost, after a forward pass on the same examples."""

    call: Call
    forward: Way
    targets: Way

    def __call__(self, root: Any, x: Array, y: Array) -> float:
        """The number that it gives; raises what the submission raises, ValueError where it is none."""
        copy = duplicate(root)
        given = self.targets.layout.given(x, y)
        with quietly(), seeded(0):
            answer = self.forward.run(copy, x, np.zeros_like(y), 0.0)
            output = sized(answer, y.size)
            value = numeric(self.call.run(copy, {**given, "output": answer if output is None else output}))
        if value is None or value.size != 1:
            raise ValueError
        return float(value.reshape(-1)[0])


def with_own_cost(model: LearnerModel, thing: Any, ways: tuple[Way | None, Way], sizes: Sequence[int]) -> LearnerModel:
    """The model with the cost of a method whose numbers are those of a cost that we know, times a factor, and Σ w².

    *ways* are those forward and to learn. Cannot see a cost of another form: that decides nothing.
    """
    forward, step = ways
    if model.info.cost or forward is None:
        return model
    for cost in _costs(thing, forward, step):
        tried = replace(model, learner=replace(model.learner, own_cost=cost))
        if attempt(_is_known, tried.build(sizes, 1)).value and not attempt(_only_summed, tried, sizes).value:
            return replace(tried, info=replace(model.info, cost=True))
    return model


def _only_summed(model: LearnerModel, sizes: Sequence[int]) -> bool:
    """Whether the cost adds the examples up that the steps take the mean of: it is shown, and they go down it alike."""
    if model.info.examples == 1:
        return False
    net, rng = model.build(sizes, 1), np.random.default_rng(7)
    at, x = net.parameters(), rng.standard_normal((sizes[0], 2))
    y = np.eye(max(sizes[-1], 2))[: sizes[-1], [0, 1]]
    parts = [(x, y), (x[:, :1], y[:, :1]), (x[:, 1:], y[:, 1:])]
    both, *alone = [net.cost(at, *part, 0.0) for part in parts]
    steps, *each = [next(reversed(net.gradient(at, *part, 0.0).values())) for part in parts]
    return bool(np.isclose(both, sum(alone)) and np.allclose(steps, sum(each) / 2) and not np.allclose(steps, 0))


def _costs(thing: Any, forward: Way, step: Way) -> Iterator[Callable[[Any, Array, Array], float]]:
    names = [name for name in COST.among(methods(thing)) if not NOT_COST.search(name)]
    for name in names:
        for recipe in recipes(getattr(thing, name), ("x", "y", "output"), TEMPLATES):
            if recipe.has("y"):
                yield OwnCost(Call(name, recipe), forward, step)


def _is_known(net: LearnerNet) -> bool:
    """Whether the numbers at several points are a · cost + b · Σ w² with a > 0 and b ≥ 0, for one of our costs."""
    rng = np.random.default_rng(6)
    rows: list[list[float]] = []
    numbers: list[float] = []
    shares = True  # outputs that add up to 1, as a softmax's do
    for _ in range(PROBES):
        point = {name: 0.8 * rng.standard_normal(array.shape) for name, array in net.parameters().items()}
        x = rng.standard_normal((net.sizes[0], 1))
        y = np.eye(max(net.sizes[-1], 2))[: net.sizes[-1], [int(rng.integers(net.sizes[-1]))]]
        out = net.forward(point, x)
        shares = shares and len(out) > 1 and bool(np.isclose(out.sum(), 1.0))
        numbers.append(net.cost(point, x, y, 0.0))
        with np.errstate(all="ignore"):
            squares = [sum(float((w**2).sum()) for w in point.values() if (min(w.shape, default=0) > 1) == big)
                       for big in (True, False)]  # fmt: skip
            rows.append([*(cost(out, y) for cost in COSTS.values()), *squares])
    table = np.array(rows)
    unlikely = "cross-entropy" if shares else "log-likelihood"  # nobody pairs it with such outputs on purpose
    likely = [i for i, name in enumerate(COSTS) if name != unlikely]
    return any(_fits(table[:, [i, *range(len(COSTS), table.shape[1])]], np.array(numbers)) for i in likely)


def _fits(table: Array, numbers: Array) -> bool:
    if not (np.isfinite(table).all() and np.isfinite(numbers).all()):
        return False
    factors, *_ = np.linalg.lstsq(table, numbers, rcond=None)
    close = np.abs(table @ factors - numbers).max() <= SAME * np.abs(numbers).max()
    return bool(close and factors[0] > SAME and (factors[1:] >= -SAME).all())
