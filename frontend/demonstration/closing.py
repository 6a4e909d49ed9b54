"""The last step of the story: the month three before this one is closed by two people, and all before it with it."""

from datetime import datetime, time

from django.utils import timezone

from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from frontend.demonstration.planner import tell_planner
from invoicing.closing.closing import to_do
from invoicing.services import ask_to_close, close_month
from marketplace.core.periods import add_months
from marketplace.core.sealing import seal_all

MONTHS_AGO = 3


def add_closing(directory: Directory, *, year: Year) -> None:
    """Asked for by the finance officer and closed by the finance manager on the next month's fifteenth.

    Only one month is closed: closing recomputes every check of the books. Left open where something of it is to do.
    """
    month = add_months(year.today.replace(day=1), -MONTHS_AGO)
    on = add_months(month, 1).replace(day=15)
    if to_do(month=month, on=on):
        return
    seal_all()  # a slow build would else be told that its events wait for the sealer
    tell_planner()
    at = timezone.make_aware(datetime.combine(on, time(15, 30)))
    officer, manager = directory.signed["finance_officer"], directory.signed["finance_manager"]
    asked = ask_to_close(month=month, on=on, at=at, actor=officer)
    close_month(close=asked, on=on, at=at, actor=manager)
