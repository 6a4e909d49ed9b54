"""Scenario 4: a flat amount and an amount for each primary pupil."""

from datetime import date

import pytest
from django.core.management import call_command

from catalogue.rules.classes import PriceClass
from catalogue.rules.evaluation import NoPrice
from invoicing.documents.models import Document
from invoicing.services import run_billing
from tests.conftest import finance
from tests.shop import person, schools

pytestmark = pytest.mark.django_db
ON = date(2026, 4, 1)
RULE = {
    "when": {"phase": "primary"},
    "sum": [{"flat": "466.14", "label": "Base charge"}, {"rate": "1.14", "per": "pupils"}],
}


@pytest.mark.parametrize(
    ("pupils", "net", "gross"),
    [
        pytest.param(210, 70554, 84665, id="as described"),  # 466.14 + 239.40 = 705.54; VAT 141.108 → 141.11
        pytest.param(333, 84576, 101491, id="our own"),  # 466.14 + 379.62 = 845.76; VAT 169.152 → 169.15
    ],
)
def test_a_base_and_a_rate_for_each_primary_pupil(shop, actor, partnership, order, tmp_path, pupils, net, gross):
    [school] = schools(tmp_path, actor, {"NumberOfPupils": str(pupils)})
    offer = shop.offer("data-service", prices={PriceClass.ANY: RULE}, term_months=12)
    placed = order(person(school, actor), school, [{"offer": offer}], on=ON)
    line = placed.lines.get()
    assert line.net_pence == net
    assert line.steps[0]["text"] == "Base charge"
    assert line.steps[1]["text"].startswith(f"{pupils} pupils × £1.14, ")
    [number] = run_billing(on=ON, actor=finance(partnership)).numbers
    invoice = Document.objects.get(number=number)
    assert (invoice.net_pence, invoice.gross_pence) == (net, gross)
    call_command("verify_ledger")


def test_a_secondary_school_has_no_price_and_orders_nothing(shop, actor, order, tmp_path):
    cells = {"PhaseOfEducation (code)": "4", "PhaseOfEducation (name)": "Secondary"}
    [school] = schools(tmp_path, actor, cells)
    offer = shop.offer("data-service", prices={PriceClass.ANY: RULE}, term_months=12)
    with pytest.raises(NoPrice, match="no price for phase secondary"):
        order(person(school, actor), school, [{"offer": offer}], on=ON)
    assert not school.orders.exists()
