from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.errors import NotFound
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.rules.terms import a_unit
from marketplace.trading.engagements.services.agreeing import NewShare, NoRate, WrongShares
from marketplace.trading.engagements.services.planning import NotAccredited, TooManyDates
from marketplace.trading.services import OverLimit
from providers.models import Rate, Slot
from providers.services import SlotTaken, reserve_slot
from tests.shop import START, person
from tests.trading.engagements.world import DAY, ON, book, consultant_of, on_day, rate_of

pytestmark = pytest.mark.django_db


def test_a_booking_copies_the_rate_pins_it_and_takes_the_time(school, nadia, sam):
    made = book(school, nadia, sam, on_day(), on_day(DAY + timedelta(days=1), quantity="0.5"), purchase_order="PO 12")
    assert (made.sell_pence, made.buy_pence, made.quantity) == (45_000, 38_250, Decimal("2.5"))
    assert made.number.startswith("CB-") and made.purchase_order == "PO 12"
    assert "2½ days × £450.00 = £1,125.00 before VAT" in made.working
    assert Rate.objects.get().used_on == ON
    first, second = made.dates.order_by("ordinal")
    assert first.accredited_for == DAY and first.slot is not None
    assert Slot.objects.get(source_key=f"engagement:{made.number}:date:1").during.lower == first.starts_at
    assert second.release == EngagementDate.Release.NOT_NEEDED


def test_another_consultant_and_other_figures(school, larkfield, actor, sam):
    """The second set: additive terms, £483.00 of which £420.00 is the provider's; three half days."""
    other = consultant_of(larkfield, actor, name="Piers Oldroyd")
    rate_of(other, 24_150, 21_000, unit="half_day", mile=45)
    made = book(school, other, sam, on_day(hours=3), unit="half_day", quantity=Decimal(3))
    assert (made.sell_pence, made.buy_pence, made.mileage_pence) == (24_150, 21_000, 45)
    assert made.working[-1] == "Travel: £0.45 a mile"


def test_nobody_is_booked_on_a_day_without_accreditation_and_nothing_is_kept(school, nadia, sam):
    late = on_day(date(2028, 9, 1))
    with pytest.raises(NotAccredited, match=r"Nadia Fenwick cannot be booked for 1 September 2028"):
        book(school, nadia, sam, on_day(), late)
    with pytest.raises(NotAccredited, match="cannot be booked for 31 August 2026"):
        book(school, nadia, sam, on=date(2026, 8, 31))
    assert not Engagement.objects.exists() and not Slot.objects.exists()


def test_the_database_itself_refuses_a_date_without_accreditation(school, nadia, sam):
    made = book(school, nadia, sam, on_day())
    with pytest.raises(IntegrityError, match="is not accredited on"), transaction.atomic():
        EngagementDate.objects.update(
            starts_at=on_day(date(2028, 9, 4)).starts_at, ends_at=on_day(date(2028, 9, 4)).ends_at
        )
    with pytest.raises(IntegrityError, match="are too many"), transaction.atomic():
        EngagementDate.objects.update(quantity=Decimal("2.75"))
    with pytest.raises(IntegrityError, match="the terms that were agreed never change"), transaction.atomic():
        Engagement.objects.filter(pk=made.pk).update(sell_pence=1)
    with pytest.raises(IntegrityError, match="no legal move"), transaction.atomic():
        EngagementDate.objects.update(state="agreed")
    assert made.dates.get().quantity == 1


def test_a_consultant_is_in_one_place_at_a_time_courses_too(school, nadia, sam):
    reserve_slot(
        source_key="run:144", consultant=nadia, starts_at=on_day(hours=2).starts_at, ends_at=on_day(hours=2).ends_at,
        kind=Slot.Kind.COURSE, label="Phonics in Year 1",
    )  # fmt: skip
    with pytest.raises(SlotTaken, match="Nadia Fenwick is taken at that time"):
        book(school, nadia, sam, on_day(hours=6))
    assert not Engagement.objects.exists() and Slot.objects.count() == 1
    assert book(school, nadia, sam, on_day(hours=3, at=11)).dates.count() == 1  # touching is not overlapping


def test_a_buyer_commits_the_whole_cost_with_vat_within_their_limit(school, nadia, actor):
    pat = person(school, actor, name="Pat Limit", limit=134_999)
    with pytest.raises(OverLimit, match=r"This booking is £0\.01 over your limit") as refused:
        book(school, nadia, pat, on_day())
    assert refused.value.facts["over"] == 1 and not Engagement.objects.exists()
    enough = person(school, actor, name="Una Enough", limit=135_000)
    assert book(school, nadia, enough).agreed_by_id == enough.person_id


def test_without_a_rate_nothing_is_booked(school, nadia, sam):
    with pytest.raises(NoRate, match="No price of Nadia Fenwick for a twilight is agreed on 1 September 2026"):
        book(school, nadia, sam, unit="twilight")


def test_no_more_is_planned_than_was_agreed(school, nadia, sam):
    with pytest.raises(TooManyDates, match="2 days were chosen and 1½ days are left"):
        book(school, nadia, sam, on_day(), on_day(DAY + timedelta(days=1)), quantity=Decimal("1.5"))


def test_outsiders_book_nothing_and_organisers_for_anybody(school, nadia, outsider, olga):
    with pytest.raises(NotFound):
        book(school, nadia, outsider)
    assert book(school, nadia, olga).school == school


def test_schools_share_a_booking_each_named_once(school, nadia, olga, actor):
    other = add_organisation(kind="other", name="Elm Park Nursery", valid_from=START, actor=actor)
    parts = [NewShare(school, Decimal(198)), NewShare(other, Decimal(205), "PO 9")]
    made = book(school, nadia, olga, shares=parts)
    assert list(made.shares.order_by("position").values_list("weight", "purchase_order")) == [
        (Decimal(198), ""), (Decimal(205), "PO 9"),
    ]  # fmt: skip
    with pytest.raises(WrongShares, match="once, and two at least"):
        book(school, nadia, olga, shares=[parts[0], parts[0]])
    assert Engagement.objects.count() == 1


def test_a_unit_has_its_article():
    assert [a_unit(unit) for unit in ("day", "half_day", "twilight", "hour")] == [
        "a day",
        "a half day",
        "a twilight",
        "an hour",
    ]
