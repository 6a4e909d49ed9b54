"""Reads over consultant bookings and requests, scoped to an actor: schools see theirs, providers and consultants theirs,
the partnership's staff all; the head of a leader's own school sees the dates that wait for release."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.core.actors import BUYING, STAFF, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.trading.engagements.asked_models import AskedBooking
from marketplace.trading.engagements.models import Engagement, EngagementDate, EngagementShare
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest
from marketplace.trading.engagements.rules.times import Part, free_times, parts_for
from marketplace.trading.models.orders import Order
from providers.models import Consultant, Rate
from providers.queries import slots_of

LOOK_AHEAD, MOST_FREE = 84, 20
PARTIES = ("school", "consultant__provider__organisation", "consultant__home_school")


def _all(actor: Actor) -> bool:
    return actor.system or actor.has(*STAFF)


def _delivers(actor: Actor, at: str = "") -> Q:
    """What the actor's provider, or the actor as a consultant, delivers; ``at`` leads to the consultant's holder."""
    mine = Q(**{f"{at}consultant__provider__organisation_id__in": actor.organisations(Role.PROVIDER)})
    if actor.person_id is not None and actor.has(Role.CONSULTANT):
        mine |= Q(**{f"{at}consultant__person_id": actor.person_id})
    return mine


def engagements_for(actor: Actor) -> QuerySet[Engagement]:
    """Bookings of the actor's schools, also shared ones, and those that the actor's provider delivers; newest first."""
    found = Engagement.objects.select_related(*PARTIES).order_by("-pk")
    if _all(actor):
        return found
    own = actor.organisations(*BUYING)
    shared = EngagementShare.objects.filter(engagement=OuterRef("pk"), school_id__in=own)
    return found.filter(Q(school_id__in=own) | Q(Exists(shared)) | _delivers(actor))


def engagement_for(actor: Actor, number: str) -> Engagement:
    """One booking by its number, or NotFound whether it is missing or not the actor's."""
    found = engagements_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def dates_for(actor: Actor) -> QuerySet[EngagementDate]:
    """The dates of the bookings that the actor may see, soonest first."""
    related = (f"engagement__{one}" for one in PARTIES)
    found = EngagementDate.objects.select_related(*related).order_by("starts_at", "pk")
    return found if _all(actor) else found.filter(engagement__in=engagements_for(actor).order_by().values("pk"))


def date_for(actor: Actor, number: str, ordinal: int) -> EngagementDate:
    """One date of a booking, or NotFound whether it is missing or not the actor's."""
    found = dates_for(actor).filter(engagement__number=number, ordinal=ordinal).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def releases_for(actor: Actor) -> QuerySet[EngagementDate]:
    """Dates of leaders of the actor's own schools that wait for their release, soonest first."""
    related = (f"engagement__{one}" for one in PARTIES)
    found = EngagementDate.objects.select_related(*related).filter(
        release=EngagementDate.Release.ASKED, state=EngagementDate.State.PLANNED
    )
    heads = actor.organisations(Role.APPROVER)
    return found.filter(engagement__consultant__home_school_id__in=heads).order_by("starts_at", "pk")


def requests_for(actor: Actor) -> QuerySet[ConsultantRequest]:
    """Requests of the actor's schools, newest first; the partnership's staff see all."""
    found = ConsultantRequest.objects.select_related("school", "asked_by").order_by("-pk")
    return found if _all(actor) else found.filter(school_id__in=actor.organisations(*BUYING))


def request_for(actor: Actor, number: str) -> ConsultantRequest:
    """One request of the actor's schools, or NotFound."""
    found = requests_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def quotes_for(actor: Actor) -> QuerySet[ConsultantQuote]:
    """What the actor's provider, or the actor as a consultant, was asked; newest first. Staff see all."""
    related = ("request__school", "consultant__provider__organisation", "rate", "engagement")
    found = ConsultantQuote.objects.select_related(*related).order_by("-pk")
    return found if _all(actor) else found.filter(_delivers(actor))


def quote_for(actor: Actor, pk: int) -> ConsultantQuote:
    """One of them, or NotFound."""
    found = quotes_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def quotes_of(request: ConsultantRequest) -> list[ConsultantQuote]:
    """The quotes of a request side by side: the given ones by their whole cost, then the others. One query."""
    found = request.quotes.select_related("consultant__provider__organisation", "consultant__home_school", "engagement")
    order = {"accepted": 0, "quoted": 1, "asked": 2, "declined": 3, "not_chosen": 4}
    return sorted(found, key=lambda one: (order[one.state], one.gross_pence, one.pk))


def to_answer(actor: Actor) -> QuerySet[ConsultantQuote]:
    """Requests that wait for an answer of the actor's provider, soonest first."""
    waiting = ConsultantQuote.objects.filter(_delivers(actor), state=ConsultantQuote.State.ASKED)
    return waiting.select_related("request__school", "consultant__provider").order_by("request__answer_by", "pk")


def to_compare(actor: Actor, on: date) -> QuerySet[ConsultantRequest]:
    """Requests of the actor's schools with a quote that may be accepted; none of it waits for approval."""
    waits = AskedBooking.objects.filter(request=OuterRef("pk"), state=AskedBooking.State.WAITING)
    holds = ConsultantQuote.objects.filter(
        request=OuterRef("pk"), state=ConsultantQuote.State.QUOTED, valid_until__gte=on
    )
    mine = ConsultantRequest.objects.filter(
        Exists(holds),
        ~Exists(waits),
        school_id__in=actor.organisations(*BUYING),
        state=ConsultantRequest.State.ANSWERED,
    )
    return mine.select_related("school").order_by("answer_by", "pk")


def free_times_of(
    consultant: Consultant, unit: str, left: Decimal, first: date, *, exactly: bool = False
) -> list[tuple[date, Part]]:
    """When the consultant may come: up to 20 free parts of working days in the 12 weeks from ``first`` on. One query.

    Parts of at most ``left`` units, or with ``exactly`` of that many.
    """
    parts = [one for one in parts_for(unit, left) if not exactly or one.quantity == left]
    end = first + timedelta(days=LOOK_AHEAD)
    taken = [(slot.during.lower, slot.during.upper) for slot in slots_of([consultant], first, end)]
    return free_times(parts=parts, taken=taken, first=first, days=LOOK_AHEAD, most=MOST_FREE)


def prices_of(consultants: Sequence[Consultant], on: date, *, member: bool) -> dict[int, dict[str, Rate]]:
    """By consultant and unit, the rates of members or of other schools on a day. One query."""
    audience = Rate.Audience.MEMBER if member else Rate.Audience.OTHER
    rows = Rate.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), consultant__in=[one.pk for one in consultants],
        audience=audience, valid_from__lte=on,
    )  # fmt: skip
    found: dict[int, dict[str, Rate]] = {one.pk: {} for one in consultants}
    for rate in rows:
        found[rate.consultant_id][rate.unit] = rate
    return found


def asked_booking_of(order: Order) -> AskedBooking | None:
    """The booking for which an order in approval stands; None for an order of courses and services."""
    related = (
        "request__school",
        "quote__consultant__provider__organisation",
        "quote__consultant__home_school",
        "engagement",
    )
    return AskedBooking.objects.select_related(*related).filter(order=order).first()
