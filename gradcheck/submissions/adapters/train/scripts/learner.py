"""From a block of a script to a learner: its names are the object, one round is the step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.submissions.adapters.common.calling import attempt, duplicate
from gradcheck.submissions.adapters.common.slots import slots
from gradcheck.submissions.adapters.common.vocabulary.arrays import BIASES
from gradcheck.submissions.adapters.train.assemble import used_places
from gradcheck.submissions.adapters.train.classes import begin
from gradcheck.submissions.adapters.train.learner import Learner
from gradcheck.submissions.adapters.train.places import Place
from gradcheck.submissions.adapters.train.readout import TARGET, Readout, Runs, readout
from gradcheck.submissions.adapters.train.scripts.namespace import Namespace
from gradcheck.submissions.adapters.train.scripts.script import Array
from gradcheck.submissions.adapters.train.scripts.search import ScriptSearch


def learner_of_script(search: ScriptSearch) -> Learner:
    """The block as a learner on its own sizes."""
    rounds = Rounds(search, _readout(search))
    return Learner(
        make=lambda *_: rounds.begun(),
        places=rounds.places,
        step=rounds.step,
        forward=rounds.forward if rounds.left else None,
        namespace={},
    )


@dataclass(frozen=True)
class Rounds:
    """A block run round by round; ``left``: where a round leaves the output."""

    search: ScriptSearch
    left: Readout | None

    def begun(self) -> Namespace:
        """The names when the loop begins."""
        names = self.search.script.before_loop(None)
        begin(names, self.search.chain)
        return names

    def step(self, root: Namespace, x: Array, y: Array, _: float) -> None:
        """One round on these examples; the weights that it leaves are *root*'s."""
        names = self._with_data(root, x, y)
        self.search.script.run(names)
        for place in _everything(self.search):
            place.set(root, place.get(names))

    def forward(self, root: Namespace, x: Array, n_out: int) -> Array | None:
        """The output that a round leaves behind."""
        names = self._with_data(root, x, np.full((n_out, x.shape[1]), TARGET))
        self.search.script.run(names)
        return self.left.output(names, n_out, x.shape[1]) if self.left else None

    def places(self, root: Namespace, _: Sequence[int]) -> Mapping[str, Place]:
        """Weights, and those biases that make a difference and are learnt, or are called biases."""
        moved = self.search.moved
        layers = [
            replace(layer, biases=tuple(b for b in layer.biases if b.name in moved or BIASES.fits(b.last)))
            for layer in self.search.chain.layers
        ]
        return used_places(root, layers, self._response)

    def _with_data(self, root: Namespace, x: Array, y: Array) -> Namespace:
        """The names on these examples, with the weights and the single numbers of *root*."""
        names = self.search.with_examples(x, y)
        for place in _everything(self.search):
            place.set(names, place.get(root))
        for slot in slots({k: v for k, v in root.items() if isinstance(v, float)}, numbers=True):
            names[slot.name] = root[slot.name]
        return names

    def _response(self, root: Namespace) -> Array | None:
        """What a round changes."""
        names = duplicate(root)
        if not attempt(self.search.script.run, names).returned:
            return None
        changes = [p.get(names) - p.get(root) for p in _everything(self.search)]
        return np.concatenate([change.ravel() for change in changes])


def _everything(search: ScriptSearch) -> list[Place]:
    return [place for layer in search.chain.layers for place in (layer.weights, *layer.biases)]


def _readout(search: ScriptSearch) -> Readout | None:
    """Where a round leaves the output; one example at a time where several are too many."""
    found = attempt(_readout_for, search, 2).value
    return found if isinstance(found, Readout) else _readout_for(search, 1)


def _readout_for(search: ScriptSearch, m: int) -> Readout | None:
    data, sizes, rng = search.data, search.sizes, np.random.default_rng(9)
    x, y = rng.standard_normal((sizes[0], m)), rng.uniform(0.2, 0.8, (sizes[-1], m))
    others = 1 - y
    if data.labels:
        y, others = np.eye(sizes[-1])[:, :m], np.eye(sizes[-1])[:, -m:]

    def after(targets: Array, shift: float) -> Namespace:
        names = search.with_examples(x, targets)
        for place in _everything(search):
            place.set(names, place.get(search.before) * (1 + shift) + 0.1 * shift)
        search.script.run(names)
        return names

    runs = Runs(after(y, 0.0), after(others, 0.0), after(y, 0.3), y, others, (x, x.T, y, y.T))
    return readout(runs, by_column=not data.y_rows)
