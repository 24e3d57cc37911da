"""Networks described by a dictionary for each layer: ``[{"input_dim": 2, "output_dim": 25, ...}, ...]``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from gradcheck.submissions.adapters.common.calling import function_globals

Layers = tuple[Mapping[str, Any], ...]


def described_in(function: Callable[..., Any]) -> Layers:
    """The description of layers among the globals of a function's module; empty where there is none."""
    for value in function_globals(function).values():
        layers = tuple(value) if isinstance(value, list | tuple) else ()
        if len(layers) > 1 and all(isinstance(layer, Mapping) for layer in layers) and _ends(layers) is not None:
            return layers
    return ()


def described(template: Layers, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """The same for other *sizes*: hidden layers as the first one, the last as the last one."""
    ends = _ends(template)
    if ends is None:
        return []
    layers = [template[0]] * (len(sizes) - 2) + [template[-1]]
    return [
        dict(layer) | dict(zip(ends, pair, strict=True)) for layer, pair in zip(layers, pairwise(sizes), strict=True)
    ]


def _ends(template: Layers) -> tuple[str, str] | None:
    """The keys under which a layer has its number of inputs and of outputs, which is the next one's inputs."""
    keys = [key for key, value in template[0].items() if type(value) is int and all(key in t for t in template)]
    for first in keys:
        for last in keys:
            if first != last and all(one[last] == following[first] for one, following in pairwise(template)):
                return first, last
    return None
