"""Which of the ways to call a network's functions is taken, and in which sizes the network can be built."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt, counters, function_globals
from gradcheck.submissions.adapters.common.cases import FunctionCase
from gradcheck.submissions.adapters.common.returned import number
from gradcheck.submissions.adapters.coursera.network import (
    FunctionModel,
    FunctionNet,
    Style,
    Wiring,
    call,
)
from gradcheck.submissions.adapters.coursera.probing import (
    AGREES,
    HIDDEN,
    N_IN,
    N_OUT,
    Probe,
    probe_data,
    probed,
    slope_agreement,
    slopes,
)
from gradcheck.submissions.adapters.coursera.stages import Stages
from gradcheck.submissions.adapters.coursera.styles import orientations, styles, suited
from gradcheck.submissions.subjects import CaseInfo, ModelInfo

Array = NDArray[Any]
Named = dict[str, Any]
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


def _best(combinations: Sequence[Stages], known: Sequence[Style]) -> tuple[Probe | None, str]:
    """The depth is the first in which the functions answer; only ways of calling are chosen by agreement."""
    fallback: Probe | None = None
    unfinished = ""
    for stages in combinations:
        for depth in DEPTHS:
            several, sentence = _first(stages, suited(stages, known), (N_IN, *HIDDEN[:depth], N_OUT))
            if several is None or not several.agrees:
                one, other = _first(stages, suited(stages, known), (N_IN, *HIDDEN[:depth], 1))
                sentence = sentence or other
                several = _settled(several, one)
            unfinished = unfinished or sentence
            if several is not None and several.agrees:
                return _extended(several), ""
            fallback = fallback or several
            if several is not None:
                break
    if fallback is None or not _weights_fit(fallback):
        fallback = _one_at_a_time(combinations, known) or fallback
    return (_extended(fallback), "") if fallback else (None, unfinished)


def _one_at_a_time(combinations: Sequence[Stages], known: Sequence[Style]) -> Probe | None:
    """The first way in which the functions give weights their gradients for one example, a vector or a column."""
    answering: Probe | None = None
    for stages, depth, single in itertools.product(combinations, DEPTHS, ("vector", "column")):
        ways = suited(stages, known)
        if single == "vector":
            ways = list(dict.fromkeys(replace(style, bias="flat") for style in ways))
        probe, _ = _first(stages, ways, (N_IN, *HIDDEN[:depth], N_OUT), single)
        if probe is not None and probe.agrees:
            return probe
        answering = answering or (probe if probe is not None and _weights_fit(probe) else None)
    return answering


def _weights_fit(probe: Probe) -> bool:
    """Whether some matrix of weights gets a gradient of as many entries."""
    net = FunctionNet(probe.wiring, probe.sizes)
    parameters = net.parameters()
    gradient = attempt(net.gradient, parameters, *probe_data(probe.wiring, probe.sizes), 0.0)
    matrices = [name for name, value in parameters.items() if min(value.shape) > 1]
    return gradient.answered and any(np.size(gradient.value[name]) == parameters[name].size for name in matrices)


def _first(stages: Stages, ways: Sequence[Style], sizes: tuple[int, ...], single: str = "") -> tuple[Probe | None, str]:
    """In these sizes, the first way of calling in which cost and gradient agree, else the first that answers."""
    answering: Probe | None = None
    unfinished = ""
    for style in ways:
        for wiring in orientations(stages, style):
            probe, sentence = probed(replace(wiring, single=single), sizes)
            unfinished = unfinished or sentence
            if probe is not None and probe.agrees:
                return probe, ""
            answering = answering or probe
    return answering, unfinished


def _settled(several: Probe | None, one: Probe | None) -> Probe | None:
    """One output where several are impossible, or where the cost is made for one.

    It is where it mixes the outputs, as ``np.dot(Y, log(A).T)`` does, or averages over them as ``np.mean`` does.
    """
    if several is None or one is None:
        return several or one
    right = _right(several)
    mixed = _mixes_outputs(several) and (bool(_right(one) - right) or (not right and _moves(one)))
    return one if mixed or _averages_outputs(several, one) else several


def _right(probe: Probe) -> set[str]:
    """The arrays whose gradient is the slope of the cost."""
    net = FunctionNet(probe.wiring, probe.sizes)
    ends = {name: slopes(net, *probe_data(net.wiring, net.sizes), only=name) for name in net.parameters()}
    return {name for name, (slope, claimed) in ends.items() if abs(slope - claimed) < AGREES * abs(slope)}


def _moves(probe: Probe) -> bool:
    """Whether the cost depends on the parameters: that of a softmax of one output does not."""
    net = FunctionNet(probe.wiring, probe.sizes)
    return bool(abs(slopes(net, *probe_data(net.wiring, net.sizes))[0]) > AGREES)


def _averages_outputs(several: Probe, one: Probe) -> bool:
    """Whether arrays that are right for one output are, for n, n times what the cost says: it is a mean over them."""
    nets = [FunctionNet(probe.wiring, probe.sizes) for probe in (one, several)]
    right = 0
    for name in nets[0].parameters():
        (slope, claimed), (mean, sum_) = [slopes(net, *probe_data(net.wiring, net.sizes), only=name) for net in nets]
        if not abs(slope - claimed) < AGREES * abs(slope):
            continue
        if not abs(several.sizes[-1] * mean - sum_) < AGREES * abs(sum_):
            return False
        right += 1
    return right > 0


def _mixes_outputs(probe: Probe) -> bool:
    """Whether what one target adds to the cost depends on another output: ½|a − y|² and −y ln a have no such term."""
    wiring = probe.wiring
    if wiring.stages.cost is None or wiring.cost is None:
        return False
    net, (x, y) = FunctionNet(wiring, probe.sizes), probe_data(probe.wiring, probe.sizes)
    passed = net.passed(net.offered(net.parameters(), x, y, 0.0))
    given = set(wiring.cost.values())
    outputs = [key for key in given - {"y"} if _same(passed[key], passed["output"])]
    if not outputs or "y" not in given:
        return False
    corners = []
    for change_output, change_target in itertools.product((0.0, 0.1), repeat=2):
        a, t = np.array(passed["output"], dtype=float), np.array(passed["y"], dtype=float)
        if a.shape != t.shape:
            return False
        (a.T if wiring.rows else a)[1, 0] *= 1 - change_output
        (t.T if wiring.rows else t)[0, 0] += change_target
        answer = attempt(call, wiring.stages.cost, wiring.cost, passed | dict.fromkeys(outputs, a) | {"y": t})
        corners.append(number(answer.value) if answer.answered else np.nan)
    return bool(abs(corners[0] - corners[1] - corners[2] + corners[3]) > 1e-9)


def _same(value: object, output: object) -> bool:
    """Whether what a function gets is the output, under whatever name the forward function returned it."""
    return isinstance(value, np.ndarray) and np.array_equal(value, np.asarray(output))


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
    net, (x, y) = FunctionNet(wiring, sizes), probe_data(wiring, sizes)
    parameters = net.parameters()
    output = attempt(net.forward, parameters, x)
    gradient = attempt(net.gradient, parameters, x, y, 0.0)
    if not output.answered or not gradient.answered or np.shape(output.value) != (sizes[-1], x.shape[1]):
        return False
    fits = all(np.size(gradient.value[name]) == np.size(value) for name, value in parameters.items())
    return fits and (not agrees or not wiring.costed or slope_agreement(net, x, y) < AGREES)


def _info(probe: Probe) -> ModelInfo:
    wiring = probe.wiring
    way = f"{'rows' if wiring.rows else 'columns'} are examples" if not wiring.single else "one example at a time"
    asked = {key for plan in (wiring.backward, wiring.cost or {}) for key in plan.values()}
    return ModelInfo(
        "coursera",
        f"functions {wiring.stages.title}: {way}",
        hidden_layers=probe.hidden_layers,
        outputs=probe.outputs,
        examples=1 if wiring.single else None,
        forward=probe.shown,
        cost=wiring.costed,
        l2="l2" in asked,
        targets="one-hot" if wiring.labels else "any",
        notes=tuple(_counted(wiring)),
    )


def _counted(wiring: Wiring) -> Iterator[str]:
    """Which names of the module are taken for the number of examples."""
    stages = wiring.stages
    functions = [f for f in (stages.forward, stages.backward, stages.cost) if f is not None]
    for name in sorted({name for f in functions for name in counters(f, function_globals(f))}):
        yield f"{name}, which the functions take from the module, is set to the number of examples in each call"


def _dropout_cases(probe: Probe) -> Iterator[FunctionCase]:
    """The same network with units dropped, the same ones in every call, if it has such an option."""
    wiring = replace(probe.wiring, keep=KEEP)
    if not {"keep", "dropout"} & {*wiring.forward.values()} or not wiring.costed:
        return
    net, (x, y) = FunctionNet(wiring, probe.sizes), probe_data(probe.wiring, probe.sizes)

    def start(seed: int) -> Named:
        return FunctionNet(wiring, probe.sizes, seed).parameters()

    info = CaseInfo(
        f"{wiring.stages.names[2]}, dropout", "coursera", f"{wiring.stages.title}: {KEEP:g} of the units kept"
    )
    yield FunctionCase(info, start, lambda p, _: net.cost(p, x, y, 0.0), lambda p, _: net.gradient(p, x, y, 0.0))
