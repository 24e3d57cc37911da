"""The ways in which a block can be run: as it stands or, in a function, for arguments of ours."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain as chain_of
from itertools import product
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.arguments import named_parameters, recipes
from gradcheck.submissions.adapters.common.calling import Deadline, attempt
from gradcheck.submissions.adapters.common.vocabulary.roles import roles
from gradcheck.submissions.adapters.train.blocks import Block
from gradcheck.submissions.adapters.train.chain import chain
from gradcheck.submissions.adapters.train.scripts.examples import (
    ARGUMENT_TEMPLATES,
    ARGUMENTS,
    EXAMPLES_FIRST,
    FORMS,
    SIZES,
    Data,
    bound,
    forms,
)
from gradcheck.submissions.adapters.train.scripts.namespace import Namespace
from gradcheck.submissions.adapters.train.scripts.script import Script
from gradcheck.submissions.adapters.train.scripts.search import ScriptSearch


def searches(block: Block, base: Namespace, owner: Any, deadline: Deadline) -> Iterator[ScriptSearch]:
    """The ways in which a block can be run: as it stands or, in a function, for arguments of ours."""
    if not block.function:
        yield from _found(Script(block, base), None)
        yield from _with_data_of_ours(block, base)
        return
    function = getattr(owner, block.function, None) if owner is not None else base.get(block.function)
    if not callable(function):
        return
    if owner is None and not named_parameters(function):
        yield from _found(Script(block, base), None)
        return
    itself = first_parameter(owner, block.function)
    by_role = (recipes(function, available, ARGUMENT_TEMPLATES) for available in (EXAMPLES_FIRST, ARGUMENTS))
    for recipe in dict.fromkeys(chain_of(*by_role)):
        for form in forms(_sizes_of_its_own(block, base, bound(function, recipe, FORMS[0])[0])):
            if deadline.passed:
                return
            given, data = bound(function, recipe, form)
            given.update({itself: owner} if itself else {})
            yield from _found(Script(block, base, given), data)


def _sizes_of_its_own(block: Block, base: Namespace, given: Mapping[str, Any]) -> tuple[int, int] | None:
    """How many inputs and outputs the weights have that are made before the loop, whatever the data."""
    names = Script(block, base, given).before_loop()
    found = chain({n: v for n, v in names.items() if n not in given and isinstance(v, np.ndarray | list)}, None)
    ends = None if found is None else (found.sizes[0], found.sizes[-1])
    return ends if ends and SIZES[0] not in (ends[0], ends[0] - 1) else None


def _with_data_of_ours(block: Block, base: Namespace) -> Iterator[ScriptSearch]:
    """A loop whose data are not here (a file, another module's) or have no rows without it: ours take their place."""
    before = Script(block, base).before_loop()
    missing = [n for n in block.reads if not isinstance(before.get(n), np.ndarray | list) or not np.size(before[n])]
    missing.sort(key=lambda n: n not in before)  # what is there without rows comes first
    likeliest = {n: [role for role in roles(n) if role not in ("n_in", "n_out")][:1] for n in missing}
    xs, ys = ([n for n in missing if role in likeliest[n]] for role in ("x", "y"))
    for x, y in product(xs[:2], ys[:2]):
        for form in forms(_sizes_of_its_own(block, base, {})):
            data = replace(form, x=x, y=y)
            yield from _found(Script(block, base, data.values(*data.examples)), data)


def _found(script: Script, data: Data | None) -> Iterator[ScriptSearch]:
    found = attempt(ScriptSearch, script, data).value
    if isinstance(found, ScriptSearch):
        yield found


def first_parameter(owner: Any, method: str) -> str:
    """What a method calls the object that it belongs to; empty where there is none of that name (it is private)."""
    signature = attempt(inspect.signature, getattr(type(owner), method, None)).value if owner is not None else None
    return next(iter(signature.parameters), "") if isinstance(signature, inspect.Signature) else ""
