"""The home page of who is paid: the next statement of each contract, what it comes to so far, what is missing, nobody else's."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from frontend.hub.next_payments import payments_for
from invoicing.models import Payable
from invoicing.provider_invoices.receiving import receive_invoice
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import OutcomeContract, Statement
from subscriptions.outcomes.services.stating import freeze_statement
from tests.core import small_files
from tests.frontend.claims.conftest import Login, text_of
from tests.subscriptions.outcomes import claims
from tests.subscriptions.outcomes.claims import DECIDED, Cast, accepted, hub_contract, rejected

pytestmark = pytest.mark.django_db


def frozen(contract: OutcomeContract, cast: Cast, ordinal: int, on: date = DECIDED) -> None:
    freeze_statement(statement=Statement.objects.get(contract=contract, ordinal=ordinal), on=on, actor=cast.manager)


def test_a_lead_reads_the_day_the_sum_so_far_and_what_is_missing(contract, cast: Cast, sign_in: Login) -> None:
    rejected(cast, contract)
    frozen(contract, cast, 1)
    page = text_of(sign_in(cast.lead).get("/"))
    assert "Next payment" in page and "Tuesday 25 May 2027" in page
    assert "Comes to so far, before VAT £0.00" in page
    assert "Missing until 30 April 2027 Autumn outputs, £2,800.00: sent back" in page
    assert "Spring outputs" not in page, "it is due on 31 May, so it belongs to the statement after"
    assert "Statement to 30 April 2027" in page


def test_what_is_verified_is_in_the_sum_and_frozen_it_is_what_is_paid(contract, cast: Cast, sign_in: Login) -> None:
    frozen(contract, cast, 1)
    accepted(cast, contract)
    [found] = payments_for(cast.lead, DECIDED)
    assert (found["pence"], found["frozen"], found["missing"]) == (2_800_00, False, [])
    assert "Nothing that is due by then" in text_of(sign_in(cast.lead).get("/"))
    frozen(contract, cast, 2, on=date(2027, 5, 4))
    [found] = payments_for(cast.lead, DECIDED)
    assert (found["pence"], found["frozen"], found["last_day"]) == (2_800_00, True, date(2027, 4, 30))
    assert "To pay, before VAT £2,800.00" in text_of(sign_in(cast.lead).get("/"))


def test_what_is_late_says_why_it_is_not_paid_yet(contract, cast: Cast) -> None:
    frozen(contract, cast, 1)
    accepted(cast, contract)
    frozen(contract, cast, 2, on=date(2027, 5, 4))
    [on_the_day] = payments_for(cast.lead, date(2027, 5, 25))
    [after] = payments_for(cast.lead, date(2027, 5, 26))
    assert (on_the_day["late"], after["late"]) == (False, True)
    assert after["why"].startswith("No invoice of yours carries it yet.")
    payable = Payable.objects.get(source_key=Statement.objects.get(contract=contract, ordinal=2).source_key)
    receive_invoice(
        provider=payable.provider, number="OAK-1", dated_on=date(2027, 5, 4), net_pence=2_800_00, vat_pence=0,
        upload=small_files.PDF, file_name="invoice.pdf", on=date(2027, 5, 4), actor=cast.manager,
    )  # fmt: skip
    [sent] = payments_for(cast.lead, date(2027, 5, 26))
    assert sent["why"].startswith("It is on an invoice")


def test_it_is_shown_to_who_claims_alone(contract, cast: Cast, sign_in: Login) -> None:
    for other in (cast.outsider, cast.teacher, cast.vera, cast.organiser, cast.manager):
        assert payments_for(other, DECIDED) == []
        assert "Next payment" not in text_of(sign_in(other).get("/"))


def test_where_the_partnership_earns_nothing_is_told(cast: Cast, council: Organisation) -> None:
    claims.council_contract(cast, council)
    assert payments_for(cast.organiser, DECIDED) == []


def test_the_queries_do_not_grow_with_the_contracts(contract, cast: Cast) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            payments_for(cast.lead, DECIDED)
        return len(caught)

    one = count()
    for title in ("Writing hub", "Number hub"):
        hub_contract(cast, title=title, value=Money(10_400_00))
    assert len(payments_for(cast.lead, DECIDED)) == 3
    assert count() == one <= 12
