"""Functions in pairs, ``affine_forward`` and ``affine_backward``: cases under a random upstream gradient."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.calling import attempt, fresh, nothing
from gradcheck.submissions.adapters.common.cases import FunctionCase, agreement, tried
from gradcheck.submissions.adapters.common.leaves import numeric
from gradcheck.submissions.adapters.common.returned import matched
from gradcheck.submissions.adapters.common.sources import return_labels
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.adapters.cs231n.layouts import ELEMENTWISE, Layout, kind_of, known_layer, layouts
from gradcheck.submissions.subjects import BadReturnError, CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
Function = Callable[..., Any]
BACKWARD = re.compile(r"_?(backwards?|bwd|backprop|bprop|backward_pass|grad_?input)_?", re.IGNORECASE)
VARIANT = re.compile(r"_?(alt|naive|fast|vectorized|im2col|strides|v\d|\d)$", re.IGNORECASE)
AGREES = 1e-5


@dataclass(frozen=True)
class Pair:
    """A forward function, a backward function of the same thing, and what the thing is called."""

    stem: str
    forward: Function
    backward: Function
    names: tuple[str, str]
    returns: tuple[str, ...] = ()


def pairs(namespace: Mapping[str, object], source: str) -> list[Pair]:
    """Every pair by name; a second backward (``batchnorm_backward_alt``) makes a second pair."""
    functions = {name: f for name, f in namespace.items() if inspect.isfunction(f)}
    found = []
    for name, function in functions.items():
        parted = BACKWARD.split(name, maxsplit=1)
        if len(parted) != 3:
            continue
        forward = _forward_name(parted[0], parted[2], functions)
        if forward is not None and forward != name and letters(parted[0] + parted[2]):
            stem = VARIANT.sub("", f"{parted[0]}_{parted[2]}".strip("_"))
            labels = return_labels(function, source)
            found.append(Pair(stem, functions[forward], function, (forward, name), labels))
    return found


def _forward_name(before: str, after: str, functions: Mapping[str, Function]) -> str | None:
    """The forward function of that stem: ``relu_forward``, ``forward_relu``, ``relu``, ``conv_forward_naive``."""
    bare = VARIANT.sub("", after)
    wanted = [letters(before + word + end) for word in ("forward", "fwd", "fprop") for end in (after, bare)]
    wanted += [letters(before + after)] if letters(before + bare) else []
    by_letters = {letters(name): name for name in functions}
    return next((by_letters[key] for key in wanted if key in by_letters), None)


@dataclass(frozen=True)
class Bound:
    """A pair with a layout: which argument gets what."""

    pair: Pair
    layout: Layout
    arguments: tuple[tuple[str, str], ...]  # the forward function's parameters that are given, and their kinds
    averaged: bool = False  # the layer itself divides the gradients of its parameters by the number of examples

    def start(self, seed: int) -> Named:
        """The float arguments."""
        given = self.layout.values(seed)
        return {name: given[kind] for name, kind in self.arguments if self._floats(given[kind])}

    @staticmethod
    def _floats(value: Any) -> bool:
        return isinstance(value, np.ndarray) and value.dtype.kind == "f"

    def _given(self, point: Named, seed: int) -> Named:
        values = self.layout.values(seed)
        return {name: point.get(name, values[kind]) for name, kind in self.arguments}

    def forward(self, point: Named, seed: int) -> tuple[list[Array], Any]:
        """The outputs, and the cache (None where the function hands on none)."""
        returned = self.pair.forward(**fresh(self._given(point, seed)))
        if isinstance(returned, tuple | list) and len(returned) > 1:
            return [_output(part) for part in returned[:-1]], returned[-1]
        return [_output(returned)], None

    def cost(self, point: Named, seed: int) -> float:
        """Σ upstream · output."""
        outputs, _ = self.forward(point, seed)
        return float(sum(np.sum(u * out) for u, out in zip(self._upstream(outputs, seed), outputs, strict=True)))

    @staticmethod
    def _upstream(outputs: list[Array], seed: int) -> list[Array]:
        rng = np.random.default_rng(seed + 7)
        return [rng.standard_normal(out.shape) for out in outputs]

    def gradient(self, point: Named, seed: int) -> Named:
        """What the backward function makes of the upstream gradient, by the forward function's argument."""
        outputs, cache = self.forward(point, seed)
        upstream = self._upstream(outputs, seed)
        returned = self.pair.backward(**self._handed(upstream, outputs, cache, self._given(point, seed)))
        named = matched(point, returned, self.pair.returns)
        return self._summed(named) if self.averaged else named

    def facts(self, seed: int) -> Named:
        """Input, output and upstream gradient of a layer whose rows are examples; nothing of any other."""
        point = self.start(seed)
        if self.averaged or self.layout.columns or "x" not in point:
            return {}
        outputs, _ = self.forward(point, seed)
        if len(outputs) != 1:
            return {}
        return {"x": point["x"], "output": outputs[0], "upstream": self._upstream(outputs, seed)[0]}

    def _summed(self, named: Named) -> Named:
        """The gradients of the parameters times the number of examples."""
        m = self.layout.shapes["x"][-1]
        inputs = {name for name, kind in self.arguments if kind == "x"}
        return {name: value if name in inputs else m * np.asarray(value) for name, value in named.items()}

    def _handed(self, upstream: list[Array], outputs: list[Array], cache: Any, given: Named) -> Named:
        """The backward function's arguments: upstream gradients, the cache, and what the forward function was given."""
        parameters = [p for p in parameters_of(self.pair.backward) or () if p.required]
        wanted = [p.name for p in parameters if _is_upstream(p.name)] or [parameters[0].name]
        handed = dict(zip(wanted, upstream, strict=False))
        saved = [cache, *given.values()] if cache is not None else [*given.values(), outputs[0]]
        for parameter in parameters:
            if parameter.name not in handed:
                handed[parameter.name] = _remembered(parameter.name, given, outputs, cache, saved)
        return handed


