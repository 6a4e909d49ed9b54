"""For which schools a block of a council's money may be spent, and how a contract's lines add up. Pure.

De-delegated money is what maintained primary and secondary schools gave back to the council by a vote of the schools forum, so
academies may have none of it (Department for Education, "Schools operational guide": de-delegation). The other blocks are
for schools of any kind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from marketplace.core.periods import Period
from marketplace.organisations.models.schools import BillingClass
from subscriptions.commissions.models.contracts import Block

_ONLY = {Block.DEDELEGATED: frozenset({BillingClass.MAINTAINED})}


@dataclass(frozen=True)
class LineTerms:
    """So many pence before VAT of one block for the financial year that begins on ``year_from``."""

    year_from: date
    block: str
    pence: int


@dataclass(frozen=True)
class LineChange:
    """What a block pays for a financial year now and then, in pence before VAT; 0 where there is no line."""

    year_from: date
    block: str
    before: int
    after: int


def changes_of(before: Iterable[LineTerms], after: Iterable[LineTerms]) -> list[LineChange]:
    """The lines that differ, by year and block."""
    now = {(one.year_from, one.block): one.pence for one in before}
    then = {(one.year_from, one.block): one.pence for one in after}
    return [
        LineChange(*key, now.get(key, 0), then.get(key, 0))
        for key in sorted(now | then)
        if now.get(key, 0) != then.get(key, 0)
    ]


def below_packages(lines: Iterable[LineTerms], planned: Mapping[str, int]) -> str:
    """In a sentence which block would have less than the packages that it pays for come to, or nothing.

    ``planned`` is by block what its packages are worth, in pence before VAT.
    """
    given: dict[str, int] = {}
    for one in lines:
        given[one.block] = given.get(one.block, 0) + one.pence
    for block, pence in sorted(planned.items()):
        if pence > given.get(block, 0):
            return (
                f"{Block(block).label}: its packages come to £{pence / 100:,.2f}, its lines to "
                f"£{given.get(block, 0) / 100:,.2f}. Leave the block more, or reduce its packages first."
            )
    return ""


def may_fund(block: str, billing_class: str) -> bool:
    """Whether money of a block may be spent on a school of that billing class."""
    only = _ONLY.get(Block(block))
    return only is None or billing_class in only


def financial_years(term: Period) -> list[date]:
    """The first days of the financial years (1 April) that a term touches."""
    first = term.start.year if (term.start.month, term.start.day) >= (4, 1) else term.start.year - 1
    found = []
    while (day := date(first, 4, 1)) < term.end:
        found.append(day)
        first += 1
    return found


def wrong_lines(lines: Iterable[LineTerms], *, value_pence: int, term: Period) -> str:
    """What is wrong with a contract's lines in a sentence, or nothing. They come to exactly its value."""
    given = list(lines)
    years = financial_years(term)
    for one in given:
        if one.year_from not in years:
            return (
                f"The contract has no days in the financial year from {one.year_from:%-d %B %Y}. Choose another year."
            )
        if one.pence <= 0:
            return "Each line must be more than £0.00"
    if len({(one.year_from, one.block) for one in given}) != len(given):
        return "A block stands twice in the same year. Add the two up."
    whole = sum(one.pence for one in given)
    if whole != value_pence:
        return (
            f"The lines come to £{whole / 100:,.2f}, the contract's value is £{value_pence / 100:,.2f}. "
            "Change the lines so that they agree."
        )
    return ""
