"""Scenario 3: HR, ICT and clerking for a year from 1 April, on one invoice. (Deferred income comes later.)"""

from dataclasses import dataclass
from datetime import date

import pytest
from django.core.management import call_command

from catalogue.rules.classes import PriceClass
from invoicing.documents.models import Document
from invoicing.services import run_billing
from tests.conftest import finance
from tests.shop import person, schools

pytestmark = pytest.mark.django_db
ORDERED, APRIL = date(2026, 2, 20), date(2026, 4, 1)


@dataclass(frozen=True)
class Amounts:
    """All in pence before VAT unless said."""

    staff: int
    pupils: int
    term: int
    hr: int
    ict: int
    clerking: int
    vat: int
    gross: int


# As described: 400 + 9.50 × 38 = 761.00; 6.35 × 412 = 2,616.20 less 5% (130.81) = 2,485.39; 1,150.00.
# Net 4,396.39, VAT at 20% 879.278 → 879.28, gross 5,275.67.
DESCRIBED = Amounts(38, 412, 3, 76100, 248539, 115000, 87928, 527567)
# Our own: 400 + 9.50 × 61 = 979.50; 6.35 × 187 = 1,187.45 without a term's discount; 1,150.00.
# Net 3,316.95, VAT at 20% 663.39, gross 3,980.34.
OUR_OWN = Amounts(61, 187, 1, 97950, 118745, 115000, 66339, 398034)


@pytest.mark.parametrize("amounts", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])
def test_three_services_for_a_year_are_one_invoice(shop, actor, partnership, order, tmp_path, amounts):
    [school] = schools(tmp_path, actor, {"NumberOfPupils": str(amounts.pupils)})
    hr = {"sum": [{"flat": "400", "label": "Base charge"}, {"rate": "9.50", "per": "staff"}]}
    ict = {"rate": "6.35", "per": "pupils", "less": {"term_years": {"3": "5%"}}}
    offers = {
        "hr-advice": (hr, {"staff": amounts.staff}),
        "ict-support": (ict, {"term_years": amounts.term}),
        "clerking": ({"flat": "1150"}, {}),
    }
    lines = [
        {
            "offer": shop.offer(code, prices={PriceClass.ANY: rule}, term_months=12),
            "facts": facts,
            "service_from": APRIL,
        }
        for code, (rule, facts) in offers.items()
    ]
    buyer = person(school, actor)
    placed = order(buyer, school, lines, on=ORDERED, purchase_order="PO 4711")
    assert [line.net_pence for line in placed.lines.order_by("pk")] == [amounts.hr, amounts.ict, amounts.clerking]

    officer = finance(partnership)
    assert run_billing(on=date(2026, 3, 31), actor=officer).numbers == []
    report = run_billing(on=APRIL, actor=officer)
    [invoice] = Document.objects.filter(number__in=report.numbers)
    net = amounts.hr + amounts.ict + amounts.clerking
    assert (invoice.net_pence, invoice.vat_pence, invoice.gross_pence) == (net, amounts.vat, amounts.gross)
    assert invoice.purchase_order == "PO 4711"
    assert {(line.service_from, line.service_to) for line in invoice.lines.all()} == {(APRIL, date(2027, 4, 1))}
    assert sum(line.vat_pence for line in invoice.lines.all()) == amounts.vat
    assert run_billing(on=APRIL, actor=officer).numbers == []
    call_command("verify_ledger")
