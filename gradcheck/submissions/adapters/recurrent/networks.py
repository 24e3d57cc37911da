"""One recurrent network of a submission's class: how it is run over a sequence, and how it goes back through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import plans
from gradcheck.submissions.adapters.common.building import build, offers
from gradcheck.submissions.adapters.common.calling import attempt, fresh
from gradcheck.submissions.adapters.common.cases import FunctionCase
from gradcheck.submissions.adapters.common.returned import UnfinishedError, gradient_labels, matched
from gradcheck.submissions.adapters.common.slots import float_slots
from gradcheck.submissions.adapters.common.vocabulary.methods import BACKWARD, FORWARD
from gradcheck.submissions.adapters.common.vocabulary.names import last_name, letters
from gradcheck.submissions.adapters.recurrent.sequences import FORMS, Form, costs, read
from gradcheck.submissions.subjects import CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
N_IN, N_HIDDEN, STEPS = 4, 5, 6
OUTPUTS = (3, N_IN)
STATE = frozenset(
    ("hprev", "h0", "hinit", "prevh", "state", "hiddenstate", "hidden", "prevhidden", "initialhidden", "h")
)
KEPT = ("hidden_states", "hiddens", "states", "hs", "h_states", "all_hidden", "hidden_list", "h_list")
"""Names under which a backward pass takes the states that the forward pass returned last."""
RATE = 1e-3
EPSILON, AGREES = 1e-6, 1e-4
MOST = 12


@dataclass(frozen=True)
class Recurrent:
    """A class, its sizes, and how its methods are called: plans give each parameter the key of what it gets."""

    cls: type
    outputs: int
    form: Form
    targets: Form
    forward: tuple[str, Mapping[str, str]]
    backward: tuple[str, Mapping[str, str]] = ("", {})
    parameters: tuple[str, ...] = ()
    cost: tuple[str, Callable[[Array, Array], float]] | None = None
    many_to_one: bool = False
    repeated: bool = False
    """One output, and a target for every step."""

    def made(self, seed: int = 0) -> Any:
        """A fresh object; LookupError where it cannot be made."""
        made = build(self.cls, offers((N_IN, N_HIDDEN, self.outputs), **SETTINGS), seed)
        if not made.answered:
            raise LookupError(made.error)
        return made.value

    def data(self, seed: int) -> tuple[Array, Array]:
        """Inputs (T, n_in) and one-hot targets (T, n_out)."""
        rng = np.random.default_rng(seed)
        classes = rng.integers(self.outputs, size=STEPS)
        x = (
            np.eye(N_IN)[rng.integers(N_IN, size=STEPS)]
            if "classes" in self.form.name
            else rng.uniform(-1, 1, (STEPS, N_IN))
        )
        return x, np.eye(self.outputs)[classes]

    def offered(self, seed: int, x: Array | None = None) -> Named:
        """What the methods may ask for."""
        given, y = self.data(seed)
        single = self.many_to_one and not self.repeated
        wanted = self.targets.write(y[-1:] if single else y)
        one = wanted[0] if single and isinstance(wanted, list) else wanted
        h = np.zeros((N_HIDDEN, 1))
        return {
            "x": self.form.write(given if x is None else x), "y": one, "rate": RATE, "l2": 0.0,
            "verbose": False, **dict.fromkeys(STATE, h),
        }  # fmt: skip

    def set(self, network: Any, point: Mapping[str, Array]) -> None:
        """Give it these parameters."""
        for slot in float_slots(network):
            if slot.name in point:
                slot.set(network, np.asarray(point[slot.name]), widen=False)

    def run(self, network: Any, offered: Named) -> Array | None:
        """The output (T, n_out) of the forward pass."""
        name, plan = self.forward
        answer = getattr(network, name)(**{key: fresh(offered[part]) for key, part in plan.items()})
        offered["cache"] = offered["output"] = answer
        if isinstance(answer, tuple):
            offered["output"] = answer[0]
            offered.update(dict.fromkeys(KEPT, answer[-1]))
        return read(answer, STEPS, self.outputs)

    def start(self, seed: int) -> Named:
        """Weights and biases, none of them near zero."""
        rng = np.random.default_rng(seed)
        network = self.made(seed)
        shapes = {slot.name: slot.read(network).shape for slot in float_slots(network)}
        return {name: rng.uniform(-0.6, 0.6, shapes[name]) for name in self.parameters}

    def value(self, point: Named, seed: int) -> float:
        """The cost of the outputs at these parameters."""
        network = self.made(seed)
        self.set(network, point)
        output = self.run(network, self.offered(seed))
        if output is None or self.cost is None:
            raise UnfinishedError(f"{self.forward[0]} returned no output for each step.")
        return self.cost[1](output.repeat(STEPS, axis=0) if self.repeated else output, self.data(seed)[1])

    def facts(self, seed: int) -> Named:
        """Inputs (T, n_in), outputs, and the cost's slope at each of these, for the diagnosis."""
        network, (x, y) = self.made(seed), self.data(seed)
        self.set(network, self.start(seed))
        output = self.run(network, self.offered(seed))
        if output is None or self.cost is None:
            return {}
        slopes = np.zeros_like(output)
        for index in np.ndindex(output.shape):
            step = np.zeros_like(output)
            step[index] = EPSILON
            slopes[index] = (self.cost[1](output + step, y) - self.cost[1](output - step, y)) / (2 * EPSILON)
        return {"sequence": x, "outputs": output, "slopes": slopes}

    def slope(self, point: Named, seed: int) -> Named:
        """The gradient: returned, left on the object, or seen from how the parameters change."""
        network = self.made(seed)
        self.set(network, point)
        offered = self.offered(seed)
        self.run(network, offered)
        before = {slot.name: slot.read(network) for slot in float_slots(network)}
        name, plan = self.backward
        returned = getattr(network, name)(**{key: fresh(offered[part]) for key, part in plan.items()})
        after = {slot.name: slot.read(network) for slot in float_slots(network)}
        changed = {key: (before[key] - after[key]) / RATE for key in self.parameters}
        if any(change.any() for change in changed.values()):
            return changed
        kept = {last_name(key): array for key, array in after.items() if key not in self.parameters}
        labels = {key: gradient_labels(last_name(key)) - {letters(key)} for key in self.parameters}
        found = {key: next((a for n, a in kept.items() if letters(n) in labels[key]), None) for key in self.parameters}
        return found if all(array is not None for array in found.values()) else matched(point, returned)


