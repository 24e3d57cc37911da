"""CS231n's interfaces are found, called the right way round, and judged."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck import check_file
from gradcheck.submissions.adapters import cs231n
from gradcheck.submissions.adapters.cs231n.losses import find_losses
from gradcheck.submissions.adapters.cs231n.pairs import find_pairs
from gradcheck.submissions.loading import load
from gradcheck.submissions.loading.cs231n import FUNCTIONS
from gradcheck.submissions.subjects import Found, Hints

SPECIMENS = Path(__file__).parents[3] / "nets" / "specimens" / "cs231n"
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


def test_the_layers_that_stand_in_for_missing_ones_are_right(judge):
    """Every pair and loss that a file without its neighbours gets is judged like anybody's."""
    found = [
        case for case, _ in (*find_pairs(FUNCTIONS, FUNCTIONS, ""), *find_losses(FUNCTIONS, "")) if case is not None
    ]
    results = judge(Found(cases=tuple(found)))
    assert len(results) > 25
    assert {title: r.reason for title, r in results.items() if r.verdict.value == "fail"} == {}


def test_a_bias_before_a_normalisation_has_a_gradient_of_zero_which_is_right(tmp_path):
    """The normalisation takes it out again: zero beside the rest of the gradient, and wrong where it is not."""
    path = tmp_path / "layer_utils.py"
    source = (SPECIMENS / "layer_utils.py").read_text(encoding="utf-8")
    for slip, verdict in (("", "pass"), ("db = db + 1e-6", "fail")):
        path.write_text(source.replace("return dx, dw, db, dgamma", f"{slip}\n    return dx, dw, db, dgamma"), "utf-8")
        assert check_file(path, isolate="off").verdict.value == verdict


ALONE = """
import numpy as np
from ..layers import *
from ..layer_utils import *


class FullyConnectedNet(object):
    def __init__(self, hidden_dims, input_dim=3 * 32 * 32, num_classes=10, dropout=1, normalization=None, reg=0.0,
                 weight_scale=1e-2, dtype=np.float32, seed=None):
        self.normalization, self.reg, self.num_layers = normalization, reg, 1 + len(hidden_dims)
        dims = [input_dim, *hidden_dims, num_classes]
        self.params = {}
        for i in range(1, self.num_layers + 1):
            self.params['W%d' % i] = (weight_scale * np.random.randn(dims[i - 1], dims[i])).astype(dtype)
            self.params['b%d' % i] = np.zeros(dims[i], dtype=dtype)
            if normalization and i < self.num_layers:
                self.params['gamma%d' % i], self.params['beta%d' % i] = np.ones(dims[i]), np.zeros(dims[i])
        self.dropout_param = {'mode': 'train', 'p': dropout, 'seed': seed} if dropout != 1 else None

    def loss(self, X, y=None):
        out, caches = X, []
        for i in range(1, self.num_layers):
            z, fc = affine_forward(out, self.params['W%d' % i], self.params['b%d' % i])
            norm = None
            if self.normalization == 'layernorm':
                z, norm = layernorm_forward(z, self.params['gamma%d' % i], self.params['beta%d' % i], {})
            out, relu = relu_forward(z)
            drop = None
            if self.dropout_param:
                out, drop = dropout_forward(out, self.dropout_param)
            caches.append((fc, norm, relu, drop))
        last = self.num_layers
        scores, fc = affine_forward(out, self.params['W%d' % last], self.params['b%d' % last])
        if y is None:
            return scores
        loss, dout = softmax_loss(scores, y)
        grads = {}
        dout, grads['W%d' % last], grads['b%d' % last] = affine_backward(dout, fc)
        for i in range(last - 1, 0, -1):
            fc, norm, relu, drop = caches[i - 1]
            if drop is not None:
                dout = dropout_backward(dout, drop)
            dout = relu_backward(dout, relu)
            if norm is not None:
                dout, grads['gamma%d' % i], grads['beta%d' % i] = layernorm_backward(dout, norm)
            dout, grads['W%d' % i], grads['b%d' % i] = affine_backward(dout, fc)
        for i in range(1, last + 1):
            loss += 0.5 * self.reg * np.sum(self.params['W%d' % i] ** 2)
            grads['W%d' % i] += self.reg * self.params['W%d' % i]
        return loss, grads
"""


