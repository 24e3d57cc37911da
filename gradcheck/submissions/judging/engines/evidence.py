"""Which operation is at fault: outcomes put together, so that one slip is found once and where it sits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.submissions.formulas.formula import Formula
from gradcheck.submissions.judging.engines.outcomes import Outcome

BARE = ("direct", "number", "reflected")
"""Roles of formulas that use one operation and no other."""

GOING_BACK = ("back", "grad", "vjp", "<lambda>")
"""Parts of the names of functions that go back through one operation."""

ORDER = (BARE, ("scaled",), ("same", "reuse"), ("inside",), ("broadcast",), ("graph",))
"""Roles in the order in which they convict: each uses operations that the earlier ones have examined."""


@dataclass(frozen=True)
class Conviction:
    """An operation, the role of formula that convicts it, and its outcomes of that role that failed."""

    operation: str
    roles: tuple[str, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def first(self) -> Outcome:
        """The simplest of them."""
        return self.outcomes[0]


def convictions(outcomes: Sequence[Outcome]) -> list[Conviction]:
    """Operations that fail where everything else in the formula is right, the simplest formulas first.

    What is left is convicted as a whole: operation ``""``, formulas of right operations in a wrong order.
    """
    found: list[Conviction] = []
    guilty: set[str] = set()
    sums = [o for o in outcomes if o.failed and o.formula.text == "a.sum()"]
    sums = sums if any("sum" in o.reduced for o in outcomes) else []
    for roles in ORDER:
        failing: dict[str, list[Outcome]] = {}
        for outcome in sums if sums and roles == BARE else outcomes:
            if not outcome.failed or outcome.formula.role not in roles or guilty & set(outcome.reduced):
                continue
            operation = "" if outcome.formula.role == "graph" else outcome.formula.operation
            if not guilty & (operations(outcome.formula) | {operation}):
                failing.setdefault(operation, []).append(outcome)
        found.extend(Conviction(operation, roles, tuple(of)) for operation, of in failing.items())
        guilty |= failing.keys()
    return found


def rooted(found: Sequence[Conviction], calls: Mapping[str, Sequence[str]]) -> list[Conviction]:
    """Those that do not call another convicted operation: a − b that is a + (−1) b fails with its product.

    Of those that are written in the same function, a ** b and a ** 2, one is left.
    *calls* names the submission's functions that each operation, bare, has called.
    """
    roots = [one for one in found if not any(_built_on(one, other, calls) for other in found if other is not one)]
    written = [_rules(own_calls(one.operation, calls)) for one in roots]
    return [one for place, one in enumerate(roots) if not written[place] or written[place] not in written[place + 1 :]]


def _built_on(one: Conviction, other: Conviction, calls: Mapping[str, Sequence[str]]) -> bool:
    own, its = (_rules(own_calls(c.operation, calls)) for c in (one, other))
    return bool(its) and its <= set(calls.get(one.operation, ())) and not its >= own


def _rules(names: set[str]) -> set[str]:
    """Of functions those that go back, by their names; all where none is called so."""
    back = {name for name in names if any(word in name.rpartition(".")[2] for word in GOING_BACK)}
    return back or names


def own_calls(operation: str, calls: Mapping[str, Sequence[str]]) -> set[str]:
    """The functions called by an operation that not every operation calls."""
    if operation not in calls:
        return set()
    common = set.intersection(*(set(names) for names in calls.values())) if len(calls) > 1 else set()
    return set(calls[operation]) - common


def place(operation: str, calls: Mapping[str, Sequence[str]]) -> str:
    """The method or function that an operation is written in, as far as its calls say so."""
    own = own_calls(operation, calls)
    names = [name for name in calls.get(operation, ()) if name in own and "<locals>" not in name]
    backward = [name for name in names if name.rpartition(".")[2].startswith("backward")]
    return backward[0] if len(backward) == 1 else next(iter(names), "")


def operations(formula: Formula) -> set[str]:
    """The operations that a formula uses, as its own text calls them."""
    used: set[str] = set()
    leaves = [Recorder(used) for _ in range(formula.leaves)]
    formula.bound(lambda a: a)(*leaves)
    return used | ({formula.function} if formula.function else set())


class Recorder:
    """A leaf that notes what is done with it."""

    def __init__(self, used: set[str]) -> None:
        self._used = used

    def _note(self, operation: str) -> Recorder:
        self._used.add(operation)
        return self

    def __add__(self, other: Any) -> Recorder:
        return self._note("+")

    def __mul__(self, other: Any) -> Recorder:
        return self._note("*")

    def __sub__(self, other: Any) -> Recorder:
        return self._note("-")

    def __truediv__(self, other: Any) -> Recorder:
        return self._note("/")

    def __pow__(self, other: Any) -> Recorder:
        return self._note("**" if isinstance(other, Recorder) else "power")

    def __neg__(self) -> Recorder:
        return self._note("negation")

    def __matmul__(self, other: Any) -> Recorder:
        return self._note("a @ b")

    def __getitem__(self, item: Any) -> Recorder:
        return self._note("index")

    __radd__, __rmul__, __rsub__, __rtruediv__, __rpow__ = __add__, __mul__, __sub__, __truediv__, __pow__

    def dot(self, other: Any) -> Recorder:
        """A matrix product."""
        return self._note("a.dot(b)")

    def sum(self, **_: Any) -> Recorder:
        """A sum."""
        return self._note("sum")

    def mean(self, **_: Any) -> Recorder:
        """A mean."""
        return self._note("mean")

    def max(self) -> Recorder:
        """The largest."""
        return self._note("max")

    def reshape(self, *_: Any) -> Recorder:
        """Another shape."""
        return self._note("reshape")

    def transpose(self) -> Recorder:
        """The transpose."""
        return self._note("transpose")

    def flatten(self) -> Recorder:
        """One axis."""
        return self._note("flatten")

    @property
    def T(self) -> Recorder:  # noqa: N802  NumPy's name
        """The transpose."""
        return self._note("T")


def by_operation(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, list[Outcome]]]:
    """Outcomes of each operation, whole graphs last."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda o: o.formula.role == "graph"):
        groups.setdefault("" if outcome.formula.role == "graph" else outcome.formula.operation, []).append(outcome)
    yield from groups.items()
