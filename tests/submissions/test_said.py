"""What a result says besides its verdict: how to correct what was understood, and notes that are said once."""

import pytest

from gradcheck.submissions.check import check_file

COLUMNS = """
import numpy as np
class Linear:
    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_out, n_in), np.zeros((n_out, 1))
    def forward(self, x):
        self.x = x
        return self.W @ x + self.b
    def backward(self, grad):
        self.dW, self.db = grad @ self.x.T, grad.sum(axis=1, keepdims=True)
        return self.W.T @ grad
class MSE:
    def loss(self, predicted, actual):
        return np.mean((predicted - actual) ** 2)
    def gradient(self, predicted, actual):
        return 2 * (predicted - actual) / len(predicted)
"""
ROWS = (
    COLUMNS.replace("(n_out, n_in), np.zeros((n_out, 1))", "(n_in, n_out), np.zeros(n_out)")
    .replace("self.W @ x + self.b", "x @ self.W + self.b")
    .replace("grad @ self.x.T, grad.sum(axis=1, keepdims=True)", "self.x.T @ grad, grad.sum(axis=0)")
    .replace("self.W.T @ grad", "grad @ self.W.T")
)
VECTORS = """
import numpy as np
class Network:
    def __init__(self, sizes):
        pairs = list(zip(sizes[1:], sizes[:-1]))
        self.params = {f'W{i}': np.random.randn(n, m) for i, (n, m) in enumerate(pairs, 1)}
        self.params |= {f'b{i}': np.zeros((n, 1)) for i, (n, _) in enumerate(pairs, 1)}
        self.depth = len(pairs)
    def feedforward(self, a):
        for i in range(1, self.depth + 1):
            a = 1 / (1 + np.exp(-(self.params[f'W{i}'] @ a + self.params[f'b{i}'])))
        return a
    def backprop(self, x, y):
        acts, grads = [x], {}
        for i in range(1, self.depth + 1):
            acts.append(1 / (1 + np.exp(-(self.params[f'W{i}'] @ acts[-1] + self.params[f'b{i}']))))
        delta = acts[-1] - y
        for i in range(self.depth, 0, -1):
            delta = delta * acts[i] * (1 - acts[i])
            grads[f'W{i}'], grads[f'b{i}'] = delta @ acts[i - 1].T, delta.sum(axis=1)
            delta = self.params[f'W{i}'].T @ delta
        return grads
"""


@pytest.fixture
def checked(tmp_path):
    """The result for some source."""

    def check(source):
        path = tmp_path / "net.py"
        path.write_text(source, encoding="utf-8")
        return check_file(path, isolate="off")

    return check


def test_a_loss_of_one_column_is_judged_as_the_layers_of_its_file_lie(checked):
    """len() counts the outputs of a column: right for one, m times too large for a batch of them, which is said."""
    result = checked(COLUMNS)
    assert result.verdict.value == "pass"
    assert "MSE.gradient is right for one column; for a batch of m columns it is m times too large" in result.notes


LONE = """
import numpy as np
class Dense:
    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_out, n_in), np.random.randn(n_out, 1)
    def forward(self, x):
        self.x = x
        return self.W @ x + self.b
    def backward(self, delta, learning_rate):
        before = self.W.T @ delta
        self.W -= learning_rate * delta @ self.x.T
        self.b -= learning_rate * delta
        return before
class SquaredError:
    @staticmethod
    def loss(predictions, labels):
        difference = predictions - labels
        return 0.5 * sum(difference * difference)[0]
    @staticmethod
    def derivative(predictions, labels):
        return predictions - labels
"""


@pytest.mark.parametrize(("slip", "verdict"), [("", "pass"), ("2 * ", "fail")])
def test_a_loss_made_for_one_column_is_judged_on_one(checked, slip, verdict):
    """Where the layers take one column at a time, a loss of its first entries is right if one column's is."""
    result = checked(LONE.replace("return predictions - labels", f"return {slip}(predictions - labels)"))
    assert result.verdict.value == verdict
    lone = "SquaredError.derivative is right for one column, which is what the layers here take; more were not tried"
    assert (lone in result.notes) == (verdict == "pass")


@pytest.mark.parametrize(
    ("source", "said"),
    [(ROWS, "n_out = 4 times too large"), (COLUMNS.replace("2 * (pred", "3 * (pred"), "MSE.gradient of loss")],
)
def test_a_loss_is_still_wrong_beside_layers_of_rows_or_by_another_factor(checked, source, said):
    """Beside layers of rows len() counts the examples; and 3 for 2 is wrong for a column too."""
    result = checked(source)
    assert result.verdict.value == "fail"
    assert said in result.reason


def test_gradients_that_come_as_vectors_are_said_once(checked):
    """One note for all of them, whatever the sizes of the networks."""
    result = checked(VECTORS)
    assert result.verdict.value == "pass"
    said = [note for note in result.notes if "reshaped" in note]
    assert len(said) == 1
    assert said[0].startswith("the gradients of params['b1'], params['b2'], ")
    assert said[0].endswith(" come as vectors: compared reshaped")


@pytest.mark.parametrize(
    ("source", "otherwise"),
    [
        (COLUMNS, "say so with --class, --forward, --backward, --family, or file.py:name"),
        (VECTORS, "say so with --activation, --cost, --reduction, --class, --family, or an assignment file"),
    ],
)
def test_only_options_that_change_something_are_named(checked, source, otherwise):
    """No activation is said of a layer object, whose output needs none to be known."""
    assert checked(source).otherwise == otherwise
