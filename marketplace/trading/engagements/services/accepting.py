"""Accepting a quote: the booking is agreed at the quoted rate, and the others are told."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from marketplace.core.actors import BUYING, Actor
from marketplace.core.money import Money
from marketplace.organisations.models import Person
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest
from marketplace.trading.engagements.services.access import refusal
from marketplace.trading.engagements.services.agreeing import agree_booking, check_limit
from marketplace.trading.engagements.services.ir35 import Ir35Answer
from marketplace.trading.engagements.services.planning import NewDate
from marketplace.trading.engagements.services.request_locks import (
    QuoteClosed,
    close_request,
    locked,
    others_asked,
    record_request,
    refuse_while_waiting,
)


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
    refuse_while_waiting(request)
    if quote.state != ConsultantQuote.State.QUOTED or quote.valid_until is None or quote.quantity is None:
        raise QuoteClosed("This quote was taken back or not given. Choose another one.")
    if quote.valid_until < on or quote.gross_pence != expected_pence:
        raise QuoteClosed(
            f"The quote is for {Money(quote.gross_pence)} and held until {quote.valid_until:%-d %B %Y}. Nothing is agreed."
            " Open the quotes again, or ask anew."
        )
    return request, quote


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
    close_request(request, ConsultantRequest.State.AGREED, on)
    others = others_asked(request, but=quote.pk)
    record_request("request.accepted", request, actor, [quote.consultant.provider.organisation_id, *others],
            consultant=quote.consultant.code, engagement=engagement.number)  # fmt: skip
    return engagement
