"""Classes that hold their parameters in a dictionary and answer ``loss(X, y)`` with loss and gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import arrangements, parameters_of
from gradcheck.submissions.adapters.common.building import build, offers, own_classes
from gradcheck.submissions.adapters.common.calling import Attempt, attempt, quietly, seeded
from gradcheck.submissions.adapters.common.cases import FunctionCase, labels, tried
from gradcheck.submissions.adapters.common.returned import (
    UnfinishedError,
    cost_and_gradient,
    number,
    numeric,
)
from gradcheck.submissions.handed import handed
from gradcheck.submissions.subjects import BadReturnError, CaseInfo, Found, Hints, ModelInfo

Array = NDArray[Any]
Named = dict[str, Any]
LOSS_NAMES = ("loss", "compute_loss", "loss_function", "cost", "compute_cost", "loss_and_grads", "loss_and_gradients")
DICTIONARIES = ("params", "parameters", "model", "weights", "_params", "theta", "param")
PROBE = (5, 4, 3)
IMAGES: dict[str, Any] = {"n_in": (2, 2, 4), "num_filters": 2, "filter_size": 3, "n_hidden": 4, "n_out": 3}
MOST_ENTRIES = 300


@dataclass(frozen=True)
class Interface:
    """How a class is used: its loss method, its dictionary, where its λ is, which way round its data are."""

    cls: type
    loss: str
    dictionary: str
    l2: str = ""  # "argument", "attribute", or nowhere
    columns: bool = False
    one_hot: bool = False
    returns: tuple[str, ...] = ()

    def parameters(self, net: Any) -> Named:
        """The live dictionary."""
        return getattr(net, self.dictionary)

    def called(self, net: Any, parameters: Mapping[str, Array], x: Array, y: Any, l2: float) -> Any:
        """What ``loss`` returns for data as the class takes them; *y* None asks for scores."""
        live = self.parameters(net)
        live.update({_key(name): np.array(array) for name, array in parameters.items()})
        if self.l2 == "attribute":
            net.reg = l2
        method = getattr(net, self.loss)
        offered = {"x": x, "y": y} | ({"l2": l2} if self.l2 == "argument" else {})
        if y is None:
            return method(x)
        given = next(iter(arrangements(method, offered)))
        return method(**given)


def _key(name: str) -> str:
    """``W1`` of ``params['W1']``."""
    return name.partition("['")[2].removesuffix("']")


@dataclass
class ParamsNet:
    """One live object."""

    interface: Interface
    net: Any

    def _name(self, key: str) -> str:
        return f"{self.interface.dictionary}[{key!r}]"

    def parameters(self) -> Named:
        """Copies of the dictionary's arrays, weights and biases in order of their layers."""
        live = self.interface.parameters(self.net)
        return {self._name(key): np.array(live[key], dtype=float) for key in sorted(live, key=_layer)}

    def forward(self, parameters: Mapping[str, Array], x: Array) -> Any:
        """The scores as columns."""
        with quietly(), seeded(0):
            scores = numeric(self.interface.called(self.net, parameters, self._turned(x), None, 0.0))
        if scores is None:
            raise UnfinishedError(f"{self.interface.loss}(X) without labels returned no scores.")
        return scores if self.interface.columns else scores.T

    def _turned(self, x: Array) -> Array:
        return handed(x) if self.interface.columns else handed(x, x.T)

    def _both(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> tuple[Any, Named]:
        targets = self._turned(y) if self.interface.one_hot else _classes(y)
        with quietly(), seeded(0):
            returned = self.interface.called(self.net, parameters, self._turned(x), targets, l2)
        named = {_key(name): array for name, array in parameters.items()}
        cost, gradient = cost_and_gradient(returned, named, self.interface.returns)
        return cost, {name: gradient[_key(name)] for name in parameters}

    def cost(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Any:
        """The loss."""
        return number(self._both(parameters, x, y, l2)[0], "loss")

    def gradient(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Named:
        """The gradients that ``loss`` returns beside it."""
        return self._both(parameters, x, y, l2)[1]


def _layer(key: str) -> tuple[int, str]:
    """W1, b1, W2...: by number, then by name."""
    digits = "".join(c for c in key if c.isdigit())
    return int(digits or 0), key


def _classes(y: Array) -> Array:
    return y[0].astype(int) if y.shape[0] == 1 else y.argmax(axis=0)


@dataclass(frozen=True)
class ParamsModel:
    """A class that can be built in sizes."""

    info: ModelInfo
    interface: Interface

    def build(self, sizes: Sequence[int], seed: int) -> ParamsNet:
        """A fresh object; raises BadReturnError where the constructor refuses."""
        built = build(self.interface.cls, offers(sizes), seed)
        if not built.answered:
            raise BadReturnError(f"{self.interface.cls.__name__} of sizes {tuple(sizes)}: {built.error}.")
        return ParamsNet(self.interface, built.value)


def find_classes(namespace: Mapping[str, object], hints: Hints) -> Found:
    """Models and cases of all classes with a dictionary of parameters and a loss."""
    models: list[ParamsModel] = []
    cases: list[FunctionCase] = []
    unfinished: list[str] = []
    for name, cls in own_classes(namespace).items():
        loss = next(
            (n for n in (hints.names.get("cost", ""), *LOSS_NAMES) if n and callable(getattr(cls, n, None))), ""
        )
        if not loss or hints.names.get("class", name) != name:
            continue
        found = _understood(cls, loss)
        models.extend([found] if isinstance(found, ParamsModel) else [])
        cases.extend([found] if isinstance(found, FunctionCase) else [])
        unfinished.extend([found] if isinstance(found, str) else [])
    return Found(tuple(models), tuple(cases), (), tuple(unfinished))


def _understood(cls: type, loss: str) -> ParamsModel | FunctionCase | str | None:
    """A model, a case for what is no fully connected network, or a sentence about what is not finished."""
    built = build(cls, offers(PROBE))
    if built.answered:
        dictionary = _dictionary(built.value)
        if dictionary is None:
            return None
        if not getattr(built.value, dictionary):
            return f"{cls.__name__}: {dictionary} is empty"
        if _connected(getattr(built.value, dictionary)):
            return _model(cls, loss, dictionary, built.value)
    for offered in (IMAGES, {**offers(PROBE), "n_hidden": 4}):
        case = _image_case(cls, loss, build(cls, {**offers(PROBE), **offered}))
        if case is not None:
            return case
    return None


def _dictionary(net: Any) -> str | None:
    return next((name for name in DICTIONARIES if isinstance(getattr(net, name, None), dict)), None)


def _connected(live: Mapping[str, Any]) -> bool:
    """Whether the arrays are those of the probe's fully connected network, and nothing else."""
    arrays = [numeric(array) for array in live.values()]
    if any(array is None for array in arrays):
        return False
    shapes = [array.shape for array in arrays if array is not None]
    wanted = [{(a, b), (b, a)} for a, b in pairwise(PROBE)]
    weights = [shape for shape in shapes if len(shape) == 2 and 1 not in shape]
    return (
        len(weights) == len(wanted)
        and all(any(shape in want for shape in weights) for want in wanted)
        and all(int(np.prod(shape)) in PROBE[1:] for shape in shapes if shape not in weights)
    )


def _model(cls: type, loss: str, dictionary: str, net: Any) -> ParamsModel | str | None:
    first = Interface(cls, loss, dictionary, _strength(net, loss))
    problem: Attempt | None = None
    for columns in (False, True):
        for one_hot in (False, True):
            interface = replace(first, columns=columns, one_hot=one_hot)
            answer = _probe(interface, net)
            if answer.answered:
                return ParamsModel(_info(interface, ParamsNet(interface, net)), interface)
            problem = problem if problem is not None and problem.unfinished else answer
    if problem is not None and problem.unfinished:
        return f"{cls.__name__}.{loss}: {problem.error.partition(': ')[2] or 'returns nothing yet'}"
    return None


def _probe(interface: Interface, net: Any) -> Attempt:
    probe = ParamsNet(interface, net)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((PROBE[0], 7)), np.eye(PROBE[-1])[:, labels(PROBE[-1], 7, rng)]
    values = attempt(probe.parameters)
    if not values.answered:
        return values
    cost = attempt(probe.cost, values.value, x, y, 0.0)
    return cost if not cost.answered else attempt(probe.gradient, values.value, x, y, 0.0)


def _strength(net: Any, loss: str) -> str:
    """Where λ is given: to ``loss``, as ``net.reg``, or nowhere."""
    if any(p.role == "l2" for p in parameters_of(getattr(net, loss)) or ()):
        return "argument"
    return "attribute" if hasattr(net, "reg") else ""


def _info(interface: Interface, net: ParamsNet) -> ModelInfo:
    scores = attempt(net.forward, net.parameters(), np.ones((PROBE[0], 7)))
    shown = scores.answered and np.shape(scores.value) == (PROBE[-1], 7)
    asked = {p.role for p in parameters_of(interface.cls) or ()}
    deep = bool(asked & {"hidden_dims", "sizes"})
    way = "columns" if interface.columns else "rows"
    return ModelInfo(
        "cs231n",
        f"class {interface.cls.__name__}: {interface.dictionary} and {interface.loss}(X, y), {way} are examples",
        hidden_layers=None if deep else len(PROBE) - 2,
        forward=shown,
        cost=True,
        l2=bool(interface.l2),
        targets="one-hot",
    )


def _image_case(cls: type, loss: str, built: Attempt) -> FunctionCase | None:
    """A network of images or with normalisation as one case, if it is small enough."""
    dictionary = _dictionary(built.value) if built.answered else None
    if dictionary is None:
        return None
    interface = Interface(cls, loss, dictionary, _strength(built.value, loss))
    arrays = {key: numeric(value) for key, value in interface.parameters(built.value).items()}
    sizes = [array.size for array in arrays.values() if array is not None]
    if len(sizes) != len(arrays) or not 0 < sum(sizes) <= MOST_ENTRIES:
        return None
    for inputs in ((7, PROBE[0]), (2, *IMAGES["n_in"])):
        for l2 in (0.3,) if interface.l2 else (0.0,):
            case = _whole(interface, built.value, inputs, l2)
            if tried(case).answered:
                return case
    return None


def _whole(interface: Interface, net: Any, inputs: tuple[int, ...], l2: float) -> FunctionCase:
    name = interface.cls.__name__

    def start(seed: int) -> Named:
        rng = np.random.default_rng(seed)
        live = interface.parameters(net)
        return {key: np.array(a, dtype=float) + 0.3 * rng.standard_normal(np.shape(a)) for key, a in live.items()}

    def both(point: Named, seed: int) -> tuple[Any, Named]:
        rng = np.random.default_rng(seed + 3)
        x, y = rng.standard_normal(inputs), labels(3, inputs[0], rng)
        named = {f"{interface.dictionary}[{key!r}]": array for key, array in point.items()}
        returned = interface.called(net, named, x, y, l2)
        return cost_and_gradient(returned, point, interface.returns)

    info = CaseInfo(f"{name}.{interface.loss}", "cs231n", f"class {name}: inputs {inputs}", name, "BP1-BP4")
    return FunctionCase(info, start, lambda p, s: number(both(p, s)[0], "loss"), lambda p, s: both(p, s)[1])
