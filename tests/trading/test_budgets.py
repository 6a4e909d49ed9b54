"""A school's budget against what it bought, its own codes, and its year end, to the penny."""

from datetime import date
from typing import Any

import pytest

from catalogue.models import Offer
from invoicing.documents.models import Document, DocumentLine
from invoicing.services import credit_in_full, credit_invoice, run_billing
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.services.registry import set_terms
from marketplace.trading.budget_queries import (
    budget_for,
    own_budget,
    purchases_for,
    year_end_for,
    year_of,
    year_starting,
    years_around,
)
from marketplace.trading.models import BudgetLine, LineCode, Order
from marketplace.trading.purchases import own_codes_of
from marketplace.trading.rules.budgets import BudgetRow, What, budget_rows, scheme_of, total_of
from marketplace.trading.services import TooManyCodes, clean_code, set_budget, set_line_codes
from tests.conftest import Charges
from tests.shop import Shop, person, trust_with
from tests.trading.conftest import ON, Buying

pytestmark = pytest.mark.django_db
YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))


# The rules


def test_a_row_is_what_is_left_of_its_budget() -> None:
    rows = budget_rows(
        {"E09": 100_000, "E22": 5_000},
        [("E09", "ordered", 14_000), ("E09", "invoiced", 42_000), ("E09", "credited", 2_000), ("", "invoiced", 300),
         ("E09", "ordered", 1_000)],
    )  # fmt: skip
    assert rows == [BudgetRow("E09", 100_000, 15_000, 42_000, 2_000), BudgetRow("E22", 5_000), BudgetRow("", 0, 0, 300)]
    assert [row.left for row in rows] == [45_000, 5_000, -300]
    assert total_of(rows) == BudgetRow("All codes", 105_000, 15_000, 42_300, 2_000)


def test_academies_and_trusts_book_by_the_academies_return() -> None:
    assert [scheme_of("academy", trust=False), scheme_of("", trust=True)] == ["AAR", "AAR"]
    assert [scheme_of("maintained", trust=False), scheme_of("", trust=False)] == ["CFR", "CFR"]


@pytest.mark.parametrize("code", ["", "  ", "=1+1", "E09;E22", "-4300", "a" * 21])
def test_a_code_that_no_system_knows_is_refused(code: str) -> None:
    with pytest.raises(WrongInput):
        clean_code(code)


def test_a_code_loses_its_spaces() -> None:
    assert clean_code(" E 09 ") == "E09" and clean_code("4300-12/A.b") == "4300-12/A.b"


# Years


def test_a_maintained_school_counts_from_april_and_an_academy_from_september(
    school: Organisation, actor: Actor, tmp_path: Any
) -> None:
    trust, [academy] = trust_with(tmp_path, actor, "Harbour Academy")
    assert year_of(school, ON) == YEAR
    assert year_of(academy, ON) == year_of(trust, ON) == Period(date(2026, 9, 1), date(2027, 9, 1))
    assert [one.start for one in years_around(school, ON)] == [date(2025, 4, 1), date(2026, 4, 1), date(2027, 4, 1)]
    assert year_starting(school, date(2027, 4, 1), on=ON).last_day == date(2028, 3, 31)
    for day in (date(2026, 9, 1), date(2026, 4, 2), date(2099, 4, 1)):
        with pytest.raises(NotFound):
            year_starting(school, day, on=ON)


# The budget that a school enters


def test_a_budget_is_put_whole_and_tells_what_it_was(school: Organisation, sam: Actor) -> None:
    assert (
        set_budget(organisation=school, year=YEAR, budget={"E09": 100_000, "e 22": 5_000, "E27": 0}, actor=sam)
        == 105_000
    )
    assert own_budget(sam, school, YEAR) == {"E09": 100_000, "e22": 5_000}
    assert set_budget(organisation=school, year=YEAR, budget={"E09": 90_000}, actor=sam) == 90_000
    assert own_budget(sam, school, YEAR) == {"E09": 90_000}
    newest = Event.objects.filter(kind="budget.set").latest("pk")
    assert newest.payload == {"from": "2026-04-01", "before": {"E09": 100_000, "e22": 5_000}, "after": {"E09": 90_000}}
    set_budget(organisation=school, year=YEAR, budget={"E09": 90_000}, actor=sam)
    assert Event.objects.filter(kind="budget.set").count() == 2
    assert own_budget(sam, school, Period.months_from(date(2027, 4, 1), 12)) == {}


