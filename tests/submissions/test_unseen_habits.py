"""Habits of files that nobody here had seen: each is judged right where it is right, and its slip is named."""

from pathlib import Path

import pytest

from gradcheck.results import CheckResult, Verdict
from gradcheck.submissions.check import check_file


@pytest.fixture
def checked(tmp_path):
    """The result for a file with that text, after a replacement."""

    def check(text: str, *change: str) -> CheckResult:
        path: Path = tmp_path / "submission.py"
        assert not change or change[0] in text
        path.write_text(text.replace(*change) if change else text, encoding="utf-8")
        return check_file(path, isolate="off")

    return check


DERIVED = """
import numpy as np
from ..base import Layer, Named

class LeakyELU(Layer, Named):
    def __init__(self, slope: float = 0.7, name=None):
        super().__init__(name=name, trainable=False)
        self.slope = slope

    def forward(self, inputs):
        self.kept, self.output = inputs, np.where(inputs > 0, inputs, self.slope * (np.exp(inputs) - 1))
        return self.output

    def backward(self, grad_output, optimizer=None):
        return np.where(self.kept > 0, grad_output, grad_output * (self.output + self.slope))
"""


def test_a_base_class_that_is_not_here_takes_what_its_constructor_is_given(checked):
    """``super().__init__(name=name)`` of a base in a module that is missing stops nothing."""
    assert checked(DERIVED).verdict is Verdict.PASS
    assert checked(DERIVED, "(self.output + self.slope)", "self.output").verdict is Verdict.FAIL


WORDS = """
import numpy as np

class WordModel:
    def __init__(self, wdim, hdim, bptt_trunc=4):
        self.trunc = bptt_trunc
        self.U = np.random.uniform(-0.5, 0.5, (hdim, wdim))
        self.V = np.random.uniform(-0.5, 0.5, (wdim, hdim))
        self.W = np.random.uniform(-0.5, 0.5, (hdim, hdim))

    def forward(self, words):
        s, o = np.zeros((len(words) + 1, len(self.W))), np.zeros((len(words), len(self.V)))
        for t, word in enumerate(words):
            s[t] = np.tanh(self.U[:, word] + self.W @ s[t - 1])
            e = np.exp(self.V @ s[t])
            o[t] = e / e.sum()
        return [o, s]

    def bptt(self, words, following):
        o, s = self.forward(words)
        dU, dV, dW = np.zeros_like(self.U), np.zeros_like(self.V), np.zeros_like(self.W)
        o[np.arange(len(following)), following] -= 1
        for t in range(len(following))[::-1]:
            dV += np.outer(o[t], s[t])
            d = self.V.T @ o[t] * (1 - s[t] ** 2)
            for k in range(max(0, t - self.trunc), t + 1)[::-1]:
                dW += np.outer(d, s[k - 1])
                dU[:, words[k]] += d
                d = self.W.T @ d * (1 - s[k - 1] ** 2)
        return dU, dV, dW
"""


def test_outputs_and_states_may_come_back_in_a_list(checked):
    """A network of words that truncates after some steps is run without truncation, and its dropped slope is seen."""
    assert checked(WORDS).verdict is Verdict.PASS
    wrong = checked(WORDS, "self.V.T @ o[t] * (1 - s[t] ** 2)", "self.V.T @ o[t]")
    assert wrong.verdict is Verdict.FAIL


COLOURED = """
import numpy as np

class Conv3:
    def __init__(self, n_filters):
        self.filters = np.random.randn(n_filters, 3, 3, 3) / 5

    def patches(self, image):
        for i in range(image.shape[0] - 2):
            for j in range(image.shape[1] - 2):
                yield i, j, image[i : i + 3, j : j + 3]

    def forward(self, image):
        self.kept = image
        out = np.zeros((image.shape[0] - 2, image.shape[1] - 2, len(self.filters)))
        for i, j, patch in self.patches(image):
            out[i, j] = np.sum(patch * self.filters, axis=(1, 2, 3))
        return out

    def backward(self, d_out, learn_rate):
        d_filters, d_image = np.zeros_like(self.filters), np.zeros_like(self.kept)
        for i, j, patch in self.patches(self.kept):
            for f in range(len(self.filters)):
                d_filters[f] += d_out[i, j, f] * patch
                d_image[i : i + 3, j : j + 3] += d_out[i, j, f] * self.filters[f]
        self.filters -= learn_rate * d_filters
        return d_image
"""


def test_kernels_for_three_colours_get_images_of_three(checked):
    """A convolution whose three channels are written into it is checked; pixels scaled on the way in only are seen."""
    assert checked(COLOURED).verdict is Verdict.PASS
    scaled = checked(COLOURED, "self.kept = image\n", "image = image / 255.0\n        self.kept = image\n")
    assert scaled.verdict is Verdict.FAIL
    assert "The gradient of image is 255 times" in scaled.reason or "The gradient of x is 255 times" in scaled.reason


