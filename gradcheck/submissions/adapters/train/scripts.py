"""Training loops as learners: what stands before the loop is run, then one round of it, on data of ours."""

from __future__ import annotations

import ast
import builtins
import inspect
import random
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import Recipe, Several, recipes
from gradcheck.submissions.adapters.common.building import NEUTRAL
from gradcheck.submissions.adapters.common.calling import attempt, duplicate
from gradcheck.submissions.adapters.common.slots import Slot, slots
from gradcheck.submissions.adapters.common.vocabulary.arrays import BIASES
from gradcheck.submissions.adapters.common.vocabulary.roles import roles
from gradcheck.submissions.adapters.train.assemble import used_places
from gradcheck.submissions.adapters.train.blocks import FIRST, Block, assigned, one_round_of, prepared
from gradcheck.submissions.adapters.train.chain import Chain, Layer, chain, held
from gradcheck.submissions.adapters.train.classes import begin
from gradcheck.submissions.adapters.train.learner import Learner
from gradcheck.submissions.adapters.train.places import Place
from gradcheck.submissions.adapters.train.readout import TARGET, Readout, Runs, readout
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.loading.compatibility import builtins_for

Array = NDArray[Any]
DATA = (np.ndarray, list, tuple, dict, int, float, np.generic)


class Namespace(dict[str, Any]):
    """The globals of a script. A copy has its own arrays, and its functions see the copy."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Namespace:
        other = Namespace()
        for name, value in self.items():
            if name == "__builtins__" or isinstance(value, types.ModuleType | type):
                other[name] = value
            elif isinstance(value, types.FunctionType):
                other[name] = _seeing(value, self, other)
            else:
                other[name] = duplicate(value)
        return other


def _seeing(function: types.FunctionType, before: dict[str, Any], after: dict[str, Any]) -> types.FunctionType:
    """The same function with other globals, if it was a script's own."""
    if function.__globals__ is not before:
        return function
    copied = types.FunctionType(
        function.__code__, after, function.__name__, function.__defaults__, function.__closure__
    )
    copied.__kwdefaults__ = function.__kwdefaults__
    return copied


def base_namespace(loaded: LoadedModule) -> Namespace:
    """The submission's names, with the built-in names that it was loaded with."""
    own = next((f.__globals__ for f in loaded.namespace.values() if inspect.isfunction(f)), {})
    names = Namespace()
    for name, value in loaded.namespace.items():
        if isinstance(value, types.FunctionType):
            names[name] = _seeing(value, own, names)
        elif not loaded.complete or callable(value) or isinstance(value, types.ModuleType):
            names[name] = value  # what a whole run has left behind is not what the loop began with
    names["__builtins__"] = own.get("__builtins__") or builtins_for(builtins.__import__)
    names["__name__"] = "submission"
    names[FIRST] = first_of
    return names


