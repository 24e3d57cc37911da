"""Networks written as functions of a dictionary, or of W1, b1..., are found whatever the order of their arguments."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.submissions.adapters import coursera
from gradcheck.submissions.adapters.common.classes import class_numbers
from gradcheck.submissions.check import check_file
from gradcheck.submissions.loading import load
from gradcheck.submissions.subjects import BadReturnError, Hints

SPECIMENS = Path(__file__).parents[3] / "nets" / "specimens" / "coursera"


def only_model(source, folder):
    """The one model in some source text."""
    path = folder / "submission.py"
    path.write_text(source, encoding="utf-8")
    (model,) = coursera.find(load(path), Hints()).models
    return model


@pytest.mark.parametrize("specimen", ["planar.py", "deep.py", "separate_arrays.py", "logistic.py"])
def test_correct_submissions_pass(find, judge, specimen):
    """A gradient that is right is found right, by the submission's own cost."""
    results = judge(find("coursera", f"coursera/{specimen}"))
    assert {title: r.verdict.value for title, r in results.items()} == dict.fromkeys(results, "pass")
    assert results


def test_one_output_and_one_hidden_layer_are_seen_from_the_code(find):
    """An assertion that n_y is 1, and a fixed depth, limit what is built; the deep version takes any depth."""
    planar = find("coursera", "coursera/planar.py").models[0].info
    deep = find("coursera", "coursera/deep.py").models[0].info
    assert (planar.hidden_layers, planar.outputs, planar.forward, planar.cost) == (1, 1, True, True)
    assert (deep.hidden_layers, deep.outputs) == (None, 1)


def test_a_slope_of_another_function_is_seen_in_the_first_layer(find, judge):
    """1 − a in place of 1 − a² leaves the output layer right."""
    (result,) = judge(find("coursera", "coursera/planar_slope.py")).values()
    assert result.verdict.value == "fail"
    assert "in W1, b1; W2, b2 are right" in result.reason


def test_variants_of_one_file_are_told_apart(find, judge):
    """Plain, L2 and dropout have their own functions; only the dropout that forgets a division fails."""
    results = judge(find("coursera", "coursera/regularisation.py"))
    failed = [title for title, r in results.items() if r.verdict.value == "fail"]
    assert failed == [
        "forward_propagation_with_dropout, compute_cost, backward_propagation_with_dropout: 0.7 of the units kept"
    ]
    assert sum(", λ = 0.5" in title for title in results) == 1


def test_a_forward_function_that_returns_the_cost_is_understood(find, judge):
    """The cost comes first, the output out of the cache; both planted slips are seen."""
    (result,) = judge(find("coursera", "coursera/gradient_checking.py")).values()
    assert "in b1, W2; W1, b2, W3, b3 are right" in result.reason


NETWORK = """
import numpy as np
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def {forward}({forward_arguments}):
    A1 = np.tanh({p}["{w}1"] @ {x} + {p}["{b}1"])
    A2 = sigmoid({p}["{w}2"] @ A1 + {p}["{b}2"])
    return A2, {{"A1": A1, "A2": A2}}
def {cost}({cost_arguments}):
    return -np.sum({y} * np.log({a}) + (1 - {y}) * np.log(1 - {a})) / {y}.shape[1]
def {backward}({backward_arguments}):
    A1, A2 = cache["A1"], cache["A2"]
    d2 = (A2 - {y}) / {x}.shape[1]
    d1 = {p}["{w}2"].T @ d2 * {slope}
    return {{"{d}{w}1": d1 @ {x}.T, "{d}{b}1": d1.sum(axis=1, keepdims=True),
            "{d}{w}2": d2 @ A1.T, "{d}{b}2": d2.sum(axis=1, keepdims=True)}}
"""
STYLES = st.fixed_dictionaries(
    {
        "functions": st.sampled_from(
            [
                ("forward_propagation", "compute_cost", "backward_propagation"),
                ("forward_prop", "cost", "back_prop"),
                ("feedforward", "cross_entropy_loss", "backprop"),
            ]
        ),
        "names": st.sampled_from([("X", "Y", "parameters"), ("x", "y", "params"), ("data", "labels", "p")]),
        "keys": st.sampled_from([("W", "b", "d"), ("w", "b", "d"), ("W", "b", "grad_"), ("W", "b", "d_")]),
        "orders": st.tuples(st.permutations(range(2)), st.permutations(range(2)), st.permutations(range(4))),
        "wrong": st.booleans(),
    }
)


