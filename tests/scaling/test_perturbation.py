"""All modes of Eq. 46 against backprop and against each other, over random networks."""

import re
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets import Network, backprop, perturbation, perturbation_blocks
from nets.activations import ACTIVATIONS, Activation, Sigmoid
from nets.perturbation import MODES, Literal
from nets.perturbation.base import base_point
from nets.perturbation.expm1 import expm1_for
from nets.perturbation.propagated import Propagated
from nets.perturbation.series import series

HIDDEN = ["sigmoid", "tanh", "relu", "leaky_relu", "identity", "softplus", "gelu"]
SMOOTH = ["sigmoid", "tanh", "identity", "softplus", "gelu"]
LAST = [
    ("sigmoid", "quadratic"),
    ("sigmoid", "cross_entropy"),
    ("sigmoid", "log_likelihood"),
    ("tanh", "quadratic"),
    ("identity", "quadratic"),
    ("relu", "quadratic"),
    ("softmax", "log_likelihood"),
    ("softmax", "cross_entropy"),
    ("softmax", "quadratic"),
]


@st.composite
def cases(draw, hidden=tuple(HIDDEN), last=tuple(LAST)):
    """A network of any depth, activation, cost and batch size, some with single-neuron overrides and an L2 term."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=2, max_size=5))
    final, cost = draw(st.sampled_from(last))
    layers = [draw(st.sampled_from(hidden)) for _ in sizes[2:]]
    neurons = {}
    if len(sizes) > 2 and draw(st.booleans()):
        neurons = {(2, draw(st.integers(0, sizes[1] - 1))): draw(st.sampled_from(hidden))}
    seed = draw(st.integers(0, 1 << 30))
    network = Network(
        sizes, activation=[*layers, final], cost=cost, seed=seed, neurons=neurons, l2=draw(st.sampled_from([0.0, 0.3]))
    )
    rng = np.random.default_rng(seed)
    examples = draw(st.integers(1, 4))
    classes = rng.integers(0, sizes[-1], examples)
    return network, rng.standard_normal((sizes[0], examples)), np.eye(sizes[-1])[:, classes]


def apart(one, other):
    """The largest difference over the largest entry of the whole gradient."""
    scale = max(1e-3, *(np.abs(array).max() for array in other.values()))
    return max(np.abs(one[name] - other[name]).max() for name in other) / scale


def round_off(network, x, y):
    """A bound on the error of one computed cost: ulps of the outputs, and of all products' terms, carried on by |δ|."""
    total, a = 4 * (abs(float(network.cost(x, y))) + network.sizes[-1]), x
    for layer, (w, b, f) in enumerate(zip(network.weights, network.biases, network.activations, strict=True), start=2):
        z = w @ a + b
        size = (np.abs(w) @ np.abs(a) + np.abs(b)) * (w.shape[1] + 4) + 4
        total += float((size * np.abs(node_errors(network, layer, x, y))).sum())
        a = f.value(z)
    return total * np.finfo(float).eps


def node_errors(network, layer, x, y):
    """δ^l of each example over m: the bias gradients of the examples one by one."""
    columns = [backprop(network, x[:, [e]], y[:, [e]])[f"b{layer}"].copy() for e in range(x.shape[1])]
    return np.hstack(columns) / x.shape[1]


@given(cases())
def test_propagated_and_node_equal_backprop_to_rounding_at_a_tiny_step(case):
    """With ε = 1e-20 nothing is truncated and nothing cancels: 1e-11 of the gradient's largest entry."""
    gradient = backprop(*case)
    for mode in ("propagated", "node"):
        assert apart(perturbation(*case, 1e-20, mode), gradient) <= 1e-11


@given(cases(), st.sampled_from([1e-20, 1e-12, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3]))
def test_the_short_series_change_nothing(case, epsilon):
    """Propagation by series, of whatever length, equals propagation by the identities themselves, at any step."""
    network, x, y = case
    quick = Propagated(base_point(network, x, y), epsilon)
    slow = Propagated(base_point(network, x, y), epsilon)
    slow.series = [None] * len(network.weights)
    for one, other in zip(quick.blocks(), slow.blocks(), strict=True):
        scale = 1e-3 + np.abs(other.weights).max()
        assert np.abs(one.weights - other.weights).max() <= 1e-11 * scale
        assert np.abs(one.biases - other.biases).max() <= 1e-11 * scale


