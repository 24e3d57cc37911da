"""Modules that a course hands out beside its exercises, and that are not submitted with them."""

import numpy as np
import pytest

from gradcheck.submissions.loading import load


def loaded(tmp_path, source):
    """A submission's names and what had to be done to load it."""
    path = tmp_path / "submission.py"
    path.write_text(source, encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("module", ["dnn_utils", "dnn_utils_v2", "dnn_app_utils_v3"])
def test_activations_of_the_deep_exercise_give_their_cache(tmp_path, module):
    """sigmoid and relu return the activation and z, whichever way they are imported."""
    for line in (f"from {module} import sigmoid, relu_backward", f"from {module} import *"):
        found = loaded(tmp_path, f"{line}\ndef f(z):\n    return sigmoid(z), relu_backward(z, z)\n")
        (a, cache), back = found.namespace["f"](np.array([0.0, 2.0, -2.0]))
        assert np.allclose(a, [0.5, 1 / (1 + np.exp(-2)), 1 / (1 + np.exp(2))])
        assert np.array_equal(cache, [0.0, 2.0, -2.0])
        assert np.array_equal(back, [0.0, 2.0, 0.0])
        assert any("a stand-in took its place" in note for note in found.notes)


def test_a_sigmoid_from_anywhere_is_the_sigmoid(tmp_path):
    """utils.sigmoid and from sigmoid import sigmoid."""
    source = "import utils\nfrom sigmoid import sigmoid\ndef f(z):\n    return utils.sigmoid(z) - sigmoid(z)\n"
    assert np.array_equal(loaded(tmp_path, source).namespace["f"](np.ones(3)), np.zeros(3))


def test_what_is_not_known_is_still_missing(tmp_path):
    """A function that no course has keeps its explanation."""
    found = loaded(tmp_path, "from helpers import magic\ndef f(z):\n    return magic(z, 1)\n")
    with pytest.raises(ImportError, match="the module helpers is not here"):
        found.namespace["f"](1.0)


def test_a_sparse_matrix_is_a_dense_one(tmp_path):
    """The indicator matrix of softmax regression, where SciPy is not installed."""
    source = (
        "import scipy.sparse\nimport numpy as np\ndef f(labels):\n"
        "    ones = np.ones(len(labels))\n"
        "    return np.array(scipy.sparse.csr_matrix((ones, (labels, np.arange(len(labels))))).todense())\n"
    )
    assert np.array_equal(loaded(tmp_path, source).namespace["f"](np.array([0, 2, 1])), np.eye(3)[:, [0, 2, 1]])
