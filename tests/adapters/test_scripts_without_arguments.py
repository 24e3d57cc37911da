"""Training written for one data set: functions without arguments, examples counted by a number, files not here."""

from pathlib import Path

import pytest

from gradcheck.results import Verdict
from gradcheck.submissions.check import check_file

GLOBAL = """
import numpy as np

rate = 0.3
X = np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 1, 1], [0, 1, 1]])
T = np.array([[0], [1], [1], [0], [1]])
V, W = np.random.randn(3, 4), np.random.randn(4, 1)
p, q = np.zeros(4), np.zeros(1)

def squash(z):
    return 1 / (1 + np.exp(-z))

def learn_everything():
    global V, W, p, q
    for _ in range(30000):
        h = squash(X @ V + p)
        out = squash(h @ W + q)
        d_out = (out - T) * out * (1 - out)
        d_h = (d_out @ W.T) * h * (1 - h)
        W = W - rate * (h.T @ d_out) / 5.0
        V = V - rate * (X.T @ d_h) / 5.0
        q = q - rate * d_out.sum(axis=0) / 5.0
        p = p - rate * d_h.sum(axis=0) / 5.0

learn_everything()
"""
ROWS_FROM_A_FILE = """
import numpy as np

X, y = np.array([[0, 0, 0]]), np.array([[0]])
for line in open("measured.csv"):
    numbers = [float(n) for n in line.split(",")]
    X = np.append(X, [numbers[:3]], axis=0)
    y = np.append(y, [[numbers[3]]], axis=0)
X, y = np.delete(X, 0, 0), np.delete(y, 0, 0)

first, second = np.random.random((3, 5)) - 0.5, np.random.random((5, 1)) - 0.5

def squash(z, slope=False):
    return z * (1 - z) if slope else 1 / (1 + np.exp(-z))

for step in range(100000):
    hidden = squash(X.dot(first))
    out = squash(hidden.dot(second))
    out_delta = (y - out) * squash(out, True)
    hidden_delta = out_delta.dot(second.T) * squash(hidden, True)
    second += 0.1 * hidden.T.dot(out_delta)
    first += 0.1 * X.T.dot(hidden_delta)
"""
CASES = {
    "global": (GLOBAL, ""),
    "global, one count forgotten": (
        GLOBAL.replace("d_out.sum(axis=0) / 5.0", "d_out.sum(axis=0)"),
        "m times too large",
    ),
    "global, no slope": (GLOBAL.replace("(d_out @ W.T) * h * (1 - h)", "d_out @ W.T"), "lacks the factor σ′(z²)"),
    "rows": (ROWS_FROM_A_FILE, ""),
    "rows, no slope": (ROWS_FROM_A_FILE.replace(" * squash(hidden, True)", ""), "lacks the factor σ′(z²)"),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_run_on_examples_of_ours(case: str, tmp_path: Path) -> None:
    """Right ones pass whatever number of examples is written in them; the slip of a wrong one is named."""
    source, said = CASES[case]
    path = tmp_path / "script.py"
    path.write_text(source, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict is (Verdict.FAIL if said else Verdict.PASS), result.reason
    assert said in result.reason
