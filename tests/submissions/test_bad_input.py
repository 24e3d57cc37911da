"""Twenty ways in which a submission disappoints: each a sentence, the right exit status, and no traceback of ours."""

import os
import subprocess
import sys

import pytest

NETWORK = """
import numpy as np

class Network:
    def __init__(self, sizes{more}):
        {first}
        self.weights = [np.random.randn(n, m) for m, n in zip(sizes, sizes[1:])]
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]

    def feedforward(self, a):
        {forward}
        for w, b in zip(self.weights, self.biases):
            a = np.tanh(np.dot(w, a) + b)
        return a

    def backprop(self, x, y):
        {backward}
        acts = [x]
        for w, b in zip(self.weights, self.biases):
            acts.append(np.tanh(np.dot(w, acts[-1]) + b))
        nw, nb, d = [], [], (acts[-1] - y) * (1 - acts[-1] ** 2)
        for k in reversed(range(len(self.weights))):
            nw, nb = [np.dot(d, acts[k].T)] + nw, [d] + nb
            d = np.dot(self.weights[k].T, d) * (1 - acts[k] ** 2)
        {returned}
        return nb, nw
"""


def network(first="pass", forward="pass", backward="pass", returned="pass", more=""):
    """A right network with one thing changed."""
    return NETWORK.format(first=first, forward=forward, backward=backward, returned=returned, more=more)


WAYS = {
    "an empty file": ("", 3, "is empty"),
    "only prints": ("print('hello')\nprint('done')\n", 3, "defines nothing"),
    "no class": (
        "import numpy as np\n\ndef helper(x):\n    return x + 1\n",
        3,
        "No forward and backward pass was found",
    ),
    "a syntax error": ("class Network:\n    def backprop(self, x, y)\n        pass\n", 3, "line 2"),
    "a class without backprop": (network().replace("backprop", "nothing_here"), 3, "no method that returns"),
    "a constructor that needs data": (
        network(first="self.n = data.shape[0]", more=", data"),
        3,
        "cannot be built from layer sizes",
    ),
    "a constructor that ends the program": (network(first="raise SystemExit(3)"), 3, "ended the program"),
    "a forward pass that raises": (network(forward="raise RuntimeError('boom')"), 3, "RuntimeError: boom"),
    "a forward pass that raises for one shape only": (
        network(forward="if len(self.weights) > 3: raise ValueError('too deep')"),
        0,
        "not judged: deep (4-6-5-7-5-3): While computing the forward pass it raised ValueError: too deep",
    ),
    "a forward pass that raises for equal layers only": (
        network(forward="assert self.weights[0].shape[0] != self.weights[0].shape[1]"),
        0,
        "not judged: square (4-4-4-4): While computing the forward pass it raised AssertionError",
    ),
    "a backward pass that raises for one shape only": (
        network(backward="if self.weights[0].shape[0] == 1: raise ValueError('one neuron')"),
        3,
        "width one (3-1-2): While computing the gradient it raised ValueError: one neuron",
    ),
    "an abstract base": (
        "from abc import ABC, abstractmethod\n"
        + network()
        + "\nclass Base(ABC):\n    @abstractmethod\n    def backprop(self, x, y):\n        pass\n",
        0,
        "agree",
    ),
    "only an abstract base": (
        "class Network:\n    def __init__(self, n):\n        pass\n    def backprop(self, x, y):\n        raise E\n",
        3,
        "No forward and backward pass was found",
    ),
    "a constructor that trains": (network(first="[print(i) for i in range(1000)]"), 0, "agree"),
    "exit of the process": (network(backward="import os; os._exit(0)"), 3, "ended the program"),
    "whole numbers as inputs only": (network(backward="x = x.astype(int)"), 1, "entries are wrong"),
    "a backward pass that raises": (network(backward="raise ValueError('shapes')"), 3, "ValueError: shapes"),
    "a backward pass that raises in a deep network": (
        network(backward="assert len(self.weights) < 4, 'too deep for me'"),
        3,
        "too deep for me",
    ),
    "endless recursion": (network(backward="return self.backprop(x, y)"), 3, "RecursionError"),
    "an endless loop": (network(backward="\n        while True: pass"), 3, "s of CPU"),
    "exit in backprop": (network(backward="exit()"), 3, "ended the program"),
    "None returned": (network(returned="return None"), 1, "returned None"),
    "NaN": (network(returned="nw[0] = nw[0] * np.nan"), 1, "nan"),
    "a transposed gradient": (network(returned="nw[0] = nw[0].T"), 1, "transposed"),
    "biases summed to a number": (network(returned="nb[0] = np.sum(nb[0])"), 1, "same number"),
    "integers": (network(returned="nw = [w.astype(int) for w in nw]"), 1, "whole numbers"),
    "zeros": (network(returned="nw, nb = [0 * w for w in nw], [0 * b for b in nb]"), 1, "zero"),
    "text": (network(returned="return 'nabla_b', 'nabla_w'"), 1, "no gradient"),
    "lists of lists": (network(returned="nw, nb = [w.tolist() for w in nw], [b.tolist() for b in nb]"), 0, "agree"),
    "two classes": (network() + network().replace("class Network", "class Other"), 0, "Other"),
    "prints without end": (network(backward="print('x' * 100)"), 0, "agree"),
    "training in the constructor": (network(returned="pass") + "\nnet = Network([3, 2])\nnet.train()\n", 0, "agree"),
}


