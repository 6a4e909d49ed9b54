"""Answering a request for a consultant: a quote by the agreed rate, or no."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest
from marketplace.trading.engagements.rules.terms import for_units
from marketplace.trading.engagements.services.access import refusal
from marketplace.trading.engagements.services.agreeing import NoRate, cost_of, is_member
from marketplace.trading.engagements.services.request_locks import (
    QuoteClosed,
    held_quote,
    open_request,
    record_request,
    refuse_while_waiting,
)
from providers.queries import rate_for
from providers.rates.rules.travel import mileage
from providers.services import pin_rate


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
        refuse_while_waiting(quote.request, for_provider=True)
    quote.reason = clean_line(reason, what="Reason", limit=240)
    quote.state, quote.answered_on = ConsultantQuote.State.DECLINED, on
    quote.save(update_fields=["reason", "state", "answered_on"])
    _answered(quote, "request.declined", actor)
    return quote


def _asked(quote: ConsultantQuote, actor: Actor, *, again: bool = False) -> ConsultantQuote:
    """The quote to answer, locked after its request; the provider's, the consultant's or an organiser's to answer."""
    open_request(quote.request_id)
    found = held_quote(quote.pk)
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
    record_request(kind, quote.request, actor, [quote.consultant.provider.organisation_id],
            consultant=quote.consultant.code, **facts)  # fmt: skip
