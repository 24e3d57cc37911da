"""Values, derivatives and differences of activations and costs against many-digit arithmetic."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.activations import ACTIVATIONS, GELU_CUBIC, GELU_SCALE
from nets.costs import COSTS
from nets.logistic import logistic
from nets.outputs import output

DTYPES = (np.float64, np.float32)
MAGNITUDES = (0, 5e-324, 1e-310, 1e-40, 1e-20, 1e-8, 1e-3, 0.3, 0.7, 1.5, 4, 9, 17, 36, 100, 720, 1e4, 1e8)
GRID = sorted({sign * magnitude for magnitude in MAGNITUDES for sign in (-1, 1)})
ROUNDINGS = 6  # half-ulps a formula of a few operations may lose


@pytest.fixture(autouse=True, scope="module")
def many_digits():
    """Enough bits for a change of 1e-308 in a number of 1e8."""
    with mp.workprec(1300):
        yield


def exact(value):
    """A float as the number that it is."""
    return mp.mpf(float(value))


def sigma(z):
    """The logistic function."""
    return 1 / (1 + mp.exp(-z))


def inner(z):
    """2u(z) of GELU's tanh form."""
    return exact(GELU_SCALE) * (z + exact(GELU_CUBIC) * z**3)


def slope(z):
    """σ′(z)."""
    return sigma(z) * sigma(-z)


def inner_slope(z):
    """The derivative of ``inner``."""
    return exact(GELU_SCALE) * (1 + 3 * exact(GELU_CUBIC) * z * z)


SMOOTH = {
    "sigmoid": (sigma, slope),
    "tanh": (mp.tanh, lambda z: 4 * slope(2 * z)),
    "identity": (lambda z: z, lambda z: mp.mpf(1)),
    "softplus": (lambda z: max(z, mp.mpf(0)) + mp.log1p(mp.exp(-abs(z))), sigma),
    "relu": (lambda z: max(z, mp.mpf(0)), lambda z: mp.mpf(z > 0)),
    "leaky_relu": (lambda z: z if z > 0 else exact(0.01) * z, lambda z: mp.mpf(1) if z > 0 else exact(0.01)),
}


def allowed(dtype, size, roundings=ROUNDINGS):
    """A few roundings of *size*, or where there is no normal number left, as many of the smallest one."""
    limits = np.finfo(dtype)
    return roundings * (exact(limits.eps) * abs(size) + exact(limits.tiny))


def row(values, dtype):
    """Neurons side by side, as one row."""
    return np.array([values], dtype=dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SMOOTH)
def test_values_and_derivatives_are_right_to_a_few_roundings(name, dtype):
    """σ(z) and σ′(z) keep their digits from 0 and denormals to ±1e8."""
    value, derivative = SMOOTH[name]
    z = row(GRID, dtype)
    a = ACTIVATIONS[name].value(z)
    slopes = ACTIVATIONS[name].derivative(z, a)
    for at, given_value, given_slope in zip(z[0], a[0], slopes[0], strict=True):
        assert abs(exact(given_value) - value(exact(at))) <= allowed(dtype, value(exact(at))), at
        assert abs(exact(given_slope) - derivative(exact(at))) <= allowed(dtype, derivative(exact(at))), at


def assert_difference(name, z, d):
    """σ(z + d) − σ(z) to a few roundings of itself, element by element."""
    value, _ = SMOOTH[name]
    got = ACTIVATIONS[name].difference(z, ACTIVATIONS[name].value(z), d)
    for at, step, change in zip(z[0], d[0], got[0], strict=True):
        expected = value(exact(at) + exact(step)) - value(exact(at))
        assert abs(exact(change) - expected) <= allowed(z.dtype, expected), (at, step)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SMOOTH)
def test_differences_are_right_to_a_few_roundings_everywhere(name, dtype):
    """No digit of σ(z + d) − σ(z) cancels for any z and d, d = 0 and steps that leave saturation included."""
    z, d = (axis.reshape(1, -1) for axis in np.meshgrid(row(GRID, dtype), row(GRID, dtype)))
    assert_difference(name, z, d)


@pytest.mark.parametrize("name", SMOOTH)
@given(z=st.floats(-800, 800), d=st.floats(-1600, 1600) | st.floats(-1, 1))
def test_differences_between_the_points_of_the_grid_are_right_too(name, z, d):
    """The same at z and d that hypothesis looks for."""
    with mp.workprec(1300):
        assert_difference(name, row([z], np.float64), row([d], np.float64))


@pytest.mark.parametrize("name", SMOOTH)
def test_small_steps_are_as_exact_as_large_ones(name):
    """A block of steps of at most a half takes another, shorter path and loses nothing by it."""
    small = [d for d in GRID if abs(d) <= 0.3]
    z, d = (axis.reshape(1, -1) for axis in np.meshgrid(row(GRID, np.float64), row(small, np.float64)))
    assert_difference(name, z, d)


