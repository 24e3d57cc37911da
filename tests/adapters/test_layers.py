"""Layer classes are built, called the right way round, and judged one by one."""

from pathlib import Path

import pytest

from gradcheck.submissions.adapters import layers
from gradcheck.submissions.loading import load
from gradcheck.submissions.subjects import Hints

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
    "transposed": ("self.x.T @ grad", "(self.x.T @ grad) * 2", "Linear.backward", "in params['W']"),
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
    (".grads", ".gradients"), ('"W"', '"weights"'), ("grad", "dvalues"), ("forward", "forward_pass"),
    ("backward", "backward_pass"), ("Linear", "FullyConnectedLayer"), ("in_features, out_features", "n_prev, n_units"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), RENAMED[2:6])
def test_names_do_not_matter(understood, cases_judged, old, new):
    """The same layers in other words are found and pass."""
    results = cases_judged(understood(layers, MNIST.replace(old, new)))
    assert list(verdicts(results).values()) == ["pass"] * 7


@pytest.mark.parametrize("path", sorted(SPECIMENS.glob("*.py")), ids=lambda path: path.stem)
def test_nothing_is_found_in_networks_of_the_chapter(path):
    """A class with backprop(x, y) holds no layers."""
    assert not layers.find(load(path), Hints()).cases
