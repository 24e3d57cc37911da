"""What a model computes: its forward pass and its cost recognised, or taken as a person said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference import CostRecognition, Recognition, Reduction, recognise, recognise_by_cost, recognise_cost
from gradcheck.reference.conventions import NO_PENALTY
from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.submissions.judging.asked import Asked, Maker, distinct_sizes
from gradcheck.submissions.options import CheckOptions
from gradcheck.submissions.subjects import ModelInfo

Array = NDArray[Any]
EXAMPLES = 4
NATURAL = {"softmax": "log_likelihood"}


@dataclass(frozen=True)
class Understanding:
    """A model's network and cost as understood.

    ``forward`` is what its own forward pass computes, ``assigned`` what it should compute (the same
    unless an assignment says otherwise); ``cost`` is None where neither a reported cost nor the gradient
    shows one. ``certain`` is false where the cost was only assumed, so that a difference proves nothing.
    """

    sizes: tuple[int, ...]
    forward: Recognition | None
    cost: CostRecognition | None
    certain: bool = True
    sentence: str = ""
    notes: tuple[str, ...] = ()
    disagreement: str = ""


def understand(make: Maker, options: CheckOptions) -> tuple[Maker, Understanding]:
    """The network behind a model, and a maker with the layout under which it is one.

    What its code raises at ordinary points is passed on.
    """
    sizes = distinct_sizes(make.info, 2 if make.info.hidden_layers is None else make.info.hidden_layers)
    tries = []
    for variant in range(max(len(make.variants(len(sizes))), 1)):
        candidate = replace(make, variant=variant)
        tries.append((candidate, _understood(candidate.build(sizes), candidate, options)))
        if tries[-1][1].cost is not None:
            return tries[-1]
    return tries[0]


def _understood(asked: Asked, make: Maker, options: CheckOptions) -> Understanding:
    info = make.info
    seen = _recognised(asked, info, options)
    assigned = _assigned(options, asked, seen)
    network = assigned or seen
    if network is None:
        return Understanding(asked.sizes, None, None, certain=False, sentence="a network that is none of ours")
    cost, certain = _cost(network, asked, info, options)
    return Understanding(
        asked.sizes,
        network,
        cost,
        certain,
        _sentence(network, cost, info, options),
        network.notes + (cost.notes if cost is not None else ()),
        _disagreement(seen, assigned),
    )


def _recognised(asked: Asked, info: ModelInfo, options: CheckOptions) -> Recognition | None:
    biases = asked.layout.biases
    if not info.forward:
        return _by_cost(asked, info, options) if info.cost else None
    examples = info.examples or EXAMPLES
    return recognise(asked.forward, asked.sizes, seed=options.seed, biases=biases, examples=examples)


def _by_cost(asked: Asked, info: ModelInfo, options: CheckOptions) -> Recognition | None:
    """The network by its reported cost, where it shows no forward pass."""
    biases, batches = asked.layout.biases, info.examples is None
    return recognise_by_cost(asked.cost, asked.sizes, seed=options.seed, biases=biases, batches=batches)


def _assigned(options: CheckOptions, asked: Asked, seen: Recognition | None) -> Recognition | None:
    """What a person said the activations are."""
    if not options.activations:
        return None
    names, layers = options.activations, len(asked.sizes) - 1
    filled = names if len(names) == layers else (*(names[0],) * (layers - 1), names[-1])
    if seen is not None and seen.activations == filled:
        return seen
    return Recognition(asked.sizes, filled, 0.0, asked.layout.biases)


def _disagreement(seen: Recognition | None, assigned: Recognition | None) -> str:
    if assigned is None or seen is None or seen.activations == assigned.activations:
        return ""
    return (
        f"The forward pass computes {', '.join(seen.activations)} where {', '.join(assigned.activations)} "
        "is asked for, layer by layer."
    )


def _cost(
    network: Recognition, asked: Asked, info: ModelInfo, options: CheckOptions
) -> tuple[CostRecognition | None, bool]:
    """The cost, and whether there is evidence for it."""
    wanted = tuple(name for name in (options.cost or info.declared_cost,) if name)
    common: dict[str, Any] = {
        "seed": options.seed,
        "batches": info.examples is None,
        "l2": info.l2,
        "costs": wanted,
        "precision": info.precision,
        "free_factor": info.free_factor,
    }
    found, problem = _from_report(network, asked, common) if info.cost else (None, "")
    if found is not None:
        return _reduced(_stepped(found, network, asked, common) if info.updates else found, options), True
    reported = info.cost and not problem and not info.updates
    found = _from_gradient(network, asked, common)
    if found is not None and (not reported or info.declared_cost or options.cost):
        return replace(_reduced(found, options), notes=(*found.notes, *filter(None, [problem]))), True
    return (None, False) if reported and not wanted else (_assumed(network, info, options), bool(wanted))


def _from_report(network: Recognition, asked: Asked, common: dict[str, Any]) -> tuple[CostRecognition | None, str]:
    """The cost by what is reported; a cost that raises is left out, and that is said."""
    try:
        return recognise_cost(network, cost=asked.cost, gradient=None, **common), ""
    except SubmissionFault as fault:
        if fault.kind == "timeout":
            raise
        return None, f"its cost function was left out: {fault}"


def _from_gradient(network: Recognition, asked: Asked, common: dict[str, Any]) -> CostRecognition | None:
    """The cost by the gradient; a gradient that raises here may still answer in another network."""
    try:
        return recognise_cost(network, cost=None, gradient=asked.gradient, **common)
    except SubmissionFault:
        return None


def _stepped(found: CostRecognition, network: Recognition, asked: Asked, common: dict[str, Any]) -> CostRecognition:
    """The reported cost, or the same one gathered otherwise where the learning rate may be meant to make up for it.

    That is so where the rate is unknown; for the delta rule: (a − y) f′(z), summed, beside a mean of squares; and
    for a mean over the outputs too, in code that is meant for one output.
    """
    stepped = _from_gradient(network, asked, {**common, "costs": (found.cost,)})
    if stepped is None or stepped.activations != found.activations or stepped.reduction == found.reduction:
        return found
    delta_rule = stepped.cost == "quadratic" and stepped.reduction == Reduction()
    one_output = replace(found.reduction, per_output=False) == stepped.reduction
    if not (delta_rule or one_output or common["free_factor"]):
        return found
    note = f"the cost reported is the {found.reduction.name}, the steps follow the {stepped.reduction.name}: "
    return replace(stepped, notes=(*stepped.notes, f"{note}the learning rate makes up for the factor"))


def _reduced(found: CostRecognition, options: CheckOptions) -> CostRecognition:
    return replace(found, reduction=Reduction.named(options.reduction)) if options.reduction else found


def _assumed(network: Recognition, info: ModelInfo, options: CheckOptions) -> CostRecognition:
    """The chapter's cost for that output, where nothing shows another."""
    name = options.cost or info.declared_cost or NATURAL.get(network.activations[-1], "quadratic")
    reduction = Reduction.named(options.reduction or "sum")
    return CostRecognition(network.activations, name, reduction, NO_PENALTY, reported=False, agreement=0.0)


