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
        ("import numpy as np\nimport sys\nsys.exit(0)\n", r"\(net\.py, line 3: SystemExit: 0, which ended the program\)"),
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
