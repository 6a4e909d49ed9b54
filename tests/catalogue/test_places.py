"""Places on a course date: taken once, never oversold, given back exactly."""

import threading
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Sum

from catalogue.models import CourseRun, PlaceTaking
from catalogue.services import PlacesGone, add_run, places, release_places, take_places
from catalogue.services.places import DifferentTaking
from marketplace.core.errors import NotFound, WrongInput

pytestmark = pytest.mark.django_db


def taken(run: CourseRun) -> int:
    run.refresh_from_db()
    return run.taken


def test_taking_twice_with_the_same_key_takes_once(shop):
    run = shop.run(shop.course(), places=5)
    first = take_places(source_key="order:1", run_id=run.pk, places=3)
    assert take_places(source_key="order:1", run_id=run.pk, places=3) == first
    assert taken(run) == 3
    with pytest.raises(DifferentTaking):
        take_places(source_key="order:1", run_id=run.pk, places=2)
    assert taken(run) == 3


def test_more_than_is_left_is_refused_with_what_is_left_and_where_there_is_room(shop):
    offer = shop.course()
    run = shop.run(offer, places=5)
    take_places(source_key="order:1", run_id=run.pk, places=3)
    with pytest.raises(PlacesGone) as refused:
        take_places(source_key="order:2", run_id=run.pk, places=3)
    assert refused.value.message == "2 places are left on 24 March. Book 2, or choose another course"
    assert refused.value.facts["left"] == 2
    assert taken(run) == 3
    assert not PlaceTaking.objects.filter(source_key="order:2").exists()

    shop.run(offer, day=date(2027, 5, 11), places=9)
    with pytest.raises(PlacesGone, match="Book 2, or choose 11 May"):
        take_places(source_key="order:2", run_id=run.pk, places=3)
    take_places(source_key="order:3", run_id=run.pk, places=1)
    with pytest.raises(PlacesGone, match=r"1 place is left on 24 March\. Book 1, or"):
        take_places(source_key="order:2", run_id=run.pk, places=2)
    take_places(source_key="order:4", run_id=run.pk, places=1)
    with pytest.raises(PlacesGone, match=r"No places are left on 24 March\. Choose 11 May"):
        take_places(source_key="order:2", run_id=run.pk, places=1)


def test_a_cancelled_date_takes_nobody(shop):
    run = shop.run(shop.course())
    CourseRun.objects.filter(pk=run.pk).update(state=CourseRun.State.CANCELLED)
    with pytest.raises(PlacesGone, match="on 24 March is cancelled"):
        take_places(source_key="order:1", run_id=run.pk, places=1)
    assert taken(run) == 0


def test_no_places_and_no_date_are_refused(shop):
    run = shop.run(shop.course())
    with pytest.raises(WrongInput):
        take_places(source_key="order:1", run_id=run.pk, places=0)
    with pytest.raises(NotFound):
        take_places(source_key="order:1", run_id=run.pk + 1, places=1)


def test_places_go_back_one_by_one_and_never_more_than_were_taken(shop):
    run = shop.run(shop.course())
    take_places(source_key="order:1", run_id=run.pk, places=3)
    assert release_places(source_key="order:1", places=1) == 1
    with pytest.raises(WrongInput, match="holds 2 places, so 3 cannot be given back"):
        release_places(source_key="order:1", places=3)
    assert taken(run) == 2
    assert release_places(source_key="order:1") == 2
    assert release_places(source_key="order:1") == 0
    assert taken(run) == 0
    with pytest.raises(NotFound):
        release_places(source_key="order:9")


def test_the_database_itself_refuses_more_than_the_capacity(shop):
    run = shop.run(shop.course(), places=2)
    with pytest.raises(IntegrityError, match="run_within_capacity"), transaction.atomic():
        CourseRun.objects.filter(pk=run.pk).update(taken=3)


def test_a_date_that_cannot_be_is_refused(shop):
    course, service = shop.course(), shop.offer("clerking", published=False)
    with pytest.raises(WrongInput, match="is no course and has no course dates"):
        shop.run(service)
    with pytest.raises(WrongInput, match="from 1 to 10,000"):
        shop.run(course, places=0)
    with pytest.raises(WrongInput, match="minimum number"):
        shop.run(course, places=5, min_numbers=6)
    naive = datetime(2027, 3, 24, 9, 30)
    with pytest.raises(WrongInput, match="time zone"):
        values = {"mode": CourseRun.Mode.ONLINE, "capacity": 5, "actor": shop.actor}
        add_run(offer=course, code="naive", starts_at=naive, ends_at=naive, **values)


def test_the_day_of_a_date_is_the_london_day_across_a_clock_change(shop):
    run = shop.run(shop.course(), day=date(2027, 3, 28))  # clocks go forward that night
    run.refresh_from_db()
    assert run.starts_on == date(2027, 3, 28)


BUYERS, TRIALS = 8, 12


def race(run: CourseRun, trial: int) -> None:
    """Eight buyers at once, two places each, on a date with five places."""
    ready, outcomes = threading.Barrier(BUYERS), []

    def buy(number: int) -> None:
        ready.wait()
        try:
            take_places(source_key=f"race:{trial}:{number}", run_id=run.pk, places=2)
            outcomes.append("taken")
        except PlacesGone:
            outcomes.append("gone")
        finally:
            connection.close()

    threads = [threading.Thread(target=buy, args=(number,)) for number in range(BUYERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == BUYERS, "every buyer gets an answer"
    assert outcomes.count("taken") * 2 >= run.capacity - 1, "no place stays empty while somebody wants it"


def oversold(shop) -> int:
    """In how many trials more places were promised than there are."""
    offer, count = shop.course(), 0
    for trial in range(TRIALS):
        run = shop.run(offer, places=5, code=f"race-{trial}")
        race(run, trial)
        promised = run.takings.aggregate(sum=Sum(F("places") - F("released")))["sum"]
        count += promised > run.capacity
    return count


def check_then_update(run_id: int, wanted: int) -> bool:
    """What the guard must not be: a look, then a write of what was seen."""
    run = CourseRun.objects.get(pk=run_id)
    if run.taken + wanted > run.capacity:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.005)")  # the time that a page takes to think
    CourseRun.objects.filter(pk=run_id).update(taken=run.taken + wanted)
    return True


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("guard", "sells_too_many"), [(places.claim_places, False), (check_then_update, True)])
def test_the_last_places_are_never_sold_twice(
    shop, monkeypatch, guard: Callable[[int, int], bool], sells_too_many: bool
):
    monkeypatch.setattr(places, "claim_places", guard)
    trials = oversold(shop)
    if sells_too_many:
        assert trials >= TRIALS / 2, "the control must oversell, or the race proves nothing"
    else:
        assert trials == 0