def _is_upstream(name: str) -> bool:
    key = letters(name)
    return role(name) == "upstream" or (len(key) > 1 and key[0] == "d" and not key.startswith(("drop", "data", "dim")))


def _remembered(name: str, given: Named, outputs: list[Array], cache: Any, saved: list[Any]) -> Any:
    """What a backward function's argument of that name means."""
    if cache is not None and (role(name) == "cache" or letters(name).endswith(("cache", "param", "params"))):
        return cache
    if name in given:
        return given[name]
    if role(name) in ("output", "y") or letters(name) in ("sigmoidx", "tanhx", "result", "fx"):
        return outputs[0]
    by_kind = {kind_of(key): value for key, value in given.items()}
    return by_kind.get(kind_of(name), saved[0])


def _output(value: Any) -> Array:
    array = numeric(value)
    if array is None or array.dtype.kind not in "fiub":
        raise BadReturnError("The forward pass returned no array.")
    return array


def understood(pair: Pair) -> tuple[FunctionCase | None, str]:
    """A case, or a sentence about what is not finished, or neither.

    Of the layouts in which the pair answers, the first in which it is consistent is taken, else the first. Only
    other shapes make another layout: code that is right for one example or stride 1 and wrong for more is wrong.
    """
    answering: list[FunctionCase] = []
    seen: list[Layout] = []
    unfinished = ""
    for layout in layouts(pair.stem):
        arguments = _assigned(pair.forward, layout, named=known_layer(pair.stem))
        if arguments is None or any(layout.shapes == other.shapes for other in seen):
            continue
        if seen and layout.alone and not any(_apart(case) for case in answering):
            continue
        bound = Bound(pair, layout, arguments)
        case, sentence = _made(bound)
        unfinished = unfinished or sentence
        if case is not None:
            answering.append(case)
            seen.append(layout)
            averaging = [_case(replace(bound, averaged=True))] if layout.columns else []
            consistent = [c for c in (case, *averaging) if agreement(c) < AGREES]
            if consistent:
                return consistent[0], ""
        if len(answering) >= 4:
            break
    return (answering[0], "") if answering else (None, unfinished)


