"""One offer is accepted twice, declined and run out at once: one answer wins. Nobody books past the list."""

from collections import Counter
from typing import Any

import pytest

from catalogue.models import CourseRun, Offer
from catalogue.services import release_places, take_places
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Order, WaitingEntry, WaitingOffer
from marketplace.trading.services import join_waiting, offer_places
from tests.invariants import answer
from tests.invoicing.races.processes import CONTEXT, run_all
from tests.trading.waiting.racing import NOW, ON, RACERS, answer_together, book_what_comes_back

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TRIALS = 6


def full(shop: Any, course: Offer, number: int, places: int) -> CourseRun:
    """A date whose places are held by others, one by one."""
    run = shop.run(course, places=places, code=f"run-{number}")
    for index in range(places):
        take_places(source_key=f"held:{run.pk}:{index}", run_id=run.pk, places=1)
    return run


def answers(shop: Any, course: Offer, school: Organisation, sam: Actor, *, guarded: bool) -> list[str]:
    """What came of everybody's answer to each of the offers."""
    entries = []
    for number in range(TRIALS):
        run = full(shop, course, number, 1)
        entry = join_waiting(run=run, organisation=school, school=school, seats=1, together=True, at=NOW, actor=sam)
        release_places(source_key=f"held:{run.pk}:0")
        offer_places(run_id=run.pk, on=ON)
        entries.append(entry.pk)
    barrier = CONTEXT.Barrier(RACERS)
    given = [(index, entries, sam.person_id, guarded, barrier) for index in range(RACERS)]
    return [word for told in run_all(answer_together, given) for word in told]


def test_one_answer_to_an_offer_wins(shop, course, school, sam):
    told = Counter(answers(shop, course, school, sam, guarded=True))
    assert set(told) <= {"done", "OfferGone", "NotWaiting"}
    states = Counter(WaitingOffer.objects.values_list("state", flat=True))
    print(f"{TRIALS} offers, {RACERS} answers each: {dict(states)}")
    assert sum(states.values()) == TRIALS and states["open"] == 0
    assert Order.objects.count() == states["taken"]
    assert [name for name, row in answer().items() if row["violations"]] == []


def test_control_without_the_lock_answers_run_into_each_other(shop, course, school, sam):
    told = answers(shop, course, school, sam, guarded=False)
    assert {"IntegrityError", "RuntimeError"} & set(told), Counter(told)


def bookings_past_the_list(shop: Any, course: Offer, school: Organisation, sam: Actor, *, guarded: bool) -> list[str]:
    """What came of trying to book a place that came back while somebody waited for it, on each of the dates."""
    runs = [full(shop, course, number, 1) for number in range(TRIALS)]
    for run in runs:
        join_waiting(run=run, organisation=school, school=school, seats=1, together=True, at=NOW, actor=sam)
    barrier = CONTEXT.Barrier(2)
    _, tried = run_all(book_what_comes_back, [(index, [run.pk for run in runs], guarded, barrier) for index in (0, 1)])
    return tried


def test_no_place_that_comes_back_is_booked_past_the_list(shop, course, school, sam):
    assert bookings_past_the_list(shop, course, school, sam, guarded=True) == ["PlacesGone"] * TRIALS
    assert set(WaitingEntry.objects.values_list("state", flat=True)) == {"offered"}
    print(f"{TRIALS} places came back while somebody else tried to book them: none was booked past the list")


def test_control_offered_a_moment_later_a_passer_by_books_it(shop, course, school, sam):
    assert "done" in bookings_past_the_list(shop, course, school, sam, guarded=False)
