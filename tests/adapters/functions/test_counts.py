"""A number of examples that stands in the module belongs to data that are not used: each call gets its own."""

from pathlib import Path

import pytest

from gradcheck.results import Verdict
from gradcheck.submissions.check import check_file

DIGITS = """
import numpy as np
import pandas as pd

table = np.array(pd.read_csv("digits.csv"))
m, n = table.shape
X_train, Y_train = table[:, 1:].T / 255, table[:, 0]

def init():
    return np.random.rand(6, 9) - 0.5, np.random.rand(6, 1), np.random.rand(4, 6) - 0.5, np.random.rand(4, 1)

def forward_prop(W1, b1, W2, b2, X):
    Z1 = W1.dot(X) + b1
    A1 = np.maximum(Z1, 0)
    Z2 = W2.dot(A1) + b2
    E = np.exp(Z2)
    return Z1, A1, Z2, E / E.sum(axis=0)

def one_hot(Y):
    hot = np.zeros((Y.size, Y.max() + 1))
    hot[np.arange(Y.size), Y] = 1
    return hot.T

def backward_prop(Z1, A1, Z2, A2, W2, X, Y):
    dZ2 = A2 - one_hot(Y)
    dW2 = dZ2.dot(A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = W2.T.dot(dZ2) * (Z1 > 0)
    dW1 = dZ1.dot(X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return dW1, db1, dW2, db2
"""


@pytest.mark.parametrize("first", ["m, n = table.shape", "m = 42000", "m, n = 42000, 785"])
def test_code_that_divides_by_a_count_in_the_module_passes(first: str, tmp_path: Path) -> None:
    """Whether the data could be loaded or not, the gradient is the mean over the examples given; and that is said."""
    path = tmp_path / "digits.py"
    path.write_text(DIGITS.replace("m, n = table.shape", first), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict is Verdict.PASS
    assert any(note.startswith("m, which the functions take from the module") for note in result.notes)


def test_a_missing_division_is_seen_beside_it(tmp_path: Path) -> None:
    """One bias that is not divided by the count fails."""
    path = tmp_path / "digits.py"
    path.write_text(
        DIGITS.replace("db2 = np.sum(dZ2, axis=1, keepdims=True) / m", "db2 = np.sum(dZ2, axis=1, keepdims=True)")
    )
    result = check_file(path, isolate="off")
    assert result.verdict is Verdict.FAIL
    assert "∂C/∂b³" in result.reason
