"""Money given back after the provider's invoice was written: the school is credited, the provider's next payment is less."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from invoicing.documents.models import Document
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.self_billing.billing import self_bill
from invoicing.services import issue_credits_due, run_billing
from marketplace.core.actors import Role
from marketplace.trading.engagements.services.giving_back import give_back
from providers.services import add_provider
from tests.invoicing.self_billing.ridgeway import add_firm, agreed
from tests.shop import person
from tests.trading.engagements.visiting import delivered
from tests.trading.engagements.world import DAY, book, consultant_of, on_day, rate_of

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=27)


@pytest.mark.parametrize(("back", "provider_less"), [(45_00, 38_25), (100_01, 85_01)])
def test_what_is_given_back_is_credited_to_the_school_and_netted_from_the_provider(
    partnership, school, actor, sam, back, provider_less
):
    firm = add_provider(organisation=add_firm(), code="ridgeway", actor=actor)
    nadia = consultant_of(firm, actor)
    rate_of(nadia)
    office = person(firm.organisation, actor, name="Lena Ridge", role=Role.PROVIDER)
    agreed(firm.organisation, begins=date(2026, 9, 1))
    visit = delivered(book(school, nadia, sam, on_day()).dates.get(), DAY, office, sam)
    run_billing(on=DAY, actor=actor)
    self_bill(on=DAY, actor=actor)
    first = ProviderInvoice.objects.get()
    assert (first.net_pence, first.vat_pence) == (382_50, 76_50)
    priya = person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER)
    give_back(visit=visit, pence=back, reason="Left early", on=LATER, actor=priya)
    keys = visit.charges.values_list("source_key", flat=True)
    issue_credits_due(charge_source_keys=list(keys), on=LATER, actor=actor)
    self_bill(on=LATER, actor=actor)
    note = ProviderInvoice.objects.exclude(pk=first.pk).get()
    assert note.is_credit and (note.net_pence, note.credits) == (provider_less, first)
    [credited] = Document.objects.filter(kind=Document.Kind.CREDIT_NOTE, customer=school)
    assert credited.net_pence == back
    call_command("verify_ledger")
