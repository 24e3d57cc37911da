"""What the parameters are called and how they are shaped, from the functions that make or take them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.arguments import arrangements, parameters_of
from gradcheck.submissions.adapters.common.building import offers
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.sources import return_labels
from gradcheck.submissions.adapters.common.vocabulary.functions import functions_in, tokens
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.adapters.coursera.architecture import described_in
from gradcheck.submissions.adapters.coursera.network import (
    Style,
    Wiring,
)
from gradcheck.submissions.adapters.coursera.probing import N_IN, N_OUT
from gradcheck.submissions.adapters.coursera.stages import Stages


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


def suited(stages: Stages, known: Sequence[Style]) -> list[Style]:
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


def orientations(stages: Stages, style: Style) -> Iterator[Wiring]:
    """Data the way the weights are turned; one-hot columns first, then class numbers."""
    for rows, labels in itertools.product((style.rows, not style.rows), (False, True)):
        yield Wiring(stages, style, rows=rows, labels=labels, layers=described_in(stages.forward))
