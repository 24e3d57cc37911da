"""The specimens are what their catalogue says: right ones right, wrong ones wrong in that one way."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.submissions.loading import load
from nets import Network, backprop
from nets.faults import CATALOGUE
from nets.specimens import ALL, RIGHT, SPECIMENS, WRONG

NETWORKS = {
    "stable.py": {"cost": "cross_entropy"},
    "own_names.py": {"activation": "tanh"},
    "trains_at_import.py": {"activation": "tanh"},
    "sigmoid_slope_of_tanh.py": {"activation": "tanh"},
    "first_layer_skipped.py": {"activation": "tanh"},
    "bias_before_slope.py": {"activation": ["relu", "relu", "identity"]},
    "softmax_diagonal.py": {"activation": ["sigmoid", "sigmoid", "softmax"]},
}
MATRICES = {"matrix_based.py": 3, "mean_gradient.py": 1, "trains_at_import.py": 3, "last_example_only.py": 3}
MATRICES |= {"bias_one_number.py": 3, "bias_before_slope.py": 3, "softmax_diagonal.py": 3}
"""Files whose backprop takes several columns, and what the mean is multiplied with: 3 for the sum of three."""
by_name = pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.file)


def given(specimen):
    """Our network of the same function, its class's instance with the same weights, and examples."""
    sizes = [4, 4, 4, 4] if specimen.equal_layers else [5, 4, 3, 2]
    network = Network(sizes, seed=3, **NETWORKS.get(specimen.file, {}))
    namespace = load(specimen.path).namespace
    student = namespace["MLP" if "MLP" in namespace else "Network"](sizes)
    for names, arrays in ((("weights", "W"), network.weights), (("biases", "B"), network.biases)):
        name = next(name for name in names if hasattr(student, name))
        setattr(student, name, [array.copy() for array in arrays])
    rng = np.random.default_rng(8)
    columns = 3 if specimen.file in MATRICES else 1
    return network, student, rng.standard_normal((sizes[0], columns)), rng.random((sizes[-1], columns))


def answer(student, x, y):
    """What its backprop returns, by our names; biases are known by their one column."""
    returned = getattr(student, "backprop", None) or student.backward
    first, second = returned(x, y)
    biases, weights = (first, second) if np.shape(first[0])[1] == 1 else (second, first)
    named = {f"b{l}": np.array(b) for l, b in enumerate(biases, 2)}
    return {**named, **{f"w{l}": np.array(w) for l, w in enumerate(weights, 2)}}


def differs(name, got, expected):
    """Whether an array is wrong: another shape, or other numbers than round-off explains."""
    shape = got[name].shape
    return shape != expected[name].shape or not np.allclose(got[name], expected[name], rtol=1e-12, atol=1e-15)


@by_name
def test_its_forward_pass_is_the_networks(specimen):
    """Whatever is wrong is wrong on the way back."""
    network, student, x, _ = given(specimen)
    forward = getattr(student, "feedforward", None) or student.forward
    assert forward(x) == pytest.approx(network.feedforward(x), rel=1e-13)


@by_name
def test_exactly_the_arrays_it_names_are_wrong(specimen):
    """Right specimens agree with backprop throughout, wrong ones outside the arrays that they name."""
    network, student, x, y = given(specimen)
    scale = MATRICES.get(specimen.file, 1)
    expected = {name: scale * array for name, array in backprop(network, x, y).items()}
    for _ in range(specimen.calls):
        got = answer(student, x, y)
    assert tuple(name for name in ALL if differs(name, got, expected)) == specimen.wrong


@pytest.mark.parametrize("specimen", WRONG, ids=lambda specimen: specimen.file)
def test_its_slip_is_the_one_of_the_fault_catalogue(specimen):
    """The gradient is that of ``nets.faults``, to the last digits."""
    if specimen.fault in ("transpose_missing", "activation_of_this_layer"):  # there of the right shape only
        specimen = replace(specimen, equal_layers=True)
    network, student, x, y = given(specimen)
    scale = MATRICES.get(specimen.file, 1)
    if specimen.fault == "stale_accumulation":
        answer(student, x, y)
        expected = {name: 2 * array for name, array in backprop(network, x, y).items()}
    else:
        expected = CATALOGUE[specimen.fault].gradient(network, x, y, specimen.layer)
    got = answer(student, x, y)
    assert [name for name in ALL if differs(name, got, {n: scale * a for n, a in expected.items()})] == []


def test_there_are_many_of_both_kinds_and_each_file_is_catalogued():
    """No file in the folder is missing from the catalogue, and none is named twice."""
    files = sorted(path.name for path in SPECIMENS[0].path.parent.glob("*.py") if path.name != "__init__.py")
    assert sorted(specimen.file for specimen in SPECIMENS) == files
    assert len(RIGHT) >= 5
    assert len({specimen.fault for specimen in WRONG}) >= 12


def test_only_the_one_that_is_said_to_be_a_script_runs_on_import(capsys):
    """The others define their class and do nothing else."""
    for specimen in SPECIMENS:
        if not specimen.script and not specimen.python2:
            exec(compile(specimen.path.read_text(encoding="utf-8"), specimen.file, "exec"), {"__name__": specimen.file})  # noqa: S102 - our own files
    assert capsys.readouterr().out == ""
    (script,) = [specimen for specimen in SPECIMENS if specimen.script]
    assert "plt.show()" in script.path.read_text(encoding="utf-8")
