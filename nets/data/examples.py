"""Labelled examples in the chapter's convention: one example per column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]
DIGITS = 10


@dataclass(frozen=True)
class Examples:
    """Images of digits and what they show.

    Attributes:
        x: grey values from 0 to 1, one image per column, shape (pixels, examples).
        labels: the digits 0 to 9, shape (examples,).
    """

    x: Array
    labels: NDArray[np.intp]

    @classmethod
    def of_images(cls, images: Array, labels: Array, brightest: int, dtype: DTypeLike) -> Examples:
        """From images (examples, height, width) whose grey values go from 0 to *brightest*."""
        x = images.reshape(len(images), -1).T.astype(dtype, order="C")
        x /= brightest
        return cls(x, labels.astype(np.intp))

    @property
    def y(self) -> Array:
        """The targets as the chapter has them: 1 in the row of the digit and 0 elsewhere, shape (10, examples)."""
        return np.eye(DIGITS, dtype=self.x.dtype)[:, self.labels]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, indices: NDArray[np.intp]) -> Examples:
        """The examples with these numbers."""
        return Examples(self.x[:, indices], self.labels[indices])

    def split(self, held_out: float = 0.2, seed: int = 0) -> tuple[Examples, Examples]:
        """Examples to train on, and the share *held_out* of them to evaluate on, drawn at random.

        Raises:
            ValueError: a share that leaves one side empty.
        """
        count = round(len(self) * held_out)
        if not 0 < count < len(self):
            raise ValueError(f"A share of {held_out} of {len(self)} examples leaves nothing on one side of the split.")
        order = np.random.default_rng(seed).permutation(len(self))
        return self.take(order[count:]), self.take(order[:count])

    def training_pairs(self) -> list[tuple[Array, Array]]:
        """``(x, y)`` for each example, both columns, as the chapter's ``load_data_wrapper`` gives training data."""
        return list(zip(_columns(self.x), _columns(self.y), strict=True))

    def test_pairs(self) -> list[tuple[Array, int]]:
        """``(x, digit)`` for each example, as ``load_data_wrapper`` gives validation and test data."""
        return list(zip(_columns(self.x), self.labels.tolist(), strict=True))


def _columns(matrix: Array) -> list[Array]:
    return [np.ascontiguousarray(column)[:, None] for column in matrix.T]
