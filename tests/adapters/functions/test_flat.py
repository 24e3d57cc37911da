"""Costs of one vector and data: order of arguments, labels, shapes and sizes are found by trying."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.submissions.check import check_file

SPECIMENS = Path(__file__).parents[3] / "nets" / "specimens" / "flat"


@pytest.mark.parametrize("specimen", ["neural_network.py", "matrix_classes.py", "global_data.py", "two_thetas.py"])
def test_correct_submissions_pass(find, judge, specimen):
    """Networks and logistic regressions, one function or two, data as arguments or globals."""
    results = judge(find("flat", f"flat/{specimen}"))
    assert results
    assert {title: r.verdict.value for title, r in results.items()} == dict.fromkeys(results, "pass")


def test_a_regularised_bias_is_named():
    """λ θ₀/m too much in the first entry: theta is a neuron whose bias comes first."""
    result = check_file(SPECIMENS / "bias_regularised.py", isolate="off")
    assert result.verdict.value == "fail"
    assert result.reason.startswith(
        "∂C/∂b² contains λ b²: the biases are regularised, though the cost does not contain"
    )


def test_a_slope_of_the_activation_is_named():
    """σ′(a) for σ′(z) spoils Theta1, which is a part of the vector."""
    result = check_file(SPECIMENS / "slope_of_activation.py", isolate="off")
    assert result.reason == "δ² contains σ′(a²) where σ′(z²) belongs (BP2); everything else is right."
    assert {a.name: bool(a.wrong) for a in result.arrays} == {"Theta1": True, "Theta2": False}
    assert any("nn_params[0:28] is Theta1 (4 × 7), nn_params[28:43] is Theta2 (3 × 5)" in note for note in result.notes)


LOGISTIC = """
import numpy as np
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def {name}({arguments}):
    m = len({y})
    h = sigmoid({X} @ {theta})
    J = -np.sum({y} * np.log(h) + (1 - {y}) * np.log(1 - h)) / m + {lam} / (2 * m) * np.sum({theta}[1:] ** 2)
    grad = {sign}{X}.T @ (h - {y}) / m
    grad[1:] += {lam} / m * {theta}[1:]
    return {returned}
"""
STYLES = st.fixed_dictionaries(
    {
        "names": st.sampled_from(
            [("theta", "X", "y", "lambda_"), ("w", "x", "Y", "reg"), ("params", "data", "labels", "lam")]
        ),
        "order": st.permutations(range(4)),
        "returned": st.sampled_from(["J, grad", "[J, grad]", "grad, J", "np.array([J]), grad"]),
        "name": st.sampled_from(["costFunctionReg", "cost_and_gradient", "compute_cost"]),
        "wrong": st.booleans(),
    }
)


@given(style=STYLES)
def test_names_and_orders_do_not_change_a_verdict(tmp_path_factory, style):
    """Regularised logistic regression in any style agrees with its own cost, its mutant does not."""
    theta, X, y, lam = style["names"]
    source = LOGISTIC.format(
        theta=theta, X=X, y=y, lam=lam, arguments=", ".join(style["names"][i] for i in style["order"]),
        returned=style["returned"], name=style["name"], sign="-" * style["wrong"],
    )  # fmt: skip
    path = tmp_path_factory.mktemp("logistic") / "submission.py"
    path.write_text(source, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == ("fail" if style["wrong"] else "pass")
    assert result.network.startswith("sigmoid, any number of examples; cross-entropy cost, mean, λ/(2m) Σ w²")


def test_a_template_is_unfinished(find):
    """Zeros, whatever the data, are no gradient."""
    found = find("flat", "import numpy as np\ndef costFunction(theta, X, y):\n    return 0, np.zeros(theta.shape)\n")
    assert not found
    assert found.unfinished == ("costFunction: it returns zeros, whatever it is given",)


def test_training_functions_are_not_called(find):
    """What trains, predicts or estimates is left alone, whatever it returns."""
    source = (
        "import numpy as np\n"
        "def gradientDescent(X, y, theta, alpha, num_iters):\n    raise SystemExit\n"
        "def numerical_gradient(theta, X, y):\n    raise SystemExit\n"
        "def cost_history_plot(theta, X, y):\n    raise SystemExit\n"
    )
    assert find("flat", source) == type(find("flat", source))()


def test_exceptions_of_the_submission_stay_inside(find):
    """A cost that ends the program is no case, and ends nothing."""
    source = "def cost(theta, X, y):\n    raise SystemExit(1)\ndef gradient(theta, X, y):\n    return 1 / 0\n"
    assert not find("flat", source)


def test_methods_of_an_object_without_data_are_found(find, judge):
    """compute_cost and compute_gradient of a class with defaults only."""
    source = (
        "import numpy as np\nclass Ridge:\n    def __init__(self, alpha=1.0):\n        self.alpha = alpha\n"
        "    def compute_cost(self, X, y, theta):\n        return ((X @ theta - y) ** 2).sum() / 2\n"
        "    def compute_gradient(self, X, y, theta):\n        return X.T @ (X @ theta - y)\n"
    )
    (result,) = judge(find("flat", source)).values()
    assert result.verdict.value == "pass"


def test_points_are_small_and_repeatable(find):
    """The same seed gives the same parameters."""
    (model,) = find("flat", "flat/neural_network.py").models
    one, other = (model.build((5, 4, 3), 3).parameters() for _ in range(2))
    assert one.keys() == {"Theta1", "Theta2"}
    assert all(np.array_equal(one[name], other[name]) for name in one)


ARGS = """
import numpy as np
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def {head}
    return -np.sum(y * np.log(sigmoid(X @ theta)) + (1 - y) * np.log(1 - sigmoid(X @ theta))) / len(y)
