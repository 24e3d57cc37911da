"""The catalogue of slips: each changes the gradient where it sits, and does what its sentence says."""

import numpy as np
import pytest

from nets import Network, backprop
from nets.faults import CATALOGUE, faulty_gradient
from nets.faults.backward import Backward, Forward

# One example is the last, the first and the sum of all; m = 1 is no factor.
ONE_EXAMPLE = ("example", "stale", "times_m", "divided_by_m", "by_m", "not_summed", "mean_of_each", "misaligned")


def differs(gradient, exact, tolerance=1e-9):
    """Whether two gradients differ, in shape or in any entry relative to the array's largest."""
    return any(
        gradient[name].shape != array.shape or np.abs(gradient[name] - array).max() > tolerance * np.abs(array).max()
        for name, array in exact.items()
    )


def provably_equal(family, fault):
    """Whether the slip is in how examples are gathered, and there is only one."""
    return family.m == 1 and any(word in fault.id for word in ONE_EXAMPLE)


def test_the_steps_without_a_slip_are_backprop(family):
    """BP1-BP4 as separate steps give the engine's gradient to 1e-13."""
    network, (x, y) = family.network(), family.examples()
    stepwise, exact = Backward(Forward.of(network, x, y)).gradient(), backprop(network, x, y)
    assert not differs(stepwise, exact, 1e-13)


def test_every_slip_changes_the_gradient_everywhere_it_can_sit(family):
    """All but the provably equal ones differ from the exact gradient, and stay finite."""
    network, (x, y) = family.network(), family.examples()
    exact = backprop(network, x, y)
    silent = set()
    for fault in CATALOGUE.values():
        for position in fault.positions(network):
            gradient = fault.gradient(network, x, y, position)
            assert all(np.isfinite(array).all() for array in gradient.values()), (fault.id, position)
            if not differs(gradient, exact) and not provably_equal(family, fault):
                silent.add((fault.id, position))
    assert silent == set()


def test_a_slip_in_a_layer_leaves_the_layers_above_it_alone(family):
    """Errors travel back, so a wrong δ^l or array of layer l cannot change the arrays of the layers after it."""
    network, (x, y) = family.network(), family.examples()
    exact = backprop(network, x, y)
    for fault in CATALOGUE.values():
        for layer in (position for position in fault.positions(network) if isinstance(position, int)):
            gradient = fault.gradient(network, x, y, layer)
            above = {name: array for name, array in exact.items() if int(name[1:]) > layer}
            assert not differs(gradient, above, 1e-12), (fault.id, layer)


def test_every_sentence_and_lesson_reads_as_text(family):
    """Placeholders are filled, nothing is left of a template, and no lesson contains code."""
    network = family.network()
    for fault in CATALOGUE.values():
        for position in fault.positions(network):
            for text in (fault.sentence(network, position), fault.lesson(position)):
                assert "{" not in text
                assert not any(code in text for code in ("np.", ".T", "sum(", "@", "def ", "[i]"))


CHAPTER = {
    "slope_missing": lambda w3, d3, a1, a2: w3.T @ d3,
    "slope_one_minus": lambda w3, d3, a1, a2: (w3.T @ d3) * (1 - a2),
    "slope_twice": lambda w3, d3, a1, a2: (w3.T @ d3) * (a2 * (1 - a2)) ** 2,
    "slope_of_activation": lambda w3, d3, a1, a2: (w3.T @ d3) * np.exp(-a2) / (1 + np.exp(-a2)) ** 2,
    "transpose_missing": lambda w3, d3, a1, a2: (w3 @ d3) * a2 * (1 - a2),
    "sign_in_error": lambda w3, d3, a1, a2: -(w3.T @ d3) * a2 * (1 - a2),
    "error_not_passed_on": lambda w3, d3, a1, a2: d3 * a2 * (1 - a2),
}


@pytest.mark.parametrize("fault_id", CHAPTER)
def test_a_slip_in_the_hidden_error_is_the_formula_written_out(fault_id):
    """For a sigmoid 5-4-4 net δ² is the chapter's formula with that one slip in it."""
    network = Network([5, 4, 4], seed=3)
    rng = np.random.default_rng(5)
    x, y = rng.standard_normal((5, 2)), rng.random((4, 2))
    a2 = 1 / (1 + np.exp(-(network.weights[0] @ x + network.biases[0])))
    a3 = 1 / (1 + np.exp(-(network.weights[1] @ a2 + network.biases[1])))
    d3 = (a3 - y) * a3 * (1 - a3)
    d2 = CHAPTER[fault_id](network.weights[1], d3, x, a2)
    expected = {
        "w2": d2 @ x.T / 2,
        "b2": d2.mean(axis=1, keepdims=True),
        "w3": d3 @ a2.T / 2,
        "b3": d3.mean(axis=1, keepdims=True),
    }
    assert not differs(faulty_gradient(network, x, y, fault_id, 2), expected, 1e-12)


def test_weights_updated_first_is_the_gradient_through_the_new_weights():
    """δ² goes back through w³ − η ∂C/∂w³, with ∂C/∂w³ itself right."""
    network = Network([3, 4, 2], seed=1)
    x, y = np.array([[0.5], [-1.0], [2.0]]), np.array([[1.0], [0.0]])
    exact = backprop(network, x, y)
    moved = Network([3, 4, 2], seed=1)
    moved.weights[1] = network.weights[1] - 0.1 * exact["w3"]
    a2 = 1 / (1 + np.exp(-(network.weights[0] @ x + network.biases[0])))
    d2 = (moved.weights[1].T @ exact["b3"]) * a2 * (1 - a2)
    found = faulty_gradient(network, x, y, "weights_updated_first", 2, rate=0.1)
    assert not differs(found, {**exact, "w2": d2 @ x.T, "b2": d2}, 1e-12)


def test_the_sentence_names_layer_and_equation():
    """What is BP2 in a hidden layer is BP1 at the output."""
    network, fault = Network([5, 4, 3], seed=0), CATALOGUE["slope_missing"]
    assert fault.sentence(network, 2) == "δ² lacks the factor σ′(z²) (BP2)"
    assert fault.sentence(network, 3) == "δ³ lacks the factor σ′(z³) (BP1)"
    assert fault.sentence(network, None) == "δˡ lacks the factor σ′(zˡ) in every layer (BP2)"


def test_unknown_faults_and_layers_are_refused_in_a_sentence():
    """An id or a layer that does not exist is a ValueError that names those that do."""
    network = Network([5, 4, 3], seed=0)
    x, y = np.zeros((5, 1)), np.zeros((3, 1))
    with pytest.raises(ValueError, match="No fault is called 'typo'; there are slope_missing"):
        faulty_gradient(network, x, y, "typo")
    with pytest.raises(ValueError, match=r"'transpose_missing' cannot sit at 2 here, only at \(\)"):
        faulty_gradient(network, x, y, "transpose_missing", 2)
