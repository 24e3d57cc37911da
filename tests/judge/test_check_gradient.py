"""``check_gradient`` through the public door: right gradients, wrong ones, and costs that cannot be judged by."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck import Verdict, assert_gradient, check_gradient
from gradcheck.errors import UsageError
from gradcheck.suite.detection import draw

X = np.random.default_rng(3).normal(size=6)
PASSES = {
    "rosenbrock": (
        lambda x: float(np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)),
        lambda x: (
            np.append(-400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1]), 0)
            + np.insert(200 * (x[1:] - x[:-1] ** 2), 0, 0)
        ),
        X,
    ),
    "an offset of a million": (
        lambda x: 1e6 + np.log(np.sum(np.exp(x))),
        lambda x: np.exp(x) / np.exp(x).sum(),
        X,
    ),
    "a wave of ten thousand radians": (
        lambda x: float(np.sum(np.sin(1e4 * x))),
        lambda x: 1e4 * np.cos(1e4 * x),
        X,
    ),
    "a cube root near its pole": (
        lambda x: float(np.sum(np.cbrt(x))),
        lambda x: 1 / (3 * np.cbrt(x) ** 2),
        1e-3 * X,
    ),
    "a slope that is continuous but not Lipschitz": (
        lambda x: float(np.sum(np.abs(x) ** 1.5)),
        lambda x: 1.5 * np.sqrt(np.abs(x)) * np.sign(x),
        np.array([0.0, 1e-9, 1.0, -1e-12]),
    ),
    "a subgradient of |x|": (lambda x: np.sum(np.abs(x)), np.sign, np.array([0.0, 1.0, -2.0])),
    "a tie of maxima": (lambda x: float(x.max()), lambda x: np.array([1.0, 0.0, 0.0]), np.ones(3)),
    "a cost rounded to six decimals": (
        lambda x: round(float(np.sum(np.tanh(x))), 6),
        lambda x: 1 / np.cosh(x) ** 2,
        X,
    ),
    "a cost computed in float32": (
        lambda x: float(np.sum(np.tanh(x.astype(np.float32)))),
        lambda x: 1 / np.cosh(x) ** 2,
        X,
    ),
    "a linear function": (lambda x: float(x @ X), lambda x: X, X),
    "a minimum": (lambda x: float(np.sum(x**2)), lambda x: 2 * x, np.zeros(4)),
    "a flat pole": (
        lambda x: float(np.sum(np.exp(-1 / x**2))),
        lambda x: 2 * np.exp(-1 / x**2) / x**3,
        np.array([0.03, 0.1, 0.5, 2.0]),
    ),
    "the edge of a domain": (lambda x: np.sum(np.log(x)), lambda x: 1 / x, np.array([1e3, 1e-12, 1.0])),
    "a rounded corner": (
        lambda x: float(np.sum(np.sqrt(x * x + 1e-12))),
        lambda x: x / np.sqrt(x * x + 1e-12),
        np.array([0.0, 1e-7, 1e-6, 1e-5, 1.0]),
    ),
    "a Huber cost at its joint": (
        lambda x: float(np.sum(np.where(np.abs(x) < 1, 0.5 * x * x, np.abs(x) - 0.5))),
        lambda x: np.clip(x, -1, 1),
        np.array([1.0, -1.0, 0.3, 4.0]),
    ),
    "a tiny scale": (lambda x: 1e-12 * float(np.sum(np.sin(x))), lambda x: 1e-12 * np.cos(x), X),
    "a huge scale": (lambda x: 1e12 * float(np.sum(np.sin(x))), lambda x: 1e12 * np.cos(x), X),
}


@pytest.mark.parametrize("name", PASSES)
def test_a_right_gradient_of_a_difficult_cost_is_never_called_wrong(name):
    """Right gradients pass, each with the smallest error that would have been seen."""
    cost, gradient, at = PASSES[name]
    result = check_gradient(cost, gradient, at)
    assert result.verdict is Verdict.PASS, result.reason
    assert "would have been seen" in result.reason


@pytest.mark.parametrize("name", PASSES)
def test_one_entry_that_is_off_is_found_in_a_difficult_cost(name):
    """An error of eight times the stated resolution in the largest entry is called wrong, and that entry alone."""
    cost, gradient, at = PASSES[name]
    resolution = check_gradient(cost, gradient, at).resolution
    place = int(np.argmax(np.abs(np.asarray(gradient(at)))))
    off = 8 * resolution + 1e-4 * abs(np.asarray(gradient(at)).flat[place])
    off = 0.5 if name in {"a subgradient of |x|", "a tie of maxima"} else off

    def wrong(x):
        found = np.array(gradient(x), dtype=float)
        found.flat[place] += math.copysign(off, found.flat[place])
        return found

    result = check_gradient(cost, wrong, at)
    assert result.verdict is Verdict.FAIL, result.reason
    assert [d.index for d in result.worst if d.verdict == "wrong"] == [(place,)]


@pytest.mark.parametrize(
    ("name", "cost", "gradient", "at", "reason"),
    [
        ("constant", lambda x: 3.0, np.zeros_like, X, "does not depend on any entry"),
        ("a pole of the slope", lambda x: float(np.sqrt(x).sum()), lambda x: 1 / (x + 1e-300), np.zeros(2), "judged"),
    ],
)
def test_a_cost_that_shows_nothing_is_inconclusive(name, cost, gradient, at, reason):
    """Where no step shows a derivative, the verdict is inconclusive and comes with a remedy."""
    result = check_gradient(cost, gradient, at)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert reason in result.reason
    assert result.remedy


def test_a_random_cost_is_named_as_such_before_anything_else():
    """A cost that differs at the same point is not judged by."""
    rng = np.random.default_rng(0)
    result = check_gradient(lambda x: float(x @ x + 1e-6 * rng.normal()), lambda x: 4 * x, X)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "not repeatable" in result.reason
    assert "dropout" in result.remedy


def test_a_straight_through_gradient_is_wrong():
    """The gradient that pretends rounding away is not the gradient of the rounded cost."""
    result = check_gradient(lambda x: float(np.sum(np.round(x) ** 2)), lambda x: 2 * np.round(x), X)
    assert result.verdict is Verdict.FAIL


def square(x):
    """Σ x²."""
    return float(np.sum(x * x))


def double(x):
    """Its gradient."""
    return 2 * x


@pytest.mark.parametrize(
    ("cost", "verdict", "sentence"),
    [
        (lambda x: x * x, Verdict.ERROR, "f64[6]"),
        (lambda x: None, Verdict.ERROR, "None"),
        (lambda x: math.nan, Verdict.ERROR, "nan"),
        (lambda x: 1 / 0, Verdict.ERROR, "ZeroDivisionError"),
        (lambda x: complex(1, 2), Verdict.ERROR, "complex"),
        (lambda x: "one", Verdict.ERROR, "text"),
    ],
)
def test_a_cost_that_is_no_number_is_an_error_in_a_sentence(cost, verdict, sentence):
    """What the cost returned or raised is said; nothing is raised."""
    result = check_gradient(cost, double, X)
    assert result.verdict is verdict
    assert sentence in result.reason
    assert "\n" not in result.reason


@pytest.mark.parametrize(
    ("gradient", "sentence"),
    [
        (lambda p: {"W": 2 * p["W"]}, "b"),
        (lambda p: None, "None"),
        (lambda p: {"W": 2 * p["W"].T, "b": 2 * p["b"]}, "transpose"),
        (lambda p: {"W": 2 * p["W"], "b": (2 * p["b"]).sum()}, "summed to one number"),
        (lambda p: {"W": 2 * p["W"] * np.nan, "b": 2 * p["b"]}, "finite"),
        (lambda p: {"W": (2 * p["W"]).astype(object), "b": 2 * p["b"]}, "object"),
        (lambda p: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_gradient_of_the_wrong_structure_fails_in_a_sentence_of_its_own(gradient, sentence):
    """Names, shapes, dtype and finiteness come before numbers."""
    at = {"W": X.reshape(2, 3), "b": X[:2].copy()}
    result = check_gradient(lambda p: square(p["W"]) + square(p["b"]), gradient, at)
    assert result.verdict in {Verdict.FAIL, Verdict.ERROR}
    assert sentence in result.reason
    assert "\n" not in result.reason


def test_an_additional_array_is_flagged_and_not_held_against_the_others():
    """Extra keys are said, and what can be compared passes."""
    result = check_gradient(lambda p: square(p["W"]), lambda p: {"W": 2 * p["W"], "note": X}, {"W": X.copy()})
    assert result.verdict is Verdict.PASS
    assert any("note" in flag for flag in result.flags)


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (np.arange(3), r"i64\[3\]"),
        (np.array([object()]), "object"),
        ({}, "no "),
        (np.array([1.0, math.nan]), "finite"),
        ("abc", "text"),
    ],
)
def test_a_point_that_cannot_be_checked_at_is_refused_in_a_sentence(at, sentence):
    """The refusal is a UsageError that says what is wrong with the point."""
    with pytest.raises(UsageError, match=sentence):
        check_gradient(square, double, at)


@pytest.mark.parametrize("at", [np.float64(1.5), 2.5, np.array(0.7), X.reshape(1, 2, 3)])
def test_scalars_and_arrays_of_any_dimension_are_points(at):
    """A number, a 0-d array and a stack of matrices are checked as they are."""
    assert check_gradient(lambda x: float(np.sum(x * x)), lambda x: 2 * x, at)


def test_a_read_only_point_is_checked_and_left_alone():
    """The point is never written to."""
    at = X.copy()
    at.setflags(write=False)
    assert check_gradient(square, double, at)


def test_a_cost_that_moves_its_point_is_said_so():
    """A cost that works in place on its argument would judge its own leavings."""

    def cost(x):
        x += 1
        return square(x)

    result = check_gradient(cost, double, X.copy())
    assert result.verdict is Verdict.ERROR
    assert "changes the point" in result.reason


def test_a_gradient_that_moves_the_point_is_caught():
    """A backward pass that updates the weights on the way is named, right numbers or not."""

    def gradient(x):
        g = 2 * x
        x -= 0.1 * g
        return g

    result = check_gradient(square, gradient, X.copy())
    assert result.verdict is Verdict.FAIL
    assert "changed the parameters it was given" in result.reason


def test_a_gradient_in_a_reused_buffer_is_right():
    """Returning the same array each time is a style, not a fault."""
    buffer = np.empty_like(X)

    def gradient(x):
        np.multiply(x, 2, out=buffer)
        return buffer

    assert check_gradient(square, gradient, X)


def test_a_gradient_that_accumulates_over_calls_is_caught():
    """Not resetting the accumulator gives another answer on the second call."""
    total = np.zeros_like(X)

    def gradient(x):
        np.add(total, 2 * x, out=total)
        return total.copy()

    result = check_gradient(square, gradient, X)
    assert result.verdict is Verdict.FAIL
    assert "second" in result.reason or "twice" in result.reason or "same" in result.reason


def test_too_large_a_task_is_refused_with_the_time_it_would_take():
    """A hundred million entries are not started on; the sentence names cheaper ways."""
    at = np.lib.stride_tricks.as_strided(np.ones(1), shape=(10_000_000,), strides=(0,))
    with pytest.raises(UsageError, match=r"minutes in all; use check_direction"):
        check_gradient(lambda x: float(np.sum(x)), np.ones_like, at, time_limit=1)


def test_assert_gradient_raises_with_the_reason():
    """In a test suite the failure carries the sentence."""
    assert_gradient(square, double, X)
    with pytest.raises(AssertionError, match="6 of 6 entries are wrong"):
        assert_gradient(square, lambda x: 3 * x, X)


def test_a_result_survives_its_json():
    """A stored result is the same result."""
    result = check_gradient(square, lambda x: 3 * x, X)
    again = type(result).from_json(result.to_json())
    assert again == result
    assert str(again) == str(result)


@given(seed=st.integers(0, 2**32 - 1), exponent=st.integers(-6, 6), offset=st.sampled_from([0.0, 1.0, 1e6]))
def test_right_random_networks_never_fail_and_wrong_ones_never_pass(seed, exponent, offset):
    """Over scales and offsets, right is never called wrong, nor an error above the resolution right."""
    rng = np.random.default_rng(seed)
    inputs, scale = rng.normal(size=(4, 3)), 10.0**exponent
    at = {"w": rng.normal(size=(2, 4)), "b": rng.normal(size=(2, 1))}

    def cost(w, b):
        return offset + scale * float(np.sum(np.tanh(w @ inputs + b) ** 2))

    def gradient(w, b):
        a = np.tanh(w @ inputs + b)
        delta = 2 * scale * a * (1 - a * a)
        return {"w": delta @ inputs.T, "b": delta.sum(axis=1, keepdims=True)}

    right = check_gradient(cost, gradient, at)
    assert right.verdict is not Verdict.FAIL, right.reason
    error = 4 * right.resolution

    def wrong(w, b):
        found = gradient(w, b)
        found["w"][1, 2] += error
        return found

    assert check_gradient(cost, wrong, at).verdict is not Verdict.PASS


def test_a_kink_that_noise_hides_at_small_steps_is_still_a_kink():
    """Two small steps at which a small gap drowns in noise do not convict what larger steps showed to be a kink."""
    box = draw("ReLU at kinks", 39)
    result = check_gradient(box.cost, box.gradient, box.at)
    assert result.verdict is Verdict.PASS, result.reason
    assert "kink" in result.reason
