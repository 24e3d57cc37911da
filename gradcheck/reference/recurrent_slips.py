"""Backpropagation through time by hand, right and with the classic slips: h(t) = f(Wx x + Wh h + b)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SAME = 1e-7
ZERO = np.zeros(1)
HIDDEN: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "tanh": (np.tanh, lambda h: 1 - h**2),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda h: h * (1 - h)),
    "relu": (lambda z: np.maximum(z, 0), lambda h: (h > 0).astype(float)),
}
"""f, and f′ of the activated value."""


def _softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    found: Array = e / e.sum(axis=-1, keepdims=True)
    return found


OUTPUT: dict[str, tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]] = {
    "identity": (lambda z: z, lambda _, g: g),
    "softmax": (_softmax, lambda a, g: a * (g - (a * g).sum(axis=-1, keepdims=True))),
    "sigmoid": (HIDDEN["sigmoid"][0], lambda a, g: g * a * (1 - a)),
    "tanh": (np.tanh, lambda a, g: g * (1 - a**2)),
}
"""The output's activation, and what it makes of ∂C/∂a on the way back."""


@dataclass(frozen=True)
class Slip:
    """The gradient with one slip, by role (``wh``, ``wx``, ``bh``), and what is said of it."""

    fault: str
    says: str
    gradient: Mapping[str, Array]