ONE_ROW = """
import numpy as np

class Dense:
    def __init__(self, w, b, lr):
        self.w, self.b, self.lr = w, b, lr

    def forward(self, given):
        self.given = given
        return given @ self.w + self.b

    def backward(self, gradients):
        back = gradients @ self.w.T
        self.w = self.w - self.lr * self.given.T @ gradients
        self.b = self.b - self.lr * gradients
        return back

def learn(layer, X, y):
    for i in range(len(X)):
        row = np.expand_dims(X[i], axis=0)
        layer.backward(2 * (layer.forward(row) - y[i]))
"""


def test_a_layer_that_is_handed_one_row_at_a_time_is_judged_on_one_row(checked):
    """A bias that moves by the gradient of one example is right where the file makes batches of one, and else not."""
    assert checked(ONE_ROW).verdict is Verdict.PASS
    assert checked(ONE_ROW, "back = gradients @ self.w.T", "back = gradients @ self.w.T * 2").verdict is Verdict.FAIL
    batches = checked(ONE_ROW, "row = np.expand_dims(X[i], axis=0)", "row = X")
    assert batches.verdict is Verdict.FAIL
    assert "the sum over the examples is missing" in batches.reason


HINGE = """
import numpy as np

def svm_loss_naive(W, X, y, reg):
    loss, moved, step = 0.0, 0.0, 1e-6
    for i in range(len(X)):
        for j in range(W.shape[1]):
            if j != y[i]:
                margin = X[i] @ W[:, j] - X[i] @ W[:, y[i]] + 1
                loss += max(0, margin)
                moved += max(0, margin + step)
    dW = (moved - loss) / step
    return loss, dW
"""


def test_a_matrix_whose_gradient_is_one_number_fails(checked):
    """``return loss, dW`` with a difference of two losses for dW is understood and named."""
    result = checked(HINGE)
    assert result.verdict is Verdict.FAIL
    assert "The gradient of W is one number" in result.reason


DICTIONARY = """
import numpy as np

def two_layer_net(X, model, y=None, reg=0.0):
    W1, b1, W2, b2 = model['W1'], model['b1'], model['W2'], model['b2']
    hidden = np.maximum(X @ W1 + b1, 0)
    scores = hidden @ W2 + b2
    if y is None:
        return scores
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(X)), y]).mean() + 0.5 * reg * ((W1 ** 2).sum() + (W2 ** 2).sum())
    p[np.arange(len(X)), y] -= 1
    p /= len(X)
    back = p @ W2.T * (hidden > 0)
    return loss, {'W2': hidden.T @ p + reg * W2, 'b2': p.sum(0), 'W1': X.T @ back + reg * W1, 'b1': back.sum(0)}

def init_toy_model():
    rows = np.linspace(-0.2, 0.6, 40).reshape(4, 10)
    return {'W1': rows, 'b1': np.zeros(10), 'W2': rows[:3].T.copy(), 'b2': np.zeros(3)}
"""


def test_a_network_whose_maker_knows_one_size_is_judged_and_a_lost_name_is_told(checked):
    """A toy model of fixed sizes is no hindrance; a name that the file gives nothing is said with its line."""
    assert checked(DICTIONARY).verdict is Verdict.PASS
    lost = checked(DICTIONARY, "0.5 * reg *", "0.5 * reg_lambda *")
    assert lost.verdict is Verdict.FAIL
    assert "name 'reg_lambda' is not defined" in lost.reason
    assert "line 12" in lost.reason


AT_ONCE = """
import numpy as np

class Dense:
    def __init__(self, n_in, n_out):
        self.w, self.b = np.random.randn(n_in, n_out), np.zeros((1, n_out))

    def forward(self, given):
        self.given = given
        return given @ self.w + self.b

    def backward(self, output_gradient, learning_rate):
        d_w, d_b = self.given.T @ output_gradient, output_gradient.sum(axis=0, keepdims=True)
        d_x = output_gradient @ self.w.T
        self.w -= learning_rate * d_w
        self.b -= learning_rate * d_b
        return d_x
"""


def test_a_layer_that_updates_at_once_is_not_excused_on_one_example(checked):
    """The mean where the sum belongs is right for one row: what fits several rows is judged on them."""
    assert checked(AT_ONCE).verdict is Verdict.PASS
    wrong = checked(AT_ONCE, "output_gradient.sum(axis=0", "output_gradient.mean(axis=0")
    assert wrong.verdict is Verdict.FAIL
    assert "m = 3 times too small" in wrong.reason


