"""Cells and sequences of recurrent networks on a dictionary of parameters: ``lstm_cell_forward`` and its backward."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.cases import FunctionCase
from gradcheck.submissions.adapters.common.returned import UnfinishedError
from gradcheck.submissions.adapters.common.vocabulary.functions import functions_in
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.subjects import CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
Function = Callable[..., Any]
N_X, N_A, N_Y, EXAMPLES, STEPS = 3, 5, 2, 4, 3
GATES = ("f", "i", "c", "o", "u", "g")
SHAPES: dict[str, tuple[int, ...]] = {
    "Wax": (N_A, N_X), "Waa": (N_A, N_A), "Wya": (N_Y, N_A), "ba": (N_A, 1), "b": (N_A, 1), "by": (N_Y, 1),
    "Wy": (N_Y, N_A), **{f"W{gate}": (N_A, N_A + N_X) for gate in GATES}, **{f"b{gate}": (N_A, 1) for gate in GATES},
}  # fmt: skip
"""All that a cell of the course may look for in its dictionary of parameters."""
INPUT, STATE, MEMORY = ("x", "xt"), ("aprev", "a0", "hprev", "h0"), ("cprev", "c0")


@dataclass(frozen=True)
class Cell:
    """A forward and a backward function; ``names`` says which parameter of the forward function is what."""

    forward: Function
    backward: Function
    names: Mapping[str, str]  # input, state, memory, parameters -> the function's own name
    steps: int
    wanted: tuple[str, ...] = ()

    def everything(self, seed: int) -> Named:
        """All arrays: the arguments by their own names and the parameters by theirs."""
        rng = np.random.default_rng(seed)
        time = (self.steps,) if self.steps else ()
        shapes = {"input": (N_X, EXAMPLES, *time), "state": (N_A, EXAMPLES), "memory": (N_A, EXAMPLES)}
        found = {self.names[kind]: rng.standard_normal(s) for kind, s in shapes.items() if kind in self.names}
        return found | {name: 0.6 * rng.standard_normal(shape) for name, shape in SHAPES.items()}

    def start(self, seed: int) -> Named:
        """Those of them whose gradient is returned."""
        return {name: array for name, array in self.everything(seed).items() if name in self.wanted}

    def _passed(self, point: Named, seed: int) -> tuple[list[Array], Any]:
        """The states and memories that come out, and the cache."""
        given = self.everything(seed) | point
        parameters = {name: given[name] for name in SHAPES}
        arguments = {own: parameters if kind == "parameters" else given[own] for kind, own in self.names.items()}
        returned = self.forward(**arguments)
        if returned is None or not isinstance(returned, tuple):
            raise UnfinishedError(f"{self.forward.__name__} returned None.")
        wanted = (N_A, EXAMPLES, self.steps) if self.steps else (N_A, EXAMPLES)
        return [part for part in returned if isinstance(part, np.ndarray) and part.shape == wanted], returned[-1]

    def _upstream(self, count: int, seed: int) -> list[Array]:
        """Random gradients from above, one for each of those outputs that the backward function asks for."""
        rng = np.random.default_rng(seed + 17)
        shape = (N_A, EXAMPLES, self.steps) if self.steps else (N_A, EXAMPLES)
        return [rng.standard_normal(shape) for _ in range(count)]

    @property
    def asked(self) -> int:
        """How many gradients from above the backward function takes."""
        return len([p for p in parameters_of(self.backward) or () if p.required]) - 1

    def cost(self, point: Named, seed: int) -> float:
        """Σ upstream · output."""
        outputs, _ = self._passed(point, seed)
        return float(sum(np.sum(a * g) for a, g in zip(outputs, self._upstream(self.asked, seed), strict=False)))

    def gradients(self, point: Named, seed: int) -> Named:
        """All that the backward function returns for a name of ours."""
        _, cache = self._passed(point, seed)
        returned = self.backward(*self._upstream(self.asked, seed), cache)
        if not isinstance(returned, Mapping):
            raise UnfinishedError(f"{self.backward.__name__} returned no dictionary.")
        labels = {letters(str(key)): value for key, value in returned.items()}
        names = self.everything(seed)
        return {name: labels[f"d{letters(name)}"] for name in names if labels.get(f"d{letters(name)}") is not None}

    def gradient(self, point: Named, seed: int) -> Named:
        """The gradient of the wanted arrays."""
        found = self.gradients(point, seed)
        return {name: found[name] for name in self.wanted}


def find_cells(own: Mapping[str, object], every: Mapping[str, object]) -> tuple[list[FunctionCase], list[str]]:
    """A case for every backward function of a recurrent cell or sequence that answers."""
    cases: list[FunctionCase] = []
    unfinished: list[str] = []
    functions = functions_in(every)
    for name, backward in functions_in(own).items():
        forward = functions.get(name.replace("backward", "forward")) if "backward" in name else None
        names = None if forward is None else _names(forward)
        if forward is None or names is None:
            continue
        for steps in (0, STEPS):
            cell = Cell(forward, backward, names, steps)
            answer = attempt(cell.gradients, {}, 0)
            if answer.unfinished:
                unfinished.append(f"{name}: {answer.error.partition(': ')[2] or 'returns nothing yet'}")
            elif answer.answered and answer.value:
                cases.append(_case(name, cell, tuple(answer.value)))
            if answer.answered or answer.unfinished:
                break
    return cases, unfinished


def _case(name: str, cell: Cell, wanted: tuple[str, ...]) -> FunctionCase:
    known = Cell(cell.forward, cell.backward, cell.names, cell.steps, wanted)
    steps = f"{cell.steps} steps" if cell.steps else "one step"
    title = f"{cell.forward.__name__} and {name}, {steps}"
    info = CaseInfo(name, "coursera", title, name, "chain rule: Σ upstream · ∂output/∂argument")
    return FunctionCase(info, known.start, known.cost, known.gradient)


def _names(forward: Function) -> dict[str, str] | None:
    """What the parameters of a recurrent forward function are, or None where it is none."""
    found: dict[str, str] = {}
    for parameter in parameters_of(forward) or ():
        key = letters(parameter.name)
        kinds = (("input", INPUT), ("state", STATE), ("memory", MEMORY))
        kind = next((kind for kind, usual in kinds if key in usual), "")
        kind = "parameters" if parameter.role == "parameters" else kind
        if kind and kind not in found:
            found[kind] = parameter.name
        elif parameter.required:
            return None
    return found if {"input", "state", "parameters"} <= found.keys() else None
