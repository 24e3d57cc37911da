"""What is handed in as a notebook, with neighbours, or as a folder is one submission; so is what has a name."""

import json
import sys

import pytest

from gradcheck.errors import CouldNotRunError, UsageError
from gradcheck.submissions.loading import load

TWICE = "def twice(x):\n    return 2 * x\n"


def notebook(*cells, **metadata):
    """A notebook of format 4 with these code cells."""
    code = [{"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": []} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": code})


# ---- notebooks --------------------------------------------------------------------------------------


def test_a_notebook_loses_magics_foreign_cells_and_cells_that_do_not_parse(submit):
    """The definitions of all other cells are one module."""
    cells = ("%%time\nimport numpy as np\n" + TWICE, "%%bash\nls", "def broken(:", "def four():\n    return twice(2)\n")
    loaded = submit({"net.ipynb": notebook(*cells)})
    assert loaded.namespace["four"]() == 4
    assert any("net.ipynb, cell 3, line 1 is not Python" in note for note in loaded.notes)


def test_a_notebook_called_py_is_a_notebook(submit):
    """The content decides."""
    assert submit(notebook(TWICE)).namespace["twice"](1) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"cells": [', r"net\.ipynb is no complete notebook"),
        (notebook(""), r"net\.ipynb has no cell with code"),
        (notebook("f <- function(x) x", kernelspec={"language": "R"}), r"net\.ipynb is a notebook in r: only Python"),
        ('{"nbformat": 4, "cells": {"cell_type": 3}, "metadata": []}', r"no complete notebook"),
    ],
)
def test_a_notebook_that_is_none_is_one_sentence(submit, content, message):
    """Truncated, empty, in another language."""
    with pytest.raises(CouldNotRunError, match=message):
        submit({"net.ipynb": content})


def test_an_old_notebook_is_read(submit):
    """Format 3 keeps its cells in sheets, and is of the time of Python 2."""
    cell = {"cell_type": "code", "input": ["def f(n):\n", "    print 'n'\n", "    return n\n"], "outputs": []}
    old = {"nbformat": 3, "metadata": {"name": ""}, "worksheets": [{"metadata": {}, "cells": [cell]}]}
    assert submit({"net.ipynb": json.dumps(old)}).namespace["f"](3) == 3


def test_a_cell_that_writes_a_module_is_that_module(submit):
    """What a notebook writes to a file and then imports or runs is part of it."""
    cells = ("%%writefile src/helper.py\n" + TWICE, "from helper import twice\nimport helper\n", "%run helper.py")
    loaded = submit({"net.ipynb": notebook(*cells, "def four():\n    return helper.twice(twice(1))\n")})
    assert loaded.namespace["four"]() == 4


def test_a_class_is_completed_in_a_later_cell(submit):
    """A method that is put into a class of an earlier cell is a definition."""
    cells = ("class Net:\n    pass\n", "def two(self):\n    return 2\nNet.two = two\n")
    assert submit({"net.ipynb": notebook(*cells)}).namespace["Net"]().two() == 2


def test_a_notebook_without_code_cells_is_read_from_its_texts(submit):
    """Code between fences in a text is better than nothing."""
    text = {"cell_type": "markdown", "source": ["My code:\n", "```python\n", *TWICE.splitlines(keepends=True), "```\n"]}
    book = json.dumps({"nbformat": 4, "metadata": {}, "cells": [text]})
    assert submit({"net.ipynb": book}).namespace["twice"](1) == 2


# ---- neighbours and folders -------------------------------------------------------------------------


def test_relative_imports_and_neighbours_work_without_a_package(submit):
    """A submission taken out of its package still finds what was handed in with it."""
    imports = "from .parts.activation import s\nfrom . import rates\nimport parts.activation\nfrom ..gone import g\n"
    loaded = submit({
        "net.py": imports + "def f(x):\n    return s(x) * rates.ETA * parts.activation.ONE\n",
        "rates.py": "ETA = compute() if False else 0.5\nprint('noise')\n",
        "parts/activation.py": "from .one import ONE\ndef s(x):\n    return x\n",
        "parts/one.py": "ONE = 1\n",
    })  # fmt: skip
    assert loaded.namespace["f"](3) == 1.5


