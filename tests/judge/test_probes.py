"""The cheap probes: along directions, by Taylor remainders, through layers, and of second derivatives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck import Verdict, check_direction, check_hessian_vector, check_layer, check_taylor
from gradcheck.errors import UsageError

RNG = np.random.default_rng(7)
INPUTS, TARGETS = RNG.normal(size=(20, 5)), RNG.random((3, 5))
AT = {
    "w2": RNG.normal(size=(8, 20)) / 4,
    "b2": RNG.normal(size=(8, 1)),
    "w3": RNG.normal(size=(3, 8)),
    "b3": RNG.normal(size=(3, 1)),
}


def cost(w2, b2, w3, b3):
    """A network that survives complex arguments."""
    return 0.5 * np.sum((np.tanh(w3 @ np.tanh(w2 @ INPUTS + b2) + b3) - TARGETS) ** 2)


def real_cost(w2, b2, w3, b3):
    """The same, as a float: a complex step breaks."""
    return float(cost(w2, b2, w3, b3))


def gradient(w2, b2, w3, b3):
    """Its gradient by hand."""
    hidden = np.tanh(w2 @ INPUTS + b2)
    out = np.tanh(w3 @ hidden + b3)
    delta = (out - TARGETS) * (1 - out**2)
    back = (w3.T @ delta) * (1 - hidden**2)
    return {
        "w2": back @ INPUTS.T,
        "b2": back.sum(axis=1, keepdims=True),
        "w3": delta @ hidden.T,
        "b3": delta.sum(axis=1, keepdims=True),
    }


def off_by(name, index, error):
    """The gradient with one entry wrong."""

    def wrong(**point):
        found = gradient(**point)
        found[name][index] += error
        return found

    return wrong


@pytest.mark.parametrize("check", [check_direction, check_taylor])
@pytest.mark.parametrize("function", [cost, real_cost])
def test_probes_pass_a_right_gradient_and_catch_one_wrong_entry(check, function):
    """Right along all directions passes; a thousandth off in one entry of many is caught, complex step or not."""
    assert check(function, gradient, AT)
    assert check(function, off_by("w2", (3, 4), 1e-3), AT).verdict is Verdict.FAIL


def test_a_direction_says_which_array_is_wrong_and_what_it_could_have_missed():
    """The wrong array is named, the right ones too; each right one has its own resolution and probability."""
    result = check_direction(cost, off_by("w2", (3, 4), 1e-3), AT)
    assert "in w2; b2, w3, b3 are right along theirs" in result.reason
    assert "locate" in result.remedy
    assert any(
        "w3 is right along 8 of 8" in f.message and "probability 0.39 % at most" in f.message for f in result.checks
    )


@given(seed=st.integers(0, 2**32 - 1), name=st.sampled_from(list(AT)))
def test_a_fault_above_the_resolution_in_one_entry_is_never_missed(seed, name):
    """One entry cannot cancel with itself, whatever the signs."""
    rng = np.random.default_rng(seed)
    resolution = next(a.resolution for a in check_direction(cost, gradient, AT, seed=seed).arrays if a.name[:2] == name)
    index = tuple(int(rng.integers(n)) for n in AT[name].shape)
    assert check_direction(cost, off_by(name, index, 2.1 * resolution), AT, seed=seed).verdict is Verdict.FAIL


def test_a_fault_that_cancels_in_half_of_all_directions_is_missed_no_more_often_than_stated():
    """Two equal errors cancel with probability ½ in one direction; over many seeds the rate stays beside it."""

    def wrong(x):
        return 2 * x + np.array([0.1, 0.1, 0, 0])

    missed = sum(
        bool(check_direction(lambda x: float(x @ x), wrong, np.arange(1.0, 5), directions=1, seed=s)) for s in range(60)
    )
    assert 15 <= missed <= 45
    assert not any(check_direction(lambda x: float(x @ x), wrong, np.arange(1.0, 5), seed=s) for s in range(20))


def test_a_direction_costs_evaluations_that_do_not_grow_with_the_entries():
    """A hundred times the entries, the same number of evaluations, within a few looks."""
    counts = []
    for n in (100, 10_000):
        at = np.random.default_rng(0).normal(size=n)
        counts.append(check_direction(lambda x: float(np.sum(np.sin(x))), np.cos, at).evaluations)
    assert max(counts) < 90
    assert abs(counts[0] - counts[1]) < 20


def test_a_probe_at_a_flat_point_is_inconclusive():
    """Nothing that was seen depends on the point."""
    for check in (check_direction, check_taylor):
        result = check(lambda x: 1.0, np.zeros_like, np.ones(3))
        assert result.verdict is Verdict.INCONCLUSIVE
        assert "does not depend" in result.reason


def test_a_probe_with_no_direction_is_refused():
    """Zero directions show nothing."""
    with pytest.raises(UsageError, match="At least one direction"):
        check_direction(cost, gradient, AT, directions=0)
    with pytest.raises(UsageError, match="method is one of auto, real, complex"):
        check_taylor(cost, gradient, AT, method="exact")


def test_the_taylor_remainder_of_a_right_gradient_falls_as_the_square():
    """Order two for the gradient, one for what is not; both with their sizes in the notes."""
    right = check_taylor(cost, gradient, AT)
    assert "falls as h^2.0" in right.reason or "falls as h^1.9" in right.reason
    assert "the noise is" in right.notes[0]
    wrong = check_taylor(cost, lambda **p: {n: 1.01 * g for n, g in gradient(**p).items()}, AT)
    assert "falls as h^1.0" in wrong.reason


def test_a_straight_cost_has_no_remainder_and_its_wrong_gradient_has():
    """Exactly linear functions are recognised, where a fitted order would be that of noise."""
    slope = np.arange(1.0, 6)
    right = check_taylor(lambda x: float(x @ slope), lambda x: slope, np.ones(5))
    assert right
    assert "the cost is straight" in right.reason
    assert check_taylor(lambda x: float(x @ slope), lambda x: 1.001 * slope, np.ones(5)).verdict is Verdict.FAIL


X, W, B = RNG.normal(size=(5, 4)), RNG.normal(size=(4, 3)), RNG.normal(size=3)


def affine(x, w, b):
    """A layer with a cache."""
    return x @ w + b, (x, w)


def affine_back(upstream, cache):
    """Its backward pass."""
    x, w = cache
    return upstream @ w.T, x.T @ upstream, upstream.sum(axis=0)


@pytest.mark.parametrize("every", [True, False])
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a_right_layer_passes_entry_by_entry_and_along_directions(every, kind):
    """Several inputs and parameters with a cache, in both precisions."""
    assert check_layer(affine, affine_back, tuple(a.astype(kind) for a in (X, W, B)), every_entry=every)


@pytest.mark.parametrize("every", [True, False])
@pytest.mark.parametrize(
    ("backward", "sentence"),
    [
        (lambda d, c: (d @ c[1].T, c[0].T @ d, d.mean(axis=0)), "in b; x, w are right"),
        (lambda d, c: (d @ c[1].T, c[0].T @ d), "nothing under b"),
        (lambda d, c: (d @ c[1].T, c[0].T @ (d * d), d.sum(axis=0)), "not linear in the upstream gradient"),
        (lambda d, c: (d @ c[1].T, c[0].T @ np.ones_like(d), d.sum(axis=0)), "not linear in the upstream gradient"),
        (lambda d, c: (d @ c[1].T, c[0].T @ d, d), "gradient of b is f64[5,3], the parameter f64[3]"),
    ],
)
def test_a_wrong_layer_is_caught_with_its_sentence(backward, sentence, every):
    """Wrong values, missing and misshapen gradients, an upstream gradient that is dropped or squared."""
    result = check_layer(affine, backward, (X, W, B), every_entry=every)
    assert result.verdict is Verdict.FAIL
    assert sentence in result.reason


class Accumulating:
    """A layer that adds to its gradient, and sets it to zero in the forward pass or not at all."""

    def __init__(self, zeroed):
        self.zeroed, self.dw = zeroed, 0.0

    def forward(self, x, w):
        """Tanh of a product."""
        self.x, self.w = x, w
        self.dw = 0.0 if self.zeroed else self.dw
        return np.tanh(x @ w)

    def backward(self, upstream):
        """Adds to dw."""
        delta = upstream * (1 - np.tanh(self.x @ self.w) ** 2)
        self.dw = self.dw + self.x.T @ delta
        return {"dx": delta @ self.w.T, "dw": self.dw}


def test_a_gradient_that_is_added_instead_of_written_is_named():
    """Without a zero it is wrong from the second call on; with one per forward pass it is right, and noted."""
    layer = Accumulating(zeroed=False)
    result = check_layer(layer.forward, layer.backward, {"x": X, "w": W})
    assert result.verdict is Verdict.FAIL
    assert "added to its buffer instead of written" in result.reason
    layer = Accumulating(zeroed=True)
    result = check_layer(layer.forward, layer.backward, {"x": X, "w": W})
    assert result.verdict is Verdict.PASS
    assert any("serves one backward pass" in flag for flag in result.flags)


def test_labels_and_settings_are_data():
    """Integers and plain numbers are handed on; their gradient may be None."""

    def losses(scores, labels, smooth):
        shifted = scores - scores.max(axis=1, keepdims=True)
        p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
        return -np.log(p[np.arange(len(labels)), labels] + smooth), (p, labels)

    def back(upstream, cache):
        p, labels = cache
        g = p.copy()
        g[np.arange(len(labels)), labels] -= 1
        return upstream[:, None] * g, None, None

    assert check_layer(losses, back, (X, np.array([0, 1, 2, 3, 0]), 0.0))


def test_an_upstream_gradient_changed_in_place_is_noted():
    """It is no wrong gradient, but another layer may need what was handed in."""

    def back(upstream, cache):
        upstream *= 1.0 - cache**2
        return upstream

    result = check_layer(lambda x: (np.tanh(x),) * 2, back, X)
    assert result
    assert any("changes the upstream gradient" in flag for flag in result.flags)


def test_a_layer_that_cannot_be_checked_is_refused_in_a_sentence():
    """No floating-point input is a wrong use; no array out, no cache where one is taken, an exception are errors."""
    with pytest.raises(UsageError, match=r"None of the inputs \(x\)"):
        check_layer(lambda x: x, lambda d: d, np.arange(3))
    for forward, backward, sentence in [
        (lambda x: None, lambda d: d, "must return floating-point arrays"),
        (lambda x: x * 1.0, lambda d, c: d, "returns no pair (output, cache)"),
        (lambda x: 1 / 0, lambda d: d, "forward raised ZeroDivisionError"),
    ]:
        result = check_layer(forward, backward, X)
        assert result.verdict is Verdict.ERROR
        assert sentence in result.reason
    assert "backward raised KeyError" in check_layer(np.tanh, lambda d: {}["x"], X).reason


A = RNG.normal(size=(6, 6))


def bowl(x):
    """The gradient of Σ tanh²(Ax)."""
    t = np.tanh(A @ x)
    return A.T @ (2 * t * (1 - t * t))


def curvature(x, v):
    """Its Hessian times v."""
    t = np.tanh(A @ x)
    return A.T @ ((2 - 8 * t**2 + 6 * t**4) * (A @ v))


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_a_right_hessian_vector_product_passes_and_a_wrong_one_does_not(scale):
    """Every entry of H v has its verdict, at any scale; evaluations do not grow with the entries."""
    at = RNG.normal(size=6) / 3
    right = check_hessian_vector(lambda x: scale * bowl(x), lambda x, v: scale * curvature(x, v), at)
    assert right, right.reason
    assert right.evaluations < 100

    def wrong(x, v):
        found = scale * curvature(x, v)
        found[2] *= 1.001
        return found

    result = check_hessian_vector(lambda x: scale * bowl(x), wrong, at)
    assert result.verdict is Verdict.FAIL
    assert {d.index for d in result.worst if d.verdict == "wrong"} == {(2,)}


def test_a_hessian_of_several_arrays_is_checked_across_them():
    """A block that couples two arrays may be the one that is missing."""
    at = {"W": A, "b": np.ones(3)}

    def slope(W, b):
        return {"W": 2 * W * b.sum(), "b": np.full(3, (W * W).sum())}

    def product(point, v):
        across = 2 * (point["W"] * v["W"]).sum()
        w = 2 * v["W"] * point["b"].sum() + 2 * point["W"] * v["b"].sum()
        return {"W": w, "b": np.full(3, across)}

    def halved(point, v):
        return {**product(point, v), "W": 2 * v["W"] * point["b"].sum()}

    assert check_hessian_vector(slope, product, at)
    result = check_hessian_vector(slope, halved, at, directions=3)
    assert result.verdict is Verdict.FAIL
    assert any(f.id == "symmetry" and "not symmetric" in f.message for f in result.checks)


def test_a_gradient_without_structure_cannot_judge_a_hessian():
    """The gradient comes first: the sentence says so."""
    result = check_hessian_vector(lambda x: None, lambda x, v: v, np.ones(3))
    assert result.verdict is Verdict.ERROR
    assert "Check the gradient first" in result.reason
