"""Code that learns in one go: the gradient is read off the change of the weights."""

import keyword
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.submissions.adapters import train

TWO_LAYERS = """
    import numpy as np

    def sig(z):
        return 1 / (1 + np.exp(-z))

    class Net:
        def __init__(self, inputs, hidden, outputs, rate):
            self.rate = rate
            self.first = np.random.randn(hidden, inputs)
            self.shift1 = np.random.randn(hidden, 1)
            self.second = np.random.randn(outputs, hidden)
            self.shift2 = np.random.randn(outputs, 1)

        def ask(self, x):
            self.a = sig(self.first @ x + self.shift1)
            return sig(self.second @ self.a + self.shift2)

        def learn(self, x, goal):
            out = self.ask(x)
            d2 = (out - goal) * out * (1 - out)
            d1 = (self.second.T @ d2) * self.a * (1 - self.a)
            self.second -= self.rate * d2 @ self.a.T
            self.shift2 -= self.rate * d2.sum(axis=1, keepdims=True)
            self.first -= self.rate * d1 @ x.T
            self.shift1 -= self.rate * d1.sum(axis=1, keepdims=True)
"""

NAMES = ("inputs", "hidden", "outputs", "rate", "first", "shift1", "second", "shift2", "ask", "learn", "goal", "Net")

MISTAKES = {
    "sigma-prime missing in the hidden layer": ("* self.a * (1 - self.a)", ""),
    "updated before use": ("d1 = (self.second.T", "self.second -= self.rate * d2 @ self.a.T; d1 = (self.second.T"),
    "sign of a bias": ("self.shift1 -=", "self.shift1 +="),
    "no bias gradient": ("self.shift2 -= self.rate *", "self.shift2 -= 0 *"),
    "biases summed to one number": ("d1.sum(axis=1, keepdims=True)", "d1.sum()"),
    "rate applied twice": ("self.first -= self.rate *", "self.first -= 2 * self.rate *"),
}


def test_a_class_that_learns_from_columns_is_a_model_in_any_sizes(understood, judged):
    """Weights and biases are found by shape, whatever they are called, and the change is the gradient."""
    (model,) = understood(train, TWO_LAYERS).models
    info = model.info
    assert (info.sizes, info.hidden_layers, info.examples, info.updates) == (None, 1, None, True)
    assert list(model.build((4, 5, 3), 0).parameters()) == ["first", "shift1", "second", "shift2"]
    assert judged(model)
    assert judged(model, (7, 2, 5))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_seen_in_the_change(understood, judged, mistake):
    """Each planted mistake fails where the right code passes."""
    (model,) = understood(train, TWO_LAYERS.replace(*MISTAKES[mistake])).models
    assert judged(model).verdict == "fail"


LETTERS = st.from_regex(r"[a-z][a-z]{2,7}", fullmatch=True).filter(lambda word: not keyword.iskeyword(word))


@settings(max_examples=12)
@given(words=st.lists(LETTERS, min_size=len(NAMES), max_size=len(NAMES), unique=True))
def test_names_do_not_matter(tmp_path_factory, words):
    """Parameters, attributes and methods may be called anything; the gradient stays the same."""
    from gradcheck.submissions.loading import load
    from gradcheck.submissions.subjects import Hints

    source = TWO_LAYERS
    for old, new in zip(NAMES, words, strict=True):
        source = re.sub(rf"\b{old}\b", f"q{new}", source)
    path = tmp_path_factory.mktemp("renamed") / "net.py"
    path.write_text("\n".join(line[4:] for line in source.splitlines()), encoding="utf-8")
    (model,) = train.find(load(path), Hints()).models
    net = model.build((4, 5, 3), 0)
    assert len(net.parameters()) == 4
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((4, 3)), rng.uniform(size=(3, 3))
    gradient = net.gradient(net.parameters(), x, y, 0.0)
    last = next(iter(reversed(gradient.values())))
    out = net.forward(net.parameters(), x)
    assert np.allclose(last, ((out - y) * out * (1 - out)).sum(axis=1, keepdims=True))


def test_code_without_weights_is_not_this_family(understood):
    """Helpers and data classes are left to others."""
    source = """
        import numpy as np

        class Data:
            def __init__(self, n):
                self.x = np.zeros((n, 3))

            def train(self, x, y):
                self.x = x
    """
    assert not understood(train, source)