def test_a_constant_that_only_a_neighbour_wants_is_made_for_it(submit):
    """It would be left out of its own file, where nothing needs it."""
    files = {"net.py": "from config import SIZES\nimport config\ndef f():\n    return SIZES, config.DEPTH\n"}
    files["config.py"] = "def sizes():\n    return [3, 2]\nSIZES = sizes()\nDEPTH = len(sizes())\nwhile True: pass\n"
    assert submit(files).namespace["f"]() == ([3, 2], 2)


def test_what_a_neighbour_cannot_give_costs_nothing_until_it_is_used(submit):
    """Data that are missing in a helper do not take the helper's functions away."""
    files = {"net.py": "from utils import X, twice\ndef f():\n    return X + 1\n"}
    files["utils.py"] = "import numpy as np\nX = np.load('gone.npy')\n" + TWICE
    loaded = submit(files)
    assert loaded.namespace["twice"](1) == 2
    with pytest.raises(ImportError, match=r"utils\.X is needed, but utils\.py does not give it here"):
        loaded.namespace["f"]()


def test_folders_that_a_file_adds_to_the_path_are_searched_from_where_it_lies(submit):
    """And Python's own path is the same afterwards."""
    before = list(sys.path)
    source = "import sys\nsys.path.append('lib')\nsys.path.insert(0, '..')\nfrom helper import twice\n"
    loaded = submit({"code/net.py": source, "code/lib/helper.py": TWICE})
    assert loaded.namespace["twice"](1) == 2
    assert sys.path == before


def test_two_files_that_import_each_other_are_loaded_once(submit):
    """A class is one class, whoever imports it."""
    files = {"net.py": "import layers\nclass Net:\n    pass\ndef f():\n    return layers.made()\n"}
    files["layers.py"] = "import net\ndef made():\n    return net.Net()\n"
    loaded = submit(files)
    assert type(loaded.namespace["f"]()) is loaded.namespace["Net"]


def test_a_link_out_of_the_folder_is_not_followed(submit, tmp_path):
    """Neither as an import nor as a file of a folder."""
    (tmp_path / "secret.py").write_text("KEY = 1\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "solution.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "in" / "net.py").write_text("from solution import KEY\n" + TWICE)
    for target in (tmp_path / "in", tmp_path / "in" / "net.py"):
        assert load(target).namespace.get("KEY") != 1


def test_a_folder_is_one_submission(submit):
    """Every file is loaded once; tests, setup and broken files cost nothing; training does not run."""
    loaded = submit(
        {
            "net.py": "from layers import Layer\nclass Net(Layer):\n    pass\n",
            "layers.py": "class Layer:\n    pass\n",
            "train.py": "from net import *\nnet = Net()\nwhile True:\n    pass\n",
            "notes.py": "# to do\n",
            "broken.py": "def (:\n",
            "empty.py": "",
            "test_net.py": "1 / 0\n",
            "setup.py": "1 / 0\n",
        },
        folder=True,
    )
    assert issubclass(loaded.namespace["Net"], loaded.namespace["Layer"])
    assert not [name for name in loaded.namespace if "." in name]
    assert "left out a file: broken.py, line 1 is not Python (invalid syntax)" in loaded.notes


def test_the_same_name_in_two_files_of_a_folder_is_told_apart(submit):
    """The second is called by its file."""
    loaded = submit({"a.py": TWICE, "b.py": TWICE.replace("2", "3")}, folder=True)
    assert (loaded.namespace["twice"](1), loaded.namespace["b.twice"](1)) == (2, 3)


@pytest.mark.parametrize(("files", "message"), [({}, "holds no .py file"), ({"a.py": "\n"}, "holds no .py file")])
def test_a_folder_with_nothing_in_it_says_so(submit, tmp_path, files, message):
    """No file, or only empty ones."""
    with pytest.raises(CouldNotRunError, match=message):
        submit({"readme.txt": "x", **files}, folder=True)


# ---- packages and projects --------------------------------------------------------------------------

PACKAGE = {
    "pkg/__init__.py": "",
    "pkg/core/__init__.py": "from pkg.core.tensor import Tensor\n",
    "pkg/core/tensor.py": "class Tensor:\n    pass\n",
    "pkg/layers/__init__.py": "from .dense import Dense\n",
    "pkg/layers/dense.py": "from ..core import Tensor\nclass Dense(Tensor):\n    pass\n",
    "pkg/tests/helper.py": "class Wrong:\n    pass\n",
    ".hidden/net.py": "class Hidden:\n    pass\n",
    "setup.py": "1 / 0\n",
}


