"""A file becomes a namespace of definitions; its script part does not run."""

import numpy as np
import pytest

from gradcheck.errors import CouldNotRunError, UsageError
from gradcheck.submissions.loading import load


@pytest.fixture
def submit(tmp_path):
    """Write a submission and load it."""

    def write(source, name="net.py", **options):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return load(path, **options)

    return write


def test_definitions_imports_and_constants_are_executed_and_nothing_else(submit, capsys):
    """Training, printing and asking at module level do not happen."""
    loaded = submit(
        "import numpy as np\nRATE = 0.5\nSIZES = [3, 2]\nW = np.zeros((2, 3))\n"
        "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n"
        "name = input('who?')\nprint('training')\nwhile True:\n    pass\n"
    )
    assert loaded.namespace["RATE"] == 0.5
    assert loaded.namespace["sigmoid"](0.0) == 0.5
    assert "name" not in loaded.namespace
    assert not loaded.complete
    assert capsys.readouterr().out == ""


def test_a_constant_that_a_definition_needs_is_made_after_all(submit):
    """A global read inside a function is computed even if a function of the file makes it."""
    loaded = submit("def two():\n    return 2\n\nHIDDEN = two()\nUNUSED = two()\n\ndef f():\n    return HIDDEN\n")
    assert loaded.namespace["f"]() == 2
    assert "UNUSED" not in loaded.namespace


def test_python_2_is_translated_and_its_division_still_rounds_down(submit):
    """The translation says so in a note, and integer division means what it meant."""
    loaded = submit("def half(n):\n    print 'half of', n\n    return n / 2, n / 2.0\n")
    assert loaded.namespace["half"](3) == (1, 1.5)
    assert "translated from Python 2" in loaded.notes


def test_neighbours_are_imported_without_shadowing_numpy(tmp_path, submit):
    """A helper called like one of our packages is the submission's, a file called numpy.py is not NumPy."""
    (tmp_path / "nets.py").write_text("MINE = 1\nprint('noise')\n")
    (tmp_path / "numpy.py").write_text("raise RuntimeError\n")
    loaded = submit("import numpy as np\nfrom nets import MINE\nx = np.ones(2)\n")
    assert loaded.namespace["MINE"] == 1
    assert loaded.namespace["np"] is np


def test_a_syntax_error_names_the_line_and_the_reason(submit):
    """What cannot be repaired is reported by file, line and text."""
    with pytest.raises(CouldNotRunError, match=r"net\.py, line 2 is not Python .*: return \("):
        submit("def f(:\n    return (\n".replace("(:", "():"))


def test_a_file_that_does_not_exist_is_wrong_usage(tmp_path):
    """The sentence repeats the path."""
    with pytest.raises(UsageError, match=r"missing\.py does not exist"):
        load(tmp_path / "missing.py")


def test_an_empty_file_says_so(submit):
    """Nothing in the file is not the same as nothing found in it."""
    with pytest.raises(CouldNotRunError, match=r"net\.py is empty"):
        submit("\n")


def test_a_default_argument_that_cannot_be_made_costs_no_function(tmp_path):
    """Data of a module that is not here are the default of a parameter: it is None, and that is said."""
    path = tmp_path / "defaults.py"
    path.write_text(
        "import numpy as np\nfrom cupboard import fetch\n\nimages, labels = fetch()\n\n"
        "def train(w, X=images, *, rate=0.5, Y=labels):\n    return rate\n\n"
        "class Net:\n    def fit(self, X=images[0], scale=np.pi):\n        return scale\n",
        encoding="utf-8",
    )
    loaded = load(path)
    assert loaded.namespace["train"](1) == 0.5
    assert loaded.namespace["Net"]().fit() > 3
    assert "X of train, Y of train: the default value could not be made and is None" in loaded.notes
    assert "X of fit: the default value could not be made and is None" in loaded.notes
