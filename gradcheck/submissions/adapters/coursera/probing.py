"""How a network's functions are called, found by calling them in given sizes with every order of arguments."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import parameters_of, plans
from gradcheck.submissions.adapters.common.calling import Attempt, attempt, fresh
from gradcheck.submissions.adapters.common.leaves import is_number
from gradcheck.submissions.adapters.common.returned import found_labels, matched, number
from gradcheck.submissions.adapters.coursera.network import (
    SPARE,
    FunctionNet,
    Wiring,
    call,
    fits_labels,
    place_of_output,
)

Array = NDArray[Any]
Named = dict[str, Any]
N_IN, HIDDEN, N_OUT, EXAMPLES = 6, (4, 5, 7), 3, 8
AGREES = 1e-5
SIZES = ("n_in", "n_hidden", "n_out", "sizes")
MISTAKEN = re.compile(
    r"(NameError|UnboundLocalError|AttributeError: module)|TypeError: .*(not callable|unexpected keyword)"
)
"""What no other way of calling a function would have spared it."""


@dataclass(frozen=True)
class Probe:
    """A wiring that answered in these sizes; ``agrees`` where its gradient is that of its cost."""

    wiring: Wiring
    sizes: tuple[int, ...]
    agrees: bool
    outputs: int | None
    hidden_layers: int | None
    shown: bool


def probe_data(wiring: Wiring, sizes: Sequence[int]) -> tuple[Array, Array]:
    """Inputs and targets, columns, for these sizes: the same ones in every probe, the first where one is taken."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((sizes[0], EXAMPLES))
    classes = rng.permutation(np.arange(EXAMPLES) % max(sizes[-1], 2))
    y = np.eye(sizes[-1])[:, classes] if sizes[-1] > 1 else classes[None].astype(float)
    return (x[:, :1], y[:, :1]) if wiring.single else (x, y)


def probed(wiring: Wiring, sizes: tuple[int, ...]) -> tuple[Probe | None, str]:
    """The wiring with plans for all three functions, if they answer in these sizes."""
    net, (x, y) = FunctionNet(wiring, sizes), probe_data(wiring, sizes)
    offered = net.offered(net.parameters(), x, y, 0.0)
    found = _forward(net, offered)
    if isinstance(found, Attempt):
        name = wiring.stages.names[0]
        mistaken = MISTAKEN.match(found.error) is not None
        return None, f"{name} returns nothing yet" if found.unfinished else raised(name, found) if mistaken else ""
    wiring, passed = found
    ways, sentence = _backward(wiring, net, passed)
    costs: list[dict[str, str] | None] = [*_cost(wiring, passed)] if wiring.stages.cost is not None else [None]
    if wiring.stages.cost is not None and not costs:
        return None, ""
    probes = []
    for backward, cost in itertools.islice(itertools.product(ways, costs), 12):
        reported = cost is None and passed["reported"] is not None
        wired = replace(wiring, backward=backward, cost=cost, reported=reported)
        agrees = wired.costed and slope_agreement(FunctionNet(wired, sizes), x, y) < AGREES
        probes.append(Probe(wired, sizes, agrees, None, None, passed["output"] is not None))
        if agrees:
            return probes[-1], ""
    return (probes[0], "") if probes else (None, sentence)


def _forward(net: FunctionNet, offered: Named) -> tuple[Wiring, Named] | Attempt:
    """The forward function's plan and what is known after the pass, or why there is none."""
    wiring = net.wiring
    keys = ("x", "parameters", "y", *net.parameters(), *SPARE)
    last = Attempt(error="no arguments fit")
    spare = {*SPARE, *net.parameters()}
    for plan in itertools.islice(_plans(wiring.stages.forward, keys, spare), 24):
        trial = FunctionNet(replace(wiring, forward=plan), net.sizes)
        last = attempt(trial.passed, fresh(offered))
        if last.answered and (last.value["output"] is not None or last.value["reported"] is not None):
            return _placed(trial, offered), last.value
    return last if last.unfinished else Attempt(error=last.error or "no output")


def _placed(net: FunctionNet, offered: Named) -> Wiring:
    """The wiring with the place of the output, which shapes tell here, where no two sizes are alike."""
    wiring, stages = net.wiring, net.wiring.stages
    returned = attempt(call, stages.forward, wiring.forward, fresh(offered)).value
    m = 1 if wiring.single else EXAMPLES
    shape = (m, net.sizes[-1]) if wiring.rows else (net.sizes[-1], m)
    labels = stages.forward_labels
    named = dict(zip(labels, returned, strict=True)) if fits_labels(labels, returned) else {}
    return replace(wiring, output=place_of_output(returned, named, shape))


