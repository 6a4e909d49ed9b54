"""Two VAT returns: one that was sent, and one of the quarter that ended last, which waits for the finance manager."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from invoicing.services import lock_vat_return, prepare_vat_return, record_vat_return_sent
from invoicing.vat_returns.reckoning import figures_of
from invoicing.vat_returns.rules import owed
from marketplace.core.periods import add_months

RECEIPT, DAYS = "163482097415", 19


def add_vat_returns(directory: Directory, *, year: Year) -> None:
    """Quarters that end with the last month and with the one three months before."""
    officer, manager = directory.signed["finance_officer"], directory.signed["finance_manager"]
    current = year.today.replace(day=1)
    first, second, end = (add_months(current, -months) for months in (6, 3, 0))
    on = second + timedelta(days=DAYS)
    sent = prepare_vat_return(start=first, end=second, at=_at(on), actor=officer)
    net = owed(figures_of(sent, manager).sums)
    lock_vat_return(found=sent, net_vat_pence=net, on=on, at=_at(on), actor=manager)
    record_vat_return_sent(found=sent, sent_on=on, receipt=RECEIPT, on=on, actor=officer)
    prepare_vat_return(start=second, end=end, at=_at(max(end, year.today - timedelta(days=2))), actor=officer)


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(14, 10)))