def test_the_rate_that_is_written_into_a_layer_is_read_off_what_is_right(checked):
    """One wrong array does not make the others look wrong by a factor."""
    fixed = AT_ONCE.replace(", learning_rate)", ")").replace("learning_rate *", "0.01 *")
    assert checked(fixed).verdict is Verdict.PASS
    wrong = checked(fixed, "self.given.T @ output_gradient,", "np.abs(self.given.T) @ output_gradient,")
    assert wrong.verdict is Verdict.FAIL
    assert {a.name for a in wrong.arrays if a.wrong} == {"w"}


BOTH = """
import numpy as np

class SmallNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {'W1': np.random.randn(input_size, hidden_size), 'b1': np.zeros((1, hidden_size)),
                       'W2': np.random.randn(hidden_size, output_size), 'b2': np.zeros((1, output_size))}

    def forward(self, X):
        self.X, self.h = X, np.tanh(X @ self.params['W1'] + self.params['b1'])
        e = np.exp(self.h @ self.params['W2'] + self.params['b2'])
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def compute_loss_and_accuracy(self, X, y):
        p = self.forward(X)
        return -np.log(p[range(len(y)), y]).sum() / len(y), np.mean(p.argmax(axis=1) == y)

    def backward(self, y):
        d = self.p.copy()
        d[range(len(y)), y] -= 1
        d /= len(y)
        back = d @ self.params['W2'].T * (1 - self.h ** 2)
        return {'W2': self.h.T @ d, 'b2': d.sum(0, keepdims=True), 'W1': self.X.T @ back,
                'b1': back.sum(0, keepdims=True)}
"""


def test_a_loss_that_comes_with_an_accuracy_is_the_cost(checked):
    """``return loss, accuracy`` reports the cost: a sum differentiated where the mean is reported is told."""
    assert checked(BOTH).verdict is Verdict.PASS
    wrong = checked(BOTH, "        d /= len(y)\n", "")
    assert wrong.verdict is Verdict.FAIL


OPTION = """
import numpy as np

class Net:
    def __init__(self, n_in, n_hidden, n_out, activation='relu'):
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros((1, n_hidden))
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros((1, n_out))
        self.activation = activation

    def act(self, z):
        return np.maximum(0, z) if self.activation == 'relu' else 1 / (1 + np.exp(-z))

    def slope(self, z):
        if self.activation == 'sigmoid':
            return self.act(z) * (1 - self.act(z))
        return (z > 0).astype(float)

    def forward(self, X):
        self.X, self.z = X, X @ self.W1 + self.b1
        self.a = self.act(self.z)
        self.out = self.a @ self.W2 + self.b2
        return self.out

    def loss(self, X, y):
        return 0.5 * np.sum((self.forward(X) - y) ** 2)

    def backward(self, X, y):
        d = self.forward(X) - y
        back = d @ self.W2.T * self.slope(self.z)
        return X.T @ back, back.sum(0, keepdims=True), self.a.T @ d, d.sum(0, keepdims=True)
"""


def test_the_other_activations_of_an_option_are_judged_too(checked):
    """What is wrong for one word of ``activation='relu'`` only is found, and said with that word."""
    assert checked(OPTION).verdict is Verdict.PASS
    wrong = checked(OPTION, "self.slope(self.z)", "self.slope(self.a)")
    assert wrong.verdict is Verdict.FAIL
    assert "activation='sigmoid'" in wrong.reason


OPTIMIZER = """
import numpy as np

class Dense:
    def __init__(self, n_inputs, n_neurons):
        self.weights, self.biases = np.random.randn(n_inputs, n_neurons), np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs, self.output = inputs, inputs @ self.weights + self.biases

    def backward(self, dvalues):
        self.dweights, self.dbiases = self.inputs.T @ dvalues, dvalues.sum(axis=0, keepdims=True)
        self.dinputs = dvalues @ self.weights.T

class SGD:
    def __init__(self, learning_rate=1.0):
        self.learning_rate = learning_rate

    def update_params(self, layer):
        layer.weights += -self.learning_rate * layer.dweights
        layer.biases += -self.learning_rate * layer.dbiases

class SignedSGD(SGD):
    def update_params(self, layer):
        layer.weights -= 0.1 * np.sign(layer.dweights)
        layer.biases -= 0.3 * np.sign(layer.dbiases)
"""


def test_an_optimizer_that_climbs_in_the_biases_is_found(checked):
    """Right layers do not hide an update with the wrong sign; other lengths of a step are nobody's mistake."""
    assert checked(OPTIMIZER).verdict is Verdict.PASS
    wrong = checked(OPTIMIZER, "+= -self.learning_rate * layer.dbiases", "+= self.learning_rate * layer.dbiases")
    assert wrong.verdict is Verdict.FAIL
    assert "SGD.update_params" in wrong.reason
    assert "biases has the wrong sign" in wrong.reason
