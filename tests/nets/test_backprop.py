"""The engine against a complex step through its own forward pass, against Eq. 53, and against itself."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets import Network, Workspace, backprop, path_sum
from nets.activations import ACTIVATIONS, GELU_CUBIC, GELU_SCALE
from nets.backprop import backprop_by_example, backprop_example
from nets.logistic import logistic, logistic_slope
from nets.paths import count_paths
from nets.sgd import step

HIDDEN = [name for name, f in ACTIVATIONS.items() if not f.couples]
PAIRS = [
    *((name, "quadratic") for name in ACTIVATIONS),
    *((name, "cross_entropy") for name in ("sigmoid", "softmax")),
    *((name, "log_likelihood") for name in ("sigmoid", "softmax")),
]


def complex_step(network, x, y, entries=None):
    """Im C(w + ih)/h in float64, for the given (name, index) or for every entry."""
    exact = {name: array.astype(float) for name, array in network.parameters.items()}
    wanted = entries or [(name, index) for name, array in exact.items() for index in np.ndindex(array.shape)]
    found = {}
    for name, index in wanted:
        point = exact | {name: exact[name].astype(complex)}
        point[name][index] += 1e-30j
        found[name, index] = network.cost_at(point, x, y).imag / 1e-30
    return found


def assert_equals_complex_step(network, x, y):
    """Every entry, to 1e-12 of its array's largest derivative."""
    gradient, expected = backprop(network, x, y), complex_step(network, x, y)
    for name, array in gradient.items():
        largest = np.abs(array).max()
        assert all(abs(array[i] - expected[name, i]) <= 1e-12 * largest for i in np.ndindex(array.shape))


def data(sizes, examples, seed=7):
    """Inputs, and targets with a 1 for one class."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((sizes[0], examples)), np.eye(sizes[-1])[:, rng.integers(0, sizes[-1], examples)]


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("last", "cost"), PAIRS)
def test_backprop_equals_the_complex_step_for_every_activation_and_cost(hidden, last, cost):
    """Backprop differs from Im C(w + ih)/h by at most 1e-12 of the array's largest derivative."""
    network = Network([4, 5, 3, 3], activation=[hidden, hidden, last], cost=cost, seed=1, l2=0.1)
    assert_equals_complex_step(network, *data(network.sizes, 6))


@pytest.mark.parametrize("f", HIDDEN)
def test_single_neurons_may_have_another_function(f):
    """The chapter's exercise: f in one hidden and one output neuron, sigmoid in all others."""
    network = Network([4, 5, 3], seed=2, neurons={(2, 3): f, (3, 0): f})
    assert_equals_complex_step(network, *data(network.sizes, 5))
    plain = Network([4, 5, 3], seed=2)
    x, y = data(network.sizes, 5)
    changed = {name: (backprop(network, x, y)[name] != backprop(plain, x, y)[name]).any() for name in plain.parameters}
    assert all(changed.values()) == (f != "sigmoid")


def test_linear_neurons_throughout_give_a_product_of_matrices():
    """The chapter's other exercise: with σ(z) = z the gradient is that of one matrix applied to x."""
    network = Network([4, 5, 3, 2], activation="identity", seed=3)
    network.biases = [np.zeros_like(b) for b in network.biases]
    x, y = data(network.sizes, 6)
    w2, w3, w4 = network.weights
    error = (w4 @ w3 @ w2 @ x - y) / 6
    gradient = backprop(network, x, y)
    assert gradient["w2"] == pytest.approx((w4 @ w3).T @ error @ x.T, rel=1e-12)
    assert gradient["w4"] == pytest.approx(error @ (w3 @ w2 @ x).T, rel=1e-12)
    assert_equals_complex_step(network, x, y)


def test_the_complex_step_sees_a_wrong_derivative():
    """A derivative that is off by a millionth, in one activation, is outside the 1e-12."""

    class Off(type(ACTIVATIONS["tanh"])):
        def derivative(self, z, a, out=None):
            return np.multiply(super().derivative(z, a), 1 + 1e-6, out=out)

    network = Network([4, 5, 3], activation=[Off(), "sigmoid"], seed=1)
    with pytest.raises(AssertionError):
        assert_equals_complex_step(network, *data(network.sizes, 6))


