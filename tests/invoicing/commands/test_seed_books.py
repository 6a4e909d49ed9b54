"""The books' own rows are added where they are missing, and never twice."""

from io import StringIO

import pytest
from django.core.management import call_command

from invoicing.ledger.models import IncomeStream, LedgerAccount
from invoicing.vat.models import VatRule

pytestmark = pytest.mark.django_db


def seeded() -> str:
    out = StringIO()
    call_command("seed_books", stdout=out)
    return out.getvalue()


def test_an_empty_database_gets_all_and_a_second_run_adds_nothing():
    first = seeded()
    accounts, rules = LedgerAccount.objects.count(), VatRule.objects.count()
    assert accounts > 20 and rules > 5 and IncomeStream.objects.count() == 7
    assert first == f"{accounts} accounts ({accounts} new), {rules} VAT rules ({rules} new)\n"
    assert seeded() == f"{accounts} accounts (0 new), {rules} VAT rules (0 new)\n"
