"""Bad input and the contract of cost and gradient: a sentence each, before and after the numbers."""

import time

import numpy as np
import pytest

from gradcheck import Verdict, check_direction, check_gradient, locate
from gradcheck.errors import UsageError

X = np.random.default_rng(5).normal(size=6)


def square(x):
    """Σ x²."""
    return float(np.sum(x * x))


def double(x):
    """Its gradient."""
    return 2 * x


def test_an_empty_array_among_others_is_right_and_alone_is_refused():
    """Nothing to differentiate by in one array is no fault; nothing at all is no check."""
    at = {"w": X.copy(), "none": np.zeros((0, 3))}
    result = check_gradient(lambda p: square(p["w"]), lambda p: {"w": 2 * p["w"], "none": np.zeros((0, 3))}, at)
    assert result
    assert [array.entries for array in result.arrays] == [6, 0]
    with pytest.raises(UsageError, match="The point has no entries"):
        check_gradient(square, double, np.zeros((0, 3)))


@pytest.mark.parametrize("check", [check_gradient, check_direction, locate])
def test_a_zero_dimensional_array_is_a_point_for_every_check(check):
    """A single number among arrays keeps its shape."""
    at = {"w": X.copy(), "scale": np.array(0.7)}

    def cost(p):
        return float(p["scale"] * np.sum(p["w"] ** 2))

    assert check(cost, lambda p: {"w": 2 * p["scale"] * p["w"], "scale": np.array(square(p["w"]))}, at)
    wrong = check(cost, lambda p: {"w": 2 * p["scale"] * p["w"], "scale": np.array(-square(p["w"]))}, at)
    assert wrong.verdict is Verdict.FAIL
    assert "scale" in wrong.reason


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (X.astype(object), "object"),
        (X.astype(np.float16), "f16"),
        (X.astype(complex), r"c128\[6\]"),
        ({"w": X, "n": 3}, r"array n is .*i64"),
        ({"w": None}, "array w is object"),
    ],
)
def test_a_point_that_is_not_floating_point_is_refused_with_what_to_pass(at, sentence):
    """Objects, half precision, complex and whole numbers: which array, what it is, what to pass instead."""
    with pytest.raises(UsageError, match=sentence):
        check_gradient(square, double, at)


def test_a_hundred_million_entries_are_refused_before_they_are_copied():
    """The time that every entry would take is predicted at once, and cheaper checks are named."""
    at = np.lib.stride_tricks.as_strided(np.ones(1), shape=(100_000_000,), strides=(0,))
    started = time.perf_counter()
    with pytest.raises(UsageError, match=r"400,000,000 evaluations .* use check_direction, .* or locate"):
        check_gradient(square, double, at)
    assert time.perf_counter() - started < 1


def test_a_cost_that_changes_its_own_data_is_not_judged_by():
    """Data normalised in place at every call is another cost every time; said before any entry is looked at."""
    data = np.linspace(1, 2, 6)

    def cost(x):
        data[:] = data * 0.9
        return float(np.sum((x - data) ** 2))

    result = check_gradient(cost, lambda x: 2 * (x - data), X)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "not repeatable" in result.reason


def test_a_gradient_that_changes_the_data_is_caught():
    """A backward pass that subtracts the mean from the data in place moves the cost under the judge."""
    data = np.linspace(1, 2, 6)

    def gradient(x):
        found = 2 * (x - data)
        data[:] -= 0.5
        return found

    result = check_gradient(lambda x: float(np.sum((x - data) ** 2)), gradient, X)
    assert result.verdict is Verdict.FAIL
    assert any("changed the cost at the same point" in finding.message for finding in result.checks)


def test_a_cost_that_drifts_while_it_is_checked_is_not_relied_on():
    """The cost after the check is compared with the cost before it."""
    calls = []

    def cost(x):
        calls.append(None)
        return square(x) + (0.1 if len(calls) > 50 else 0.0)

    result = check_gradient(cost, double, X, method="real")
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "before the check and" in result.reason
    assert "reset what it stores" in result.remedy


def test_memory_shared_with_the_point_is_noted_and_shared_with_each_other_shows_in_the_numbers():
    """A gradient that is the parameter's own memory is right until the update; one buffer for two arrays is wrong."""
    result = check_gradient(lambda x: square(x) / 2, lambda x: x, X)
    assert result
    assert any("lies in the memory of the parameter theta" in flag for flag in result.flags)
    buffer = np.empty(6)

    def gradient(p):
        first = np.multiply(p["a"], 2, out=buffer)
        return {"a": first, "b": np.multiply(p["b"], 4, out=buffer)}

    result = check_gradient(lambda p: square(p["a"]) + 2 * square(p["b"]), gradient, {"a": X.copy(), "b": 3 * X})
    assert result.verdict is Verdict.FAIL
    assert "in a; b is right" in result.reason
    assert any("a and b share memory" in flag for flag in result.flags)


def test_a_gradient_added_to_its_buffer_is_named():
    """Twice the answer at the second call is an accumulator that was not set to zero."""
    total = np.zeros(6)

    def gradient(x):
        np.add(total, 2 * x, out=total)
        return total

    result = check_gradient(square, gradient, X)
    assert result.verdict is Verdict.FAIL
    assert "twice the first" in result.reason
    assert "zero the buffer first" in result.reason


def test_every_array_states_the_smallest_error_that_would_have_been_seen():
    """Two arrays whose gradients differ by a million have resolutions of their own."""
    at = {"small": X.copy(), "large": X.copy()}

    def cost(p):
        return float(np.sum(1e-3 * np.sin(p["small"])) + np.sum(1e3 * np.sin(p["large"])))

    result = check_gradient(cost, lambda p: {"small": 1e-3 * np.cos(p["small"]), "large": 1e3 * np.cos(p["large"])}, at)
    assert result
    small, large = (array.resolution for array in result.arrays)
    assert 0 < small < 1e-5 < large
    assert result.notes[0].startswith("small: an error above")
    assert result.resolution == large
