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
from gradcheck.results.verdicts import EntryVerdict, Verdict

__all__ = [
    "SCHEMA",
    "ArraySummary",
    "CheckResult",
    "Diagnosis",
    "Discrepancy",
    "DiscrepancyMap",
    "EntryVerdict",
    "Finding",
    "Verdict",
    "decoded",
    "dumps",
    "loads",
    "plain",
]