SETTINGS: Named = {
    "rate": RATE, "seq_length": STEPS, "sequence_length": STEPS, "seq_len": STEPS, "T": STEPS, "bptt_truncate": 100,
    "bptt_trunc": 100, "truncate": 100,
    "timesteps": STEPS, "time_steps": STEPS, "vocab_size": N_IN,
}  # fmt: skip
"""What constructors of recurrent networks ask for beside their sizes."""


def networks(cls: type) -> Iterator[Recurrent]:
    """Ways in which an object of the class runs over a sequence and goes back, those whose cost is known first."""
    forwards = FORWARD.among(name for name in vars_of(cls) if callable(getattr(cls, name)))
    backwards = BACKWARD.among(name for name in vars_of(cls) if callable(getattr(cls, name)))
    if not backwards:
        return
    for outputs, form, name in product(OUTPUTS, FORMS, forwards[:3]):
        trial = Recurrent(cls, outputs, form, form, (name, {}))
        network = attempt(trial.made)
        if not network.answered or not _has_recurrent_weights(network.value):
            continue
        runs = (replace(trial, forward=(name, plan)) for plan in _plans(getattr(network.value, name), trial))
        running = next((run for run in runs if _remembers(run)), None)
        if running is not None:
            yield from _going_back(running, backwards[:3])
            return


def _has_recurrent_weights(network: Any) -> bool:
    """Whether an array takes the hidden state to itself, alone or together with the input."""
    wide = {
        (N_HIDDEN, N_HIDDEN),
        (N_HIDDEN, N_HIDDEN + N_IN),
        (4 * N_HIDDEN, N_HIDDEN),
        (4 * N_HIDDEN, N_HIDDEN + N_IN),
    }
    shapes = {slot.read(network).shape for slot in float_slots(network)}
    return any(shape in wide or shape[::-1] in wide for shape in shapes)


def vars_of(cls: type) -> list[str]:
    """The names of a class's own methods and those of its bases in the file."""
    return [name for name in dir(cls) if not name.startswith("__")]