def _plans(function: Callable[..., Any], keys: Sequence[str], spare: Collection[str]) -> Iterator[dict[str, str]]:
    """Plans with names taken at their word; such in which a letter (c, h, k) is no size, or one name some number."""
    yield from plans(function, keys, if_named=spare)
    letters = [p for p in parameters_of(function) or () if len(p.name) == 1 and p.role in SIZES]
    if letters:
        yield from plans(function, [key for key in keys if key not in SIZES], if_named=spare)
    if [p.required and not p.role and p.name not in keys for p in parameters_of(function) or ()].count(True) == 1:
        yield from plans(function, [*keys, "number"], if_named={*spare, *keys} - {"y"})


def _backward(wiring: Wiring, net: FunctionNet, passed: Named) -> tuple[list[dict[str, str]], str]:
    """Plans under which the backward function gives an array of the right size for every parameter."""
    spare = {*SPARE, *net.parameters(), *(wiring.stages.forward_labels if "cache" in passed else ())}
    keys = [*wiring.stages.forward_labels, "parameters", "cache", "x", "y", "output", *net.parameters(), *SPARE]
    offered = [key for key in dict.fromkeys(keys) if key in passed and passed[key] is not None]
    function, parameters = wiring.stages.backward, net.parameters()
    fitting: list[dict[str, str]] = []
    answering: list[dict[str, str]] = []
    incomplete: list[dict[str, str]] = []
    sentence = ""
    for plan in _plans(function, offered, spare):
        answer = attempt(call, function, plan, fresh(passed))
        if answer.unfinished:
            sentence = f"{wiring.stages.names[2]} returns nothing yet"
        if not answer.answered:
            sentence = sentence or raised(wiring.stages.names[2], answer)
            continue
        named = attempt(matched, parameters, answer.value, wiring.stages.backward_labels)
        if named.answered:
            sizes = [np.size(named.value[name]) == np.size(value) for name, value in parameters.items()]
            (fitting if all(sizes) else answering).append(plan)
        elif isinstance(answer.value, Mapping) and found_labels(parameters, answer.value):
            incomplete.append(plan)
        if len(fitting) >= 4:
            break
    return fitting or answering[:2] or incomplete[:1], sentence


def raised(name: str, answer: Attempt) -> str:
    """What the first and likeliest call of a function raised, and in which line of it; nothing where it was not run."""
    return f"{name} raised {answer.error} (line {answer.line})" if answer.line else ""


def _cost(wiring: Wiring, passed: Named) -> Iterator[dict[str, str]]:
    """Plans under which the cost function gives a finite number."""
    function = wiring.stages.cost
    keys = [key for key in ("output", "y", "parameters", "cache", "x", *SPARE) if passed.get(key) is not None]
    names = [key for key in passed if key not in (*keys, "number") and passed[key] is not None]
    if function is None:
        return
    for plan in itertools.islice(_plans(function, [*keys, *names], {*SPARE, *names}), 24):
        answer = attempt(call, function, plan, fresh(passed))
        if answer.answered and is_number(answer.value) and np.isfinite(number(answer.value)):
            yield plan


def slope_agreement(net: FunctionNet, x: Array, y: Array) -> float:
    """How far the gradient is from the slope of the cost along one direction, relative."""
    slope, claimed = slopes(net, x, y)
    difference = abs(slope - claimed) / max(abs(slope), abs(claimed), 1e-12)
    return difference if np.isfinite(difference) and slope != 0 else float("inf")


def slopes(net: FunctionNet, x: Array, y: Array, only: str = "") -> tuple[float, float]:
    """The slope of the cost along one direction, and what the gradient says that it is; not numbers where unknown.

    The direction is one in all parameters, or in the one named *only*.
    """
    parameters = net.parameters()
    rng = np.random.default_rng(3)
    away = {name: rng.choice([-1.0, 1.0], value.shape) * (only in ("", name)) for name, value in parameters.items()}
    gradient = attempt(net.gradient, parameters, x, y, 0.0)
    step = 1e-5
    ends = [attempt(net.cost, {n: v + s * step * away[n] for n, v in parameters.items()}, x, y, 0.0) for s in (1, -1)]
    if not gradient.answered or not all(end.answered for end in ends):
        return float("nan"), float("nan")
    try:
        claimed = sum(float(np.sum(np.reshape(gradient.value[n], away[n].shape) * away[n])) for n in parameters)
    except (TypeError, ValueError):
        return float("nan"), float("nan")
    return (ends[0].value - ends[1].value) / (2 * step), claimed
