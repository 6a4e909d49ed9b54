"""Course dates with people on them: cancelled or moved with everything that follows, written to, and joined."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction

from catalogue.models import CourseRun
from catalogue.services import MeetingTimes
from catalogue.services.running import close_run, first_day_elsewhere, put_elsewhere
from invoicing.services import left_of, move_delivery
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money, TaxedAmount
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.core.working_days import working_days_between
from marketplace.trading.models import Approval, Booking, OrderLine, WaitingEntry
from marketplace.trading.rules.fill import free_until
from marketplace.trading.services.bookings import cancel_for_school
from marketplace.trading.services.closing import AlreadyDecided, close
from marketplace.trading.services.offering import close_list

REASON_LIMIT = 200


class BackChanged(DomainError):
    """Cancelling gives another sum back than was shown; nothing was done. ``now`` is the sum in pence before VAT."""

    code = "back_changed"


@dataclass(frozen=True)
class SchoolBack:
    """What one school gets back when a date is cancelled: places, of which included ones return, and money with VAT."""

    name: str
    places: int
    included: int
    back: TaxedAmount


@dataclass(frozen=True)
class Cancelling:
    """All that cancelling a date does, before it is done or after."""

    schools: list[SchoolBack] = field(default_factory=list)
    orders_withdrawn: list[str] = field(default_factory=list)
    waiting: int = 0

    @property
    def places(self) -> int:
        return sum(one.places for one in self.schools)

    @property
    def included(self) -> int:
        return sum(one.included for one in self.schools)

    @property
    def back_net(self) -> Money:
        return Money(sum(one.back.net.pence for one in self.schools))

    @property
    def back_gross(self) -> Money:
        return Money(sum(one.back.gross.pence for one in self.schools))


@dataclass(frozen=True)
class Moving:
    """What moving a date does: how many places of how many schools, how many working days there are until the new first
    day, and until when a place may be cancelled free."""

    places: int
    schools: int
    working_days: int
    free_until: date


def preview_cancelling(*, run: CourseRun, actor: Actor) -> Cancelling:
    """What cancelling a date would do today, by the rule that ``cancel_date`` follows: all comes back, included places too."""
    actor.require(Role.ORGANISER, to="cancel course dates")
    return Cancelling(_backs(run), _orders_waiting(run), _waiting(run))


@transaction.atomic
def cancel_date(
    *, run: CourseRun, sequence: int, expected_back_pence: int, reason: str, on: date, actor: Actor
) -> Cancelling:
    """We cancel the date: every place is cancelled at no cost, in one transaction or not at all.

    What was charged comes back (credited where it is invoiced), included places may be used again, orders that wait for
    an approval are withdrawn whole, nobody waits any more, all are told. Raises RunChanged where the date changed since
    it was looked at, BackChanged unless exactly ``expected_back_pence`` (before VAT) come back, RunClosed for a date
    that was cancelled or has begun. ``reason`` is read by those who booked; it stands in the event's text alone.
    """
    reason = clean_line(reason, what="Reason", limit=REASON_LIMIT)
    # Bookings before their date, in the order in which a school's own cancelling takes them.
    list(Booking.objects.select_for_update().filter(run=run, state=Booking.State.BOOKED).order_by("pk").values("pk"))
    run = close_run(run=run, sequence=sequence, on=on, actor=actor)
    orders = _withdraw_waiting(run, on, actor)
    done = Cancelling(_backs(run), orders, _waiting(run))
    if done.back_net.pence != expected_back_pence:
        raise BackChanged(
            f"Cancelling gives {done.back_net} back before VAT, not {Money(expected_back_pence)}: somebody booked or "
            "cancelled meanwhile. Nothing was done. Look again.",
            now=done.back_net.pence,
        )
    booked = Booking.objects.filter(run=run, state=Booking.State.BOOKED).order_by("pk")
    told = list(booked.values_list("pk", flat=True))
    close_list(run_id=run.pk, on=on)
    for booking in booked.select_related("order_line__order", "run__offer", "school"):
        cancel_for_school(booking=booking, reason=reason, on=on, actor=actor)
    events.record(
        kind="run.cancelled",
        subject_kind="run",
        subject=run.code,
        organisation_ids=[],
        payload={
            "offer": run.offer.code,
            "sequence": run.sequence,
            "places": done.places,
            "bookings": told,
            "back_pence": done.back_net.pence,
            "withdrawn": orders,
            "before": {"state": str(CourseRun.State.OPEN)},
            "after": {"state": str(CourseRun.State.CANCELLED)},
        },
        text={"reason": reason},
        actor=actor,
    )
    return done


def _backs(run: CourseRun) -> list[SchoolBack]:
    """By school, what is left of its lines for the places that stand; VAT by line."""
    rows = Booking.objects.filter(run=run, state=Booking.State.BOOKED).select_related("order_line", "school")
    lines: dict[int, list[Booking]] = defaultdict(list)
    for booking in rows.order_by("school__name", "pk"):
        lines[booking.order_line_id].append(booking)
    found: dict[str, SchoolBack] = {}
    for bookings in lines.values():
        line, school = bookings[0].order_line, bookings[0].school
        net = sum(booking.net_pence for booking in bookings)
        back = TaxedAmount.at(Money(min(net, left_of(line.charge_source_key)) if net else 0), line.vat_rate)
        included = sum(booking.included for booking in bookings)
        old = found.get(school.number)
        found[school.number] = SchoolBack(
            school.name,
            len(bookings) + (old.places if old else 0),
            included + (old.included if old else 0),
            TaxedAmount(*(_sum(a, b) for a, b in _pairs(back, old.back))) if old else back,
        )
    return sorted(found.values(), key=lambda one: one.name)


def _pairs(one: TaxedAmount, other: TaxedAmount) -> list[tuple[Money, Money]]:
    return [(one.net, other.net), (one.vat, other.vat), (one.gross, other.gross)]


def _sum(one: Money, other: Money) -> Money:
    return Money(one.pence + other.pence)


def _held(run: CourseRun) -> list[Approval]:
    return list(
        Approval.objects.filter(state=Approval.State.WAITING, order__lines__run=run)
        .select_related("order")
        .distinct()
        .order_by("pk")
    )


def _orders_waiting(run: CourseRun) -> list[str]:
    return [approval.order.number for approval in _held(run)]


def _waiting(run: CourseRun) -> int:
    return WaitingEntry.objects.filter(run=run, state__in=["waiting", "offered"]).count()


def _withdraw_waiting(run: CourseRun, on: date, actor: Actor) -> list[str]:
    """Orders that wait for an approval are withdrawn: what was to be approved is no more. One decided meanwhile stands."""
    numbers = []
    for approval in _held(run):
        try:
            with transaction.atomic():
                close(approval=approval, state=Approval.State.WITHDRAWN, on=on, actor=actor)
        except AlreadyDecided:
            continue
        numbers.append(approval.order.number)
    return numbers


def preview_moving(*, run: CourseRun, meetings: Sequence[MeetingTimes], on: date, actor: Actor) -> Moving:
    """What moving a date to these meetings would do today. Refuses times that ``move_date`` would refuse."""
    actor.require(Role.ORGANISER, to="move course dates")
    first = first_day_elsewhere(meetings, on)
    booked = Booking.objects.filter(run=run, state=Booking.State.BOOKED)
    return Moving(
        places=booked.count(),
        schools=booked.values("school").distinct().count(),
        working_days=working_days_between(on, first),
        free_until=free_until(on, first),
    )


@transaction.atomic
def move_date(
    *,
    run: CourseRun,
    sequence: int,
    meetings: Sequence[MeetingTimes],
    venue: str,
    mode: CourseRun.Mode,
    on: date,
    actor: Actor,
    free_cancelling_until: date | None = None,
) -> CourseRun:
    """Other times, another venue or mode, at no cost to anybody: all are told with a new calendar entry.

    Until ``free_cancelling_until`` (five working days from ``on`` unless said, never after the first day) every place may
    be cancelled free. What is not invoiced yet is for the new days, and income that waits for its day waits for the new
    last one. Raises RunChanged, RunClosed and WrongInput as ``put_elsewhere`` does; nothing half done.
    """
    first = first_day_elsewhere(meetings, on)
    until = free_cancelling_until or free_until(on, first)
    if not on <= until <= first:
        raise WrongInput("Places may be cancelled free until a day from today to the first day of the course")
    run = put_elsewhere(
        run=run, sequence=sequence, meetings=meetings, venue=venue, mode=mode, free_cancelling_until=until,
        on=on, actor=actor,
    )  # fmt: skip
    service = Period(run.starts_on, run.ends_on + timedelta(days=1))
    words = described(run)
    lines = OrderLine.objects.filter(run=run)
    lines.update(service_from=service.start, service_to=service.end, description=words)
    keys = list(lines.exclude(charge_source_key="").values_list("charge_source_key", flat=True))
    if keys:
        move_delivery(charge_source_keys=keys, service=service, on=on, actor=actor, description=words)
    return run


def described(run: CourseRun) -> str:
    """A date as a line of an order or an invoice says it."""
    where = f", {run.venue}" if run.venue else ""
    return f"{run.offer.title}, {run.starts_on:%-d %B %Y}{where}"[:240]
