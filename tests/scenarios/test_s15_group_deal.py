"""Scenario 15. A lower price for all from so many sign-ups on: those invoiced already get their credit notes."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from frontend.formats import plural
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.services import charge, issue_credits_due, reduce, run_billing
from marketplace.core.actors import Actor, Role
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.api.calling import Program
from tests.conftest import STANDARD, START
from tests.frontend.finance.test_finance_journals import text_of
from tests.frontend.school.visits import signed_in
from tests.invoicing.books import balances
from tests.shop import person

pytestmark = pytest.mark.django_db
SIGNED, REACHED, ISSUED, LATER = date(2026, 9, 1), date(2026, 9, 14), date(2026, 9, 18), date(2026, 9, 25)
REASON = "25% off the list price for all, since the 50th school signed up"


@pytest.fixture
def officer(partnership, actor) -> Actor:
    return person(partnership, actor, role=Role.FINANCE_OFFICER, name="Priya Officer", on=SIGNED)


def _schools(count: int, actor: Actor) -> list[Organisation]:
    return [
        add_organisation(
            kind=Organisation.Kind.OTHER, name=f"Tidewell School {number}", valid_from=START, actor=actor,
            address=Address(town="Tidewell"),
        )
        for number in range(1, count + 1)
    ]  # fmt: skip


def _sign_up(school: Organisation, pence: int, on: date, steps: list[str], officer: Actor) -> str:
    """The school signs up for the bus scheme at a price before VAT; the source of its charge."""
    key = f"bus:{school.number}"
    charge(
        source_key=key, consumer=school, invoice_to=school, description="Bus scheme of the year", quantity=Decimal(1),
        unit_price=Money(pence), net=Money(pence), vat=STANDARD, account_code="4200", stream_code="BS", bill_on=on,
        steps=steps, actor=officer,
    )  # fmt: skip
    return key


def _invoiced(schools: Sequence[Organisation], prices: Sequence[int], officer: Actor) -> list[str]:
    keys = [
        _sign_up(school, pence, SIGNED, ["List price less 20%"], officer)
        for school, pence in zip(schools, prices, strict=True)
    ]
    assert len(run_billing(on=SIGNED, actor=officer).numbers) == len(schools)
    return keys


def _reached(keys: Sequence[str], cuts: Sequence[int], officer: Actor) -> None:
    """The number is reached: each that was invoiced owes less, and its credit is due."""
    for key, pence in zip(keys, cuts, strict=True):
        reduce(source_key=f"tier:{key}", of=key, pence=pence, reason=REASON, on=REACHED, actor=officer)


def _standing(officer: Actor) -> tuple[int, int, int, int]:
    """What the API says is due: how many credits, net, VAT and gross; the page says the same."""
    told = Program(officer).get("/credits-due").json()
    figures = (told["net_pence"], told["vat_pence"], told["gross_pence"])
    page = text_of(signed_in(officer).get("/finance/credits-due"))
    if told["credits"]:
        assert (
            f"Total of all {plural(len(told['credits']), 'credit')} " + " ".join(str(Money(one)) for one in figures)
            in page
        )
    else:
        assert "No credit is due" in page
    return len(told["credits"]), *figures


def _owed() -> list[int]:
    """What each invoice still asks for, with VAT, in the order of the invoices."""
    invoices = Document.objects.filter(kind="invoice").order_by("number")
    return [invoice.items.get().outstanding_pence for invoice in invoices]


def test_fifty_schools_at_the_scenarios_prices(partnership, actor, officer):
    """List £395.00: £316.00 with 20% off for the 49, £296.25 with 25% off; 49 × £19.75 = £967.75, VAT 49 × £3.95."""
    *early, fiftieth = _schools(50, actor)
    keys = _invoiced(early, [31_600] * 49, officer)
    assert _standing(officer) == (0, 0, 0, 0)
    last = _sign_up(fiftieth, 29_625, REACHED, ["List price less 25%"], officer)
    _reached(keys, [1_975] * 49, officer)
    assert _standing(officer) == (49, 96_775, 19_355, 116_130)
    run_billing(on=ISSUED, actor=officer)
    assert _owed() == [37_920] * 49 + [35_550]  # nothing is credited before it is issued

    notes = issue_credits_due(charge_source_keys=keys, on=ISSUED, actor=officer)
    assert [(note.net_pence, note.vat_pence) for note in notes] == [(1_975, 395)] * 49
    assert {note.customer_id for note in notes} == {school.pk for school in early}
    assert {note.reason for note in notes} == {REASON}
    assert _standing(officer) == (0, 0, 0, 0)
    assert _owed() == [35_550] * 50  # £296.25 and £59.25 of VAT for every one of them
    assert balances()["4200"] == -50 * 29_625

    # A school withdraws: it is credited what it pays now, and the 49 others keep what they were granted.
    reduce(source_key="leaves", of=keys[6], pence=29_625, reason="Withdrawn", on=LATER, actor=officer)
    assert _standing(officer) == (1, 29_625, 5_925, 35_550)
    [left] = issue_credits_due(charge_source_keys=keys, on=LATER, actor=officer)
    assert (left.customer_id, left.net_pence, left.vat_pence) == (early[6].pk, 29_625, 5_925)
    assert sorted(_owed()) == [0] + [35_550] * 49
    assert Charge.objects.get(source_key=last).net_pence == 29_625
    call_command("verify_ledger")


def test_seven_schools_at_prices_of_their_own(partnership, actor, officer):
    """List prices £101.00, £202.02, £303.33, £47.77, £0.99, £1,250.00, £88.88; 10% off at first, 17.5% off for all.

    At 10% off, a half penny up: 90.90, 181.82, 273.00 (272.997), 42.99 (42.993), 0.89 (0.891), 1,125.00, 79.99
    (79.992). At 17.5% off: 83.33 (83.325), 166.67 (166.6665), 250.25 (250.24725), 39.41 (39.41025), 0.82 (0.81675),
    1,031.25, 73.33 (73.326). The cuts: 7.57, 15.15, 22.75, 3.58, 0.07, 93.75, 6.66 = £149.53. VAT of each at 20%:
    1.51 (1.514), 3.03, 4.55, 0.72 (0.716), 0.01 (0.014), 18.75, 1.33 (1.332) = £29.90, which is not 20% of £149.53.
    """
    schools = _schools(7, actor)
    before = [9_090, 18_182, 27_300, 4_299, 89, 112_500, 7_999]
    cuts, vat = [757, 1_515, 2_275, 358, 7, 9_375, 666], [151, 303, 455, 72, 1, 1_875, 133]
    keys = _invoiced(schools, before, officer)
    _reached(keys, cuts, officer)
    assert _standing(officer) == (7, 14_953, 2_990, 17_943)
    notes = Program(officer).send("POST", "/credits-due", {"net_pence": 14_952})
    assert (notes.status_code, notes.json()["code"]) == (409, "credits_due_moved")
    issued = Program(officer).send("POST", "/credits-due", {"net_pence": 14_953})
    assert issued.status_code == 201, issued.content
    found = Document.objects.filter(number__in=issued.json()["credit_notes"]).order_by("number")
    assert [(note.net_pence, note.vat_pence) for note in found] == list(zip(cuts, vat, strict=True))
    assert _standing(officer) == (0, 0, 0, 0)
    assert balances()["4200"] == -(sum(before) - 14_953)
    call_command("verify_ledger")
