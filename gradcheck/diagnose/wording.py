"""An explanation in the chapter's words: what is missing, in which layer, by which equation, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gradcheck.diagnose.evidence import Evidence
from gradcheck.diagnose.relations import Relation
from gradcheck.diagnose.search import Explanation
from gradcheck.reference.faults import Planted, lesson, superscript
from gradcheck.results.check import Diagnosis

NEARLY_ALL = 0.9995
SEVERAL = {None: "every layer", "hidden": "every hidden layer"}


def diagnoses(explanation: Explanation, evidence: Evidence) -> tuple[Diagnosis, ...]:
    """One diagnosis for each fault and each relation; the last says what stays unexplained."""
    network = evidence.probes[0].network
    share = round(max(0.0, explanation.share), 6)
    found = [
        Diagnosis(
            one.fault.id,
            _where(one),
            _with_rate(one.fault.sentence(network, one.position), one, explanation.rate),
            share,
            one.fault.equation_at(network, one.position),
            lesson(one.fault.id, one.position),
        )
        for one in explanation.faults
    ]
    found += [_related(names, one) for names, one in _grouped(explanation.relations, evidence)]
    return _with_rest(found, explanation, evidence)


def _with_rate(sentence: str, one: Planted, rate: float) -> str:
    return f"{sentence}; η = {rate:.3g} fits" if one.fault.rate else sentence


def _where(one: Planted) -> str:
    if not isinstance(one.position, int):
        return SEVERAL[one.position]
    single = len(one.touches) == 1
    return next(iter(one.touches)) if single else f"layer {one.position}"


def _grouped(relations: Mapping[str, Relation], evidence: Evidence) -> Iterable[tuple[tuple[str, ...], Relation]]:
    """The arrays in which one and the same relation holds, together."""
    groups: dict[str, list[str]] = {}
    for name, one in relations.items():
        groups.setdefault(one.says, []).append(name)
    for names in groups.values():
        yield tuple(sorted(names, key=lambda name: (int(name[1:]), name))), relations[names[0]]


def _related(names: Sequence[str], one: Relation) -> Diagnosis:
    equations = sorted({{"b": "BP3", "w": "BP4"}[name[0]] for name in names})
    message = one.says.format(array=listed([derivative(name) for name in names]))
    return Diagnosis(one.id, ", ".join(names), message, round(one.explains, 6), ", ".join(equations))


def _with_rest(found: list[Diagnosis], explanation: Explanation, evidence: Evidence) -> tuple[Diagnosis, ...]:
    """The same, with the consequences of the one fault, what is right, and what is unexplained."""
    if not found:
        return ()
    rest = _consequences(explanation, evidence) if len(found) == 1 else []
    right = [name for name in evidence.names if name not in evidence.wrong]
    if explanation.unexplained:
        rest.append(f"{listed([derivative(name) for name in explanation.unexplained])}: not explained by that")
    elif right:
        rest.append("everything else is right")
    if explanation.share < NEARLY_ALL:
        rest.append(f"that accounts for {explanation.share:.2%} of the difference")
    *others, last = found
    message = "; ".join([last.message, *rest])
    return (*others, replace(last, message=f"{message}."))


def _consequences(explanation: Explanation, evidence: Evidence) -> list[str]:
    """The layers that are wrong only because an error travels back to them."""
    one = explanation.faults[0] if explanation.faults else None
    if one is None or not one.in_delta or not isinstance(one.position, int):
        return []
    below = sorted({int(name[1:]) for name in evidence.wrong if int(name[1:]) < one.position})
    if not below:
        return []
    word = "layer" if len(below) == 1 else "layers"
    return [
        f"{word} {listed([str(l) for l in below])} {'is' if len(below) == 1 else 'are'} wrong only as a consequence"
    ]


def derivative(name: str) -> str:
    """``w2`` as ∂C/∂w²."""
    return f"∂C/∂{name[0]}{superscript(int(name[1:]))}"


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
