"""A school's budget against what it bought: pure.

All pence are before VAT: maintained schools and academies get theirs back (VAT Act 1994, s33 and s33B). A purchase counts
in the financial year of its invoice's date, a credit in that of its credit note's; what is ordered and not invoiced yet
in the year in which it is to be invoiced.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,19}")
CFR, AAR = "CFR", "AAR"
NO_CODE = ""


class What(StrEnum):
    """How far a purchase has come."""

    ORDERED = "ordered"
    INVOICED = "invoiced"
    CREDITED = "credited"


@dataclass(frozen=True)
class BudgetRow:
    """One code of one year; pence, none below nought."""

    code: str
    budget: int = 0
    ordered: int = 0
    invoiced: int = 0
    credited: int = 0

    @property
    def used(self) -> int:
        """What is spent or promised; below nought where more was credited than bought in the year."""
        return self.ordered + self.invoiced - self.credited

    @property
    def left(self) -> int:
        return self.budget - self.used


def scheme_of(billing_class: str, *, trust: bool) -> str:
    """The return whose codes an organisation books by: academies' for academies and trusts, else CFR."""
    return AAR if trust or billing_class == "academy" else CFR


def budget_rows(budget: Mapping[str, int], bought: Iterable[tuple[str, str, int]]) -> list[BudgetRow]:
    """A row for each code with a budget or a purchase, by code, what has no code last.

    ``bought`` holds (code, what, pence); a code may come several times.
    """
    sums = {code: {What.ORDERED: 0, What.INVOICED: 0, What.CREDITED: 0} for code in budget}
    for code, what, pence in bought:
        found = sums.setdefault(code, {What.ORDERED: 0, What.INVOICED: 0, What.CREDITED: 0})
        found[What(what)] += pence
    rows = [
        BudgetRow(code, budget.get(code, 0), of[What.ORDERED], of[What.INVOICED], of[What.CREDITED])
        for code, of in sums.items()
    ]
    return sorted(rows, key=lambda row: (row.code == NO_CODE, row.code))


def total_of(rows: Iterable[BudgetRow]) -> BudgetRow:
    """The sum of all codes."""
    rows = list(rows)
    return BudgetRow(
        "All codes",
        sum(row.budget for row in rows),
        sum(row.ordered for row in rows),
        sum(row.invoiced for row in rows),
        sum(row.credited for row in rows),
    )
