"""``gradcheck scaling`` through its door, and what its figures rest on."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.errors import CouldNotRunError
from gradcheck.reference.engine import Literal, Network, backprop
from gradcheck.results import EntryVerdict, ScalingResult
from gradcheck.scaling import large, memory
from gradcheck.scaling import measure as measuring
from gradcheck.scaling.differences import BackpropRows, Differences, relative
from gradcheck.scaling.fits import fit
from gradcheck.scaling.operations import operations, parameter_count, passes
from gradcheck.scaling.places import Places
from gradcheck.scaling.study import network_study
from gradcheck.scaling.subject import Options, silent, subject
from gradcheck.scaling.timing import Timing, timed
from gradcheck.scaling.vcurve import v_curve


def run(*arguments):
    """The command as a person would run it."""
    command = [sys.executable, "-m", "gradcheck", "scaling", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_one_network_is_measured_and_stored(tmp_path):
    """Passes, operations, seconds of every mode, agreement, claims, in keys that others read; no bar in pipes."""
    done = run(
        "--net", "20-15-10", "--json", str(tmp_path / "r.json"), "--activation", "tanh,sigmoid", "--examples", "2"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "20-15-10" in done.stdout
    data = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    row = data["rows"][0]
    assert data["schema"] == "gradcheck/1"
    assert (row["sizes"], row["parameters"], row["examples"]) == ([20, 15, 10], 475, 2)
    assert row["passes"]["literal"] == row["literal_measured_passes"] == 476
    assert set(row["seconds"]) == {"forward", "backprop", "literal", "incremental", "propagated", "node"}
    claims = {claim["id"]: claim["holds"] for claim in data["claims"]}
    assert claims["round-off"] is claims["million"] is True
    assert row["median_relative"] <= 1e-15
    assert {point["mode"] for point in data["v_curve"]} == {"literal", "propagated", "truncation", "round-off"}


def test_the_v_curve_is_where_theory_predicts_it():
    """(ε/2)|C″|, from backprop's derivative alone, is the propagated curve; 2η/ε is above the literal one, but near."""
    of = subject(Options((30, 20, 10)))
    before = {name: array.copy() for name, array in of.network.parameters.items()}
    found = {(point.mode, point.epsilon): point.median for point in v_curve(of, silent)}
    for epsilon in (1e-3, 1e-5, 1e-7, 1e-9):
        assert found["truncation", epsilon] == pytest.approx(found["propagated", epsilon], rel=0.05)
    for epsilon in (1e-9, 1e-10, 1e-11):
        assert found["literal", epsilon] < found["round-off", epsilon] < 30 * found["literal", epsilon]
    assert all(np.array_equal(array, before[name]) for name, array in of.network.parameters.items())


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--net", "5"], 2, "A network is written as its layer sizes"),
        (["--net", "5-3", "--parameters", "1e6"], 2, "--net and --parameters both name a network; give one of them."),
        (["--parameters", "10"], 2, "--parameters 10 is out of range; take 1e3 to 1e12."),
        (["--net", "5-3", "--budget", "0"], 2, "--budget 0 leaves no time for a pass"),
        (["--net", "5-3", "--examples", "0"], 2, "A mini-batch of 0 examples does not exist; take 1 or more."),
        (["--net", "5-3", "--activation", "cube"], 2, "No activation is called 'cube'"),
        (["--parameters", "1e12"], 3, "parameters need 8000.0 GB for the weights and 0.5 GB besides, and"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_a_sentence(arguments, status, sentence):
    """The exit status and one sentence on stderr, with the remedy."""
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_network_that_does_not_fit_is_refused_with_the_figures(monkeypatch):
    """What the weights need, and what is free."""
    monkeypatch.setattr(memory, "available", lambda: 3_000_000_000)
    memory.require(100_000_000)
    with pytest.raises(CouldNotRunError, match=r"8\.0 GB for the weights and 0\.5 GB besides, and 3\.0 GB is free"):
        memory.require(1_000_000_000)


def test_a_large_network_is_streamed_and_compared_on_the_fly():
    """Every entry is compared, none is held, and the literal sample is stated."""
    result = large.large_study(Options((50, 40, 10), budget=0.05))
    assert result.agreements[0].entries == parameter_count((50, 40, 10)) == 2450
    assert result.agreements[0].median <= 1e-15
    assert {claim.id: claim.holds for claim in result.claims}["all-passes"]
    assert 1 < result.rows[0].literal_measured_passes <= 2451
    assert ScalingResult.from_json(result.to_json()) == result


def test_sizes_for_a_number_of_parameters():
    """784-h-10 comes within half a neuron of what was asked for."""
    assert parameter_count(large.sizes_for(1e9)) == pytest.approx(1e9, abs=795)
    assert large.sizes_for(1_000_120) == (784, 1258, 10)


def test_a_full_run_lists_the_worst_differences_with_error_bars_that_hold():
    """Every literal pass; all hundred worst are within truncation and round-off."""
    result = network_study(Options((12, 10, 5), full=True))
    assert result.rows[0].literal_measured_passes == 186
    assert len(result.worst) == 100
    assert {d.verdict for d in result.worst} == {EntryVerdict.RIGHT}
    assert result.worst[0].relative == max(d.relative for d in result.worst)


def test_a_fault_in_backprop_is_seen_by_the_study(monkeypatch):
    """The mutant: one entry of backprop's gradient off by a thousandth fails the claim and heads the worst list."""

    def faulty(*arguments):
        gradient = backprop(*arguments)
        gradient["w2"][3, 4] *= 1.001
        return gradient

    monkeypatch.setattr(measuring, "backprop", faulty)
    result = network_study(Options((12, 10, 5), full=True))
    assert not {claim.id: claim.holds for claim in result.claims}["propagated-accuracy"]
    wrong = [(d.name, d.index) for d in result.worst if d.verdict is EntryVerdict.WRONG]
    assert wrong == [("w2", (3, 4))]


def test_ctrl_c_ends_the_literal_passes_and_says_how_far_it_came(monkeypatch):
    """The study goes on with what was measured until then, and the weights are as they were."""
    calls, derivative = [], Literal.derivative

    def interrupted(self, *entry):
        calls.append(entry)
        if len(calls) == 30:
            raise KeyboardInterrupt
        return derivative(self, *entry)

    monkeypatch.setattr(Literal, "derivative", interrupted)
    result = network_study(Options((12, 10, 5), full=True))
    passed = result.rows[0].literal_measured_passes
    assert 1 < passed <= 30
    assert result.notes[0] == f"12-10-5: literal passes stopped by Ctrl-C after {passed} of 186."


def test_progress_of_literal_passes_counts_up_to_all_of_them():
    """Told after each chunk: how many passes of how many."""
    told = []
    network_study(Options((12, 10, 5), full=True), lambda *said: told.append(said))
    literal = [(done, total) for what, done, total in told if what == "literal passes"]
    assert literal[-1] == (186, 186)
    assert [done for done, _ in literal] == sorted(done for done, _ in literal)


@given(st.floats(0.2, 3), st.integers(3, 9), st.integers(0, 99))
def test_an_exact_power_is_found_and_a_noisy_one_lies_in_its_interval(exponent, count, seed):
    """Without noise the interval is a point; with 5 % noise it has width, and the exponent is near it."""
    sizes = np.geomspace(1e3, 1e6, count)
    exact = fit("x", sizes, 3e-9 * sizes**exponent)
    assert exact.exponent == pytest.approx(exponent)
    assert exact.high - exact.low <= 1e-9
    noise = np.exp(0.05 * np.random.default_rng(seed).standard_normal(count))
    noisy = fit("x", sizes, 3e-9 * sizes**exponent * noise, seed)
    assert noisy.low < noisy.exponent < noisy.high
    assert abs(noisy.exponent - exponent) <= 0.1


def test_two_points_are_no_fit():
    """The sentence says how many are needed."""
    with pytest.raises(ValueError, match=r"An exponent needs three networks or more, not 2\."):
        fit("x", [1, 2], [1, 2])


def test_operations_are_counted_as_the_mathematics_says():
    """Forward 2mS; both passes between two and three forwards; Eq. 46 literally N + 1 forwards."""
    count = operations((784, 1258, 10), 3)
    assert count["forward"] == 2 * 3 * (784 * 1258 + 1258 * 10)
    assert 2 < count["backprop"] / count["forward"] < 2.1
    assert operations((99, 99, 99, 99, 99), 1)["backprop"] / operations((99,) * 5, 1)["forward"] == pytest.approx(2.75)
    assert count["literal"] == passes((784, 1258, 10))["literal"] * count["forward"]
    assert passes((784, 1258, 10))["literal"] == 1_000_121
    assert passes((784, 1258, 10))["node"] == 1_269
    one = operations((4, 3, 2), 1)
    assert one["propagated"] == 2 * (12 + 6) + 3 * 5 * 2
    assert operations((4, 3, 5, 2), 1)["propagated"] == 2 * (12 + 15 + 10) + 3 * 5 * (5 + 2 * 5 * 2) + 5 * 4 * 2


@given(st.lists(st.integers(1, 6), min_size=2, max_size=5), st.integers(0, 99))
def test_places_name_each_entry_once_and_gather_what_lies_there(sizes, seed):
    """A sample holds different entries; gathering equals looking each up; so does backprop row by row."""
    network, rng = Network(sizes, seed=seed), np.random.default_rng(seed)
    x, y = rng.random((sizes[0], 2)), rng.random((sizes[-1], 2))
    gradient = backprop(network, x, y)
    places = Places.sample(sizes, 10, rng)
    entries = list(places.entries())
    assert len(set(entries)) == len(entries) == min(10, network.parameter_count)
    expected = np.array([gradient[name][index] for name, index in entries])
    assert (places.gather(gradient) == expected).all()
    assert BackpropRows(network, x, y).at(places) == pytest.approx(expected, rel=1e-12)
    assert set(Places.all(sizes).entries()) == {(n, i) for n, a in gradient.items() for i in np.ndindex(a.shape)}


@given(st.integers(1, 400), st.integers(0, 99))
def test_quantiles_of_a_stream_are_those_of_the_whole_to_two_percent(count, seed):
    """However it is cut into parts; the largest is exact."""
    values = 10 ** np.random.default_rng(seed).uniform(-18, 0, count)
    differences = Differences()
    for part in np.array_split(values, 7):
        differences.add(part)
    for share in (0.5, 0.99):
        exact = np.sort(values)[max(0, int(np.ceil(share * count)) - 1)]
        assert differences.quantile(share) == pytest.approx(exact, rel=0.02)
    assert (differences.largest, differences.entries) == (values.max(), count)


def test_relative_difference_of_nothing_is_nothing():
    """0 against 0 is 0, 0 against something is 1, NaN counts as infinitely far."""
    assert relative(np.array([0.0, 0.0, 2.0]), np.array([0.0, 1.0, 1.0])).tolist() == [0, 1, 0.5]
    differences = Differences()
    differences.add(np.array([np.nan]))
    assert differences.largest == np.inf


def test_timings_have_median_spread_and_the_fastest():
    """And work that takes long is not repeated without end."""
    timing = Timing((1.0, 2.0, 3.0, 4.0, 10.0))
    assert (timing.median, timing.spread, timing.fastest) == (3.0, 2.0, 1.0)
    calls = []
    timed(lambda: calls.append(sum(range(200_000))), seconds=1e-4)
    assert len(calls) == 1


def test_the_same_seed_makes_the_same_network():
    """Weights, inputs and targets."""
    one, other = (subject(Options((5, 4, 3), seed=7)) for _ in range(2))
    assert (one.network.weights[0] == other.network.weights[0]).all()
    assert (one.x == other.x).all()
    assert (one.y == other.y).all()
    silent("nothing", 0, 1)
