"""The checker checked on black boxes: right gradients of difficult costs, planted faults, and the textbook rules."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck import Verdict, check_gradient
from gradcheck.errors import CouldNotRunError, UsageError
from gradcheck.rules import RULES, apply_rule
from gradcheck.suite.detection import FAMILIES, counted, draw, family_counts, judge_case, missed, rule_counts
from gradcheck.suite.mutations import MUTATIONS, plant


@pytest.mark.parametrize("family", FAMILIES)
def test_right_gradients_are_not_blamed_and_visible_faults_are_caught_and_located(family):
    """In every family: no false alarm, no fault above the stated resolution missed, and the wrong entries named."""
    cases = [case for seed in range(8) for case in judge_case(family, seed)]
    counts = counted(family, cases)
    assert missed(cases) == []
    assert counts.correct.wrong == 0
    assert counts.faults.caught == counts.faults.total > 3
    assert counts.faults.located == counts.faults.total
    assert sum(size.total for size in counts.by_size) == len(cases) - counts.correct.total


@given(family=st.sampled_from(list(FAMILIES)), seed=st.integers(0, 10**6), method=st.sampled_from(["auto", "real"]))
def test_no_seed_of_any_family_is_called_wrong(family, seed, method):
    """Right gradients are right whichever way the numeric derivative is taken."""
    box = draw(family, seed)
    result = check_gradient(box.cost, box.gradient, box.at, method=method)
    assert result.verdict is not Verdict.FAIL, result.reason


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_planted_fault_is_in_one_array_and_the_same_at_every_call(mutation):
    """What was planted is what the mutated gradient differs by, at the point and again at the point."""
    box = draw("sigmoid", 3)
    planted = plant(box, mutation, seed=5)
    for _ in range(2):
        right, wrong = box.gradient(box.at), planted.box.gradient(box.at)
        assert np.array_equal(wrong[planted.array] - right[planted.array], planted.off)
        assert all(np.array_equal(wrong[name], right[name]) for name in box.at if name != planted.array)
    assert planted.box.kind == mutation


def test_counts_of_a_family_are_those_of_its_cases():
    """A family's line in the suite's table comes from judging it, with the evaluations per entry."""
    counts = family_counts("hinge", range(4))
    assert counts.correct.total == 4
    assert 1 < counts.evaluations_median <= counts.evaluations_max


def test_the_plain_rules_blame_right_code_or_miss_faults_where_the_judge_does_neither():
    """On the same boxes: an offset of a million, tiny gradients, a kink."""
    boxes = [draw(family, seed) for family in ("offset of 1e6", "scale of 1e±6", "ReLU at kinks") for seed in range(4)]
    faults = [plant(box, "factor two", seed=1).box for box in boxes]
    counts = rule_counts([*boxes, *faults])
    assert [rule.rule for rule in counts] == list(RULES)
    assert all(rule.correct == len(boxes) and rule.faults == len(faults) for rule in counts)
    assert all(rule.blamed or rule.missed for rule in counts)
    assert {rule.rule: round(rule.evaluations) for rule in counts}["cs231n"] == 2


@pytest.mark.parametrize("rule", RULES)
def test_a_plain_rule_does_as_it_says_on_an_easy_cost(rule):
    """A smooth cost of order one: right passes, double fails; one or two evaluations for each entry."""
    at = {"w": np.linspace(0.5, 1.5, 6).reshape(2, 3)}

    def cost(p):
        return float(np.sum(p["w"] ** 2)) / 2

    right = apply_rule(rule, cost, lambda p: {"w": p["w"] * 1.0}, at)
    assert right.evaluations in {7, 12}
    assert right.passed or rule == "norm-ratio"
    assert not apply_rule(rule, cost, {"w": 2 * at["w"]}, at).passed


def test_a_rule_that_does_not_exist_is_refused_and_a_misshapen_gradient_cannot_be_judged():
    """One sentence each."""
    with pytest.raises(UsageError, match="one of eq46, cs231n, norm-ratio, atol-rtol"):
        apply_rule("guess", np.sum, np.ones_like, np.ones(3))
    with pytest.raises(CouldNotRunError, match="another shape"):
        apply_rule("eq46", np.sum, np.ones(2), np.ones(3))


def test_a_term_whose_imaginary_part_is_dropped_is_not_trusted_to_a_complex_step():
    """|w| loses its slope under a complex step, and along ±1 two of them cancel: the missing term is still seen."""
    at = np.array([0.7, -0.4])

    def cost(w):
        return np.sum(w**2) + 1e-3 * np.sum(np.abs(w))

    for seed in range(10):
        result = check_gradient(cost, lambda w: 2 * w, at, seed=seed)
        assert result.verdict is Verdict.FAIL
        assert check_gradient(cost, lambda w: 2 * w + 1e-3 * np.sign(w), at, seed=seed)


def test_where_kinks_meet_a_convention_is_no_fault_but_a_fault_stays_one():
    """Weights that all start at 0 under ReLU: backprop's 0 lies outside the slopes, and is right all around."""
    x, y = np.array([[1.0, -2.0], [0.5, 1.5]]), np.array([1.0, 2.0])
    at = {"w": np.zeros((3, 2)), "v": np.array([1.0, 2.0, -1.0])}

    def cost(p):
        return float(np.sum((p["v"] @ np.maximum(p["w"] @ x, 0) - y) ** 2))

    def gradient(p, factor=1.0):
        z = p["w"] @ x
        delta = 2 * (p["v"] @ np.maximum(z, 0) - y)
        return {"w": (np.outer(p["v"], delta) * (z > 0)) @ x.T * factor + (factor - 1), "v": np.maximum(z, 0) @ delta}

    assert check_gradient(cost, gradient, at)
    assert check_gradient(cost, lambda p: gradient(p, 7.0), at).verdict is Verdict.FAIL


def test_a_cost_that_is_zero_to_the_last_digit_does_not_convict_what_is_smaller():
    """log(1 + e⁻⁸⁸) is 0 in floating point; its slope, which the gradient has, is 1e-38."""
    result = check_gradient(lambda z: float(np.log(1 + np.exp(-z)).sum()), lambda z: -np.exp(-z), np.array([88.0]))
    assert result.verdict is not Verdict.FAIL
