"""A submission answers through a session, in a worker process and in this one, and can do nothing but fail its call."""

import contextlib
import re
import textwrap

import numpy as np
import pytest

from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.sandbox.limits import Limits
from gradcheck.sandbox.session import open_session
from gradcheck.submissions.subjects import Hints

SIZES = (3, 4, 2)
NETWORK = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

class Network:
    calls = 0

    def __init__(self, sizes):
        self.sizes = sizes
        self.weights = [np.random.randn(n, m) for m, n in zip(sizes, sizes[1:])]
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(w @ a + b)
        return a

    def backprop(self, x, y):
        Network.calls += 1
        activations = [x]
        for b, w in zip(self.biases, self.weights):
            activations.append(sigmoid(w @ activations[-1] + b))
        delta = activations[-1] - y
        nabla_b, nabla_w = [], []
        for layer in range(len(self.weights) - 1, -1, -1):
            a = activations[layer + 1]
            delta = delta * a * (1 - a)
            nabla_b.insert(0, delta)
            nabla_w.insert(0, delta @ activations[layer].T)
            delta = self.weights[layer].T @ delta
        if self.sizes[0] == 3 and self.sizes[-1] == 2:
            nabla_b, nabla_w = self.misbehave(x, y, nabla_b, nabla_w)
        return nabla_b, nabla_w

    def misbehave(self, x, y, nabla_b, nabla_w):
        BODY
        return nabla_b, nabla_w
"""
QUICK = Limits(call_seconds=4.0, cpu_seconds=2.0, memory=2**31, output=2**20)
BOTH = pytest.mark.parametrize("isolate", ["auto", "off"])


@pytest.fixture
def submit(tmp_path):
    """Open a session on a network that misbehaves in its backward pass, for 3-4-2 networks only."""
    with contextlib.ExitStack() as stack:

        def write(body="pass", isolate="auto", limits=QUICK, source=NETWORK):
            path = tmp_path / "net.py"
            path.write_text(source.replace("BODY", textwrap.indent(textwrap.dedent(body), " " * 8).strip()), "utf-8")
            return stack.enter_context(open_session(str(path), Hints(), isolate, limits))

        yield write


def gradient_of(session, sizes=SIZES):
    """One call of the gradient at the network's own parameters."""
    net = session.build(0, sizes, seed=1)
    return net, net.gradient(net.parameters(), np.full((sizes[0], 1), 0.5), np.ones((sizes[-1], 1)))


@pytest.fixture
def fault_of(submit):
    """The fault that a misbehaving backward pass is, after making sure that the next call is answered."""

    def run(body, isolate="auto", limits=QUICK):
        session = submit(body, isolate, limits)
        with pytest.raises(SubmissionFault) as caught:
            gradient_of(session)
        assert gradient_of(session, (4, 3))[1]["weights[0]"].shape == (3, 4)
        return caught.value

    return run


@BOTH
def test_a_network_answers_in_its_own_names_and_shapes(submit, isolate):
    """Parameters and gradient come back exactly as the submission holds them, and the overview says what it is."""
    session = submit(isolate=isolate)
    net, gradient = gradient_of(session)
    assert session.overview.models[0].family == "chapter"
    assert session.overview.source_name == "net.py"
    assert session.overview.isolation == {"auto": "process", "off": "off"}[isolate]
    assert {name: g.shape for name, g in gradient.items()} == {
        "weights[0]": (4, 3), "weights[1]": (2, 4), "biases[0]": (4, 1), "biases[1]": (2, 1)
    }  # fmt: skip
    assert net.touched == ()
    assert net.seconds > 0


def test_both_sides_of_the_pipe_compute_the_same_bits(submit):
    """The worker adds nothing to the arithmetic."""
    near, far = gradient_of(submit(isolate="off"))[1], gradient_of(submit())[1]
    assert {name: g.tobytes() for name, g in near.items()} == {name: g.tobytes() for name, g in far.items()}


@BOTH
def test_what_a_call_changes_among_the_parameters_is_named(submit, isolate):
    """A backward pass that updates a weight is told which; the next one that does not is told nothing."""
    session = submit("self.weights[1][0, 0] += 1e-9", isolate=isolate)
    net, _ = gradient_of(session)
    assert net.touched == ("weights[1]",)
    assert gradient_of(session, (4, 3))[0].touched == ()


@BOTH
def test_work_is_counted_and_is_the_same_every_time(submit, isolate):
    """The number of calls is a measure of work without noise."""
    net, _ = gradient_of(submit(isolate=isolate))
    at, x, y = net.parameters(), np.ones((3, 1)), np.ones((2, 1))
    counts = {net.calls("gradient", at, x, y) for _ in range(3)}
    assert len(counts) == 1
    assert counts.pop() > 10


@BOTH
@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ("raise ValueError('no')", "raised", r"raised ValueError: no, in misbehave \(net\.py, line 38\)\.$"),
        ("self.sizes / 2", "raised", r"raised TypeError: unsupported .*, in misbehave \(net\.py, line 38\)\.$"),
        ("np.ones((2, 3)) @ np.ones(2)", "raised", r"raised ValueError: matmul.*misbehave \(net\.py, line 38\)\.$"),
        ("self.misbehave(x, y, nabla_b, nabla_w)", "raised", r"raised RecursionError: maximum recursion depth"),
        ("class E(Exception):\n    def __str__(self): 1 / 0\nraise E", "raised", r"raised E, in misbehave \(net"),
        ("raise SystemExit(0)", "exit", r"ended the program \(SystemExit: 0\), in misbehave"),
        ("exit()", "exit", r"ended the program \(SystemExit.*\), in misbehave"),
        ("np.ones(10**15)", "memory", r"asked for more memory than it may use, in misbehave"),
        ("return None, None", "bad return", r"."),
        ("nabla_w = [np.array(['a', 'b'])] * 2", "bad return", r"."),
    ],
)  # fmt: skip
def test_a_failure_in_python_is_one_sentence_with_its_place(fault_of, isolate, body, kind, message):
    """Whatever is raised names its kind, its text and the line of the submission, on both sides of the pipe."""
    fault = fault_of(body, isolate)
    assert fault.kind == kind
    assert fault.exit_status == 3
    assert "\n" not in str(fault)
    assert re.search(message, str(fault))
