"""manage.py release_income: shows, releases, and refuses what is to come."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from marketplace.core.periods import Period
from tests.invoicing.books import bill, nothing_written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
APRIL = date(2026, 4, 1)


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("release_income", *arguments, stdout=out)
    return out.getvalue().strip()


def test_it_shows_then_releases_once(charges, oakfield):
    charges(oakfield, 76100, on=APRIL, recognition="over_time", service=Period.months_from(APRIL, 12))
    bill(APRIL)
    with nothing_written():
        assert said("--on", "2026-05-31", "--preview") == "Would release £126.84 of 1 customers up to 31 May 2026"
    assert said("--on", "2026-05-31") == "Released £126.84 of 1 customers up to 31 May 2026: 2 parts by 2 entries"
    assert said("--on", "2026-05-31") == "Released £0.00 of 0 customers up to 31 May 2026: 0 parts by 0 entries"


def test_a_day_to_come_is_refused(partnership):
    with nothing_written(), pytest.raises(CommandError, match="has not come"):
        said("--on", (timezone.localdate() + timedelta(days=1)).isoformat())
