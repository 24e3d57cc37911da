"""Layer classes are built, called the right way round, and judged one by one."""

from pathlib import Path

import pytest

from gradcheck.submissions.adapters import layers
from gradcheck.submissions.loading import load
from gradcheck.submissions.subjects import BadReturnError, Hints

SPECIMENS = Path(__file__).parents[2] / "nets" / "specimens"


def of_specimen(name):
    """What is found in a specimen of layers."""
    return layers.find(load(SPECIMENS / "layers" / name), Hints())


def verdicts(results):
    """The verdict of every case in a word."""
    return {case: result.verdict.value for case, result in results.items()}


def test_every_layer_of_a_correct_file_passes(cases_judged):
    """Dense, activations, softmax, batch-norm, dropout and a loss, and not the container or the base."""
    found = of_specimen("mnist_layers.py")
    assert verdicts(cases_judged(found)) == {
        "Linear.backward": "pass", "ReLU.backward": "pass", "Tanh.backward": "pass", "Softmax.backward": "pass",
        "BatchNorm.backward": "pass", "Dropout.backward": "pass", "CrossEntropy.backward": "pass",
    }  # fmt: skip
    assert "BatchNorm.backward (rows are examples)" in [case.info.title for case in found.cases]


def test_weights_updated_before_they_are_used_on_the_way_back(cases_judged):
    """Only the input's gradient is wrong; what is read off the update is right."""
    results = cases_judged(of_specimen("updated_too_early.py"))
    assert verdicts(results) == {"FullyConnected.backward": "fail", "Tanh.backward": "pass"}
    assert "5 of 29 entries are wrong, in x; weights, bias are right" in results["FullyConnected.backward"].reason


def test_a_bias_gradient_that_is_one_number_and_a_mean_over_the_wrong_axis(cases_judged):
    """A layer that makes its weights in the first forward pass, and a loss with (y_true, y_pred)."""
    results = cases_judged(of_specimen("bias_one_number.py"))
    assert verdicts(results) == {"DenseLayer.backward": "fail", "MSELoss.gradient": "fail"}
    assert "biases" in results["DenseLayer.backward"].reason


