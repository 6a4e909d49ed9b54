"""Scenario 2: a council's contract of three years, paid by quarter, 5% of each at risk on its indicator, cut by a third for its
last year. What is missed is never invoiced, so there is no credit note for it.

The commissioner agrees the contract, accepts a return, approves the variation and an invoice on their pages.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from invoicing.documents.models import Document
from invoicing.models import Charge
from invoicing.services import run_billing
from marketplace.core.actors import Actor, Role
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.core.working_days import is_working_day
from subscriptions.commissions.desk_queries import indicators_of
from subscriptions.commissions.models import CouncilContract, InvoiceApproval
from subscriptions.commissions.rules.blocks import LineTerms
from subscriptions.commissions.services.lining import change_lines
from subscriptions.commissions.services.returning import send_return
from subscriptions.outcomes.models import OutcomeItem, Statement, Submission
from subscriptions.outcomes.services.changes import Changes
from subscriptions.outcomes.services.claiming import submit
from subscriptions.outcomes.services.contracting import offer_contract
from subscriptions.outcomes.services.deciding import accept, mark_not_met
from subscriptions.outcomes.services.stating import freeze_statement, work_out
from subscriptions.outcomes.services.terms import ItemTerms
from subscriptions.outcomes.services.varying import approve_variation, propose_variation
from tests.frontend.school.visits import signed_in
from tests.invoicing.books import balances
from tests.invoicing.journals.beyond_sales import finance_person
from tests.shop import LONDON
from tests.subscriptions.commissions.councils import Cast, cast_of, drafted, filled

pytestmark = pytest.mark.django_db
BEGIN, CUT = date(2025, 4, 1), date(2027, 4, 1)


@dataclass(frozen=True)
class Story:
    """Pounds of a year before and after the cut, the percent at risk, which quarters are missed; net, VAT in pence in all."""

    year: int
    cut: int
    percent: int
    missed: tuple[int, ...]
    net: int
    vat: int


# £300,000 a year cut to £200,000; July to September 2026 is missed: 8 × £75,000 + 4 × £50,000 − £3,750.
DESCRIBED = Story(300_000, 200_000, 5, (6,), 796_250_00, 159_250_00)
# Our own: £120,000 cut to £90,000, 10% at risk, missed in the first and the last quarter:
# 8 × £30,000 + 4 × £22,500 − £3,000 − £2,250 = £324,750; VAT £64,950.
OUR_OWN = Story(120_000, 90_000, 10, (1, 12), 324_750_00, 64_950_00)


@pytest.fixture
def priya(partnership, actor) -> Actor:
    return finance_person(partnership, "Priya Shah", Role.FINANCE_OFFICER, actor)


def at(day: date) -> Any:
    """Ten in the morning of a day."""
    return time_machine.travel(datetime(day.year, day.month, day.day, 10, 0, tzinfo=LONDON), tick=True)


def on_page(actor: Actor, day: date, path: str, fields: dict[str, str]) -> Client:
    """Somebody signs in on a day and sends a page's form; it must have been done."""
    with at(day):
        client = signed_in(actor)
        answer = client.post(path, fields)
        assert answer.status_code == 302, answer.content.decode()[-3000:]
    return client


def agreed_on_page(cast: Cast, story: Story) -> CouncilContract:
    """Drawn up by Olga, offered by Fatima, agreed by Carla on her page."""
    made = drafted(
        cast, pounds=(story.year,) * 3, start=BEGIN, at_risk=f"0.{story.percent:02d}", blocks=("council", "high_needs")
    )
    offer_contract(contract=made.contract, on=date(2025, 3, 1), actor=cast.fatima)
    on_page(cast.carla, date(2025, 3, 3), f"/council/contracts/{made.contract.number}", {"do": "agree"})
    made.contract.refresh_from_db()
    assert made.contract.state == "active"
    return made


