"""Putting a date of a booking into the consultant's calendar: the one place where dates are made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.core.wording import LONDON
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.rules.terms import units_words
from marketplace.trading.engagements.services.prepaid import reserve_included
from providers.accreditation.queries import standing_on
from providers.models import Consultant, Slot
from providers.services import reserve_slot

PLACE_LIMIT = 200


class NotAccredited(DomainError):
    """The consultant is not accredited on a day that was asked for. ``detail`` says what is missing."""

    code = "not_accredited"


class TooManyDates(DomainError):
    """More was to be planned than was agreed."""

    code = "too_many_dates"


@dataclass(frozen=True)
class NewDate:
    """A date to plan: ``[starts_at, ends_at)``, and how many of the booking's units it takes.

    ``place`` is where, nothing for the school itself.
    """

    starts_at: datetime
    ends_at: datetime
    quantity: Decimal
    online: bool = False
    place: str = ""

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(LONDON).date()


def day_of(planned: EngagementDate) -> date:
    """The day of a date in England."""
    return planned.starts_at.astimezone(LONDON).date()


def slot_key(engagement: Engagement, ordinal: int) -> str:
    """The source under which a date stands in the calendar."""
    return f"engagement:{engagement.number}:date:{ordinal}"


def require_accredited(consultant: Consultant, days: Iterable[date]) -> None:
    """Raises NotAccredited for the first of the days on which the consultant is not accredited, saying what is missing."""
    for day in sorted(set(days)):
        standing = standing_on(consultant, day)
        if standing.accredited:
            continue
        missing = list(standing.missing)
        why = " ".join(f"{one.rstrip('.')}." for one in missing) or "They are not accredited by the partnership."
        raise NotAccredited(
            f"{consultant.name} cannot be booked for {day:%-d %B %Y}. {why} Nothing was booked. Choose another day or"
            " another consultant.",
            detail=missing if len(missing) > 1 else [],
            day=day.isoformat(),
        )


def left_to_plan(engagement: Engagement) -> Decimal:
    """How many units of a booking have no date yet."""
    planned = engagement.dates.exclude(state=EngagementDate.State.CANCELLED).values_list("quantity", flat=True)
    return engagement.quantity - sum(planned, Decimal(0))


def check_dates(dates: Sequence[NewDate], left: Decimal, unit: str, on: date) -> None:
    """Refuses dates that are over, that end before they begin, that take nothing, and more than is left."""
    for one in dates:
        if one.ends_at <= one.starts_at:
            raise WrongInput("The end of a date must be after its start")
        if one.quantity <= 0:
            raise WrongInput("Enter how much of the booking the date takes")
        if one.day < on:
            raise WrongInput(f"{one.day:%-d %B %Y} is over. Choose a day from today on")
    wanted = sum((one.quantity for one in dates), Decimal(0))
    if wanted > left:
        raise TooManyDates(
            f"{units_words(wanted, unit)} were chosen and {units_words(left, unit)} are left to plan. Nothing was"
            " booked. Choose fewer, or agree another booking.",
            left=str(left),
        )


def plan(
    *, engagement: Engagement, dates: Sequence[NewDate], first_ordinal: int, on: date, actor: Actor
) -> list[EngagementDate]:
    """Writes the dates and takes their time, in the caller's transaction; included days are kept for them.

    Raises SlotTaken where the consultant is taken then, and NotAccredited where the database says that the accreditation
    ended a moment ago.
    """
    consultant, made = engagement.consultant, []
    asks = consultant.home_school_id is not None and consultant.home_school_id != engagement.school_id
    release = EngagementDate.Release.ASKED if asks else EngagementDate.Release.NOT_NEEDED
    for ordinal, one in enumerate(dates, start=first_ordinal):
        slot = reserve_slot(
            source_key=slot_key(engagement, ordinal),
            consultant=consultant,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            kind=Slot.Kind.VISIT,
            label=f"{engagement.school.name}, {engagement.number}",
        )
        planned = EngagementDate(
            engagement=engagement,
            ordinal=ordinal,
            slot=slot,
            release=release,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            quantity=one.quantity,
            online=one.online,
            place=clean_line(one.place, what="Place", limit=PLACE_LIMIT, required=False),
        )
        save_guarded(planned, consultant)
        reserve_included(date_=planned, on=on, actor=actor)
        made.append(planned)
    return made


def save_guarded(planned: EngagementDate, consultant: Consultant) -> None:
    """Saves a date; what the database refuses comes back as a refusal in words."""
    try:
        with transaction.atomic():
            planned.save()
    except IntegrityError as error:
        if "is not accredited on" in str(error):
            raise NotAccredited(
                f"{consultant.name} is not accredited on {day_of(planned):%-d %B %Y} any more. Nothing was booked."
            ) from error
        if "days of this retainer" in str(error):
            raise WrongInput(
                f"{day_of(planned):%-d %B %Y} lies outside the time in which the days of this retainer may be taken."
                " Nothing was booked. Choose another day."
            ) from error
        if "are too many" in str(error):
            raise TooManyDates("Somebody planned the last of this booking a moment ago. Open it again.") from error
        raise
    planned.refresh_from_db()
