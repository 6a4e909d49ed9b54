"""Asking for a consultant: a school's need sent to up to four, their quotes, and the one that is accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from marketplace.core import events
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation, Person
from marketplace.trading.engagements.asked_models import AskedBooking
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest
from marketplace.trading.engagements.rules.terms import for_units
from marketplace.trading.engagements.services.access import refusal
from marketplace.trading.engagements.services.agreeing import NoRate, agree_booking, check_limit, cost_of, is_member
from marketplace.trading.engagements.services.ir35 import Ir35Answer
from marketplace.trading.engagements.services.planning import NewDate
from providers.models import Consultant
from providers.queries import rate_for
from providers.rates.rules.travel import mileage
from providers.services import pin_rate

NUMBERS = "trading_request_numbers"
MOST_ASKED = 4
OPEN = (ConsultantRequest.State.SENT, ConsultantRequest.State.ANSWERED)
PARTIES = ("request__school", "consultant__provider__organisation", "consultant__home_school", "rate")


class RequestClosed(DomainError):
    """The request was agreed, withdrawn, or lapsed."""

    code = "request_closed"


class QuoteClosed(DomainError):
    """The quote was answered already, or does not hold any more."""

    code = "quote_closed"


@dataclass(frozen=True)
class Need:
    """What a school needs, without naming pupils. ``[wanted_from, wanted_to)`` are the days it would suit; ``budget`` is
    with VAT and is kept from providers."""

    title: str
    purpose: str
    unit: str
    quantity: Decimal
    wanted_from: date
    wanted_to: date
    theme: str = ""
    mode: str = ConsultantRequest.Mode.AT_SCHOOL
    budget: Money | None = None


@dataclass(frozen=True)
class Answer:
    """A provider's quote: how many units, over how many visits, of how many miles each there and back; the first free
    days; words; and the last day on which it holds."""

    quantity: Decimal
    visits: int
    valid_until: date
    miles: int = 0
    first_days: Sequence[date] = ()
    words: str = ""


@transaction.atomic
def ask_consultants(
    *, school: Organisation, consultants: Sequence[Consultant], need: Need, answer_by: date, on: date, actor: Actor
) -> ConsultantRequest:
    """Sends a need to one consultant or up to four. Nothing is ordered by it.

    Those who buy for the school. Refuses more than four, nobody, somebody twice, days that are over, and a day to answer by
    that is not after ``on``.
    """
    if school.pk not in actor.organisations(*BUYING):
        raise NotFound("Page not found")
    if not 1 <= len({one.pk for one in consultants}) == len(consultants) <= MOST_ASKED:
        raise WrongInput(f"Choose one to {MOST_ASKED} consultants, each once")
    if answer_by <= on or need.wanted_to <= max(need.wanted_from, on):
        raise WrongInput("The day to answer by and the days wanted must lie ahead, the last one after the first")
    if need.unit not in Engagement.Unit.values or need.quantity <= 0:
        raise WrongInput("Enter how many days, half days, twilights or hours you need")
    made = ConsultantRequest.objects.create(
        number=_next_number(),
        school=school,
        title=clean_line(need.title, what="Title", limit=120),
        theme=clean_line(need.theme, what="Theme", limit=40, required=False),
        purpose=clean_line(need.purpose, what="What it is for", limit=1000),
        wanted_from=need.wanted_from,
        wanted_to=need.wanted_to,
        unit=need.unit,
        quantity=need.quantity,
        budget_pence=need.budget.pence if need.budget else None,
        mode=need.mode,
        answer_by=answer_by,
        asked_on=on,
        asked_by_id=actor.person_id,
    )
    ConsultantQuote.objects.bulk_create(ConsultantQuote(request=made, consultant=one) for one in consultants)
    _record("request.sent", made, actor, [one.provider.organisation_id for one in consultants],
            consultants=sorted(one.code for one in consultants), unit=need.unit, quantity=str(need.quantity))  # fmt: skip
    return made


@transaction.atomic
def answer_request(*, quote: ConsultantQuote, answer: Answer, on: date, actor: Actor) -> ConsultantQuote:
    """Quotes for a request: the school's price of that day × units, travel, and VAT as the school will be invoiced.

    The provider, the consultant, or an organiser. Refused: a request that is closed (RequestClosed), a quote given before
    (QuoteClosed), a consultant without a rate for the unit (NoRate).
    """
    quote = _asked(quote, actor)
    school, consultant, unit = quote.request.school, quote.consultant, quote.request.unit
    if answer.quantity <= 0 or answer.visits < 1 or answer.miles < 0:
        raise WrongInput("Enter how much you offer, in how many visits")
    if answer.valid_until < on:
        raise WrongInput("The last day on which the quote holds must lie ahead")
    rate = rate_for(consultant, unit, on, is_member(school, on))
    if rate is None:
        words = Engagement.Unit(unit).label.lower()
        raise NoRate(f"No price of {consultant.name} for a {words} is agreed. Agree one first, or decline the request.")
    pin_rate(rate, on)
    net = for_units(rate.sell_pence, answer.quantity)
    travel = Money(mileage(answer.miles, rate.mileage_pence)) * answer.visits
    whole = cost_of(school, net + travel, on)
    quote.rate, quote.quantity, quote.visits, quote.miles = rate, answer.quantity, answer.visits, answer.miles
    quote.net_pence, quote.travel_pence = net.pence, travel.pence
    quote.vat_pence, quote.gross_pence = whole.vat.pence, whole.gross.pence
    quote.first_days = [day.isoformat() for day in sorted(set(answer.first_days))]
    quote.words = clean_line(answer.words, what="Words", limit=600, required=False)
    quote.valid_until, quote.answered_on, quote.state = answer.valid_until, on, ConsultantQuote.State.QUOTED
    quote.save()
    _answered(quote, "request.quoted", actor, gross_pence=quote.gross_pence)
    return quote


@transaction.atomic
def decline_request(*, quote: ConsultantQuote, reason: str, on: date, actor: Actor) -> ConsultantQuote:
    """Says no to a request, with a reason that the school reads. A quote given before is taken back by it."""
    quote = _asked(quote, actor, again=True)
    if quote.state == ConsultantQuote.State.QUOTED:
        _refuse_while_waiting(quote.request, for_provider=True)
    quote.reason = clean_line(reason, what="Reason", limit=240)
    quote.state, quote.answered_on = ConsultantQuote.State.DECLINED, on
    quote.save(update_fields=["reason", "state", "answered_on"])
    _answered(quote, "request.declined", actor)
    return quote


@transaction.atomic
def accept_quote(
    *,
    quote: ConsultantQuote,
    expected_pence: int,
    ir35: Ir35Answer,
    on: date,
    actor: Actor,
    dates: Sequence[NewDate] = (),
    purchase_order: str = "",
) -> Engagement:
    """Accepts a quote: the booking is agreed at the quoted rate, its determination kept, and the others are told.

    ``expected_pence`` is the whole cost with VAT that the school saw. Refused, with nothing agreed: another sum or a quote
    that does not hold any more (QuoteClosed), a closed request, and what ``agree_booking`` refuses.
    """
    request, quote = acceptable(quote=quote, expected_pence=expected_pence, on=on, actor=actor)
    check_limit(request.school, Money(quote.gross_pence), on, actor)
    return booked(
        request=request, quote=quote, dates=dates, ir35=ir35, purchase_order=purchase_order, on=on, actor=actor
    )  # fmt: skip


def acceptable(
    *, quote: ConsultantQuote, expected_pence: int, on: date, actor: Actor
) -> tuple[ConsultantRequest, ConsultantQuote]:
    """The request and the quote, locked, where the actor may take the quote today at the sum that they saw."""
    request, quote = locked(quote)
    if request.school_id not in actor.organisations(*BUYING):
        raise refusal(actor, [request.school_id], "accept quotes for this school")
    _refuse_while_waiting(request)
    if quote.state != ConsultantQuote.State.QUOTED or quote.valid_until is None or quote.quantity is None:
        raise QuoteClosed("This quote was taken back or not given. Choose another one.")
    if quote.valid_until < on or quote.gross_pence != expected_pence:
        raise QuoteClosed(
            f"The quote is for {Money(quote.gross_pence)} and held until {quote.valid_until:%-d %B %Y}. Nothing is agreed."
            " Open the quotes again, or ask anew."
        )
    return request, quote


def locked(quote: ConsultantQuote) -> tuple[ConsultantRequest, ConsultantQuote]:
    """An open request and its quote as they are now, locked in this order until the transaction ends. Raises RequestClosed."""
    return _open_request(quote.request_id), _quote(quote.pk)


def booked(
    *,
    request: ConsultantRequest,
    quote: ConsultantQuote,
    dates: Sequence[NewDate],
    ir35: Ir35Answer,
    purchase_order: str,
    on: date,
    actor: Actor,
    agreed_by: Person | None = None,
) -> Engagement:
    """The booking of an accepted quote, in the caller's transaction: the request is closed and the others are told."""
    engagement = agree_booking(
        school=request.school, consultant=quote.consultant, title=request.title, theme=request.theme, unit=request.unit,
        quantity=quote.quantity or Decimal(0), dates=dates, rate=quote.rate, rate_on=quote.answered_on, on=on,
        actor=actor, purchase_order=purchase_order, ir35=ir35, agreed_by=agreed_by,
    )  # fmt: skip
    quote.state, quote.engagement = ConsultantQuote.State.ACCEPTED, engagement
    quote.save(update_fields=["state", "engagement"])
    _close(request, ConsultantRequest.State.AGREED, on)
    others = _others(request, but=quote.pk)
    _record("request.accepted", request, actor, [quote.consultant.provider.organisation_id, *others],
            consultant=quote.consultant.code, engagement=engagement.number)  # fmt: skip
    return engagement


