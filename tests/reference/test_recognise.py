"""The reference names the network behind a forward pass and the cost behind a number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.reference import Recognition, Reduction, exact_gradient, recognise, recognise_cost
from gradcheck.reference.conventions import PENALTIES, REDUCTIONS
from gradcheck.reference.recognise import build
from gradcheck.reference.variants import HIDDEN, OUTPUTS
from nets.backprop import backprop

SIZES = (5, 4, 6, 3)


def forward_of(activations):
    """A submission's forward pass with those activations."""
    return lambda parameters, x: build(activations, parameters).feedforward(x)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("last", OUTPUTS)
def test_every_pair_of_activations_is_recognised(hidden, last):
    """One hidden activation and any output, softmax included, are found by agreement."""
    found = recognise(forward_of((hidden, hidden, last)), SIZES)
    assert found is not None
    assert found.activations == (hidden, hidden, last)
    assert found.agreement < 1e-12


@given(st.lists(st.sampled_from(HIDDEN), min_size=1, max_size=4), st.sampled_from(OUTPUTS), st.integers(0, 1000))
def test_layers_with_different_activations_are_found_layer_by_layer(hidden, last, seed):
    """Each hidden layer may have its own function."""
    activations = (*hidden, last)
    sizes = (3, *range(3, 3 + len(hidden)), 4)
    found = recognise(forward_of(activations), sizes, seed=seed)
    assert found is not None
    assert found.activations == activations


def test_a_network_without_biases_is_recognised():
    """Two different hidden layers are found without the help of biases."""
    found = recognise(forward_of(("tanh", "relu", "sigmoid")), SIZES, biases=False)
    assert found is not None
    assert found.activations == ("tanh", "relu", "sigmoid")
    assert "no biases" in found.sentence


def test_single_precision_is_recognised():
    """A forward pass that computes in float32 is the same network."""

    def single(parameters, x):
        a = x.astype(np.float32)
        for layer in (2, 3, 4):
            w, b = parameters[f"w{layer}"].astype(np.float32), parameters[f"b{layer}"].astype(np.float32)
            a = 1 / (1 + np.exp(-(w @ a + b)))
        return a

    found = recognise(single, SIZES)
    assert found is not None
    assert found.activations == ("sigmoid",) * 3


def test_overflow_at_large_inputs_is_noted_and_not_held_against_it():
    """A naive softmax that overflows is still softmax; the notes say so."""

    def naive(parameters, x):
        z = parameters["w2"] @ x + parameters["b2"]
        e = np.exp(z * 1.0)
        e[e > 1e3] = np.inf
        return e / e.sum(axis=0)

    found = recognise(naive, (4, 3))
    assert found is not None
    assert found.activations == ("softmax",)
    assert "large" in found.notes[0]


@pytest.mark.parametrize(
    "broken",
    [
        lambda p, x: 1 / (1 + np.exp(-(p["w2"] @ x))),
        lambda p, x: 1 / (1 + np.exp(-(p["w2"] @ x + p["b2"]))) + 1e-3,
        lambda p, x: np.sin(p["w2"] @ x + p["b2"]),
        lambda p, x: (p["w2"] @ x + p["b2"])[:, :1],
        lambda p, x: p["w2"] @ x * np.nan,
    ],
    ids=["bias forgotten", "offset", "sine", "one column", "nan"],
)
def test_another_function_is_not_recognised(broken):
    """A forward pass that is nearly one of ours, or none, is None."""
    assert recognise(broken, (4, 3)) is None


@pytest.mark.parametrize(
    ("activations", "cost"),
    [
        (("sigmoid", "sigmoid"), "quadratic"),
        (("relu", "sigmoid"), "cross_entropy"),
        (("tanh", "softmax"), "log_likelihood"),
        (("tanh", "identity"), "quadratic"),
        (("sigmoid", "softmax"), "quadratic"),
    ],
)
@pytest.mark.parametrize("reduction", REDUCTIONS, ids=lambda r: r.name)
def test_cost_and_reduction_are_read_off_the_reported_cost(activations, cost, reduction):
    """Sum, mean, halves, 1/n_out and base-2 logarithms are told apart."""
    recognition = Recognition((4, 5, 3), activations, 0.0)

    def reported(parameters, x, y, _):
        return build(activations, parameters, cost).costs(x, y).sum() * reduction.of(x.shape[1], len(y))

    found = recognise_cost(recognition, cost=reported, gradient=None)
    assert found is not None
    assert (found.cost, found.reduction, found.reported) == (cost, reduction, True)


