"""Loss functions: ``svm_loss_naive(W, X, y, reg)`` of a linear classifier, ``softmax_loss(x, y)`` of scores."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.cases import FunctionCase, agreement, labels, spread, tried
from gradcheck.submissions.adapters.common.costed import AGREES, Costed, find_costed
from gradcheck.submissions.adapters.common.returned import cost_and_gradient, number
from gradcheck.submissions.adapters.common.sources import return_labels
from gradcheck.submissions.adapters.common.vocabulary.functions import may_be_called, tokens
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.subjects import CaseInfo

Named = dict[str, Any]
SCORES = frozenset(
    ("x", "scores", "score", "z", "logits", "s", "out", "output", "predictions", "pred", "ypred", "yhat")
)
WORDS = frozenset(("loss", "svm", "softmax", "hinge", "entropy"))


def find_losses(namespace: Mapping[str, object], source: str) -> Iterator[tuple[FunctionCase | None, str]]:
    """Cases of all loss functions, or sentences about what is not finished."""
    cases, unfinished = find_costed(namespace, source, "cs231n", _is_classifier)
    yield from ((case, "") for case in cases)
    yield from ((None, sentence) for sentence in unfinished)
    for name, value in namespace.items():
        if inspect.isfunction(value) and _of_scores(name, value):
            yield _scored(name, value, return_labels(value, source))


def _is_classifier(name: str, way: Costed) -> bool:
    """Whether it is a loss of one matrix W (and a bias), data and labels, returning loss and dW."""
    return bool(
        WORDS & set(tokens(name))
        and way.gradient is None
        and {"x", "y"} <= way.asked.roles
        and len(way.asked.weights) == 1
        and role(way.asked.weights[0]) == "w"
    )


def _of_scores(name: str, function: Callable[..., Any]) -> bool:
    """Whether a function takes scores and labels (and a mask) only."""
    required = [p for p in parameters_of(function) or () if p.required]
    kinds = [letters(p.name) for p in required]
    fits = 2 <= len(required) <= 3 and kinds[0] in SCORES and required[1].role == "y"
    return fits and (len(required) == 2 or kinds[2] == "mask") and bool(WORDS & set(tokens(name)))


@dataclass(frozen=True)
class Scored:
    """A loss of scores, with its targets as labels or one-hot, in rows or through time."""

    function: Callable[..., Any]
    arguments: tuple[str, ...]
    shape: tuple[int, ...]
    one_hot: bool
    returns: tuple[str, ...]

    def start(self, seed: int) -> Named:
        """Scores away from the kinks of a margin."""
        return {self.arguments[0]: spread(self.shape, np.random.default_rng(seed))}

    def _called(self, point: Named, seed: int) -> tuple[Any, Named]:
        rng = np.random.default_rng(seed + 5)
        *examples, classes = self.shape
        y = labels(classes, int(np.prod(examples)), rng).reshape(examples)
        given = [point[self.arguments[0]], np.eye(classes)[y] if self.one_hot else y]
        mask = rng.permutation(np.arange(int(np.prod(examples))) % 3 > 0).reshape(examples)
        returned = self.function(*[*given, mask][: len(self.arguments)])
        return cost_and_gradient(returned, point, self.returns)

    def cost(self, point: Named, seed: int) -> float:
        """The loss."""
        return number(self._called(point, seed)[0])

    def gradient(self, point: Named, seed: int) -> Named:
        """The gradient of the scores."""
        return self._called(point, seed)[1]


def _scored(name: str, function: Callable[..., Any], returns: tuple[str, ...]) -> tuple[FunctionCase | None, str]:
    arguments = tuple(p.name for p in parameters_of(function) or () if p.required)
    answering: list[FunctionCase] = []
    unfinished = ""
    if not may_be_called(name):
        return None, ""
    for shape in ((7, 4), (2, 3, 4)):
        for one_hot in (False, True):
            scored = Scored(function, arguments, shape, one_hot, returns)
            info = CaseInfo(name, "cs231n", f"{name}: scores {shape}", name, "Eq. 46")
            case = FunctionCase(info, scored.start, scored.cost, scored.gradient)
            answer = tried(case)
            unfinished = unfinished or (f"{name} returns nothing yet" if answer.unfinished else "")
            if answer.answered and agreement(case) < AGREES:
                return case, ""
            answering.extend([case] if answer.answered else [])
    return (answering[0], "") if answering else (None, unfinished)
