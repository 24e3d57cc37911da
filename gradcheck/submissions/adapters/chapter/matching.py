"""Which of the returned arrays is the gradient of which parameter: by name, by shape, by place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.leaves import leaves, numeric
from gradcheck.submissions.adapters.common.vocabulary.names import last_name, letters
from gradcheck.submissions.subjects import BadReturnError

Path = tuple[Any, ...]
Shape = tuple[int, ...]
PREFIXES = ("d", "grad", "nabla", "delta", "g", "dl", "dj", "partial", "dc")
WEIGHTS = ("w", "ws", "weight", "weights")
BIASES = ("b", "bs", "bias", "biases")
_BESIDE = (*PREFIXES, "grads", "gradient", "deltas")
_CALLED = {
    kind: frozenset(form for word in words for beside in _BESIDE for form in (beside + word, word + beside))
    for kind, words in (("w", WEIGHTS), ("b", BIASES))
}
"""What lists of gradients are called: ``nabla_w``, ``dW``, ``grad_weights``, ``weight_grads``..."""


@dataclass(frozen=True)
class Match:
    """For each parameter the path of its gradient in what was returned; ``exact`` counts those of the right shape."""

    paths: Mapping[str, Path]
    exact: int

    def pick(self, returned: Any, what: str) -> dict[str, Any]:
        """The gradients by parameter, as returned.

        Raises BadReturnError in a sentence where one is not there.
        """
        picked = {}
        for name, path in self.paths.items():
            value = returned
            for key in path:
                try:
                    value = value[key]
                except (KeyError, IndexError, TypeError):
                    value = None
                    break
            array = numeric(value)
            if array is None:
                raise BadReturnError(f"{what} returned no gradient for {name}; does every path return it?")
            picked[name] = array
        return picked


def match(returned: Any, shapes: Mapping[str, Shape]) -> Match:
    """The gradient of each parameter, as far as it can be told.

    Names decide before shapes, the right shape before a transposed one, and what then remains goes
    by its place beside its neighbours.
    """
    found = [pair for path, leaf in leaves(returned) for pair in _unstacked(path, numeric(leaf), shapes.values())]
    paths: dict[str, Path] = {}
    for rule in (_named, _called, _same_shape, _same_size, _transposed):
        for name, shape in shapes.items():
            if name not in paths:
                free = [(path, array) for path, array in found if path not in paths.values()]
                path = next((path for path, array in free if rule(name, shape, path, array.shape)), None)
                if path is not None:
                    paths[name] = path
    exact = sum(_fits(shapes[name], np.shape(_at(found, path))) for name, path in paths.items())
    return Match(_by_place(paths, found, list(shapes)), exact)


def _unstacked(path: Path, array: Any, wanted: Iterable[Shape]) -> list[tuple[Path, Any]]:
    """An array with its path; its slices with theirs, where those fit and it does not (a list made an array)."""
    if array is None:
        return []
    known = list(wanted)
    slices = array.ndim > 1 and array.shape[1:] in known and not any(_fits(shape, array.shape) for shape in known)
    return [((*path, i), array[i]) for i in range(len(array))] if slices else [(path, array)]


def ambiguous(found: Match, returned: Mapping[str, Any], shapes: Mapping[str, Shape]) -> bool:
    """Whether an array was taken for its shape alone among several of that shape that no name tells apart."""
    taken = set(found.paths.values())
    free = [np.shape(array) for name, array in returned.items() if (name,) not in taken]
    by_shape = [
        name
        for name, path in found.paths.items()
        if not any(rule(name, shapes[name], path, shapes[name]) for rule in (_named, _called))
    ]
    return any(_fits(shapes[name], shape) for name in by_shape for shape in free)


def _at(found: Sequence[tuple[Path, Any]], path: Path) -> Any:
    return next(array for known, array in found if known == path)


def _named(name: str, shape: Shape, path: Path, returned: Shape) -> bool:
    key = next((last_name(key) for key in reversed(path) if isinstance(key, str)), "")
    own = letters(name.rpartition(".")[2].replace("['", ".").replace("']", "").rpartition(".")[2])
    bare = own.partition("[")[0]
    if not key or bare == own.replace("[", "") + "[":
        return False
    place = path[-1] if isinstance(path[-1], int) else None
    same_place = place is None or f"[{place}]" in name
    return same_place and letters(key) in {prefix + bare for prefix in ("", *PREFIXES)} | {bare + "grad"}


def _called(name: str, shape: Shape, path: Path, returned: Shape) -> bool:
    """Whether an array of the right shape is in what is called the gradients of weights, or of biases."""
    own = letters(name.partition("[")[0].rpartition(".")[2])
    kind = "w" if own in WEIGHTS else "b" if own in BIASES else ""
    keys = [letters(key.partition("[")[0].rpartition(".")[2]) for key in path if isinstance(key, str)]
    return bool(kind) and _fits(shape, returned) and any(key in _CALLED[kind] for key in keys)


def _fits(shape: Shape, returned: Shape) -> bool:
    return shape == returned or (_flat(shape) and _flat(returned) and np.prod(shape) == np.prod(returned))


def _flat(shape: Shape) -> bool:
    return sum(n != 1 for n in shape) <= 1


def _same_shape(name: str, shape: Shape, path: Path, returned: Shape) -> bool:
    return shape == returned


def _same_size(name: str, shape: Shape, path: Path, returned: Shape) -> bool:
    return _fits(shape, returned)


def _transposed(name: str, shape: Shape, path: Path, returned: Shape) -> bool:
    return len(shape) == 2 and shape == returned[::-1]


def _by_place(paths: dict[str, Path], found: Sequence[tuple[Path, Any]], names: list[str]) -> dict[str, Path]:
    """What has no match yet goes where its layer's place in its neighbours' list says: ``[0][1]`` beside ``[0][0]``."""
    known = dict(paths)
    for name in names:
        if name in known:
            continue
        for other, path in paths.items():
            moved = _moved(other, name, path)
            if moved is not None and moved not in known.values() and any(moved == p for p, _ in found):
                known[name] = moved
                break
    missing, free = [n for n in names if n not in known], [path for path, _ in found if path not in known.values()]
    if len(missing) == len(free) == 1 and len(names) == len(found):
        known[missing[0]] = free[0]
    return {name: known[name] for name in names if name in known}


def _moved(other: str, name: str, path: Path) -> Path | None:
    """The path of *name* from that of *other*, where the two differ by their last index only."""
    base, _, index = name.rpartition("[")
    other_base, _, other_index = other.rpartition("[")
    if base != other_base or not base or not path or not isinstance(path[-1], int):
        return None
    try:
        return (*path[:-1], path[-1] + int(index[:-1]) - int(other_index[:-1]))
    except ValueError:
        return None
