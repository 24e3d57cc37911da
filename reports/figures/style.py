"""What all figures share: sizes, colours that colour-blind people tell apart, marks that survive greyscale."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from gradcheck.results import EntryVerdict

P = ParamSpec("P")
T = TypeVar("T")
WIDTH = 6.4  # inches
SMALLEST = 9  # points
DPI = 150
INK, PALE = "#1a1a1a", "#6b6b6b"
# Okabe and Ito's palette: told apart with every kind of colour blindness.
ORANGE, GREEN, BLUE, VERMILION, PURPLE = "#E69F00", "#009E73", "#0072B2", "#D55E00", "#CC79A7"
SETTINGS: Any = {
    "font.size": SMALLEST,
    "axes.titlesize": SMALLEST + 1,
    "axes.labelsize": SMALLEST,
    "xtick.labelsize": SMALLEST,
    "ytick.labelsize": SMALLEST,
    "legend.fontsize": SMALLEST,
    "axes.edgecolor": PALE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "#dddddd",
    "svg.hashsalt": "gradcheck",  # the same result gives the same file
}
VERDICT_STYLE = {
    EntryVerdict.RIGHT: (BLUE, "o"),
    EntryVerdict.KINK: (GREEN, "^"),
    EntryVerdict.INCONCLUSIVE: (ORANGE, "s"),
    EntryVerdict.WRONG: (VERMILION, "X"),
}
MODE_STYLE = {
    "forward": (INK, "o"),
    "backprop": (BLUE, "s"),
    "literal": (VERMILION, "X"),
    "incremental": (ORANGE, "^"),
    "propagated": (GREEN, "D"),
    "node": (PURPLE, "v"),
}


def styled(draw: Callable[P, T]) -> Callable[P, T]:
    """*draw* with our settings in force: artists take their fonts and colours when they are made."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> T:
        with rc_context(SETTINGS):
            return draw(*args, **kwargs)

    return drawn


def new_figure(height: float, columns: int = 1, **more: Any) -> tuple[Figure, list[Axes]]:
    """An empty figure of the width of a page, and its axes from left to right."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, [figure.add_subplot(1, columns, column + 1, **more) for column in range(columns)]


def png(figure: Figure) -> bytes:
    """The figure as PNG."""
    return _saved(figure, "png", dpi=DPI)


def svg(figure: Figure) -> bytes:
    """The figure as SVG; the same figure gives the same bytes."""
    return _saved(figure, "svg", metadata={"Date": None})


def plain_ticks(axis: Axis) -> None:
    """1e-06, not a power with a small exponent: that would be below ``SMALLEST``."""
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axis.set_minor_formatter(NullFormatter())


def title(figure: Figure, text: str) -> None:
    """A title at the left that stays within the figure; a dollar sign in it is a dollar sign."""
    lines = [line for part in text.replace("$", r"\$").splitlines() for line in textwrap.wrap(part, 88)]
    figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=SMALLEST + 1)


@styled
def _saved(figure: Figure, form: str, **more: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=form, **more)
    return buffer.getvalue()