@dataclass(frozen=True)
class Through:
    """A network over one sequence: its states (T + 1, n_h) from h(0) = 0, and what its outputs hand back.

    ``names`` are the submission's by role, ``turned`` the roles whose array is the other way round than (to, from).
    """

    names: Mapping[str, str]
    turned: frozenset[str]
    wh: Array
    x: Array
    states: Array
    handed: Array
    slope: Callable[[Array], Array]

    def gradient(
        self,
        slope: Callable[[Array], Array] | None = None,
        back: Callable[[Array, Array], Array] | None = None,
        before: Array | None = None,
    ) -> dict[str, Array]:
        """∂C/∂wh, ∂C/∂wx, ∂C/∂bh: δ(t) = f′ ∗ (handed(t) + whᵀ δ(t + 1)), with another f′, way back, or h(t − 1)."""
        slope, before = slope or self.slope, self.states[:-1] if before is None else before
        deltas, comes = np.zeros_like(self.handed), np.zeros(len(self.wh))
        for t in reversed(range(len(self.x))):
            whole = self.handed[t] + comes
            deltas[t] = slope(self.states[t + 1]) * whole
            comes = self.wh.T @ deltas[t] if back is None else back(deltas[t], whole)
        return self._gathered(deltas, before)

    def _gathered(self, deltas: Array, before: Array) -> dict[str, Array]:
        return {"wh": deltas.T @ before, "wx": deltas.T @ self.x, "bh": deltas.sum(axis=0)}

    def own(self, gradient: Mapping[str, Array], shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
        """A gradient under the submission's names, in its shapes."""
        turned = {role: array.T if role in self.turned else array for role, array in gradient.items()}
        return {self.names[r]: a.reshape(shapes[self.names[r]]) for r, a in turned.items() if r in self.names}

    def slips(self) -> Iterator[Slip]:
        """The classic ones, the likeliest first."""
        h, wh = self.states, self.names["wh"]
        yield Slip("recurrent_term_dropped", f"the error that comes back from step t + 1, {wh}ᵀ δ(t + 1), is left out "
                   "of δ(t)", self.gradient(back=lambda delta, _: 0 * delta))  # fmt: skip
        yield Slip("recurrent_weights_not_transposed", f"the error goes back to step t − 1 through {wh} where its "
                   "transpose belongs", self.gradient(back=lambda delta, _: self.wh @ delta))  # fmt: skip
        yield Slip("recurrent_state_of_this_step", f"∂C/∂{wh} is made of h(t) where h(t − 1) belongs",
                   self.gradient(before=h[1:]))  # fmt: skip
        yield Slip("recurrent_state_wraps_round", f"∂C/∂{wh} takes the last state for the one before the first step, "
                   "as h[t - 1] does at t = 0", self.gradient(before=np.vstack([h[-1:], h[1:-1]])))  # fmt: skip
        yield Slip("recurrent_slope_missing", "δ(t) lacks the factor f′, which is 1 − h² for tanh, at every step",
                   self.gradient(slope=np.ones_like))  # fmt: skip
        yield Slip(
            "recurrent_slope_not_squared", "δ(t) has 1 − h where f′ belongs", self.gradient(slope=lambda s: 1 - s)
        )
        yield Slip("recurrent_slope_of_sigmoid", "δ(t) has h(1 − h), the sigmoid's slope, where that of another "
                   "activation belongs", self.gradient(slope=lambda s: s * (1 - s)))  # fmt: skip
        yield Slip("recurrent_slope_of_tanh", "δ(t) has 1 − h², the slope of tanh, where that of another activation "
                   "belongs", self.gradient(slope=lambda s: 1 - s**2))  # fmt: skip
        yield Slip("recurrent_slope_after_way_back", "the error goes back to step t − 1 before it is multiplied by f′",
                   self.gradient(back=lambda _, whole: self.wh.T @ whole))  # fmt: skip
        yield Slip("recurrent_weights_left_out", f"the error goes back to step t − 1 without {wh}ᵀ",
                   self.gradient(back=lambda delta, _: delta))  # fmt: skip
        yield self._not_added()

    def _not_added(self) -> Slip:
        """= for +=: what is left is the step that is looked at last, the first one."""
        deltas, whole = np.zeros_like(self.handed), self.gradient()
        comes = np.zeros(len(self.wh))
        for t in reversed(range(len(self.x))):
            deltas[t] = self.slope(self.states[t + 1]) * (self.handed[t] + comes)
            comes = self.wh.T @ deltas[t]
        deltas[1:] = 0
        last = self._gathered(deltas, self.states[:-1])
        says = "it counts the first step only, the last one on the way back: = stands for +="
        return Slip("recurrent_steps_not_added", says, {**whole, **last})


def through_time(parameters: Mapping[str, Array], x: Array, outputs: Array, slopes: Array) -> Through | None:
    """The network whose outputs (T, n_out), or (1, n_out) of the last step, these are; None where it is another kind.

    *slopes* are ∂C/∂outputs; *x* is (T, n_in).
    """
    for roles, turned in _roles(parameters, x.shape[1], outputs.shape[1]):
        w = {role: parameters[name].T if role in turned else parameters[name] for role, name in roles.items()}
        for (f, slope), (last, back) in product(HIDDEN.values(), OUTPUT.values()):
            states = [np.zeros(len(w["wh"]))]
            for row in x:
                states.append(f(w["wx"] @ row + w["wh"] @ states[-1] + w.get("bh", ZERO).ravel()))
            hs = np.array(states)
            scores = hs[1:][-len(outputs) :] @ w["wy"].T + w.get("by", ZERO).ravel()
            answers = last(scores)
            if np.allclose(answers, outputs, rtol=SAME, atol=SAME):
                handed = np.zeros((len(x), len(w["wh"])))
                handed[-len(outputs) :] = back(answers, slopes) @ w["wy"]
                return Through(roles, turned, w["wh"], x, hs, handed, slope)
    return None


def _roles(parameters: Mapping[str, Array], n_in: int, n_out: int) -> Iterator[tuple[dict[str, str], frozenset[str]]]:
    """Which array is which, by shape, and which are the other way round."""
    squares = [n for n, a in parameters.items() if a.ndim == 2 and a.shape[0] == a.shape[1] > 1]
    for wh in squares:
        n_h = len(parameters[wh])
        rest = [name for name in parameters if name != wh]
        matrices = [n for n in rest if sorted(parameters[n].shape) in (sorted((n_h, n_in)), sorted((n_h, n_out)))]
        vectors = [n for n in rest if n not in matrices]
        if len(matrices) != 2 or len(vectors) > 2:
            continue
        for (wx, wy), biases in product((matrices, matrices[::-1]), _biases(parameters, vectors, n_h, n_out)):
            names = {"wh": wh, "wx": wx, "wy": wy}
            yield from (({**names, **biases}, turned) for turned in _turnings(parameters, names, n_in, n_out))


def _biases(parameters: Mapping[str, Array], vectors: Sequence[str], n_h: int, n_out: int) -> Iterator[dict[str, str]]:
    """Which vector is the bias of the states, which that of the outputs; either may be missing."""
    for order in permutations([*vectors, *[""] * (2 - len(vectors))]):
        chosen = {role: name for role, name in zip(("bh", "by"), order, strict=True) if name}
        if all(parameters[name].size == {"bh": n_h, "by": n_out}[role] for role, name in chosen.items()):
            yield chosen


def _turnings(
    parameters: Mapping[str, Array], names: Mapping[str, str], n_in: int, n_out: int
) -> Iterator[frozenset[str]]:
    n_h = len(parameters[names["wh"]])
    wanted: Sequence[tuple[str, tuple[int, int]]] = (("wx", (n_h, n_in)), ("wy", (n_out, n_h)))
    fitting = [
        [
            role
            for role in ([], [name])
            if (parameters[names[name]].T if role else parameters[names[name]]).shape == shape
        ]
        for name, shape in wanted
    ]
    for first, second, own in product(*fitting, ([], ["wh"])):
        yield frozenset((*first, *second, *own))
