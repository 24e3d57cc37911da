"""Submissions written in a test, loaded and handed to an adapter."""

import textwrap

import numpy as np
import pytest

from gradcheck.checks.gradient import check_gradient
from gradcheck.submissions.loading import load
from gradcheck.submissions.subjects import Hints


@pytest.fixture
def understood(tmp_path):
    """What an adapter finds in some source."""

    def find(adapter, source):
        path = tmp_path / "submission.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return adapter.find(load(path), Hints())

    return find


def squares(out, y):
    """The quadratic cost, summed over the examples."""
    return ((out - y) ** 2).sum() / 2


@pytest.fixture
def judged():
    """A model's gradient against differences of a cost of its own output, in sizes and examples that it takes."""

    def check(model, sizes=None, cost=squares, seed=0):
        info = model.info
        rng = np.random.default_rng(seed)
        hidden = 2 if info.hidden_layers is None else info.hidden_layers
        sizes = info.sizes or sizes or (4, *(5, 6, 7)[:hidden], info.outputs or 3)
        net = model.build(sizes, seed)
        m = info.examples or 3
        x, y = rng.standard_normal((sizes[0], m)), rng.uniform(0.1, 0.9, (sizes[-1], m))
        if info.targets == "one-hot":
            y = np.eye(sizes[-1])[:, np.arange(m) % sizes[-1]]
        point = {name: rng.standard_normal(array.shape) for name, array in net.parameters().items()}
        return check_gradient(lambda p: cost(net.forward(p, x), y), lambda p: net.gradient(p, x, y, 0.0), point)

    return check


@pytest.fixture
def cases_judged():
    """Every case's gradient against differences of its own cost, by its id."""

    def check(found, seed=1, only=""):
        return {
            case.info.id: check_gradient(
                lambda p, c=case: c.cost(p, seed), lambda p, c=case: c.gradient(p, seed), case.point(seed)
            )
            for case in found.cases
            if only in ("", case.info.id)
        }

    return check
