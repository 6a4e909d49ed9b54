"""Course dates as their organisers see them: fill, money, who comes and who is told. Others are told nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import cast

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from catalogue.models import CourseRun, Meeting, RunCost
from marketplace.core.actors import Actor, Role
from marketplace.core.bulk import as_array
from marketplace.core.errors import NotFound
from marketplace.core.models import Event
from marketplace.trading.models import Booking, Order, Register, RunMessage, WaitingEntry, WaitingOffer
from marketplace.trading.rules.fill import Fill, Standing, break_even, cost_of, standing

# What the lines of a date are charged, net of all that was taken off or credited, in pence before VAT.
_CHARGED = """
SELECT l.run_id, sum(CASE WHEN c.document_line_id IS NULL THEN c.net_pence - c.reduced_pence
                     ELSE d.net_pence - coalesce(k.credited_pence, 0) - coalesce(due.pence, 0) END)
FROM trading_orderline l
JOIN invoicing_charge c ON c.source_key = l.charge_source_key
LEFT JOIN invoicing_documentline d ON d.id = c.document_line_id
LEFT JOIN invoicing_linecredit k ON k.line_id = d.id
LEFT JOIN (SELECT charge_id, sum(pence) AS pence FROM invoicing_reduction WHERE state = 'due' GROUP BY 1) due
  ON due.charge_id = c.id
WHERE l.run_id = ANY(%s::bigint[]) AND l.charge_source_key <> ''
GROUP BY 1
"""


@dataclass(frozen=True)
class DateFigures:
    """What stands beside one course date. ``price_pence`` is what a charged place costs on average, 0 where none is."""

    fill: Fill
    standing: Standing
    revenue_pence: int = 0
    cost_pence: int = 0
    price_pence: int = 0
    held: int = 0
    schools: int = 0
    needs: int = 0
    open_registers: int = 0

    @property
    def break_even(self) -> int | None:
        """From how many charged places on it pays its way; None without a cost or a price."""
        return break_even(self.cost_pence, self.price_pence) if self.cost_pence else None


@dataclass(frozen=True)
class Told:
    """One reader of an e-mail about a date: the person of a place with an address, or who ordered places without one."""

    email: str
    places: list[Booking] = field(default_factory=list)
    person_id: int | None = None
    order: Order | None = None

    @property
    def to_delegate(self) -> bool:
        return self.order is None


def require_organiser(actor: Actor) -> None:
    """Raises NotFound for anybody but an organiser: the desk is not shown to exist."""
    if not actor.has(Role.ORGANISER):
        raise NotFound("There is no such page.")


def dates_for(actor: Actor) -> QuerySet[CourseRun]:
    """Every course date, for organisers."""
    require_organiser(actor)
    return CourseRun.objects.select_related("offer__provider__organisation")


def date_for(actor: Actor, code: str) -> CourseRun:
    """One course date by its code, or NotFound whether it is missing or not the actor's to see."""
    found = dates_for(actor).filter(code=code).first()
    if found is None:
        raise NotFound(f"There is no course date {code}.")
    return found


def in_standing(runs: QuerySet[CourseRun], wanted: Standing, on: date) -> QuerySet[CourseRun]:
    """The dates that stand so on a day, decided in the database as ``figures_of`` decides it."""
    start = timezone.make_aware(datetime.combine(on, time.min))
    if wanted == Standing.CANCELLED:
        return runs.filter(state=CourseRun.State.CANCELLED)
    runs = runs.filter(state=CourseRun.State.OPEN)
    tentative = Q(min_numbers__gt=0, confirmed_on__isnull=True)
    if wanted in (Standing.TENTATIVE, Standing.CONFIRMED):
        runs = runs.filter(ends_at__gte=start)
        return runs.filter(tentative) if wanted == Standing.TENTATIVE else runs.exclude(tentative)
    open_one = Exists(_unregistered().filter(run=OuterRef("pk")))
    past = runs.filter(ends_at__lt=start)
    return past.filter(open_one) if wanted == Standing.HELD else past.exclude(open_one)


def _unregistered() -> QuerySet[Meeting]:
    """Meetings of dates with people whose register nobody has closed."""
    closed = Register.objects.filter(meeting=OuterRef("pk"), state=Register.State.CLOSED)
    return Meeting.objects.filter(~Exists(closed), run__taken__gt=0)


def figures_of(runs: Sequence[CourseRun], on: date) -> dict[int, DateFigures]:
    """The figures of these dates by id, in six queries however many there are."""
    ids = [run.pk for run in runs]
    charged = charged_of(ids)
    costs: dict[int, list[tuple[int, bool]]] = {}
    for run_id, pence, by_day in RunCost.objects.filter(run__in=ids).values_list("run_id", "pence", "by_day"):
        costs.setdefault(run_id, []).append((pence, by_day))
    meetings = dict(Meeting.objects.filter(run__in=ids).order_by().values_list("run").annotate(Count("pk")))
    unclosed = dict(_unregistered().filter(run__in=ids).order_by().values_list("run").annotate(Count("pk")))
    booked = {row["run"]: row for row in _booked(ids)}
    queue = WaitingEntry.objects.filter(run__in=ids, state__in=["waiting", "offered"]).order_by()
    waiting = dict(queue.values_list("run").annotate(Sum("seats")))
    return {
        run.pk: _figures(
            run, on, booked.get(run.pk, {}), charged.get(run.pk, 0), waiting.get(run.pk, 0), unclosed.get(run.pk, 0),
            cost_of(costs.get(run.pk, []), meetings.get(run.pk, 1)),
        )
        for run in runs
    }  # fmt: skip