def gelu_terms(z):
    """σ(2u) + |z| σ′(2u) 2u′, and how much the rounding of 2u is magnified."""
    return sigma(inner(z)) + abs(z) * slope(inner(z)) * inner_slope(z), 1 + min(abs(inner(z)), mp.mpf(800))


@pytest.mark.parametrize("dtype", DTYPES)
def test_gelu_is_right_to_the_rounding_of_its_inner_polynomial(dtype):
    """GELU, whose derivative has a zero, is right to a few roundings of the terms that it adds."""
    gelu = ACTIVATIONS["gelu"]
    grid = [z for z in GRID if abs(z) <= 1e4]
    z, d = (axis.reshape(1, -1) for axis in np.meshgrid(row(grid, dtype), row(grid, dtype)))
    a = gelu.value(z)
    for at, step, value, change in zip(z[0], d[0], a[0], gelu.difference(z, a, d)[0], strict=True):
        here, there = exact(at), exact(at) + exact(step)
        expected = sigma(inner(here)) * here, sigma(inner(there)) * there
        terms = max(rate * magnified for rate, magnified in (gelu_terms(here), gelu_terms(there)))
        assert abs(exact(value) - expected[0]) <= allowed(dtype, expected[0] * gelu_terms(here)[1])
        assert abs(exact(change) - (expected[1] - expected[0])) <= allowed(dtype, abs(exact(step)) * terms), (at, step)


def test_gelu_keeps_what_little_is_left_far_below_zero():
    """From −8 to 0 GELU changes by 3e-21, and the difference says so."""
    z, d = row([-8.0], np.float64), row([8.0], np.float64)
    change = ACTIVATIONS["gelu"].difference(z, ACTIVATIONS["gelu"].value(z), d)
    assert change[0, 0] == pytest.approx(float(8 * sigma(inner(mp.mpf(-8)))), rel=1e-13)


@pytest.mark.parametrize("dtype", DTYPES)
def test_sigmoid_does_not_overflow(dtype):
    """At |z| = 1e4 the sigmoid is 0 or 1, its slope 0, and no warning is raised."""
    sigmoid = ACTIVATIONS["sigmoid"]
    z = row([-1e4, 1e4], dtype)
    a = sigmoid.value(z)
    assert a.tolist() == [[0, 1]]
    assert sigmoid.derivative(z, a).tolist() == [[0, 0]]


def test_the_sigmoid_takes_complex_numbers_of_any_size():
    """σ(z + ih) is finite, and its imaginary part is h σ′(z), or h σ rounded to nothing."""
    z = np.array([[-1e4, -30, 0, 30, 1e4]]) + 1e-30j
    slopes = ACTIVATIONS["sigmoid"].derivative(z.real, logistic(z.real))
    assert np.allclose(logistic(z).imag, 1e-30 * slopes, rtol=1e-12, atol=1e-300)


# Outputs and costs.

Z = np.array([[0.3, 40, -800, 3, 690], [-1.2, -3, 10, 3, 0], [2.0, 1, 700, 3, 10]])
Y = np.array([[0, 1, 0, 0.25, 1], [0, 0, 0, 0.25, 0], [1, 0, 1, 0.5, 0]])
STEPS = np.array([[1, 0.5, -2, 1, -1], [-1, 0.25, 1, 1, 1], [0.7, -1, 3, 1, 2.0]])
SCALES = (1e-300, 1e-20, 1e-8, 1e-2, 1, 30)


def softplus(z):
    """log(1 + exp(z))."""
    return SMOOTH["softplus"][0](z)


def softmax(z):
    """The probabilities of one column."""
    top = max(z)
    powers = [mp.exp(value - top) for value in z]
    return [power / sum(powers) for power in powers]


def sigmoid_cross_entropy(z, y):
    """C from z."""
    return sum(t * softplus(-v) + (1 - t) * softplus(v) for v, t in zip(z, y, strict=True))


def sigmoid_log_likelihood(z, y):
    """C from z."""
    return sum(t * softplus(-v) for v, t in zip(z, y, strict=True))


def softmax_log_likelihood(z, y):
    """C from z."""
    return -sum(t * mp.log(p) for p, t in zip(softmax(z), y, strict=True))


def softmax_cross_entropy(z, y):
    """C from z."""
    return softmax_log_likelihood(z, y) - sum((1 - t) * mp.log(1 - p) for p, t in zip(softmax(z), y, strict=True))


def quadratic(function):
    """½‖f(z) − y‖²."""
    return lambda z, y: sum((p - t) ** 2 for p, t in zip(function(z), y, strict=True)) / 2