def seeded(seed: int = 7) -> None:
    """The same random numbers every time that a script is run."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  the generator that submissions use


def first_of(iterable: Iterable[Any]) -> list[Any]:
    """The first element, as a list."""
    return [next(iter(iterable))]


@dataclass(frozen=True)
class Data:
    """Where a script has its examples, and which way round: names, and whether examples are rows."""

    x: str
    y: str
    x_rows: bool = True
    y_rows: bool = True
    y_flat: bool = False
    written_out: bool = False
    outputs: int = 1
    labels: bool = False

    def values(self, x: Array, y: Array) -> dict[str, Any]:
        """The examples as the script has them."""
        given: dict[str, Any] = {self.x: x.T.copy() if self.x_rows else x.copy()}
        if self.labels:
            given[self.y] = y.argmax(axis=0)
        else:
            given[self.y] = y[0].copy() if self.y_flat else (y.T.copy() if self.y_rows else y.copy())
        return {name: value.tolist() for name, value in given.items()} if self.written_out else given


@dataclass(frozen=True)
class Script:
    """A block in a namespace, ready to run."""

    block: Block
    base: Namespace = field(repr=False)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def before_loop(self, given: Mapping[str, Any] | None = None) -> Namespace:
        """What the names are when the loop begins; data that are *given* take the place of the script's own.

        A statement that fails (a file that is not here) costs its names only.
        """
        seeded()
        names = duplicate(self.base)
        names.update(duplicate(dict(self.parameters)))
        given = given or {}
        names.update({name: value for name, value in given.items() if name in self.parameters})
        statements = prepared(self.block.prefix)
        for name in {name for s in statements for name in assigned(s)} - self.parameters.keys():
            names.pop(name, None)  # they come again, in their order
        last = {name: i for i, s in enumerate(statements) for name in assigned(s) if name in given}
        for index, statement in enumerate(statements):
            attempt(exec, compile(ast.Module([statement], []), "submission", "exec"), names)
            for name, value in given.items():
                before = names.get(name)
                if last.get(name) == index and np.shape(before)[1:] == np.shape(value)[1:]:
                    names[name] = value
        return names

    def run(self, names: Namespace) -> None:
        """One round of the loop; what it raises is passed on."""
        exec(compile(one_round_of(self.block.loop), "submission", "exec"), names)  # noqa: S102  that is the step


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
        begin(self.before, self.chain)

    def _understood(self, data: Data | None) -> tuple[Chain, Data]:
        """Weights that chain and are learnt, with examples of their first and their last size."""
        for found in self._chains(data):
            if found is None or len(found.sizes) < 2 or not any(self._learnt(layer) for layer in found.layers):
                continue
            examples = data or attempt(self._data, found.sizes).value
            fits = data is None or (found.sizes[0], found.sizes[-1]) == (SIZES[0], data.outputs)
            if isinstance(examples, Data) and fits:
                return found, examples
        raise LookupError("no weights that chain and learn")

    def with_examples(self, x: Array, y: Array) -> Namespace:
        """What the names are when the loop begins on these examples.

        A number of classes that was counted in the labels stays what it was.
        """
        names = self.script.before_loop(self.data.values(x, y))
        if self.data.labels:
            for holder, key, value in _whole_numbers(self.before, names):
                if value == self.data.outputs:
                    holder[key] = value
        return names

    def _learnt(self, layer: Layer) -> bool:
        place = layer.weights
        return place.name in self.moved or held(place).name in self.moved

    def _chains(self, data: Data | None) -> Iterator[Chain | None]:
        used = self.script.block.names
        named = {n for n in self.before if n in used and BIASES.fits(n)}
        root = {name: self.before[name] for name in self.before if name in self.roots | named}
        yield chain(root, None)
        lengths = [n for slot in slots(root) for n in slot.get(root).shape]
        sizes = list(dict.fromkeys(n for length in lengths for n in (length, length - 1) if n))
        if data is None:
            yield from (chain(root, (n, 1)) for n in sizes)
            return
        yield chain(root, (SIZES[0], data.outputs))
        yield from (chain(root, (SIZES[0], n, data.outputs)) for n in sizes)

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


def _whole_numbers(before: Mapping[str, Any], after: Namespace) -> Iterator[tuple[dict[str, Any], str, int]]:
    """Names and attributes that are whole numbers: where they are kept now, and what they were before."""
    pairs: list[tuple[Mapping[str, Any], dict[str, Any]]] = [(before, after)]
    pairs += [(vars(b), vars(after[n])) for n, b in before.items() if hasattr(b, "__dict__") and not callable(b)]
    for old, new in pairs:
        yield from ((new, name, value) for name, value in old.items() if type(value) is int)


def learner_of_script(search: ScriptSearch) -> Learner:
    """The block as a learner on its own sizes."""
    script = search.script
    left = _readout(search)

    def with_data(root: Namespace, x: Array, y: Array) -> Namespace:
        names = search.with_examples(x, y)
        for place in _everything(search):
            place.set(names, place.get(root))
        for slot in slots({k: v for k, v in root.items() if isinstance(v, float)}, numbers=True):
            names[slot.name] = root[slot.name]
        return names

    def step(root: Namespace, x: Array, y: Array, _: float) -> None:
        names = with_data(root, x, y)
        script.run(names)
        for place in _everything(search):
            place.set(root, place.get(names))

    def forward(root: Namespace, x: Array, n_out: int) -> Array | None:
        names = with_data(root, x, np.full((n_out, x.shape[1]), TARGET))
        script.run(names)
        return left.output(names, n_out, x.shape[1]) if left else None

    def places(root: Namespace, _: Sequence[int]) -> Mapping[str, Place]:
        layers = [
            replace(layer, biases=tuple(b for b in layer.biases if b.name in search.moved or _called_bias(b)))
            for layer in search.chain.layers
        ]
        return used_places(root, layers, respond)

    def respond(root: Namespace) -> Array | None:
        names = duplicate(root)
        if not attempt(script.run, names).returned:
            return None
        changes = [p.get(names) - p.get(root) for p in _everything(search)]
        return np.concatenate([change.ravel() for change in changes])

    return Learner(
        make=lambda *_: _begun(search),
        places=places,
        step=step,
        forward=forward if left else None,
        namespace={},
    )


def _begun(search: ScriptSearch) -> Namespace:
    names = search.script.before_loop(None)
    begin(names, search.chain)
    return names


def _called_bias(place: Place) -> bool:
    return BIASES.fits(place.last)


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


SIZES = (4, 7, 6, 9)
EXAMPLES = 5


def searches(block: Block, base: Namespace, owner: Any = None) -> Iterator[ScriptSearch]:
    """The ways in which a block can be run: as it stands or, in a function, for arguments of ours."""
    if not block.function:
        yield from _found(Script(block, base), None)
        return
    function = getattr(owner, block.function, None) if owner is not None else base.get(block.function)
    if not callable(function):
        return
    itself = _first_parameter(owner, block.function)
    for recipe in recipes(function, ARGUMENTS, ARGUMENT_TEMPLATES):
        for form in FORMS:
            bound, data = _bound(function, recipe, form)
            bound.update({itself: owner} if itself else {})
            yield from _found(Script(block, base, bound), data)


ARGUMENTS = ("x", "y", "sizes", "n_in", "n_hidden", "n_out", "rate", "epochs", "batch", "l2", "momentum", "verbose")
ARGUMENT_TEMPLATES = (("x", "y"), ("y",), ("x",), ("n_hidden",), ("rate",), ("epochs",), ("rate", "epochs"))


FORMS = (
    Data("x", "y", outputs=3),
    Data("x", "y", x_rows=False, y_rows=False, outputs=3),
    Data("x", "y", outputs=3, labels=True),
    Data("x", "y", x_rows=False, outputs=3, labels=True),
    Data("x", "y"),
    Data("x", "y", y_flat=True),
    Data("x", "y", x_rows=False, y_rows=False),
)
"""How functions take their examples."""


def _found(script: Script, data: Data | None) -> Iterator[ScriptSearch]:
    found = attempt(ScriptSearch, script, data).value
    if isinstance(found, ScriptSearch):
        yield found


def _first_parameter(owner: Any, method: str) -> str:
    """What a method calls the object that it belongs to."""
    if owner is None:
        return ""
    return next(iter(inspect.signature(getattr(type(owner), method)).parameters), "")


def _bound(function: Any, recipe: Recipe, form: Data) -> tuple[dict[str, Any], Data | None]:
    """Values for a function's parameters, and which of them are the examples."""
    rng = np.random.default_rng(6)
    x, y = rng.standard_normal((SIZES[0], EXAMPLES)), rng.uniform(0.1, 0.9, (form.outputs, EXAMPLES))
    if form.labels:
        y = np.eye(form.outputs)[:, np.arange(EXAMPLES) % form.outputs]
    names = {role: name for name, role in recipe.parameters}
    given: dict[str, Any] = {
        **NEUTRAL, **form.values(x, y), "n_hidden": Several(SIZES[1:]), "sizes": [SIZES[0], SIZES[1], form.outputs],
        "n_in": SIZES[0], "n_out": form.outputs, "rate": 1.0, "batch": EXAMPLES,
    }  # fmt: skip
    defaults = {p.name: p.default for p in inspect.signature(function).parameters.values() if p.default is not p.empty}
    both = "x" in names and "y" in names
    data = replace(form, x=names["x"], y=names["y"]) if both else None
    return {**defaults, **recipe.keywords(given)}, data
