"""Results for the tests of the reports: real ones, and one whose every text is hostile."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from gradcheck.compare import Comparison, compare
from gradcheck.results import (
    CheckResult,
    Claim,
    CorrectCounts,
    Diagnosis,
    FamilyCounts,
    FaultCounts,
    Finding,
    Fit,
    PathSum,
    RuleCounts,
    ScalingResult,
    ScalingRow,
    SuiteResult,
    Verdict,
    VPoint,
)

VERSIONS = {"gradcheck": "0.1.0", "numpy": "2.4.0", "python": "3.11.2"}
HOSTILE = (
    "<script>alert('x')</script>|*`\x1b[31mred\x1b]0;title\x07\x00\x08\u202eevil\u2066\ud800\uffff$\\input{a}_&]]>\n"
)


def gradient(sizes, seed=0):
    """Arrays of a network's shapes, filled with numbers of the sizes that gradients have."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for l, (n_in, n_out) in enumerate(pairwise(sizes), start=2):
        arrays[f"w{l}"] = rng.normal(size=(n_out, n_in)) * 0.01
        arrays[f"b{l}"] = rng.normal(size=(n_out, 1)) * 0.1
    return arrays


def nearly(numeric, seed=1):
    """The same numbers with the last digits that two ways of computing them differ by."""
    rng = np.random.default_rng(seed)
    return {name: array * (1 + 1e-15 * rng.normal(size=array.shape)) for name, array in numeric.items()}


def checked(analytic, numeric, **more):
    """The result of comparing two gradients."""
    comparison = compare(analytic, numeric, {name: 1e-12 * np.abs(a) for name, a in numeric.items()})
    return of_comparison(comparison, **more)


def of_comparison(comparison: Comparison, **more):
    """A check's result with what a comparison found."""
    verdict = comparison.verdict
    reason = "All entries are right." if verdict is Verdict.PASS else "Some entries are wrong."
    fields = {
        "target": "student.py",
        "verdict": verdict,
        "reason": reason,
        "remedy": "" if verdict is Verdict.PASS else "Begin with w2.",
        "interface": "class Network in the chapter's interface",
        "network": "784-30-10, sigmoid, quadratic cost",
        "checks": (Finding("forward", Verdict.PASS, "The forward pass is the assigned function."),),
        "arrays": comparison.summaries(),
        "worst": comparison.worst(),
        "evaluations": 1234,
        "seconds": 0.5,
        "method": "an exact reference",
        "tolerance": "1e-06 of the value",
        "resolution": comparison.resolution,
        "seed": 0,
        "versions": VERSIONS,
    }
    return CheckResult(**{**fields, **more})


def one_wrong_weight(sizes=(784, 1258, 10), index=(700, 301)):
    """A million right derivatives and one that is twice what it should be."""
    numeric = gradient(sizes)
    analytic = nearly(numeric)
    analytic["w2"][index] *= 2
    return checked(analytic, numeric)


def missing_factor(sizes=(784, 30, 10)):
    """A whole layer wrong, named, with a check that failed and one in doubt."""
    numeric = gradient(sizes)
    analytic = nearly(numeric)
    analytic["w2"] *= np.linspace(1.5, 9.0, sizes[1])[:, None]
    analytic["b2"] *= np.linspace(1.5, 9.0, sizes[1])[:, None]
    message = "δ² lacks the factor σ′(z²) (BP2); everything else is right."
    return checked(
        analytic,
        numeric,
        diagnosis=(Diagnosis("missing sigma prime", "w2, b2", message, 1.0, "BP2"),),
        checks=(
            Finding("forward", Verdict.PASS, "The forward pass is the assigned function."),
            Finding("values", Verdict.FAIL, "Entries of w2 and b2 are wrong.", "Eq. 46"),
            Finding("growth", Verdict.INCONCLUSIVE, "The cost of a pass could not be timed: the machine was busy."),
        ),
        flags=("The gradient comes as float64 lists.",),
        notes=("12 points were tried.",),
    )


