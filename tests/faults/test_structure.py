"""What can be said without the catalogue: plain arrays, unnamed mistakes, two slips, and the derivations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.diagnose import derivation, diagnose, diagnose_arrays
from gradcheck.reference.faults import Probe, lesson
from nets import Network, backprop
from nets.faults import CATALOGUE
from nets.faults.backward import Backward, Forward

RNG = np.random.default_rng(0)
RIGHT = {"W": RNG.standard_normal((5, 4)), "b": RNG.standard_normal(5), "V": RNG.standard_normal((4, 5))}
PLACES = {
    "twice": (lambda a: 2 * a, "W is twice what it should be."),
    "sign": (lambda a: -a, "W has the wrong sign."),
    "divided_by_m": (lambda a: a / 7, "W is m = 7 times too small."),
    "times_ln2": (lambda a: a * np.log(2), "W carries a factor ln 2."),
    "factor": (lambda a: 0.37 * a, "W is 0.37 times what it should be."),
    "zero": (lambda a: 0 * a, "W is 0."),
    "outer_product_reversed": (lambda a: a.T, "W is returned transposed."),
    "one_number": (lambda a: np.full_like(a, a.sum()), "every entry of W is the sum of all: one number for the whole"),
    "rows_shifted": (lambda a: np.roll(a, 1, axis=0), "the rows of W are shifted by one."),
    "entry_off": (lambda a: a + 3 * (np.arange(20).reshape(5, 4) == 6), "one entry of W is wrong, [1, 2]"),
    "row_off": (lambda a: a * np.array([1, 1, 1, 2, 1])[:, None], "row 3 of W is wrong; its other rows are right."),
    "absolute_value": (np.abs, "W has lost its signs."),
    "clipped": (lambda a: np.clip(a, -0.5, 0.5), "W is clipped to ±0.5."),
    "not_finite": (lambda a: np.where(a > 0, a, np.nan), "values that are no finite numbers"),
    "array_missing": (lambda a: None, "W is not returned."),
    "wrong_shape": (lambda a: a[:, :2], "W has shape (5, 2) where its parameter has (5, 4)"),
}


@pytest.mark.parametrize("fault", PLACES)
def test_one_wrong_array_is_described(fault):
    """Each relation between an array and what it should be has its id and its sentence."""
    change, message = PLACES[fault]
    found = diagnose_arrays({**RIGHT, "W": change(RIGHT["W"])}, RIGHT, sizes={"m": 7})
    assert [(one.fault, one.where) for one in found] == [(fault, "W")]
    assert message in found[0].message
    assert found[0].explains >= 0.99


def test_a_factor_on_everything_is_said_once():
    """The whole gradient twice is one diagnosis, not three."""
    found = diagnose_arrays({name: 2 * array for name, array in RIGHT.items()}, RIGHT)
    assert [one.message for one in found] == ["the whole gradient is twice what it should be."]


def test_an_l2_term_and_swapped_arrays_are_recognised():
    """A residual proportional to the parameter is regularisation; arrays in each other's place are swapped."""
    point = {name: RNG.standard_normal(array.shape) for name, array in RIGHT.items()}
    found = diagnose_arrays({**RIGHT, "W": RIGHT["W"] + 0.1 * point["W"]}, RIGHT, parameters=point)
    assert [one.fault for one in found] == ["l2_term"]
    alike = {"U": RIGHT["W"], "W": RIGHT["W"] ** 2}
    found = diagnose_arrays({"U": alike["W"], "W": alike["U"]}, alike)
    assert [(one.fault, one.where) for one in found] == [("arrays_swapped", "U, W")]


@given(st.integers(0, 10_000))
def test_unrelated_numbers_have_no_diagnosis(seed):
    """Nothing is named where nothing explains the difference; a right array has no diagnosis either."""
    rng = np.random.default_rng(seed)
    assert diagnose_arrays({**RIGHT, "W": rng.standard_normal((5, 4))}, RIGHT) == ()
    assert diagnose_arrays(RIGHT, RIGHT) == ()


def asked(change, seeds=(0, 1), sizes=(5, 6, 4, 3)):
    """Probes of a sigmoid network whose gradient *change* has spoiled."""
    found = []
    for seed in seeds:
        network, rng = Network(sizes, seed=seed), np.random.default_rng(seed)
        x, y = rng.standard_normal((sizes[0], 3)), rng.random((sizes[-1], 3))
        found.append(Probe(network, x, y, change(Forward.of(network, x, y), backprop(network, x, y))))
    return found


def strange_error(forward, gradient):
    """A δ³ that is in no catalogue, carried through BP2-BP4 as it should be."""
    strange = Backward(forward)
    strange.errors[4] = forward.sound.errors[4]
    strange.back[3] = forward.sound.back[3]
    strange.errors[3] = forward.sound.errors[3] * np.cos(7 * forward.z[3])
    return {name: strange._array(name, {"w": "weights", "b": "biases"}[name[0]], int(name[1:])) for name in gradient}


