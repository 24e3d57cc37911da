"""Styles of functions in which an assumption of the author (one output, a pandas table, one example) counts."""

import pytest

from gradcheck import check_file

TABLED = """
import numpy as np
import pandas as pd
def act(z):
    return 1 / (1 + np.exp(-z))
def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, reg):
    m, cut = len(X), hidden_layer_size * (input_layer_size + 1)
    t1 = nn_params[:cut].reshape(hidden_layer_size, input_layer_size + 1)
    t2 = nn_params[cut:].reshape(num_labels, hidden_layer_size + 1)
    a2 = np.c_[np.ones(m), act(X @ t1.T)]
    h = act(a2 @ t2.T)
    targets = pd.get_dummies(y.ravel()).as_matrix()
    J = -np.sum(targets * np.log(h) + (1 - targets) * np.log(1 - h)) / m
    J += reg / 2 / m * (np.sum(t1[:, 1:] ** 2) + np.sum(t2[:, 1:] ** 2))
    d3 = h - targets
    d2 = (d3 @ t2 * a2 * (1 - a2))[:, 1:]
    p1, p2 = [np.c_[{first}(len(t)), t[:, 1:]] for t in (t1, t2)]
    return J, (d2.T @ X + reg * p1) / m, (d3.T @ a2 + reg * p2) / m
"""