MNIST = (SPECIMENS / "layers" / "mnist_layers.py").read_text(encoding="utf-8")
MUTANTS = {
    "doubled": ("self.x.T @ grad", "(self.x.T @ grad) * 2", "Linear.backward", "in params['W']"),
    "bias": ("grad.sum(axis=0)\n        return grad @", "grad.mean(axis=0)\n        return grad @", "Linear.backward",
             "in params['b']"),
    "slope": ("1 - self.out**2", "1 - self.out", "Tanh.backward", "in x"),
    "mask": ("return grad * self.mask\n\n\nclass Tanh", "return grad\n\n\nclass Tanh", "ReLU.backward", "in x"),
    "diagonal": ("grad - (grad * self.p).sum(axis=1, keepdims=True)", "grad * (1 - self.p)", "Softmax.backward",
                 "in x"),
    "mean": (" - g.mean(axis=0)", "", "BatchNorm.backward", "in x"),
    "examples": ("return grad / len(grad)", "return grad", "CrossEntropy.backward", "in y_pred"),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_mutants_are_caught_in_their_layer_alone(understood, cases_judged, mutant):
    """Each change to a correct file fails the case it belongs to and no other."""
    old, new, case, said = MUTANTS[mutant]
    assert old in MNIST
    results = cases_judged(understood(layers, MNIST.replace(old, new)))
    assert [name for name, verdict in verdicts(results).items() if verdict != "pass"] == [case]
    assert said in results[case].reason


RENAMED = [
    ("grad", "dvalues"), ("forward", "forward_pass"), ("backward", "backward_pass"), ("Linear", "FullyConnectedLayer"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), RENAMED)
def test_names_do_not_matter(understood, cases_judged, old, new):
    """The same layers in other words are found and pass."""
    results = cases_judged(understood(layers, MNIST.replace(old, new)))
    assert list(verdicts(results).values()) == ["pass"] * 7


@pytest.mark.parametrize("path", sorted(SPECIMENS.glob("*.py")), ids=lambda path: path.stem)
def test_nothing_is_found_in_networks_of_the_chapter(path):
    """A class with backprop(x, y) holds no layers."""
    assert not layers.find(load(path), Hints()).cases


ACTIVATIONS = """
import numpy as np
class Sigmoid:
    def __call__(self, z):
        return 1 / (1 + np.exp(-z))
    def gradient(self, z):
        return self(z) * (1 - self(z))
"""


def test_an_activation_with_its_derivative(understood, cases_judged):
    """Value and derivative in one class are checked entry by entry; a wrong one is caught."""
    right = cases_judged(understood(layers, ACTIVATIONS))
    wrong = cases_judged(understood(layers, ACTIVATIONS.replace("(1 - self(z))", "(1 + self(z))")))
    assert verdicts(right) == {"Sigmoid.gradient": "pass"}
    assert verdicts(wrong) == {"Sigmoid.gradient": "fail"}
    assert "15 of 15 entries are wrong, in x" in wrong["Sigmoid.gradient"].reason


OPTIMIZED = """
import copy
import numpy as np
class Dense:
    def __init__(self, n_units, input_shape=None):
        self.n_units, self.input_shape = n_units, input_shape
    def initialize(self, optimizer):
        self.W = np.random.rand(self.input_shape[0], self.n_units)
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt, self.w0_opt = copy.copy(optimizer), copy.copy(optimizer)
    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0
    def backward_pass(self, accum_grad):
        W = self.W
        self.W = self.W_opt.update(self.W, self.layer_input.T @ accum_grad)
        self.w0 = self.w0_opt.update(self.w0, accum_grad.sum(axis=0, keepdims=True))
        return accum_grad @ W.T
"""


def test_gradients_that_only_an_optimizer_sees(understood, cases_judged):
    """What is handed to an optimizer is compared, and a doubled one is caught."""
    right = cases_judged(understood(layers, OPTIMIZED))
    wrong = cases_judged(understood(layers, OPTIMIZED.replace("self.layer_input.T", "2 * self.layer_input.T")))
    assert verdicts(right) == {"Dense.backward_pass": "pass"}
    assert "in W; x, w0 are right" in wrong["Dense.backward_pass"].reason


def test_an_unfinished_layer_is_listed_and_not_judged(understood):
    """A template whose backward returns None is no case."""
    found = understood(layers, ACTIVATIONS.replace("__call__(self, z)", "forward(self, z)").replace(
        "    def gradient(self, z):\n        return self(z) * (1 - self(z))",
        "    def backward(self, grad):\n        pass",
    ))  # fmt: skip
    assert not found.cases
    assert found.unfinished == ("Sigmoid: backward returned no gradient of the input",)


UPDATING = """
import numpy as np
class Layer:
    def __init__(self, inputs, neurons):
        self.w = np.random.rand(inputs, neurons)
        self.b = np.random.rand(neurons)
    def feed_forward(self, X):
        self.X = X
        self.out = 1 / (1 + np.exp(-(X.dot(self.w) + self.b)))
        return self.out
    def backprop(self, error):
        d = error * self.out * (1 - self.out)
        back = d.dot(self.w.T)
        self.w -= 0.1 * self.X.T.dot(d)
        self.b -= 0.1 * d.sum(axis=0)
        return back
"""


def test_a_learning_rate_written_into_the_code(understood, cases_judged):
    """The update is divided by the rate that the code uses, and the report says so; two rates do not fit."""
    found = understood(layers, UPDATING)
    assert verdicts(cases_judged(found)) == {"Layer.backprop": "pass"}
    assert any("learning rate of 0.1" in note for note in found.cases[0].info.notes)
    wrong = cases_judged(understood(layers, UPDATING.replace("0.1 * d.sum", "0.2 * d.sum")))
    assert verdicts(wrong) == {"Layer.backprop": "fail"}


def test_a_bias_that_is_never_updated_is_a_mistake(understood):
    """A gradient that is left for the weights and not for the biases is missing."""
    found = understood(layers, UPDATING.replace("self.b -= 0.1 * d.sum(axis=0)", "pass"))
    with pytest.raises(BadReturnError, match="backprop left no gradient of b"):
        found.cases[0].gradient(found.cases[0].point(0), 0)


def test_a_softmax_that_leaves_its_slope_to_the_loss_is_not_judged(understood):
    """Handing the gradient on unchanged is half of softmax with cross-entropy; in another layer it is a mistake."""
    passing = MNIST.replace("return self.p * (grad - (grad * self.p).sum(axis=1, keepdims=True))", "return grad")
    found = understood(layers, passing)
    assert len(found.cases) == 6
    assert "Softmax.backward" not in [case.info.id for case in found.cases]
    assert found.notes == (
        "Softmax hands the gradient on unchanged: its slope is taken to be in the loss, and it is not checked.",
    )


def test_updates_that_are_added_are_right_where_the_error_is_target_minus_output(understood, cases_judged):
    """The sign of an update belongs to what the file hands back; without that line it is wrong."""
    adding = UPDATING.replace("-= 0.1", "+= 0.1").replace("0.1", "lr").replace("(self, error)", "(self, error, lr)")
    network = "\ndef step(layer, x, y, lr):\n    out = layer.feed_forward(x)\n    layer.backprop(y - out, lr)\n"
    assert verdicts(cases_judged(understood(layers, adding + network))) == {"Layer.backprop": "pass"}
    wrong = cases_judged(understood(layers, adding))
    assert "in w, b; x is right" in wrong["Layer.backprop"].reason


def test_the_slope_of_a_leaky_relu_is_no_learning_rate(understood, cases_judged):
    """An attribute called alpha stays what it is, also where two functions of the class read it."""
    source = """
    import numpy as np
    class LeakyReLU:
        def __init__(self, alpha=0.01):
            self.alpha = alpha
            self.slope = alpha
        def fn(self, z):
            return np.where(z > 0, z, self.alpha * z)
        def grad(self, z):
            return np.where(z > 0, 1.0, self.slope)
    """
    assert verdicts(cases_judged(understood(layers, source))) == {"LeakyReLU.grad": "pass"}
    wrong = cases_judged(understood(layers, source.replace("1.0, self.slope", "1.0, 0.0")))
    assert verdicts(wrong) == {"LeakyReLU.grad": "fail"}


def test_a_transposed_gradient_in_a_dictionary_fails(understood, cases_judged):
    """A gradient of the wrong shape under the right name is a gradient; shapes that clash on the way back fail too."""
    turned = cases_judged(understood(layers, MNIST.replace("self.x.T @ grad", "grad.T @ self.x")))
    assert "The gradient of params['W'] is f64[4,5], the parameter f64[5,4]" in turned["Linear.backward"].reason
    found = understood(layers, MNIST.replace("self.x.T @ grad", "self.x @ grad"))
    linear = next(case for case in found.cases if case.info.id == "Linear.backward")
    with pytest.raises(BadReturnError, match=r"Shapes do not fit in backward, for inputs \(3, 5\)"):
        linear.gradient(linear.point(0), 0)


def test_a_layer_that_cannot_be_tried_is_noted(understood):
    """What is not checked is said beside what is."""
    found = understood(layers, MNIST.replace("def __init__(self, p=0.5):\n", "def __init__(self, schedule):\n"
                                             "        p = schedule.now()\n"))  # fmt: skip
    assert len(found.cases) == 6
    [note] = found.notes
    assert note == "not checked: Dropout: it cannot be built: AttributeError: 'int' object has no attribute 'now'"


LAZY = """
import numpy as np
class Dense:
    def __init__(self, n_out, act_fn=None, optimizer=None):
        self.n_out, self.act_fn = n_out, act_fn
        self.X, self.parameters, self.gradients, self.ready = [], {"W": None, "b": None}, {}, False
    @property
    def summary(self):
        return self.settings["layer"]
    def _init(self, n_in):
        self.parameters = {"W": np.random.randn(n_in, self.n_out), "b": np.zeros((1, self.n_out))}
        self.gradients = {name: np.zeros_like(array) for name, array in self.parameters.items()}
        self.ready = True
    def forward(self, X, retain_derived=True):
        if not self.ready:
            self._init(X.shape[1])
        self.X.append(X)
        return X @ self.parameters["W"] + self.parameters["b"]
    def backward(self, dLdY, retain_grads=True):
        self.gradients["W"] += self.X[-1].T @ dLdY
        self.gradients["b"] += dLdY.sum(axis=0, keepdims=True)
        return dLdY @ self.parameters["W"].T
"""


def test_parameters_made_in_the_first_pass_and_remembered_inputs(understood, cases_judged):
    """What the layer remembers of its inputs is no parameter; a property that raises stops nothing."""
    right = cases_judged(understood(layers, LAZY))
    assert verdicts(right) == {"Dense.backward": "pass"}
    assert [array.name for array in right["Dense.backward"].arrays] == ["x", "parameters['W']", "parameters['b']"]
    wrong = cases_judged(understood(layers, LAZY.replace("dLdY.sum", "2 * dLdY.sum")))
    assert "in parameters['b']; x, parameters['W'] are right" in wrong["Dense.backward"].reason


LOSSES = """
import numpy as np
class CrossEntropy:
    @staticmethod
    def loss(y, y_pred):
        return -np.sum(y * np.log(y_pred))
    @staticmethod
    def grad(y, y_pred):
        return y_pred - y
class SquaredError:
    @staticmethod
    def loss(y, y_pred):
        return 0.5 * np.linalg.norm(y_pred - y) ** 2
    @staticmethod
    def grad(y, y_pred, z, act_fn):
        return (y_pred - y) * act_fn.grad(z)
"""


def test_losses_differentiated_together_with_the_activation_before_them(understood, cases_judged):
    """a − y is the gradient of softmax and cross-entropy, which is said; y − a is that of nothing."""
    found = understood(layers, LOSSES)
    assert verdicts(cases_judged(found)) == {"CrossEntropy.grad": "pass", "SquaredError.grad": "pass"}
    assert found.cases[0].info.notes == (
        "CrossEntropy.grad is taken with respect to z: softmax and loss are differentiated together",
    )
    wrong = cases_judged(understood(layers, LOSSES.replace("y_pred - y\n", "y - y_pred\n")))
    assert verdicts(wrong) == {"CrossEntropy.grad": "fail", "SquaredError.grad": "pass"}


FUNCTIONS = (
    MNIST[: MNIST.index("class BatchNorm")]
    + """
def mse(y_true, y_pred):
    return np.mean(np.power(y_true - y_pred, 2))
def mse_prime(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_true.size
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))
"""
)


def test_losses_and_activations_written_as_functions(understood, cases_judged):
    """Beside layers, pairs of functions are checked too; a missing 1/n is a mistake."""
    right = cases_judged(understood(layers, FUNCTIONS))
    assert set(verdicts(right)) >= {"Linear.backward", "mse_prime", "sigmoid_prime"}
    assert set(verdicts(right).values()) == {"pass"}
    wrong = cases_judged(understood(layers, FUNCTIONS.replace(" / y_true.size", "")), only="mse_prime")
    assert verdicts(wrong) == {"mse_prime": "fail"}
