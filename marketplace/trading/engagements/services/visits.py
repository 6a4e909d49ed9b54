"""Visits: written up by the consultant, agreed or queried by the school, taken as agreed where it does not answer.

| date of the booking | visit | moved by |
|---|---|---|
| planned | draft | ``save_visit`` |
| with the school | submitted | ``write_up``, ``answer_query`` that amends |
| in query | queried | ``query_visit`` |
| agreed | agreed | ``agree_visit``, ``decide_query`` |
| agreed | taken | ``take_as_agreed`` |
"""

import logging
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from marketplace.core.actors import BUYING, Actor, Role, platform
from marketplace.core.errors import DomainError, NotAllowed, NotFound, WrongInput
from marketplace.core.text import clean_line
from marketplace.core.wording import london_day, long_date
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.rules.charging import agree_by, reminder_days
from marketplace.trading.engagements.rules.terms import units_words
from marketplace.trading.engagements.services.charging import WHOLE, charge_visit, record_visit, worth_of
from marketplace.trading.engagements.visit_models import Visit

DONE_LIMIT, REASON_LIMIT, MOST_MILES = 4_000, 400, 1_000
ACTOR = platform("visits")
State, DateState = Visit.State, EngagementDate.State
logger = logging.getLogger(__name__)


class VisitNotYet(DomainError):
    """A visit is written up from its day on, and not where its date was cancelled or its release is missing."""

    code = "visit_not_yet"


class VisitDecided(DomainError):
    """The visit was agreed, or stands in another state than this needs; nothing was changed."""

    code = "visit_decided"


@transaction.atomic
def save_visit(*, date: EngagementDate, done: str, next_steps: str, miles: int, on: date, actor: Actor) -> Visit:
    """Keeps what the consultant has written so far; the school does not see it yet.

    The consultant and their provider may. Raises VisitNotYet before the day, VisitDecided where it was handed in.
    """
    booking = _written_by(date, actor)
    _check_day(date, on)
    if not 0 <= miles <= MOST_MILES:
        raise WrongInput(f"Miles must be 0 to {MOST_MILES:,}")
    if miles and not booking.mileage_pence:
        raise WrongInput("Travel is included in the price of this booking. Leave the miles empty.")
    visit, _ = Visit.objects.get_or_create(date=date)
    values = {
        "done": _paragraphs(done, what="What was done", limit=DONE_LIMIT, required=False),
        "next_steps": _paragraphs(next_steps, what="Next steps", limit=DONE_LIMIT, required=False),
        "miles": miles,
        "written_by_id": actor.person_id,
    }
    _move(visit, [State.DRAFT], values)
    return visit_of(visit)


@transaction.atomic
def write_up(*, date: EngagementDate, done: str, next_steps: str, miles: int, on: date, actor: Actor) -> Visit:
    """Hands the record of a visit to the school, which has the booking's number of working days to answer.

    What ``save_visit`` refuses, and a record that says nothing of what was done.
    """
    _paragraphs(done, what="What was done", limit=DONE_LIMIT)
    _hold(date)
    visit = save_visit(date=date, done=done, next_steps=next_steps, miles=miles, on=on, actor=actor)
    return _submit(visit, [State.DRAFT], {"written_on": on}, "visit.submitted", on, actor)


def _submit(visit: Visit, before: list[str], values: dict[str, object], kind: str, on: date, actor: Actor) -> Visit:
    """With the school from this day on, with a new time to answer and new reminders."""
    days = visit.date.engagement.accept_days
    reminders = reminder_days(written_on=on, accept_days=days)
    values |= {
        "state": State.SUBMITTED,
        "agree_by": agree_by(written_on=on, accept_days=days),
        "remind_on": reminders[0] if reminders else None,
    }
    _move(visit, before, values)
    _move_date(visit.date, [DateState.PLANNED, DateState.QUERIED], DateState.WRITTEN_UP)
    found = visit_of(visit)
    record_visit(kind, found, actor, {"agree_by": str(found.agree_by)})
    return found


@transaction.atomic
def agree_visit(*, visit: Visit, on: date, actor: Actor, rating: int | None = None) -> Visit:
    """The school agrees: the visit is charged and its provider owed, once. ``rating`` is 1 to 5, where it gives one.

    Whoever buys for the school may, but not who wrote the visit up (NotAllowed). Raises VisitDecided where somebody was
    faster. A visit in query may be agreed after all.
    """
    _require_school(visit, actor)
    if rating is not None and not 1 <= rating <= 5:
        raise WrongInput("A rating must be 1 to 5")
    return _decide(visit, [State.SUBMITTED, State.QUERIED], State.AGREED, on, actor, rating=rating)


