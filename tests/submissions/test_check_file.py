"""A submission in, a verdict and its reason out: through ``check_file`` and the command line."""

import json
import re
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck import Verdict, check_file
from gradcheck.errors import UsageError
from gradcheck.suite.sources import sources
from nets.specimens import RIGHT, WRONG

SAID = {
    "hidden_slope_missing.py": "δˡ lacks the factor σ′(zˡ) in every hidden layer (BP2); everything else is right.",
    "output_slope_missing.py": "δ⁴ lacks the factor σ′(z⁴) (BP1)",
    "slope_of_activation.py": "δˡ contains σ′(aˡ) where σ′(zˡ) belongs in every layer (BP2)",
    "sigmoid_slope_of_tanh.py": "the sigmoid's derivative at zˡ",
    "softmax_diagonal.py": "only the diagonal a(1 − a) of the softmax's Jacobian (BP1)",
    "target_minus_output.py": "δ⁴ has the wrong sign, as with y − a⁴ for a⁴ − y (BP1)",
    "factor_two.py": "the whole gradient is twice what it should be",
    "weights_of_this_layer.py": "δˡ uses wˡ where wˡ⁺¹ belongs in every layer (BP2)",
    "weights_left_out.py": "δˡ lacks the factor wˡ⁺¹: the errors of layer l + 1 are only added up",
    "weighted_input_for_activation.py": "∂C/∂wˡ uses zˡ⁻¹ where aˡ⁻¹ belongs in every layer (BP4)",
    "bias_one_number.py": "∂C/∂bˡ is summed over the neurons too: every bias gets the same number",
    "bias_before_slope.py": "∂C/∂bˡ is the error before it is multiplied by σ′(zˡ)",
    "first_layer_skipped.py": "δ² is 0: the error does not get this far back (BP2)",
    "last_example_only.py": "the gradient counts the last example only: = stands for += in every layer",
    "reshape_for_transpose.py": "the mistake is in δ³ itself (BP2)",
    "activation_of_this_layer.py": "the mistake is where ∂C/∂w³ is put together (BP4)",
    "never_cleared.py": "gradients are added up and never cleared",
}


