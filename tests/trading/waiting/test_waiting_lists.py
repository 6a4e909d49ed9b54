"""Waiting for places on a full course date: the course has 4 places and is on Wednesday 24 March 2027."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership as the_partnership
from marketplace.trading.models import Approval, Booking, Order, WaitingEntry, WaitingOffer
from marketplace.trading.services import (
    AlreadyWaiting,
    NothingToOffer,
    NotWaiting,
    OfferGone,
    PlacesAreFree,
    PriceChanged,
    accept_offer,
    cancel_booking,
    close_lists,
    decline_offer,
    join_waiting,
    lapse_offers,
    leave_waiting,
    offer_by_hand,
    offer_everywhere,
    offer_places,
    offered_check,
    withdraw,
)
from marketplace.trading.waiting_queries import entries_for, passed_over, standings_of
from subscriptions.services import set_membership
from tests.shop import person, schools

pytestmark = pytest.mark.django_db
# A Wednesday, 10am in London; places offered on it stand until 5pm on Thursday 3 September.
NOW = datetime(2026, 9, 2, 9, 0, tzinfo=UTC)
ON = date(2026, 9, 2)
UNTIL = datetime(2026, 9, 3, 16, 0, tzinfo=UTC)


@pytest.fixture
def run(shop: Any, course: Offer) -> CourseRun:
    return shop.run(course, places=4)


@pytest.fixture
def places(buying: Any, sam: Actor, school: Organisation, course: Offer, run: CourseRun) -> list[Booking]:
    """Oakfield has all four of them."""
    order = buying.order(sam, buying.add(sam, school, course, 4, run=run))
    return list(order.lines.get().bookings.select_related("run", "order_line__order"))


@pytest.fixture
def others(places: Any, actor: Actor, tmp_path: Any) -> dict[str, tuple[Organisation, Actor]]:
    """Three more member schools, each with somebody who buys for it."""
    names = ["Birch School", "Cedar School", "Dale School"]
    found = schools(tmp_path, actor, *({"URN": f"90300{i}", "EstablishmentName": n} for i, n in enumerate(names)))
    for one in found:
        set_membership(organisation=one, price_class=PriceClass.MEMBER, valid_from=date(2020, 1, 1), actor=actor)
    return {one.name.split()[0]: (one, person(one, actor, name=f"{one.name.split()[0]} Buyer")) for one in found}


class Lists:
    """The list with as few words as the claim needs."""

    def __init__(self, run: CourseRun, others: dict[str, tuple[Organisation, Actor]]) -> None:
        self.run, self.others = run, others

    def join(self, name: str, seats: int = 1, *, together: bool = True, at: datetime = NOW) -> WaitingEntry:
        school, buyer = self.others[name]
        return join_waiting(
            run=self.run, organisation=school, school=school, seats=seats, together=together, at=at, actor=buyer
        )

    def buyer(self, name: str) -> Actor:
        return self.others[name][1]

    def accept(self, entry: WaitingEntry, name: str, at: datetime = NOW) -> Order:
        seen = offered_check(entry=entry, on=at.date(), actor=self.buyer(name)).total.gross.pence
        return accept_offer(entry=entry, expected_pence=seen, at=at, actor=self.buyer(name))

    @property
    def taken(self) -> int:
        self.run.refresh_from_db()
        return self.run.taken


@pytest.fixture
def lists(run: CourseRun, others: Any) -> Lists:
    return Lists(run, others)


def state(entry: WaitingEntry) -> str:
    entry.refresh_from_db()
    return entry.state


def give_back(bookings: list[Booking], sam: Actor, count: int = 1, on: date = ON) -> None:
    for booking in [one for one in bookings if one.state == "booked"][:count]:
        cancel_booking(booking=booking, on=on, actor=sam)
        booking.refresh_from_db()


def verify() -> None:
    call_command("verify_ledger")


def test_a_place_that_comes_free_is_offered_to_who_asked_first_and_held_for_them(lists, places, sam):
    first, second = lists.join("Birch"), lists.join("Cedar")
    give_back(places, sam)
    offer = WaitingOffer.objects.get()
    assert (offer.entry_id, offer.places, offer.until, offer.by_hand) == (first.pk, 1, UNTIL, False)
    assert (state(first), state(second), lists.taken) == ("offered", "waiting", 4)
    verify()


def test_what_is_offered_is_ordered_like_anything_else_at_the_price_of_the_day(lists, places, sam):
    entry = lists.join("Birch")
    give_back(places, sam)
    check = offered_check(entry=entry, on=ON, actor=lists.buyer("Birch"))
    assert (check.total.gross.pence, check.problems) == (14000, [])
    order = lists.accept(entry, "Birch")
    assert (order.total_pence, order.organisation.name, order.lines.get().quantity) == (14000, "Birch School", 1)
    assert (state(entry), entry.seats, lists.taken) == ("taken", 0, 4)
    assert WaitingOffer.objects.get().order == order
    verify()


def test_looking_at_what_is_offered_changes_nothing(lists, places, sam):
    entry = lists.join("Birch")
    give_back(places, sam)
    events = Event.objects.count()
    offered_check(entry=entry, on=ON, actor=lists.buyer("Birch"))
    assert (lists.taken, state(entry), Order.objects.count(), Event.objects.count()) == (4, "offered", 1, events)
    verify()


def test_another_price_than_was_seen_orders_nothing_and_the_offer_stands(lists, places, sam):
    entry = lists.join("Birch")
    give_back(places, sam)
    with pytest.raises(PriceChanged):
        accept_offer(entry=entry, expected_pence=1, at=NOW, actor=lists.buyer("Birch"))
    assert (state(entry), lists.taken, Order.objects.count()) == ("offered", 4, 1)


def test_the_own_basket_is_left_alone(lists, places, sam, buying, shop):
    buyer, school = lists.buyer("Birch"), lists.others["Birch"][0]
    other = shop.course("phonics")
    basket = buying.add(buyer, school, other, 2, run=shop.run(other))
    entry = lists.join("Birch")
    give_back(places, sam)
    lists.accept(entry, "Birch")
    basket.refresh_from_db()
    assert (basket.state, basket.lines.get().offer) == ("open", other)


def test_three_together_do_not_fit_in_one_place_and_keep_their_position(lists, places, sam):
    three, one = lists.join("Birch", 3), lists.join("Cedar")
    give_back(places, sam)
    assert (state(three), state(one)) == ("waiting", "offered")
    assert WaitingOffer.objects.get().passed_over == [three.pk]
    [why] = passed_over(three)
    assert (why.on, why.free) == (ON, 1)
    assert standings_of([three])[three.pk].position == 1
    verify()
    decline_offer(entry=one, on=ON, actor=lists.buyer("Cedar"))
    give_back(places, sam, 2)
    assert (state(three), WaitingOffer.objects.latest("pk").places) == ("offered", 3)
    verify()
    lists.accept(three, "Birch")  # nothing is wanted any more; that it was passed over in its time stays right
    assert (state(three), three.seats) == ("taken", 0)
    verify()


def test_as_they_come_takes_one_and_waits_on_at_the_same_place(lists, places, sam):
    two, later = lists.join("Birch", 2, together=False), lists.join("Cedar")
    give_back(places, sam)
    lists.accept(two, "Birch")
    assert (state(two), two.seats, state(later)) == ("waiting", 1, "waiting")
    give_back(places, sam)
    assert (state(two), state(later)) == ("offered", "waiting")
    lists.accept(two, "Birch")
    assert (state(two), two.seats) == ("taken", 0)
    verify()


def test_the_places_that_are_left_are_offered_at_once_to_who_wants_more_as_they_come(lists, places, sam):
    give_back(places, sam, 2)
    entry = lists.join("Birch", 3, together=False)
    assert (entry.state, WaitingOffer.objects.get().places, lists.taken) == ("offered", 2, 4)
    verify()


def test_nobody_waits_for_what_is_free(lists, places, sam):
    give_back(places, sam, 2)
    with pytest.raises(PlacesAreFree, match="2 places are left on 24 March 2027"):
        lists.join("Birch", 2)
    assert not WaitingEntry.objects.exists()


def test_a_school_stands_on_a_list_once(lists):
    entry = lists.join("Birch")
    with pytest.raises(AlreadyWaiting):
        lists.join("Birch", 2)
    leave_waiting(entry=entry, on=ON, actor=lists.buyer("Birch"))
    assert lists.join("Birch", 2).seats == 2


def test_declining_passes_the_place_on(lists, places, sam):
    first, second = lists.join("Birch"), lists.join("Cedar")
    give_back(places, sam)
    decline_offer(entry=first, on=ON, actor=lists.buyer("Birch"))
    assert (state(first), state(second), lists.taken) == ("declined", "offered", 4)
    with pytest.raises(OfferGone, match="declined already"):
        accept_offer(entry=first, expected_pence=14000, at=NOW, actor=lists.buyer("Birch"))
    verify()


def test_leaving_while_offered_passes_the_place_on_and_twice_is_refused(lists, places, sam):
    first, second = lists.join("Birch"), lists.join("Cedar")
    give_back(places, sam)
    leave_waiting(entry=first, on=ON, actor=lists.buyer("Birch"))
    assert (state(first), state(second)) == ("left", "offered")
    with pytest.raises(NotWaiting):
        leave_waiting(entry=first, on=ON, actor=lists.buyer("Birch"))
    with pytest.raises(NotWaiting):
        decline_offer(entry=first, on=ON, actor=lists.buyer("Birch"))


def test_an_offer_runs_out_at_its_minute_and_the_place_goes_on(lists, places, sam):
    first, second = lists.join("Birch"), lists.join("Cedar")
    give_back(places, sam)
    assert lapse_offers(at=UNTIL - timedelta(seconds=1)) == 0
    with pytest.raises(OfferGone, match="ran out"):  # also before the list has noticed
        accept_offer(entry=first, expected_pence=14000, at=UNTIL, actor=lists.buyer("Birch"))
    assert lapse_offers(at=UNTIL) == 1
    assert (state(first), state(second), lists.taken) == ("lapsed", "offered", 4)
    assert lapse_offers(at=UNTIL) == 0
    verify()


def test_nobody_left_on_the_list_makes_the_place_free_for_everybody(lists, places, sam):
    only = lists.join("Birch")
    give_back(places, sam)
    decline_offer(entry=only, on=ON, actor=lists.buyer("Birch"))
    assert lists.taken == 3


def test_places_that_were_added_are_offered(lists):
    entry = lists.join("Birch", 2)
    CourseRun.objects.filter(pk=lists.run.pk).update(capacity=6)
    assert offer_everywhere(on=ON) == 1
    assert (state(entry), lists.taken) == ("offered", 6)


def test_an_order_that_was_not_approved_gives_its_places_to_the_list(
    lists, places, sam, buying, chair, school, run, course, actor
):
    give_back(places, sam, 2)
    basket = buying.add(sam, school, course, 2, run=run, on=ON)
    from marketplace.trading.services import ask_approval

    order = ask_approval(basket=basket, purchase_order="", expected_pence=28000, on=ON, actor=sam)
    entry = lists.join("Birch", 2)
    withdraw(approval=Approval.objects.get(order=order), on=ON, actor=sam)
    assert (state(entry), lists.taken) == ("offered", 4)
    verify()


def test_what_needs_approval_is_asked_for_and_keeps_the_places(lists, places, sam, actor):
    from marketplace.organisations.services.delegation import set_approval_rule

    school = lists.others["Birch"][0]
    set_approval_rule(
        organisation=school, from_pence=20_000, valid_from=date(2026, 9, 1), email="chair@birch.example",
        title="the chair of governors", keeps_days=10, actor=actor,
    )  # fmt: skip
    entry = lists.join("Birch", 2)
    give_back(places, sam, 2)
    order = lists.accept(entry, "Birch")
    assert (order.state, state(entry), lists.taken) == ("awaiting_approval", "taken", 4)
    verify()


def test_no_offer_is_made_when_the_course_is_tomorrow_morning_or_has_begun(lists, places, sam, run):
    entry = lists.join("Birch")
    before, day = date(2027, 3, 23), date(2027, 3, 24)
    give_back(places, sam, on=before)  # ten hours before it begins: until it begins
    assert WaitingOffer.objects.get().until == run.starts_at
    assert close_lists(at=run.starts_at) == 1
    assert (state(entry), lists.taken, offer_places(run_id=run.pk, on=day)) == ("closed", 3, [])


def test_a_cancelled_date_closes_its_list(lists, run):
    entry = lists.join("Birch")
    CourseRun.objects.filter(pk=run.pk).update(state="cancelled", cancelled_on=ON)
    assert close_lists(at=NOW) == 1
    assert state(entry) == "closed"


def organiser(actor: Actor) -> Actor:
    return person(the_partnership(), actor, name="Orla Organiser", role=Role.ORGANISER)


def test_an_organiser_offers_out_of_turn_with_a_reason(lists, places, sam, actor):
    three, later = lists.join("Birch", 3), lists.join("Cedar", 2)
    give_back(places, sam)
    by = organiser(actor)
    with pytest.raises(WrongInput, match="reason"):
        offer_by_hand(entry=later, places=1, reason=" ", on=ON, actor=by)
    with pytest.raises(NothingToOffer, match="Only 1 place"):
        offer_by_hand(entry=later, places=2, reason="They asked", on=ON, actor=by)
    with pytest.raises(NotAllowed):
        offer_by_hand(entry=later, places=1, reason="They asked", on=ON, actor=lists.buyer("Cedar"))
    offer = offer_by_hand(entry=later, places=1, reason="Their head teacher rang", on=ON, actor=by)
    assert (offer.by_hand, state(three), state(later), lists.taken) == (True, "waiting", "offered", 4)
    lists.accept(later, "Cedar")
    assert (state(later), later.seats) == ("waiting", 1)
    verify()


def test_outsiders_are_told_nothing(lists, outsider):
    entry = lists.join("Birch")
    for verb in (leave_waiting, decline_offer):
        with pytest.raises(NotFound):
            verb(entry=entry, on=ON, actor=outsider)
    with pytest.raises(NotFound):
        offered_check(entry=entry, on=ON, actor=outsider)
    assert list(entries_for(outsider)) == []
    assert list(entries_for(lists.buyer("Cedar"))) == []


def test_who_waits_is_told_where_they_stand(lists):
    entries = [lists.join("Birch", 3), lists.join("Cedar"), lists.join("Dale", 2)]
    standing = standings_of(entries)
    assert [(standing[one.pk].position, standing[one.pk].count) for one in entries] == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("seats", [0, 101])
def test_seats_are_within_reason(lists, seats):
    with pytest.raises(WrongInput, match="from 1 to 100"):
        lists.join("Birch", seats)


def test_more_together_than_the_date_has_is_refused(lists):
    with pytest.raises(WrongInput, match="4 places in all"):
        lists.join("Birch", 5)