def _refuse_while_waiting(request: ConsultantRequest, *, for_provider: bool = False) -> None:
    """Refuses what would change a request of which a quote waits for approval at the school."""
    waiting = AskedBooking.objects.filter(request=request, state=AskedBooking.State.WAITING)
    waits = waiting.select_related("order__approval").first()
    if waits is None:
        return
    until = waits.order.approval.kept_until
    if for_provider:
        raise QuoteClosed(
            f"The school has a quote for {request.number} with its approver, so it holds until {until:%-d %B %Y}."
            " Nothing was changed."
        )
    raise QuoteClosed(
        f"{waits.order.number} waits for approval until {until:%-d %B %Y}. Nothing was changed. Withdraw that first."
    )


@transaction.atomic
def withdraw_request(*, request: ConsultantRequest, on: date, actor: Actor) -> ConsultantRequest:
    """Takes a request back; whoever was asked is told."""
    request = _open_request(request.pk)
    if request.school_id not in actor.organisations(*BUYING):
        raise refusal(actor, [request.school_id], "withdraw requests of this school")
    _refuse_while_waiting(request)
    _close(request, ConsultantRequest.State.WITHDRAWN, on)
    _record("request.withdrawn", request, actor, _others(request))
    return request


@transaction.atomic
def lapse_requests(*, on: date, actor: Actor, most: int = 500) -> int:
    """Closes requests that nobody answered in time, and answered ones of which no quote holds any more. Returns how many."""
    late = ConsultantRequest.objects.filter(answer_by__lt=on, state__in=OPEN).exclude(
        quotes__state=ConsultantQuote.State.QUOTED, quotes__valid_until__gte=on
    )
    found = list(late.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:most])
    for request in found:
        _close(request, ConsultantRequest.State.LAPSED, on)
        _record("request.lapsed", request, actor, _others(request))
    return len(found)


