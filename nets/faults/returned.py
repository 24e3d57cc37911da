"""Slips in what is handed back: order, shape, type, and single rows, columns and entries."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.faults.backward import Backward, Change
from nets.faults.fault import Fault, every_layer, size
from nets.feedforward import Feedforward

Array = NDArray[Any]

BOTH = ("weights returned", "biases returned")
ORDER = "The gradient lists the layers as the network does, input to output: what is found going back is put in front."
PAIR = "Each array of the gradient has the shape of its own parameter."
SHAPE = "Count rows and columns of ∂C/∂w{l} against w{l}: the loop or slice that fills it misses or shifts some."
KIND = "A gradient is made of real numbers: make the arrays that collect it of floating-point type."


def _other_kind(run: Backward, l: int, array: Array) -> Array:
    return run.computed(f"b{l}" if array.shape == run.w(l).shape else f"w{l}")


def _weights_reversed(run: Backward, l: int, array: Array) -> Array:
    """The gradient of the layer that has this place counted from the other end."""
    kind = "w" if array.shape == run.w(l).shape else "b"
    return run.computed(f"{kind}{run.last + 2 - l}")


def _several_columns(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in every_layer(network) if size(network, l - 1) > 1)


def _several_rows(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in every_layer(network) if size(network, l) > 1)


def _with(place: tuple[int | slice, ...], factor: float) -> Change:
    """The array with the entries at *place* multiplied by *factor*."""

    def change(run: Backward, l: int, array: Array) -> Array:
        result = array.copy()
        result[place] *= factor
        return result

    return change


def _noise(run: Backward, l: int, array: Array) -> Array:
    """A hundredth of the array's size, anew each time."""
    return array + 0.01 * np.abs(array).max() * np.random.default_rng().standard_normal(array.shape)


def _matrix(id_: str, says: str, change: Change, *, rows: bool = False, random: bool = False) -> Fault:
    """A slip in the places of a weight matrix."""
    where = _several_rows if rows else _several_columns
    return Fault(
        id_, "BP4", says, SHAPE, ("weights returned",), change, where, "never" if random else "also", random=random
    )


RETURNED = (
    Fault(
        "layers_reversed",
        "",
        "the gradient's arrays are returned last layer first",
        ORDER,
        BOTH,
        _weights_reversed,
        lambda network: every_layer(network) if network.num_layers > 2 else (),
        "only",
    ),
    Fault(
        "pair_swapped",
        "",
        "the gradients of w and b are returned in each other's place",
        PAIR,
        BOTH,
        _other_kind,
        every_layer,
        "only",
    ),
    Fault(
        "layer_left_out",
        "",
        "layer {l} gets no gradient: its ∂C/∂w{l} and ∂C/∂b{l} are 0",
        "The loop over the layers has to include the first and the last.",
        BOTH,
        lambda run, l, array: np.zeros_like(array),
        every_layer,
        "never",
    ),
    Fault(
        "truncated_to_integers",
        "",
        "layer {l}'s gradient is cut off to whole numbers",
        KIND,
        BOTH,
        lambda run, l, array: np.trunc(array),
        every_layer,
    ),
    Fault(
        "truncated_to_truth",
        "",
        "layer {l}'s gradient consists of 0 and 1 only: it went through a boolean array",
        KIND,
        BOTH,
        lambda run, l, array: (array != 0).astype(float),
        every_layer,
    ),
    Fault(
        "half_precision",
        "",
        "layer {l}'s gradient is rounded to half precision (three digits)",
        KIND,
        BOTH,
        lambda run, l, array: array.astype(np.float16).astype(float),
        every_layer,
    ),
    Fault(
        "absolute_value",
        "",
        "layer {l}'s gradient has lost its signs",
        "Whether a weight should grow or shrink is in the sign of its derivative.",
        BOTH,
        lambda run, l, array: np.abs(array),
        every_layer,
    ),
    Fault(
        "sign_only",
        "",
        "layer {l}'s gradient is reduced to its signs",
        "The size of a derivative matters as well as its sign.",
        BOTH,
        lambda run, l, array: np.sign(array),
        every_layer,
    ),
    _matrix("columns_shifted", "the columns of ∂C/∂w{l} are shifted by one", lambda run, l, a: np.roll(a, 1, axis=1)),
    _matrix(
        "rows_shifted", "the rows of ∂C/∂w{l} are shifted by one", lambda run, l, a: np.roll(a, 1, axis=0), rows=True
    ),
    _matrix("first_row_missing", "the first row of ∂C/∂w{l} is 0", _with((0,), 0.0), rows=True),
    _matrix("last_row_missing", "the last row of ∂C/∂w{l} is 0", _with((-1,), 0.0), rows=True),
    _matrix("first_column_missing", "the first column of ∂C/∂w{l} is 0", _with((slice(None), 0), 0.0)),
    _matrix("last_column_missing", "the last column of ∂C/∂w{l} is 0", _with((slice(None), -1), 0.0)),
    _matrix("row_off", "one row of ∂C/∂w{l} is wrong", _with((0,), 1.5), rows=True, random=True),
    _matrix("column_off", "one column of ∂C/∂w{l} is wrong", _with((slice(None), 0), 1.5), random=True),
    _matrix("entry_off", "one entry of ∂C/∂w{l} is wrong", _with((0, 0), 1.5), random=True),
    Fault(
        "noise",
        "",
        "layer {l}'s gradient changes from call to call",
        "A gradient is a function of the weights and the examples: the same ones give the same gradient, "
        "unless something in it is drawn anew each time.",
        BOTH,
        _noise,
        every_layer,
        random=True,
    ),
)