def written(style):
    """The network in that style."""
    (x, y, p), (w, b, d), (forward, cost, backward) = style["names"], style["keys"], style["functions"]
    lists = ((x, p), ("A2", y), (p, "cache", x, y))
    orders = [", ".join(names[i] for i in order) for names, order in zip(lists, style["orders"], strict=True)]
    return NETWORK.format(
        x=x, y=y, p=p, w=w, b=b, d=d, a="A2", forward=forward, cost=cost, backward=backward,
        forward_arguments=orders[0], cost_arguments=orders[1], backward_arguments=orders[2],
        slope="(1 - A1)" if style["wrong"] else "(1 - A1 ** 2)",
    )  # fmt: skip


@given(style=STYLES)
def test_names_and_orders_of_arguments_do_not_change_a_verdict(tmp_path_factory, style):
    """The same network in any style is the same model, and right or wrong as before."""
    model = only_model(written(style), tmp_path_factory.mktemp("network"))
    net = model.build((6, 4, 3), 0)
    at, (x, y) = net.parameters(), (np.random.default_rng(0).standard_normal((6, 5)), np.eye(3)[:, [0, 1, 2, 1, 0]])
    gradient = net.gradient(at, x, y, 0.0)
    for name, right in (("1", not style["wrong"]), ("2", True)):
        weights = f"{style['keys'][0]}{name}"
        step = np.zeros_like(at[weights])
        step[0, 1] = 1e-5
        up, down = (net.cost(at | {weights: at[weights] + s * step}, x, y, 0.0) for s in (1, -1))
        assert np.isclose((up - down) / 2e-5, gradient[weights][0, 1], rtol=1e-4) == right


def test_a_backward_function_that_returns_none_is_unfinished(find):
    """A template is listed and not judged."""
    source = (SPECIMENS / "planar.py").read_text(encoding="utf-8").replace("return grads", "return None")
    found = find("coursera", source)
    assert not found
    assert found.unfinished == ("backward_propagation returns nothing yet",)


def test_a_missing_key_is_said_when_the_gradient_is_asked_for(find):
    """A bias gradient that is returned under no key is a bad answer, in a sentence."""
    source = (SPECIMENS / "planar.py").read_text(encoding="utf-8").replace('"db2": db2', '"dZ2": dZ2')
    found = find("coursera", source)
    (model,) = found.models
    net = model.build((6, 4, 1), 0)
    with pytest.raises(BadReturnError, match="nothing for b2"):
        net.gradient(net.parameters(), np.ones((6, 5)), np.ones((1, 5)), 0.0)


