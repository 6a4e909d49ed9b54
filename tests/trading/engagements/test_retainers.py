"""Retainers: agreed by both sides, charged period by period, drawn from by visits, what is left lapses or is carried over."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from invoicing.payables.models import Payable
from invoicing.receivables.models import Charge
from invoicing.recognition.models import Deferral
from invoicing.services import run_billing
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.verification import verify
from marketplace.trading.engagements.models import EngagementDate
from marketplace.trading.engagements.retainer_queries import periods_of_retainer, retainer_for, retainers_for
from marketplace.trading.engagements.rules.retaining import periods_of, unit_price, usable_to
from marketplace.trading.engagements.services.dates import BookingClosed, add_date
from marketplace.trading.engagements.services.prepaid import use_prepaid
from marketplace.trading.engagements.services.retainer_periods import close_periods, open_periods
from marketplace.trading.engagements.services.retaining import (
    RetainerMoved,
    agree_retainer,
    decline_retainer,
    offer_retainer,
    stop_retainer,
)
from marketplace.trading.models import Retainer, RetainerPeriod
from marketplace.trading.services import OverLimit
from providers.services import suspend
from tests.shop import person
from tests.trading.engagements.visiting import delivered
from tests.trading.engagements.world import ON, on_day

pytestmark = pytest.mark.django_db
TERMS = {
    "title": "A day of reading support", "unit": "day", "quantity": Decimal(3), "fee_pence": 120_000,
    "earned_pence": 102_000, "every": "term", "periods": 2, "valid_from": date(2026, 9, 1), "unused": "lapse",
    "owed": "visit", "on": ON,
}  # fmt: skip


@pytest.fixture
def offered(school, nadia, olga):
    def make(**more):
        return offer_retainer(school=school, consultant=nadia, actor=olga, **TERMS | more)

    return make


@pytest.fixture
def running(offered, sam, lena):
    def make(**more):
        made = offered(**more)
        agree_retainer(retainer=made, on=ON, actor=sam, purchase_order="PO 3")
        return agree_retainer(retainer=made, on=ON, actor=lena)

    return make


def _true() -> bool:
    """Whether the books of visits, retainers, calendars and the ledger hold, recomputed."""
    return not [one for one in verify() if one.violations]


def _visit(period, day, lena, sam):
    booking = period.engagement
    made = add_date(engagement=booking, new=on_day(day), on=day, actor=sam)
    return delivered(made, day, lena, sam)


def test_periods_of_terms_and_months():
    terms = periods_of(date(2026, 9, 1), termly=True, count=3)
    assert [one.start for one in terms] == [date(2026, 9, 1), date(2027, 1, 1), date(2027, 4, 1)]
    assert terms[-1].end == date(2027, 9, 1)
    months = periods_of(date(2027, 1, 31), termly=False, count=2)
    assert [(one.start, one.end) for one in months] == [
        (date(2027, 1, 31), date(2027, 2, 28)), (date(2027, 2, 28), date(2027, 3, 31)),
    ]  # fmt: skip
    assert usable_to(terms, 0, unused="lapse") == date(2027, 1, 1)
    assert usable_to(terms, 0, unused="next") == date(2027, 4, 1)
    assert usable_to(terms, 2, unused="next") == usable_to(terms, 0, unused="end") == date(2027, 9, 1)
    assert unit_price(120_000, Decimal(3)) == 40_000 and unit_price(100_000, Decimal(3)) is None


def test_it_runs_when_both_sides_agreed_and_is_charged_when_a_period_begins(offered, sam, lena, actor, nadia):
    made = offered()
    agree_retainer(retainer=made, on=ON, actor=sam, purchase_order="PO 3")
    assert open_periods(on=ON, actor=actor) == 0, "The provider has not agreed"
    with pytest.raises(RetainerMoved, match="waits for the other"):
        agree_retainer(retainer=made, on=ON, actor=sam)
    made = agree_retainer(retainer=made, on=ON, actor=lena)
    assert made.state == "running"
    assert open_periods(on=ON, actor=actor) == 1 and open_periods(on=ON, actor=actor) == 0
    item = Charge.objects.get()
    assert (item.net_pence, item.purchase_order, item.recognition) == (120_000, "PO 3", "on_use")
    booking = RetainerPeriod.objects.get().engagement
    assert (booking.paid_by, booking.sell_pence, booking.buy_pence) == ("prepaid", 40_000, 34_000)
    assert not Payable.objects.exists()
    assert open_periods(on=date(2027, 1, 4), actor=actor) == 1 and Charge.objects.count() == 2
    assert open_periods(on=date(2027, 4, 1), actor=actor) == 0, "Two terms were agreed"
    assert _true()


def test_visits_draw_from_it_and_what_is_left_lapses_into_income(running, partnership, sam, lena, actor):
    made = running()
    open_periods(on=ON, actor=actor)
    period = RetainerPeriod.objects.get()
    run_billing(on=ON, actor=actor)
    _visit(period, date(2026, 11, 4), lena, sam)
    assert Payable.objects.get().net_pence == 34_000 and Charge.objects.count() == 1
    assert use_prepaid(on=date(2026, 11, 4), actor=actor) == 1
    assert Deferral.objects.get().open_pence == 80_000
    assert periods_of_retainer(made)[0].left == 2
    with pytest.raises(WrongInput, match="lies outside"):
        add_date(engagement=period.engagement, new=on_day(date(2027, 1, 12)), on=date(2026, 12, 4), actor=sam)
    assert close_periods(on=date(2026, 12, 31), actor=actor) == 0
    assert close_periods(on=date(2027, 1, 1), actor=actor) == 1 and close_periods(on=date(2027, 1, 1), actor=actor) == 0
    period.refresh_from_db()
    assert (period.lapsed, period.lapsed_pence) == (2, 80_000) and Deferral.objects.get().open_pence == 0
    assert Payable.objects.count() == 1, "Nothing is owed for days that nobody delivered"
    with pytest.raises(BookingClosed):
        add_date(engagement=period.engagement, new=on_day(date(2027, 1, 12)), on=date(2027, 1, 4), actor=sam)
    assert _true()


def test_the_second_set_by_months_half_days_carried_over_and_owed_by_the_period(running, sam, lena, actor):
    made = running(
        unit="half_day", quantity=Decimal(2), fee_pence=44_444, earned_pence=40_002, every="month", periods=2,
        valid_from=date(2026, 10, 15), unused="next", owed="period",
    )  # fmt: skip
    assert open_periods(on=date(2026, 10, 14), actor=actor) == 0
    assert open_periods(on=date(2026, 10, 16), actor=actor) == 1
    assert Payable.objects.get().net_pence == 40_002, "owed for the period when it begins"
    run_billing(on=date(2026, 10, 16), actor=actor)
    first = RetainerPeriod.objects.get()
    assert first.usable_to == date(2026, 12, 15)
    _visit(first, date(2026, 11, 30), lena, sam)
    assert Payable.objects.count() == 1, "the visit is part of the period that was owed"
    use_prepaid(on=date(2026, 11, 30), actor=actor)
    assert close_periods(on=date(2026, 12, 14), actor=actor) == 0
    assert close_periods(on=date(2026, 12, 15), actor=actor) == 1
    first.refresh_from_db()
    assert (first.lapsed, first.lapsed_pence) == (1, 22_222)
    made.refresh_from_db()
    assert made.state == "ended" and _true()


def test_a_period_in_which_nobody_may_be_booked_is_not_charged(running, nadia, olga, actor):
    running()
    suspend(consultant=nadia, on=ON, reason="Something is looked at", actor=olga)
    assert open_periods(on=ON, actor=actor) == 0 and not Charge.objects.exists()


def test_what_is_refused(offered, school, nadia, olga, sam, lena, actor, oakfield):
    for wrong, words in (
        ({"fee_pence": 100_000}, "whole pence"), ({"earned_pence": 120_300}, "no more than"), ({"periods": 0}, "1 to 36"),
        ({"valid_from": date(2026, 10, 1)}, "begins on 1 September"), ({"valid_from": date(2026, 8, 1)}, "today or later"),
        ({"quantity": Decimal(0)}, "Enter how many"),
    ):  # fmt: skip
        with pytest.raises(WrongInput, match=words):
            offered(**wrong)
    with pytest.raises(NotAllowed):
        offer_retainer(school=school, consultant=nadia, actor=sam, **TERMS)
    assert not Retainer.objects.exists()
    made = offered()
    small = person(school, actor, name="Sal Small", role=Role.BUYER, limit=287_999)
    with pytest.raises(OverLimit):
        agree_retainer(retainer=made, on=ON, actor=small)  # both terms: £2,400.00 and VAT
    stranger = person(oakfield, actor, name="Zed", role=Role.BUYER)
    with pytest.raises(NotFound):
        agree_retainer(retainer=made, on=ON, actor=stranger)
    with pytest.raises(NotFound):
        retainer_for(stranger, made.number)
    assert list(retainers_for(lena)) == [made]
    decline_retainer(retainer=made, reason="Too dear", on=ON, actor=sam)
    with pytest.raises(RetainerMoved):
        agree_retainer(retainer=made, on=ON, actor=lena)


def test_stopped_no_new_period_begins(running, olga, actor):
    made = running()
    open_periods(on=ON, actor=actor)
    stop_retainer(retainer=made, from_day=date(2027, 1, 1), reason="The school merges", on=ON, actor=olga)
    assert open_periods(on=date(2027, 1, 4), actor=actor) == 0 and Charge.objects.count() == 1
    with pytest.raises(RetainerMoved):
        stop_retainer(retainer=made, from_day=date(2027, 1, 1), reason="Again", on=ON, actor=olga)


def test_the_database_keeps_the_terms_and_the_time_of_the_days(running, sam, actor, nadia):
    made = running()
    open_periods(on=ON, actor=actor)
    booking = RetainerPeriod.objects.get().engagement
    for change in ({"sell_pence": 1}, {"unused": "end"}, {"owed": "period"}, {"state": "offered"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Retainer.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        RetainerPeriod.objects.update(usable_to=date(2028, 1, 1))
    planned = add_date(engagement=booking, new=on_day(), on=ON, actor=sam)
    with pytest.raises(IntegrityError, match="may be taken from"), transaction.atomic():
        new = on_day(date(2027, 2, 2))
        EngagementDate.objects.filter(pk=planned.pk).update(starts_at=new.starts_at, ends_at=new.ends_at)
