"""Scenario 17: consultancy to a British school abroad, and on the same day a grant. Both bear no VAT, for two reasons."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from invoicing.documents.files import ubl_of
from invoicing.documents.models import Document
from invoicing.services import charge, credit_invoice, run_billing
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import ground_for
from invoicing.vat.treatment import VatTreatment
from invoicing.vat_boxes import box_six
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.conftest import START, finance
from tests.invoicing.einvoice.papers import assert_holds, said
from tests.shop import Shop, person

pytestmark = pytest.mark.django_db
DAY, SEPTEMBER, OCTOBER = date(2026, 9, 14), date(2026, 9, 1), date(2026, 10, 1)
ABROAD, GRANT = "supplied abroad", "a grant, not a supply"


@dataclass(frozen=True)
class Amounts:
    """In pence. ``home`` is a taxed invoice in the area on the same day, ``credited`` what the school abroad gets back."""

    town: str
    country: str
    visit: int
    grant: int
    home: int
    credited: int
    box_six: int


DESCRIBED = Amounts("Dubai", "AE", 1_500_00, 20_000_00, 0, 0, 1_500_00)
# Our own: 2,340.75 of consultancy to Málaga, of which 340.75 is credited, 780.50 at home: 2,000.00 + 780.50 = 2,780.50.
OUR_OWN = Amounts("Málaga", "ES", 2_340_75, 4_999_99, 780_50, 340_75, 2_780_50)


def granted(funder: Organisation, pence: int, partnership: Organisation, officer: Actor) -> None:
    """The funder's grant is claimed by a document that says why it bears no VAT."""
    vat = ground_for(supplier=partnership, customer=funder, on=DAY).decide(SupplyKind.GRANT).treatment
    charge(
        source_key="grant:reading:2026", consumer=funder, invoice_to=funder, description="Grant: reading recovery",
        quantity=Decimal(1), unit_price=Money(pence), net=Money(pence), vat=vat, account_code="4900", stream_code="GR",
        bill_on=DAY, actor=officer,
    )  # fmt: skip


@pytest.mark.parametrize("amounts", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])
def test_what_is_supplied_abroad_counts_in_box_6_and_a_grant_does_not(
    shop: Shop, actor: Actor, partnership, council, oakfield, order, amounts: Amounts
):
    school = add_organisation(
        kind=Organisation.Kind.OTHER, name="Jacaranda British School", valid_from=START, actor=actor,
        address=Address(street="7 Palm Street", town=amounts.town, country=amounts.country),
    )  # fmt: skip
    rule = {PriceClass.ANY: {"flat": str(Decimal(amounts.visit) / 100)}}
    visit = shop.offer("leadership-review", supply_kind=Offer.SupplyKind.CONSULTANCY, vat_category="", prices=rule)
    placed = order(person(school, actor), school, [{"offer": visit}], on=DAY)
    assert placed.lines.get().steps[-1]["text"] == f"Outside the scope of VAT: {ABROAD}"

    officer = finance(partnership)
    granted(council, amounts.grant, partnership, officer)
    if amounts.home:
        rule = {PriceClass.ANY: {"flat": str(Decimal(amounts.home) / 100)}}
        at_home = shop.offer("payroll", supply_kind=Offer.SupplyKind.OTHER, vat_category="", prices=rule)
        order(person(oakfield, actor, name="Amira Khan"), oakfield, [{"offer": at_home}], on=DAY)
    run_billing(on=DAY, actor=officer)

    invoice = Document.objects.get(customer=school)
    assert (invoice.net_pence, invoice.vat_pence) == (amounts.visit, 0)
    assert [(group.category, group.reason) for group in invoice.vat_groups.all()] == [("O", ABROAD)]
    claimed = Document.objects.get(customer=council)
    assert [(group.category, group.reason) for group in claimed.vat_groups.all()] == [("O", GRANT)]
    for document, why in ((invoice, ABROAD), (claimed, GRANT)):
        xml = ubl_of(document, demonstration=False, pay_to=None)
        assert_holds(xml)
        reasons = said(xml, "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:TaxExemptionReason")
        assert reasons == [f"Outside the scope: {why}"]
    if amounts.credited:
        line = invoice.lines.get()
        credit_invoice(
            invoice=invoice, amounts={line.pk: amounts.credited}, reason="Half a day less", on=DAY, actor=officer
        )

    told = box_six(officer, SEPTEMBER, OCTOBER)
    assert told.pence == amounts.box_six and told.pounds == amounts.box_six // 100
    assert {(row.reason, row.counts, row.pence) for row in told.rows if row.category == "O"} == {
        (ABROAD, True, amounts.visit - amounts.credited), (GRANT, False, amounts.grant)
    }  # fmt: skip
    assert told.undecided == [] and box_six(officer, OCTOBER, date(2026, 11, 1)).pence == 0
    call_command("verify_ledger")


def test_a_reason_of_other_words_is_named_for_a_person_to_decide(partnership, oakfield, charges, actor):
    """Nobody said whether "donation" counts: it is neither left out nor counted in silence."""
    charges(oakfield, 700, vat=VatTreatment("O", Decimal(0), "donation"), on=DAY)
    charges(oakfield, 300, vat=VatTreatment("E", Decimal(0), "tuition in a school subject"), on=DAY)
    run_billing(on=DAY, actor=actor)
    told = box_six(actor, SEPTEMBER, OCTOBER)
    assert [(row.reason, row.pence) for row in told.undecided] == [("donation", 700)]
    assert told.pence == 300
