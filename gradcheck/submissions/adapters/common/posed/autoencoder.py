"""A vector that holds an autoencoder: judged by differences, with its weights and biases apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.cases import FunctionCase
from gradcheck.submissions.adapters.common.costed import L2, Bound
from gradcheck.submissions.adapters.common.posed.network import Pose, Posed, PosedNet
from gradcheck.submissions.adapters.common.posed.pieces import unrolled
from gradcheck.submissions.adapters.common.posed.symmetry import is_autoencoder
from gradcheck.submissions.adapters.common.setups import EXAMPLES
from gradcheck.submissions.subjects import CaseInfo

Named = dict[str, Any]


def autoencoder(bound: Bound, family: str) -> list[FunctionCase]:
    """Cases without and with λ, by weights and biases; none where the vector is no autoencoder that is known."""
    setup, names = bound.setup, bound.costed.asked.parameters
    sizes = (setup.n_in, setup.n_hidden, setup.n_in)
    if setup.target.kind != "none" or len(names) != 1:
        return []
    for pieces in unrolled(names[0], 1, 2):
        if sum(int(np.prod(shape)) for shape in pieces.shapes(sizes).values()) != setup.parameters[0][0]:
            continue
        posed = Posed(bound.costed, Pose(setup.rows, "none", "flat"), pieces)
        if is_autoencoder(PosedNet(posed, sizes)):
            return list(_cases(posed, sizes, family))
    return []


def _cases(posed: Posed, sizes: tuple[int, ...], family: str) -> Iterator[FunctionCase]:
    name, way = posed.costed.name, "rows" if posed.pose.rows else "columns"
    holds = ", ".join(piece.said(sizes) for piece in posed.pieces.pieces)
    for l2 in (0.0, L2) if "l2" in posed.costed.roles else (0.0,):
        title = f"{name}: {way} are examples, λ = {l2:g}"
        note = f"{posed.pieces.forms[0][0]} is understood as an autoencoder: {holds}"
        info = CaseInfo(f"{name}{', λ > 0' if l2 else ''}", family, title, name, "Eq. 46", notes=(note,))
        yield _case(info, PosedNet(posed, sizes), l2)


def _case(info: CaseInfo, net: PosedNet, l2: float) -> FunctionCase:
    def data(seed: int) -> Any:
        return np.random.default_rng(seed + 101).standard_normal((net.sizes[0], EXAMPLES))

    def start(seed: int) -> Named:
        return PosedNet(net.posed, net.sizes, seed).parameters()

    return FunctionCase(
        info,
        start,
        lambda point, seed: net.cost(point, data(seed), data(seed), l2),
        lambda point, seed: net.gradient(point, data(seed), data(seed), l2),
    )