def test_functions_of_other_families_are_left_alone(find):
    """CS231n's layers and classes hold no network of functions."""
    for specimen in ("layers.py", "fc_net.py", "linear_classifier.py", "rnn_layers.py"):
        assert not find("coursera", f"cs231n/{specimen}")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("", "", "agree with the exact gradient"),
        ("np.sum(dZ2, axis=1, keepdims=True)", "np.sum(dZ2)", "is summed over the neurons too"),
        (" * (Z1 > 0)", "", "δ² lacks the factor σ′(z²) (BP2)"),
    ],
)
def test_a_global_number_of_examples_and_class_numbers_are_supplied(tmp_path, before, after, said):
    """m is read from data that are not here, and the classes are counted in the batch."""
    text = (SPECIMENS / "global_count.py").read_text(encoding="utf-8")
    path = tmp_path / "digits.py"
    path.write_text(text.replace(before, after) if before else text, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert said in result.reason
    assert result.network.startswith("relu, softmax, any number of examples")
    assert result.verdict.value == ("fail" if before else "pass")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("", "", "All 167 entries of 8 arrays are right"),
        ("(1 - c ** 2)", "c", "entries are wrong"),
        ("dc.sum(axis=1, keepdims=True)", "2 * dc.sum(axis=1, keepdims=True)", "bc is twice what it should be"),
    ],
)
def test_a_recurrent_cell_on_a_dictionary_is_judged(tmp_path, before, after, said):
    """A cell whose parameters, inputs and states get their gradients in one dictionary."""
    text = (SPECIMENS / "gated_cell.py").read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "cell.py"
    path.write_text(text.replace(before, after) if before else text, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert said in result.reason
    assert result.verdict.value == ("fail" if before else "pass")


def test_class_numbers_keep_their_largest_and_nothing_else():
    """A batch or a part of it without the last class counts all of them; what is computed from it is ordinary."""
    numbers = class_numbers(np.array([0, 1, 1]), 4)
    assert (numbers.max(), np.max(numbers), numbers.reshape(-1, 1).astype(int).max()) == (4, 4, 4)
    assert type(numbers + 1) is np.ndarray
    assert (numbers[:2].max(), (numbers * 2).max()) == (4, 2)
    assert np.unique(numbers).tolist() == [0, 1, 2, 3, 4]
    numbers += 1
    assert np.asarray(numbers).tolist() == [1, 2, 2]


DESCRIBED = """
import numpy as np
LAYERS = [{{"n_from": 2, "n_to": 7, "act": "relu"}}, {{"n_from": 7, "n_to": 1, "act": "sigmoid"}}]
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def init_layers(nn_architecture):
    return {{f"{{k}}{{i}}": np.random.randn(l["n_to"], l["n_from"] if k == "W" else 1)
            for i, l in enumerate(nn_architecture, 1) for k in "Wb"}}
def full_forward(X, params, nn_architecture):
    A, memory = X, {{}}
    for i, layer in enumerate(nn_architecture, 1):
        Z = params["W%d" % i] @ A + params["b%d" % i]
        memory["A%d" % (i - 1)], memory["Z%d" % i] = A, Z
        A = np.maximum(0, Z) if layer["act"] == "relu" else sigmoid(Z)
    return A, memory
def get_cost(Y_hat, Y):
    return -np.mean(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat))
def full_backward(Y_hat, Y, memory, params, nn_architecture):
    grads, m = {{}}, Y.shape[1]
    dA = (Y_hat - Y) / (Y_hat * (1 - Y_hat))
    for i, layer in reversed(list(enumerate(nn_architecture, 1))):
        Z = memory["Z%d" % i]
        dZ = dA * (Z > 0) if layer["act"] == "relu" else dA * sigmoid(Z) * (1 - sigmoid(Z))
        grads["dW%d" % i] = dZ @ memory["A%d" % (i - 1)].T / m
        grads["db%d" % i] = {bias}
        dA = params["W%d" % i].T @ dZ
    return grads
"""


@pytest.mark.parametrize(
    ("bias", "verdict"), [("dZ.sum(axis=1, keepdims=True) / m", "pass"), ("dZ.sum(axis=1, keepdims=True)", "fail")]
)
def test_an_architecture_of_dictionaries_is_followed(tmp_path, bias, verdict):
    """Each layer says its sizes and its activation; networks of other depths are described alike."""
    path = tmp_path / "described.py"
    path.write_text(DESCRIBED.format(bias=bias), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert result.network.startswith("relu, relu, sigmoid")
    assert ("1/m is missing" in result.reason) == (verdict == "fail")


LETTERS = """
import numpy as np
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def initialize(dims):
    return {{f"{{k}}{{l}}": np.random.randn(dims[l], dims[l - 1] if k == "W" else 1)
            for l in range(1, len(dims)) for k in "Wb"}}
def feedforward(p, X, L):
    c = {{"a0": X}}
    for l in range(1, L + 1):
        c["a%d" % l] = sigmoid(p["W%d" % l] @ c["a%d" % (l - 1)] + p["b%d" % l])
    return c
def loss(a, Y):
    return np.sum((a - Y) ** 2) / 2 / Y.shape[1]
def backprop(p, c, Y, L):
    delta, grads = c["a%d" % L] - Y, {{}}
    for l in range(L, 0, -1):
        delta = delta * {slope}
        grads["W%d" % l] = delta @ c["a%d" % (l - 1)].T / Y.shape[1]
        grads["b%d" % l] = delta.mean(axis=1, keepdims=True)
        delta = p["W%d" % l].T @ delta
    return grads
"""


@pytest.mark.parametrize(
    ("slope", "verdict"), [('c["a%d" % l] * (1 - c["a%d" % l])', "pass"), ('(1 - c["a%d" % l])', "fail")]
)
def test_letters_and_a_number_of_layers_are_understood(tmp_path, slope, verdict):
    """p, c and L: a letter need not be the size that it stands for elsewhere."""
    path = tmp_path / "letters.py"
    path.write_text(LETTERS.format(slope=slope), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert result.network.startswith("sigmoid, any number of examples; quadratic cost, mean")
