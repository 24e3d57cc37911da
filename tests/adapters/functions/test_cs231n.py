"""CS231n's interfaces are found, called the right way round, and judged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.submissions.adapters import cs231n
from gradcheck.submissions.loading import load
from gradcheck.submissions.subjects import Hints

RIGHT = ("cs231n/layers.py", "cs231n/layer_utils.py", "cs231n/fc_net.py")


@pytest.mark.parametrize("specimen", RIGHT)
def test_correct_layers_and_networks_pass(find, judge, specimen):
    """Everything in a correct file is understood and right."""
    results = judge(find("cs231n", specimen))
    assert results
    assert {title: r.reason for title, r in results.items() if r.verdict.value == "fail"} == {}


def test_every_pair_of_a_file_is_found(find):
    """Affine, ReLU, both batch-norms, layer-norm, dropout, convolution, spatial norms and two losses."""
    found = find("cs231n", "cs231n/layers.py")
    assert [case.info.id for case in found.cases] == [
        "affine_backward", "relu_backward", "batchnorm_backward", "batchnorm_backward_alt", "layernorm_backward",
        "dropout_backward", "conv_backward_naive", "spatial_batchnorm_backward", "spatial_groupnorm_backward",
        "softmax_loss", "svm_loss",
    ]  # fmt: skip
    assert len(found.unfinished) == 1
    assert found.unfinished[0].startswith("max_pool_backward_naive: ")


def test_a_recurrent_term_that_is_dropped_is_seen_in_the_sequence_and_not_in_the_step(find, judge):
    """The step is right; the sequence that forgets the gradient from later steps is not."""
    results = judge(find("cs231n", "cs231n/rnn_layers.py"))
    wrong = {title.split(" ")[0] for title, r in results.items() if r.verdict.value == "fail"}
    assert wrong == {"rnn_forward"}


def test_a_halved_regularisation_is_seen_only_with_lambda(find, judge):
    """The class is right at λ = 0 and wrong in the weights at λ > 0."""
    results = judge(find("cs231n", "cs231n/two_layer_net.py"))
    verdicts = {title.rpartition(", ")[2]: r for title, r in results.items()}
    assert verdicts["λ = 0"].verdict.value == "pass"
    assert "in params['W1'], params['W2']" in verdicts["λ = 0.5"].reason


def test_templates_are_unfinished_and_not_wrong(find, judge):
    """A loss that returns None or zeros is listed; the two that answer are judged."""
    found = find("cs231n", "cs231n/linear_classifier.py")
    assert [sentence.split(":")[0] for sentence in found.unfinished] == ["svm_loss_vectorized", "softmax_loss_naive"]
    verdicts = {title.partition(":")[0]: r.verdict.value for title, r in judge(found).items()}
    assert verdicts == {"svm_loss_naive": "pass", "softmax_loss_vectorized": "fail"}


def test_labels_scores_and_orientation_of_a_class_are_turned(find):
    """Columns become rows, one-hot targets labels; scores come back as columns."""
    model = find("cs231n", "cs231n/fc_net.py").models[1]
    net = model.build((6, 5, 4, 3), 0)
    at, x = net.parameters(), np.random.default_rng(0).standard_normal((6, 7))
    assert list(at) == [f"params['{kind}{layer}']" for layer in (1, 2, 3) for kind in "Wb"]
    assert net.forward(at, x).shape == (3, 7)
    assert net.gradient(at, x, np.eye(3)[:, np.arange(7) % 3], 0.1)["params['W1']"].shape == (6, 5)


DENSE = """
import numpy as np
def {f}({x}, {w}, {b}):
    return {x}.dot({w}{t}) + {b}, ({x}, {w}, {b})
def {g}({d}, {c}):
    {x}, {w}, {b} = {c}
    grad_in = {d}.dot({w}{u})
    grad_w = {wrong}{x}.T.dot({d}){t}
    grad_b = {d}.sum(axis=0)
    return {order}
"""
STEMS = [("affine_forward", "affine_backward"), ("fc_forward", "fc_backward"), ("linear", "linear_backward")]
ORDERS = ["grad_in, grad_w, grad_b", "grad_w, grad_b, grad_in", "[grad_in, grad_w, grad_b]"]


STYLES = st.fixed_dictionaries(
    {
        "stem": st.sampled_from(STEMS),
        "names": st.sampled_from(
            [("x", "w", "b"), ("X", "W", "b"), ("inputs", "weights", "bias"), ("a_prev", "W", "b")]
        ),
        "handed": st.sampled_from([("dout", "cache"), ("dZ", "cache"), ("grad_output", "saved")]),
        "order": st.sampled_from(ORDERS),
        "transposed": st.booleans(),
        "wrong": st.booleans(),
    }
)


@given(style=STYLES)
def test_names_orders_and_transposes_do_not_change_a_verdict(tmp_path_factory, style):
    """A dense layer under any of its usual names is right, and its mutant wrong."""
    x, w, b = style["names"]
    (f, g), (d, c) = style["stem"], style["handed"]
    t, u = (".T", "") if style["transposed"] else ("", ".T")
    sign = "-" * style["wrong"]
    source = DENSE.format(f=f, g=g, x=x, w=w, b=b, d=d, c=c, order=style["order"], t=t, u=u, wrong=sign)
    path = tmp_path_factory.mktemp("dense") / "submission.py"
    path.write_text(source, encoding="utf-8")
    (case,) = cs231n.find(load(path), Hints()).cases
    point = case.point(0)
    gradient = case.gradient(point, 0)
    weights = np.asarray(gradient[w])
    assert weights.shape == point[w].shape
    step = np.zeros_like(point[w])
    step[0, 1] = 1e-5
    slope = (case.cost(point | {w: point[w] + step}, 0) - case.cost(point | {w: point[w] - step}, 0)) / 2e-5
    assert np.isclose(slope, weights[0, 1] * (-1 if style["wrong"] else 1))


def test_a_pair_that_raises_or_answers_nothing_is_no_case(find):
    """Exceptions of the submission stay inside."""
    found = find(
        "cs231n",
        "import numpy as np\n"
        "def affine_forward(x, w, b):\n    raise ValueError('no')\n"
        "def affine_backward(dout, cache):\n    return None\n"
        "def relu_forward(x):\n    return None, None\n"
        "def relu_backward(dout, cache):\n    return None\n",
    )
    assert not found
    assert found.unfinished == ("relu_forward returns nothing yet",)


def test_helpers_of_a_class_are_not_mistaken_for_the_submission(find):
    """relu and relu_backward beside a class that trains say nothing about that class."""
    found = find(
        "cs231n",
        "import numpy as np\n"
        "def relu(x):\n    return np.maximum(0, x)\n"
        "def relu_backward(dout, x):\n    return dout * (x > 0)\n"
        "class Net:\n    def backward(self, x):\n        return x\n",
    )
    assert not found