@transaction.atomic
def query_visit(*, visit: Visit, reason: str, on: date, actor: Actor) -> Visit:
    """The school says what is not right; nothing is charged until it is settled, however long that takes."""
    _require_school(visit, actor)
    reason = clean_line(reason, what="What is not right", limit=REASON_LIMIT)
    _hold(visit.date)
    _move(
        visit,
        [State.SUBMITTED],
        {
            "state": State.QUERIED, "query_reason": reason, "queried_on": on, "remind_on": None, "answer": "", "answered_on": None,
        },
    )  # fmt: skip
    _move_date(visit.date, [DateState.WRITTEN_UP], DateState.QUERIED, reason=reason[:240])
    found = visit_of(visit)
    record_visit("visit.queried", found, actor, {}, reason=reason)
    return found


@transaction.atomic
def answer_query(
    *, visit: Visit, answer: str, on: date, actor: Actor, quantity: Decimal | None = None, miles: int | None = None
) -> Visit:
    """The provider answers a query. With ``quantity`` (units) or ``miles``, less than what stands, it amends the record, and
    the school has its working days anew. Without, it stands by it: the school agrees after all, or an organiser decides.
    """
    booking = _written_by(visit.date, actor)
    answer = clean_line(answer, what="Answer", limit=REASON_LIMIT)
    _hold(visit.date)
    values: dict[str, object] = {"answer": answer, "answered_on": on}
    if quantity is None and miles is None:
        _move(visit, [State.QUERIED], values)
        found = visit_of(visit)
        record_visit("visit.answered", found, actor, {"amended": False}, answer=answer)
        return found
    if quantity is not None:
        values["reduced_quantity"] = _less(visit, quantity)
    if miles is not None:
        if not 0 <= miles <= MOST_MILES or (miles and not booking.mileage_pence):
            raise WrongInput(f"Miles must be 0 to {MOST_MILES:,}, and 0 where travel is included")
        values["miles"] = miles
    _check_less(visit_of(visit), quantity, miles)
    return _submit(visit, [State.QUERIED], values, "visit.amended", on, actor)


@transaction.atomic
def decide_query(*, visit: Visit, quantity: Decimal, answer: str, on: date, actor: Actor) -> Visit:
    """An organiser decides on a query that the provider answered: ``quantity`` units are charged and owed.

    Nought settles that nothing is. Raises WrongInput before the provider has answered.
    """
    actor.require(Role.ORGANISER, to="decide on queries of visits")
    answer = clean_line(answer, what="Answer", limit=REASON_LIMIT)
    if visit.answered_on is None or (visit.queried_on and visit.answered_on < visit.queried_on):
        raise WrongInput("The provider has not answered the query yet. Ask them first, then decide.")
    _hold(visit.date)
    values = {"reduced_quantity": _less(visit, quantity), "answer": f"{visit.answer} {answer}"[:REASON_LIMIT].strip()}
    _move(visit, [State.QUERIED], values)
    return _decide(visit_of(visit), [State.QUERIED], State.AGREED, on, actor)


def take_as_agreed(*, on: date, actor: Actor = ACTOR) -> int:
    """Takes every visit as agreed that no school answered in its working days, once each. Returns how many.

    What is in query waits. One that cannot be charged stays, and is tried again; the others go on.
    """
    taken = 0
    for visit in Visit.objects.select_related(*WHOLE).filter(state=State.SUBMITTED, agree_by__lt=on).order_by("pk"):
        try:
            with transaction.atomic():
                _decide(visit, [State.SUBMITTED], State.TAKEN, on, actor)
        except VisitDecided:
            continue
        except DomainError as error:
            logger.warning("Visit %s was not taken as agreed: %s", visit.pk, error.message)
            continue
        taken += 1
    return taken


def remind_schools(*, on: date, actor: Actor = ACTOR) -> int:
    """Announces each reminder that is due: at half time, and on the working day before the last. Returns how many."""
    reminded = 0
    for visit in Visit.objects.select_related(*WHOLE).filter(state=State.SUBMITTED, remind_on__lte=on).order_by("pk"):
        with transaction.atomic():
            written = visit.answered_on or visit.written_on or on
            days = reminder_days(written_on=written, accept_days=visit.date.engagement.accept_days)
            following = next((day for day in days if day > on), None)
            due = Visit.objects.filter(pk=visit.pk, state=State.SUBMITTED, remind_on=visit.remind_on)
            if due.update(remind_on=following) == 1:
                record_visit("visit.reminded", visit, actor, {"agree_by": str(visit.agree_by)})
                reminded += 1
    return reminded


def _decide(visit: Visit, before: list[str], state: str, on: date, actor: Actor, *, rating: int | None = None) -> Visit:
    """Holds the booking, works out the figures, moves the visit if it still stands, and charges it."""
    _hold(visit.date)
    visit = visit_of(visit)
    if visit.written_by_id is not None and visit.written_by_id == actor.person_id:
        raise NotAllowed("You wrote this visit up, so someone else must agree it.")
    worth = worth_of(visit)
    _move(
        visit, before,
        {
            "state": state, "decided_by_id": actor.person_id, "decided_on": on, "quantity": worth.quantity,
            "sell_pence": worth.sell_pence, "buy_pence": worth.buy_pence, "travel_pence": worth.travel_pence,
            "rating": rating, "remind_on": None,
        },
    )  # fmt: skip
    _move_date(visit.date, [DateState.WRITTEN_UP, DateState.QUERIED], DateState.AGREED)
    found = visit_of(visit)
    charge_visit(visit=found, on=on, actor=actor)
    _finish(found.date.engagement)
    facts = {"sell_pence": worth.sell_pence, "buy_pence": worth.buy_pence, "travel_pence": worth.travel_pence}
    record_visit(f"visit.{state}", found, actor, facts)
    return found


