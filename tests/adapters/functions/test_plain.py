"""A cost with its gradient and nothing else: by name, by module:attribute, or alive."""

import textwrap

import numpy as np
import pytest

from gradcheck.submissions.adapters import plain
from gradcheck.submissions.loading import load
from gradcheck.submissions.subjects import Hints


@pytest.mark.parametrize("specimen", ["quadratic.py", "two_arrays.py", "rosenbrock.py"])
def test_correct_functions_pass(find, judge, specimen):
    """f and df, cost and gradient at a dictionary, rosenbrock and rosenbrock_grad."""
    (result,) = judge(find("plain", f"plain/{specimen}")).values()
    assert result.verdict.value == "pass"


def test_the_module_s_own_point_is_taken(find):
    """x0 and at are where to check; other seeds look beside them."""
    case = find("plain", "plain/quadratic.py").cases[0]
    assert np.array_equal(case.point(0)["x"], [0.3, -0.2, 0.9])
    assert not np.array_equal(case.point(1)["x"], case.point(0)["x"])
    assert find("plain", "plain/two_arrays.py").cases[0].point(0)["W"].shape == (2, 3)


def test_one_function_for_both_is_judged(find, judge):
    """A doubled one-hot term is wrong in the one entry that it touches."""
    (result,) = judge(find("plain", "plain/log_softmax.py")).values()
    assert "1 of 3 entries is wrong, in w; the worst is w[0]" in result.reason


@pytest.mark.parametrize("name", ["rosenbrock", "rosenbrock_grad"])
def test_either_of_a_pair_can_be_named(judge, find, name, tmp_path):
    """module:cost and module:gradient mean the same pair."""
    source = "import numpy as np\ndef rosenbrock(x):\n    return x[0] ** 2 * x[1]\n"
    source += "def rosenbrock_grad(x):\n    return np.array([2 * x[0] * x[1], x[0] ** 2])\n"
    path = tmp_path / "functions.py"
    path.write_text(source, encoding="utf-8")
    (case,) = plain.find(load(f"{path}:{name}"), Hints()).cases
    assert case.info.id == "rosenbrock_grad"


def test_live_functions_and_objects_are_taken(judge):
    """A lambda that returns both, and an object with cost and gradient methods."""

    class Bowl:
        def objective(self, x):
            return float(x @ x)

        def jac(self, x):
            return 3 * x

    (both,) = judge(plain.find(load(lambda w: ((w**2).sum(), 2 * w)), Hints())).values()
    (bowl,) = judge(plain.find(load(Bowl()), Hints())).values()
    assert both.verdict.value == "pass"
    assert bowl.verdict.value == "fail"


VARIABLES = """
    import math

    def f(x, y):
        return x ** 2 * y + math.sin(y)

    def df(x, y):
        return 2 * x * y, x ** 2 + math.cos(y)
"""

OWN_POINT = """
    import numpy as np

    params = {"W": np.ones((3, 2)), "b": np.zeros(2)}

    def energy(params):
        return 0.5 * np.sum(params["W"] ** 2) + np.sin(params["b"]).sum()

    def energy_der(params):
        return {"W": params["W"], "b": np.cos(params["b"])}
"""


@pytest.mark.parametrize(
    ("source", "right", "wrong"), [(VARIABLES, "math.cos(y)", "math.sin(y)"), (OWN_POINT, "np.cos", "np.sin")]
)
def test_functions_of_several_numbers_and_of_the_module_s_own_point(find, judge, source, right, wrong):
    """f(x, y) has two variables and a tuple of derivatives; an argument called like a value of the module is that."""
    (result,) = judge(find("plain", textwrap.dedent(source))).values()
    assert result.verdict.value == "pass"
    (result,) = judge(find("plain", textwrap.dedent(source.replace(right, wrong)))).values()
    assert result.verdict.value == "fail"


def test_activations_and_losses_of_two_arguments_are_no_plain_functions(find):
    """sigmoid and sigmoid_prime, mse and mse_prime are helpers of something else."""
    source = (
        "import numpy as np\ndef sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n"
        "def sigmoid_prime(z):\n    return sigmoid(z) * (1 - sigmoid(z))\n"
        "def swish(z):\n    return z * sigmoid(z)\ndef swish_derivative(z):\n    return sigmoid(z)\n"
        "def mse(y, p):\n    return np.mean((y - p) ** 2)\ndef mse_prime(y, p):\n    return 2 * (p - y) / y.size\n"
    )
    assert not find("plain", source)


FILES = ["cs231n/layers.py", "cs231n/fc_net.py", "coursera/planar.py", "coursera/deep.py", "flat/neural_network.py"]


@pytest.mark.parametrize("specimen", [*FILES, "network.py", "own_names.py", "loops.py", "matrix_based.py"])
def test_files_of_other_families_hold_no_plain_functions(find, specimen):
    """Being asked first, it must leave alone what is not its own."""
    assert not find("plain", specimen)


def test_gradients_of_the_wrong_shape_at_a_given_point_are_judged(judge, find, tmp_path):
    """Where the file says at which arrays, a gradient that fits none of them is wrong and not overlooked."""
    source = "import numpy as np\nrng = np.random.default_rng(0)\n"
    source += "at = {'W': rng.normal(size=(2, 3)), 'b': rng.normal(size=(2, 1))}\n"
    source += "def cost(p):\n    return np.sum(p['W'] ** 2) + np.sum(p['b'] ** 2)\n"
    source += "def gradient(p):\n    return {'W': 2 * p['W'], 'b': np.sum(2 * p['b'])}\n"
    path = tmp_path / "functions.py"
    path.write_text(source, encoding="utf-8")
    (result,) = judge(plain.find(load(path), Hints())).values()
    assert result.verdict.value == "fail"
    assert "it has been summed to one number" in result.reason