@given(cases(hidden=tuple(SMOOTH), last=tuple(LAST[:5])))
def test_what_remains_of_the_error_is_truncation_that_shrinks_with_the_step(case):
    """From ε = 1e-4 to 1e-7 the distance to backprop falls a hundredfold or more."""
    gradient = backprop(*case)
    coarse, fine = (apart(perturbation(*case, epsilon), gradient) for epsilon in (1e-4, 1e-7))
    assert fine <= coarse / 100 + 1e-11


@given(cases(), st.sampled_from([1e-7, 1e-5]))
def test_incremental_equals_literal_within_the_round_off_of_two_costs(case, epsilon):
    """The same N + 1 costs: they differ by at most 2η/ε, and by what w + ε is rounded by."""
    literal, incremental = (perturbation(*case, epsilon, mode) for mode in ("literal", "incremental"))
    gradient = backprop(*case)
    for name, array in literal.items():
        rounded = np.finfo(float).eps * np.abs(case[0].parameters[name]) * np.abs(gradient[name])
        allowed = 2 * (round_off(*case) + rounded) / epsilon
        assert (np.abs(array - incremental[name]) <= allowed).all()


@given(cases(), st.sampled_from([1e-3, 1e-2]))
def test_propagated_equals_literal_also_where_kinks_are_crossed(case, epsilon):
    """Steps so large that ReLUs switch inside them: both take the same difference, whatever it is."""
    literal, propagated = (perturbation(*case, epsilon, mode) for mode in ("literal", "propagated"))
    allowed = 4 * round_off(*case) / epsilon + 1e-10 * max(np.abs(a).max() for a in literal.values())
    for name, array in literal.items():
        assert np.abs(array - propagated[name]).max() <= allowed


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_flags_the_step_that_crosses_a_kink(mode):
    """z = −ε/2 at one ReLU: the difference is half the slope on the right, and says so; another seed crosses none."""
    network = Network([1, 2, 1], activation=["relu", "identity"], seed=0)
    network.weights[:] = [np.array([[1.0], [1.0]]), np.array([[1.0, 1.0]])]
    network.biases[:] = [np.array([[-1.0 - 5e-5], [0.5]]), np.array([[0.0]])]
    x, y, epsilon = np.array([[1.0]]), np.array([[0.0]]), 1e-4
    result = perturbation(network, x, y, epsilon, mode)
    assert result.crossings["b2"].tolist() == result.crossings["w2"].tolist() == [[0, 0]]
    assert result["b2"][0, 0] == pytest.approx(0.5 * 1.5, rel=1e-4)
    assert result.notes[0].startswith("In 2 of 7 differences a kink lies between w and w + ε; there Eq. 46 gives")
    away = perturbation(network, np.array([[2.0]]), y, epsilon, mode)
    assert (away.crossings, away.notes) == ({}, ())


def test_passes_are_one_for_each_entry_and_one_more_or_one_for_each_neuron():
    """N + 1, and neurons + 1 for node perturbation; literal's are counted at the network itself."""
    network = Network([4, 5, 3], seed=0)
    x, y = np.ones((4, 1)), np.eye(3)[:, :1]
    calls, cost = [], network.cost
    network.cost = lambda *arguments: calls.append(1) or cost(*arguments)
    passes = {mode: perturbation(network, x, y, 1e-6, mode).passes for mode in MODES}
    assert passes == {"literal": 44, "incremental": 44, "propagated": 44, "node": 9}
    assert len(calls) == 44


class Cubed(Activation):
    """z³, written without a difference: the base class subtracts."""

    name = "cubed"

    def value(self, z, out=None):
        """z³."""
        return np.multiply(z * z, z, out=out)

    def derivative(self, z, a, out=None):
        """3z²."""
        return np.multiply(3 * z, z, out=out)


def test_an_activation_without_an_identity_is_used_by_plain_subtraction_and_named():
    """The result says which layer loses digits; with ε large enough it is right all the same."""
    network = Network([3, 4, 2], activation=[Cubed(), "sigmoid"], seed=1, initialisation="scaled")
    x, y = np.random.default_rng(0).standard_normal((3, 2)), np.eye(2)
    result = perturbation(network, x, y, 1e-7)
    assert result.notes[0].startswith("The activation of layer 2 (cubed) has no difference identity: its change is")
    assert apart(result, backprop(network, x, y)) <= 1e-5
    assert apart(perturbation(network, x, y, 1e-17), backprop(network, x, y)) >= 0.1
    assert perturbation(network, x, y, 1e-7, "incremental").notes == ()


