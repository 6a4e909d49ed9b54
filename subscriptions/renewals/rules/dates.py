"""When a customer is reminded that an agreement ends. No database."""

from datetime import date, timedelta
from enum import StrEnum


class Remind(StrEnum):
    """The reminders of one agreement, in their order; each is sent once."""

    EIGHT_WEEKS = "8_weeks"
    TWO_WEEKS = "2_weeks"
    END = "end"


BEFORE_NOTICE = {Remind.EIGHT_WEEKS: timedelta(weeks=8), Remind.TWO_WEEKS: timedelta(weeks=2)}
BEFORE_END = timedelta(weeks=2)


def reminder_due(*, notice_by: date | None, term_to: date, on: date) -> Remind | None:
    """The reminder that is due on a day: the latest one whose day has come.

    Eight and two weeks before the last day for notice; and two weeks before the term is over. An agreement without notice
    is told of its end alone. Nothing is due before the first, nor after the end.

    >>> reminder_due(notice_by=date(2027, 1, 6), term_to=date(2027, 4, 1), on=date(2026, 11, 11))
    <Remind.EIGHT_WEEKS: '8_weeks'>
    """
    if on >= term_to:
        return None
    if on >= term_to - BEFORE_END:
        return Remind.END
    if notice_by is None or on > notice_by:
        return None
    due = [kind for kind, before in BEFORE_NOTICE.items() if on >= notice_by - before]
    return due[-1] if due else None
