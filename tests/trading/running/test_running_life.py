"""A date is confirmed, changed, copied, moved and cancelled by its organiser, with everything that follows."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalogue.models import CourseRun, RunCost
from catalogue.services import (
    CapacityBelowTaken,
    Cost,
    MeetingTimes,
    PlacesGone,
    RunChanged,
    RunClosed,
    RunConfirmed,
    change_places,
    confirm_run,
    copy_run,
    free_code,
    set_costs,
    set_joining,
    take_places,
)
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.recognition.models import DeferralPart
from invoicing.services import release_income, run_billing
from marketplace.core.actors import Actor
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.trading.models import Approval, Booking, Order
from marketplace.trading.rules.fill import Standing
from marketplace.trading.running_queries import date_for, figures_of, in_standing
from marketplace.trading.services import cancellation_result
from marketplace.trading.services.running import (
    BackChanged,
    cancel_date,
    move_date,
    preview_cancelling,
    preview_moving,
)
from marketplace.trading.services.telling import confirm_at_minimum
from tests.conftest import finance
from tests.shop import LONDON
from tests.trading.running.conftest import COURSE, ON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
MAY = date(2027, 5, 11)


def day(on: date, begins: int = 10) -> MeetingTimes:
    starts = datetime(on.year, on.month, on.day, begins, tzinfo=LONDON)
    return MeetingTimes(starts, starts + timedelta(hours=5))


def cancel(run: CourseRun, actor: Actor, pence: int = 60000, on: date = ON, **more: int) -> object:
    given = {"sequence": run.sequence} | more
    return cancel_date(run=run, expected_back_pence=pence, reason="Too few people", on=on, actor=actor, **given)


def move(run: CourseRun, actor: Actor, on: date = ON, to: date = MAY, **more: object) -> CourseRun:
    given: dict[str, object] = {"sequence": run.sequence, "venue": "Fernhill", "mode": CourseRun.Mode.FACE_TO_FACE}
    return move_date(run=run, meetings=[day(to)], on=on, actor=actor, **(given | more))  # type: ignore[arg-type]


def test_a_date_below_its_minimum_is_tentative_until_the_organiser_confirms_it(run, olga):
    assert run.tentative
    assert confirm_run(run=run, on=ON, actor=olga).confirmed_on == ON
    assert not run.tentative
    with pytest.raises(RunConfirmed):
        confirm_run(run=run, on=ON, actor=olga)
    assert Event.objects.filter(kind="run.confirmed").count() == 1


def test_the_booking_that_reaches_the_minimum_confirms_it_where_the_date_says_so(run, booked, olga):
    given = {"capacity": 20, "decide_by": None, "on": ON, "actor": olga}
    change_places(run=run, min_numbers=5, confirms_itself=True, **given)
    assert confirm_at_minimum(run_ids=[run.pk], on=ON, actor=olga) == []
    change_places(run=run, min_numbers=4, confirms_itself=True, **given)
    assert confirm_at_minimum(run_ids=[run.pk], on=ON, actor=olga) == [run.code]
    assert confirm_at_minimum(run_ids=[run.pk], on=ON, actor=olga) == []


def test_places_are_added_and_taken_away_but_never_below_those_taken(run, booked, olga):
    given = {"min_numbers": None, "decide_by": None, "confirms_itself": False, "on": ON, "actor": olga}
    assert change_places(run=run, capacity=4, **given).places_left == 0
    with pytest.raises(CapacityBelowTaken, match="4 places are taken"):
        change_places(run=run, capacity=3, **given)
    run.refresh_from_db()
    assert run.capacity == 4


def test_only_an_organiser_runs_dates_and_nobody_else_is_told_of_the_desk(run, sam):
    with pytest.raises(NotFound):
        date_for(sam, run.code)
    with pytest.raises(NotAllowed):
        confirm_run(run=run, on=ON, actor=sam)
    with pytest.raises(NotAllowed):
        cancel(run, sam, 0)
    with pytest.raises(NotAllowed):
        move(run, sam)


def test_a_copy_has_its_meetings_as_far_apart_at_the_same_time_of_the_clock(run, olga):
    set_costs(run=run, costs=[Cost(RunCost.Kind.VENUE, 25000, by_day=True)], actor=olga)
    july = copy_run(run=run, code=free_code(run.offer, MAY), first_day=MAY, on=ON, actor=olga)
    assert [timezone.localtime(one.starts_at).hour for one in july.meetings.all()] == [9]
    assert (july.starts_on, july.decide_by, july.capacity, july.taken) == (MAY, date(2027, 4, 27), 20, 0)
    assert july.costs.get().pence == 25000
    assert free_code(run.offer, MAY) == f"{july.code}-2"


def test_cancelling_gives_everybody_everything_back_and_nothing_can_be_booked_any_more(
    run, booked, olga, partnership, actor
):
    run_billing(on=ON, actor=finance(partnership))
    preview = preview_cancelling(run=run, actor=olga)
    assert [(one.places, one.back.gross.pence) for one in preview.schools] == [(3, 42000), (1, 18000)]
    late = date(2027, 3, 23)
    done = cancel(run, olga, on=late)
    assert (done.places, done.back_gross.pence) == (4, 60000)
    run.refresh_from_db()
    assert (run.state, run.taken, run.cancelled_on, run.sequence) == ("cancelled", 0, late, 1)
    assert set(Booking.objects.values_list("state", flat=True)) == {"cancelled"}
    notes = Document.objects.filter(kind=Document.Kind.CREDIT_NOTE)
    assert sum(notes.values_list("gross_pence", flat=True)) == 60000
    with pytest.raises(PlacesGone):
        take_places(source_key="late", run_id=run.pk, places=1)
    [event] = Event.objects.filter(kind="run.cancelled")
    assert event.payload["back_pence"] == 60000 and "Too few" not in str(event.payload)


def test_cancelling_does_nothing_where_another_sum_comes_back_or_the_date_changed(run, booked, olga):
    with pytest.raises(BackChanged) as refused, transaction.atomic():
        cancel(run, olga, 58000)
    assert refused.value.facts["now"] == 60000
    with pytest.raises(RunChanged), transaction.atomic():
        cancel(run, olga, sequence=7)
    run.refresh_from_db()
    assert (run.state, run.taken) == ("open", 4)
    cancel(run, olga)
    run.refresh_from_db()
    with pytest.raises(RunClosed):
        cancel(run, olga, 0)
    with pytest.raises(RunClosed):
        move(run, olga)


def test_an_order_that_waits_for_approval_is_withdrawn_with_the_date(asking, olga, pat, hana):
    approval = asking(pat)
    preview = preview_cancelling(run=asking.run, actor=olga)
    assert (preview.places, preview.orders_withdrawn) == (0, [approval.order.number])
    cancel(asking.run, olga, 0)
    assert Approval.objects.get().state == "withdrawn" and Order.objects.get().state == "withdrawn"
    assert asking.taken == 0


def test_a_cancelled_date_stays_so_in_the_database(run, olga):
    cancel(run, olga, 0)
    for change in ({"state": "open", "cancelled_on": None}, {"starts_at": run.starts_at - timedelta(days=1)}):
        with pytest.raises(DatabaseError, match="was cancelled and stays so"), transaction.atomic():
            CourseRun.objects.filter(pk=run.pk).update(**change)


def test_a_moved_date_keeps_its_people_who_may_cancel_free_for_five_working_days(run, booked, olga, actor):
    late = date(2027, 3, 22)
    preview = preview_moving(run=run, meetings=[day(MAY)], on=late, actor=olga)
    assert (preview.places, preview.schools, preview.free_until) == (4, 2, date(2027, 3, 31))
    moved = move(run, olga, on=late)
    assert (moved.starts_on, moved.venue, moved.sequence, moved.taken) == (MAY, "Fernhill", 1, 4)
    assert [one.held_on for one in moved.meetings.all()] == [MAY]
    booking = Booking.objects.select_related("run", "order_line").filter(net_pence=18000).get()
    assert cancellation_result(booking=booking, on=date(2027, 3, 31)).back.pence == 18000
    with pytest.raises(RunChanged):
        move(run, olga, sequence=0)


def test_what_is_not_invoiced_yet_is_for_the_new_day(run, booked, olga):
    move(run, olga)
    for charge in Charge.objects.all():
        assert (charge.service_from, charge.description) == (MAY, "Safeguarding for new leaders, 11 May 2027, Fernhill")
    assert {line.service_from for order in booked for line in order.lines.all()} == {MAY}


def test_income_of_what_is_invoiced_waits_for_the_new_day(run, booked, olga, partnership, actor):
    run_billing(on=ON, actor=finance(partnership))
    move(run, olga)
    assert {part.income_on for part in DeferralPart.objects.all()} == {MAY}
    assert release_income(on=COURSE, actor=actor).pence == 0
    assert release_income(on=MAY, actor=actor).pence == 60000


def test_a_date_moves_to_the_future_only_and_not_once_it_has_begun(run, olga):
    with pytest.raises(WrongInput, match="future"):
        move(run, olga, to=ON)
    with pytest.raises(RunClosed):
        move(run, olga, on=date(2027, 3, 25))
    with pytest.raises(WrongInput, match="free until"):
        move(run, olga, free_cancelling_until=MAY + timedelta(days=1))


def test_the_figures_of_a_date_follow_what_is_charged(run, booked, olga, partnership):
    set_costs(
        run=run,
        costs=[Cost(RunCost.Kind.VENUE, 30000), Cost(RunCost.Kind.SPEAKER, 45050, "Jo Hart", by_day=True)],
        actor=olga,
    )
    figures = figures_of([run], ON)[run.pk]
    assert (figures.revenue_pence, figures.cost_pence, figures.price_pence) == (60000, 75050, 15000)
    assert (figures.break_even, figures.fill.words, figures.fill.missing) == (6, "4 of 20, minimum 5", 1)
    run_billing(on=ON, actor=finance(partnership))
    cancel(run, olga)
    run.refresh_from_db()
    assert figures_of([run], ON)[run.pk].revenue_pence == 0


def test_the_list_asks_the_database_for_the_standing_that_the_page_shows(run, shop, course, olga, actor):
    other = shop.run(course, day=MAY, code="may")
    gone = shop.run(course, day=MAY, code="gone")
    cancel(gone, olga, 0)
    runs = CourseRun.objects.all()
    for on in (ON, COURSE, date(2027, 3, 25), date(2027, 6, 1)):
        figures = figures_of(list(runs), on)
        for wanted in Standing:
            expected = {run.code for run in runs if figures[run.pk].standing == wanted}
            assert set(in_standing(runs, wanted, on).values_list("code", flat=True)) == expected
    assert other.code in in_standing(runs, Standing.CONFIRMED, ON).values_list("code", flat=True)


def test_joining_instructions_are_kept_and_their_text_stays_out_of_the_log(run, olga):
    set_joining(run=run, joining="Ask for Jo", joining_link="https://meet.example/1", joining_days=[1, 7, 7], on=ON, actor=olga)  # fmt: skip
    run.refresh_from_db()
    assert (run.joining, run.joining_days) == ("Ask for Jo", [7, 1])
    assert "Jo" not in str(Event.objects.get(kind="run.joining_changed").payload)
    with pytest.raises(WrongInput, match="0 to 60 days"):
        set_joining(run=run, joining="", joining_link="", joining_days=[90], on=ON, actor=olga)