def scaling(rows=3):
    """A study of several networks, with an extrapolated figure, a broken claim and a V-curve."""
    modes = ("forward", "backprop", "literal", "incremental", "propagated", "node")
    measured = tuple(
        ScalingRow(
            sizes=(784, hidden, 10),
            parameters=795 * hidden + 10,
            examples=1,
            passes=dict(
                zip(modes, (1, 2, 795 * hidden + 11, 795 * hidden + 11, 795 * hidden + 11, hidden + 11), strict=True)
            ),
            operations={
                mode: 1.6e3 * hidden * scale for mode, scale in zip(modes, (1, 2, 1e6, 1e3, 2e3, 40), strict=True)
            },
            seconds={
                mode: 1e-6 * hidden * s for mode, s in zip(modes, (1, 2.1, 795.0 * hidden, 40, 20, 9), strict=True)
            },
            spread={"forward": 1e-7 * hidden},
            literal_measured_passes=64,
            max_relative=2e-12,
            median_relative=2e-16,
        )
        for hidden in (30, 300, 1258)[:rows]
    )
    return ScalingResult(
        rows=measured,
        fits=(Fit("seconds of literal", 2.01, 1.97, 2.05), Fit("seconds of backprop", 1.0, 0.97, 1.04)),
        claims=(
            Claim(
                "two-passes",
                "A forward and a backward pass cost about two forward passes",
                "2.1",
                holds=True,
                condition="first layer dominates",
            ),
            Claim("million", "A million weights need a million and one passes", "1,000,121", holds=False),
        ),
        v_curve=tuple(
            VPoint(mode, 10.0**-k, 7.0 * 10.0**-k + (10.0 ** (k - 13) if mode == "literal" else 0), 1e3 * 10.0**-k)
            for mode in ("literal", "propagated")
            for k in range(2, 13, 2)
        ),
        machine={"cores": 2.0, "gigaflops": 48.0},
        seconds=12.0,
        seed=0,
        command="gradcheck scaling",
        versions=VERSIONS,
        notes=("Timed with one thread.",),
    )


def suite():
    """A suite with a failed check, two families and another rule."""
    return SuiteResult(
        verdict=Verdict.FAIL,
        reason="1 of 3 checks failed.",
        faults=FaultCounts(300, 299, 280, 299),
        correct=CorrectCounts(1000, 0, 3),
        families=(
            FamilyCounts("sigmoid, quadratic", FaultCounts(200, 200, 190, 200), CorrectCounts(500, 0, 1), 2.0, 8.0),
            FamilyCounts("relu, cross-entropy", FaultCounts(100, 99, 90, 99), CorrectCounts(500, 0, 2), 3.0, 12.0),
        ),
        rules=(RuleCounts("allclose, rtol 1e-5", 300, 40, 1000, 12, 2.0),),
        checks=(
            Finding("engine-complex-step", Verdict.PASS, "Backprop agrees with complex steps to 3e-13.", "BP1-BP4"),
            Finding("engine-paths", Verdict.PASS, "Backprop agrees with the path sum.", "Eq. 53"),
            Finding("faults", Verdict.FAIL, "One planted fault was missed."),
        ),
        seconds=30.0,
        seed=0,
        command="gradcheck suite",
        versions=VERSIONS,
    )


def hostile(long=10_000_000):
    """A check whose every text is hostile, and one of them ten megabytes long."""
    result = missing_factor((5, 4, 3))
    flood = HOSTILE + "A" * long
    arrays = tuple(
        replace(a, name=HOSTILE + a.name, dtype=HOSTILE, worst=a.worst and replace(a.worst, name=HOSTILE))
        for a in result.arrays
    )
    return replace(
        result,
        target=HOSTILE + "student.py",
        reason=flood,
        remedy=HOSTILE,
        interface=HOSTILE,
        network=HOSTILE,
        checks=(Finding(HOSTILE, Verdict.FAIL, flood, HOSTILE),),
        arrays=arrays,
        worst=tuple(replace(d, name=HOSTILE) for d in result.worst),
        diagnosis=(Diagnosis(HOSTILE, HOSTILE, flood, 0.5, HOSTILE),),
        flags=(HOSTILE,),
        method=HOSTILE,
        tolerance=HOSTILE,
        isolation=HOSTILE,
        versions={HOSTILE: HOSTILE},
        notes=(HOSTILE,),
    )


def path_sum():
    """Eq. 53 for one weight of a 2-2-3-2 network: six paths."""
    rng = np.random.default_rng(0)
    into_hidden, into_output, cost = rng.normal(size=3), rng.normal(size=(2, 3)), rng.normal(size=2)
    neurons = tuple((1, q, m) for q in range(3) for m in range(2))
    factors = tuple((0.13, float(into_hidden[q]), float(into_output[m, q]), float(cost[m])) for _, q, m in neurons)
    products = tuple(float(np.prod(rates)) for rates in factors)
    return PathSum((2, 2, 3, 2), "w2", (1, 0), 2, neurons, factors, products)


def long_names():
    """A check whose arrays are deep in containers of a class with a long name."""
    numeric = {f"DenseLayer.backward (rows are examples): network[{i}][:]['weights'][:, :5]": np.eye(2, 5) + i
               for i in range(3)}  # fmt: skip
    return checked({name: array * 1.5 for name, array in numeric.items()}, numeric)


def smallest():
    """The smallest result that passes."""
    return CheckResult("student.py", Verdict.PASS, "Right.")
