"""The shapes of inputs that layers may take, and which of them a class is likely to take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.cases import spread
from gradcheck.submissions.adapters.common.vocabulary.names import letters

Array = NDArray[Any]
N_IN, N_OUT = 5, 4


@dataclass(frozen=True)
class Inputs:
    """A shape of inputs, the sizes that go with it, and how it is said.

    ``indices`` are whole numbers below n_in; a ``listed`` input is a list of arrays; ``others`` are
    what forward takes besides, by name: a hidden state, the weights of a function without a class around it.
    """

    shape: tuple[int, ...]
    said: str
    several: int = 1
    n_in: int = N_IN
    n_out: int = N_OUT
    input_shape: tuple[int, ...] = (N_IN,)
    indices: bool = False
    listed: bool = False
    others: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def draw(self, seed: int) -> Array:
        """Inputs of that shape."""
        rng = np.random.default_rng(seed)
        return rng.integers(0, self.n_in, self.shape) if self.indices else spread(self.shape, rng)

    def draw_others(self, seed: int) -> dict[str, Array]:
        """The other arguments."""
        rng = np.random.default_rng(seed + 2)
        return {name: spread(shape, rng) for name, shape in self.others}


ROWS = Inputs((3, N_IN), "rows are examples", 3)
FLAT = (
    ROWS,
    Inputs((N_IN, 3), "columns are examples", 3),
    Inputs((N_IN, 1), "one column"),
    Inputs((1, N_IN), "one row"),
    Inputs((N_IN,), "one vector"),
)
IMAGES = (
    Inputs((2, 2, 4, 6), "images (m, channels, height, width)", 2, 2, 3, (2, 4, 6)),
    Inputs((2, 4, 6, 2), "images (m, height, width, channels)", 2, 2, 3, (4, 6, 2)),
    Inputs((2, 4, 6), "an image (channels, height, width)", 1, 2, 3, (2, 4, 6)),
    Inputs((4, 6, 2), "an image (height, width, channels)", 1, 2, 3, (4, 6, 2)),
    Inputs((4, 6), "an image", 1, 2, 3, (4, 6)),
    Inputs((2, 2, 6, 6), "square images (m, channels, height, width)", 2, 2, 3, (2, 6, 6)),
    Inputs((2, 6, 6, 2), "square images (m, height, width, channels)", 2, 2, 3, (6, 6, 2)),
    Inputs((2, 6, 6), "a square image (channels, height, width)", 1, 2, 3, (2, 6, 6)),
    Inputs((4, 6, 3), "a coloured image (height, width, 3)", 1, 3, 2, (4, 6, 3)),
    Inputs((3, 4, 6), "a coloured image (3, height, width)", 1, 3, 2, (3, 4, 6)),
    Inputs((2, 4, 6, 3), "coloured images (m, height, width, 3)", 2, 3, 2, (4, 6, 3)),
    Inputs((2, 3, 4, 6), "coloured images (m, 3, height, width)", 2, 3, 2, (3, 4, 6)),
)
SEQUENCES = (
    Inputs((2, 3, N_IN), "sequences (m, time, n_in)", 2, input_shape=(3, N_IN)),
    Inputs((2, N_IN, 7), "sequences (m, n_in, time)", 2, input_shape=(N_IN, 7)),
    Inputs((3, N_IN, 1), "a sequence of columns", 1, input_shape=(3, N_IN)),
    Inputs((3, N_IN), "a sequence (time, n_in)", 1, input_shape=(3, N_IN)),
)
INDICES = (
    Inputs((3, 4), "rows of indices", 3, indices=True),
    Inputs((4,), "indices", 4, indices=True),
)
SEVERAL = (Inputs((2, 3, N_IN), "a list of two inputs", 3, listed=True),)
SEVERAL_NAMES = ("add", "multiply", "concatenate", "concat", "merge", "addlayer", "addition", "elementwiseadd")
IMAGE_NAMES = ("conv2d", "conv", "pool", "2d", "upsampl", "im2col", "spatial")
SEQUENCE_NAMES = ("rnn", "lstm", "gru", "recurrent", "time", "sequence", "attention", "1d")


def inputs_for(cls: type, others: tuple[str, ...] = ()) -> tuple[Inputs, ...]:
    """What a class may take, by its name and by what its forward takes besides an input, the likeliest first."""
    if others:
        return tuple(_with_others(others))
    name = letters(cls.__name__)
    if name in SEVERAL_NAMES:
        return (*SEVERAL, *FLAT)
    by_name = (
        (("embed",), INDICES),
        (("norm",), (*FLAT, *IMAGES[:2], *SEQUENCES[:2])),
        (SEQUENCE_NAMES, (*SEQUENCES, *FLAT)),
        (IMAGE_NAMES, (*IMAGES, *SEQUENCES[:2])),
    )
    fitting = (ways for words, ways in by_name if any(word in name for word in words))
    return next(fitting, (*FLAT, IMAGES[0], *IMAGES[2:4], SEQUENCES[0]))


def _with_others(names: tuple[str, ...]) -> Iterator[Inputs]:
    """Rows, columns or a vector, with hidden states of the output's width, or with weights and a bias."""
    states: dict[Inputs, tuple[int, ...]] = {ROWS: (3, N_OUT), FLAT[1]: (N_OUT, 3), FLAT[2]: (N_OUT, 1),
                                             FLAT[4]: (N_OUT,)}  # fmt: skip
    weights = (
        (ROWS, (N_IN, N_OUT), (N_OUT,)), (ROWS, (N_OUT, N_IN), (N_OUT,)), (FLAT[1], (N_OUT, N_IN), (N_OUT, 1)),
        (ROWS, (N_IN, N_OUT), (1, N_OUT)),
    )  # fmt: skip
    kept = [(inputs, (shape,) * len(names)) for inputs, shape in states.items()]
    learnt = [(inputs, shapes[: len(names)]) for inputs, *shapes in weights if len(names) <= len(shapes)]
    alike = [(inputs, (inputs.shape,) * len(names)) for inputs in (ROWS, FLAT[4])]
    for inputs, shapes in (*kept, *learnt, *alike) if _remembered(names) else (*learnt, *alike, *kept):
        yield replace(inputs, others=tuple(zip(names, shapes, strict=True)))


def _remembered(names: tuple[str, ...]) -> bool:
    """Whether the other arguments are called like states and not like weights."""
    return all(letters(name).startswith(("h", "c", "s", "prev")) for name in names)