def test_a_fault_in_a_derivative_shows_because_no_mode_uses_derivatives(monkeypatch):
    """Backprop with a wrong σ′ disagrees with every mode; the modes do not move."""
    network = Network([4, 5, 3], seed=0)
    x, y = np.random.default_rng(0).random((4, 2)), np.eye(3)[:, :2]
    before = {mode: perturbation(network, x, y, 1e-7, mode) for mode in MODES}
    monkeypatch.setattr(Sigmoid, "derivative", lambda self, z, a, out=None: np.multiply(a, a, out=out))
    for mode in MODES:
        assert apart(perturbation(network, x, y, 1e-7, mode), before[mode]) == 0
        assert apart(before[mode], backprop(network, x, y)) >= 0.1


def test_blocks_cover_every_entry_once_and_equal_the_whole():
    """The streamed blocks are the gradient, row by row, in order."""
    network = Network([5, 70, 40, 3], seed=0)
    x, y = np.random.default_rng(0).random((5, 2)), np.eye(3)[:, :2]
    for mode in MODES:
        whole = perturbation(network, x, y, 1e-8, mode)
        seen = {name: np.zeros(array.shape) for name, array in whole.items()}
        for block in perturbation_blocks(network, x, y, 1e-8, mode):
            seen[f"w{block.layer}"][block.rows] += block.weights
            seen[f"b{block.layer}"][block.rows] += block.biases
        assert all((seen[name] == whole[name]).all() for name in seen)


def test_a_layer_too_wide_for_the_buffers_is_taken_in_parts(monkeypatch):
    """Fewer columns at a time than a neuron has weights: the numbers stay the same."""
    network = Network([50, 6, 5, 3], seed=0)
    x, y = np.random.default_rng(0).random((50, 2)), np.eye(3)[:, :2]
    whole = {mode: perturbation(network, x, y, 1e-8, mode) for mode in MODES}
    monkeypatch.setattr(sys.modules["nets.perturbation.blocks"], "MOST_ENTRIES", 60)
    for mode in MODES:
        assert apart(perturbation(network, x, y, 1e-8, mode), whole[mode]) <= 1e-6


def test_progress_is_told_how_far_it_is_and_can_stop_the_run():
    """A callback that says False ends the run; the rest is NaN, and the note says how far it came."""
    network = Network([4, 5, 3], seed=0)
    x, y = np.ones((4, 1)), np.eye(3)[:, :1]
    saved = {name: array.copy() for name, array in network.parameters.items()}
    told = []
    result = perturbation(
        network, x, y, 1e-8, "literal", progress=lambda done, total: told.append((done, total)) or done < 10
    )
    assert told == [(5, 43), (10, 43)]
    assert result.passes == 11
    assert result.notes[0] == "Stopped after 10 of 43 entries; the others are NaN."
    assert np.isnan(result["w3"]).all()
    assert not np.isnan(result["w2"][:2]).any()
    assert all((array == saved[name]).all() for name, array in network.parameters.items())


def test_an_interrupted_literal_pass_leaves_the_weights_as_they_were():
    """Ctrl-C inside the forward pass: the perturbed entry is assigned its saved value all the same."""
    network = Network([4, 5, 3], seed=0)
    literal = Literal(network, np.ones((4, 1)), np.eye(3)[:, :1])
    saved = {name: array.copy() for name, array in network.parameters.items()}

    def interrupted(*arguments):
        raise KeyboardInterrupt

    network.cost = interrupted
    with pytest.raises(KeyboardInterrupt):
        literal.derivative("w2", (1, 2))
    assert all((array == saved[name]).all() for name, array in network.parameters.items())


def test_literal_says_where_the_step_is_lost_in_the_weight():
    """At ε = 1e-20 w + ε is w: the differences are 0, and the note says why."""
    network = Network([4, 5, 3], seed=0)
    result = perturbation(network, np.ones((4, 1)), np.eye(3)[:, :1], 1e-20, "literal")
    assert not result["w2"].any()
    assert result.notes == ("For 43 of 43 entries w + ε rounds to w, so their differences are 0; take a larger ε.",)


