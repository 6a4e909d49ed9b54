"""Scenario 24 (Trust partnership): 15 months with twelve days of a system leader, funded by the department, then nothing."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.core.management import call_command

from catalogue.rules.classes import PriceClass
from invoicing.documents.models import Document
from invoicing.payables.models import Payable
from invoicing.receivables.models import Charge
from invoicing.services import owe, release_income, run_billing
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation, set_terms
from subscriptions.agreements.rules.forms import CreditRule
from subscriptions.models import Agreement
from subscriptions.queries import whole_term
from subscriptions.services import charge_due, set_service_terms
from tests.conftest import EXEMPT, START, finance
from tests.shop import person, schools

pytestmark = pytest.mark.django_db
ORDERED = date(2026, 7, 6)


@dataclass(frozen=True)
class Amounts:
    months: int
    days: int
    rate: str
    total: int


# 12 days × £450.00 = £5,400.00 over 15 months; our own: 9 days × £385.50 = £3,469.50 over 10 months.
BOTH = pytest.mark.parametrize(
    "amounts", [Amounts(15, 12, "450", 540_000), Amounts(10, 9, "385.50", 346_950)], ids=["as described", "our own"]
)
BEGINS = date(2026, 9, 1)


@BOTH
def test_a_time_limited_partnership_is_charged_to_its_funder_and_ends(
    shop, actor, order, partnership, tmp_path, amounts
):
    [supported, home] = schools(
        tmp_path, actor, {}, {"EstablishmentName": "Elm Park Primary School", "EstablishmentNumber": "2002"}
    )
    department = add_organisation(
        kind=Organisation.Kind.OTHER, name="Department for Schools", valid_from=START, actor=actor
    )
    set_terms(organisation=supported, invoice_to=department, actor=actor)
    offer = shop.offer(
        "system-leader", title="Days of a system leader", term_months=amounts.months, vat_category="E",
        vat_reason="Seconded teacher between eligible bodies",
        prices={PriceClass.ANY: {"rate": amounts.rate, "per": "quantity"}},
    )  # fmt: skip
    set_service_terms(offer=offer, years=[1], renewal="none", notice_weeks=0, credit=CreditRule.NONE, actor=actor)
    placed = order(
        person(supported, actor), supported, [{"offer": offer, "quantity": amounts.days, "service_from": BEGINS}],
        on=ORDERED,
    )  # fmt: skip
    agreement, ends = Agreement.objects.get(), add_months(BEGINS, amounts.months)
    assert (agreement.kind, agreement.renewal) == ("service", "none")
    assert (agreement.organisation, agreement.invoice_to) == (supported, department)
    assert (agreement.term_from, agreement.term_to) == (BEGINS, ends)
    assert whole_term(agreement).gross.pence == placed.total_pence == amounts.total

    officer = finance(partnership)
    [number] = run_billing(on=BEGINS, actor=officer).numbers
    invoice = Document.objects.get(number=number)
    assert (invoice.customer, invoice.gross_pence) == (department, amounts.total)
    assert [line.consumer for line in invoice.lines.all()] == [supported]

    # Each day that was given is owed to the leader's own school.
    rate = amounts.total // amounts.days
    for day in range(amounts.days):
        given = Period.months_from(BEGINS, 1).start.replace(day=day + 1)
        owe(
            source_key=f"system-leader:{day}", provider=home, description="A day of a system leader", net=Money(rate),
            vat=EXEMPT, account_code="6100", stream_code="SI", on=given, actor=actor,
        )  # fmt: skip
    assert sum(Payable.objects.values_list("owed_pence", flat=True)) == amounts.total
    call_command("verify_ledger")

    # Nothing is billed after its end.
    for months in range(1, 25):
        day = add_months(ends, months)
        assert charge_due(on=day, actor=officer) == 0
        assert run_billing(on=day, actor=officer).numbers == []
    assert Charge.objects.count() == 1
    release_income(on=ends, actor=officer)
    call_command("verify_ledger")
