"""What was found: frozen values and versioned JSON. Drawing, comparing and storing need nothing else."""

from gradcheck.results.check import (
    ArraySummary,
    CheckResult,
    Diagnosis,
    Discrepancy,
    DiscrepancyMap,
    Finding,
)
from gradcheck.results.codec import SCHEMA, decoded, dumps, loads, plain
from gradcheck.results.paths import PathSum
from gradcheck.results.scaling import Agreement, Claim, Fit, ScalingResult, ScalingRow, VPoint
from gradcheck.results.suite import CorrectCounts, FamilyCounts, FaultCounts, RuleCounts, SizeCounts, SuiteResult
from gradcheck.results.verdicts import EntryVerdict, Verdict

__all__ = [
    "SCHEMA",
    "Agreement",
    "ArraySummary",
    "CheckResult",
    "Claim",
    "CorrectCounts",
    "Diagnosis",
    "Discrepancy",
    "DiscrepancyMap",
    "EntryVerdict",
    "FamilyCounts",
    "FaultCounts",
    "Finding",
    "Fit",
    "PathSum",
    "RuleCounts",
    "ScalingResult",
    "ScalingRow",
    "SizeCounts",
    "SuiteResult",
    "VPoint",
    "Verdict",
    "decoded",
    "dumps",
    "loads",
    "plain",
]