def {slope}
    return X.T @ (sigmoid(X @ theta) - y){fault}
"""


@pytest.mark.parametrize(
    "unpacking", ["(theta, *args):\n    X, y = args", "(theta, args):\n    X = args[0]\n    y = args[1]"]
)
@pytest.mark.parametrize(("fault", "verdict"), [(" / len(y)", "pass"), ("", "fail")])
def test_data_in_a_tuple_are_found(tmp_path, unpacking, fault, verdict):
    """What an optimiser hands over as args is taken apart as the function does it."""
    path = tmp_path / "logistic.py"
    text = ARGS.format(head=f"cost{unpacking}", slope=f"gradient{unpacking}", fault=fault)
    path.write_text(text, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert result.network.startswith("sigmoid, no biases")


WRITTEN = """
import numpy as np
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def deserialize(theta):
    return theta[:5 * 13].reshape(5, 13), theta[5 * 13:].reshape(4, 6)
def forward(theta, X):
    t1, t2 = deserialize(theta)
    a2 = np.insert(sigmoid(X @ t1.T), 0, 1, axis=1)
    return a2, sigmoid(a2 @ t2.T)
def cost(theta, X, y):
    a2, h = forward(theta, X)
    return (-y * np.log(h) - (1 - y) * np.log(1 - h)).sum() / len(X)
def gradient(theta, X, y):
    t1, t2 = deserialize(theta)
    a2, h = forward(theta, X)
    d3 = h - y
    d2 = {d2}
    return np.concatenate([(d2.T @ X).ravel(), (d3.T @ a2).ravel()]) / len(X)
"""


@pytest.mark.parametrize(
    ("d2", "verdict", "said"),
    [
        ("(d3 @ t2 * a2 * (1 - a2))[:, 1:]", "pass", "agree with the exact gradient"),
        ("(d3 @ t2 * a2)[:, 1:]", "fail", "δ²"),
        ("(d3 @ t2)[:, 1:]", "fail", "δ² lacks the factor σ′(z²) (BP2)"),
    ],
)
def test_sizes_written_into_the_code_are_found(tmp_path, d2, verdict, said):
    """A 12-5-4 network that can be built in no other sizes, and whose inputs come with a column of ones."""
    path = tmp_path / "network.py"
    path.write_text(WRITTEN.format(d2=d2), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert said in result.reason
    assert {a.name: a.shape for a in result.arrays} == {"Theta1": (5, 13), "Theta2": (4, 6)}


AUTOENCODER = """
import numpy as np
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def sparse_autoencoder_cost(theta, visible_size, hidden_size, lambda_, sparsity_param, beta, data):
    n = visible_size * hidden_size
    W1, W2 = theta[:n].reshape(hidden_size, visible_size), theta[n:2 * n].reshape(visible_size, hidden_size)
    b1, b2 = theta[2 * n:2 * n + hidden_size, None], theta[2 * n + hidden_size:, None]
    m = data.shape[1]
    a2 = sigmoid(W1 @ data + b1)
    a3 = sigmoid(W2 @ a2 + b2)
    rho, hat = sparsity_param, a2.mean(axis=1, keepdims=True)
    cost = ((a3 - data) ** 2).sum() / 2 / m + lambda_ / 2 * ((W1 ** 2).sum() + (W2 ** 2).sum())
    cost += beta * (rho * np.log(rho / hat) + (1 - rho) * np.log((1 - rho) / (1 - hat))).sum()
    d3 = (a3 - data) * a3 * (1 - a3)
    d2 = (W2.T @ d3 + {sparsity}) * a2 * (1 - a2)
    grads = d2 @ data.T / m + lambda_ * W1, d3 @ a2.T / m + lambda_ * W2, d2.mean(axis=1), d3.mean(axis=1)
    return cost, np.concatenate([g.ravel() for g in grads])
"""


@pytest.mark.parametrize(
    ("sparsity", "verdict"),
    [("beta * (-rho / hat + (1 - rho) / (1 - hat))", "pass"), ("beta * (-rho / hat)", "fail"), ("0", "fail")],
)
def test_an_autoencoder_reconstructs_its_inputs(tmp_path, sparsity, verdict):
    """There are no targets; the sparsity term is a part of the cost."""
    path = tmp_path / "autoencoder.py"
    path.write_text(AUTOENCODER.format(sparsity=sparsity), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    if verdict == "fail":
        assert "entries are wrong, in W1, b1; W2, b2 are right" in result.reason


OBJECT = """
import numpy as np
class LogisticRegression:
    def __init__(self, X, y, lam):
        self.X, self.y, self.lam = np.c_[np.ones(len(X)), X], y, lam
    def h(self, theta):
        return 1 / (1 + np.exp(-self.X @ theta))
    def cost(self, theta):
        fit = -np.mean(self.y * np.log(self.h(theta)) + (1 - self.y) * np.log(1 - self.h(theta)))
        return fit + self.lam / (2 * len(self.y)) * np.sum(theta[1:] ** 2)
    def gradient(self, theta):
        g = self.X.T @ (self.h(theta) - self.y) / len(self.y)
        g[{first}:] += self.lam / len(self.y) * theta[{first}:]
        return g
