"""Passes and operations of each way to the gradient of a dense network, by counting (no timing)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

MODES = ("forward", "backprop", "literal", "incremental", "propagated", "node")


def parameter_count(sizes: Sequence[int]) -> int:
    """N, the weights and biases."""
    return sum(n * (n_in + 1) for n_in, n in pairwise(sizes))


def passes(sizes: Sequence[int]) -> dict[str, int]:
    """Forward passes, or what counts as one; backprop is one forward and one backward."""
    all_of_them = parameter_count(sizes) + 1
    return {
        "forward": 1,
        "backprop": 2,
        "literal": all_of_them,
        "incremental": all_of_them,
        "propagated": all_of_them,
        "node": sum(sizes[1:]) + 1,
    }


def operations(sizes: Sequence[int], examples: int) -> dict[str, float]:
    """Multiplications and additions in the matrix products; activations, costs and biases are not counted.

    With S = Σ n_l n_{l−1} and S₁ = n_2 n_1, m examples: forward 2mS; backward 2mS (BP4) and
    2m(S − S₁) (BP2, which the first layer does not need); Eq. 46 literally (N + 1) 2mS. The other
    modes take each perturbation through the layers after it only.
    """
    products = float(sum(n_in * n for n_in, n in pairwise(sizes)))
    forward = 2 * examples * products
    rest = [_after(sizes, layer) for layer in range(1, len(sizes))]
    entries = [n * (n_in + 1) for n_in, n in pairwise(sizes)]
    carried = float(examples * sum(count * each for count, each in zip(entries, rest, strict=True)))
    nodes = float(examples * sum(n * each for n, each in zip(sizes[1:], rest, strict=True)))
    return {
        "forward": forward,
        "backprop": 3 * forward - 2 * examples * sizes[0] * sizes[1],
        "literal": (parameter_count(sizes) + 1) * forward,
        "incremental": forward + carried,
        "propagated": forward + carried,
        "node": 2 * forward + nodes,
    }


def _after(sizes: Sequence[int], layer: int) -> float:
    """What one perturbation of one neuron of *layer* costs: n_{l+1} products, then whole layers."""
    following = sizes[layer + 1 : layer + 2]
    return float(sum(following) + sum(2 * n * n_in for n_in, n in pairwise(sizes[layer + 1 :])))
