"""What a person asks of a check of a submission: on the command line, in Python, or in an assignment file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from gradcheck.errors import UsageError
from gradcheck.reference.conventions import Reduction
from gradcheck.reference.variants import function, known_cost
from gradcheck.submissions.subjects import Hints


@dataclass(frozen=True)
class CheckOptions:
    """Everything that can be said about a check; what is not said is found out.

    ``sizes`` is one more network to check, besides the small ones. ``activations`` (one name, or one for
    each layer after the input), ``cost`` and ``reduction`` are what the submission should compute:
    where they are given they decide, and the forward pass is judged first. ``timeout`` is in seconds
    of CPU per call. ``assigned`` is true where they come from an assignment file.
    """

    sizes: tuple[int, ...] | None = None
    activations: tuple[str, ...] = ()
    cost: str = ""
    reduction: str = ""
    seed: int = 0
    isolate: Literal["auto", "off"] = "auto"
    timeout: float = 10.0
    hints: Hints = field(default_factory=Hints)
    assigned: bool = False


def require_known(options: CheckOptions) -> None:
    """Raise UsageError, naming those that there are, where an activation, cost or reduction does not exist."""
    try:
        for name in options.activations:
            function(name)
        if options.cost:
            known_cost(options.cost)
        if options.reduction:
            Reduction.named(options.reduction)
    except ValueError as error:
        raise UsageError(str(error)) from error


_SECTIONS = {
    "network": {"sizes", "activation", "cost", "reduction"},
    "submission": {"family", "class", "forward", "backward", "cost", "update"},
    "limits": {"timeout"},
}


def with_assignment(options: CheckOptions, path: Path) -> CheckOptions:
    """*options* completed by an assignment file (TOML); what was said on the command line stays.

    Sections: ``[network]`` sizes, activation, cost, reduction; ``[submission]`` family, and the
    submission's names for class, forward, backward, cost, update; ``[limits]`` timeout.

    Raises UsageError naming the key or the line that is wrong.
    """
    data = _parsed(path)
    network, submission = data.get("network", {}), data.get("submission", {})
    names = {key: str(value) for key, value in submission.items() if key != "family"}
    return replace(
        options,
        sizes=options.sizes or (parse_sizes(network["sizes"]) if "sizes" in network else None),
        activations=options.activations or parse_names(network.get("activation", "")),
        cost=options.cost or str(network.get("cost", "")),
        reduction=options.reduction or str(network.get("reduction", "")),
        timeout=float(data.get("limits", {}).get("timeout", options.timeout)),
        hints=Hints(options.hints.family or str(submission.get("family", "")), {**names, **options.hints.names}),
        assigned=True,
    )


def _parsed(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"The assignment {path} does not exist.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The assignment {path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"The assignment {path} is not TOML: {error}.") from error
    for section, content in data.items():
        known = _SECTIONS.get(section)
        if known is None or not isinstance(content, Mapping):
            raise UsageError(f"The assignment {path} has a section {section!r}; it may have {', '.join(_SECTIONS)}.")
        unknown = set(content) - known
        if unknown:
            raise UsageError(f"The assignment {path} says {min(unknown)!r} in [{section}]; known: {', '.join(known)}.")
    return data


def parse_sizes(text: str | Sequence[int]) -> tuple[int, ...]:
    """``784-30-10`` or a list as layer sizes. Raises UsageError where it is neither."""
    try:
        sizes = tuple(int(n) for n in (text.split("-") if isinstance(text, str) else text))
    except (ValueError, TypeError):
        sizes = ()
    if len(sizes) < 2 or min(sizes) < 1:
        raise UsageError(f"A network is written as its layer sizes, like 784-30-10, not {text!r}.")
    return sizes


def parse_names(text: str | Sequence[str]) -> tuple[str, ...]:
    """One name, several with commas between, or a list."""
    names = text.split(",") if isinstance(text, str) else text
    return tuple(str(name).strip() for name in names if str(name).strip())
