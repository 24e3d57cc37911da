"""Submissions as text or files, what an adapter makes of them, and what the judge's core says of that."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from gradcheck.checks.gradient import check_gradient
from gradcheck.submissions.loading import load
from gradcheck.submissions.subjects import Hints

SPECIMENS = Path(__file__).parents[3] / "nets" / "specimens"


@pytest.fixture
def find(tmp_path):
    """What an adapter finds in source text, in a file of the specimens, or in a live object."""

    def found(family, submission, hints=None):
        target = submission
        if isinstance(submission, str) and "\n" in submission:
            target = tmp_path / "submission.py"
            target.write_text(submission, encoding="utf-8")
        elif isinstance(submission, str) and (SPECIMENS / submission).exists():
            target = SPECIMENS / submission
        return import_module(f"gradcheck.submissions.adapters.{family}").find(load(target), hints or Hints())

    return found


@pytest.fixture
def judge():
    """The results of everything found, by title; models at fixed sizes, without and with λ."""

    def judged(found, seed=0):
        results = {case.info.title: case_result(case, seed) for case in found.cases}
        for model in found.models:
            for l2 in (0.0, 0.5) if model.info.l2 else (0.0,):
                results[f"{model.info.title}, λ = {l2:g}"] = model_result(model, l2, seed)
        return results

    return judged


def case_result(case, seed):
    """A case at one point."""
    return check_gradient(lambda p: case.cost(p, seed), lambda p: case.gradient(p, seed), case.point(seed))


def model_result(model, l2, seed):
    """A model at one point, its gradient compared with differences of its own cost."""
    info = model.info
    hidden = (4, 7) if info.hidden_layers is None else (4, 7, 6)[: info.hidden_layers]
    sizes = info.sizes or (5, *hidden, info.outputs or 3)
    net, rng, m = model.build(sizes, seed), np.random.default_rng(seed), min(info.examples or 8, 8)
    x = rng.standard_normal((sizes[0], m))
    y = np.eye(sizes[-1])[:, np.arange(m) % sizes[-1]] if sizes[-1] > 1 else np.arange(m)[None] % 2.0
    at = {name: value + 0.5 * rng.standard_normal(np.shape(value)) for name, value in net.parameters().items()}

    def gradient(point):
        returned = net.gradient(point, x, y, l2)
        return {name: np.reshape(value, np.shape(at[name])) for name, value in returned.items()}

    return check_gradient(lambda point: net.cost(point, x, y, l2), gradient, at)
