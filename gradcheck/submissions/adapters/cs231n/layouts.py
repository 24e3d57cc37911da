"""Arguments at which a layer function is tried: shapes, small and all different, for each kind of layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.cases import labels, normal, spread
from gradcheck.submissions.adapters.common.vocabulary.functions import tokens
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.loading.definitions import words

Shape = tuple[int, ...]

KINDS: dict[str, frozenset[str]] = {
    "x": words("x a aprev z input inputs inp data xs xt u v scores features prev h hprev_ aprevious activation xin"),
    "w": words("w weights weight kernel filters filter theta kernels f wembed embed filt"),
    "b": words("b bias biases"),
    "gamma": words("gamma scale g"),
    "beta": words("beta shift"),
    "h": words("prevh h0 hprev hprevious hidden prevhidden h hinit previoush"),
    "c": words("prevc c0 cprev c cellprev prevcell"),
    "wx": words("wx wxh wi wih u_"),
    "wh": words("wh whh wr w_hh"),
    "param": words("hparameters hparams config cfg options"),
    "stride": words("stride strides s"),
    "pad": words("pad padding p"),
    "size": words("size poolsize f poolingsize kernelsize k"),
    "groups": words("g groups numgroups"),
    "keep": words("keepprob pkeep keep prob"),
}  # fmt: skip


def kind_of(name: str) -> str:
    """What an argument of a layer function is, by its name; its own letters where that is unknown."""
    key = letters(name)
    if key.endswith(("param", "params", "config")):
        return "param"
    return next((kind for kind, names in KINDS.items() if key in names), key)


@dataclass(frozen=True)
class Layout:
    """Shapes by kind, in the order of a usual signature, and what else is handed over."""

    said: str
    shapes: Mapping[str, Shape]
    others: Mapping[str, Any] = field(default_factory=dict)
    draw: Callable[[Shape, np.random.Generator], Any] = spread
    indices: int = 0  # the input holds whole numbers below this

    @property
    def kinds(self) -> tuple[str, ...]:
        """All kinds, arrays first."""
        return (*self.shapes, *self.others)

    @property
    def columns(self) -> bool:
        """Whether examples are columns."""
        return self.said.startswith("columns")

    @property
    def alone(self) -> bool:
        """Whether there is one example only."""
        return self.said == "one example"

    @property
    def essential(self) -> tuple[str, ...]:
        """The arrays that the function must take for the layout to be its own."""
        return tuple(self.shapes)

    def values(self, seed: int) -> dict[str, Any]:
        """An array for each kind, and the others as they are."""
        rng = np.random.default_rng(seed)
        values: dict[str, Any] = {
            kind: self.draw(shape, rng) if kind == "x" else normal(shape, rng, 0.6)
            for kind, shape in self.shapes.items()
        }
        if "gamma" in values:
            values["gamma"] = values["gamma"] + 1.0
        if self.indices:
            shape = self.shapes["x"]
            values["x"] = labels(self.indices, int(np.prod(shape)), rng).reshape(shape)
        return values | {kind: dict(o) if isinstance(o, Mapping) else o for kind, o in self.others.items()}


def _bn() -> dict[str, Any]:
    return {"mode": "train", "eps": 1e-5, "momentum": 0.9}


def layouts(stem: str) -> list[Layout]:
    """The layouts worth trying for a layer of that name, the likeliest first."""
    return next((candidates for needles, candidates in TABLE if _names(stem, needles)), DENSE + ELEMENTWISE)


def known_layer(stem: str) -> bool:
    """Whether the name says which layer it is."""
    return any(_names(stem, needles) for needles, _ in TABLE)


def _names(stem: str, needles: Sequence[str]) -> bool:
    parts, whole = set(tokens(stem)), letters(stem)
    return any(needle in parts if len(needle) < 3 else needle in whole for needle in needles)


ELEMENTWISE = [
    Layout("inputs (3, 5)", {"x": (3, 5)}),
    Layout("inputs (5,)", {"x": (5,)}),
]

_PARAMETERS: list[tuple[str, Shape, Shape, Shape]] = [
    ("rows are examples", (3, 5), (5, 4), (4,)),
    ("rows are examples", (3, 5), (5, 4), (1, 4)),
    ("rows are examples", (3, 5), (4, 5), (4,)),
    ("rows are examples", (3, 5), (4, 5), (1, 4)),
    ("columns are examples", (5, 3), (4, 5), (4, 1)),
    ("columns are examples", (5, 3), (5, 4), (4, 1)),
    ("one example", (5, 1), (4, 5), (4, 1)),
    ("one example", (5,), (4, 5), (4,)),
    ("one example", (5,), (5, 4), (4,)),
    ("one example", (1, 5), (5, 4), (1, 4)),
]
DENSE = [Layout(said, {"x": x, "w": w, "b": b}, draw=normal) for said, x, w, b in _PARAMETERS] + [
    Layout(said, {"x": x, "w": w}, draw=normal) for said, x, w, b in _PARAMETERS if b[0] != 1
]
TEMPORAL = [Layout("inputs (2, 3, 5)", {"x": (2, 3, 5), "w": (5, 4), "b": (4,)}, draw=normal)]


def _normalised(x: Shape, g: Shape, said: str) -> list[Layout]:
    arrays = {"x": x, "gamma": g, "beta": g}
    return [
        Layout(said, arrays, {"param": _bn()}, draw=normal),
        Layout(said, arrays, draw=normal),
        Layout(said, {"x": x}, draw=normal),
    ]


NORM = (
    _normalised((7, 4), (4,), "inputs (7, 4)")
    + _normalised((7, 4), (1, 4), "inputs (7, 4)")
    + _normalised((4, 7), (4, 1), "inputs (4, 7), columns are examples")
)
SPATIAL = (
    _normalised((2, 3, 2, 5), (3,), "inputs (2, 3, 2, 5)")
    + _normalised((2, 3, 2, 5), (1, 3, 1, 1), "inputs (2, 3, 2, 5)")
    + _normalised((2, 2, 5, 3), (3,), "inputs (2, 2, 5, 3)")
)
GROUP = [
    Layout(
        "inputs (3, 4, 2, 3), two groups",
        {"x": (3, 4, 2, 3), "gamma": g, "beta": g},
        {"groups": 2, "param": {"eps": 1e-5}},
        normal,
    )
    for g in ((1, 4, 1, 1), (4,), (4, 1, 1))
]

_CONV = {"x": (2, 2, 5, 3), "w": (4, 2, 3, 3), "b": (4,)}
_CHANNELS_LAST = {"x": (2, 5, 3, 2), "w": (3, 3, 2, 3), "b": (1, 1, 1, 3)}
CONV = [
    Layout("stride 2, padding 1", _CONV, {"param": {"stride": 2, "pad": 1}}, normal),
    Layout("stride 2, padding 1, channels last", _CHANNELS_LAST, {"param": {"stride": 2, "pad": 1}}, normal),
    Layout("stride 2, padding 1", _CONV, {"stride": 2, "pad": 1}, normal),
    Layout("stride 1, padding 1", _CONV, {"param": {"stride": 1, "pad": 1}}, normal),
    Layout("stride 1, padding 1", _CONV, {"stride": 1, "pad": 1}, normal),
    Layout("as it is", _CONV, draw=normal),
    Layout("as it is", {**_CONV, "b": (4, 1)}, draw=normal),
    Layout("as it is, channels last", _CHANNELS_LAST, draw=normal),
]
CONV_POOL = [
    Layout("stride 1, padding 1", _CONV, {"param": {"stride": 1, "pad": 1, "pool_height": 2, "pool_width": 2}})
]
CONV_NORM = [
    Layout("stride 1, padding 1", {**_CONV, "gamma": (4,), "beta": (4,)}, {"param": {"stride": 1, "pad": 1, **_bn()}})
]
DENSE_NORM = [
    Layout("rows are examples", {"x": (7, 5), "w": (5, 4), "b": (4,), "gamma": (4,), "beta": (4,)}, {"param": _bn()})
]
_POOL = {"pool_height": 2, "pool_width": 2, "stride": 2, "f": 2}
POOL = [
    Layout("windows 2 by 2, stride 2", {"x": (2, 3, 2, 4)}, {"param": _POOL}),
    Layout("windows 2 by 2, stride 2, channels last", {"x": (2, 2, 4, 3)}, {"param": _POOL}),
    Layout("windows 2 by 2, stride 2", {"x": (2, 3, 2, 4)}, {"size": 2, "stride": 2}),
    Layout("windows 2 by 2", {"x": (2, 3, 2, 4)}, {"size": 2}),
    Layout("inputs (2, 3, 2, 4)", {"x": (2, 3, 2, 4)}),
]
DROPOUT = [
    Layout("p = 0.6", {"x": (3, 5)}, {"param": {"mode": "train", "p": 0.6, "seed": 3, "keep_prob": 0.6}}),
    Layout("p = 0.6", {"x": (3, 5)}, {"keep": 0.6}),
    Layout("p = 0.6", {"x": (3, 5)}, {"pad": 0.6}),
    Layout("p = 0.6", {"x": (3, 5)}, {"dropoutrate": 0.6}),
    Layout("p as it is", {"x": (3, 5)}),
]
_RNN = {"h": (3, 2), "wx": (5, 2), "wh": (2, 2), "b": (2,)}
_LSTM = {"wx": (5, 8), "wh": (2, 8), "b": (8,)}
RNN_STEP = [Layout("one step", {"x": (3, 5), **_RNN}, draw=normal)]
RNN = [Layout("four steps", {"x": (3, 4, 5), **_RNN}, draw=normal)]
LSTM_STEP = [Layout("one step", {"x": (3, 5), "h": (3, 2), "c": (3, 2), **_LSTM}, draw=normal)]
LSTM = [Layout("four steps", {"x": (3, 4, 5), "h": (3, 2), **_LSTM}, draw=normal)]
EMBEDDING = [Layout("five words", {"x": (2, 4), "w": (5, 3)}, indices=5)]

TABLE: list[tuple[tuple[str, ...], list[Layout]]] = [
    (("groupnorm", "gn"), GROUP),
    (("spatialbatchnorm", "spatialbn", "bn2d", "batchnorm2d"), SPATIAL),
    (("affinebn", "fcbn", "affinebatch", "affineln", "affinelayernorm", "affinenorm", "fcbatch"), DENSE_NORM),
    (("convbn", "convbatch"), CONV_NORM),
    (("batchnorm", "bn", "layernorm", "ln", "norm"), NORM),
    (("lstmstep", "lstmcell"), LSTM_STEP),
    (("lstm",), LSTM),
    (("rnnstep", "rnncell", "vanillastep"), RNN_STEP),
    (("rnn",), RNN),
    (("embed",), EMBEDDING),
    (("temporalaffine", "temporalfc"), TEMPORAL),
    (("convrelupool", "convpool"), CONV_POOL),
    (("conv",), CONV),
    (("pool",), POOL),
    (("dropout",), DROPOUT),
    (("affine", "fc", "linear", "dense", "fullyconnected"), DENSE),
    (("relu", "sigmoid", "tanh", "softplus", "elu", "swish", "silu", "gelu", "logistic", "softmax"), ELEMENTWISE),
]
"""Layouts by a part of the layer's name."""
