"""``locate``: wrong entries found by splitting, in far fewer evaluations than there are entries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck import Verdict, locate

RNG = np.random.default_rng(11)
LARGE = 1000
INPUT = RNG.normal(size=(LARGE, 1))
WEIGHTS = RNG.normal(size=(LARGE, LARGE)) / 30


def cost(w):
    """A million weights in one layer; survives a complex step."""
    return np.sum(np.tanh(w @ INPUT) ** 2)


def gradient(w):
    """Its gradient."""
    t = np.tanh(w @ INPUT)
    return (2 * t * (1 - t * t)) @ INPUT.T


def with_fault(plant):
    """The gradient with *plant* done to it."""

    def wrong(w):
        found = gradient(w)
        plant(found)
        return found

    return wrong


def one_entry(g):
    """One wrong sign and a bit."""
    g[412, 77] = -g[412, 77] + 0.1


@pytest.mark.parametrize("function", [cost, lambda w: float(cost(w))], ids=["complex steps", "real differences"])
def test_one_wrong_entry_among_a_million_is_found_within_a_hundred_evaluations(function):
    """By complex steps and by real differences; what was ruled out is said."""
    result = locate(function, with_fault(one_entry), WEIGHTS)
    assert result.verdict is Verdict.FAIL
    assert [d.index for d in result.worst] == [(412, 77)]
    assert result.evaluations <= 100
    assert "Wrong: theta[412, 77]" in result.reason
    assert "the rest passes 4 random directions" in result.checks[-1].message


SMALL = {"w2": RNG.normal(size=(40, 60)) / 8, "b2": RNG.normal(size=(40, 1)), "w3": RNG.normal(size=(6, 40)) / 6}
BATCH = RNG.normal(size=(60, 4))


def network(w2, b2, w3):
    """Two layers."""
    return float(np.sum(np.tanh(w3 @ np.tanh(w2 @ BATCH + b2)) ** 2))


def network_gradient(w2, b2, w3):
    """By hand."""
    hidden = np.tanh(w2 @ BATCH + b2)
    out = np.tanh(w3 @ hidden)
    delta = 2 * out * (1 - out**2)
    back = (w3.T @ delta) * (1 - hidden**2)
    return {"w2": back @ BATCH.T, "b2": back.sum(axis=1, keepdims=True), "w3": delta @ hidden.T}


def planted(name, where, change):
    """The gradient with a part of one array changed."""

    def wrong(**point):
        found = network_gradient(**point)
        found[name][where] = change(found[name][where])
        return found

    return wrong


@pytest.mark.parametrize(
    ("name", "where", "sentence"),
    [
        ("w2", (7, slice(None)), "w2[7, :] (all 60 entries)"),
        ("w2", (slice(None), 5), "w2[:, 5] (all 40 entries)"),
        ("w2", (slice(None), slice(None)), "w2 throughout"),
        ("w2", (slice(10, 20), slice(30, 40)), "w2[10:20, 30:40] (100 entries, 8 of 8 looked at wrong)"),
        ("b2", (slice(None), slice(None)), "b2 throughout"),
        ("w3", (2, 3), "w3[2, 3]"),
    ],
)
def test_a_part_that_is_wrong_all_along_is_named_as_such(name, where, sentence):
    """A row, a column, a block, a whole array: named from a sample, the other arrays ruled out."""
    result = locate(network, planted(name, where, lambda part: 1.5 * part), SMALL)
    assert result.verdict is Verdict.FAIL
    assert sentence in result.reason
    assert all(array.wrong == 0 for array in result.arrays if array.name != name)
    assert all(other in result.reason for other in SMALL)
    assert "ruled out" in result.reason
    assert result.evaluations < 600


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 6))
def test_scattered_wrong_entries_are_all_found_and_no_other_is_blamed(seed, count):
    """Several errors of different sizes anywhere: exactly these."""
    rng = np.random.default_rng(seed)
    places = {(int(rng.integers(40)), int(rng.integers(60))): rng.uniform(0.1, 1) for _ in range(count)}

    def wrong(**point):
        found = network_gradient(**point)
        for place, error in places.items():
            found["w2"][place] += error
        return found

    result = locate(network, wrong, SMALL, seed=seed)
    assert {d.index for d in result.worst if d.name == "w2"} == set(places)
    assert result.arrays[0].wrong == len(places)


@given(seed=st.integers(0, 2**32 - 1))
def test_a_right_gradient_is_ruled_out_everywhere(seed):
    """Nothing is wrong; every array says along how many directions, and what could have been missed."""
    result = locate(network, network_gradient, SMALL, seed=seed)
    assert result, result.reason
    assert all("is ruled out" in finding.message for finding in result.checks)


def test_a_small_array_is_looked_at_entry_by_entry():
    """Splitting does not pay for a handful of entries."""
    result = locate(lambda x: float(x @ x), lambda x: 2 * x + np.array([0, 0, 1e-3]), np.ones(3))
    assert [d.index for d in result.worst] == [(2,)]
    assert locate(lambda x: float(x @ x), lambda x: 2 * x, np.ones(3))


def test_a_search_keeps_to_its_budget():
    """Where many scattered entries are wrong the search ends with regions instead of entries."""
    scattered = np.random.default_rng(0).random((40, 60)) < 0.2
    wrong = planted("w2", scattered, lambda part: part + 0.5)
    result = locate(network, wrong, SMALL, budget=200)
    assert result.verdict is Verdict.FAIL
    assert result.evaluations < 500


def test_what_is_structurally_wrong_comes_first():
    """A transposed gradient needs no search."""
    result = locate(lambda w: float(np.sum(w**2)), lambda w: 2 * w.T, np.ones((2, 3)))
    assert result.verdict is Verdict.FAIL
    assert "it is transposed" in result.reason