def test_matrix_based_backprop_equals_the_sum_over_examples():
    """The fully matrix-based form and the chapter's loop over examples agree to 1e-13."""
    rng = np.random.default_rng(3)
    network = Network([6, 7, 5, 3], seed=2, neurons={(2, 1): "tanh"}, l2=0.01)
    x, y = rng.standard_normal((6, 8)), rng.random((3, 8))
    together, one_by_one = backprop(network, x, y), backprop_by_example(network, x, y)
    for name, array in together.items():
        assert np.abs(array - one_by_one[name]).max() <= 1e-13 * np.abs(array).max()


def test_large_layers_are_worked_on_in_blocks_and_nothing_else_changes():
    """Layers of more entries than a block, single neurons in any of them, and an L2 term."""
    neurons = {(2, 0): "tanh", (2, 199): "softplus", (2, 433): "gelu"}
    network = Network([10, 434, 30, 3], seed=2, activation="sigmoid", neurons=neurons, l2=0.01)
    x, y = data(network.sizes, 64)
    together, one_by_one = backprop(network, x, y), backprop_by_example(network, x, y)
    for name, array in together.items():
        assert np.abs(array - one_by_one[name]).max() <= 1e-13 * np.abs(array).max()


# Drawn networks.


@st.composite
def drawn(draw, most_layers=6, widest=12):
    """A network with its data: depth 1-6, widths 1-12, batch 1-8, both dtypes, saturated and tiny weights."""
    layers = draw(st.integers(1, most_layers))
    sizes = draw(st.lists(st.integers(1, widest), min_size=layers + 1, max_size=layers + 1))
    last, cost = draw(st.sampled_from(PAIRS))
    network = Network(
        sizes,
        activation=[*draw(st.lists(st.sampled_from(HIDDEN), min_size=layers - 1, max_size=layers - 1)), last],
        cost=cost,
        seed=draw(st.integers(0, 2**32 - 1)),
        l2=draw(st.sampled_from([0, 0.1])),
        dtype=draw(st.sampled_from(["float64", "float32"])),
    )
    scale = draw(st.sampled_from([1, 1, 1, 3, 30, 1e-3, 1e-8]))
    network.weights = [(scale * w).astype(network.dtype) for w in network.weights]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    examples = draw(st.integers(1, 8))
    x = rng.standard_normal((sizes[0], examples)).astype(network.dtype)
    y = np.eye(sizes[-1])[:, rng.integers(0, sizes[-1], examples)]
    return network, x, (0.1 + 0.8 * y if cost == "quadratic" else y).astype(network.dtype)


def slope_and_bend(f, z, a):
    """|σ′| and a bound on |σ″|, with the terms of both counted as positive."""
    if f.name == "gelu":
        inner, rate = _gelu(z)
        slope = logistic(inner) + np.abs(z) * logistic_slope(inner) * rate
        return slope, (2 + np.abs(z) * rate) * logistic_slope(inner) * rate + 8 * np.abs(z) * logistic_slope(inner)
    slope = np.abs(f.derivative(z.copy(), a))
    return slope, (0 if f.name in ("identity", "relu", "leaky_relu") else 2) * slope


def _gelu(z):
    near = np.clip(z, -50, 50)
    return GELU_SCALE * (near + GELU_CUBIC * near**3), GELU_SCALE * (1 + 3 * GELU_CUBIC * near**2)


def output_error(network, y, last, rounding):
    """|δ^L| with its terms counted as positive, and what the errors of z and a make of it."""
    f, cost, (z, a, z_error) = network.activations[-1], network.cost_function, last
    if f.couples:
        reach = a * (np.abs(a) + y) if cost.name == "quadratic" else np.abs(a) + y
        size = reach + a * reach.sum(axis=0) + (len(a) if cost.name == "cross_entropy" else 0)
        return size, size * (4 * z_error.max(axis=0) + rounding)
    slope, bend = slope_and_bend(f, z, a)
    if cost.name != "quadratic":
        return np.abs(a) + y, slope * z_error + rounding * (np.abs(a) + y)
    size = slope * (np.abs(a) + y)
    return size, (bend * z_error + rounding * slope) * (np.abs(a) + y) + slope * (
        slope * z_error + rounding * np.abs(a)
    )