def working(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def claimed(council: CouncilContract, cast: Cast, number: int, missed: bool) -> None:
    """The part at risk of a quarter is claimed after its end, and Carla decides. Before that it is worth nothing."""
    item = OutcomeItem.objects.get(contract=council.contract, measure__code=f"plans-q{number}", state="planned")
    said = working(item.service_to + timedelta(days=9))
    assert (item.earned_pence, item.settled_pence) == (0, 0)
    if missed:
        over = working(item.due_on + timedelta(days=1))
        mark_not_met(item=item, reason="81% were finished in time", on=over, actor=cast.carla)
        item.refresh_from_db()
        assert (item.state, item.earned_pence) == ("not_met", 0)
        return
    claim = submit(item=item, claimed=Decimal(93), on=said, actor=cast.olga)
    item.refresh_from_db()
    assert (claim.state, item.earned_pence) == (Submission.State.SUBMITTED, 0)
    accept(submission=claim, on=said + timedelta(days=1), actor=cast.carla)
    item.refresh_from_db()
    assert item.earned_pence == item.pence


def frozen(statement: Statement, cast: Cast, priya: Actor) -> int:
    """Frozen and invoiced on the fourth day after its cut-off; returns its total before VAT."""
    day = statement.cut_off + timedelta(days=4)
    expected = work_out(statement).total
    done = freeze_statement(statement=statement, on=day, actor=priya)
    assert done.total_pence == expected
    run_billing(on=day, actor=priya)
    return done.total_pence


def varied(council: CouncilContract, cast: Cast, story: Story) -> None:
    """Cut for the last year: proposed with notice, approved by Fatima and, on the page, by Carla."""
    contract = council.contract
    shape = drafted(
        cast, pounds=(story.cut,), start=CUT, at_risk=f"0.{story.percent:02d}", title="The shape of the cut"
    )
    old = {item.service_from: item.measure for item in contract.items.filter(measure__isnull=False)}
    items = [
        ItemTerms(
            code=f"cut-{one.code}", name=one.name, pence=one.pence, service=Period(one.service_from, one.service_to),
            claimed_from=one.claimed_from, due_on=one.due_on, measure=old[one.service_from].code if one.measure else "",
        )
        for one in shape.contract.items.select_related("measure")
    ]  # fmt: skip
    gone = list(contract.items.filter(service_from__gte=CUT).values_list("code", flat=True))
    value = Money((2 * story.year + story.cut) * 100)
    version = propose_variation(
        contract=contract, valid_from=CUT, value=value, changes=Changes(left_out=gone, items=items),
        reason="The council's budget is cut by a third", notice_given_on=date(2026, 12, 15), on=date(2026, 12, 16),
        actor=cast.olga,
    )  # fmt: skip
    approve_variation(version=version, on=date(2026, 12, 17), actor=cast.fatima)
    assert contract.value_pence == 3 * story.year * 100
    path = f"/outcomes/contracts/{contract.number}/terms/{version.number}"
    on_page(cast.carla, date(2026, 12, 21), path, {"do": "approve"})
    contract.refresh_from_db()
    assert contract.value_pence == value.pence
    lines = [LineTerms(one.year_from, one.block, one.pence) for one in council.lines.all() if one.year_from < CUT]
    halves = [LineTerms(CUT, block, story.cut * 50) for block in ("council", "high_needs")]
    change_lines(council=council, lines=[*lines, *halves], on=date(2026, 12, 22), actor=cast.olga)
    assert sum(one.pence for one in council.lines.all()) == value.pence


@pytest.mark.parametrize("story", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])
def test_a_quarter_bills_what_is_sure_and_what_was_verified(story: Story, partnership, council, actor, priya: Actor):
    cast = cast_of(council, actor)
    made = agreed_on_page(cast, story)
    contract, totals = made.contract, []
    for number in range(1, 13):
        if number == 7:
            varied(made, cast, story)
        statement = contract.statements.get(ordinal=number)
        totals.append(frozen(statement, cast, priya))
        claimed(made, cast, number, number in story.missed)
    later = contract.statements.filter(ordinal__gt=12).order_by("ordinal")
    totals += [frozen(one, cast, priya) for one in later]

    quarter, small = story.year * 25, story.cut * 25
    sure, risk = quarter * (100 - story.percent) // 100, quarter * story.percent // 100
    assert totals[0] == sure
    assert totals[1] == sure + (0 if 1 in story.missed else risk)
    assert totals[6] == sure + (0 if 6 in story.missed else risk)
    assert totals[9] == small
    assert sum(totals) == story.net
    _invoiced_once(story, contract, len([one for one in totals if one]))
    [standing] = indicators_of([made], date(2028, 6, 1))
    assert standing.risk_pence == (8 * quarter + 4 * small) * story.percent // 100
    call_command("verify_ledger")


def _invoiced_once(story: Story, contract: Any, statements: int) -> None:
    """One invoice for each statement that is not nought, VAT on each, and no credit note."""
    invoices = Document.objects.filter(customer=contract.party)
    assert {one.kind for one in invoices} == {Document.Kind.INVOICE}
    assert invoices.count() == statements == Charge.objects.count()
    assert sum(one.net_pence for one in invoices) == story.net
    assert sum(one.vat_pence for one in invoices) == story.vat
    contract.refresh_from_db()
    assert contract.settled_pence == story.net
    assert balances()["1100"] == story.net + story.vat


def test_the_commissioner_accepts_the_return_and_approves_the_invoice_on_pages(
    partnership, council, actor, priya: Actor
):
    cast = cast_of(council, actor)
    made = agreed_on_page(cast, DESCRIBED)
    number = made.contract.number
    report = filled(made.returns.get(ordinal=1), cast)
    send_return(report=report, on=date(2025, 7, 9), actor=cast.olga)
    on_page(cast.carla, date(2025, 7, 14), f"/council/reports/{number}/1", {"do": "accept"})
    report.refresh_from_db()
    assert report.state == "accepted"
    frozen(made.contract.statements.get(ordinal=1), cast, priya)
    invoice = Document.objects.get()
    fields = {"do": "approve", "purchase_order": "PO-4471", "keep": "on"}
    on_page(cast.carla, date(2025, 7, 15), f"/council/invoices/{invoice.number}", fields)
    assert InvoiceApproval.objects.get().purchase_order == "PO-4471"
    frozen(made.contract.statements.get(ordinal=2), cast, priya)
    second = Document.objects.latest("pk")
    assert (second.purchase_order, second.net_pence) == ("PO-4471", 71_250_00)
    assert add_months(BEGIN, 6) == second.lines.get().service_to
    call_command("verify_ledger")