def _apart(case: FunctionCase) -> bool:
    """Whether a gradient has an entry for each example still, as in code that is made for one."""
    answer = tried(case)
    point = case.point(0)
    sizes = [(np.size(answer.value[1][name]), np.size(array)) for name, array in point.items()]
    return any(returned > size > 0 for returned, size in sizes)


def _assigned(forward: Function, layout: Layout, *, named: bool) -> tuple[tuple[str, str], ...] | None:
    """The forward function's parameters with the layout's kinds: by name, else, for a *named* layer, in order."""
    parameters = parameters_of(forward)
    if parameters is None:
        return None
    by_name = [(p, kind_of(p.name)) for p in parameters]
    known = [(p.name, kind) for p, kind in by_name if kind in layout.kinds]
    single = [kind for _, kind in known if kind != "param"]
    if len(set(single)) == len(single) and all(k in layout.kinds for p, k in by_name if p.required):
        return tuple(known) if set(layout.essential) <= {kind for _, kind in known} else None
    required = [p.name for p in parameters if p.required]
    if len(required) != len(layout.kinds) or not named:
        return None
    return tuple(zip(required, layout.kinds, strict=True))


def _made(bound: Bound) -> tuple[FunctionCase | None, str]:
    forward_name, backward_name = bound.pair.names
    outputs = attempt(bound.pair.forward, **fresh(bound._given({}, 0)))  # noqa: SLF001  the same module
    if outputs.unfinished or (isinstance(outputs.value, tuple) and nothing(outputs.value[0])):
        return None, f"{forward_name} returns nothing yet"
    if not outputs.answered:
        return None, ""
    case = _case(bound)
    answer = tried(case)
    if answer.answered:
        return case, ""
    if answer.unfinished or "BadReturnError" in answer.error:
        smaller = _without_inputs(bound)
        return (smaller, "") if smaller else (None, f"{backward_name}: {_words(answer.error)}")
    return None, ""


def _words(error: str) -> str:
    return error.partition(": ")[2] or "returns nothing yet"


def _case(bound: Bound) -> FunctionCase:
    forward_name, backward_name = bound.pair.names
    title = f"{forward_name} and {backward_name}, {bound.layout.said}"
    rule = "chain rule: Σ upstream · ∂output/∂argument"
    notes = ("the layer divides the gradients of its parameters by the number of examples",) if bound.averaged else ()
    info = CaseInfo(backward_name, "cs231n", title, group=bound.pair.stem, equation=rule, notes=notes)
    return FunctionCase(info, bound.start, bound.cost, bound.gradient, bound.facts)


def _without_inputs(bound: Bound) -> FunctionCase | None:
    """The same case for the parameters only, where the backward function gives no gradient of its input."""
    whole = _case(bound)
    inputs = [name for name, kind in bound.arguments if kind == "x"]

    def start(seed: int) -> Named:
        return {name: value for name, value in bound.start(seed).items() if name not in inputs}

    case = FunctionCase(whole.info, start, bound.cost, bound.gradient)
    return case if start(0) and tried(case).answered else None


def find_pairs(
    namespace: Mapping[str, object], wanted: Mapping[str, object], source: str
) -> Iterator[tuple[FunctionCase | None, str]]:
    """What can be made of every pair of which one function is wanted."""
    found = [pair for pair in pairs(namespace, source) if set(pair.names) & wanted.keys()]
    classes = [value for value in wanted.values() if inspect.isclass(value)]
    if all(layouts(pair.stem) is ELEMENTWISE for pair in found) and any(_has_backward(cls) for cls in classes):
        return  # helpers of classes that do the rest
    yield from map(understood, found)


def _has_backward(cls: type) -> bool:
    return any(BACKWARD.search(name) or name in ("train", "fit", "train_step") for name in vars(cls))
