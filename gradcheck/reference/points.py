"""Random points at which a submission and a candidate are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Named = dict[str, Array]
EXAMPLES = 4


@dataclass(frozen=True)
class Point:
    """Parameters and inputs; ``essential`` is false where a correct program may overflow."""

    name: str
    parameters: Named
    x: Array
    essential: bool = True


def parameters(
    sizes: Sequence[int], rng: np.random.Generator, *, weights: float = 1.0, biases: float = 0.5, has: bool = True
) -> Named:
    """Weights N(0, weights²/n_in), biases N(0, biases²); without the biases where the network has none."""
    named: Named = {}
    for layer, (n_in, n_out) in enumerate(pairwise(sizes), start=2):
        named[f"w{layer}"] = rng.standard_normal((n_out, n_in)) * weights / np.sqrt(n_in)
        if has:
            named[f"b{layer}"] = rng.standard_normal((n_out, 1)) * biases
    return named


def forward_points(sizes: Sequence[int], rng: np.random.Generator, *, biases: bool, examples: int) -> tuple[Point, ...]:
    """Typical, small, negative, positive and large inputs."""
    shape = (sizes[0], examples)

    def point(name: str, x: Array, weights: float = 1.0, *, essential: bool = True) -> Point:
        return Point(name, parameters(sizes, rng, weights=weights, has=biases), x, essential)

    normal = rng.standard_normal
    return (
        point("typical", normal(shape)),
        point("small", rng.uniform(0, 1, shape) * 0.3, 0.5),
        point("negative", -np.abs(normal(shape)) - 0.2, 2.0),
        point("positive", np.abs(normal(shape)) + 0.2, 2.0),
        point("large", normal(shape) * 20, 2.0, essential=False),
    )


def targets(n_out: int, examples: int, rng: np.random.Generator) -> Array:
    """One-hot columns, of different classes; 0 or 1 where there is one output.

    The last class is among all but the first: code that is given labels often counts the classes by the largest.
    """
    if n_out == 1:
        return np.arange(examples, dtype=float)[None, :] % 2
    classes = (rng.permutation(n_out)[np.arange(examples) % n_out]).astype(int)
    if n_out - 1 not in classes[1:]:
        classes[-1] = n_out - 1
    return np.eye(n_out)[:, classes]