@pytest.mark.parametrize("target", [".", "pkg", "pkg/__init__.py", "pkg/layers/__init__.py", "pkg/layers/dense.py"])
def test_a_package_is_found_from_any_part_of_it(submit, tmp_path, target):
    """From above it, from inside, or by its ``__init__``: imports find their parents, a class is one class."""
    submit(PACKAGE | {"net.py": TWICE})
    namespace = load(tmp_path / target).namespace
    base = namespace["Dense"].__mro__[1]
    assert base.__name__ == "Tensor"
    assert namespace.get("Tensor", base) is base
    assert not {"Wrong", "Hidden", "pkg.Tensor"} & namespace.keys()


def test_a_package_that_imports_its_own_modules_by_its_own_name(submit, tmp_path):
    """``from pkg import net`` in ``pkg/__init__.py`` finds the file beside it."""
    submit({"pkg/__init__.py": "from pkg import net\n__all__ = ('net')\n", "pkg/net.py": TWICE})
    assert load(tmp_path / "pkg").namespace["twice"](1) == 2


def test_folders_of_a_project_see_each_other(submit, tmp_path):
    """A file in one folder of a project imports from another; without a project, folders above are nobody's."""
    files = {"models/net.py": "from layers.dense import twice\ndef f():\n    return twice(2)\n"}
    files["layers/dense.py"] = TWICE
    net = tmp_path / "models" / "net.py"
    with pytest.raises(ImportError, match="layers"):
        submit(files).namespace["f"]()
    (tmp_path / "requirements.txt").write_text("numpy\n")
    assert load(net).namespace["f"]() == 4


@pytest.mark.parametrize(
    "line",
    [
        "from src.helper import twice",
        "from Helper import twice",
        "import helper.Twice as t",
        "from course.helper import twice",
    ],
)
def test_imports_by_the_folders_own_name_and_in_another_case(submit, line):
    """What worked where it was written works here."""
    files = {"src/net.py": line + "\n" + TWICE.replace("twice", "f"), "src/helper.py": TWICE}
    if "Twice" in line:
        files = {"src/net.py": files["src/net.py"], "src/helper/twice.py": TWICE}
    loaded = submit(files)
    assert loaded.namespace["twice"](1) == 2 if "from" in line else loaded.namespace["t"].twice(1) == 2
    assert loaded.notes == ()


def test_a_script_that_only_uses_a_neighbour_lends_its_definitions(submit):
    """``main.py`` that imports a module and trains with it stands for what that module defines; nothing is trained."""
    files = {"main.py": "import network\nnet = network.Network()\nwhile True:\n    net.train()\n"}
    files["network.py"] = "class Network:\n    def train(self):\n        raise RuntimeError\n"
    loaded = submit(files)
    assert loaded.namespace["Network"].__name__ == "Network"
    assert not loaded.complete


# ---- names and live objects -------------------------------------------------------------------------


def test_an_attribute_may_be_asked_for(submit, tmp_path):
    """Of a file or of a module; a wrong one is answered with those that are there."""
    submit(TWICE + "class A:\n    class B:\n        pass\n")
    assert load(f"{tmp_path}/net.py:A.B").selected == "A.B"
    assert load("json.decoder:JSONDecoder").selected == "JSONDecoder"
    with pytest.raises(UsageError, match=r"net\.py defines no C: it defines twice, A\."):
        load(f"{tmp_path}/net.py:C")


@pytest.mark.parametrize("target", ["", "nowhere.py", "no.such.module:f", "/nowhere/net.py"])
def test_a_name_of_nothing_is_wrong_usage(target):
    """The sentence says what could be given."""
    with pytest.raises(UsageError, match=r"does not exist: "):
        load(target)


def test_live_objects_are_taken_as_they_are():
    """A class, an instance, a function, a module or a mapping of names."""

    class Net:
        pass

    net = Net()
    assert load(Net).namespace == {"Net": Net}
    assert load(net).namespace == {"Net": net}
    assert load(json).namespace["loads"] is json.loads
    assert load({"f": len}).namespace == {"f": len}


@pytest.mark.parametrize("target", [None, 3, [1]])
def test_a_live_object_that_holds_no_code_is_wrong_usage(target):
    """Nothing can be called in it."""
    with pytest.raises(UsageError, match=r"is nothing that can be checked"):
        load(target)