def test_float32_networks_keep_float32s_digits():
    """Everything is carried in the network's own dtype."""
    network = Network([6, 7, 4, 3], seed=0, dtype=np.float32)
    x, y = np.random.default_rng(0).random((6, 3)), np.eye(3)
    for mode in ("propagated", "node"):
        result = perturbation(network, x, y, 1e-10, mode)
        assert result["w2"].dtype == np.float32
        assert apart(result, backprop(network, x, y)) <= 1e-5


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "relu", "leaky_relu", "identity"])
@pytest.mark.parametrize("largest", [1e-18, 1e-12, 5e-9, 1e-7, 1e-6])
def test_the_short_series_equals_the_difference_where_it_is_used(name, largest):
    """For every z, and every d up to the largest, as many terms as it asks for give 8 ulps."""
    f = ACTIVATIONS[name]
    z = np.concatenate([np.linspace(-30, 30, 200), np.array([-1e-3, 1e-3])])[:, None]
    a = f.value(z)
    d = np.linspace(-largest, largest, 7)[None] * np.ones_like(z)
    short = series(f, z, a)
    terms = short.terms(largest, 0)
    assert terms > 0
    expected, got = f.difference(z, a, d), d.copy()
    short.apply(got, terms, 0, slice(None))
    assert (np.abs(got - expected) <= 8 * np.finfo(float).eps * np.abs(expected)).all()


def test_one_term_too_few_is_seen():
    """The mutant of the test above: at |d| = 1e-6 a single term misses by far more than 8 ulps."""
    f, z = ACTIVATIONS["sigmoid"], np.array([[1.0]])
    short, d = series(f, z, f.value(z)), np.array([[1e-6]])
    assert short.terms(1e-6, 0) == 3
    got = d.copy()
    short.apply(got, 1, 0, slice(None))
    assert abs(got / f.difference(z, f.value(z), d) - 1) > 1e-8


@given(st.floats(1e-300, 3.0))
def test_the_expm1_polynomial_equals_expm1_up_to_its_largest_argument(largest):
    """Within 4 ulps for every |d| up to the largest, of both signs."""
    d = largest * np.linspace(-1, 1, 41)
    got, expected = expm1_for(largest, np.float64)(d), np.expm1(d)
    assert (np.abs(got - expected) <= 4 * np.finfo(float).eps * np.abs(expected)).all()


@pytest.mark.parametrize(
    ("epsilon", "sentence"),
    [
        (0, "ε must be a positive, finite number, not 0; 1e-8 is usual."),
        (-1e-8, "ε must be a positive, finite number, not -1e-08; 1e-8 is usual."),
        (float("nan"), "ε must be a positive, finite number, not nan; 1e-8 is usual."),
        (float("inf"), "ε must be a positive, finite number, not inf; 1e-8 is usual."),
        (1e-200, "ε = 1e-200 leaves float64 no room for ε²; take 1e-154 or more."),
        (2.0, "ε = 2 is larger than the largest weight (0.5): Eq. 46 is about small changes; take 5e-04 or less."),
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_an_epsilon_that_cannot_work_is_refused_in_a_sentence(mode, epsilon, sentence):
    """Whatever the mode, before anything is computed."""
    network = Network([2, 2], seed=0)
    network.weights[0][...], network.biases[0][...] = 0.5, 0.25
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        perturbation(network, np.ones(2), np.ones(2), epsilon, mode)


@pytest.mark.parametrize("dtype", ["int64", "float16"])
@pytest.mark.parametrize("mode", MODES)
def test_weights_without_room_for_epsilon_are_refused_in_a_sentence(mode, dtype):
    """Integers would swallow ε, float16 has three digits."""
    network = Network([2, 2], seed=0)
    network.weights[0] = np.ones((2, 2), dtype)
    sentence = f"w2 is {dtype}, and Eq. 46 perturbs float64 weights; convert it with .astype(np.float64)."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        perturbation(network, np.ones(2), np.ones(2), 1e-8, mode)


def test_inputs_and_modes_that_do_not_fit_are_refused_in_a_sentence():
    """The shapes are named, and so are the modes that exist."""
    network = Network([3, 2], seed=0)
    with pytest.raises(ValueError, match=r"The inputs have shape \(4,\); this network takes \(3, examples\)\."):
        perturbation(network, np.ones(4), np.ones(2))
    with pytest.raises(
        ValueError, match=r"No mode is called 'fast'; there are literal, incremental, propagated, node\."
    ):
        perturbation(network, np.ones(3), np.ones(2), mode="fast")


def test_nothing_is_warned_about_in_saturated_networks():
    """Weights of a thousand, inputs of a hundred: differences of 0 and no overflow, in every mode."""
    network = Network([4, 5, 3], seed=0)
    for w in network.weights:
        w *= 1000
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for mode in MODES:
            result = perturbation(network, np.full((4, 1), 100.0), np.eye(3)[:, :1], 1e-6, mode)
            assert all(np.isfinite(array).all() for array in result.values())
