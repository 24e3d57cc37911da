"""Where an unnamed mistake must be, from how ∂C/∂w^l and ∂C/∂b^l hang together: both are made from one δ^l."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.diagnose.evidence import Evidence
from gradcheck.diagnose.relations import ENOUGH
from gradcheck.reference.faults import superscript
from gradcheck.results.check import Diagnosis

Array = NDArray[Any]
UNNAMED = "unnamed"


def located(evidence: Evidence, unexplained: tuple[str, ...]) -> tuple[Diagnosis, ...]:
    """A diagnosis of the topmost unexplained layer that says which equation the mistake is in; empty if it is open.

    It rests on the structure δ ⊗ a alone: the mistake itself has no name in the catalogue. Where an
    explained fault sits in the same layer it cannot tell the two apart, and is not to be asked.
    """
    if not unexplained:
        return ()
    layer = int(unexplained[0][1:])
    up, w, b = superscript(layer), f"w{layer}", f"b{layer}"
    if b not in evidence.names:
        return ()
    if b not in evidence.wrong:
        message = f"the mistake is where ∂C/∂w{up} is put together (BP4): ∂C/∂b{up} is right, and so δ{up} is"
        return (Diagnosis(UNNAMED, w, f"{message}.", 1.0, "BP4"),)
    if w not in evidence.wrong:
        message = f"the mistake is where ∂C/∂b{up} is gathered (BP3): ∂C/∂w{up} is right, and so δ{up} is"
        return (Diagnosis(UNNAMED, b, f"{message}.", 1.0, "BP3"),)
    return _in_delta(evidence, layer)


def _in_delta(evidence: Evidence, layer: int) -> tuple[Diagnosis, ...]:
    """Both arrays are wrong: whether one wrong δ^l accounts for the two of them, at every probe."""
    shares = [_common_delta(evidence, k, layer) for k in range(len(evidence.probes))]
    if None in shares or min(share for share in shares if share is not None) < ENOUGH:
        return ()
    up, before = superscript(layer), superscript(layer - 1)
    equation = "BP1" if layer == evidence.probes[0].network.num_layers else "BP2"
    message = f"the mistake is in δ{up} itself ({equation}): ∂C/∂w{up} = δ{up} (a{before})ᵀ and ∂C/∂b{up} = δ{up} agree"
    least = min(share for share in shares if share is not None)
    return (Diagnosis(UNNAMED, f"layer {layer}", f"{message}.", round(least, 6), equation),)


def _common_delta(evidence: Evidence, k: int, layer: int) -> float | None:
    """The share of both answers at probe *k* that is Σ δ aᵀ and Σ δ for one δ, or None where that says nothing."""
    probe = evidence.probes[k]
    weights, biases = (evidence.answers[k][f"{kind}{layer}"] for kind in "wb")
    a = probe.forward.a[layer - 1]
    exact = (probe.exact[f"w{layer}"], probe.exact[f"b{layer}"])
    if weights is None or biases is None or (weights.shape, biases.shape) != (exact[0].shape, exact[1].shape):
        return None
    if len(a) <= probe.m or not np.isfinite(weights).all() or not np.isfinite(biases).all():
        return None
    data = weights - probe.network.l2 * probe.network.weights[layer - 2]
    delta = np.linalg.lstsq(a, data.T, rcond=None)[0].T
    return min(
        _share(data, exact[0], delta @ a.T, weights),
        _share(biases, exact[1], delta.sum(axis=1, keepdims=True), biases),
    )


def _share(answer: Array, exact: Array, candidate: Array, returned: Array) -> float:
    difference = float(np.linalg.norm(returned - exact))
    return 1 - float(np.linalg.norm(answer - candidate)) / difference if difference else 0.0
