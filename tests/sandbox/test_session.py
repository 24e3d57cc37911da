"""A submission answers through a session, in a worker process and in this one, and can do nothing but fail its call."""

import contextlib
import re
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from gradcheck.errors import CouldNotRunError, UsageError
from gradcheck.results import Verdict
from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.sandbox.limits import Limits
from gradcheck.sandbox.session import open_session
from gradcheck.submissions.check import check_file
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
FORGED = """
import os, struct
header = b'{{"fields": {{"number": {number}}}, "arrays": [["w", "<f8", [281474976710656]]]}}'
for n in range(3, 9):
    try:
        os.write(n, struct.pack('<4sIQ', b'grad', len(header), 2**51) + header)
    except OSError:
        pass
"""
AT = r" \(net\.py, line 38\)\.$"
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
def test_what_a_call_changes_in_its_inputs_and_targets_is_named(submit, isolate):
    """Although an adapter hands over copies, writing into them is seen; the numbers that came in are untouched."""
    net, _ = gradient_of(submit("x *= 2\ny -= 1e-9", isolate=isolate))
    assert net.touched == ("x", "y")


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


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (
            "while True: pass",
            "timeout",
            r"0\.5 s of CPU while computing the gradient, in misbehave" + AT,
        ),
        ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", "timeout", "of CPU"),
        ("9 ** 9 ** 9", "timeout", "of CPU"),
        ("import os; os._exit(0)", "exit", r"ended the program \(SystemExit: 0\), in misbehave" + AT),
        (
            "import os; os.abort()",
            "crash",
            r"\(aborted\) while computing the gradient, in misbehave" + AT,
        ),
        ("import os; os.kill(os.getpid(), 9)", "crash", r"\(killed\)"),
        (
            "import ctypes; ctypes.string_at(0)",
            "crash",
            r"\(segmentation fault\) while .*, in misbehave" + AT,
        ),
        ("import os; os.closerange(3, 64)", "exit", r"ended the program \(exit status 1\)"),
        (
            "import os\nfor n in range(3, 9):\n  try: os.write(n, b'junk' * 99)\n  except OSError: pass",
            "crash",
            "interfered",
        ),
        (FORGED.format(number=9), "crash", r"interfered with the worker process while computing the gradient"),
        ("import sys; sys.setrecursionlimit(10**9)\nf = lambda: f()\nf()", "crash|memory|raised|timeout", r"."),
        ("while True: print('x' * 1000)", "output", r"printed more than 1 MiB while computing the gradient"),
        ("import os\nwhile True: os.write(2, b'x' * 4096)", "output", r"printed more than 1 MiB"),
        ("np.ones(2**29)", "memory", r"asked for more memory than it may use, in misbehave"),
        ("a = []\nwhile True: a.append(np.empty(2**24))", "memory", r"asked for more memory"),
        ("open('big', 'wb').write(bytes(2**26))", "raised", r"raised OSError: .*File too large"),
    ],
)
def test_nothing_that_a_call_does_costs_more_than_that_call(fault_of, body, kind, message):
    """Endless loops, crashes, exits, floods and greed are each one fault, and the next call gets a fresh worker."""
    fault = fault_of(body, limits=Limits(call_seconds=30.0, cpu_seconds=0.5, memory=2**31, output=2**20))
    assert re.fullmatch(kind, fault.kind)
    assert re.search(message, str(fault))