@pytest.mark.parametrize(("first", "verdict"), [("np.zeros", "pass"), ("np.ones", "fail")])
def test_a_penalty_is_judged_where_differences_of_the_cost_decide(tmp_path, first, verdict):
    """λ on the biases is invisible at λ = 0; a table of pandas is read as its numbers."""
    path = tmp_path / "tabled.py"
    path.write_text(TABLED.format(first=first), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert ("With λ = 0.3" in result.reason and "column 0" in result.reason) == (verdict == "fail")


BINARY = """
import numpy as np
def initialize(dims):
    return {{f"{{k}}{{l}}": np.random.randn(dims[l], dims[l - 1] if k == "W" else 1)
            for l in range(1, len(dims)) for k in "Wb"}}
def model_forward(X, parameters):
    A, caches = X, []
    for l in range(1, len(parameters) // 2 + 1):
        Z = parameters["W%d" % l] @ A + parameters["b%d" % l]
        caches.append((A, parameters["W%d" % l]))
        A = 1 / (1 + np.exp(-Z))
    AL = A
    return AL, caches
def compute_cost(AL, Y):
    cost = np.dot(Y, np.log(AL).T) + np.dot(1 - Y, np.log(1 - AL).T)
    return -cost.sum() / AL.shape[1]
def model_backward(AL, Y, caches):
    grads, dZ = {{}}, AL - Y
    for l in range(len(caches), 0, -1):
        A, W = caches[l - 1]
        grads["dW%d" % l] = dZ @ A.T / Y.shape[1]
        grads["db%d" % l] = np.sum(dZ, axis=1, keepdims=True) / Y.shape[1]
        dZ = W.T @ dZ * {slope}
    return grads
"""


@pytest.mark.parametrize(("slope", "verdict"), [("A * (1 - A)", "pass"), ("(1 - A)", "fail")])
def test_a_summed_matrix_of_a_binary_cost_is_judged_with_one_output(tmp_path, slope, verdict):
    """``np.dot(Y, np.log(AL).T).sum()`` mixes the outputs: it is a cost for one, whatever the output is called."""
    path = tmp_path / "binary.py"
    path.write_text(BINARY.format(slope=slope), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert result.network.startswith("sigmoid, any number of examples; cross-entropy cost, mean")
    assert ("σ′" in result.reason) == (verdict == "fail")


@pytest.mark.parametrize("wrong", ["(AL - Y) * AL", "Y - AL"])
def test_a_binary_cost_is_judged_with_one_output_where_nothing_is_right(tmp_path, wrong):
    """A slip in the last layer leaves no array that would tell; the cost itself does."""
    path = tmp_path / "binary.py"
    path.write_text(BINARY.format(slope="A * (1 - A)").replace("AL - Y\n", f"{wrong}\n"), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == "fail"
    assert "δ" in result.reason
    assert "BP1" in result.reason


ONE_BY_ONE = """
import numpy as np
def relu(z):
    return np.maximum(0, z)
def mse(pred, target):
    return np.mean((pred - target) ** 2)
def forward(x, W1, b1, W2, b2):
    z1 = W1 @ x + b1
    a1 = relu(z1)
    z2 = W2 @ a1 + b2
    return z1, a1, z2
def backward(x, y, z1, a1, z2, W1, W2):
    delta2 = 2 * (z2 - y) / len(y)
    delta1 = (W2.T @ delta2) * {slope}
    dW1, dW2 = np.outer(delta1, x), np.outer(delta2, a1)
    return dW1, delta1, dW2, delta2
"""


@pytest.mark.parametrize(("slope", "verdict"), [("(z1 > 0)", "pass"), ("1", "fail")])
def test_functions_of_one_vector_are_given_one(tmp_path, slope, verdict):
    """``np.outer`` of a batch has other shapes; for the one example that it is made for it is right."""
    path = tmp_path / "one.py"
    path.write_text(ONE_BY_ONE.format(slope=slope), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert result.interface == "coursera: functions forward, mse, backward: one example at a time"
    assert result.reason.startswith("δ² lacks the factor σ′(z²) (BP2)") == (verdict == "fail")


ELASTIC = """
import numpy as np
def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=0)
def forward(x, w1, b1, w2, b2):
    z1 = w1 @ x + b1
    a1 = np.tanh(z1)
    a2 = softmax(w2 @ a1 + b2)
    return a1, a2
def cce(one_hot_y, a, lambd, mixture, w1):
    penalty = mixture * np.sum(np.abs(w1)) + (1 - mixture) * np.sum(np.linalg.norm(w1, axis=1))
    return (lambd * penalty - np.sum(one_hot_y * np.log(a))) / one_hot_y.shape[1]
def backward(x, one_hot_y, w1, w2, a1, a2, lambd, mixture):
    m = one_hot_y.shape[1]
    dz2 = a2 - one_hot_y
    dz1 = w2.T @ dz2 * (1 - a1 ** 2)
    rows = w1 / np.linalg.norm(w1, axis=1, keepdims=True)
    dw1 = (dz1 @ x.T + {penalty}) / m
    return dw1, dz1.sum(axis=1, keepdims=True) / m, dz2 @ a1.T / m, dz2.sum(axis=1, keepdims=True) / m
"""


@pytest.mark.parametrize(
    ("penalty", "verdict"),
    [
        ("lambd * (mixture * np.sign(w1) + (1 - mixture) * rows)", "pass"),
        ("lambd * (mixture * np.sign(w1) + (1 - mixture) * w1)", "fail"),
        ("lambd * mixture * np.sign(w1) + (1 - mixture) * rows", "fail"),
    ],
)
def test_a_penalty_that_is_no_sum_of_squares_is_judged_by_its_own_cost(tmp_path, penalty, verdict):
    """An L1 term beside norms of rows, with a share whose name says nothing: right is right, and slips are seen."""
    path = tmp_path / "elastic.py"
    path.write_text(ELASTIC.format(penalty=penalty), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert result.interface == "coursera: functions forward, cce, backward: columns are examples"
    assert verdict == "pass" or "w1" in result.reason.replace("∂C/∂w²", "w1")


def test_a_backward_function_that_raises_is_named(tmp_path):
    """A dictionary that is called: nothing can be compared, and the sentence says what was raised."""
    path = tmp_path / "called.py"
    path.write_text(ONE_BY_ONE.format(slope="z1('z')"), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == "error"
    assert "backward raised TypeError: 'numpy.ndarray' object is not callable (line " in result.reason
