"""Files as they are really handed in: each loads, says what had to be done, and runs nothing that it should not."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from gradcheck.errors import CouldNotRunError

ARGUMENTS = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--layers", default=3)
args = parser.parse_args()
def f(n):
    return args.layers
"""
TWICE = "def twice(x):\n    return 2 * x\n"


@pytest.mark.parametrize(
    ("source", "expected", "note"),
    [
        ("def f(n):\n    print 'n', n\n    return n / 2\n", 1, "translated from Python 2"),
        ("def f(n):\n    n /= 2\n    print n,\n    return n\n", 1, "translated from Python 2"),
        ("def f(d):\n    try: return {1: d}.has_key(1) and `d`\n    except Exception, e: pass\n", "3", "Python 2"),
        ("def f(n):\n    return map(lambda (a, b): a + b, zip([n], [0777]))[0]\n", 514, "Python 2"),
        ("def f(n):\n    exec 'm = 2'\n    return sum(xrange(n)) + 10L\n", 13, "Python 2"),
        ("def f(n):\n\tif n:\n\t\tprint n\n        \treturn n\n", 3, "a tab was taken as 8 columns"),
        ("def f(n):\n    m = n\n\treturn m\n", 3, "a tab was taken as 4 columns"),
        ("%matplotlib inline\n!pip install x\nfiles = !ls\ndef f(n):\n    %timeit 1\n    return n\nf?\n", 3, "magics"),
        (">>> def f(n):\n...     return n\n...\n", 3, "prompts and fences were left out"),
        ("```python\ndef f(n):\n    return n\n```\n", 3, "prompts and fences were left out"),
        ("import cupy as cp\ndef f(n):\n    return cp.asnumpy(cp.array(n))\n", 3, "numpy took the place of cupy"),
        ("import numpy as np\ndef f(n):\n    return np.float(n) + np.int(0)\n", 3.0, r"has np\.float, np\.int"),
        ("from numpy import float_, mat\ndef f(n):\n    return float_(n)\n", 3.0, ""),
        ("from numpy import *\ndef f(n):\n    return product([float_(n), 1])\n", 3.0, ""),
        ("import nothere\nfrom nothere.x import y\ndef f(n):\n    return n\n", 3, "module nothere is not used here"),
        ("import pandas as pd\nX = pd.read_csv('x')\ndef f(n):\n    return n\n", 3, "module pandas is not used here"),
        ("import cPickle, Queue\ndef f(n):\n    return n\n", 3, "pickle took the place of cPickle"),
        ("try:\n    import cupy as np\nexcept ImportError:\n    pass\ndef f(n):\n    return np.abs(-n)\n", 3, ""),
        ("import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nplt.show()\ndef f(n):\n    return n\n", 3, ""),
        ("import tkinter\nroot = tkinter.Tk()\nroot.mainloop()\ndef f(n):\n    return n\n", 3, ""),
        ("from numba import njit\n@njit(cache=True)\ndef f(n):\n    return n\n", 3, ""),
        ("from tqdm import tqdm\ndef f(n):\n    return sum(tqdm([n]))\n", 3, ""),
        ("from gradcheck import check_gradient\ndef f(n):\n    return n\n", 3, ""),
        ("import sys\nsys.exit(0)\ndef f(n):\n    return n\n", 3, ""),
        ("for i in range(10 ** 12):\n    print(i)\ndef f(n):\n    return n\n", 3, ""),
        ("def f(n):\n    return n\nif __name__ == '__main__':\n    while True: pass\n", 3, ""),
        ("if __name__ == '__main__':\n    def f(n):\n        return n\n", 3, ""),
        ("def f(n: Undefined) -> AlsoUndefined:\n    return n\n", 3, ""),
        ("W = []\nfor i in range(4):\n    W.append(i)\ndef f(n):\n    return W[n]\n", 3, ""),
        ("def s(n):\n    return n\nT = {}\nT['s'] = s\ndef f(n):\n    return T['s'](n)\n", 3, ""),
        ("def f(n):\n    return N * n\nX = [1, 2]\ndef size(x):\n    return len(x) / 2\nN = int(size(X))\n", 3, ""),
        ("class B:\n    k = A_LATER\nA_LATER = 3\ndef f(n):\n    return B.k\n", 3, ""),
        (ARGUMENTS, 3, ""),
        ("from itertools import izip\ndef f(n):\n    return list(izip([n], [1]))[0][0] / 2\n", 1, "Python 2"),
        ("from past.builtins import xrange\ndef f(n):\n    return sum(xrange(n)) / 2\n", 1.5, ""),
        ("from collections import Mapping\nfrom fractions import gcd\ndef f(n):\n    return gcd(n, 6)\n", 3, ""),
        ("import time\ndef f(n):\n    time.sleep(1000)\n    return n * (time.clock() > 0)\n", 3, ""),
        ("from typing import override\n@override\ndef f(n):\n    return n\n", 3, ""),
        ("import autograd.numpy as np\ndef f(n):\n    return np.abs(-n)\n", 3, "numpy took the place"),
        ("def f[T](n: T) -> T:\n    return n\ntype V = list[int]\nclass B[T]:\n    pass\n", 3, "newer Python"),
        ("def f(n):\n    d = {'a': n}\n    print(f'{d['a']} {'\\n'.join('ab')}')\n    return n\n", 3, "newer Python"),
        ("Text.\n\n```python\ndef f(n):\n    return n\n```\nMore.\n", 3, "between fences"),
        ("def f(n):\n    return n * SCALE\nif __name__ == '__main__':\n    SCALE = 1\n    while True: pass\n", 3, ""),
        ("def f(n):\n    return n * S\ndef main():\n    global S\n    S = 1\n    while True: pass\nmain()\n", 3, ""),
    ],
)  # fmt: skip
def test_what_people_hand_in_is_loaded(submit, capfd, source, expected, note):
    """The function works, what was changed is said, and nothing was printed."""
    loaded = submit(source)
    assert loaded.namespace["f"](3) == expected
    if note:
        assert any(re.search(note, sentence) for sentence in loaded.notes)
    else:
        assert not any("left out what failed" in sentence for sentence in loaded.notes)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + TWICE.encode(),
        TWICE.encode("utf-16"),
        TWICE.encode("utf-16-le"),
        TWICE.encode("utf-16-be"),
        TWICE.encode("utf-32"),
        TWICE.encode() + b"\0\0\x1a",
        "# caf\xe9\n".encode("latin-1") + TWICE.encode(),
        "# -*- coding: gbk -*-\n# \u4e2d\n".encode("gbk") + TWICE.encode(),
        b"# -*- coding: klingon -*-\n" + TWICE.encode(),
        TWICE.replace("\n", "\r\n").encode(),
        TWICE.replace("\n", "\r").encode(),
        TWICE.replace("    ", "\u00a0\u00a0\u00a0\u00a0").encode(),
        TWICE.replace("x\n", "x\u200b\n").encode(),
    ],
    ids=[
        "BOM",
        "UTF-16",
        "UTF-16 without a mark",
        "the other",
        "UTF-32",
        "end of file",
        "Latin-1",
        "GBK",
        "unknown",
        "CRLF",
        "CR",
        "no-break spaces",
        "zero-width space",
    ],
)
def test_any_encoding_and_line_end_is_read(submit, content):
    """Editors of all countries and systems."""
    assert submit(content).namespace["twice"](2) == 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("# nothing yet\n", r"net\.py defines nothing: put your forward and backward pass in it"),
        ("print('hello')\n", r"net\.py defines nothing: "),
        ("import numpy as np\nimport sys\nsys.exit(0)\n", r"line 3: SystemExit: 0, which ended the program\)"),
        ("X = open('data.csv').read()\n", r"defines nothing \(net\.py, line 1: FileNotFoundError: .*data\.csv"),
        ("n = int(input('layers? '))\n", r"line 1: EOFError: input\(\) has nobody to ask during a check"),
        ("def f(x):\nreturn x\n", r"line 2 is not Python \(expected an indented block .*\): return x\. Correct it"),
        ("def f(x):\n    return \u201chello\u201d\n", r"line 2 is not Python \(invalid character"),
        (b"def f(x):\n\0\0    return x\n", r"net\.py contains NUL bytes, so it is no Python text"),
        (b"PK\x03\x04\x14\0\x08\0\x08\0", r"contains NUL bytes"),
        ("x = '" + "a" * (11 * 2**20) + "'\n", r"net\.py has 11 MiB, a submission at most 10"),
        ("x = " + "-" * 5000 + "1\n", r"nested too deeply"),
    ],
)  # fmt: skip
def test_what_cannot_be_loaded_is_one_sentence(submit, content, message):
    """The file, the line, the reason and what to do."""
    with pytest.raises(CouldNotRunError, match=message) as caught:
        submit(content)
    assert "\n" not in str(caught.value)