def _sentence(network: Recognition, cost: CostRecognition | None, info: ModelInfo, options: CheckOptions) -> str:
    data = "one example at a time" if info.examples == 1 else "any number of examples"
    said = f"; {cost.sentence}" if cost is not None else ""
    names = network.activations[0] if len(set(network.activations)) == 1 else ", ".join(network.activations)
    return f"{names}{'' if network.biases else ', no biases'}, {data}{said}"


def at_depth(understanding: Understanding, layers: int) -> tuple[str, ...] | None:
    """Activations for a network of so many layers after the input; None where the known ones say nothing about it."""
    if understanding.cost is None:
        return None
    *hidden, last = understanding.cost.activations
    if len(hidden) + 1 == layers:
        return (*hidden, last)
    if not hidden or len(set(hidden)) > 1:
        return None
    return (*(hidden[0],) * (layers - 1), last)


def agrees(asked: Asked, activations: tuple[str, ...], named: Mapping[str, Array], x: Array) -> bool:
    """Whether the forward pass is the expected one at this point too."""
    network = Recognition(asked.sizes, activations, 0.0, asked.layout.biases).network(named)
    with np.errstate(all="ignore"):
        ours = network.feedforward(x)
    theirs = np.asarray(asked.forward(named, x), dtype=float)
    if theirs.shape != ours.shape:
        return False
    return bool(np.abs(ours - theirs).max() <= 1e-4 * max(np.abs(ours).max(), 1e-300))
