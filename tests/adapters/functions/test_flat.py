"""Costs of one vector and data: order of arguments, labels, shapes and sizes are found by trying."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.submissions.adapters import flat
from gradcheck.submissions.adapters.common.cases import agreement
from gradcheck.submissions.loading import load
from gradcheck.submissions.subjects import Hints


@pytest.mark.parametrize("specimen", ["neural_network.py", "matrix_classes.py", "global_data.py", "two_thetas.py"])
def test_correct_submissions_pass(find, judge, specimen):
    """Networks and logistic regressions, one function or two, data as arguments or globals."""
    results = judge(find("flat", f"flat/{specimen}"))
    assert results
    assert {title: r.verdict.value for title, r in results.items()} == dict.fromkeys(results, "pass")


def test_a_regularised_bias_is_seen_only_with_lambda(find, judge):
    """λ θ₀/m too much in the first entry, and in no other."""
    without, with_lambda = judge(find("flat", "flat/bias_regularised.py")).values()
    assert without.verdict.value == "pass"
    assert "1 of 6 entries is wrong, in theta; the worst is theta[0]" in with_lambda.reason


def test_a_slope_of_the_activation_is_seen_in_the_first_layer(find, judge):
    """σ′(a) for σ′(z) spoils Theta1, the first 28 entries of the vector."""
    result, _ = judge(find("flat", "flat/slope_of_activation.py")).values()
    assert "28 of 43 entries are wrong" in result.reason


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
    found = flat.find(load(path), Hints())
    assert len(found.cases) == 2
    assert [agreement(case) < 1e-5 for case in found.cases] == [not style["wrong"]] * 2


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
    """The same seed gives the same point and cost."""
    case = find("flat", "flat/neural_network.py").cases[1]
    assert np.array_equal(case.point(3)["nn_params"], case.point(3)["nn_params"])
    assert case.cost(case.point(3), 3) == case.cost(case.point(3), 3)
    assert case.point(3)["nn_params"].size < 200