def _quote(pk: int) -> ConsultantQuote:
    return ConsultantQuote.objects.select_for_update(of=("self",)).select_related(*PARTIES).get(pk=pk)


def _open_request(pk: int) -> ConsultantRequest:
    """The request as it is now, locked; RequestClosed where nothing can be done with it any more."""
    found = ConsultantRequest.objects.select_for_update(of=("self",)).select_related("school").get(pk=pk)
    if found.state not in OPEN:
        raise RequestClosed(f"{found.number} is {found.get_state_display().lower()} already, so it stays as it is.")
    return found


def _asked(quote: ConsultantQuote, actor: Actor, *, again: bool = False) -> ConsultantQuote:
    """The quote to answer, locked after its request; the provider's, the consultant's or an organiser's to answer."""
    _open_request(quote.request_id)
    found = _quote(quote.pk)
    consultant = found.consultant
    own = consultant.provider.organisation_id in actor.organisations(Role.PROVIDER)
    self_ = actor.person_id is not None and consultant.person_id == actor.person_id
    if not (own or self_ or actor.has(Role.ORGANISER)):
        raise refusal(actor, [consultant.provider.organisation_id], "answer requests for this consultant")
    allowed = {ConsultantQuote.State.ASKED} | ({ConsultantQuote.State.QUOTED} if again else set())
    if found.state not in allowed:
        raise QuoteClosed(f"This request was answered already: {found.get_state_display().lower()}.")
    return found


def _answered(quote: ConsultantQuote, kind: str, actor: Actor, **facts: Any) -> None:
    ConsultantRequest.objects.filter(pk=quote.request_id, state=ConsultantRequest.State.SENT).update(
        state=ConsultantRequest.State.ANSWERED
    )
    _record(kind, quote.request, actor, [quote.consultant.provider.organisation_id],
            consultant=quote.consultant.code, **facts)  # fmt: skip


def _close(request: ConsultantRequest, state: str, on: date) -> None:
    request.state, request.closed_on = state, on
    request.save(update_fields=["state", "closed_on"])
    open_quotes = request.quotes.filter(state__in=[ConsultantQuote.State.ASKED, ConsultantQuote.State.QUOTED])
    open_quotes.update(state=ConsultantQuote.State.NOT_CHOSEN)


def _others(request: ConsultantRequest, but: int = 0) -> list[int]:
    """The providers of those that were asked, who did not decline."""
    found = request.quotes.exclude(pk=but).exclude(state=ConsultantQuote.State.DECLINED)
    return sorted(set(found.values_list("consultant__provider__organisation_id", flat=True)))


def _record(kind: str, request: ConsultantRequest, actor: Actor, providers: Sequence[int], **facts: Any) -> None:
    events.record(
        kind=kind,
        subject_kind="consultant_request",
        subject=request.number,
        organisation_ids=sorted({request.school_id, *providers}),
        payload=facts,
        actor=actor,
    )


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{NUMBERS}')")
        return f"CR-{cursor.fetchone()[0]:06d}"
