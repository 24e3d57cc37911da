"""The report of the verification suite: each check, and how well the checker itself does."""

from __future__ import annotations

from gradcheck.results import FamilyCounts, RuleCounts, SuiteResult
from reports import numbers
from reports.document import Document, Facts, Items, Table, without_empty
from reports.rows.check import finding_row
from reports.rows.shared import closing

FAMILY_HEADER = (
    "family",
    "faults",
    "caught",
    "named",
    "located",
    "correct",
    "false alarms",
    "inconclusive",
    "evaluations per entry",
)
RULE_HEADER = ("rule", "faults", "missed", "correct", "false alarms", "evaluations per entry")


def suite_document(result: SuiteResult) -> Document:
    """The verdict, totals, every check, the families and what other rules would have said."""
    return Document(
        verdict=str(result.verdict),
        subject="verification suite",
        sentence=result.reason,
        parts=without_empty(
            Facts("", totals(result)),
            Table("Checks", ("check", "verdict", "message"), tuple(finding_row(f) for f in result.checks)),
            family_table(result.families),
            rule_table(result.rules),
            Items("Notes", result.notes),
        ),
        closing=closing((result.command, numbers.seconds(result.seconds)), (), result.seed, result.versions),
    )


def totals(result: SuiteResult) -> tuple[tuple[str, str], ...]:
    """The figures of the whole suite in words."""
    faults, correct = result.faults, result.correct
    planted = (
        ("faults caught", numbers.share(faults.caught, faults.total)),
        ("named", numbers.share(faults.named, faults.total)),
        ("located", numbers.share(faults.located, faults.total)),
    )
    acquitted = (
        ("false alarms", numbers.share(correct.wrong, correct.total)),
        ("inconclusive", numbers.share(correct.inconclusive, correct.total)),
    )
    return (planted if faults.total else ()) + (acquitted if correct.total else ())


def family_table(families: tuple[FamilyCounts, ...]) -> Table:
    """Detection, naming, location, false alarms and cost, family by family."""
    rows = tuple(_family_row(family) for family in families)
    note = "Evaluations per entry: median, and the largest in brackets." if rows else ""
    return Table("Families", FAMILY_HEADER, rows, frozenset(FAMILY_HEADER[1:]), note)


def _family_row(family: FamilyCounts) -> tuple[str, ...]:
    faults, correct = family.faults, family.correct
    counts = (faults.total, faults.caught, faults.named, faults.located, correct.total, correct.wrong)
    evaluations = f"{family.evaluations_median:.3g} ({family.evaluations_max:.3g})" if family.evaluations_max else "–"
    return family.id, *map(numbers.count, (*counts, correct.inconclusive)), evaluations


def rule_table(rules: tuple[RuleCounts, ...]) -> Table:
    """What other rules would have said of the same cases."""
    rows = tuple(_rule_row(rule) for rule in rules)
    return Table("Other rules on the same cases", RULE_HEADER, rows, frozenset(RULE_HEADER[1:]))


def _rule_row(rule: RuleCounts) -> tuple[str, ...]:
    counts = tuple(map(numbers.count, (rule.faults, rule.missed, rule.correct, rule.blamed)))
    return rule.rule, *counts, f"{rule.evaluations:.3g}" if rule.evaluations else "–"
