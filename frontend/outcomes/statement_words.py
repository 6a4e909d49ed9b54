"""How a statement of a contract that pays on verification reads: for the lead, the council and finance alike."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from frontend.formats import long_date, money, short_date
from frontend.jinja import url
from frontend.outcomes.heads_words import heads_rows
from marketplace.core.working_days import is_working_day
from subscriptions.outcomes.models import OutcomeItem, Statement, Submission
from subscriptions.outcomes.rules.stating import CLAWBACK, ITEM, Line
from subscriptions.outcomes.stating_queries import (
    YearSoFar,
    history_of_claims,
    lines_of,
    waiting_items,
    year_so_far,
)

USUAL_DAY = 25
"""The day of the month on which most contracts pay."""
_SAYS = {
    Submission.State.REJECTED: "sent back",
    Submission.State.ACCEPTED: "verified",
    Submission.State.PART: "verified in part",
}

_MISSING = {
    OutcomeItem.State.PLANNED: "not sent yet",
    OutcomeItem.State.SUBMITTED: "waits for a decision",
    OutcomeItem.State.REJECTED: "sent back",
}


def missing_words(item: OutcomeItem) -> str:
    """ "Autumn outputs, £2,800.00: sent back": why an amount is not on a statement."""
    return f"{item.name}, {money(item.pence)}: {_MISSING[OutcomeItem.State(item.state)]}"


def statement_name(statement: Statement) -> str:
    """ "Statement to 31 August 2027"."""
    return f"Statement to {long_date(statement.cut_off)}"


def statement_url(statement: Statement) -> str:
    return url("outcome-statement", number=statement.contract.number, ordinal=statement.ordinal)


def pay_words(statement: Statement) -> str:
    """ "Friday 24 September 2027 (the 25th is a Saturday)": the day, and that it was moved forward."""
    day = statement.pay_on
    says = f"{day:%A} {long_date(day)}"
    meant = day + timedelta(days=1)
    while not is_working_day(meant) and meant.day != USUAL_DAY:
        meant += timedelta(days=1)
    if meant.day != USUAL_DAY or is_working_day(meant):
        return says
    why = f"{meant:%A}" if meant.weekday() >= 5 else "bank holiday"
    return f"{says} (the {_ordinal(meant.day)} is a {why})"


def _ordinal(day: int) -> str:
    ending = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def claims_words(claims: Sequence[Submission]) -> str:
    """ "sent back 22 May 2027, verified 9 June 2027"."""
    said = [(one, _SAYS.get(Submission.State(one.state))) for one in claims]
    return ", ".join(f"{word} {short_date(one.decided_on)}" for one, word in said if word and one.decided_on)


def shown(statement: Statement) -> dict[str, Any]:
    """What the page of a statement needs, whoever looks at it."""
    lines = lines_of(statement)
    year = year_so_far(statement)
    waiting = waiting_items(statement)
    not_earned = [one.pk for one in year.not_earned]
    on_lines = [one.item_id for one in lines if one.item_id]
    claims = history_of_claims([*on_lines, *not_earned, *(one.pk for one in waiting)])
    taken = sum(one.pence for one in lines if one.kind == CLAWBACK)
    return {
        "statement": statement, "contract": statement.contract, "title": statement_name(statement),
        "pays": pay_words(statement), "lines": [_line(one, claims) for one in lines], "taken": taken,
        "total": sum(one.pence for one in lines), "year": year, "year_words": _year_words(year),
        "short": [(one, _why(one.reason, claims.get(one.pk, []))) for one in year.not_earned],
        "heads": heads_rows([statement]),
        "waiting": [(one, claims_words(claims.get(one.pk, []))) for one in waiting],
    }  # fmt: skip


def _line(line: Line, claims: dict[int, list[Submission]]) -> dict[str, Any]:
    note = claims_words(claims.get(line.item_id or 0, [])) if line.kind == ITEM else ""
    label = f"Taken back: {line.label}" if line.kind == CLAWBACK else line.label
    return {"text": label, "note": note, "pence": line.pence, "kind": line.kind, "item_id": line.item_id}


def _why(reason: str, claims: Sequence[Submission]) -> str:
    decided = next((one.reason for one in reversed(claims) if one.reason), "")
    return reason or decided


def _year_words(year: YearSoFar) -> str:
    says = f"This year so far {money(year.paid)} of {money(year.agreed)}"
    return f"{says}; {money(year.not_earned_pence)} not earned" if year.not_earned else says
