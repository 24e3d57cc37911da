"""``check_layer``: a layer with many outputs, its backward pass judged for a random upstream gradient."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import Named, describe, flatten, rebuild
from gradcheck.checks.direction import check_direction
from gradcheck.checks.gradient import check_gradient
from gradcheck.compare import Tolerance
from gradcheck.errors import CouldNotRunError, UsageError
from gradcheck.results import CheckResult, Finding, Verdict
from gradcheck.versions import versions

Array = NDArray[Any]
ROUND_OFF = {np.dtype(np.float64): 1e-10, np.dtype(np.float32): 1e-4}  # relative, of a sum of backward passes
ENTRIES = 20_000  # up to which every entry is looked at by default


def check_layer(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    inputs: Any,
    *,
    every_entry: bool | None = None,
    tolerance: Tolerance | None = None,
    seed: int = 0,
    target: str = "layer",
) -> CheckResult:
    """Whether *backward* is the vector-Jacobian product Jᵀu of *forward*, for random upstream gradients u.

    For a fixed u, ⟨u, forward(inputs)⟩ is one number and backward(u) its gradient, which is then
    checked like any other (the adjoint identity ⟨u, J v⟩ = ⟨Jᵀu, v⟩, for every unit vector v or for
    random ones). A gradient that is added to its buffer instead of written differs at the second call.
    Beside it: backward is linear in u.

    Args:
        forward: called as forward(*inputs), or forward(**inputs) for a dictionary; returns the output
            array (or a dictionary, list or tuple of them), or a pair (output, cache).
        backward: called as backward(upstream, cache), or backward(upstream) if it takes one argument only;
            returns the gradients of the inputs by name (``x``, or ``dx``), or in their order.
        inputs: arrays, data and parameters alike. Integers, booleans and whatever is no array (labels, a
            stride, a mode) are passed on and not differentiated by; their gradients may be None or left out.
        every_entry: look at every entry, or along random directions only; by default up to 20,000 entries.
        tolerance: as in ``check_gradient``.
        seed: of the upstream gradients and of the directions.
        target: what is checked, for the result.

    Raises:
        UsageError: inputs that cannot be differentiated by. What forward or backward raises is a result's reason.

    It sees the Jacobian through random combinations of its rows; a fault that cancels in one is seen in the other.
    """
    layer = _Layer.of(forward, backward, inputs)
    every = layer.entries <= ENTRIES if every_entry is None else every_entry
    try:
        return _checked(layer, check_gradient if every else check_direction, tolerance, seed, target)
    except CouldNotRunError as error:
        return CheckResult(target, Verdict.ERROR, str(error), seed=seed, versions=versions())


def _checked(
    layer: _Layer, check: Callable[..., CheckResult], tolerance: Tolerance | None, seed: int, target: str
) -> CheckResult:
    rng = np.random.default_rng(seed)
    upstream = layer.like_output(rng)
    scalar, pulled = layer.along(upstream)
    result = check(scalar, pulled, layer.point, tolerance=tolerance, seed=seed, target=target)
    structural = any(f.verdict is Verdict.FAIL and f.id not in {"values", "direction"} for f in result.checks)
    if result.verdict is Verdict.ERROR or structural:
        return result
    return _with(result, *layer.contract(upstream, layer.like_output(rng)))


def _with(result: CheckResult, linear: Finding, flags: tuple[str, ...]) -> CheckResult:
    """*result* with what was seen of the backward pass as a whole; not to be linear in u says more than any number."""
    more = replace(result, checks=(*result.checks, linear), flags=result.flags + flags)
    if linear.verdict is Verdict.PASS:
        return more
    return replace(more, verdict=Verdict.FAIL, reason=linear.message, remedy="Correct this first.")


@dataclass(frozen=True)
class _Layer:
    """Forward and backward with their inputs by name; ``point`` are those that are differentiated by."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    inputs: Mapping[str, Any]
    keyword: bool
    cached: bool
    point: Named

    @classmethod
    def of(cls, forward: Callable[..., Any], backward: Callable[..., Any], inputs: Any) -> _Layer:
        """The layer of two callables, however the inputs were given."""
        keyword = isinstance(inputs, Mapping)
        given = dict(inputs) if keyword else _by_position(forward, inputs)
        point = {n: np.asarray(v) for n, v in given.items() if np.asarray(v).dtype.kind == "f" and not _plain(v)}
        if not point:
            raise UsageError(
                f"None of the inputs ({', '.join(given)}) is a floating-point array; pass x.astype(float)."
            )
        return cls(forward, backward, given, keyword, _takes_cache(backward), point)

    @property
    def entries(self) -> int:
        """How many entries are differentiated by."""
        return sum(array.size for array in self.point.values())

    def run(self, point: Mapping[str, Any]) -> tuple[Any, Any]:
        """The output and the cache of a forward pass at *point*."""
        given = {**self.inputs, **point}
        positional, named = ((), given) if self.keyword else (given.values(), {})
        returned = _called("forward", self.forward, *positional, **named)
        if self.cached and not (isinstance(returned, tuple | list) and len(returned) == 2):
            raise CouldNotRunError("backward takes a cache, but forward returns no pair (output, cache).")
        return returned if self.cached else (returned, None)

    def pull(self, upstream: Any, cache: Any) -> Any:
        """backward(upstream), arranged as the point."""
        arguments = (upstream, cache) if self.cached else (upstream,)
        return _arranged(_called("backward", self.backward, *arguments), self)

    def like_output(self, rng: np.random.Generator) -> Any:
        """A random upstream gradient with the structure of the output, its entries between ½ and 1½ either way."""
        output, _ = self.run({name: array.copy() for name, array in self.point.items()})
        leaves = {name: np.asarray(leaf) for name, leaf in flatten(output).items()}
        for leaf in leaves.values():
            if leaf.dtype.kind != "f":
                raise CouldNotRunError(
                    f"The forward pass returned {describe(leaf)}; it must return floating-point arrays."
                )
        drawn = {n: (rng.uniform(0.5, 1.5, a.shape) * rng.choice([-1, 1], a.shape)) for n, a in leaves.items()}
        return rebuild(output, {n: d.astype(leaves[n].dtype) for n, d in drawn.items()})

    def along(self, upstream: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
        """⟨u, forward⟩ as a cost of the point, and backward(u) as its gradient."""

        def scalar(point: Named) -> Any:
            return _inner(upstream, self.run(point)[0])

        def pulled(point: Named) -> Any:
            _, cache = self.run(point)
            return self.pull(_copied(upstream), cache)

        return scalar, pulled

    def contract(self, upstream: Any, other: Any) -> tuple[Finding, tuple[str, ...]]:
        """Whether it is linear in the upstream gradient; as flags, what it does that another layer may not expect."""
        cache, handed = self.run(self._fresh())[1], _copied(upstream)
        first, second = _read(self.pull(handed, cache)), _read(self.pull(_copied(upstream), cache))
        both, one = self._fresh_pull(_combined(upstream, other)), self._fresh_pull(_copied(upstream))
        two = self._fresh_pull(_copied(other))
        round_off = self._round_off(upstream)
        flags = (
            () if _same(flatten(handed), flatten(upstream), 0.0) else (_CHANGED,),
            () if _same(second, first, round_off) else (_ONCE,),
        )
        holds = _same(both, {name: one[name] + 2 * two[name] for name in both}, round_off)
        message = "backward is linear in the upstream gradient." if holds else _NONLINEAR
        return Finding("linear", Verdict.PASS if holds else Verdict.FAIL, message), flags[0] + flags[1]

    def _round_off(self, upstream: Any) -> float:
        """What the backward pass of a sum may differ from the sum of backward passes, in the narrowest dtype."""
        arrays = (*self.point.values(), *(np.asarray(leaf) for leaf in flatten(upstream).values()))
        return max(ROUND_OFF.get(array.dtype, 1e-10) for array in arrays)

    def _fresh(self) -> Named:
        return {name: array.copy() for name, array in self.point.items()}

    def _fresh_pull(self, upstream: Any) -> Named:
        return _read(self.pull(upstream, self.run(self._fresh())[1]))


_NONLINEAR = (
    "backward is not linear in the upstream gradient: backward(u + 2v) is not backward(u) + 2 backward(v); "
    "does every term use the upstream gradient, once?"
)
_CHANGED = "backward changes the upstream gradient it is given: copy it where another layer needs it too."
_ONCE = (
    "A second backward pass on the same forward pass answers otherwise: it adds to its buffer, or works in place on "
    "its cache. One forward pass serves one backward pass."
)


def _called(what: str, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What *function* returns; what it raises in a sentence, as CouldNotRunError."""
    try:
        return function(*arguments, **named)
    except Exception as error:
        raise CouldNotRunError(f"{what} raised {type(error).__name__}: {str(error)[:500]}") from error


def _plain(value: Any) -> bool:
    return isinstance(value, int | float | str) or value is None


def _by_position(forward: Callable[..., Any], inputs: Any) -> dict[str, Any]:
    """Inputs in their order under the names of forward's parameters."""
    given = list(inputs) if isinstance(inputs, tuple | list) else [inputs]
    try:
        names = [p.name for p in inspect.signature(forward).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    except (TypeError, ValueError):
        names = []
    names += [f"input[{k}]" for k in range(len(names), len(given))]
    return dict(zip(names, given, strict=False))


def _takes_cache(backward: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(backward).parameters.values()
    except (TypeError, ValueError):
        return False
    needed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty]
    return len(needed) > 1


def _arranged(returned: Any, layer: _Layer) -> Any:
    """What backward returned, by the names of the inputs that are differentiated by."""
    if isinstance(returned, Mapping):
        return {name: returned.get(name, returned.get(f"d{name}")) for name in layer.point}
    if not isinstance(returned, tuple | list):
        return dict.fromkeys(layer.point, returned) if len(layer.point) == 1 else returned
    names = layer.inputs if len(returned) == len(layer.inputs) else layer.point
    by_name = dict(zip(names, returned, strict=False))
    return {name: by_name[name] for name in layer.point if name in by_name}


def _read(tree: Any) -> Named:
    """The leaves that are arrays, copied: a buffer may be reused."""
    return {name: np.array(leaf, dtype=float) for name, leaf in flatten(tree).items() if leaf is not None}


def _copied(tree: Any) -> Any:
    return rebuild(tree, {name: np.array(leaf) for name, leaf in flatten(tree).items()})


def _combined(upstream: Any, other: Any) -> Any:
    pairs = zip(flatten(upstream).items(), flatten(other).values(), strict=True)
    return rebuild(upstream, {name: u + 2 * v for (name, u), v in pairs})


def _inner(upstream: Any, output: Any) -> Any:
    return sum(np.sum(u * out) for u, out in zip(flatten(upstream).values(), flatten(output).values(), strict=True))


def _same(one: Mapping[str, Any], two: Mapping[str, Any], relative: float) -> bool:
    """Whether arrays agree to *relative* of their largest entry, in the precision that they hold."""
    for name, array in one.items():
        largest = float(np.abs(array).max(initial=0))
        if np.shape(array) != np.shape(two[name]) or np.abs(array - two[name]).max(initial=0) > relative * largest:
            return False
    return True
