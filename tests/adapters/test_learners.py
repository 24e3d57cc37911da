"""Classes that learn, in the ways in which people keep their settings and hand over their examples."""

import pytest

from gradcheck.submissions.adapters import train

ROUNDS_KEPT = """
    import numpy as np

    class Settings:
        def __init__(self, epochs=6, eta=0.5):
            self.epochs = epochs
            self.eta = eta

    class Net:
        def __init__(self, shape, settings=Settings()):
            self.settings = settings
            self.weights = [np.random.randn(b, a) for a, b in zip(shape, shape[1:])]
            self.biases = [np.random.randn(b) for b in shape[1:]]

        def run(self, x):
            self.a = [x]
            for w, b in zip(self.weights, self.biases):
                self.a.append(1 / (1 + np.exp(-(w @ self.a[-1] + b))))
            return self.a[-1]

        def train(self, xs, ys):
            for _ in range(self.settings.epochs):
                for x, y in zip(xs, ys):
                    self.run(x)
                    d = (self.a[-1] - y) * self.a[-1] * (1 - self.a[-1])
                    for l in range(len(self.weights) - 1, -1, -1):
                        back = self.weights[l].T @ d
                        self.weights[l] -= np.outer(d, self.a[l])
                        self.biases[l] -= d
                        d = back * self.a[l] * (1 - self.a[l])
"""


@pytest.mark.parametrize("name", ["epochs", "passes"])
def test_rounds_that_a_settings_object_counts_are_one(understood, judged, name):
    """What a call changes is one step, whatever the number of rounds is called; it would be none of a gradient."""
    (model,) = understood(train, ROUNDS_KEPT.replace("epochs", name)).models
    assert judged(model, sizes=(4, 5, 3))
    wrong = ROUNDS_KEPT.replace("epochs", name).replace("d = back * self.a[l] * (1 - self.a[l])", "d = back")
    (model,) = understood(train, wrong).models
    assert not judged(model, sizes=(4, 5, 3))


def test_a_call_of_several_steps_is_never_judged_as_one(understood):
    """Where nothing counts the rounds, the steps are not read as a gradient, and the sentence says why."""
    found = understood(train, ROUNDS_KEPT.replace("self.settings.epochs", "np.arange(6)").replace("range(np", "(np"))
    assert not any(model.info.title == "class Net: train" for model in found.models)
    assert not found.cases