def test_a_network_without_its_layers_beside_it_is_judged_with_right_ones_in_their_place(tmp_path):
    """The options of its constructor are judged too, and the note says whose layers took part."""
    path = tmp_path / "fc_net.py"
    path.write_text(ALONE, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert "class FullyConnectedNet: normalization = 'layernorm'" in result.interface
    assert "class FullyConnectedNet: dropout = 0.6" in result.interface
    assert "the module layers is not here: CS231n's layers, written right, took its place" in result.notes
    assert result.verdict.value == "pass", result.reason
    assert "class FullyConnectedNet: normalization = 'batchnorm' is not finished" in " ".join(result.notes)


def test_a_slip_behind_an_option_of_the_constructor_is_seen(tmp_path):
    """Right without dropout, wrong with it: the way back forgets the mask."""
    path = tmp_path / "fc_net.py"
    path.write_text(ALONE.replace("dout = dropout_backward(dout, drop)", "pass"), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == "fail"
    assert result.reason.startswith("class FullyConnectedNet: dropout = 0.6: ")


def test_a_gradient_that_is_missing_in_the_dictionary_is_said(tmp_path):
    """The loss answers; one key is not there."""
    path = tmp_path / "fc_net.py"
    path.write_text(
        ALONE.replace("        return loss, grads", "        del grads['b1']\n        return loss, grads"),
        encoding="utf-8",
    )
    result = check_file(path, isolate="off")
    assert result.verdict.value == "fail"
    assert "The gradient has nothing for b1" in result.reason


LINEAR = """
import numpy as np
from cs231n.classifiers.softmax import *


class LinearClassifier:
    def __init__(self):
        self.W = None

    def loss(self, X_batch, y_batch, reg):
        pass


class Softmax(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)


class LinearSVM(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        margins = X_batch.dot(self.W)
        rows = np.arange(len(y_batch))
        margins = np.maximum(0, margins - margins[rows, y_batch][:, None] + 1)
        margins[rows, y_batch] = 0
        positive = (margins > 0).astype(float)
        positive[rows, y_batch] = -positive.sum(axis=1)
        dW = X_batch.T.dot(positive) / len(y_batch) + REG * self.W
        return margins.sum() / len(y_batch) + reg * np.sum(self.W ** 2), dW
"""


@pytest.mark.parametrize(("slope", "verdicts"), [("2 * reg", ["pass", "pass"]), ("reg", ["pass", "fail"])])
def test_a_classifier_whose_matrix_is_made_by_training_gets_one(find, judge, slope, verdicts):
    """W is None until it trains: it is given one; the base class that only passes is not asked."""
    results = judge(find("cs231n", LINEAR.replace("REG", slope)))
    assert [r.verdict.value for r in results.values()] == verdicts


CAPTIONING = """
import numpy as np
from cs231n.rnn_layers import *


class CaptioningRNN(object):
    def __init__(self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type='rnn', dtype=np.float32):
        self.cell_type, self._null = cell_type, word_to_idx['<NULL>']
        size, gates = len(word_to_idx), {'lstm': 4, 'rnn': 1}[cell_type]
        shapes = {'W_embed': (size, wordvec_dim), 'W_proj': (input_dim, hidden_dim), 'b_proj': (hidden_dim,),
                  'Wx': (wordvec_dim, gates * hidden_dim), 'Wh': (hidden_dim, gates * hidden_dim),
                  'b': (gates * hidden_dim,), 'W_vocab': (hidden_dim, size), 'b_vocab': (size,)}
        self.params = {name: np.random.randn(*shape).astype(dtype) for name, shape in shapes.items()}

    def loss(self, features, captions):
        p, grads = self.params, {}
        forward, backward = (rnn_forward, rnn_backward) if self.cell_type == 'rnn' else (lstm_forward, lstm_backward)
        words, first = word_embedding_forward(captions[:, :-1], p['W_embed'])
        h, second = forward(words, features.dot(p['W_proj']) + p['b_proj'], p['Wx'], p['Wh'], p['b'])
        scores, third = temporal_affine_forward(h, p['W_vocab'], p['b_vocab'])
        loss, d = temporal_softmax_loss(scores, captions[:, 1:], captions[:, 1:] != self._null)
        d, grads['W_vocab'], grads['b_vocab'] = temporal_affine_backward(d, third)
        d, dh0, grads['Wx'], grads['Wh'], grads['b'] = backward(d, second)
        grads['W_embed'] = word_embedding_backward(d, first)
        grads['W_proj'], grads['b_proj'] = features.T.dot(dh0), dh0.sum(axis=0)
        return loss, grads
"""


@pytest.mark.parametrize(("slip", "verdict"), [("", "pass"), (" / 2", "fail")])
def test_a_captioning_network_is_built_with_a_small_vocabulary(find, judge, slip, verdict):
    """Both kinds of cell are judged, with captions that end early."""
    results = judge(find("cs231n", CAPTIONING.replace("features.T.dot(dh0)", f"features.T.dot(dh0){slip}")))
    assert {title: r.verdict.value for title, r in results.items()} == {
        "class CaptioningRNN: cell_type = 'rnn'": verdict,
        "class CaptioningRNN: cell_type = 'lstm'": verdict,
    }


FUNCTION = """
import numpy as np


def init_two_layer_model(input_size, hidden_size, output_size):
    model = {}
    model['W1'] = 0.00001 * np.random.randn(input_size, hidden_size)
    model['b1'] = np.zeros(hidden_size)
    model['W2'] = 0.00001 * np.random.randn(hidden_size, output_size)
    model['b2'] = np.zeros(output_size)
    return model


def two_layer_net(X, model, y=None, reg=0.0):
    W1, b1, W2, b2 = model['W1'], model['b1'], model['W2'], model['b2']
    h = np.maximum(0, np.dot(X, W1) + b1)
    scores = np.dot(h, W2) + b2
    if y is None:
        return scores
    p = np.exp(scores - np.max(scores, axis=1)[:, np.newaxis])
    p /= np.sum(p, axis=1)[:, np.newaxis]
    loss = -np.sum(np.log(p[range(len(X)), y])) / len(X) + 0.5 * reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2))
    p[range(len(X)), y] -= 1
    p /= len(X)
    dh = np.dot(p, W2.T) * (h > 0)
    grads = {'W2': np.dot(h.T, p) + reg * W2, 'b2': np.sum(p, axis=0)}
    grads.update({'W1': np.dot(X.T, dh) + reg * W1, 'b1': np.sum(dh, axis=0)})
    return loss, grads
"""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("", "", ""),
        (" * (h > 0)", "", "δ² lacks the factor σ′(z²) (BP2)"),
        ("np.dot(X.T, dh) + reg * W1", "np.dot(X.T, dh)", "∂C/∂w² lacks the L2 term λ w² (L2)"),
    ],
)
def test_a_network_as_a_function_of_its_dictionary_is_a_model(tmp_path, right, wrong, said):
    """The course's first form is put into several sizes by its own initialisation, and its slips are named."""
    path = tmp_path / "neural_net.py"
    path.write_text(FUNCTION.replace(right, wrong) if right else FUNCTION, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.interface.startswith("cs231n: function two_layer_net(X, model, y)")
    assert result.verdict.value == ("fail" if said else "pass")
    assert said in result.reason


def test_gradients_that_a_library_makes_are_refused_in_a_sentence(tmp_path):
    """Nothing in it is hand-written backprop."""
    path = tmp_path / "network3.py"
    path.write_text(
        "import theano.tensor as T\n\n\ndef step(cost, params):\n    return T.grad(cost, params)\n", "utf-8"
    )
    result = check_file(path, isolate="off")
    assert result.verdict.value == "error"
    assert result.reason.endswith("its gradients are made by theano, not by hand.")


LAYER_SLIPS = {
    "mean for sum": ("db = dout.sum(axis=0)", "db = dout.mean(axis=0)", "The gradient of b is m = 3 times too small"),
    "mask of dout": ("dx = dout * (x > 0)", "dx = dout * (dout > 0)", "made from the upstream gradient, not z"),
    "no upstream": ("dx = dout * (x > 0)", "dx = (x > 0)", "the upstream gradient is not multiplied in"),
    "dropout not scaled": ("dx = dout * mask", "dx = dout * (mask > 0)", "lacks the factor 1/(1 − p) of the mask"),
}  # fmt: skip


@pytest.mark.parametrize("slip", LAYER_SLIPS)
def test_slips_of_layers_are_named(tmp_path, slip):
    """Right for one example is not right; what is wrong in which array is said."""
    right, wrong, said = LAYER_SLIPS[slip]
    source = (SPECIMENS / "layers.py").read_text(encoding="utf-8").replace(right, wrong, 1)
    path = tmp_path / "layers.py"
    path.write_text(source.partition("def batchnorm_forward")[0] + _dropout(source), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == "fail"
    assert said in result.reason


def _dropout(source):
    """The dropout layer of the specimen."""
    return "def dropout_forward" + source.partition("def dropout_forward")[2].partition("def conv_forward")[0]


def test_a_regularisation_that_is_missing_in_a_linear_classifier_is_named(tmp_path):
    """The matrix itself explains what its gradient lacks."""
    path = tmp_path / "linear_classifier.py"
    path.write_text(LINEAR.replace("REG", "reg"), encoding="utf-8")
    assert "W has 0.3 times its own parameter too little (an L2 term)" in check_file(path, isolate="off").reason
