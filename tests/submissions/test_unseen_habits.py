"""Habits of files that nobody here had seen: each is judged right where it is right, and its slip is named."""

from pathlib import Path

import pytest

from gradcheck.results import CheckResult, Verdict
from gradcheck.submissions.check import check_file


@pytest.fixture
def checked(tmp_path):
    """The result for a file with that text, after a replacement."""

    def check(text: str, *change: str) -> CheckResult:
        path: Path = tmp_path / "submission.py"
        assert not change or change[0] in text
        path.write_text(text.replace(*change) if change else text, encoding="utf-8")
        return check_file(path, isolate="off")

    return check


DERIVED = """
import numpy as np
from ..base import Layer, Named

class LeakyELU(Layer, Named):
    def __init__(self, slope: float = 0.7, name=None):
        super().__init__(name=name, trainable=False)
        self.slope = slope

    def forward(self, inputs):
        self.kept, self.output = inputs, np.where(inputs > 0, inputs, self.slope * (np.exp(inputs) - 1))
        return self.output

    def backward(self, grad_output, optimizer=None):
        return np.where(self.kept > 0, grad_output, grad_output * (self.output + self.slope))
"""


def test_a_base_class_that_is_not_here_takes_what_its_constructor_is_given(checked):
    """``super().__init__(name=name)`` of a base in a module that is missing stops nothing."""
    assert checked(DERIVED).verdict is Verdict.PASS
    assert checked(DERIVED, "(self.output + self.slope)", "self.output").verdict is Verdict.FAIL


WORDS = """
import numpy as np

class WordModel:
    def __init__(self, wdim, hdim, bptt_trunc=4):
        self.trunc = bptt_trunc
        self.U = np.random.uniform(-0.5, 0.5, (hdim, wdim))
        self.V = np.random.uniform(-0.5, 0.5, (wdim, hdim))
        self.W = np.random.uniform(-0.5, 0.5, (hdim, hdim))

    def forward(self, words):
        s, o = np.zeros((len(words) + 1, len(self.W))), np.zeros((len(words), len(self.V)))
        for t, word in enumerate(words):
            s[t] = np.tanh(self.U[:, word] + self.W @ s[t - 1])
            e = np.exp(self.V @ s[t])
            o[t] = e / e.sum()
        return [o, s]

    def bptt(self, words, following):
        o, s = self.forward(words)
        dU, dV, dW = np.zeros_like(self.U), np.zeros_like(self.V), np.zeros_like(self.W)
        o[np.arange(len(following)), following] -= 1
        for t in range(len(following))[::-1]:
            dV += np.outer(o[t], s[t])
            d = self.V.T @ o[t] * (1 - s[t] ** 2)
            for k in range(max(0, t - self.trunc), t + 1)[::-1]:
                dW += np.outer(d, s[k - 1])
                dU[:, words[k]] += d
                d = self.W.T @ d * (1 - s[k - 1] ** 2)
        return dU, dV, dW
"""


def test_outputs_and_states_may_come_back_in_a_list(checked):
    """A network of words that truncates after some steps is run without truncation, and its dropped slope is seen."""
    assert checked(WORDS).verdict is Verdict.PASS
    wrong = checked(WORDS, "self.V.T @ o[t] * (1 - s[t] ** 2)", "self.V.T @ o[t]")
    assert wrong.verdict is Verdict.FAIL


COLOURED = """
import numpy as np

class Conv3:
    def __init__(self, n_filters):
        self.filters = np.random.randn(n_filters, 3, 3, 3) / 5

    def patches(self, image):
        for i in range(image.shape[0] - 2):
            for j in range(image.shape[1] - 2):
                yield i, j, image[i : i + 3, j : j + 3]

    def forward(self, image):
        self.kept = image
        out = np.zeros((image.shape[0] - 2, image.shape[1] - 2, len(self.filters)))
        for i, j, patch in self.patches(image):
            out[i, j] = np.sum(patch * self.filters, axis=(1, 2, 3))
        return out

    def backward(self, d_out, learn_rate):
        d_filters, d_image = np.zeros_like(self.filters), np.zeros_like(self.kept)
        for i, j, patch in self.patches(self.kept):
            for f in range(len(self.filters)):
                d_filters[f] += d_out[i, j, f] * patch
                d_image[i : i + 3, j : j + 3] += d_out[i, j, f] * self.filters[f]
        self.filters -= learn_rate * d_filters
        return d_image
"""


def test_kernels_for_three_colours_get_images_of_three(checked):
    """A convolution whose three channels are written into it is checked; pixels scaled on the way in only are seen."""
    assert checked(COLOURED).verdict is Verdict.PASS
    scaled = checked(COLOURED, "self.kept = image\n", "image = image / 255.0\n        self.kept = image\n")
    assert scaled.verdict is Verdict.FAIL
    assert "The gradient of image is 255 times" in scaled.reason or "The gradient of x is 255 times" in scaled.reason