def _paragraphs(text: str, *, what: str, limit: int, required: bool = True) -> str:
    """Several lines of a person's text, each cleaned, without empty ones at the ends."""
    lines = [clean_line(line, what=what, limit=limit, required=False) for line in text.splitlines()]
    cleaned = "\n".join(lines).strip()
    if required and not cleaned:
        raise WrongInput(f"Enter {what[0].lower()}{what[1:]}")
    if len(cleaned) > limit:
        raise WrongInput(f"{what} must be {limit:,} characters or fewer")
    return cleaned


def _finish(booking: Engagement) -> None:
    """The booking is done once all that was agreed has a date and every date was agreed."""
    agreed = booking.dates.filter(state=DateState.AGREED).aggregate(units=Sum("quantity"))["units"]
    if agreed == booking.quantity:  # dates never take more than was agreed, so no other is left
        Engagement.objects.filter(pk=booking.pk, state=Engagement.State.AGREED).update(state=Engagement.State.DONE)


def _hold(date: EngagementDate) -> None:
    """Every answer holds the booking first, as the guard of its dates does, so that no two wait for each other."""
    list(Engagement.objects.select_for_update().filter(pk=date.engagement_id))


def visit_of(visit: Visit) -> Visit:
    """The visit read anew, with all that charging it needs."""
    return Visit.objects.select_related(*WHOLE).get(pk=visit.pk)


def _move(visit: Visit, before: list[str], values: dict[str, object]) -> None:
    if Visit.objects.filter(pk=visit.pk, state__in=before).update(**values) != 1:
        stands = Visit.objects.get(pk=visit.pk)
        raise VisitDecided(f"This visit is {_STANDS[State(stands.state)]} by now. Nothing was changed. Open it again.")


_STANDS = {
    State.DRAFT: "not handed in",
    State.SUBMITTED: "with the school",
    State.QUERIED: "in query",
    State.AGREED: "agreed",
    State.TAKEN: "taken as agreed",
}


def _move_date(date: EngagementDate, before: list[str], state: str, reason: str = "") -> None:
    if EngagementDate.objects.filter(pk=date.pk, state__in=before).update(state=state, reason=reason) != 1:
        raise VisitDecided("The date of this visit was changed a moment ago. Nothing was changed. Open it again.")


def _less(visit: Visit, quantity: Decimal) -> Decimal:
    most = visit.date.quantity
    if not 0 <= quantity <= most:
        words = units_words(most, visit.date.engagement.unit)
        raise WrongInput(f"The date was booked for {words}. Enter that much or less.")
    return quantity


def _check_less(visit: Visit, quantity: Decimal | None, miles: int | None) -> None:
    """The school's silence counts as agreement to an amended record, so that one never asks for as much as it queried."""
    stands = visit.date.quantity if visit.reduced_quantity is None else visit.reduced_quantity
    given = (stands if quantity is None else quantity, visit.miles if miles is None else miles)
    if given[0] > stands or given[1] > visit.miles or given == (stands, visit.miles):
        words = units_words(stands, visit.date.engagement.unit) + (f" and {visit.miles} miles" if visit.miles else "")
        raise WrongInput(f"The record stands at {words}. Enter less, or stand by the record.")


def _check_day(date: EngagementDate, on: date) -> None:
    if date.state == DateState.CANCELLED:
        raise VisitNotYet("This date was cancelled, so there is nothing to write up.")
    if london_day(date.starts_at) > on:
        raise VisitNotYet(
            f"A visit is written up from its day on. This one is on {long_date(london_day(date.starts_at))}."
        )
    if date.release in (EngagementDate.Release.ASKED, EngagementDate.Release.REFUSED):
        raise VisitNotYet("The head of the consultant's own school has not released this date. Ask them first.")


def _written_by(date: EngagementDate, actor: Actor) -> Engagement:
    """The booking, for its consultant and those of the provider; nobody else is told that it is there."""
    booking = date.engagement
    own = actor.person_id is not None and booking.consultant.person_id == actor.person_id
    if actor.system or own or booking.consultant.provider.organisation_id in actor.organisations(Role.PROVIDER):
        return booking
    raise NotFound("Page not found")


def _require_school(visit: Visit, actor: Actor) -> None:
    """Those who buy for the school that made the booking. The others that share it read; nobody else knows of it."""
    booking = visit.date.engagement
    own = actor.organisations(*BUYING)
    if actor.system or booking.school_id in own:
        return
    if booking.shares.filter(school_id__in=own).exists():
        raise NotAllowed(f"{booking.school.name} made this booking for all of you, so it agrees or queries its visits.")
    raise NotFound("Page not found")
