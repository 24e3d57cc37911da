"""Which network a cost of parameters and data is that of: its layout is the one that shows its symmetries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.costed import Bound
from gradcheck.submissions.adapters.common.leaves import numeric
from gradcheck.submissions.adapters.common.posed.network import FIRST, LAST, Pose, Posed, PosedModel, PosedNet
from gradcheck.submissions.adapters.common.posed.pieces import Pieces, separate, unrolled
from gradcheck.submissions.adapters.common.posed.symmetry import OTHER, SAME, is_network, takes_one
from gradcheck.submissions.adapters.common.setups import EXAMPLES, HIDDEN, HIDDEN2, N_IN
from gradcheck.submissions.subjects import ModelInfo

Array = NDArray[Any]
Named = dict[str, Any]
Sizes = tuple[int, ...]


def modelled(bound: Bound, family: str) -> PosedModel | None:
    """The network behind a cost in a setup in which it answers, or None."""
    pose = posed_as(bound)
    hidden = [HIDDEN + i for i in range(max(len(bound.costed.asked.weights), 1) - 1)]
    for ones in _constant(bound):
        sizes = (bound.setup.n_in - (ones != "" and not bound.setup.ones), *hidden, bound.setup.n_out)
        for pieces, shape in _layouts(bound, sizes):
            posed = replace(pose, ones=ones, counted=not bound.setup.ones)
            found = Posed(bound.costed, posed, pieces)
            if is_network(PosedNet(found, shape)) and takes_one(PosedNet(found, shape)):
                return PosedModel(_info(found, shape, family), found)
    return None


def posed_as(bound: Bound) -> Pose:
    """How that setup hands over the data."""
    target, m, rows = bound.setup.target, EXAMPLES, bound.setup.rows
    if target.kind == "one-hot":
        return Pose(rows, target.kind, "rows" if target.shape[0] == m else "columns")
    return Pose(rows, target.kind, {(m,): "flat", (m, 1): "column"}.get(target.shape, "row"))


def _constant(bound: Bound) -> tuple[str, ...]:
    """Whether the inputs come with a constant feature, the likeliest first: λ spares its weight, if it is known."""
    if bound.setup.ones:
        return (FIRST,)
    costed, names = bound.costed, bound.costed.asked.parameters
    if len(names) > 1 or not {"l2", "rate"} & costed.roles or N_IN not in bound.setup.parameters[0]:
        return ("", FIRST, LAST)
    point = bound.start(0)
    (array,) = point.values()
    axis = np.shape(array).index(N_IN)
    for ones, index in ((FIRST, 0), (LAST, -1)):
        moved = np.array(array)
        np.moveaxis(moved, axis, 0)[index] += 1.0
        spared = abs(_penalty(bound, {names[0]: moved}) - _penalty(bound, point)) < SAME
        if spared or _unregularised(bound, point, axis, index):
            return (ones, "")
    return ("", FIRST, LAST)


def _penalty(bound: Bound, point: Named) -> float:
    """What λ adds to the cost; no number where that cannot be asked."""
    ends = [attempt(replace(bound, l2=l2).cost, point, 0) for l2 in (0.0, 1.0)]
    return float(ends[1].value - ends[0].value) if all(end.answered for end in ends) else float("nan")


def _unregularised(bound: Bound, point: Named, axis: int, index: int) -> bool:
    """Whether λ changes the gradient, but not that of these weights."""
    ends = [attempt(replace(bound, l2=l2).gradient, point, 0) for l2 in (0.0, 1.0)]
    if not all(end.answered for end in ends):
        return False
    arrays = [numeric(next(iter(end.value.values()))) for end in ends]
    if any(array is None or array.shape != np.shape(next(iter(point.values()))) for array in arrays):
        return False
    change = np.moveaxis(np.abs(np.asarray(arrays[1]) - np.asarray(arrays[0])), axis, 0)
    return bool(np.max(change) > OTHER and np.max(change[index]) < SAME)


def _layouts(bound: Bound, sizes: Sizes) -> Iterator[tuple[Pieces, Sizes]]:
    """Layouts of parameters of the setup's shapes, with the sizes of the network that they make."""
    names, shapes = bound.costed.asked.parameters, bound.setup.parameters
    vector = len(shapes) == 1 and int(np.prod(shapes[0])) == max(shapes[0])
    if vector:
        form = len(shapes[0]) if shapes[0][0] != 1 else -len(shapes[0])
        for inner in ((), (bound.setup.n_hidden,), (bound.setup.n_hidden, HIDDEN2)):
            whole = (sizes[0], *inner, sizes[-1])
            for pieces in unrolled(names[0], form, len(whole) - 1):
                if sum(int(np.prod(s)) for s in pieces.shapes(whole).values()) == max(shapes[0]):
                    yield pieces, whole
    else:
        yield from ((pieces, sizes) for pieces in separate(names, shapes, sizes))


def _info(posed: Posed, sizes: Sizes, family: str) -> ModelInfo:
    costed, hidden = posed.costed, len(sizes) - 2
    deeper = (7, *(5, 6)[:hidden])
    freely = _answers(posed, (*deeper, sizes[-1]))
    outputs = None if sizes[-1] > 1 and _answers(posed, (*deeper, 4)) else sizes[-1]
    way = "rows" if posed.pose.rows else "columns"
    name = costed.gradient.__name__ if costed.gradient is not None else ""
    title = ", ".join(dict.fromkeys(part for part in (costed.name, name) if part))
    return ModelInfo(
        family,
        f"{title}: {way} are examples, {posed.pose.kind} targets",
        sizes=None if freely else sizes,
        hidden_layers=hidden,
        outputs=outputs,
        forward=False,
        cost=True,
        l2=bool({"l2", "rate"} & costed.roles),
        targets="any" if posed.pose.kind == "real" else "one-hot",
        notes=_notes(posed, sizes),
    )


def _answers(posed: Posed, sizes: Sequence[int]) -> bool:
    """Whether it takes these sizes too."""
    return is_network(PosedNet(posed, sizes))


def _notes(posed: Posed, sizes: Sizes) -> tuple[str, ...]:
    """Where in the vector each piece is."""
    whole = "-".join(map(str, sizes))
    found = []
    for argument, form in posed.pieces.forms:
        mine = [piece for piece in posed.pieces.pieces if piece.argument == argument]
        start, slices = 0, []
        for piece in mine:
            end = start + int(np.prod(piece.shape(sizes)))
            slices.append(f"{argument}[{start}:{end}] is {piece.said(sizes)}")
            start = end
        if form and len(mine) > 1:
            found.append(f"{argument} is understood as the layers of a network; in one of {whole} {', '.join(slices)}")
    return tuple(found)
