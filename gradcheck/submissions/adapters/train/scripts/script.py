"""A block of a script that can be run: what stands before its loop on examples of ours, then one round."""

from __future__ import annotations

import ast
import functools
import random
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt, duplicate
from gradcheck.submissions.adapters.train.blocks import Block, assigned, one_round_of, prepared
from gradcheck.submissions.adapters.train.scripts.namespace import Namespace
from gradcheck.submissions.loading.standins import Missing

Array = NDArray[Any]
SEED = 7


def begin_again() -> None:
    """The same random numbers every time that a script is run, until the next time."""
    random.seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002  the generator that submissions use


@dataclass(frozen=True)
class Script:
    """A block in a namespace, ready to run."""

    block: Block
    base: Namespace = field(repr=False)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    counted: tuple[int, str] | None = None
    """How many examples the script's own data have, and the expression that counts them: a divisor may be that."""

    def before_loop(self, given: Mapping[str, Any] | None = None) -> Namespace:
        """What the names are when the loop begins; data that are *given* take the place of the script's own.

        A statement that fails (a file that is not here) costs its names only.
        """
        begin_again()
        names = duplicate(self.base)
        names.update(duplicate(dict(self.parameters)))
        given = given or {}
        statements = prepared(self.block.prefix)
        made = {name for statement in statements for name in assigned(statement)}
        names.update({name: value for name, value in given.items() if name in self.parameters or name not in made})
        first = {name: names[name] for name in self.parameters}
        for name in made - self.parameters.keys():
            names.pop(name, None)  # they come again, in their order
        last = {name: i for i, s in enumerate(statements) for name in assigned(s) if name in given}
        for index, statement in enumerate(statements):
            ours = {name: names[name] for name in self.parameters}
            attempt(exec, _compiled(statement), names)
            names.update({n: v for n, v in ours.items() if isinstance(names.get(n), Missing)})
            names.update({n: v for n, v in first.items() if _is_empty(names.get(n))})
            for name, value in given.items():
                before = names.get(name)
                if last.get(name) == index and np.shape(before)[1:] == np.shape(value)[1:]:
                    names[name] = value
        return names

    def run(self, names: Namespace) -> None:
        """One round of the loop; what it raises is passed on."""
        exec(_round(self.block, self.counted), names)  # noqa: S102  that is the step


def _is_empty(value: Any) -> bool:
    """Whether it is an array without rows: what was to be filled from a file that is not here."""
    return isinstance(value, np.ndarray) and not value.size


@functools.lru_cache(maxsize=256)
def _compiled(statement: ast.stmt) -> types.CodeType:
    return compile(ast.Module([statement], []), "submission", "exec")


@functools.lru_cache(maxsize=64)
def _round(block: Block, counted: tuple[int, str] | None) -> types.CodeType:
    single = one_round_of(block.loop)
    if counted is not None:
        single = ast.fix_missing_locations(Counting(*counted).visit(single))
    return compile(single, "submission", "exec")


class Counting(ast.NodeTransformer):
    """``/ 4.0`` becomes ``/ len(X)`` where the script's own data have four rows."""

    def __init__(self, number: int, expression: str) -> None:
        self.number, self.expression = number, expression

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """A quotient with that number below."""
        self.generic_visit(node)
        below = node.right.value if isinstance(node.right, ast.Constant) else None
        if isinstance(node.op, ast.Div) and type(below) in (int, float) and below == self.number:
            node.right = ast.copy_location(ast.parse(self.expression, mode="eval").body, node.right)
        return node