"""


@pytest.mark.parametrize(("first", "verdict"), [("1", "pass"), ("0", "fail")])
def test_an_object_may_be_given_its_data_when_it_is_made(tmp_path, first, verdict):
    """A fresh object for every set of data; the regularised bias is named."""
    path = tmp_path / "object.py"
    path.write_text(OBJECT.format(first=first), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert ("the biases are regularised" in result.reason) == (verdict == "fail")


def test_the_gradients_of_the_parts_of_a_vector_may_come_apart(tmp_path):
    """(J, Theta1_grad, Theta2_grad) of one unrolled vector, right and with a slip."""
    text = (SPECIMENS / "neural_network.py").read_text(encoding="utf-8")
    text = text.replace("return J, grad", "return J, g1, g2")
    for before, after, verdict in (("", "", "pass"), ("[:, 1:] * sigmoid", "[:, 1:] + 0 * sigmoid", "fail")):
        path = tmp_path / "parts.py"
        path.write_text(text.replace(before, after) if before else text, encoding="utf-8")
        result = check_file(path, isolate="off")
        assert result.verdict.value == verdict
    assert result.reason == "δ² lacks the factor σ′(z²) (BP2); everything else is right."


ACROSS = """
import numpy as np
def linearRegCostFunction(X, y, theta, l):
    m = y.shape[0]
    error = X @ theta.ravel() - y.ravel()
    grad = {factor}X.T @ error
    grad[1:] += l / m * theta[1:]
    return np.sum(error ** 2) / (2 * m) + l / (2 * m) * np.sum(theta[1:] ** 2), grad
"""


@pytest.mark.parametrize(("factor", "verdict"), [("1 / m * ", "pass"), ("", "fail")])
def test_targets_are_not_turned_to_make_a_missing_mean_look_right(tmp_path, factor, verdict):
    """With targets (1, m) this m would be 1, and the sum a mean."""
    path = tmp_path / "ridge.py"
    path.write_text(ACROSS.format(factor=factor), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert (verdict == "pass") or "m times too large" in result.reason


TWO_HIDDEN = """
import numpy as np
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def cost(params, n_in, hidden1_size, hidden2_size, num_labels, X, y):
    i = hidden1_size * (n_in + 1)
    j = i + hidden2_size * (hidden1_size + 1)
    T1 = params[:i].reshape(hidden1_size, n_in + 1)
    T2 = params[i:j].reshape(hidden2_size, hidden1_size + 1)
    T3 = params[j:].reshape(num_labels, hidden2_size + 1)
    m, one = len(X), np.ones(len(X))
    a1 = np.c_[one, X]
    a2 = np.c_[one, sigmoid(a1 @ T1.T)]
    a3 = np.c_[one, sigmoid(a2 @ T2.T)]
    h = sigmoid(a3 @ T3.T)
    Y = np.eye(num_labels)[y]
    d4 = h - Y
    d3 = (d4 @ T3 * a3 * (1 - a3))[:, 1:]
    d2 = (d3 @ T2 * {slope})[:, 1:]
    grads = d2.T @ a1, d3.T @ a2, d4.T @ a3
    return -np.sum(Y * np.log(h) + (1 - Y) * np.log(1 - h)) / m, np.concatenate([g.ravel() / m for g in grads])
"""


@pytest.mark.parametrize(("slope", "verdict"), [("a2 * (1 - a2)", "pass"), ("(1 - a2)", "fail")])
def test_two_hidden_layers_in_one_vector(tmp_path, slope, verdict):
    """Numbered sizes tell the layers apart."""
    path = tmp_path / "deep.py"
    path.write_text(TWO_HIDDEN.format(slope=slope), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert {a.name for a in result.arrays} == {"Theta1", "Theta2", "Theta3"}
    assert (verdict == "pass") or result.reason.startswith("δ² contains 1 − a² where σ′(z²) belongs")


def test_a_matrix_may_get_its_gradient_as_a_vector(tmp_path):
    """theta.reshape(n, k) takes a matrix as well as a vector, and an optimiser wants the vector back."""
    source = (
        "import numpy as np\ndef cost_function(theta, X, Y):\n    W = theta.reshape(X.shape[1], Y.shape[1])\n"
        "    Z = X @ W\n    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)\n"
        "    return -np.sum(Y * np.log(P)) / len(X), (X.T @ (P - Y) / len(X)).ravel()\n"
    )
    path = tmp_path / "softmax.py"
    path.write_text(source, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == "pass"
    assert result.network.startswith("softmax, no biases")