def _plans(method: Callable[..., Any], trial: Recurrent, more: Sequence[str] = ()) -> Iterator[dict[str, str]]:
    keys = [*more, *trial.offered(0)]
    return islice(plans(method, keys, if_named={"rate", "l2", "verbose", *STATE, *KEPT}), MOST)


def _remembers(run: Recurrent) -> bool:
    """Whether it answers, and the last output depends on the first input: it is recurrent."""
    x, _ = run.data(0)
    other = x.copy()
    other[0] = np.roll(other[0], 1)
    lasts: list[Array] = []
    for given in (x, other):
        answer = attempt(run.run, attempt(run.made).value, run.offered(0, given))
        if not answer.answered:
            return False
        lasts.append(answer.value[-1])
    return not np.array_equal(lasts[0], lasts[1])


def _parameters(run: Recurrent) -> tuple[str, ...]:
    """The arrays on which the output depends, as they are right after the object is made."""
    found = []
    for slot in float_slots(run.made()):
        network, moved = run.made(), run.made()
        slot.set(moved, slot.read(moved) + 0.1, widen=False)
        answers = [attempt(run.run, thing, run.offered(0)).value for thing in (network, moved)]
        if all(isinstance(a, np.ndarray) for a in answers) and not np.array_equal(*answers):
            found.append(slot.name)
    return tuple(found)


def _going_back(run: Recurrent, names: Sequence[str]) -> Iterator[Recurrent]:
    parameters = _parameters(run)
    network = run.made()
    output = run.run(network, run.offered(0))
    run = replace(run, parameters=parameters, many_to_one=output is not None and len(output) == 1)
    fallback = None
    for repeated, name, targets in product((False, True) if run.many_to_one else (False,), names, FORMS):
        aimed = replace(run, targets=targets, repeated=repeated)
        for plan in _plans(getattr(network, name), aimed, ("cache", "output", *KEPT)):
            found = _with_cost(replace(aimed, backward=(name, plan)))
            if found is not None and found.cost is not None:
                yield found
                return
            fallback = fallback or found
    if fallback is not None:
        yield fallback


def _with_cost(run: Recurrent) -> Recurrent | None:
    """With the cost of which most arrays are the gradient; None where it does not go back, no cost where none fits."""
    point = run.start(1)
    gradient = attempt(run.slope, point, 1)
    if not gradient.answered or not _whole(gradient.value, point):
        return None
    best, most = None, 0
    for cost in costs(STEPS, run.outputs):
        tried = replace(run, cost=cost)
        agreeing = sum(_agrees(tried, point, name, gradient.value[name]) for name in run.parameters)
        if agreeing > most:
            best, most = tried, agreeing
        if most == len(run.parameters):
            break
    return best or run


def _whole(gradient: Named, point: Named) -> bool:
    sizes = all(np.size(gradient[name]) == np.size(array) for name, array in point.items())
    return sizes and any(np.any(gradient[name]) for name in point)


def _agrees(run: Recurrent, point: Named, name: str, claimed: Any) -> bool:
    """Whether the cost's slope along one direction in one array is the gradient's; for choosing only."""
    away = np.random.default_rng(3).choice([-1.0, 1.0], np.shape(point[name]))
    ends = [attempt(run.value, {**point, name: point[name] + s * EPSILON * away}, 1) for s in (1, -1)]
    if not all(end.answered and np.isfinite(end.value) for end in ends):
        return False
    slope = (ends[0].value - ends[1].value) / (2 * EPSILON)
    expected = float(np.sum(np.reshape(np.asarray(claimed, dtype=float), away.shape) * away))
    return abs(slope - expected) <= AGREES * max(abs(slope), abs(expected), 1e-3)


def as_case(run: Recurrent) -> FunctionCase:
    """The network as something to check, by differences of the cost that its gradient belongs to."""
    name = run.cls.__name__
    said = run.cost[0] if run.cost else ""
    updates = "rate" in run.backward[1].values()
    title = f"class {name}: {run.forward[0]}, {run.backward[0]} over {STEPS} steps"
    info = CaseInfo(
        f"{name}.{run.backward[0]}", "recurrent", title, group=name, equation="backpropagation through time",
        precision=1e-9 if updates else 0.0,
        notes=(f"inputs are {run.form.name}, targets {run.targets.name}; cost taken as {said}",),
    )  # fmt: skip
    return FunctionCase(info, run.start, run.value, run.slope, run.facts)
