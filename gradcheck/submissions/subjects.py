"""What an adapter makes of a submission, however it is written: models that can be built, and cases with a point.

A *model* is a fully connected network: it is built in any sizes and answers forward, cost and
gradient. A *case* is anything else with named arrays, a scalar cost of them and a gradient: a layer
under a random upstream gradient, an expression of an autodiff engine, a function of a flat vector.

Parameters keep the submission's own names and shapes (``weights[0]``, ``params['W1']``). Data do not:
inputs are always (n_in, m) and targets (n_out, m), one example per column, and the adapter turns
them into what the submission takes. Everything here runs where the submission runs and may raise
what the submission raises; nothing here judges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from numpy.typing import NDArray

from gradcheck.submissions.loading import LoadedModule

Array = NDArray[Any]
Named = dict[str, Any]


class BadReturnError(Exception):
    """The submission answered, but not with what was asked for; the text is a sentence for its author."""


@dataclass(frozen=True)
class Hints:
    """What a person said about a submission; empty strings and None mean: find out.

    ``family`` is an adapter's name; ``names`` maps a role (``class``, ``forward``, ``backward``,
    ``cost``, ``update``) to the submission's own name for it.
    """

    family: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelInfo:
    """What is known of a model without running the judge; plain data, for the other side of a pipe.

    ``sizes`` is given where it can be built in no others; ``hidden_layers`` where only the depth is
    fixed, ``outputs`` where only n_out is. ``examples`` is the most columns it takes at once (None:
    any number). ``forward``, ``cost`` and ``l2`` say what it offers besides a gradient. ``targets``
    is ``"any"`` or, for code that takes class labels or one-hot columns only, ``"one-hot"``.
    ``updates`` is true where the gradient is read off a change of the weights, which the call
    therefore makes. ``precision`` is the relative accuracy that the gradient can have by the way it
    is obtained (1e-7 where it is read off such a change), and ``free_factor`` is true where its scale is
    not known beforehand (a learning rate written into the code). ``declared_cost`` is the cost that the
    code itself names besides computing gradients, e.g. by a ``cost_derivative`` that returns a − y.
    """

    family: str
    title: str
    sizes: tuple[int, ...] | None = None
    hidden_layers: int | None = None
    outputs: int | None = None
    examples: int | None = None
    forward: bool = True
    cost: bool = False
    l2: bool = False
    targets: str = "any"
    updates: bool = False
    precision: float = 0.0
    free_factor: bool = False
    declared_cost: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseInfo:
    """What is known of a case. ``equation`` is the rule that it rests on, ``group`` what it is part of (a class).

    ``formula`` is the text of one of ``formulas.catalogue`` that it computes, if any, of values that hold
    ``arrays`` or numbers. ``upstream`` says how a gradient comes to an array: the formula's weights ``handed`` to
    the way back or ``summed`` by the engine, or ones, ``added`` up by the engine or ``alone``.
    """

    id: str
    family: str
    title: str
    group: str = ""
    equation: str = ""
    precision: float = 0.0
    notes: tuple[str, ...] = ()
    formula: str = ""
    upstream: str = ""
    arrays: bool = False


class Net(Protocol):
    """One live network of certain sizes. Parameters given are set before every call; state is otherwise kept."""

    def parameters(self) -> Named:
        """Copies of the parameters, own names and shapes, from input to output."""

    def forward(self, parameters: Mapping[str, Array], x: Array) -> Any:
        """The output (n_out, m) for inputs (n_in, m)."""

    def cost(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Any:
        """The cost that the submission reports for these examples, a number; *l2* is its own λ."""

    def gradient(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Named:
        """The gradient as returned, by parameter name; shapes are the submission's, right or wrong.

        Raises BadReturnError where something is missing (None, too few arrays).
        """


class Model(Protocol):
    """A network that can be built."""

    @property
    def info(self) -> ModelInfo:
        """What is known of it."""

    def build(self, sizes: Sequence[int], seed: int) -> Net:
        """A fresh network of those sizes; *seed* is for whatever is random in it."""


class Case(Protocol):
    """Named arrays, a cost of them and a gradient."""

    @property
    def info(self) -> CaseInfo:
        """What is known of it."""

    def point(self, seed: int) -> Named:
        """Float arrays at which to check; other seeds give other points (and other data, upstream gradients...)."""

    def cost(self, point: Mapping[str, Array], seed: int) -> Any:
        """The scalar whose gradient ``gradient`` claims to be, at *point*, with the data of *seed*."""

    def gradient(self, point: Mapping[str, Array], seed: int) -> Named:
        """The gradient as returned, by the point's names.

        Raises BadReturnError where something is missing.
        """


@dataclass(frozen=True)
class Found:
    """What one adapter found in a submission; ``unfinished`` says what is there but does not answer yet."""

    models: tuple[Model, ...] = ()
    cases: tuple[Case, ...] = ()
    notes: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.models or self.cases)


class Adapter(Protocol):
    """One family of interfaces; a module of ``adapters`` is one."""

    FAMILY: str

    def find(self, loaded: LoadedModule, hints: Hints) -> Found:
        """What of this family the submission holds; empty where nothing is. Raises nothing of its own.

        It may run the submission's code on small arrays to see which way round things are.
        """
