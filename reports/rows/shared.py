"""Wording that more than one kind of report uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def closing(
    took: Iterable[object], judged: Iterable[object], seed: int | None, versions: Mapping[str, str]
) -> tuple[str, ...]:
    """The last lines: what it took, how it was judged, and what is needed to have it again."""
    again = (*(f"{name} {version}" for name, version in versions.items()), seed is not None and f"seed {seed}")
    lines = (", ".join(str(item) for item in items if item) for items in (took, judged, again))
    return tuple(line for line in lines if line)
