"""Whole networks as cases: of images, with normalisation and dropout, of captions, and linear classifiers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.building import build, offers
from gradcheck.submissions.adapters.common.calling import Attempt, attempt
from gradcheck.submissions.adapters.common.cases import FunctionCase, labels, tried
from gradcheck.submissions.adapters.common.leaves import numeric
from gradcheck.submissions.adapters.common.returned import cost_and_gradient, number
from gradcheck.submissions.adapters.cs231n.interface import Interface, dictionary_of, strength_of
from gradcheck.submissions.subjects import CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
EXAMPLES, CLASSES, STEPS = 7, 3, 4
DEEP = (2, 5, 4, CLASSES)
IMAGES: dict[str, Any] = {"n_in": (2, 2, 4), "num_filters": 2, "filter_size": 3, "n_hidden": 4, "n_out": CLASSES}
WORDS = {word: number for number, word in enumerate(("<NULL>", "<START>", "<END>", "a", "net"))}
CAPTIONS: dict[str, Any] = {
    "word_to_idx": WORDS,
    "input_dim": 5,
    "wordvec_dim": 3,
    "hidden_dim": 4,
    "dtype": np.float64,
}
OPTIONS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("normalization", ("batchnorm", "layernorm")),
    ("use_batchnorm", (True,)),
    ("use_layernorm", (True,)),
    ("batchnorm", (True,)),
    ("dropout", (0.6,)),
    ("dropout_keep_ratio", (0.6,)),
    ("keep_prob", (0.6,)),
)
"""What a constructor may be asked for besides sizes, and the values worth a case of their own."""
MOST_ENTRIES = 300
MATRIX = ("W", "w", "weights", "theta", "_W")


@dataclass(frozen=True)
class Data:
    """The shape of the inputs, and whether targets are captions instead of classes."""

    inputs: tuple[int, ...]
    captions: bool = False

    def draw(self, seed: int) -> tuple[Array, Array]:
        """Inputs and targets."""
        rng = np.random.default_rng(seed + 3)
        x = rng.standard_normal(self.inputs)
        if not self.captions:
            return x, labels(CLASSES, self.inputs[0], rng)
        y = rng.integers(3, len(WORDS), (self.inputs[0], STEPS + 1))
        y[:, 0], y[0, -1], y[1, -2:] = WORDS["<START>"], WORDS["<END>"], (WORDS["<END>"], WORDS["<NULL>"])
        return x, y


ROWS = Data((EXAMPLES, DEEP[0]))
PICTURES = Data((2, *IMAGES["n_in"]))
SENTENCES = Data((2, CAPTIONS["input_dim"]), captions=True)


def cases_of(cls: type, loss: str, *, connected: bool) -> tuple[list[FunctionCase], str]:
    """The cases of a class, and a sentence about what of it is not finished.

    Of one that is *connected* (and judged as a model) only its options are cases.
    """
    tries = list(_captioning(cls, loss))
    if not tries and not connected:
        tries = [*_pictures(cls, loss), *_linear(cls, loss)]
    made, sentence = _answering(tries)
    optional, further = _answering(list(_optional(cls, loss)) if connected or made else [])
    return [*made, *optional], further or ("" if made or connected else sentence)


def _answering(tries: list[FunctionCase]) -> tuple[list[FunctionCase], str]:
    """Those that answer, or answer something to be judged; what one says that is not finished."""
    made, sentence = [], ""
    for case in tries:
        answer = tried(case)
        if (answer.answered or "BadReturnError" in answer.error) and _normalises(case):
            made.append(case)
        elif answer.unfinished or not answer.error or "BadReturnError" in answer.error:
            sentence = sentence or f"{case.info.title} is not finished"
    return made, sentence


def _normalises(case: FunctionCase) -> bool:
    """Whether the loss depends on γ and β, where there are such: else they are only made yet."""
    point = case.point(0)
    scales = {name: array + 0.5 for name, array in point.items() if name.lower().startswith(("gamma", "beta"))}
    return not scales or attempt(case.cost, point, 0).value != attempt(case.cost, {**point, **scales}, 0).value


def _optional(cls: type, loss: str) -> Iterator[FunctionCase]:
    """A network with two hidden layers for each option that its constructor has."""
    names = {p.name for p in parameters_of(cls) or ()}
    for option, values in OPTIONS:
        for value in values if option in names else ():
            sizes = DEEP if _deep(cls) else (*DEEP[:2], CLASSES)
            built = build(cls, {**offers(sizes), option: value})
            yield from _of_dictionary(cls, loss, built, ROWS, f"{option} = {value!r}")


def _deep(cls: type) -> bool:
    return bool({p.role for p in parameters_of(cls) or ()} & {"hidden_dims", "sizes"})


def _pictures(cls: type, loss: str) -> Iterator[FunctionCase]:
    """A network of small images, or one of vectors that is no plain chain of layers."""
    for offered, data in ((IMAGES, PICTURES), ({"n_hidden": 4}, ROWS)):
        built = build(cls, {**offers(DEEP), **offered})
        found = [
            case for case in _of_dictionary(cls, loss, built, data, f"inputs {data.inputs}") if tried(case).answered
        ]
        yield from found
        if found:
            return


def _captioning(cls: type, loss: str) -> Iterator[FunctionCase]:
    """A recurrent network that describes images: for each kind of cell."""
    names = [p.name for p in parameters_of(cls) or ()]
    if "word_to_idx" not in names:
        return
    for cell in ("rnn", "lstm") if "cell_type" in names else ("",):
        given = {name: value for name, value in {**CAPTIONS, "cell_type": cell}.items() if name in names}
        yield from _of_dictionary(cls, loss, attempt(cls, **given), SENTENCES, f"cell_type = {cell!r}")


def _of_dictionary(cls: type, loss: str, built: Attempt, data: Data, said: str) -> Iterator[FunctionCase]:
    """The case of a live object with a dictionary of parameters, if it is small enough."""
    dictionary = dictionary_of(built.value) if built.answered else None
    if dictionary is None:
        return
    interface = Interface(cls, loss, dictionary, strength_of(built.value, loss))
    arrays = [numeric(value) for value in interface.parameters(built.value).values()]
    sizes = [array.size for array in arrays if array is not None]
    if len(sizes) == len(arrays) and 0 < sum(sizes) <= MOST_ENTRIES:
        yield _whole(interface, built.value, data, said)


def _whole(interface: Interface, net: Any, data: Data, said: str) -> FunctionCase:
    live, l2 = interface.parameters(net), 0.3 if interface.l2 else 0.0

    def start(seed: int) -> Named:
        rng = np.random.default_rng(seed)
        return {key: np.array(a, dtype=float) + 0.3 * rng.standard_normal(np.shape(a)) for key, a in live.items()}

    def both(point: Named, seed: int) -> tuple[Any, Named]:
        named = {f"{interface.dictionary}[{key!r}]": array for key, array in point.items()}
        return cost_and_gradient(interface.called(net, named, *data.draw(seed), l2), point, interface.returns)

    return _case(interface.cls, interface.loss, said, start, both)


def _linear(cls: type, loss: str) -> Iterator[FunctionCase]:
    """A classifier whose one matrix is made when it is trained: ``loss(X, y, reg)`` returns loss and gradient of W."""
    built = build(cls, offers(DEEP))
    asked = [p for p in parameters_of(getattr(cls, loss)) or () if p.required and p.name != "self"]
    if not built.answered or len(asked) not in {2, 3}:
        return
    name = next(
        (n for n in MATRIX if getattr(built.value, n, "") is None or np.ndim(getattr(built.value, n, 0)) == 2), ""
    )
    bias = next((n for n in ("b", "bias") if getattr(built.value, n, "") is None), "")
    if name:
        yield _classifier(built.value, loss, name, bias)


def _classifier(net: Any, loss: str, matrix: str, bias: str) -> FunctionCase:
    interface = Interface(type(net), loss, "__dict__", strength_of(net, loss))

    def start(seed: int) -> Named:
        rng = np.random.default_rng(seed)
        biases = {bias: rng.standard_normal(CLASSES)} if bias else {}
        return {matrix: rng.standard_normal((DEEP[0], CLASSES)), **biases}

    def both(point: Named, seed: int) -> tuple[Any, Named]:
        named = {f"__dict__[{key!r}]": array for key, array in point.items()}
        returned = interface.called(net, named, *ROWS.draw(seed), 0.3 if interface.l2 else 0.0)
        return cost_and_gradient(returned, point)

    return _case(type(net), loss, f"{matrix} of shape {(DEEP[0], CLASSES)}, rows are examples", start, both)


def _case(cls: type, loss: str, said: str, start: Any, both: Any) -> FunctionCase:
    info = CaseInfo(f"{cls.__name__}.{loss}", "cs231n", f"class {cls.__name__}: {said}", cls.__name__, "BP1-BP4")
    return FunctionCase(info, start, lambda p, s: number(both(p, s)[0], "loss"), lambda p, s: both(p, s)[1], start)
