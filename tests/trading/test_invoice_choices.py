"""A buyer may put off the invoice, and pay a service of a year in instalments: within the rules, and frozen."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.services import run_billing
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.periods import add_months
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Order, OrderLine
from marketplace.trading.rules.instalments import InstalmentRule
from marketplace.trading.rules.invoice_dates import DAYS_AFTER_SUPPLY, invoice_dates, usual_day
from marketplace.trading.services import (
    Answer,
    InvoiceDateRefused,
    NoInstalments,
    Paying,
    check_basket,
    decide,
)
from tests.shop import Shop
from tests.trading.conftest import ON, Asking, Buying

pytestmark = pytest.mark.django_db
COURSE, AFTER_IT = date(2027, 3, 24), date(2027, 4, 7)
APRIL = date(2027, 4, 1)


@pytest.mark.parametrize(
    ("supplied", "last", "on_delivery"),
    [
        ([COURSE], AFTER_IT, COURSE),
        ([APRIL, COURSE], AFTER_IT, COURSE),
        ([date(2028, 4, 1)], date(2027, 9, 1), None),
        ([None], date(2026, 9, 15), None),
        ([None, COURSE], date(2026, 9, 15), None),
        ([date(2026, 8, 10)], date(2026, 8, 24), None),
        ([], date(2026, 9, 15), None),
    ],
)
def test_an_order_is_invoiced_within_14_days_of_its_first_supply_and_within_a_year(
    supplied: list[date | None], last: date, on_delivery: date | None
) -> None:
    dates = invoice_dates(supplied, on=ON)
    assert (dates.first, dates.last, dates.on_delivery) == (ON, last, on_delivery)
    assert ON in dates and date(2026, 8, 31) not in dates
    assert dates.choice is (last > ON)


DAYS = st.dates(date(2025, 1, 1), date(2029, 12, 31))


@given(supplied=st.lists(st.none() | DAYS, max_size=5), on=DAYS, asked=DAYS)
def test_no_day_that_may_be_chosen_is_past_or_too_late(supplied: list[date | None], on: date, asked: date) -> None:
    dates = invoice_dates(supplied, on=on)
    if asked in dates and asked != on:
        assert on < asked <= min((day or on for day in supplied), default=on) + DAYS_AFTER_SUPPLY
        assert asked <= add_months(on, 12)
    assert dates.on_delivery is None or dates.on_delivery in dates


def test_a_term_that_begins_later_is_invoiced_then_and_all_else_at_once() -> None:
    assert usual_day(term_months=12, begins=APRIL, on=ON) == APRIL
    assert usual_day(term_months=12, begins=date(2026, 4, 1), on=ON) == ON
    assert usual_day(term_months=12, begins=None, on=ON) == usual_day(term_months=None, begins=COURSE, on=ON) == ON


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ({}, True),
        ({"net_pence": 99_999}, False),
        ({"term_months": 11}, False),
        ({"term_months": None}, False),
        ({"supply_kind": "consultancy"}, False),
        ({"is_course": True}, False),
    ],
)
def test_only_a_dear_service_of_a_year_may_be_paid_in_instalments(line: dict[str, Any], allowed: bool) -> None:
    service = {"is_course": False, "supply_kind": "other", "term_months": 12, "net_pence": 100_000}
    assert InstalmentRule(12, 12, 100_000).allows(**{**service, **line}) is allowed


def test_a_rule_of_more_payments_than_a_year_has_months_is_no_rule() -> None:
    with pytest.raises(ValueError, match="2 to 12"):
        InstalmentRule(13, 12, 0)


@pytest.fixture
def payroll(shop: Shop) -> Offer:
    return shop.offer("payroll", prices={PriceClass.ANY: {"flat": "1200"}}, term_months=12)


def test_the_chosen_day_stands_on_the_order_and_its_items(
    buying: Buying, sam: Actor, school: Organisation, course: Offer, shop: Shop, actor: Actor
) -> None:
    order = buying.order(sam, buying.add(sam, school, course, run=shop.run(course)), paying=Paying(invoice_on=AFTER_IT))
    assert order.invoice_on == Charge.objects.get().bill_on == AFTER_IT
    assert run_billing(on=date(2027, 4, 6), actor=actor).numbers == []
    assert len(run_billing(on=AFTER_IT, actor=actor).numbers) == 1


def test_on_delivery_is_the_day_of_the_first_thing(
    buying: Buying, sam: Actor, school: Organisation, course: Offer, shop: Shop, payroll: Offer
) -> None:
    buying.add(sam, school, course, run=shop.run(course))
    basket = buying.add(sam, school, payroll, service_from=APRIL)
    order = buying.order(sam, basket, paying=Paying(on_delivery=True))
    assert order.invoice_on == COURSE
    assert set(Charge.objects.values_list("bill_on", flat=True)) == {COURSE}


def test_a_service_may_be_invoiced_in_the_year_before_it_begins(
    buying: Buying, sam: Actor, school: Organisation, payroll: Offer
) -> None:
    buying.order(sam, buying.add(sam, school, payroll, service_from=APRIL), paying=Paying(date(2027, 3, 31)))
    assert Charge.objects.get().bill_on == date(2027, 3, 31)


@pytest.mark.parametrize("day", [date(2026, 8, 31), date(2027, 4, 8)])
def test_a_day_before_today_or_too_long_after_the_supply_is_refused_and_nothing_is_ordered(
    buying: Buying, sam: Actor, school: Organisation, course: Offer, shop: Shop, day: date
) -> None:
    run = shop.run(course)
    basket = buying.add(sam, school, course, run=run)
    with pytest.raises(InvoiceDateRefused) as refused, transaction.atomic():
        buying.order(sam, basket, paying=Paying(invoice_on=day))
    assert refused.value.message == (
        "Invoice date must be from 1 September 2026 to 7 April 2027. The first of it is delivered on 24 March 2027, and "
        "is invoiced within 14 days of that. Nothing is ordered; your basket is kept."
    )
    run.refresh_from_db()
    assert (Order.objects.count(), Charge.objects.count(), run.taken) == (0, 0, 0)


def test_twelve_instalments_are_one_invoice_and_twelve_payments(
    buying: Buying, sam: Actor, school: Organisation, payroll: Offer, course: Offer, shop: Shop, actor: Actor
) -> None:
    buying.add(sam, school, course, run=shop.run(course))
    basket = buying.add(sam, school, payroll)
    assert check_basket(basket=basket, on=ON, actor=sam).instalments == 12
    order = buying.order(sam, basket, paying=Paying(in_instalments=True))
    assert dict(order.lines.values_list("offer__code", "instalments")) == {"payroll": 12, "safeguarding": 1}
    run_billing(on=ON, actor=actor)
    by_size = sorted(Document.objects.all(), key=lambda one: one.items.count())
    assert [one.items.count() for one in by_size] == [1, 12]
    # £1,200.00 and VAT of £240.00 in twelve payments
    assert list(by_size[1].items.values_list("pence", flat=True)) == [12_000] * 12


def test_what_is_paid_whole_is_not_paid_in_instalments(
    buying: Buying, sam: Actor, school: Organisation, course: Offer, shop: Shop
) -> None:
    basket = buying.add(sam, school, course, run=shop.run(course))
    with pytest.raises(NoInstalments), transaction.atomic():
        buying.order(sam, basket, paying=Paying(in_instalments=True))
    assert (Order.objects.count(), Charge.objects.count()) == (0, 0)


def test_an_approval_freezes_the_day_and_a_later_decision_does_not_bill_in_the_past(
    asking: Asking, pat: Actor, hana: Actor
) -> None:
    approval = asking(pat, paying=Paying(invoice_on=date(2026, 9, 3)))
    assert Charge.objects.count() == 0
    decide(approval=approval, answer=Answer.APPROVE, reason="", on=date(2026, 9, 7), actor=hana)
    order = Order.objects.get()
    assert (order.invoice_on, Charge.objects.get().bill_on) == (date(2026, 9, 3), date(2026, 9, 7))


def test_an_approval_is_refused_a_day_that_is_too_late(asking: Asking, pat: Actor) -> None:
    with pytest.raises(DomainError) as refused, transaction.atomic():
        asking(pat, paying=Paying(invoice_on=date(2027, 4, 8)))
    assert refused.value.code == "invoice_date_refused"
    assert Order.objects.count() == 0


def test_what_was_agreed_of_paying_never_changes(
    buying: Buying, sam: Actor, school: Organisation, payroll: Offer
) -> None:
    order = buying.order(sam, buying.add(sam, school, payroll), paying=Paying(in_instalments=True))
    for change in (
        lambda: Order.objects.filter(pk=order.pk).update(invoice_on=ON),
        lambda: OrderLine.objects.filter(order=order).update(instalments=1),
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()
