"""A request and its quotes as the verbs hold them: under lock, open, closed, and told of."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.trading.engagements.asked_models import AskedBooking
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest

OPEN = (ConsultantRequest.State.SENT, ConsultantRequest.State.ANSWERED)
PARTIES = ("request__school", "consultant__provider__organisation", "consultant__home_school", "rate")


class RequestClosed(DomainError):
    """The request was agreed, withdrawn, or lapsed."""

    code = "request_closed"


class QuoteClosed(DomainError):
    """The quote was answered already, or does not hold any more."""

    code = "quote_closed"


def locked(quote: ConsultantQuote) -> tuple[ConsultantRequest, ConsultantQuote]:
    """An open request and its quote as they are now, locked in this order until the transaction ends. Raises RequestClosed."""
    return open_request(quote.request_id), held_quote(quote.pk)


def held_quote(pk: int) -> ConsultantQuote:
    return ConsultantQuote.objects.select_for_update(of=("self",)).select_related(*PARTIES).get(pk=pk)


def open_request(pk: int) -> ConsultantRequest:
    """The request as it is now, locked; RequestClosed where nothing can be done with it any more."""
    found = ConsultantRequest.objects.select_for_update(of=("self",)).select_related("school").get(pk=pk)
    if found.state not in OPEN:
        raise RequestClosed(f"{found.number} is {found.get_state_display().lower()} already, so it stays as it is.")
    return found


def refuse_while_waiting(request: ConsultantRequest, *, for_provider: bool = False) -> None:
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


def close_request(request: ConsultantRequest, state: str, on: date) -> None:
    request.state, request.closed_on = state, on
    request.save(update_fields=["state", "closed_on"])
    open_quotes = request.quotes.filter(state__in=[ConsultantQuote.State.ASKED, ConsultantQuote.State.QUOTED])
    open_quotes.update(state=ConsultantQuote.State.NOT_CHOSEN)


def others_asked(request: ConsultantRequest, but: int = 0) -> list[int]:
    """The providers of those that were asked, who did not decline."""
    found = request.quotes.exclude(pk=but).exclude(state=ConsultantQuote.State.DECLINED)
    return sorted(set(found.values_list("consultant__provider__organisation_id", flat=True)))


def record_request(kind: str, request: ConsultantRequest, actor: Actor, providers: Sequence[int], **facts: Any) -> None:
    events.record(
        kind=kind,
        subject_kind="consultant_request",
        subject=request.number,
        organisation_ids=sorted({request.school_id, *providers}),
        payload=facts,
        actor=actor,
    )
