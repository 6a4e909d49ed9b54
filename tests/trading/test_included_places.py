"""Places of a subscription: used first, kept with the order, back when cancelled in time, used when they have been."""

from datetime import date

import pytest
from django.core.management import call_command

from invoicing.receivables.models import Charge
from marketplace.core.actors import Role
from marketplace.organisations.services.people import actor_for
from marketplace.trading.models import Booking
from marketplace.trading.services import cancel_booking, check_basket, withdraw
from marketplace.trading.services.included import use_included_places
from subscriptions.allowances.services import claim_allowance
from subscriptions.models import Allowance, AllowanceUse
from subscriptions.services import AllowanceUsedUp, grant_allowance, release_included
from tests.shop import person
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db
LAST_FREE, FIRST_FULL = date(2027, 3, 17), date(2027, 3, 18)


@pytest.fixture
def gold(school, actor) -> Allowance:
    """Six places a year."""
    return grant_allowance(
        source_key="gold", organisation=school, name="Gold", places=6, valid_from=ON, valid_to=date(2027, 9, 1),
        actor=actor,
    )  # fmt: skip


def left(allowance: Allowance) -> int:
    allowance.refresh_from_db()
    return allowance.left


def test_included_places_come_first_and_are_kept_with_the_order(gold, shop, school, sam, course, buying):
    order = buying.order(sam, buying.add(sam, school, course, 8, run=shop.run(course)))
    line = order.lines.get()
    assert (line.included, line.net_pence, left(gold)) == (6, 28000, 0)
    assert line.steps[1]["text"] == "6 places from Gold, 6 of 6 left"
    kept = AllowanceUse.objects.get()
    assert (kept.places, kept.source_key) == (6, f"order-line:{line.pk}:included")
    assert Charge.objects.get().net_pence == 28000
    call_command("verify_ledger")


def test_the_buyer_chooses_how_many_of_them_to_use(gold, shop, school, sam, course, buying):
    basket = buying.add(sam, school, course, 3, run=shop.run(course), use_included=1)
    check = check_basket(basket=basket, on=ON, actor=sam)
    assert [(one.quote.included, one.quote.net.pence) for one in check.lines] == [(1, 28000)]
    assert (buying.order(sam, basket).net_pence, left(gold)) == (28000, 5)


def test_two_lines_of_one_basket_share_what_is_left(gold, shop, school, sam, course, buying):
    buying.add(sam, school, course, 4, run=shop.run(course))
    second = shop.run(course, day=date(2027, 5, 11))
    order = buying.order(sam, buying.add(sam, school, course, 4, run=second))
    assert [line.included for line in order.lines.order_by("pk")] == [4, 2]
    assert (order.net_pence, left(gold)) == (28000, 0)


def test_cancelled_in_time_it_may_be_used_again_later_it_stays_used(gold, shop, school, sam, course, buying):
    order = buying.order(sam, buying.add(sam, school, course, 2, run=shop.run(course)))
    early, late = order.lines.get().bookings.order_by("position")
    assert cancel_booking(booking=early, on=LAST_FREE, actor=sam).place_returned
    assert left(gold) == 5
    assert not cancel_booking(booking=late, on=FIRST_FULL, actor=sam).place_returned
    assert left(gold) == 5
    call_command("verify_ledger")


def test_an_order_that_does_not_come_about_gives_them_back(gold, shop, school, actor, course, buying, asking):
    person(school, actor, name="Hana Head", role=Role.APPROVER)
    approval = asking(person(school, actor, name="Lee Limited", limit=1), 8)
    assert left(gold) == 0
    withdraw(approval=approval, on=ON, actor=person_who_asked(approval))
    assert (left(gold), Booking.objects.filter(state="cancelled").count()) == (6, 8)
    call_command("verify_ledger")


def person_who_asked(approval):
    return actor_for(user=approval.asked_by_person.user, on=ON)


def test_what_has_been_is_used(gold, shop, school, sam, course, buying):
    order = buying.order(sam, buying.add(sam, school, course, 2, run=shop.run(course)))
    assert use_included_places(on=date(2027, 3, 24)) == 0
    assert (use_included_places(on=date(2027, 3, 25)), use_included_places(on=date(2027, 3, 26))) == (1, 0)
    assert release_included(source_key=f"order-line:{order.lines.get().pk}:included") == 0
    assert left(gold) == 4


def test_places_used_up_a_moment_ago_stop_the_order_and_nothing_is_half_done(
    gold, shop, school, sam, course, buying, monkeypatch
):
    """Somebody else of the school takes the last ones after the price was worked out."""
    from marketplace.trading.services import writing

    run = shop.run(course)
    basket = buying.add(sam, school, course, 2, run=run)
    kept = writing.reserve_places

    def beaten(**given):
        assert claim_allowance(gold.pk, 5)
        return kept(**given)

    monkeypatch.setattr(writing, "reserve_places", beaten)
    with pytest.raises(AllowanceUsedUp, match="Only 1 included places are left"):
        buying.order(sam, basket)
    run.refresh_from_db()
    assert (run.taken, Booking.objects.count(), Charge.objects.count(), left(gold)) == (0, 0, 0, 6)