@pytest.mark.parametrize(
    ("change", "where", "message"),
    [
        (strange_error, "layer 3", "the mistake is in δ³ itself (BP2)"),
        (lambda f, g: {**g, "w3": 30 * g["w3"] ** 2}, "w3", "the mistake is where ∂C/∂w³ is put together (BP4)"),
        (lambda f, g: {**g, "b3": np.cos(9 * g["b3"])}, "b3", "the mistake is where ∂C/∂b³ is gathered (BP3)"),
    ],
)
def test_a_mistake_without_a_name_is_located(change, where, message):
    """The structure δ ⊗ a tells a wrong δ from a wrong product; without being asked for, nothing is said."""
    found = diagnose(asked(change), unnamed=True)
    assert [(one.fault, one.where) for one in found] == [("unnamed", where)]
    assert message in found[0].message
    assert diagnose(asked(change)) == ()


def test_noise_alone_is_not_located():
    """Arrays of unrelated numbers are made from no common δ."""
    rng = np.random.default_rng(2)
    probes = asked(lambda f, g: {name: rng.standard_normal(array.shape) for name, array in g.items()})
    assert diagnose(probes, unnamed=True) == ()


def test_an_answer_that_keeps_earlier_calls_is_recognised():
    """Each call's gradient is added to what the call before returned."""
    kept = {}

    def adding(forward, gradient):
        for name, array in gradient.items():
            kept[name] = kept.get(name, 0) + array
        return dict(kept)

    assert [one.fault for one in diagnose(asked(adding, seeds=(0, 1, 2)))] == ["stale_calls"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("slope_missing", 4), ("slope_missing", 2)),
        (("slope_missing", 3), ("times_m_in_error", 3)),
        (("slope_missing", 3), ("bias_zero", 4)),
        (("slope_of_activation", 3), ("last_example_only", None)),
        (("twice_in_weights", 4), ("outer_product_reversed", 2)),
        (("target_reversed", 4), ("weights_updated_first", 2)),
    ],
)
def test_two_slips_are_both_named(one, other):
    """Two faults in different places, or in the same δ, are found together and explain everything."""
    pair = [(CATALOGUE[fault], position) for fault, position in (one, other)]

    def both(forward, gradient):
        slips = [slip for fault, position in pair for slip in fault.slips(forward.network, position)]
        return Backward(forward, slips, 8.0).gradient()

    found = diagnose(asked(both))
    assert {diagnosis.fault for diagnosis in found} == {one[0], other[0]}
    assert min(diagnosis.explains for diagnosis in found) >= 0.99


def test_the_message_states_the_consequence_and_what_is_right():
    """One slip early is reported once."""
    (found,) = diagnose(asked(lambda f, g: CATALOGUE["slope_missing"].gradient(f.network, f.a[1], f.y, 3)))
    assert found.message == (
        "δ³ lacks the factor σ′(z³) (BP2); layer 2 is wrong only as a consequence; everything else is right."
    )
    assert (found.fault, found.where, found.equation, found.explains) == ("slope_missing", "layer 3", "BP2", 1.0)
    assert lesson("slope_missing", 3).startswith("A change in z³ reaches the cost only through a³ = σ(z³)")


def test_what_a_fault_leaves_open_is_said():
    """A small second error beside a large one is not hidden behind a share of 99 %."""

    def nearly(forward, gradient):
        doubled = {name: 2 * array for name, array in gradient.items()}
        return {**doubled, "w3": doubled["w3"] * (1 + 0.004 * np.cos(np.arange(24).reshape(4, 6)))}

    (found,) = diagnose(asked(nearly))
    assert found.fault == "twice"
    assert 0.99 < found.explains < 0.9995
    assert found.message.endswith(f"that accounts for {found.explains:.2%} of the difference.")


def test_every_equation_of_the_catalogue_is_derived():
    """``--explain`` has a text for whatever a diagnosis rests on; an unknown name is refused in a sentence."""
    for fault in CATALOGUE.values():
        assert derivation(fault.equation) or not fault.equation
    assert derivation("BP3, BP4") == derivation("BP3") + "\n\n" + derivation("BP4")
    with pytest.raises(ValueError, match="There is no derivation of 'BP5', only of BP1, BP2"):
        derivation("BP5")


def test_a_fault_that_explains_nothing_is_not_named():
    """A missing slope times another factor at every probe is proportional to that fault's gradient, and no more."""

    def scaled(forward, gradient):
        factor = 1.3 + float(np.abs(forward.a[1]).sum())
        slip = CATALOGUE["slope_missing"].gradient(forward.network, forward.a[1], forward.y, 4)
        return {name: factor * array for name, array in slip.items()}

    assert [diagnosis for diagnosis in diagnose(asked(scaled)) if diagnosis.explains < 0.99] == []