def error_bound(network, x, y):
    """What rounding may change of each derivative, to first order: the running error of BP1-BP4."""
    rounding = (max(network.sizes) + x.shape[1]) * np.finfo(network.dtype).eps
    a, a_error, layers = x.astype(float), 0 * x.astype(float), []
    for w, b, f in zip(network.weights, network.biases, network.activations, strict=True):
        z, before, before_error = w.astype(float) @ a + b, a, a_error
        z_error = np.abs(w) @ (a_error + rounding * np.abs(a)) + rounding * np.abs(b)
        a = f.value(z)
        slope, bend = (1, 0) if f.couples else slope_and_bend(f, z, a)
        a_error = slope * z_error + rounding * np.abs(a)
        layers.append((w, before, before_error, slope, bend, z, z_error))
    delta, error = output_error(network, y, (z, a, z_error), rounding)
    bounds = {}
    for l, (w, before, before_error, *_) in reversed(list(enumerate(layers, 2))):
        bounds[f"b{l}"] = error.sum(axis=1, keepdims=True) / x.shape[1]
        weights = error @ np.abs(before).T + delta @ (before_error + rounding * np.abs(before)).T
        bounds[f"w{l}"] = weights / x.shape[1] + rounding * network.l2 * np.abs(w)
        if l > 2:
            *_, slope, bend, _, z_error = layers[l - 3]
            into, into_error = np.abs(w).T @ delta, np.abs(w).T @ error
            delta, error = slope * into, slope * into_error + (bend * z_error + rounding * slope) * into
    return bounds


def assert_within(got, expected, bound, dtype):
    """Entry by entry, with room for what has left the normal numbers, in float64 that of the step times 1e-30."""
    floor = {"float64": 1e-275, "float32": 1e-32}[str(dtype)]
    assert (np.abs(np.asarray(got, float) - np.asarray(expected, float)) <= bound + floor).all()


@given(drawn())
def test_drawn_networks_agree_with_the_complex_step_and_example_by_example(case):
    """Every entry within the rounding error of its own terms, whatever the depth, width, dtype and weights."""
    network, x, y = case
    gradient, bounds = backprop(network, x, y), error_bound(network, x, y)
    one_by_one = backprop_by_example(network, x, y)
    rng = np.random.default_rng(0)
    for name, array in gradient.items():
        assert array.dtype == network.dtype
        assert_within(array, one_by_one[name], 2 * bounds[name], network.dtype)
        entries = {tuple(rng.integers(0, array.shape)) for _ in range(8)}
        for (_, index), expected in complex_step(network, x, y, [(name, index) for index in entries]).items():
            assert_within(array[index], expected, bounds[name][index], network.dtype)


@given(drawn(most_layers=4, widest=5))
def test_drawn_networks_agree_with_the_sum_over_paths(case):
    """Eq. 53 too, where its factor ∂C/∂a has digits: with the quadratic cost."""
    network, x, y = case
    if network.cost_function.name == "quadratic" and count_paths(network) <= 20_000:
        bounds, gradient = error_bound(network, x, y), backprop(network, x, y)
        for name, array in path_sum(network, x, y).items():
            assert_within(array, gradient[name], 2 * bounds[name], network.dtype)


def test_the_bound_on_drawn_networks_is_narrow():
    """On an ordinary network it allows less than 1e-12 of the largest derivative, so it can tell right from wrong."""
    network = Network([6, 7, 5, 3], seed=2)
    x, y = data(network.sizes, 4)
    gradient, bounds = backprop(network, x, y), error_bound(network, x, y)
    assert all(bounds[name].max() < 1e-12 * np.abs(array).max() for name, array in gradient.items())