def _booked(ids: Sequence[int]) -> Iterable[dict[str, int]]:
    standing_ = Q(state=Booking.State.BOOKED)
    return cast(
        Iterable[dict[str, int]],
        (
            Booking.objects.filter(run__in=ids)
            .order_by()
            .values("run")
            .annotate(
                held=Count("pk", filter=Q(state=Booking.State.HELD)),
                schools=Count("school", filter=standing_, distinct=True),
                needs=Count("pk", filter=standing_ & ~Q(needs="")),
                sold=Count("pk", filter=standing_ & Q(included=False)),
                sold_pence=Sum("net_pence", filter=standing_ & Q(included=False), default=0),
            )
        ),
    )


def _figures(
    run: CourseRun, on: date, booked: dict[str, int], charged: int, waiting: int, unclosed: int, cost: int
) -> DateFigures:
    sold = booked.get("sold", 0)
    return DateFigures(
        fill=Fill(run.taken, run.capacity, run.min_numbers or 0, waiting),
        standing=standing(
            cancelled=run.state == CourseRun.State.CANCELLED,
            tentative=run.tentative,
            last_day=run.ends_on,
            register_open=unclosed > 0,
            on=on,
        ),
        revenue_pence=charged,
        cost_pence=cost,
        price_pence=booked["sold_pence"] // sold if sold else 0,
        held=booked.get("held", 0),
        schools=booked.get("schools", 0),
        needs=booked.get("needs", 0),
        open_registers=unclosed,
    )


def charged_of(run_ids: Iterable[int]) -> dict[int, int]:
    """What each of these dates is charged, net of what was credited, in pence before VAT, by its id. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_CHARGED, [as_array(run_ids)])
        return {run_id: int(pence) for run_id, pence in cursor.fetchall()}


def places_of(actor: Actor, run: CourseRun) -> QuerySet[Booking]:
    """The places of a date that are booked or kept for an approval, by school and order. For organisers."""
    require_organiser(actor)
    live = Booking.objects.filter(run=run, state__in=[Booking.State.BOOKED, Booking.State.HELD])
    return live.select_related("school", "order_line__order", "delegate_person").order_by(
        "school__name", "order_line_id", "position"
    )


def let_go_by(actor: Actor, run: CourseRun) -> QuerySet[Booking]:
    """The places that cancelling this date ended, by school and order; none of a date that stands. For organisers."""
    require_organiser(actor)
    told = Event.objects.filter(kind="run.cancelled", subject_kind="run", subject=run.code).first()
    ended = Booking.objects.filter(run=run, pk__in=told.payload["bookings"] if told else [])
    return ended.select_related("school", "order_line__order").order_by("school__name", "order_line_id", "position")


def offered_of(run: CourseRun) -> int:
    """How many places of a date are held because they are offered to schools that wait."""
    offers = WaitingOffer.objects.filter(entry__run=run, state=WaitingOffer.State.OPEN)
    return offers.aggregate(places=Sum("places"))["places"] or 0


def letters_for(actor: Actor) -> QuerySet[RunMessage]:
    """What organisers wrote to those who come, latest first."""
    require_organiser(actor)
    return RunMessage.objects.select_related("run__offer", "sent_by_person").order_by("-pk")


def told_of(run: CourseRun, *, bookers: bool = False, only: Iterable[int] | None = None) -> list[Told]:
    """Who is told about a date, each address once: people who come at their own address, and whoever ordered places for
    somebody without one. With ``bookers`` everybody who ordered is told as well. ``only`` narrows to these bookings.
    """
    booked = Booking.objects.filter(run=run, state=Booking.State.BOOKED)
    return told_about(booked if only is None else booked.filter(pk__in=list(only)), bookers=bookers)


def told_about(bookings: QuerySet[Booking], *, bookers: bool = False) -> list[Told]:
    """As ``told_of``, for any places. One query."""
    rows = bookings.select_related(
        "school", "delegate_person", "order_line__order__placed_by_person__user", "order_line__order__organisation"
    ).order_by("order_line__order_id", "order_line_id", "position")
    own: dict[str, Told] = {}
    ordered: dict[int, Told] = {}
    for booking in rows:
        person = booking.delegate_person
        address = (person.email if person else "") or booking.delegate_email
        if address:
            told = own.setdefault(address.lower(), Told(address, person_id=person.pk if person else None))
            told.places.append(booking)
        if bookers or not address:
            order = booking.order_line.order
            ordered.setdefault(order.pk, Told(order.placed_by_person.email, order=order)).places.append(booking)
    return [*own.values(), *ordered.values()]
