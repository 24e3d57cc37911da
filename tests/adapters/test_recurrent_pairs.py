"""A forward and a backward function over a sequence, both given the weights, are judged as one network."""

from pathlib import Path

import pytest

from gradcheck.results import Verdict
from gradcheck.submissions.check import check_file

PAIR = """
import numpy as np

hidden_size, learning_rate = 4, 0.05
U = np.random.randn(hidden_size, 3) * 0.1
W = np.random.randn(hidden_size, hidden_size) * 0.1
V = np.random.randn(2, hidden_size) * 0.1
c, d = np.zeros((hidden_size, 1)), np.zeros((2, 1))

def rnn_forward(X, U, W, V, c, d):
    h, states, predictions = np.zeros((hidden_size, 1)), [], []
    for x in X:
        h = np.tanh(U @ x.reshape(-1, 1) + W @ h + c)
        states.append(h)
        predictions.append(V @ h + d)
    return predictions, states

def rnn_backward(X, Y, predictions, states, U, W, V, c, d):
    dU, dW, dV, dc, dd = (np.zeros_like(w) for w in (U, W, V, c, d))
    later = np.zeros((hidden_size, 1))
    for t in reversed(range(len(X))):
        error = predictions[t] - Y[t].reshape(-1, 1)
        before = states[t - 1] if t else np.zeros((hidden_size, 1))
        dV += error @ states[t].T
        dd += error
        raw = (V.T @ error + W.T @ later) * (1 - states[t] ** 2)
        dU += raw @ X[t].reshape(1, -1)
        dW += raw @ before.T
        dc += raw
        later = raw
    U -= learning_rate * dU
    W -= learning_rate * dW
    V -= learning_rate * dV
    c -= learning_rate * dc
    d -= learning_rate * dd
"""
LAST = PAIR.replace("        predictions.append(V @ h + d)\n    return predictions,", "    return V @ h + d,").replace(
    "error = predictions[t] - Y[t].reshape(-1, 1)", "error = predictions - Y[t].reshape(-1, 1)"
)
"""The output of the last step only, with an error made of it for every step."""


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        (PAIR, set()),
        (PAIR.replace("W.T @ later", "W @ later"), {"U", "W", "c"}),
        (LAST, {"U", "W", "V", "c"}),
    ],
    ids=["right", "not transposed", "one output and an error for each step"],
)
def test_pairs_are_judged(source: str, wrong: set[str], tmp_path: Path) -> None:
    """The learning rate is a name of the module, and the weights are changed where they lie."""
    path = tmp_path / "pair.py"
    path.write_text(source, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict is (Verdict.FAIL if wrong else Verdict.PASS), result.reason
    assert {array.name for array in result.arrays if array.wrong} == wrong
    assert "rnn_forward, rnn_backward" in result.interface