def check(target, *options):
    """The command line on a file, with one second of CPU for each call, which no other program can use up."""
    command = [sys.executable, "-m", "gradcheck", "check", str(target), "--timeout", "1", *options]
    return subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8", timeout=120)


@pytest.mark.parametrize("way", WAYS)
def test_a_disappointing_submission_gets_a_sentence_and_the_right_exit_status(way, tmp_path):
    """What happened and where is said; nothing of ours is printed as a traceback."""
    text, status, sentence = WAYS[way]
    path = tmp_path / "net.py"
    path.write_text(text, encoding="utf-8")
    done = check(path)
    said = " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in said
    assert "Warning" not in done.stderr
    assert sentence in said, said[:600]
    assert done.returncode == status, said[:600]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("missing.py",), "does not exist"),
        (("net.py", "--net", "784"), "layer sizes, like 784-30-10"),
        (("net.py", "--assignment", "missing.toml"), "does not exist"),
        (("net.py", "--reduction", "median"), "No reduction is called 'median'"),
        (("net.py", "--cost", "hinge"), "No cost is called 'hinge'"),
        (("net.py", "--activation", "sine"), "No activation is called 'sine'"),
        (("net.py", "--output", "no/such/folder/x.txt"), "cannot be written"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_to_write(arguments, sentence, tmp_path):
    """The sentence is on stderr and names the remedy."""
    (tmp_path / "net.py").write_text(network(), encoding="utf-8")
    arguments = [str(tmp_path / a) if a.endswith((".py", ".toml", ".txt")) else a for a in arguments]
    done = check(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_code_says_so(tmp_path):
    """A folder is a submission; an empty one is none."""
    done = check(tmp_path)
    assert done.returncode == 3
    assert "holds no .py file" in done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [(), ("--cost", "hinge"), ("--nonsense",), ("--net",)])
def test_no_worker_and_no_folder_is_left_behind(arguments, tmp_path):
    """The worker starts before anybody knows whether there is something to check; it ends whatever happens."""
    (tmp_path / "net.py").write_text(network(), encoding="utf-8")
    command = [sys.executable, "-m", "gradcheck", "check", str(tmp_path / "net.py"), *arguments]
    place = tmp_path / "temporary"
    place.mkdir()
    environment = {**os.environ, "TMPDIR": str(place), "TEMP": str(place), "TMP": str(place)}
    done = subprocess.run(command, capture_output=True, check=False, text=True, env=environment, timeout=120)
    assert done.returncode == (2 if arguments else 0), done.stderr
    assert not list(place.iterdir())
