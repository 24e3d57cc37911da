"""How a network's functions are called, found by calling them: styles of parameters, orientation, targets, sizes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.building import offers
from gradcheck.submissions.adapters.calling import Attempt, arrangements, attempt, fresh, parameters_of, plans
from gradcheck.submissions.adapters.cases import FunctionCase
from gradcheck.submissions.adapters.coursera.network import (
    SPARE,
    FunctionModel,
    FunctionNet,
    Style,
    Wiring,
    call,
    fits_labels,
    place_of_output,
)
from gradcheck.submissions.adapters.coursera.stages import Stages
from gradcheck.submissions.adapters.naming import functions_in, tokens
from gradcheck.submissions.adapters.returned import found_labels, is_number, matched, number, return_labels
from gradcheck.submissions.adapters.roles import role
from gradcheck.submissions.subjects import CaseInfo, ModelInfo

Array = NDArray[Any]
Named = dict[str, Any]
N_IN, HIDDEN, N_OUT, EXAMPLES = 6, (4, 5, 7), 3, 8
AGREES = 1e-5
KEEP = 0.7
DEPTHS = (1, 2, 3, 0)


def find_models(
    found: Iterable[Sequence[Stages]], every: Mapping[str, object], source: str
) -> tuple[list[FunctionModel], list[FunctionCase], list[str]]:
    """For every backward function the first combination in which cost and gradient agree, else the first that works."""
    models: list[FunctionModel] = []
    cases: list[FunctionCase] = []
    unfinished: list[str] = []
    known = list(styles(every, source))
    for combinations in found:
        best, sentence = _best(combinations, known)
        if best is None:
            unfinished.extend([sentence] if sentence else [])
            continue
        models.append(FunctionModel(_info(best), best.wiring))
        cases.extend(_dropout_cases(best))
    return models, cases, unfinished


def styles(every: Mapping[str, object], source: str) -> Iterator[Style]:
    """Ways of calling and shaping parameters: the one of an initialising function first."""
    for name, function in functions_in(every).items():
        if {"init", "initialize", "initialise", "initialization", "random", "create"} & set(tokens(name)):
            for given in itertools.islice(arrangements(function, offers((N_IN, 4, N_OUT))), 6):
                answer = attempt(function, **given)
                style = _style_of(answer.value, return_labels(function, source)) if answer.answered else None
                if style is not None:
                    yield style
                    break
    for (weights, biases), (rows, bias) in itertools.product(
        (("W{}", "b{}"), ("w{}", "b{}"), ("weights{}", "biases{}"), ("theta{}", "bias{}")),
        ((False, "column"), (True, "row"), (True, "flat")),
    ):
        if not source or f"'{weights[:-2]}" in source or f'"{weights[:-2]}' in source:
            yield Style(weights, biases, 1, rows, bias)


def _style_of(returned: Any, labels: Sequence[str]) -> Style | None:
    """The style of a dictionary (or tuple) of initial parameters of 6-4-3."""
    if isinstance(returned, tuple) and len(labels) == len(returned):
        returned = dict(zip(labels, returned, strict=True))
    if not isinstance(returned, Mapping):
        return None
    shapes = {str(key): np.shape(value) for key, value in returned.items() if isinstance(value, np.ndarray)}
    first = next((key for key, shape in shapes.items() if shape in ((N_IN, 4), (4, N_IN))), None)
    if first is None or not first[-1].isdigit():
        return None
    bias = next((key for key, shape in shapes.items() if key[-1] == first[-1] and int(np.prod(shape)) == 4), "")
    way = {(4, 1): "column", (1, 4): "row"}.get(shapes.get(bias, ()), "flat")
    return Style(first[:-1] + "{}", bias[:-1] + "{}" if bias else "", int(first[-1]), shapes[first] == (N_IN, 4), way)


@dataclass(frozen=True)
class Probe:
    """A wiring that answered in these sizes; ``agrees`` where its gradient is that of its cost."""

    wiring: Wiring
    sizes: tuple[int, ...]
    agrees: bool
    outputs: int | None
    hidden_layers: int | None
    shown: bool


def _best(combinations: Sequence[Stages], known: Sequence[Style]) -> tuple[Probe | None, str]:
    """The depth is the first in which the functions answer; only ways of calling are chosen by agreement."""
    fallback: Probe | None = None
    unfinished = ""
    for stages in combinations:
        for depth in DEPTHS:
            several, sentence = _first(stages, known, (N_IN, *HIDDEN[:depth], N_OUT))
            if several is None or not several.agrees:
                one, other = _first(stages, known, (N_IN, *HIDDEN[:depth], 1))
                sentence = sentence or other
                several = _settled(several, one)
            unfinished = unfinished or sentence
            if several is not None and several.agrees:
                return _extended(several), ""
            fallback = fallback or several
            if several is not None:
                break
    return (_extended(fallback), "") if fallback else (None, unfinished)


def _first(stages: Stages, known: Sequence[Style], sizes: tuple[int, ...]) -> tuple[Probe | None, str]:
    """In these sizes, the first way of calling in which cost and gradient agree, else the first that answers."""
    answering: Probe | None = None
    unfinished = ""
    for style in _suited(stages, known):
        for wiring in _orientations(stages, style):
            probe, sentence = _probed(wiring, sizes)
            unfinished = unfinished or sentence
            if probe is not None and probe.agrees:
                return probe, ""
            answering = answering or probe
    return answering, unfinished


def _settled(several: Probe | None, one: Probe | None) -> Probe | None:
    """One output where several are impossible, or where the cost mixes the outputs as ``np.dot(Y, log(A).T)`` does."""
    if several is None or (one is not None and one.agrees and _mixes_outputs(several)):
        return one
    return several


def _mixes_outputs(probe: Probe) -> bool:
    """Whether what one target adds to the cost depends on another output: ½|a − y|² and −y ln a have no such term."""
    wiring = probe.wiring
    if wiring.stages.cost is None or wiring.cost is None or not {"output", "y"} <= set(wiring.cost.values()):
        return False
    net, (x, y) = FunctionNet(wiring, probe.sizes), _data(probe.sizes)
    passed = net.passed(net.offered(net.parameters(), x, y, 0.0))
    corners = []
    for change_output, change_target in itertools.product((0.0, 0.1), repeat=2):
        a, t = np.array(passed["output"], dtype=float), np.array(passed["y"], dtype=float)
        if a.shape != t.shape:
            return False
        (a.T if wiring.rows else a)[1, 0] *= 1 - change_output
        (t.T if wiring.rows else t)[0, 0] += change_target
        answer = attempt(call, wiring.stages.cost, wiring.cost, passed | {"output": a, "y": t})
        corners.append(number(answer.value) if answer.answered else np.nan)
    return bool(abs(corners[0] - corners[1] - corners[2] + corners[3]) > 1e-9)


def _suited(stages: Stages, known: Sequence[Style]) -> list[Style]:
    """The styles whose names the functions' signatures use, where they name parameters one by one."""
    named = [p.name for p in parameters_of(stages.forward) or () if role(p.name) in ("w", "b")]
    if not named:
        return list(dict.fromkeys(known))
    weights = next((name for name in named if role(name) == "w"), named[0])
    biases = next((name for name in named if role(name) == "b"), "")
    digits = weights[-1] if weights[-1].isdigit() else ""
    pattern = weights.removesuffix(digits) + ("{}" if digits else "")
    bias = biases.removesuffix(digits) + "{}" if biases and digits else biases
    ways = ((False, "column"), (True, "row"), (True, "flat"))
    return [Style(pattern, bias, int(digits or 1), rows, way) for rows, way in ways]