# Memory and bad input.


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_step_with_a_workspace_allocates_nothing_large(hidden):
    """Between two steps the peak grows by less than a tenth of one hidden layer's activations, let alone of w²."""
    network = Network([64, 2000, 10], activation=[hidden, "sigmoid"], initialisation="scaled", seed=1, l2=0.1)
    x, y = data(network.sizes, 256)
    space = Workspace.of(network, 256)
    step(network, x, y, 1e-3, space)
    tracemalloc.start()
    step(network, x, y, 1e-3, space)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2000 * 256 * 8 / 10


def test_the_workspace_holds_what_is_returned():
    """The same arrays come back and are written again; without a workspace they are new each time."""
    network = Network([4, 5, 3], seed=1)
    (x, y), (x2, y2) = data(network.sizes, 6), data(network.sizes, 6, seed=8)
    space = Workspace.of(network, 6)
    first, alone = backprop(network, x, y, space), backprop(network, x, y)
    assert all((first[name] == alone[name]).all() for name in alone)
    assert backprop(network, x2, y2, space)["w2"] is first["w2"]
    assert (first["w2"] == backprop(network, x2, y2)["w2"]).all()


def test_one_example_may_be_a_vector_and_is_the_chapters_column():
    """(n,) is taken as (n, 1), and ``backprop_example`` gives the same arrays layer by layer."""
    network = Network([4, 5, 3], seed=1)
    x, y = data(network.sizes, 1)
    gradient = backprop(network, x[:, 0], y[:, 0])
    nabla_b, nabla_w = backprop_example(network, x, y)
    for l in (2, 3):
        assert gradient[f"b{l}"] == pytest.approx(nabla_b[l - 2], rel=1e-13)
        assert gradient[f"w{l}"] == pytest.approx(nabla_w[l - 2], rel=1e-13)


BAD = {
    "inputs": (
        lambda n: backprop(n, np.zeros((3, 2)), np.zeros((2, 2))),
        r"The inputs have shape \(3, 2\); this network",
    ),
    "targets": (lambda n: backprop(n, np.zeros((4, 2)), np.zeros((4, 2))), r"The targets have shape \(4, 2\)"),
    "no example": (lambda n: backprop(n, np.zeros((4, 0)), np.zeros((2, 0))), r"The inputs have shape \(4, 0\)"),
    "counts": (lambda n: backprop(n, np.zeros((4, 2)), np.zeros((2, 3))), "There are 2 inputs and 3 targets"),
    "workspace": (
        lambda n: backprop(n, np.zeros((4, 2)), np.zeros((2, 2)), Workspace.of(n, 3)),
        "The workspace is for 3 examples, the mini-batch has 2",
    ),
    "sizes": (lambda n: Network([4]), "two or more layers of at least one neuron each, not"),
    "empty layer": (lambda n: Network([4, 0, 2]), "two or more layers of at least one neuron each, not"),
    "activation": (
        lambda n: Network([4, 2], activation="sigmod"),
        "No activation is called 'sigmod'; there are sigmoid",
    ),
    "activations": (lambda n: Network([4, 2], activation=["tanh"] * 2), "2 activations were given for 1 layers"),
    "cost": (lambda n: Network([4, 2], cost="mse"), "No cost is called 'mse'; there are quadratic"),
    "dtype": (lambda n: Network([4, 2], dtype=int), "A network computes in float64 or float32, not int64"),
    "initialisation": (
        lambda n: Network([4, 2], initialisation="xavier"),
        'The initialisation is "gaussian" or "scaled"',
    ),
    "neuron": (lambda n: Network([4, 2], neurons={(2, 2): "tanh"}), "There is no neuron 2 in layer 2"),
    "hidden softmax": (lambda n: Network([4, 3, 2], activation="softmax"), "Softmax couples its neurons"),
    "softmax neuron": (lambda n: Network([4, 2], neurons={(2, 0): "softmax"}), "softmax couples a whole layer"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_a_sentence(case):
    """What was given and what the network takes."""
    call, message = BAD[case]
    with pytest.raises(ValueError, match=message):
        call(Network([4, 3, 2], seed=0))