@pytest.mark.parametrize(
    "body",
    [
        "import threading; threading.Event().wait(1000)",
        "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    ],
)
def test_what_no_clock_of_the_system_ends_is_ended_by_ours(fault_of, body):
    """Sleeping uses no CPU time, a signal can be ignored, and a crowd of children waits for nobody."""
    fault = fault_of(body, limits=Limits(call_seconds=1.0, cpu_seconds=30.0))
    assert fault.kind == "timeout"
    assert "did not finish computing the gradient within 1 s" in str(fault)
    assert "fork" in body or re.search(r", in misbehave \(net\.py, line \d\d\)\.$", str(fault))


@BOTH
def test_what_cannot_be_loaded_keeps_the_sentence_of_loading(tmp_path, isolate):
    """A missing file, an unknown family and a syntax error read the same on both sides of the pipe."""
    broken = tmp_path / "net.py"
    broken.write_text("def f(x):\n    return (\n", encoding="utf-8")
    for target, hints, error, message in (
        (tmp_path / "none.py", Hints(), UsageError, r"none\.py does not exist"),
        (broken, Hints("prolog"), CouldNotRunError, r"net\.py, line 2 is not Python"),
        (__file__, Hints("prolog"), UsageError, r"There is no interface family prolog: choose one of plain, "),
    ):
        with pytest.raises(error, match=message), open_session(str(target), hints, isolate):
            pass


def test_a_load_that_never_ends_is_stopped(tmp_path):
    """A loop in a class body runs as soon as the class is defined; the clock ends it."""
    path = tmp_path / "net.py"
    path.write_text("class Network:\n    while True:\n        pass\n", encoding="utf-8")
    with (
        pytest.raises(SubmissionFault, match=r"of CPU while loading, in Network \(net\.py, line [23]\)\.$") as caught,
        open_session(path, limits=Limits(cpu_seconds=0.5)),
    ):
        pass
    assert caught.value.kind == "timeout"


def test_a_submission_has_only_so_much_time_altogether(submit):
    """Past the time for the whole submission every call is a timeout at once."""
    session = submit(limits=Limits(total_seconds=60.0))
    gradient_of(session)
    session._backend.deadline = time.monotonic() - 1e-6
    with pytest.raises(SubmissionFault, match=r"used up the 60 s that it has altogether"):
        gradient_of(session)


def test_a_crash_while_building_is_a_fault_and_the_next_build_works(submit):
    """The constructor is the submission's code too."""
    source = NETWORK.replace("self.sizes = sizes", "self.sizes = sizes\n        if sizes[0] == 97:\n            exit()")
    session = submit(source=source)
    with pytest.raises(SubmissionFault, match=r"While building the network it ended the program"):
        session.build(0, (97, 2), 0)
    assert gradient_of(session)[1]["biases[0]"].shape == (4, 1)


def test_a_network_is_built_again_after_another_one_has_crashed_the_worker(submit):
    """A network that is still held answers as before, with the same weights of its own."""
    session = submit("import os; os.abort()")
    net = session.build(0, (4, 3), seed=7)
    before = net.parameters()
    with pytest.raises(SubmissionFault):
        gradient_of(session)
    assert all(np.array_equal(before[name], value) for name, value in net.parameters().items())


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for the process in /proc")
def test_no_process_and_no_folder_outlives_a_session(submit):
    """A child that the submission started and a file that it wrote are gone with the worker."""
    session = submit("import os\nchild = os.fork()\nif not child:\n    while True: pass\nopen(str(child), 'w').close()")
    gradient_of(session)
    folder = Path(session._backend.worker.launched.folder.name)
    child = Path("/proc", next(folder.iterdir()).name, "stat")
    session._backend.close()
    assert not folder.exists()
    until = time.monotonic() + 20  # the signal has been sent; a busy machine takes its time
    while child.exists() and child.read_text().rpartition(") ")[2][0] not in "ZX" and time.monotonic() < until:
        time.sleep(0.01)
    assert not child.exists() or child.read_text().rpartition(") ")[2][0] in "ZX"


def test_the_submission_sees_nothing_of_the_person_who_checks_it(submit, monkeypatch):
    """No standard input, no environment of ours, no module from the current folder, no judge in memory."""
    monkeypatch.setenv("SECRET", "s3cret")
    session = submit(
        "import os, sys\n"
        "nabla_w[0][:] = [sys.stdin.read() != '', 'SECRET' in os.environ, 'gradcheck.checks' in sys.modules]"
    )
    assert not gradient_of(session)[1]["weights[0]"].any()


def test_a_live_class_is_examined_in_this_process():
    """What exists only here cannot be sent anywhere."""
    namespace = {"__name__": "live"}
    exec(NETWORK.replace("BODY", "pass"), namespace)  # noqa: S102  the same source, as somebody's live class
    with open_session(namespace["Network"]) as session:
        assert session.overview.isolation == "off"
        assert gradient_of(session)[1]["biases[1]"].shape == (2, 1)


@pytest.mark.parametrize(
    ("body", "verdict", "message"),
    [
        ("while True: pass", Verdict.TIMEOUT, r"more than 1 s of CPU .*, in misbehave \(net\.py, line 38\)"),
        ("import os; os.abort()", Verdict.ERROR, r"crashed the Python process \(aborted\) .*, in misbehave"),
    ],
)
def test_a_submission_that_cannot_even_be_tried_gets_a_result(tmp_path, body, verdict, message):
    """A loop without end and an exit are results with a sentence, not errors of ours."""
    path = tmp_path / "net.py"
    always = NETWORK.replace("if self.sizes[0] == 3 and self.sizes[-1] == 2:", "if True:")
    path.write_text(always.replace("BODY", body), encoding="utf-8")
    result = check_file(path, timeout=1.0)
    assert result.verdict is verdict
    assert re.search(message, result.reason)


@pytest.mark.parametrize(
    ("body", "said"),
    [("while True: pass", True), ("import os; os.abort()", True), ("import os; os._exit(0)", False), ("exit()", False)],
)
def test_what_ends_everything_when_it_is_tried_costs_itself_only(tmp_path, body, said):
    """A game that begins when it is built, beside a right network: it is left out, and the network is judged."""
    path = tmp_path / "net.py"
    game = (
        f"class Game:\n    def __init__(self, sizes=(2, 3)):\n        {body}\n    def play(self, x):\n        pass\n\n"
    )
    path.write_text(game + NETWORK.replace("BODY", "pass"), encoding="utf-8")
    result = check_file(path, timeout=1.0)
    assert result.verdict is Verdict.PASS, result.reason
    assert said == any("Game.__init__ was left out: it does not come back" in note for note in result.notes)