def test_a_budget_that_cannot_be_is_refused_and_nothing_changes(school: Organisation, sam: Actor) -> None:
    for budget in ({"E09": -1}, {"=E09": 5}, {"E09": 5, "E 09": 6}, {"E09": 10**16}):
        with pytest.raises(WrongInput):
            set_budget(organisation=school, year=YEAR, budget=budget, actor=sam)
    with pytest.raises(TooManyCodes):
        set_budget(organisation=school, year=YEAR, budget={f"C{n}": 1 for n in range(201)}, actor=sam)
    assert not BudgetLine.objects.exists() and not Event.objects.filter(kind="budget.set").exists()


def test_nobody_elses_budget_is_read_or_put(school: Organisation, outsider: Actor, sam: Actor) -> None:
    set_budget(organisation=school, year=YEAR, budget={"E09": 100_000}, actor=sam)
    for refused in (
        lambda: set_budget(organisation=school, year=YEAR, budget={}, actor=outsider),
        lambda: budget_for(outsider, school, YEAR),
        lambda: own_budget(outsider, school, YEAR),
        lambda: purchases_for(outsider, school, YEAR),
        lambda: year_end_for(outsider, school, YEAR),
    ):
        with pytest.raises(NotFound):
            refused()
    assert own_budget(sam, school, YEAR) == {"E09": 100_000}


# What was bought


def bought(buying: Buying, sam: Actor, school: Organisation, course: Offer, shop: Shop, places: int = 3) -> Order:
    return buying.order(sam, buying.add(sam, school, course, places, run=shop.run(course)))


def test_what_is_ordered_becomes_invoiced_and_then_credited(
    buying: Buying, sam: Actor, school: Organisation, course: Offer, shop: Shop, actor: Actor
) -> None:
    set_budget(organisation=school, year=YEAR, budget={"E09": 100_000}, actor=sam)
    bought(buying, sam, school, course, shop)
    assert budget_for(sam, school, YEAR).rows == [BudgetRow("E09", 100_000, 42_000)]
    [number] = run_billing(on=ON, actor=actor).numbers
    assert budget_for(sam, school, YEAR).rows == [BudgetRow("E09", 100_000, 0, 42_000)]
    credit_in_full(invoice=Document.objects.get(number=number), reason="Not held", on=ON, actor=actor)
    found = budget_for(sam, school, YEAR)
    assert found.rows == [BudgetRow("E09", 100_000, 0, 42_000, 42_000)] and found.total.left == 100_000
    lines = purchases_for(sam, school, YEAR)
    assert [(one.what, one.signed) for one in lines] == [(What.CREDITED, -42_000), (What.INVOICED, 42_000)]


def test_the_invoice_date_decides_the_year(
    buying: Buying, sam: Actor, school: Organisation, shop: Shop, actor: Actor, charges: Charges
) -> None:
    charges(school, 10_000, on=date(2027, 4, 1))
    charges(school, 7_000, on=date(2027, 3, 31))
    following = Period.months_from(YEAR.end, 12)
    assert [budget_for(sam, school, year).total.ordered for year in (YEAR, following)] == [7_000, 10_000]
    run_billing(on=date(2027, 4, 1), actor=actor)
    assert [budget_for(sam, school, year).total.invoiced for year in (YEAR, following)] == [0, 17_000]


def test_what_the_trust_buys_counts_for_the_school_that_receives_it(
    buying: Buying, course: Offer, shop: Shop, actor: Actor, tmp_path: Any
) -> None:
    trust, [harbour, light] = trust_with(tmp_path, actor, "Harbour Academy", "Lighthouse Academy")
    tess = person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE)
    hal = person(harbour, actor, name="Hal Harbour")
    run, year = shop.run(course), year_of(trust, ON)
    buying.add(tess, harbour, course, 2, run=run, organisation=trust)
    buying.order(tess, buying.add(tess, light, course, 1, run=run, organisation=trust))
    run_billing(on=ON, actor=actor)
    set_budget(organisation=harbour, year=year, budget={"BAE090": 50_000}, actor=tess)
    assert budget_for(hal, harbour, year).rows == [BudgetRow("BAE090", 50_000, 0, 36_000)]
    whole = budget_for(tess, trust, year)
    assert whole.rows == [BudgetRow("BAE090", 50_000, 0, 54_000)]
    sums = {one.name: row.invoiced for one, row in whole.members}
    assert sums == {"Harbour Academy": 36_000, "Lighthouse Academy": 18_000, trust.name: 0}
    with pytest.raises(NotFound):
        budget_for(hal, trust, year)