@pytest.mark.parametrize("penalty", PENALTIES, ids=lambda p: p.name)
def test_the_l2_convention_is_read_off_the_reported_cost(penalty):
    """λ/2, λ, λ/(2m), with the biases or without."""
    recognition = Recognition((4, 5, 3), ("sigmoid", "sigmoid"), 0.0)

    def reported(parameters, x, y, l2):
        network = build(recognition.activations, parameters)
        arrays = network.weights + (network.biases if penalty.biases else [])
        return network.cost(x, y) + penalty.strength(l2, x.shape[1]) / 2 * sum((a * a).sum() for a in arrays)

    found = recognise_cost(recognition, cost=reported, gradient=None)
    assert found is not None
    assert found.penalty == penalty
    rng = np.random.default_rng(3)
    parameters = build(
        recognition.activations, {"w2": rng.normal(size=(5, 4)), "w3": rng.normal(size=(3, 5))}
    ).parameters
    x, y = rng.normal(size=(4, 2)), rng.uniform(size=(3, 2))
    assert found.value(parameters, x, y, 0.3) == pytest.approx(reported(parameters, x, y, 0.3), rel=1e-12)


def test_scores_fed_to_softmax_by_the_cost_are_understood():
    """CS231n's forward pass returns scores; its loss applies the softmax itself."""
    recognition = Recognition((4, 5, 3), ("relu", "identity"), 0.0)

    def reported(parameters, x, y, l2):
        return build(("relu", "softmax"), parameters, "log_likelihood").costs(x, y).mean() + l2 * (
            sum((parameters[n] ** 2).sum() for n in ("w2", "w3"))
        )

    found = recognise_cost(recognition, cost=reported, gradient=None)
    assert found is not None
    assert found.activations == ("relu", "softmax")
    assert (found.cost, found.reduction.name, found.penalty.factor) == ("log_likelihood", "mean", 2.0)


def test_without_a_reported_cost_the_gradient_shows_the_convention():
    """The chapter's class returns a sum over examples and no cost."""
    recognition = Recognition((4, 5, 3), ("sigmoid", "sigmoid"), 0.0)

    def gradient(parameters, x, y, _):
        return exact_gradient(recognition.network(parameters), x, y, "sum")

    found = recognise_cost(recognition, cost=None, gradient=gradient)
    assert found is not None
    assert (found.cost, found.reduction, found.reported) == ("quadratic", Reduction(), False)
    assert set(found.arrays) == {"w2", "b2", "w3", "b3"}


def test_a_gradient_that_fits_in_a_minority_of_arrays_shows_no_convention():
    """A fault in most arrays is never explained away by assuming another cost."""
    recognition = Recognition((4, 5, 3), ("sigmoid", "sigmoid"), 0.0)

    def gradient(parameters, x, y, _):
        exact = exact_gradient(recognition.network(parameters), x, y, "sum")
        return {name: array if name == "b3" else array * 1.5 for name, array in exact.items()}

    assert recognise_cost(recognition, cost=None, gradient=gradient) is None


@pytest.mark.parametrize("reduction", REDUCTIONS, ids=lambda r: r.name)
def test_exact_gradient_is_backprop_in_the_reductions_units(reduction):
    """The data term scales with the reduction, the L2 term does not."""
    rng = np.random.default_rng(0)
    network = Recognition((4, 3), ("sigmoid",), 0.0).network({"w2": rng.normal(size=(3, 4))}, l2=0.2)
    x, y = rng.normal(size=(4, 5)), rng.uniform(size=(3, 5))
    exact = exact_gradient(network, x, y, reduction)
    network.l2 = 0.0
    data = backprop(network, x, y)["w2"] * 5 * reduction.of(5, 3)
    np.testing.assert_allclose(exact["w2"], data + 0.2 * network.weights[0], rtol=1e-12)
