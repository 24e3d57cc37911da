"""The chapter's claims about cost, and this project's own, each beside the figure measured for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.reference.engine import Network, Workspace, backprop, backprop_by_example, forward, perturbation
from gradcheck.results import Claim, Fit
from gradcheck.scaling.measure import TINY, USUAL, Measured
from gradcheck.scaling.subject import Options, Subject, subject
from gradcheck.scaling.timing import timed

BATCH = 128
SHALLOW, DEEP = (784, 1258, 10), (500, 500, 500, 500, 10)
NEAR = 0.25  # an exponent this close to the counted one is near it


class _Counted(Network):
    """A network that counts the evaluations of its cost."""

    calls = 0

    def cost(self, x: Any, y: Any) -> Any:
        """C, counted."""
        self.calls += 1
        return super().cost(x, y)


def passes_claim() -> Claim:
    """N + 1 passes, counted at the network."""
    network = _Counted([20, 15, 10], seed=0)
    perturbation(network, np.ones((20, 1)), np.eye(10)[:, :1], USUAL, "literal")
    return Claim(
        "passes",
        "Eq. 46 computes the cost N + 1 times for N weights and biases",
        f"{network.calls} evaluations counted for {network.parameter_count} parameters (20-15-10)",
        network.calls == network.parameter_count + 1,
    )


def pass_claims(seed: int) -> tuple[Claim, Claim]:
    """Backward against forward, and both against two forward passes, where arithmetic dominates: mini-batches."""
    shallow, deep = (_backward_over_forward(subject(Options(s, examples=BATCH, seed=seed))) for s in (SHALLOW, DEEP))
    where = f"784-1258-10; {deep:.2f} in 500-500-500-500-10; mini-batches of {BATCH}"
    return (
        Claim(
            "backward",
            "A backward pass costs about as much as a forward pass",
            f"{shallow:.2f} times a forward pass in {where}",
            0.5 <= shallow <= 2,
            "the first layer dominates: BP2 is not needed there, while in a deep net it doubles the backward pass",
        ),
        Claim(
            "total",
            "The total cost is roughly that of two forward passes",
            f"{1 + shallow:.2f} forward passes in 784-1258-10; {1 + deep:.2f} in 500-500-500-500-10",
            1.5 <= 1 + shallow <= 3,
            "the first layer dominates; a deep net tends to three",
        ),
    )


def _backward_over_forward(given: Subject) -> float:
    space = Workspace.of(given.network, BATCH)
    one = timed(lambda: forward(given.network, given.x, space))
    both = timed(lambda: backprop(given.network, given.x, given.y, space))
    return both.fastest / one.fastest - 1


def matrix_claim(seed: int) -> Claim:
    """The fully matrix-based mini-batch against the loop over examples."""
    given = subject(Options((784, 30, 10), examples=BATCH, seed=seed))
    space = Workspace.of(given.network, BATCH)
    together = timed(lambda: backprop(given.network, given.x, given.y, space))
    one_by_one = timed(lambda: backprop_by_example(given.network, given.x, given.y))
    ratio = one_by_one.fastest / together.fastest
    return Claim(
        "matrix",
        "The fully matrix-based mini-batch is faster than a loop over the examples (the chapter: about twice)",
        f"{ratio:.1f} times faster (784-30-10, {BATCH} examples)",
        ratio >= 2,
    )


def million_claim(measured: Measured) -> Claim:
    """All literal passes against one forward and one backward."""
    row = measured.row()
    ratio = row.seconds["literal"] / row.seconds["backprop"]
    return Claim(
        "million",
        f"{row.passes['literal']:,} forward passes against just one forward and one backward",
        f"{row.seconds['literal']:.3g} s{_sampled(measured)} against {row.seconds['backprop']:.3g} s: "
        f"{ratio:,.0f} times as long",
        ratio > row.parameters / 1000,
        "holds where it takes more than a thousandth of N times as long",
    )


def _sampled(measured: Measured) -> str:
    run = measured.literal.passes
    return "" if run == measured.row().passes["literal"] else f" (from {run:,} measured passes)"


def propagated_claims(measured: Measured, *, at_least: float = 0.0) -> tuple[Claim, ...]:
    """Eq. 46 with the change carried: how much faster than the literal passes, and how close to backprop."""
    row, agreement = measured.row(), measured.agreement("propagated")
    if agreement is None:
        return ()
    ratio = row.seconds["literal"] / row.seconds["propagated"]
    return (
        Claim(
            "propagated-speed",
            "Eq. 46 for every parameter need not take its passes one by one",
            f"{ratio:,.0f} times faster than literally{_sampled(measured)}: {row.seconds['propagated']:.3g} s",
            ratio >= max(at_least, 1),
            f"at least {at_least:,.0f} times" if at_least else "",
        ),
        Claim(
            "propagated-accuracy",
            "Eq. 46 need not lose digits",
            f"over {agreement.entries:,} entries at ε = {TINY:g}, relative difference to backprop: "
            f"median {agreement.median:.1e}, largest {agreement.largest:.1e}",
            agreement.median <= 1e-15 and agreement.largest <= 1e-11,
            "median at most 1e-15, largest at most 1e-11",
        ),
    )


def round_off_claim(measured: Measured) -> tuple[Claim, ...]:
    """Incremental and literal differences are the same, up to the round-off of the costs."""
    if not np.isfinite(measured.apart):
        return ()
    return (
        Claim(
            "round-off",
            "Passes that start where the change starts give the literal differences",
            f"largest distance {measured.apart:.1e} over {measured.literal.values.size:,} entries; "
            f"2η/ε = {measured.round_off:.1e} for each of the two",
            measured.apart <= 2 * measured.round_off,
            "within the round-off bound of both, 4η/ε, with η six standard deviations of the cost's noise",
        ),
    )


def rate_claim(measured: Measured, dgemm: float) -> Claim:
    """Operations per second of the propagated mode in a deep net against those of a plain matrix product."""
    row = measured.row()
    rate = row.operations["propagated"] / row.fastest["propagated"]
    return Claim(
        "deep-rate",
        "In a deep net Eq. 46 for every parameter runs at the rate of matrix products",
        f"{rate / 1e9:.1f} of {dgemm / 1e9:.1f} billion operations per second: {rate / dgemm:.0%} (500-500-500-500-10)",
        rate >= 0.6 * dgemm,
        "at least 60 % of dgemm, both at their fastest in this run",
    )


def exponent_claims(fits: Sequence[Fit]) -> tuple[Claim, ...]:
    """Seconds grow with N as counting says: 2 for Eq. 46, 1.5 for node perturbation, 1 for backprop."""
    expected = {"literal seconds": 2.0, "node seconds": 1.5, "backprop seconds": 1.0}
    return tuple(
        Claim(
            f"exponent-{f.quantity.split()[0]}",
            f"{f.quantity} grow like N^{expected[f.quantity]:g} at fixed depth",
            f"N^{f.exponent:.2f}, between {f.low:.2f} and {f.high:.2f}",
            abs(f.exponent - expected[f.quantity]) <= NEAR,
            f"within {NEAR:g}",
        )
        for f in fits
        if f.quantity in expected
    )