def test_a_file_of_nearly_ten_megabytes_is_read(submit):
    """Weights pasted into the source are no reason to refuse it."""
    assert submit(TWICE + "DATA = '" + "a" * (9 * 2**20) + "'\n").namespace["twice"](1) == 2


def test_a_training_loop_runs_only_when_nothing_else_is_there(submit):
    """A script without definitions is run, for a few seconds at most, and keeps what it has made."""
    loaded = submit("import numpy as np\nw = np.zeros(3)\nfor step in range(10):\n    w = w - 0.1\nprint(w)\n")
    assert loaded.complete
    assert loaded.namespace["step"] == 9


def test_a_script_that_never_ends_is_stopped(submit, monkeypatch):
    """What it has made by then is kept, and the result says that it was stopped."""
    monkeypatch.setattr("gradcheck.submissions.loading.execution.SCRIPT_SECONDS", 0.2)
    loaded = submit("w = 0\nwhile True:\n    w += 1\n")
    assert loaded.namespace["w"] > 0
    assert "its script part was stopped after a few seconds" in loaded.notes


def test_a_constant_that_needs_a_long_training_is_given_up(submit, monkeypatch):
    """A function that reads a trained network does not make the whole file wait for it."""
    monkeypatch.setattr("gradcheck.submissions.loading.execution.SCRIPT_SECONDS", 0.2)
    source = "def train():\n    while True: pass\nnet = train()\ndef predict(x):\n    return net\n" + TWICE
    loaded = submit(source)
    assert loaded.namespace["twice"](1) == 2
    assert "its script part was stopped after a few seconds" in loaded.notes


