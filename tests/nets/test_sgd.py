"""Training: the digits are learned, in both precisions, and the chapter's scripts run unchanged."""

import random

import numpy as np
import pytest

from nets import Network, sgd
from nets.data import digits
from nets.network import sigmoid, sigmoid_prime
from nets.sgd import step

SCRIPT = """
import random
import numpy as np
import network

random.seed(12)
np.random.seed(34)
net = network.Network([64, 30, 10])
net.SGD(training_data, 30, 10, 3.0, test_data=test_data)
right = net.evaluate(test_data)
x, y = training_data[0]
output = net.feedforward(x)
nabla_b, nabla_w = net.backprop(x, y)
assert [nb.shape for nb in nabla_b] == [b.shape for b in net.biases] == [(30, 1), (10, 1)]
assert [nw.shape for nw in nabla_w] == [w.shape for w in net.weights] == [(30, 64), (10, 30)]
delta = net.cost_derivative(output, y) * network.sigmoid_prime(np.dot(net.weights[-1], network.sigmoid(
    np.dot(net.weights[0], x) + net.biases[0])) + net.biases[-1])
assert np.allclose(delta, nabla_b[-1])
assert (net.num_layers, net.sizes) == (3, [64, 30, 10])
"""


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_digits_are_learned_from_four_fifths_of_them(dtype):
    """64-30-10, sigmoid, quadratic: at least 95 % of the held-out fifth are right after 20 epochs."""
    training, held_out = digits(dtype).split()
    network, epochs = Network([64, 30, 10], seed=1, dtype=dtype), []
    history = sgd(
        network, training.x, training.y, epochs=20, test=(held_out.x, held_out.y), seed=2, progress=epochs.append
    )
    assert history[-1].accuracy >= 0.95
    assert history[-1].cost < 0.1 * history[0].cost
    assert epochs == history
    assert [epoch.number for epoch in history] == list(range(1, 21))
    assert {array.dtype for array in network.parameters.values()} == {np.dtype(dtype)}


def test_a_network_that_only_guesses_stays_at_a_tenth():
    """The 95 % are no accident of the data: with shuffled targets the same training learns nothing."""
    training, held_out = digits().split()
    network = Network([64, 30, 10], seed=1)
    shuffled = training.y[:, np.random.default_rng(0).permutation(len(training))]
    history = sgd(network, training.x, shuffled, epochs=5, test=(held_out.x, held_out.y), seed=2)
    assert history[-1].accuracy < 0.3


def test_a_step_is_the_chapters_update_rule():
    """w ← w − (η/m) Σ_x ∂C_x/∂w, the same by ``step`` and by ``update_mini_batch``, with the L2 term."""
    rng = np.random.default_rng(5)
    ours, chapters = (Network([4, 3, 2], seed=6, l2=0.2) for _ in range(2))
    x, y = rng.random((4, 7)), rng.random((2, 7))
    gradients = [ours.backprop(x[:, [i]], y[:, [i]]) for i in range(7)]
    expected = [w - 0.5 / 7 * sum(g[1][l] for g in gradients) - 0.5 * 0.2 * w for l, w in enumerate(ours.weights)]
    expected_biases = [b - 0.5 / 7 * sum(g[0][l] for g in gradients) for l, b in enumerate(ours.biases)]
    step(ours, x, y, 0.5)
    chapters.update_mini_batch([(x[:, [i]], y[:, [i]]) for i in range(7)], 0.5)
    for network in (ours, chapters):
        for array, want in zip(network.weights + network.biases, expected + expected_biases, strict=True):
            assert array == pytest.approx(want, rel=1e-13)


def test_the_seed_decides_the_course_of_training():
    """The same seeds give the same weights, another one other weights."""
    training, _ = digits().split()

    def trained(seed):
        network = Network([64, 5, 10], seed=0)
        sgd(network, training.x, training.y, epochs=1, seed=seed)
        return network.weights[0]

    assert (trained(1) == trained(1)).all()
    assert (trained(1) != trained(2)).any()


def test_a_script_for_the_chapters_network_py_runs_unchanged(tmp_path, monkeypatch, capsys):
    """``import network``, lists of (x, y) columns, SGD with a line per epoch, evaluate, backprop."""
    (tmp_path / "network.py").write_text("from nets.network import *\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "network", raising=False)
    training, held_out = digits().split()
    names = {"training_data": training.training_pairs(), "test_data": held_out.test_pairs()}
    state, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002 - what the script seeds is put back
    try:
        exec(compile(SCRIPT, "script.py", "exec"), names)  # noqa: S102 - the script under test
    finally:
        random.setstate(state)
        np.random.set_state(legacy)  # noqa: NPY002
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"Epoch {epoch}" for epoch in range(30)]
    assert lines[-1] == f"Epoch 29: {names['right']} / 359"
    assert names["right"] >= 0.95 * 359


def test_without_test_data_an_epoch_is_complete(capsys):
    """The chapter's wording, for any iterable of pairs; one-hot test targets count as well."""
    pairs = digits().take(np.arange(20)).training_pairs()
    network = Network([64, 4, 10], seed=0)
    network.SGD(iter(pairs), 2, 8, 1.0)
    network.SGD(zip(*zip(*pairs, strict=True), strict=True), 1, 8, 1.0, test_data=iter(pairs))
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 0 complete",
        "Epoch 1 complete",
        f"Epoch 0: {network.evaluate(pairs)} / 20",
    ]


def test_the_chapters_functions_take_numbers_lists_and_columns():
    """``sigmoid`` and ``sigmoid_prime`` work on what a script gives them."""
    assert sigmoid(0.0) == 0.5
    assert sigmoid_prime(0) == 0.25
    assert sigmoid([[-800.0], [800.0]]).tolist() == [[0], [1]]
    assert sigmoid(np.array([[0, 1]])).dtype == np.float64
    assert sigmoid(np.zeros((2, 1), np.float32)).dtype == np.float32