def _orientations(stages: Stages, style: Style) -> Iterator[Wiring]:
    """Data the way the weights are turned; one-hot columns first, then class numbers."""
    for rows, labels in itertools.product((style.rows, not style.rows), (False, True)):
        yield Wiring(stages, style, rows=rows, labels=labels)


def _data(sizes: Sequence[int]) -> tuple[Array, Array]:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((sizes[0], EXAMPLES))
    classes = rng.permutation(np.arange(EXAMPLES) % max(sizes[-1], 2))
    return x, (np.eye(sizes[-1])[:, classes] if sizes[-1] > 1 else classes[None].astype(float))


def _probed(wiring: Wiring, sizes: tuple[int, ...]) -> tuple[Probe | None, str]:
    """The wiring with plans for all three functions, if they answer in these sizes."""
    net, (x, y) = FunctionNet(wiring, sizes), _data(sizes)
    offered = net.offered(net.parameters(), x, y, 0.0)
    found = _forward(net, offered)
    if isinstance(found, Attempt):
        return None, f"{wiring.stages.names[0]} returns nothing yet" if found.unfinished else ""
    wiring, passed = found
    ways, sentence = _backward(wiring, net, passed)
    costs: list[dict[str, str] | None] = [*_cost(wiring, passed)] if wiring.stages.cost is not None else [None]
    if wiring.stages.cost is not None and not costs:
        return None, ""
    probes = []
    for backward, cost in itertools.islice(itertools.product(ways, costs), 12):
        reported = cost is None and passed["reported"] is not None
        wired = replace(wiring, backward=backward, cost=cost, reported=reported)
        agrees = wired.costed and _agreement(FunctionNet(wired, sizes), x, y) < AGREES
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
    for plan in itertools.islice(plans(wiring.stages.forward, keys, if_named=spare), 24):
        trial = FunctionNet(replace(wiring, forward=plan), net.sizes)
        last = attempt(trial.passed, fresh(offered))
        if last.answered and (last.value["output"] is not None or last.value["reported"] is not None):
            return _placed(trial, offered), last.value
    return last if last.unfinished else Attempt(error=last.error or "no output")


