"""A file in which nothing can be judged is told what it lacks: the name, the exception, the line."""

from pathlib import Path

import pytest

from gradcheck.results import Verdict
from gradcheck.submissions.check import check_file

TEMPLATE = """
import numpy as np

class TwoLayers:
    def __init__(self, n_in, n_hidden, n_out):
        # your code here
        self.weights_1 = None
        self.weights_2 = None

    def forward(self, X):
        \"\"\"X: (m, n_in).\"\"\"
        return None

    def backward(self, X, y):
        grad_1 = None
        grad_2 = None
        return grad_1, grad_2

    def train(self, X, y):
        pass
"""
HALF = """
import numpy as np
from loading import count, encoded

def backward_pass(Z1, A1, Z2, A2, W2, X, Y):
    dZ2 = A2 - encoded(Y)
    dZ1 = W2.T @ dZ2 * (Z1 > 0)
    return dZ1 @ X.T / count, dZ1.sum(1, keepdims=True) / count, dZ2 @ A1.T / count, dZ2.sum(1, keepdims=True) / count
"""
TYPO = """import numpy as np

def initialize(n_x, n_h, n_y):
    return {"W1": np.random.randn(n_h, n_x), "b1": np.zeros((n_h, 1)),
            "W2": np.random.randn(n_y, n_h), "b2": np.zeros((n_y, 1))}

def forward_propagation(X, parameters):
    A1 = np.tanh(parameters["W1"] @ X + parameters["b1"])
    A2 = 1 / (1 + np.exp(-(parameters["W2"] @ A1 + parameters["b2"])))
    return A2, {"A1": A1, "A2": A2}

def compute_cost(A2, Y):
    return -np.mean(np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2), axis=0))

def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dZ1 = parameters["W2"].T @ dZ2 * (1 - cache("A1") ** 2)
    return {"dW1": dZ1 @ X.T / m, "db1": dZ1.sum(1, keepdims=True) / m,
            "dW2": dZ2 @ cache["A1"].T / m, "db2": dZ2.sum(1, keepdims=True) / m}
"""
SAID = {
    TEMPLATE: "class TwoLayers is not written yet: weights_1 and weights_2 are None; forward and backward return None",
    HALF: "backward_pass goes back, but nothing here goes forward: put the function beside it that makes Z1, A1, Z2",
    TYPO: "backward_propagation raised TypeError: 'dict' object is not callable (line 18)",
    TYPO.replace('cache("A1") ** 2', "np.power(A1, 2)"): "raised NameError: name 'A1' is not defined (line 18)",
}


@pytest.mark.parametrize("source", SAID, ids=["template", "half", "call", "name"])
def test_the_sentence_says_what_is_missing(source: str, tmp_path: Path) -> None:
    """It could not be run, and the reason names the thing to mend."""
    path = tmp_path / "submission.py"
    path.write_text(source, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict is Verdict.ERROR
    assert SAID[source] in result.reason, result.reason


def test_what_other_modules_lack_is_named_too(tmp_path: Path) -> None:
    """Names from modules that were not handed in."""
    path = tmp_path / "half.py"
    path.write_text(HALF, encoding="utf-8")
    assert "encoded of loading and count of loading are not here" in check_file(path, isolate="off").reason


def test_the_same_functions_without_the_typo_are_judged(tmp_path: Path) -> None:
    """What is reported is the typo, not the form."""
    path = tmp_path / "right.py"
    path.write_text(TYPO.replace('cache("A1")', 'cache["A1"]'), encoding="utf-8")
    assert check_file(path, isolate="off").verdict is Verdict.PASS
