"""Every style with every slip at every place where it can be written."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gradcheck.suite.sources.engines import programs
from gradcheck.suite.sources.skeletons import Style
from gradcheck.suite.sources.slips import SLIPS
from gradcheck.suite.sources.steps import right_steps
from gradcheck.suite.sources.styles import STYLES


@dataclass(frozen=True)
class Source:
    """A submission's text. ``fault`` is the catalogue's id (empty: it is right) and ``layer`` where it sits.

    ``variant`` marks a right one by an author of the same family with other habits.
    """

    family: str
    style: str
    text: str
    fault: str = ""
    layer: int | None = None
    variant: bool = False

    @property
    def name(self) -> str:
        """For a person: ``coursera, parameters dictionary: slope_missing at layer 2``."""
        where = f" at layer {self.layer}" if self.layer else ""
        return f"{self.family}, {self.style}" + (f": {self.fault}{where}" if self.fault else "")


def sources(styles: tuple[Style, ...] = STYLES) -> Iterator[Source]:
    """The right version of every style, the same by authors of other habits, then each slip at each place.

    Networks come first, then autodiff engines.
    """
    for style in styles:
        yield Source(style.family, style.id, style.text(right_steps(style.writing, style.last)))
        yield from _variants(style)
        for fault, (slip, where) in SLIPS.items():
            for place in _places(style, where):
                steps = right_steps(style.writing, style.last)
                before = steps.lines()
                if not _suits(style, fault):
                    continue
                slip(steps, place)
                if steps.lines() != before:
                    layer = None if where == ("whole",) else place + 1
                    yield Source(style.family, style.id, style.text(steps), fault, layer)
    for style_id, fault, text in programs():
        yield Source("engine", style_id, text, fault)


MEAN_OR_SUM = ("attributes", "train", "layers", "flat", "plain")
"""Families whose cost, where there is one, says itself which of the two it is."""


def _variants(style: Style) -> Iterator[Source]:
    """Other activations, the slope from z or from a, the mean or the sum: all of them right."""
    w = style.writing
    means = (False, True) if style.family in MEAN_OR_SUM else (w.mean,)
    for hidden, slopes, mean in itertools.product(("sigmoid", "tanh", "relu"), ("prime", "formula"), means):
        other = replace(w, hidden=hidden, slopes=slopes, mean=mean)
        if other != w:
            habits = f"{style.id}, {hidden}, slope by {slopes}, {'mean' if mean else 'sum'}"
            yield Source(style.family, habits, style.text(right_steps(other, style.last)), variant=True)


def _places(style: Style, where: tuple[str, ...]) -> list[int]:
    named = {
        "hidden": range(1, style.last),
        "output": [style.last],
        "last": [style.last],
        "upper": range(2, style.last + 1),
        "whole": [style.last],
    }
    return sorted({place for kind in where for place in named[kind]})


NEEDS_PRIME = ("slope_of_activation",)


def _suits(style: Style, fault: str) -> bool:
    """Whether the slip can be told from right code in this style at all."""
    w = style.writing
    if fault in NEEDS_PRIME and (w.slopes != "prime" or w.hidden == "relu"):
        return False
    if (
        fault in ("slope_twice", "slope_formula_of_z", "slope_one_minus", "slope_only_activation")
        and w.hidden == "relu"
    ):
        return False  # a mask squared is the mask
    if fault in ("bias_wrong_axis", "bias_not_summed") and style.family == "train":
        return False  # its update in place raises, with or without a checker
    if fault == "weighted_input_for_activation" and style.family == "layers":
        return False  # a layer does not know z of the one below
    if fault == "bias_not_summed" and not w.mean:
        return False  # right for one example at a time, and nothing says that more are meant
    return not (fault == "activation_again" and w.hidden != "sigmoid")
