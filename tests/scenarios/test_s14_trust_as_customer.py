"""Scenario 14: a trust is one customer for its academies: one invoice, a section for each. Never by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from catalogue.rules.classes import PriceClass
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.services import charge, run_billing
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.services.registry import set_terms
from tests.conftest import finance
from tests.shop import Shop, person, schools, trust_with

pytestmark = pytest.mark.django_db
ORDERED = date(2026, 9, 1)


@dataclass(frozen=True)
class Case:
    """The price of the package in pence before VAT, the trust's academies, and the purchase order of each."""

    price: int
    academies: tuple[str, ...]
    orders: tuple[str, ...]


DESCRIBED = Case(240_000, ("Harbour Academy", "Lighthouse Academy", "Mooring Academy"), ("T-1", "T-1", "T-1"))
# Our own: £1,999.99 for two academies, each under a purchase order of its own: £3,999.98, VAT 799.996 → £800.00.
OUR_OWN = Case(199_999, ("Curlew Academy", "Dunlin Academy"), ("T-7", "T-8"))


@pytest.mark.parametrize("case", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])
def test_a_package_for_a_school_alone_and_for_a_trusts_academies_on_one_invoice(
    shop: Shop, actor: Actor, partnership: Organisation, order: Callable[..., Any], tmp_path: Any, case: Case
) -> None:
    [alone] = schools(tmp_path, actor, {})
    trust, academies = trust_with(tmp_path, actor, *case.academies)
    officer = finance(partnership)
    set_terms(organisation=trust, actor=officer, invoice_grouping=CustomerTerms.Grouping.TOGETHER)
    price = f"{Decimal(case.price) / 100:.2f}"
    package = shop.offer("inclusion", title="Inclusion package", prices={PriceClass.ANY: {"flat": price}})

    order(person(alone, actor), alone, [{"offer": package}], on=ORDERED)
    lead = person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE)
    for number in dict.fromkeys(case.orders):
        lines = [
            {"offer": package, "school": academy}
            for academy, wanted in zip(academies, case.orders, strict=True)
            if wanted == number
        ]
        order(lead, trust, lines, on=ORDERED, purchase_order=number)

    run_billing(on=ORDERED, actor=officer)
    [single] = Document.objects.filter(customer=alone)
    [together] = Document.objects.filter(customer=trust)
    assert single.net_pence == case.price
    count = len(case.academies)
    assert together.net_pence == count * case.price
    assert together.vat_pence == (count * case.price * 20 + 50) // 100  # one rate, half up over the whole invoice
    sections: dict[str, int] = {}
    for line in together.lines.order_by("position"):
        sections[line.consumer_name] = sections.get(line.consumer_name, 0) + line.net_pence
    assert sections == dict.fromkeys(sorted(case.academies), case.price)
    assert list(sections) == sorted(sections)
    assert [line.purchase_order for line in together.lines.order_by("position")] == list(case.orders)
    assert together.purchase_order == (case.orders[0] if len(set(case.orders)) == 1 else "")
    assert run_billing(on=ORDERED, actor=officer).numbers == []
    call_command("verify_ledger")


def test_a_trust_is_not_invoiced_by_itself(partnership: Organisation, actor: Actor, tmp_path: Any) -> None:
    trust, [academy] = trust_with(tmp_path, actor, "Harbour Academy")
    with pytest.raises(WrongInput, match=f"{trust.name} cannot be invoiced by itself. Choose another organisation"):
        charge(
            source_key="package:1", consumer=academy, invoice_to=trust, supplier=trust, description="Inclusion package",
            quantity=Decimal(1), unit_price=Money(240_000), net=Money(240_000),
            vat=VatTreatment("S", Decimal("0.20")), account_code="4200", stream_code="BS", bill_on=ORDERED, actor=actor,
        )  # fmt: skip
    assert Charge.objects.count() == 0
    call_command("verify_ledger")
