"""Whether a cost is that of a network: it is, if neurons and features can change places without a change of cost.

A permutation of the neurons of a layer, done to all that leads into them and out of them (to the data
at both ends), leaves the cost of a fully connected network as it is, whatever its activations and
cost function. Where some layout of the parameters shows that, it is the layout.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.posed.network import PosedNet
from gradcheck.submissions.adapters.common.setups import EXAMPLES
from gradcheck.submissions.layout import Layout, layouts_of

Array = NDArray[Any]
SAME, OTHER = 1e-9, 1e-7


def is_network(net: PosedNet, seed: int = 0) -> bool:
    """Whether the cost stays the same when neurons or features of any layer change places."""
    sizes = net.sizes
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((sizes[0], EXAMPLES))
    classes = np.arange(EXAMPLES) % max(sizes[-1], 2)
    y = np.eye(sizes[-1])[:, classes] if sizes[-1] > 1 else classes[None].astype(float)
    return any(_symmetric(net, layout, x, y) for layout in layouts_of(net.shapes, sizes))


def takes_one(net: PosedNet) -> bool:
    """Whether it takes one example as well: code that counts the classes in its targets does not."""
    n_out = net.sizes[-1]
    x, y = np.ones((net.sizes[0], 1)), np.eye(n_out)[:, [min(1, n_out - 1)]]
    answers = [attempt(ask, net.parameters(), x, y, 0.0) for ask in (net.cost, net.gradient)]
    return all(answer.answered for answer in answers)


def _symmetric(net: PosedNet, layout: Layout, x: Array, y: Array) -> bool:
    named = layout.ours(net.parameters())
    before = _cost(net, layout, named, x, y)
    paired = _cost(net, layout, named, x, np.roll(y, 1, axis=1))  # (m, 1) against (m,) would pair all with all
    if not np.isfinite(before) or not abs(paired - before) > OTHER * abs(before):
        return False
    for layer in range(1, len(net.sizes) + 1):
        if net.sizes[layer - 1] == 1:
            continue
        (turned, x_turned, y_turned), (other, x_other, y_other) = (
            _swapped(named, x, y, layer, len(net.sizes), out=out) for out in (True, False)
        )
        after, different = (
            _cost(net, layout, turned, x_turned, y_turned),
            _cost(net, layout, other, x_other, y_other),
        )
        if not abs(after - before) <= SAME * abs(before) or not abs(different - before) > OTHER * abs(before):
            return False
    return True


def _swapped(
    named: dict[str, Array], x: Array, y: Array, layer: int, last: int, *, out: bool
) -> tuple[dict[str, Array], Array, Array]:
    """Two neurons of a layer in each other's place: in what leads into them and, where *out*, in what leads out."""
    found = dict(named)
    for name in (f"w{layer}", f"b{layer}"):
        if name in found:
            found[name] = _first_two(found[name], 0)
    x = _first_two(x, 0) if layer == 1 else x
    if not out:
        return found, x, y
    if layer == last:
        return found, x, _first_two(y, 0)
    found[f"w{layer + 1}"] = _first_two(found[f"w{layer + 1}"], 1)
    return found, x, y


def _first_two(array: Array, axis: int) -> Array:
    """The first two entries along an axis exchanged: a cycle of all would not show class numbers off by one."""
    return np.take(array, [1, 0, *range(2, array.shape[axis])], axis=axis)


def _cost(net: PosedNet, layout: Layout, named: dict[str, Array], x: Array, y: Array) -> float:
    answer = attempt(net.cost, layout.own(named), x, y, 0.0)
    return float(answer.value) if answer.answered else float("nan")


def is_autoencoder(net: PosedNet, seed: int = 0) -> bool:
    """The same of a network with one hidden layer whose targets are its inputs: both ends change places together."""
    x = np.random.default_rng(seed).standard_normal((net.sizes[0], EXAMPLES))
    return any(_reconstructs(net, layout, x) for layout in layouts_of(net.shapes, net.sizes))


def _reconstructs(net: PosedNet, layout: Layout, x: Array) -> bool:
    named = layout.ours(net.parameters())
    before = _cost(net, layout, named, x, x)
    hidden, _, _ = _swapped(named, x, x, 2, 3, out=True)
    inputs, x_turned, _ = _swapped(named, x, x, 1, 3, out=True)
    both, _, _ = _swapped(inputs, x, x, 3, 3, out=True)
    alike = [_cost(net, layout, hidden, x, x), _cost(net, layout, both, x_turned, x_turned)]
    unlike = [_cost(net, layout, inputs, x_turned, x), _cost(net, layout, named, x_turned, x)]
    same = all(abs(after - before) <= SAME * abs(before) for after in alike)
    return bool(np.isfinite(before)) and same and all(abs(after - before) > OTHER * abs(before) for after in unlike)
