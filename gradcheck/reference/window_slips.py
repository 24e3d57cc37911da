"""Convolutions and embeddings by themselves: what the classic slips in their backward pass would hand back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.layer_slips import Pass, Slip

Array = NDArray[Any]
OVERWRITTEN = "in {array} each window overwrites the one before: = stands where += belongs"


def window_slips(one: Pass) -> Iterator[Slip]:
    """Slips of a convolution (m, channels, height, width), or of a table that is looked up; nothing for others."""
    for name, w in one.parameters.items():
        if w.ndim == one.x.ndim == len("nchw"):
            for stride, padding in itertools.product((1, 2), (0, 1)):
                seen = Convolution(one.x, w, stride, padding)
                if seen.computes(one.output):
                    yield from seen.slips(one, name)
                    return
        if one.x.dtype.kind in "iu" and w.ndim > 1 and np.array_equal(w[one.x], one.output):
            only = np.zeros_like(w)
            only[one.x] = one.upstream
            says = "in {array} a row that is looked up twice keeps its last gradient alone: add up, as np.add.at does"
            yield Slip("last_example_only", name, says, "BP4", only)


@dataclass(frozen=True)
class Convolution:
    """Σ over windows of x, each with the same weights (out, in, k, l)."""

    x: Array
    w: Array
    stride: int
    padding: int

    def windows(self) -> Iterator[tuple[int, int, tuple[slice, ...]]]:
        """Row and column of the output, and where in the padded input its window is."""
        height, width = (n + 2 * self.padding - k for n, k in zip(self.x.shape[2:], self.w.shape[2:], strict=True))
        for i, j in itertools.product(range(height // self.stride + 1), range(width // self.stride + 1)):
            top, left = i * self.stride, j * self.stride
            down, across = slice(top, top + self.w.shape[2]), slice(left, left + self.w.shape[3])
            yield i, j, (slice(None), slice(None), down, across)

    def padded(self) -> Array:
        """The input with zeros around it."""
        return np.pad(self.x, ((0, 0), (0, 0), *((self.padding, self.padding),) * 2))

    def computes(self, output: Array) -> bool:
        """Whether the output is this convolution, a bias for each channel aside."""
        if self.x.shape[1] != self.w.shape[1] or output.ndim != self.x.ndim or output.shape[1] != len(self.w):
            return False
        places = list(self.windows())
        if output.shape[2:] != (places[-1][0] + 1, places[-1][1] + 1):
            return False
        x, rest = self.padded(), output.copy()
        for i, j, where in places:
            rest[:, :, i, j] -= np.tensordot(x[where], self.w, axes=([1, 2, 3], [1, 2, 3]))
        return bool(np.allclose(rest, rest[:1, :, :1, :1], atol=1e-8))

    def slips(self, one: Pass, name: str) -> Iterator[Slip]:
        """Windows that overwrite each other, and kernels the wrong way round."""
        x, u = self.padded(), one.upstream
        back, flipped = np.zeros_like(x), np.zeros_like(x)
        outer = np.zeros_like(self.w)
        for i, j, where in self.windows():
            outer = np.tensordot(u[:, :, i, j], x[where], axes=([0], [0]))
            back[where] = np.tensordot(u[:, :, i, j], self.w, axes=([1], [0]))
            flipped[where] += np.tensordot(u[:, :, i, j], self.w[:, :, ::-1, ::-1], axes=([1], [0]))
        yield Slip("last_window_only", name, OVERWRITTEN, "BP4", outer)
        yield Slip("last_window_only", "x", OVERWRITTEN, "BP2", self._inside(back))
        turned = "{array} is made with the kernel turned by 180°"
        yield Slip("kernel_flipped", "x", turned, "BP2", self._inside(flipped))
        mean = "{array} is the mean over examples and places, where their sum belongs"
        for bias, array in one.parameters.items():
            if array.size == len(self.w):
                yield Slip("averaged", bias, mean, "BP3", u.mean(axis=(0, 2, 3)).reshape(array.shape))

    def _inside(self, padded: Array) -> Array:
        p = self.padding
        return padded[:, :, p : padded.shape[2] - p, p : padded.shape[3] - p]
