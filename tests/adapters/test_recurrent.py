"""Recurrent networks are run over sequences in the form that they take, and judged by the cost of their outputs."""

from pathlib import Path

import pytest

from gradcheck.results import CheckResult, Verdict
from gradcheck.submissions.check import check_file

COLUMNS = """
import numpy as np

class Elman:
    def __init__(self, input_dim, hidden_dim, output_dim):
        self.Wxh = np.random.randn(hidden_dim, input_dim) * 0.1
        self.Whh = np.random.randn(hidden_dim, hidden_dim) * 0.1
        self.Why = np.random.randn(output_dim, hidden_dim) * 0.1
        self.bh, self.by = np.zeros((hidden_dim, 1)), np.zeros((output_dim, 1))

    def forward(self, inputs):
        self.xs, self.hs, self.ys = inputs, {-1: np.zeros_like(self.bh)}, []
        for t, x in enumerate(inputs):
            self.hs[t] = np.tanh(self.Wxh @ x + self.Whh @ self.hs[t - 1] + self.bh)
            self.ys.append(1 / (1 + np.exp(-(self.Why @ self.hs[t] + self.by))))
        return self.ys

    def backward(self, inputs, targets, learning_rate=0.01):
        grads = [np.zeros_like(w) for w in (self.Wxh, self.Whh, self.Why, self.bh, self.by)]
        later = np.zeros_like(self.bh)
        for t in reversed(range(len(inputs))):
            dy = self.ys[t] - targets[t]
            dh = (self.Why.T @ dy + later) * (1 - self.hs[t] ** 2)
            for g, more in zip(grads, (dh @ inputs[t].T, dh @ self.hs[t - 1].T, dy @ self.hs[t].T, dh, dy)):
                g += more
            later = self.Whh.T @ dh
        for w, g in zip((self.Wxh, self.Whh, self.Why, self.bh, self.by), grads):
            w -= learning_rate * np.clip(g, -5, 5)
"""
ROWS = """
import numpy as np

class SequenceNet:
    def __init__(self, n_in, n_hidden, n_out):
        self.U = np.random.randn(n_in, n_hidden)
        self.W = np.random.randn(n_hidden, n_hidden)
        self.V = np.random.randn(n_hidden, n_out)

    def forward_pass(self, X):
        T = len(X)
        h, out = np.zeros((T + 1, self.W.shape[0])), np.zeros((T, self.V.shape[1]))
        for t in range(T):
            h[t] = np.tanh(X[t] @ self.U + h[t - 1] @ self.W)
            e = np.exp(h[t] @ self.V)
            out[t] = e / e.sum()
        return out, h

    def bptt(self, X, Y):
        out, h = self.forward_pass(X)
        dU, dW, dV = np.zeros_like(self.U), np.zeros_like(self.W), np.zeros_like(self.V)
        back = np.zeros(self.W.shape[0])
        for t in range(len(X) - 1, -1, -1):
            d = out[t] - Y[t]
            dV += np.outer(h[t], d)
            z = (self.V @ d + back) * (1 - h[t] ** 2)
            dU += np.outer(X[t], z)
            dW += np.outer(h[t - 1], z)
            back = self.W @ z
        return dU, dW, dV

    backprop = bptt
"""


def checked(folder: Path, text: str) -> CheckResult:
    """The result for a file with that text."""
    path = folder / "rnn.py"
    path.write_text(text, encoding="utf-8")
    return check_file(path, isolate="off")


@pytest.mark.parametrize("text", [COLUMNS, ROWS])
def test_right_networks_pass_whatever_the_form_of_their_sequences(text: str, tmp_path: Path) -> None:
    """A list of columns or an array of rows, updated at once or returned: right code passes, and the cost is said."""
    result = checked(tmp_path, text)
    assert result.verdict is Verdict.PASS, result.reason
    assert any("cost taken as" in note for note in result.notes)


@pytest.mark.parametrize(
    ("text", "before", "after", "array"),
    [
        (COLUMNS, "later = self.Whh.T @ dh", "later = self.Whh @ dh", "Whh"),
        (COLUMNS, "self.Why.T @ dy + later", "self.Why.T @ dy", "Whh"),
        (ROWS, "* (1 - h[t] ** 2)", "* (1 - h[t])", "U"),
        (ROWS, "back = self.W @ z", "back = self.W.T @ z", "W"),
    ],
)
def test_a_slip_in_the_way_back_through_time_fails(
    text: str, before: str, after: str, array: str, tmp_path: Path
) -> None:
    """A lost recurrent term, a transpose or a wrong slope fails in the arrays below it; the output's stay right."""
    result = checked(tmp_path, text.replace(before, after))
    wrong = {summary.name for summary in result.arrays if summary.wrong}
    assert result.verdict is Verdict.FAIL
    assert array in wrong
    assert not wrong & {"Why", "by", "V"}


SLIPS = {
    "recurrent_term_dropped": (COLUMNS, "later = self.Whh.T @ dh", "later = 0 * dh", "from step t + 1, Whhᵀ δ(t + 1)"),
    "recurrent_weights_not_transposed": (COLUMNS, "self.Whh.T @ dh", "self.Whh @ dh", "through Whh where its"),
    "recurrent_state_of_this_step": (
        COLUMNS, "dh @ self.hs[t - 1].T", "dh @ self.hs[t].T", "In the gradient of Whh ∂C/∂Whh is made of h(t) where",
    ),
    "recurrent_state_wraps_round": (
        COLUMNS, "dh @ self.hs[t - 1].T", "dh @ self.hs[(t - 1) % len(inputs)].T", "takes the last state for",
    ),
    "recurrent_slope_missing": (COLUMNS, " * (1 - self.hs[t] ** 2)", "", "lacks the factor f′, which is"),
    "recurrent_slope_not_squared": (COLUMNS, "(1 - self.hs[t] ** 2)", "(1 - self.hs[t])", "δ(t) has 1 − h where f′"),
    "recurrent_slope_of_sigmoid": (ROWS, "(1 - h[t] ** 2)", "h[t] * (1 - h[t])", "the sigmoid's slope"),
    "recurrent_slope_after_way_back": (ROWS, "back = self.W @ z", "back = self.W @ (self.V @ d + back)", "before"),
    "recurrent_weights_left_out": (ROWS, "back = self.W @ z", "back = z", "to step t − 1 without Wᵀ"),
    "recurrent_steps_not_added": (ROWS, "dW += np", "dW = np", "In the gradient of W it counts the first step only"),
}  # fmt: skip


@pytest.mark.parametrize("fault", SLIPS)
def test_a_slip_on_the_way_back_through_time_is_named(fault, tmp_path):
    """Each of the classic ones, planted in one of two styles, is the first diagnosis and is said in its own words."""
    source, old, new, said = SLIPS[fault]
    assert old in source
    path = tmp_path / "rnn.py"
    path.write_text(source.replace(old, new), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == "fail"
    assert result.diagnosis[0].fault == fault
    assert said in result.diagnosis[0].message
    assert result.diagnosis[0].explains > 0.999


def test_what_is_no_slip_of_going_back_through_time_is_not_called_one(tmp_path):
    """Twice the gradient of the outputs' weights has nothing to do with time."""
    path = tmp_path / "rnn.py"
    path.write_text(ROWS.replace("dV += np", "dV += 2 * np"), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == "fail"
    assert not any(d.fault.startswith("recurrent_") for d in result.diagnosis)
