"""Visits of the demonstration: one booking whose days stand in every state, from planned to agreed, queried and taken."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from frontend.demonstration.directory import Directory
from marketplace.core.actors import Actor
from marketplace.core.wording import LONDON
from marketplace.core.working_days import previous_working_day, working_days_after, working_days_before
from marketplace.trading.engagements.models import EngagementDate
from marketplace.trading.engagements.services.agreeing import NewDate, agree_booking, is_member
from marketplace.trading.engagements.services.visits import (
    agree_visit,
    answer_query,
    query_visit,
    save_visit,
    take_as_agreed,
    write_up,
)
from marketplace.trading.engagements.visit_models import Visit
from providers.models import Consultant, Slot
from providers.queries import rate_for, standing_on

SCHOOL, CONSULTANT = "Lantern Street Primary School", "dana-whitlock"
DONE = (
    "Watched reading in Years 2 and 4 and looked at the books children read.\n"
    "Met the reading lead to agree what every teacher does in the first ten minutes."
)
NEXT = "The reading lead tries the opening in two classes before the next visit."
_AGO = (22, 16, 8, 3, 2, 1)  # working days


def add_visits(directory: Directory, *, today: date, actor: Actor) -> None:
    """A booking of seven days; nothing where the consultant is missing, has no rate or was not accredited then."""
    consultant = Consultant.objects.select_related("provider__organisation").filter(code=CONSULTANT).first()
    agreed_on = working_days_before(today, 30)
    school = directory.find(SCHOOL)
    if consultant is None or not standing_on(consultant, agreed_on).accredited:
        return
    if rate_for(consultant, "day", agreed_on, is_member(school, agreed_on)) is None:
        return
    days = [_free(consultant, working_days_before(today, ago)) for ago in _AGO]
    days.append(_free(consultant, working_days_after(today, 12), forward=True))
    booking = agree_booking(
        school=school, consultant=consultant, title="Reading across the school", unit="day",
        quantity=Decimal(len(days)), dates=[_day(day) for day in sorted(set(days))], on=agreed_on, actor=actor,
        purchase_order="LS-2291",
    )  # fmt: skip
    office, buyer = directory.signed["ridgeway"], directory.signed["buyer"]
    first, unanswered, disputed, sent, queried, drafted = booking.dates.order_by("ordinal")[:6]
    agree_visit(visit=_written(first, office), on=_after(first, 2), actor=buyer, rating=5)
    _written(unanswered, office)
    take_as_agreed(on=working_days_before(today, 6))
    visit = query_visit(
        visit=_written(disputed, office), reason="The afternoon was spent on another school's plan.",
        on=_after(disputed, 1), actor=buyer,
    )  # fmt: skip
    answer_query(
        visit=visit, answer="The plan was yours; the reading lead has it.", on=_after(disputed, 2), actor=office
    )  # fmt: skip
    _written(sent, office)
    query_visit(
        visit=_written(queried, office), reason="We had agreed on a half day.", on=_after(queried, 1), actor=buyer
    )  # fmt: skip
    save_visit(date=drafted, done=DONE.splitlines()[0], next_steps="", miles=0, on=_on(drafted), actor=office)


def _written(planned: EngagementDate, actor: Actor) -> Visit:
    return write_up(date=planned, done=DONE, next_steps=NEXT, miles=0, on=_on(planned), actor=actor)


def _on(planned: EngagementDate) -> date:
    return planned.starts_at.astimezone(LONDON).date()


def _after(planned: EngagementDate, days: int) -> date:
    return working_days_after(_on(planned), days)


def _day(day: date) -> NewDate:
    starts = datetime.combine(day, time(9), LONDON)
    return NewDate(starts, starts + timedelta(hours=6), Decimal(1))


def _free(consultant: Consultant, day: date, *, forward: bool = False) -> date:
    """The day itself, or the nearest earlier (or later) working day on which the consultant is free."""
    while True:
        whole = (datetime.combine(day, time(0), LONDON), datetime.combine(day + timedelta(days=1), time(0), LONDON))
        if not Slot.objects.filter(consultant=consultant, during__overlap=whole).exists():
            return day
        day = working_days_after(day, 1) if forward else previous_working_day(day - timedelta(days=1))