PAIRS = {
    ("sigmoid", "cross_entropy"): sigmoid_cross_entropy,
    ("sigmoid", "log_likelihood"): sigmoid_log_likelihood,
    ("sigmoid", "quadratic"): quadratic(lambda z: [sigma(v) for v in z]),
    ("softmax", "log_likelihood"): softmax_log_likelihood,
    ("softmax", "cross_entropy"): softmax_cross_entropy,
    ("softmax", "quadratic"): quadratic(softmax),
    ("tanh", "quadratic"): quadratic(lambda z: [mp.tanh(v) for v in z]),
    ("identity", "quadratic"): quadratic(lambda z: z),
}


def exact_error(function, z, y):
    """∂C/∂z_i by central differences so small that their error is far below a float's."""
    h = mp.mpf(2) ** -200
    shifted = [[v + h * s * (i == k) for k, v in enumerate(z)] for i in range(len(z)) for s in (1, -1)]
    with mp.workprec(2600):
        costs = [function(point, y) for point in shifted]
        return [(up - down) / (2 * h) for up, down in zip(costs[::2], costs[1::2], strict=True)]


def column(array, index):
    """One example as exact numbers."""
    return [exact(value) for value in array[:, index]]


def rates(pair, z, y):
    """How strongly C reacts to each z_i, with all terms counted as positive: what rounding can act on."""
    p = softmax(z) if pair[0] == "softmax" else [sigma(v) for v in z]
    if pair[1] == "quadratic":
        slopes = {"tanh": [SMOOTH["tanh"][1](v) for v in z], "identity": [1 + abs(v) for v in z]}
        return [12 * r * (1 + abs(t)) for r, t in zip(slopes.get(pair[0], [v * (1 - v) for v in p]), y, strict=True)]
    if pair[0] == "sigmoid":
        losing = pair[1] == "cross_entropy"
        return [t * (1 - v) + losing * (1 - t) * v for v, t in zip(p, y, strict=True)]
    odds = [(1 - t) * v / (1 - v) * (pair[1] == "cross_entropy") for v, t in zip(p, y, strict=True)]
    return [t + o + v * (sum(y) + sum(odds)) for v, t, o in zip(p, y, odds, strict=True)]


@pytest.mark.parametrize("pair", PAIRS)
def test_the_cost_and_the_output_error_are_right_for_sure_and_for_undecided_nets(pair):
    """C and δ^L (BP1) keep their digits where a has rounded to 0 or 1; the quadratic cost, those that a − y has."""
    last = output(ACTIVATIONS[pair[0]], COSTS[pair[1]])
    a = last.activation.value(Z)
    costs, errors = last.value(Z, a, Y), last.error(Z, a, Y)
    for index in range(Z.shape[1]):
        z, y = column(Z, index), column(Y, index)
        expected, true = PAIRS[pair](z, y), exact_error(PAIRS[pair], z, y)
        assert abs(exact(costs[index]) - expected) <= allowed(np.float64, expected + 1)
        sizes = rates(pair, z, y) if pair[1] == "quadratic" else true
        for got, want, size in zip(errors[:, index], true, sizes, strict=True):
            assert abs(exact(got) - want) <= allowed(np.float64, size), (index, float(want))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("pair", PAIRS)
def test_the_change_of_the_cost_is_right_for_tiny_and_for_large_steps(pair, scale):
    """ΔC keeps its digits, to a few roundings of the terms it is made of, even for a step of 1e-300."""
    last = output(ACTIVATIONS[pair[0]], COSTS[pair[1]])
    a = last.activation.value(Z)
    changes = last.difference(Z, a, Y, scale * STEPS)
    for index in range(Z.shape[1]):
        z, d, y = column(Z, index), column(scale * STEPS, index), column(Y, index)
        moved = [v + step for v, step in zip(z, d, strict=True)]
        with mp.workprec(2600):
            expected = PAIRS[pair](moved, y) - PAIRS[pair](z, y)
        common = d[z.index(max(z))] if pair[0] == "softmax" else 0
        both = zip(rates(pair, z, y), rates(pair, moved, y), d, strict=True)
        terms = sum(max(before, after) * abs(step - common) for before, after, step in both)
        assert abs(exact(changes[index]) - expected) <= allowed(np.float64, abs(expected) + terms), index


def test_one_column_of_outputs_serves_many_columns_of_steps():
    """z, a and y may be one example and the steps many, as when all weights of a layer are perturbed together."""
    for pair in PAIRS:
        last = output(ACTIVATIONS[pair[0]], COSTS[pair[1]])
        z, y = Z[:, :1], Y[:, :1]
        a = last.activation.value(z)
        together = last.difference(z, a, y, STEPS)
        wide = [np.repeat(array, STEPS.shape[1], axis=1) for array in (z, a, y)]
        assert together == pytest.approx(last.difference(*wide, STEPS), rel=1e-14)
