"""Settings that code writes to a class from elsewhere: ``Neuron.eta = 0.5`` in a function that trains."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from gradcheck.submissions.adapters.common.building import NEUTRAL
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.roles import roles

SETTINGS = {**NEUTRAL, "rate": 1.0}


def give_settings(classes: Mapping[str, type], source: str) -> None:
    """Give the classes the settings that the text assigns to them and that no one has set yet."""
    for name, attribute in attempt(lambda: list(_assigned(source))).value or ():
        cls = classes.get(name)
        known = [role for role in roles(attribute) if role in SETTINGS]
        if cls is not None and known and not hasattr(cls, attribute):
            setattr(cls, attribute, SETTINGS[known[0]])


def _assigned(source: str) -> Iterator[tuple[str, str]]:
    """The names X and a of every ``X.a = ...``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr
