"""Closing months with as few words as a claim needs."""

from datetime import UTC, date, datetime

from invoicing.closing.closing import ask_to_close, close_month
from invoicing.ledger.months import MonthClose
from marketplace.core.actors import Actor

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
LATER = date(2026, 12, 20)
AT = datetime(2026, 12, 20, 10, tzinfo=UTC)


def closed(month: date, by: tuple[Actor, Actor], on: date = LATER) -> MonthClose:
    """The month asked for by the first and closed by the second."""
    asked = ask_to_close(month=month, on=on, at=AT, actor=by[0])
    return close_month(close=asked, on=on, at=AT, actor=by[1])