def run(*arguments):
    """The command, as a person types it."""
    command = [sys.executable, "-m", "gradcheck", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8")


@pytest.mark.parametrize("specimen", RIGHT, ids=lambda s: s.file)
def test_a_right_specimen_passes(specimen):
    """However it is written, right code passes, with the smallest error that would have been seen."""
    result = check_file(specimen.path, isolate="off")
    assert result.verdict is Verdict.PASS, result.reason
    assert "would have been seen" in result.reason
    assert result.flags == ()


@pytest.mark.parametrize("specimen", WRONG, ids=lambda s: s.file)
def test_a_wrong_specimen_fails_and_its_slip_is_named(specimen):
    """Each slip is caught; where the catalogue has it, the reason says it in the chapter's notation."""
    result = check_file(specimen.path, isolate="off")
    assert result.verdict is Verdict.FAIL, result.reason
    assert SAID.get(specimen.file, "wrong") in result.reason


def test_the_command_says_verdict_reason_and_what_was_understood():
    """A right file exits 0 from a worker process, and the digits' network is among those checked."""
    done = run("check", RIGHT[0].path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("PASS")
    assert "sigmoid, one example at a time; quadratic cost" in re.sub(r"\s+", " ", done.stdout)
    assert "784-30-10" in done.stdout
    assert "isolation process" in done.stdout


def test_the_json_has_the_keys_that_others_read(tmp_path):
    """The machine-readable result names arrays, worst entries, diagnosis and exit status 1."""
    file = tmp_path / "result.json"
    done = run("check", WRONG[0].path, "--json", file, "--explain")
    assert done.returncode == 1
    assert "BP2: one layer back" in done.stdout
    data = json.loads(file.read_text(encoding="utf-8"))
    keys = "schema target verdict reason interface network checks arrays diagnosis flags evaluations seconds seed "
    assert set((keys + "isolation versions").split()) <= data.keys()
    assert data["verdict"] == "fail"
    assert data["diagnosis"][0]["fault"] == "slope_missing"
    assert data["diagnosis"][0]["explains"] == 1.0
    wrong = [array["name"] for array in data["arrays"] if array["wrong"]]
    assert wrong == ["weights[0]", "biases[0]", "weights[1]", "biases[1]"]
    assert {"name", "shape", "entries", "wrong", "inconclusive", "kinks", "max_relative", "worst"} <= data["arrays"][
        0
    ].keys()


@pytest.mark.parametrize("family", ["chapter", "attributes", "coursera", "cs231n", "train", "flat"])
def test_a_written_program_passes_when_right_and_fails_with_a_slip(family, tmp_path):
    """One style of each family: its right version, and its first and last slip."""
    of_family = [source for source in sources() if source.family == family]
    for number, source in enumerate((of_family[0], of_family[1], of_family[-1])):
        path = tmp_path / f"submission_{number}.py"
        path.write_text(source.text, encoding="utf-8")
        result = check_file(path, isolate="off")
        expected = Verdict.FAIL if source.fault else Verdict.PASS
        assert result.verdict is expected, f"{source.name}: {result.reason}"


CLASS = """
import numpy as np

class {cls}:
    def __init__(self, sizes):
        self.{w} = [np.random.randn(n, m){t} / 2 for m, n in zip(sizes, sizes[1:])]
        self.{b} = [np.random.randn({bias}) for n in sizes[1:]]

    def {forward}(self, a):
        for w, b in zip(self.{w}, self.{b}):
            a = np.tanh(np.dot(w{t}, a) + b.reshape(-1, 1))
        return a

    def {backward}(self, x, y):
        acts = [x]
        for w, b in zip(self.{w}, self.{b}):
            acts.append(np.tanh(np.dot(w{t}, acts[-1]) + b.reshape(-1, 1)))
        grads_w, grads_b = [], []
        d = (acts[-1] - y){mean} * (1 - acts[-1] ** 2)
        for k in reversed(range(len(self.{w}))):
            grads_w.insert(0, np.dot(d, acts[k].T){t})
            grads_b.insert(0, d.sum(axis=1).reshape(self.{b}[k].shape))
            if k:
                d = np.dot(self.{w}[k]{back}, d){slip}
        return {returned}
"""


CLOTHES = st.fixed_dictionaries(
    {
        "cls": st.sampled_from(["Network", "Red", "Net2"]),
        "w": st.sampled_from(["weights", "pesos", "W"]),
        "b": st.sampled_from(["biases", "sesgos", "B"]),
        "forward": st.sampled_from(["feedforward", "predict", "forward"]),
        "backward": st.sampled_from(["backprop", "back_propagate", "gradient"]),
        "bias": st.sampled_from(["n, 1", "n", "1, n"]),
        "mean": st.sampled_from(["", " / x.shape[1]"]),
        "returned": st.sampled_from(["grads_w, grads_b", "grads_b, grads_w", "list(zip(grads_b, grads_w))"]),
    }
)


@given(clothes=CLOTHES, transposed=st.booleans(), wrong=st.booleans())
def test_names_order_orientation_and_batch_conventions_do_not_change_a_verdict(
    tmp_path_factory, clothes, transposed, wrong
):
    """The same backward pass in other clothes gets the same verdict, right or with σ′ missing."""
    turned = {"t": ".T", "back": ""} if transposed else {"t": "", "back": ".T"}
    text = CLASS.format(**clothes, **turned, slip="" if wrong else " * (1 - acts[k] ** 2)")
    path = tmp_path_factory.mktemp("drawn") / "net.py"
    path.write_text(text, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict is (Verdict.FAIL if wrong else Verdict.PASS), result.reason
    if wrong:
        assert "lacks the factor σ′" in result.reason


def test_an_assignment_judges_the_forward_pass_first(tmp_path):
    """A backward pass that fits its own forward pass, which is not the assigned one, is told so."""
    assignment = tmp_path / "assignment.toml"
    assignment.write_text('[network]\nactivation = "tanh"\ncost = "quadratic"\n', encoding="utf-8")
    result = check_file(RIGHT[0].path, assignment=assignment, isolate="off")
    assert result.verdict is Verdict.FAIL
    assert any("forward pass computes sigmoid" in check.message for check in result.checks)


def test_a_misspelt_assignment_is_wrong_usage(tmp_path):
    """The sentence names the key and the keys that there are."""
    assignment = tmp_path / "assignment.toml"
    assignment.write_text("[network]\nactivations = 3\n", encoding="utf-8")
    with pytest.raises(UsageError, match="says 'activations' in \\[network\\]; known"):
        check_file(RIGHT[0].path, assignment=assignment)


def test_a_live_class_is_checked_in_this_process():
    """In a notebook the class itself is the target."""

    class Network:
        def __init__(self, sizes):
            self.weights = [np.ones((n, m)) for m, n in pairwise(sizes)]
            self.biases = [np.ones((n, 1)) for n in sizes[1:]]

        def feedforward(self, a):
            for w, b in zip(self.weights, self.biases, strict=True):
                a = w @ a + b
            return a

        def backprop(self, x, y):
            acts = [x]
            for w, b in zip(self.weights, self.biases, strict=True):
                acts.append(w @ acts[-1] + b)
            d, nw, nb = acts[-1] - y, [], []
            for k in reversed(range(len(self.weights))):
                nw, nb, d = [d @ acts[k].T, *nw], [d, *nb], self.weights[k].T @ d
            return nb, nw

    result = check_file(Network)
    assert result.verdict is Verdict.PASS, result.reason
    assert result.isolation == "off"


def test_a_gradient_by_differences_is_flagged_though_right():
    """Eq. 46 in disguise gives right numbers with the work of one pass per parameter."""

    class Network:
        def __init__(self, sizes):
            rng = np.random.default_rng(0)
            self.weights = [rng.normal(size=(n, m)) for m, n in pairwise(sizes)]
            self.biases = [rng.normal(size=(n, 1)) for n in sizes[1:]]

        def feedforward(self, a):
            for w, b in zip(self.weights, self.biases, strict=True):
                a = np.tanh(np.dot(w, a) + b)
            return a

        def loss(self, x, y):
            return float(0.5 * np.sum((self.feedforward(x) - y) ** 2))

        def backprop(self, x, y):
            gradients = []
            for array in (*self.biases, *self.weights):
                gradient = np.zeros_like(array)
                for index in np.ndindex(array.shape):
                    saved = array[index]
                    array[index] = saved + 1e-5
                    ahead = self.loss(x, y)
                    array[index] = saved - 1e-5
                    gradient[index] = (ahead - self.loss(x, y)) / 2e-5
                    array[index] = saved
                gradients.append(gradient)
            return gradients[: len(self.biases)], gradients[len(self.biases) :]

    result = check_file(Network, sizes=(6, 5, 3))
    assert any("looks obtained by differences (Eq. 46)" in flag for flag in result.flags)
