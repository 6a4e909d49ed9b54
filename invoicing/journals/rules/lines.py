"""What may stand on a manual journal: pure rules over the chart, no database, no clock.

A control account is the sum of its items: what each customer owes, has on account, has paid in advance, what each
supplier is owed. A journal by hand would move the sum and not the items, so each of those accounts is refused with the
way to do it instead. A bank account moves with its statement.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from invoicing.ledger.rules import FUNDS_SET_ASIDE, effect
from marketplace.core.periods import add_months

MOST_LINES = 200
FURTHEST_DAYS = 366  # a journal is of the year behind or the year ahead
INCOME, EXPENSE = "income", "expense"
_BANK = "moves with the bank's statement. Choose the other account at the bank line instead."
INSTEAD: dict[str, str] = {
    "1000": _BANK,
    "1010": _BANK,
    "1020": _BANK,
    "1030": _BANK,
    "1100": "is the sum of what each customer owes. Issue a credit note, or set money against the invoice, instead.",
    "1150": "is the sum of the council journals that are confirmed and not received. Record what was received instead.",
    "2100": "is the sum of the money on each customer's account. Record the receipt, or take it back, instead.",
    "2150": "is the sum of the refunds that are approved and not paid. Ask for the refund instead.",
    "2190": "is the sum of the receipts nobody has named yet. Match the bank line instead.",
    "2250": "is the VAT of instalments to come and moves by itself on their dates. Credit the invoice instead.",
    "2300": "is the sum of what is paid in advance. Credit the invoice with its service dates instead.",
    "2400": "is the sum of what each supplier is owed. Enter the supplier's invoice as a purchase instead.",
    "2460": "is the sum of the payments that have not left the bank. Match their bank lines instead.",
    "3900": "is posted to by the opening position alone. Use 3000 instead.",
}


class JournalLine(NamedTuple):
    """``pence`` from the credited account to the debited one. ``fund`` is the code of the fund that gets or spends it."""

    debit: str
    credit: str
    pence: int
    stream: str = ""
    analysis_code: str = ""
    fund: str = ""


def problems(
    lines: Sequence[JournalLine], *, types: Mapping[str, str], streams: Collection[str], funds: Collection[str] = ()
) -> list[str]:
    """Why these lines cannot be posted, one sentence each; ``types`` is the type of each account of the chart.

    ``funds`` are the codes of the funds that are open.
    """
    if not lines:
        return ["Enter at least one line: an account to debit, one to credit, and an amount"]
    if len(lines) > MOST_LINES:
        return [f"A journal has at most {MOST_LINES} lines. Divide it into several"]
    found = []
    for position, line in enumerate(lines, start=1):
        found += [f"Line {position}: {text}" for text in _of_line(line, types, streams) or _of_fund(line, types, funds)]
    return found


def _of_line(line: JournalLine, types: Mapping[str, str], streams: Collection[str]) -> list[str]:
    for code in (line.debit, line.credit):
        if code not in types:
            return [f"there is no ledger account {code or '(empty)'}"]
        if code in INSTEAD:
            return [f"account {code} {INSTEAD[code]}"]
    if line.debit == line.credit:
        return ["the account to debit and the account to credit must differ"]
    if line.pence <= 0:
        return ["the amount must be more than £0.00"]
    kinds = {types[line.debit], types[line.credit]}
    if line.stream and line.stream not in streams:
        return [f"there is no income stream {line.stream}"]
    if INCOME in kinds and not line.stream:
        return ["choose the income stream, since an income account is on the line"]
    if line.stream and not kinds & {INCOME, EXPENSE}:
        return ["an income stream belongs only to a line with an income or expense account"]
    return []


def _of_fund(line: JournalLine, types: Mapping[str, str], funds: Collection[str]) -> list[str]:
    if not line.fund:
        moves = FUNDS_SET_ASIDE in (line.debit, line.credit)
        return [f"choose the fund, since account {FUNDS_SET_ASIDE} is on the line"] if moves else []
    if line.fund not in funds:
        return [f"there is no open fund {line.fund}"]
    if effect(debit=line.debit, credit=line.credit, pence=line.pence, types=types) is None:
        return ["a fund belongs to a line with exactly one account of income, of costs or of funds set aside"]
    return []


def first_of_next_month(day: date) -> date:
    """The day on which an accrual reverses."""
    return add_months(day.replace(day=1), 1)


def date_problem(on: date, *, today: date) -> str:
    """Why a day cannot be a journal's, or nothing."""
    if abs((on - today).days) > FURTHEST_DAYS:
        return f"{on:%-d %B %Y} is more than a year from today. Check the date."
    return ""