def _placed(net: FunctionNet, offered: Named) -> Wiring:
    """The wiring with the place of the output, which shapes tell here, where no two sizes are alike."""
    wiring, stages = net.wiring, net.wiring.stages
    returned = attempt(call, stages.forward, wiring.forward, fresh(offered)).value
    shape = (EXAMPLES, net.sizes[-1]) if wiring.rows else (net.sizes[-1], EXAMPLES)
    labels = stages.forward_labels
    named = dict(zip(labels, returned, strict=True)) if fits_labels(labels, returned) else {}
    return replace(wiring, output=place_of_output(returned, named, shape))


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
    for plan in plans(function, offered, if_named=spare):
        answer = attempt(call, function, plan, fresh(passed))
        if answer.unfinished:
            sentence = f"{wiring.stages.names[2]} returns nothing yet"
        if not answer.answered:
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


def _cost(wiring: Wiring, passed: Named) -> Iterator[dict[str, str]]:
    """Plans under which the cost function gives a finite number."""
    function = wiring.stages.cost
    keys = [key for key in ("output", "y", "parameters", "cache", "x", *SPARE) if passed.get(key) is not None]
    names = [key for key in passed if key not in keys and passed[key] is not None]
    if function is None:
        return
    for plan in itertools.islice(plans(function, [*keys, *names], if_named={*SPARE, *names}), 24):
        answer = attempt(call, function, plan, fresh(passed))
        if answer.answered and is_number(answer.value) and np.isfinite(number(answer.value)):
            yield plan


def _agreement(net: FunctionNet, x: Array, y: Array) -> float:
    """How far the gradient is from the slope of the cost along one direction, relative."""
    parameters = net.parameters()
    rng = np.random.default_rng(3)
    away = {name: rng.choice([-1.0, 1.0], value.shape) for name, value in parameters.items()}
    gradient = attempt(net.gradient, parameters, x, y, 0.0)
    step = 1e-5
    ends = [attempt(net.cost, {n: v + s * step * away[n] for n, v in parameters.items()}, x, y, 0.0) for s in (1, -1)]
    if not gradient.answered or not all(end.answered for end in ends):
        return float("inf")
    try:
        claimed = sum(float(np.sum(np.reshape(gradient.value[n], away[n].shape) * away[n])) for n in parameters)
    except (TypeError, ValueError):
        return float("inf")
    slope = (ends[0].value - ends[1].value) / (2 * step)
    difference = abs(slope - claimed) / max(abs(slope), abs(claimed), 1e-12)
    return difference if np.isfinite(difference) and slope != 0 else float("inf")


def _extended(probe: Probe) -> Probe:
    """Which depths and numbers of outputs the wiring takes beside those of the probe."""
    depth, n_out = len(probe.sizes) - 2, probe.sizes[-1]
    deeper = (N_IN, *HIDDEN[: depth + 1], n_out)
    other = (*probe.sizes[:-1], 1 if n_out > 1 else N_OUT)
    any_depth = _answers(probe.wiring, deeper, agrees=probe.agrees)
    any_outputs = n_out > 1 and _answers(probe.wiring, other, agrees=probe.agrees)
    return replace(
        probe,
        hidden_layers=None if any_depth else depth,
        outputs=None if any_outputs or (n_out > 1 and not any_outputs) else n_out,
    )


def _answers(wiring: Wiring, sizes: tuple[int, ...], *, agrees: bool) -> bool:
    net, (x, y) = FunctionNet(wiring, sizes), _data(sizes)
    parameters = net.parameters()
    output = attempt(net.forward, parameters, x)
    gradient = attempt(net.gradient, parameters, x, y, 0.0)
    if not output.answered or not gradient.answered or np.shape(output.value) != (sizes[-1], EXAMPLES):
        return False
    fits = all(np.size(gradient.value[name]) == np.size(value) for name, value in parameters.items())
    return fits and (not agrees or not wiring.costed or _agreement(net, x, y) < AGREES)


def _info(probe: Probe) -> ModelInfo:
    wiring = probe.wiring
    way = "rows" if wiring.rows else "columns"
    asked = {key for plan in (wiring.backward, wiring.cost or {}) for key in plan.values()}
    return ModelInfo(
        "coursera",
        f"functions {wiring.stages.title}: {way} are examples",
        hidden_layers=probe.hidden_layers,
        outputs=probe.outputs,
        forward=probe.shown,
        cost=wiring.costed,
        l2="l2" in asked,
        targets="one-hot" if wiring.labels else "any",
    )


def _dropout_cases(probe: Probe) -> Iterator[FunctionCase]:
    """The same network with units dropped, the same ones in every call, if it has such an option."""
    wiring = replace(probe.wiring, keep=KEEP)
    if not {"keep", "dropout"} & {*wiring.forward.values()} or not wiring.costed:
        return
    net, (x, y) = FunctionNet(wiring, probe.sizes), _data(probe.sizes)

    def start(seed: int) -> Named:
        return FunctionNet(wiring, probe.sizes, seed).parameters()

    info = CaseInfo(
        f"{wiring.stages.names[2]}, dropout", "coursera", f"{wiring.stages.title}: {KEEP:g} of the units kept"
    )
    yield FunctionCase(info, start, lambda p, _: net.cost(p, x, y, 0.0), lambda p, _: net.gradient(p, x, y, 0.0))
