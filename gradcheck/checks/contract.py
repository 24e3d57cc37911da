"""What a gradient must keep to before its numbers are looked at, and after: each rule its own sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import Named, bind, describe, entry, flatten, rebuild
from gradcheck.checks.wording import joined
from gradcheck.evaluator import Evaluator
from gradcheck.results import Finding, Verdict

Array = NDArray[Any]
SAME = 1e-9  # two answers that differ by less, relative to the array's largest, differ by round-off


@dataclass(frozen=True)
class Answer:
    """What one call of the gradient gave: arrays that can be compared, by name, and what was wrong with the rest."""

    arrays: Named
    findings: tuple[Finding, ...]
    flags: tuple[str, ...] = ()


def fail(check: str, message: str) -> Finding:
    """A failed check."""
    return Finding(check, Verdict.FAIL, message)


def ask(gradient: Callable[..., Any], evaluator: Evaluator) -> Answer:
    """Call *gradient* twice at copies of the point and hold its answers to the contract.

    Checked: it answers; names, shapes, dtypes and finiteness; the same answer twice; the point left
    alone. Reused buffers are right: the first answer is copied before the second call. Noted, but no
    fault: storage shared with the point or between arrays, names that the point does not have.
    """
    point = {name: array.copy() for name, array in evaluator.original.items()}
    call = bind(gradient, evaluator.at)
    try:
        returned = call(rebuild(evaluator.at, point))
        answer = read(returned, evaluator.original)
        flags = answer.flags + _shared(returned, point)
        touched = _touched(point, evaluator.original)
        point = {name: array.copy() for name, array in evaluator.original.items()}
        again = read(call(rebuild(evaluator.at, point)), evaluator.original)
    except Exception as error:  # noqa: BLE001 - whatever a user's function raises becomes a sentence
        what = f"The gradient raised {type(error).__name__}: {str(error)[:500]}"
        return Answer({}, (fail("gradient", what),))
    return Answer(answer.arrays, (*answer.findings, *touched, *_differs(answer.arrays, again.arrays)), flags)


def read(returned: Any, parameters: Named) -> Answer:
    """The returned tree as float64 copies under the parameters' names."""
    if returned is None:
        return Answer({}, (fail("gradient", "The gradient returned None; does every path return it?"),))
    leaves, findings, flags = _named(returned, parameters)
    arrays: Named = {}
    for name, parameter in parameters.items():
        if name in leaves:
            array, fault = _leaf(name, leaves[name], parameter)
            findings += [fault] if fault else []
            if array is not None:
                arrays[name] = array
    return Answer(arrays, tuple(findings), tuple(flags))


def _named(returned: Any, parameters: Named) -> tuple[dict[str, Any], list[Finding], list[str]]:
    leaves = flatten(returned)
    if len(leaves) == len(parameters) and not isinstance(returned, Mapping):
        return dict(zip(parameters, leaves.values(), strict=True)), [], []
    missing = [name for name in parameters if name not in leaves]
    extra = [name for name in leaves if name not in parameters]
    findings, flags = [], []
    if missing:
        has = f"it has {joined(leaves, 8)}" if leaves else "it is empty"
        findings = [fail("keys", f"The gradient has nothing under {joined(missing, 8)}; {has}.")]
    elif extra:
        flags = [f"The gradient also holds {joined(extra, 8)}, which the point does not; not looked at."]
    return leaves, findings, flags


def _leaf(name: str, leaf: Any, parameter: Array) -> tuple[Array | None, Finding | None]:
    """One array of the answer as float64 of the parameter's shape, and what is wrong with it, if anything."""
    if leaf is None:
        return None, fail("keys", f"The gradient of {name} is None; it was never filled in.")
    array = np.asarray(leaf.detach() if hasattr(leaf, "detach") else leaf)
    if array.dtype.kind not in "fiub" and not (array.dtype.kind == "c" and not array.imag.any()):
        return None, fail("dtype", f"The gradient of {name} is {describe(array)}; it must be real numbers.")
    if array.shape != parameter.shape:
        return None, fail("shape", _shape_sentence(name, array, parameter))
    values = array.real.astype(np.float64)
    bad = np.argwhere(~np.isfinite(values))
    if not len(bad):
        return values, None
    where = entry(name, tuple(int(i) for i in bad[0]))
    value = values[tuple(bad[0])]
    return values, fail("finite", f"The gradient is {value} at {where}, and not finite at {len(bad)} of its entries.")


def _shape_sentence(name: str, array: Array, parameter: Array) -> str:
    message = f"The gradient of {name} is {describe(array)}, the parameter {describe(parameter)}"
    if array.shape == parameter.shape[::-1]:
        return f"{message}: it is transposed."
    if array.size == parameter.size:
        return f"{message}: as many entries in another shape, which would broadcast; reshape it."
    if array.size == 1:
        return f"{message}: it has been summed to one number."
    return f"{message}."


def _shared(returned: Any, point: Named) -> tuple[str, ...]:
    leaves = [(name, leaf) for name, leaf in flatten(returned).items() if isinstance(leaf, np.ndarray)]
    flags = [
        f"The gradient's {name} lies in the memory of the parameter {own}: copy it before an update in place."
        for name, leaf in leaves
        for own, array in point.items()
        if np.shares_memory(leaf, array)
    ]
    pairs = [(a, b) for i, (a, x) in enumerate(leaves[:64]) for b, y in leaves[i + 1 : 64] if np.shares_memory(x, y)]
    return tuple(flags + [f"The gradient's {a} and {b} share memory." for a, b in pairs])


def _touched(point: Named, original: Named) -> list[Finding]:
    names = [name for name, array in point.items() if not np.array_equal(array, original[name])]
    return [fail("point", f"The gradient changed the parameters it was given ({joined(names, 8)}).")] if names else []


def _differs(first: Named, second: Named) -> list[Finding]:
    for name in first.keys() & second.keys():
        largest = np.abs(first[name][np.isfinite(first[name])]).max(initial=0)
        if not np.allclose(first[name], second[name], rtol=0, atol=SAME * largest, equal_nan=True):
            doubled = np.allclose(2 * first[name], second[name], rtol=0, atol=SAME * largest)
            why = "is twice the first" if doubled else "differs from the first"
            what = (
                "it is added to its buffer instead of written; zero the buffer first" if doubled else "it keeps state"
            )
            sentence = f"The gradient's second answer at the same point {why} in {name}: {what}."
            return [fail("repeatable", sentence)]
    return []
