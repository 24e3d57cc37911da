"""What can be found out about a block of a script: its weights, its examples, and what one round changes."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.calling import attempt, duplicate
from gradcheck.submissions.adapters.common.slots import Slot, slots
from gradcheck.submissions.adapters.common.vocabulary.arrays import BIASES
from gradcheck.submissions.adapters.common.vocabulary.roles import roles
from gradcheck.submissions.adapters.train.blocks import assigned
from gradcheck.submissions.adapters.train.chain import Chain, Layer, chain, held
from gradcheck.submissions.adapters.train.classes import begin
from gradcheck.submissions.adapters.train.scripts.examples import Data
from gradcheck.submissions.adapters.train.scripts.namespace import Namespace
from gradcheck.submissions.adapters.train.scripts.script import Array, Script


def _counted(data: Data, before: Namespace) -> tuple[int, str] | None:
    """How many examples the script has, and how that is said; fewer than three may be a factor of the cost."""
    shape: tuple[int, ...] = np.shape(before.get(data.x, 0))
    if len(shape) != 2:
        return None
    number, said = (shape[0], f"len({data.x})") if data.x_rows else (shape[1], f"{data.x}.shape[1]")
    return (number, said) if number > 2 else None


def changed_names(before: Namespace, after: Namespace) -> list[Slot]:
    """Places whose numbers one round has changed, without changing their shape."""
    out = []
    for slot in slots(before, numbers=True):
        value, other = slot.get(before), attempt(slot.get, after).value
        if not isinstance(other, np.ndarray) or other.shape != value.shape or not np.isfinite(other).all():
            continue
        if not np.array_equal(value, other):
            out.append(slot)
    return out


class ScriptSearch:
    """What can be found out about one block."""

    def __init__(self, script: Script, data: Data | None) -> None:
        self.script = script
        self.before = script.before_loop(None)
        self.after = duplicate(self.before)
        script.run(self.after)
        moved = changed_names(self.before, self.after)
        self.roots = {slot.path[0][1] for slot in moved}
        self.moved = {slot.name for slot in moved}
        self.chain, self.data = self._understood(data)
        self.sizes = self.chain.sizes
        self.script = replace(script, counted=_counted(self.data, self.before))
        begin(self.before, self.chain)

    def _understood(self, data: Data | None) -> tuple[Chain, Data]:
        """Weights that chain and are learnt, with examples of their first and their last size."""
        for found in self._chains(data):
            if found is None or len(found.sizes) < 2 or not any(self._learnt(layer) for layer in found.layers):
                continue
            examples = data or attempt(self._data, found.sizes).value
            fits = data is None or (found.sizes[0], found.sizes[-1]) == (data.inputs, data.outputs)
            if isinstance(examples, Data) and fits:
                return found, examples
        raise LookupError("no weights that chain and learn")

    def with_examples(self, x: Array, y: Array) -> Namespace:
        """What the names are when the loop begins on these examples."""
        return self.script.before_loop(self.data.values(x, y))

    def _learnt(self, layer: Layer) -> bool:
        place = layer.weights
        return place.name in self.moved or held(place).name in self.moved

    def _chains(self, data: Data | None) -> Iterator[Chain | None]:
        used = self.script.block.names
        named = {n for n in self.before if n in used and BIASES.fits(n)}
        written = {n for n in assigned(self.script.block.loop) if isinstance(self.before.get(n), np.ndarray)}
        for names in dict.fromkeys((frozenset(self.roots | named), frozenset(self.roots | named | written))):
            yield from self._chains_of({name: value for name, value in self.before.items() if name in names}, data)

    def _chains_of(self, root: dict[str, Any], data: Data | None) -> Iterator[Chain | None]:
        yield chain(root, None)
        lengths = [n for slot in slots(root) for n in slot.get(root).shape]
        sizes = list(dict.fromkeys(n for length in lengths for n in (length, length - 1) if n))
        if data is None:
            yield from (chain(root, (n, 1)) for n in sizes)
            return
        yield chain(root, (data.inputs, data.outputs))
        yield from (chain(root, (data.inputs, n, data.outputs)) for n in sizes)

    def _data(self, sizes: Sequence[int]) -> Data:
        """Two arrays that the loop uses and does not change, of the sizes of the first and the last layer."""
        n_in, n_out = sizes[0], sizes[-1]
        names = [n for n in self.before if n in self._used() and n not in self.roots]
        shapes = {n: np.shape(self.before[n]) for n in names if isinstance(self.before[n], np.ndarray | list)}
        xs = [n for n, s in shapes.items() if len(s) == 2 and n_in in s]
        xs.sort(key=lambda n: "x" not in roles(n))
        for x in xs:
            for x_rows in (True, False):
                m = shapes[x][0 if x_rows else 1]
                if shapes[x][1 if x_rows else 0] != n_in:
                    continue
                y = self._targets({n: s for n, s in shapes.items() if n != x}, m, n_out)
                if y is not None:
                    written = isinstance(self.before[x], list)
                    return Data(x, y[0], x_rows, y[1], y_flat=len(shapes[y[0]]) == 1, written_out=written)
        raise LookupError("no data")

    def _used(self) -> set[str]:
        """Names in the loop, and in the functions of the script that it calls."""
        used = self.script.block.names
        for name in list(used):
            function = self.before.get(name)
            if isinstance(function, types.FunctionType):
                used |= set(function.__code__.co_names)
        return used

    @staticmethod
    def _targets(shapes: Mapping[str, tuple[int, ...]], m: int, n_out: int) -> tuple[str, bool] | None:
        fits = [
            (n, s in ((m, n_out), (m,)))
            for n, s in shapes.items()
            if s in ((m, n_out), (n_out, m)) or (s == (m,) and n_out == 1)
        ]
        fits.sort(key=lambda fit: "y" not in roles(fit[0]))
        return fits[0] if fits else None