def test_data_beside_the_file_is_found_wherever_the_command_is_given(submit, tmp_path, monkeypatch):
    """A constant that a function needs may be read from a file next to the submission."""
    monkeypatch.chdir("/")
    source = "import numpy as np\nX = np.loadtxt('x.csv')\ndef f():\n    return X.sum()\n"
    assert submit({"net.py": source, "x.csv": "1 2 3\n"}).namespace["f"]() == 6
    assert Path.cwd() == Path("/").resolve()


def test_missing_data_is_said_with_the_line_that_wanted_it(submit):
    """The rest of the file loads."""
    loaded = submit(
        "import numpy as np\nX = np.loadtxt('x.csv')\nN = X.shape[0]\n" + TWICE + "def f():\n    return N\n"
    )
    assert loaded.namespace["twice"](1) == 2
    assert loaded.notes == ("left out what failed: net.py, line 2: FileNotFoundError: x.csv not found",)


def test_loading_leaves_this_process_as_it_was(submit, tmp_path):
    """Warnings, NumPy's error handling and print options, the working folder and the arguments are ours."""
    before = (np.geterr(), Path.cwd(), list(sys.argv))
    submit(
        "import os, sys, warnings\nimport numpy as np\nnp.seterr(all='raise')\nwarnings.simplefilter('error')\n"
        "np.random.seed(1)\n" + TWICE
    )
    assert before == (np.geterr(), Path.cwd(), list(sys.argv))


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("print(\n", 3),
        ("<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> other\n", 3),
        ("class Plot:\n    def show(self):\n        return (\n\n    def name(self):\n        return 1\n", 5),
        ("def report(x):\n    return \u201cdone\u201d\n", 4),
    ],
    ids=["call", "conflict", "method", "quotes"],
)
def test_what_does_not_parse_costs_itself_only(submit, broken, line):
    """The rest of the file is loaded, and the line is named."""
    loaded = submit(TWICE + broken + "def four():\n    return twice(2)\n")
    assert loaded.namespace["four"]() == 4
    assert any("left out what does not parse" in n and f"line {line} is not Python" in n for n in loaded.notes)
    if "class" in broken:
        assert loaded.namespace["Plot"]().name() == 1


def test_what_does_not_parse_in_what_is_to_be_judged_is_said_and_nothing_else(submit):
    """A network without its backward pass is not judged by what is left of it."""
    with pytest.raises(CouldNotRunError, match=r"line 4 is not Python .*: def backprop\(self, x, y\)\. Correct it"):
        submit(TWICE + "class Net:\n    def backprop(self, x, y)\n        pass\n    def f(self):\n        pass\n")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "from dnn_utils_v2 import sigmoid, relu_backward\ndef f(z):\n    a, c = sigmoid(z)\n    return a, c\n",
            (0.5, 0),
        ),
        ("from planar_utils import *\ndef f(z):\n    return sigmoid(z)\n", 0.5),
        ("from lib.utils import relu\ndef f(z):\n    return relu(z - 1)\n", 0),
        ("import utils\ndef f(z):\n    return utils.sigmoid(z)\n", 0.5),
    ],
)
def test_helpers_that_a_course_hands_out_are_there(submit, source, expected):
    """They are not handed in; what they compute is known, and the result says that it was taken."""
    loaded = submit(source)
    assert loaded.namespace["f"](0) == expected
    assert any("a stand-in took its place" in note for note in loaded.notes)


def test_the_vectors_of_a_course_are_the_same_way_back(submit):
    """A dictionary of arrays as one column and as it was."""
    loaded = submit("from gc_utils import *\nfrom reg_utils import forward_propagation, compute_cost\n" + TWICE)
    theta = np.arange(47.0)[:, None] / 47
    given = loaded.namespace
    arrays = given["vector_to_dictionary"](theta)
    assert np.array_equal(given["dictionary_to_vector"](arrays)[0], theta)
    assert np.array_equal(given["gradients_to_vector"]({f"d{n}": a for n, a in arrays.items()}), theta)
    output, cache = given["forward_propagation"](np.ones((4, 2)), arrays)
    assert output.shape == (1, 2)
    assert len(cache) == 12
    assert given["compute_cost"](np.full((1, 2), 0.5), np.ones((1, 2))) == pytest.approx(np.log(2))
