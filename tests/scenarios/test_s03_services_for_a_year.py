"""Scenario 3: HR, ICT and clerking for a year from 1 April, on one invoice, which becomes income month by month."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.core.management import call_command

from catalogue.rules.classes import PriceClass
from invoicing.documents.models import Document
from invoicing.ledger.models import Movement
from invoicing.ledger.reports import trial_balance
from invoicing.recognition.models import Deferral
from invoicing.services import credit_invoice, release_income, run_billing
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.trading.models import Order
from subscriptions.models import Agreement
from subscriptions.queries import whole_term
from subscriptions.services import charge_due
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
    months: dict[str, list[int]]


def _months(*shares: tuple[int, int]) -> list[int]:
    return [pence for times, pence in shares for _ in range(times)]


# As described: 400 + 9.50 × 38 = 761.00; 6.35 × 412 = 2,616.20 less 5% (130.81) = 2,485.39; 1,150.00.
# Net 4,396.39, VAT at 20% 879.278 → 879.28, gross 5,275.67.
# A twelfth each month, left-over pennies to the earliest: 76100 = 12 × 6341 + 8, 248539 = 12 × 20711 + 7,
# 115000 = 12 × 9583 + 4.
DESCRIBED = Amounts(
    38, 412, 3, 76100, 248539, 115000, 87928, 527567,
    {
        "hr-advice": _months((8, 6342), (4, 6341)),
        "ict-support": _months((7, 20712), (5, 20711)),
        "clerking": _months((4, 9584), (8, 9583)),
    },
)  # fmt: skip
# Our own: 400 + 9.50 × 61 = 979.50; 6.35 × 187 = 1,187.45 without a term's discount; 1,150.00.
# Net 3,316.95, VAT at 20% 663.39, gross 3,980.34.
# 97950 = 12 × 8162 + 6, 118745 = 12 × 9895 + 5.
OUR_OWN = Amounts(
    61, 187, 1, 97950, 118745, 115000, 66339, 398034,
    {
        "hr-advice": _months((6, 8163), (6, 8162)),
        "ict-support": _months((5, 9896), (7, 9895)),
        "clerking": _months((4, 9584), (8, 9583)),
    },
)  # fmt: skip


BOTH = pytest.mark.parametrize("amounts", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])
ENDS = [Period.months_from(APRIL, months).last_day for months in range(1, 13)]


@pytest.fixture
def ordered(shop, actor, order, tmp_path):
    """``ordered(amounts)``: a school of that size orders the three services for a year from 1 April."""

    def place(amounts: Amounts) -> Order:
        return _order(shop, actor, order, tmp_path, amounts)

    return place


def _order(shop, actor, order, tmp_path, amounts: Amounts) -> Order:
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
    return order(buyer, school, lines, on=ORDERED, purchase_order="PO 4711")


def _invoice(officer: Actor) -> Document:
    [number] = run_billing(on=APRIL, actor=officer).numbers
    return Document.objects.get(number=number)


@BOTH
def test_three_services_for_a_year_are_one_invoice(ordered, partnership, amounts):
    placed = ordered(amounts)
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


def released_on(day: date) -> dict[str, int]:
    """Pence that became income on a day, by the offer that was sold."""
    movements = Movement.objects.filter(entry__kind="income.released", entry__posted_on=day)
    return dict(movements.values_list("analysis_code", "pence"))


def deferred() -> int:
    return -next((line.pence for line in trial_balance(on=date(2030, 1, 1)) if line.code == "2300"), 0)


@BOTH
def test_the_year_becomes_income_month_by_month(ordered, partnership, amounts):
    ordered(amounts)
    officer = finance(partnership)
    invoice = _invoice(officer)
    assert deferred() == invoice.net_pence  # all of it: nothing of the year was delivered on its first day
    call_command("verify_ledger")

    left = invoice.net_pence
    for month, end in enumerate(ENDS):
        report = release_income(on=end, actor=officer)
        shares = {offer: parts[month] for offer, parts in amounts.months.items()}
        assert (report.pence, released_on(end)) == (sum(shares.values()), shares)
        assert release_income(on=end, actor=officer).pence == 0
        left -= report.pence
        assert deferred() == left
        call_command("verify_ledger")
    assert deferred() == 0
    assert not Deferral.objects.filter(open_pence__gt=0).exists()


@BOTH
def test_clerking_ended_in_mid_year_takes_its_months_back(ordered, partnership, amounts):
    """Clerking ends on 30 September: 1,150.00 ÷ 2 = 575.00 credited, + 115.00 VAT.

    October to March hold 6 × 95.83 = 574.98; the two pennies come off April and May, which are income already.
    """
    ordered(amounts)
    officer = finance(partnership)
    invoice = _invoice(officer)
    release_income(on=date(2026, 9, 30), actor=officer)
    clerking = invoice.lines.get(analysis_code="clerking")
    before = deferred()
    note = credit_invoice(
        invoice=invoice,
        amounts={clerking.pk: 57500},
        reason="Clerking ends on 30 September",
        on=date(2026, 10, 5),
        service=Period(date(2026, 10, 1), date(2027, 4, 1)),
        actor=officer,
    )
    assert (note.net_pence, note.vat_pence) == (57500, 11500)
    assert deferred() == before - 57498
    parts = clerking.deferral.parts.order_by("income_on").values_list("cancelled_pence", "reversed_pence")
    assert list(parts) == [(0, 1), (0, 1), *[(0, 0)] * 4, *[(9583, 0)] * 6]
    call_command("verify_ledger")

    release_income(on=date(2027, 3, 31), actor=officer)
    assert deferred() == 0
    assert income() == amounts.hr + amounts.ict + 57500
    call_command("verify_ledger")


@BOTH
def test_each_service_runs_for_its_term_and_is_charged_year_by_year(ordered, partnership, amounts):
    """ICT support is agreed for three years at its price less 5%, HR and clerking for one."""
    ordered(amounts)
    officer = finance(partnership)
    [*shorter, longest] = Agreement.objects.order_by("term_to")
    years = longest.term_to.year - longest.term_from.year
    assert (longest.term_from, years) == (APRIL, amounts.term)
    assert {one.term_to for one in shorter} <= {date(2027, 4, 1)}
    first = amounts.hr + amounts.ict + amounts.clerking
    whole = sum(whole_term(one).net.pence for one in [*shorter, longest])
    assert whole == first + amounts.ict * (amounts.term - 1)

    assert run_billing(on=APRIL, actor=officer).net_pence == first
    for year in range(1, amounts.term):
        day = date(2026 + year, 4, 1)
        assert charge_due(on=day, actor=officer) == 1
        [number] = run_billing(on=day, actor=officer).numbers
        assert Document.objects.get(number=number).net_pence == amounts.ict
    assert charge_due(on=date(2040, 4, 1), actor=officer) == 0
    release_income(on=date(2030, 3, 31), actor=officer)
    assert (deferred(), income()) == (0, whole)
    call_command("verify_ledger")


def income() -> int:
    return -sum(line.pence for line in trial_balance(on=date(2030, 1, 1)) if line.code.startswith("4"))
