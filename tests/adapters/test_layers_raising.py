"""Layers, losses and activations whose way back raises: a slip in it fails, a lack of what a network sets does not."""

import pytest

from gradcheck.submissions.check import check_file

SOURCE = """
import numpy as np
class Dense:
    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_in, n_out), np.zeros(n_out)
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, grad):
        self.dW, self.db = self.x.T @ grad, grad.sum(axis=0)
        return grad @ self.W.T
class Tanh:
    def __init__(self):
        self.outp = None
        self.kept = {}
    def forward(self, x):
        self.output = np.tanh(x)
        self.kept['output'] = self.output
        return self.output
    def slope(self, y, scale):
        return scale * (1 - y ** 2)
    def backward(self, grad):
        return grad * self.slope(self.output, 1.0)
class MSE:
    def forward(self, pred, y):
        self.pred, self.y = pred, y
        return np.mean((pred - y) ** 2)
    def backward(self):
        return 2 * (self.pred - self.y) / self.y.size
"""


@pytest.fixture
def checked(tmp_path):
    """The result for the source with something put in another's place."""

    def check(old="", new=""):
        assert old in SOURCE
        path = tmp_path / "net.py"
        path.write_text(SOURCE.replace(old, new) if old else SOURCE, encoding="utf-8")
        return check_file(path, isolate="off")

    return check


def test_right_layers_and_a_loss_pass(checked):
    """Without a slip everything is checked and right."""
    result = checked()
    assert result.verdict.value == "pass"
    assert result.reason == "All 3 parts are right."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("self.slope(self.output", "self.slope(self.outputs", "self.outputs a value, though there is self.output."),
        ("self.slope(self.output", "self.slope(self.outp", "self.outp a value"),
        ("self.slope(self.output", "self.slope(outptu", "name 'outptu' is not defined, in backward (net.py, line 23)"),
        ("self.slope(self.output", "self.slope(self.kept['out']", "KeyError: 'out', in backward (net.py, line 23)"),
        ("self.output, 1.0", "self.output", "slope is defined otherwise in this file"),
        ("(self.pred - self.y)", "(self.preds - self.y)", "in backward (net.py, line 29); nothing in the file gives"),
    ],
)  # fmt: skip
def test_a_slip_in_one_part_fails_beside_parts_that_are_right(checked, old, new, said):
    """Attributes misspelt or never set, names and keys that are nowhere, calls that do not fit a method of the file."""
    result = checked(old, new)
    assert result.verdict.value == "fail"
    assert "The backward pass cannot be run: " in result.reason
    assert said in result.reason


@pytest.mark.parametrize("new", ["self.optimizer.gain", "self.clip_at"])
def test_what_a_network_of_another_file_may_set_is_a_note(checked, new):
    """A setting that nothing here gives a value is not called a slip: the part is left out, in a sentence."""
    result = checked("self.output, 1.0", f"self.output, {new}")
    assert result.verdict.value == "pass"
    assert any(note.startswith("not checked: Tanh: backward raised AttributeError") for note in result.notes)


BOTH = """
import numpy as np
class Cell:
    def __init__(self, n_in, n_out):
        self.parameters = {'W': np.random.randn(n_in, n_out)}
        self.gradients = {'W': np.zeros((n_in, n_out))}
    def forward(self, x):
        self.h = np.tanh(x @ self.parameters['W'])
        self.x = x
        return self.h
    def backward(self, grad):
        dz = grad * (1 - self.h ** 2)
        self.gradients['W'] += self.x.T @ dz
        return dz @ self.parameters['W'].T
class TwoWays:
    def __init__(self, n_in, n_out):
        self.one, self.two = Cell(n_in, n_out), Cell(n_in, n_out)
    def forward(self, x):
        return self.one.forward(x) + self.two.forward(x[::-1])[::-1]
    def backward(self, grad):
        return self.one.backward(grad) + self.two.backward(grad[::-1])[::-1]
"""


def test_a_layer_of_two_layers_has_the_gradients_of_each(tmp_path):
    """Two layers inside with gradients of the same names: each parameter is compared with its own."""
    path = tmp_path / "net.py"
    path.write_text(BOTH, encoding="utf-8")
    assert check_file(path, isolate="off").verdict.value == "pass"
    path.write_text(BOTH.replace("(grad[::-1])[::-1]", "(grad)"), encoding="utf-8")
    wrong = check_file(path, isolate="off")
    assert wrong.verdict.value == "fail"
    assert "one.parameters['W'] is right" in wrong.reason or "in x, two.parameters['W']" in wrong.reason