def test_what_a_council_buys_for_a_school_is_not_the_schools_spending(
    buying: Buying, course: Offer, shop: Shop, actor: Actor, school: Organisation, sam: Actor
) -> None:
    order = bought(buying, sam, school, course, shop)
    assert budget_for(sam, school, YEAR).total.ordered == 42_000
    Order.objects.filter(pk=order.pk).update(organisation=school.school.authority.organisation)
    assert budget_for(sam, school, YEAR).total.ordered == 0


def test_a_school_that_is_invoiced_through_its_council_sees_its_own_lines(
    buying: Buying, course: Offer, shop: Shop, actor: Actor, school: Organisation, sam: Actor, charges: Charges
) -> None:
    council = School.objects.get(organisation=school).authority.organisation
    set_terms(organisation=school, actor=actor, invoice_to=council)
    bought(buying, sam, school, course, shop)
    run_billing(on=ON, actor=actor)
    assert Document.objects.get().customer == council
    [line] = purchases_for(sam, school, YEAR)
    assert (line.what, line.pence, line.customer_id) == (What.INVOICED, 42_000, council.pk)


# A school's own codes


def test_an_own_code_moves_the_figures_and_changes_no_document(
    buying: Buying, sam: Actor, school: Organisation, course: Offer, shop: Shop, actor: Actor
) -> None:
    order = bought(buying, sam, school, course, shop)
    run_billing(on=ON, actor=actor)
    invoice, line = Document.objects.get(), order.lines.get()
    before = (invoice.content_hash, list(DocumentLine.objects.values_list("cfr_code", "aar_code")))
    assert set_line_codes(order=order, codes={line.pk: " 4300 "}, actor=sam) == 1
    assert budget_for(sam, school, YEAR).rows == [BudgetRow("4300", 0, 0, 42_000)]
    assert own_codes_of(sam, [invoice.pk]) == {invoice.lines.get().pk: "4300"}
    credit_invoice(invoice=invoice, amounts={invoice.lines.get().pk: 2_000}, reason="Late", on=ON, actor=actor)
    assert budget_for(sam, school, YEAR).rows == [BudgetRow("4300", 0, 0, 42_000, 2_000)]
    invoice.refresh_from_db()
    lines = DocumentLine.objects.filter(document=invoice).values_list("cfr_code", "aar_code")
    assert (invoice.content_hash, list(lines)) == before
    assert set_line_codes(order=order, codes={line.pk: "4300"}, actor=sam) == 0
    assert set_line_codes(order=order, codes={line.pk: ""}, actor=sam) == 1 and not LineCode.objects.exists()
    told = Event.objects.filter(kind="order.line_code").order_by("pk")
    assert [one.payload["after"] for one in told] == ["4300", ""]


def test_nobody_else_gives_a_line_a_code(
    buying: Buying, sam: Actor, school: Organisation, course: Offer, shop: Shop, outsider: Actor, actor: Actor
) -> None:
    order = bought(buying, sam, school, course, shop)
    line = order.lines.get()
    for who, codes in ((outsider, {line.pk: "1"}), (outsider, {}), (sam, {line.pk: "1", 999_999: "2"})):
        with pytest.raises(NotFound):
            set_line_codes(order=order, codes=codes, actor=who)
    with pytest.raises(WrongInput):
        set_line_codes(order=order, codes={line.pk: "=1+1"}, actor=sam)
    assert not LineCode.objects.exists()
    run_billing(on=ON, actor=actor)
    set_line_codes(order=order, codes={line.pk: "1"}, actor=sam)
    assert own_codes_of(outsider, [Document.objects.get().pk]) == {}
