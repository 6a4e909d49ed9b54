"""Asking for a consultant: a school's need sent to up to four, taken back, or lapsed when nobody answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest
from marketplace.trading.engagements.services.access import refusal
from marketplace.trading.engagements.services.request_locks import (
    OPEN,
    close_request,
    open_request,
    others_asked,
    record_request,
    refuse_while_waiting,
)
from providers.models import Consultant

NUMBERS = "trading_request_numbers"
MOST_ASKED = 4


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
    record_request("request.sent", made, actor, [one.provider.organisation_id for one in consultants],
            consultants=sorted(one.code for one in consultants), unit=need.unit, quantity=str(need.quantity))  # fmt: skip
    return made


@transaction.atomic
def withdraw_request(*, request: ConsultantRequest, on: date, actor: Actor) -> ConsultantRequest:
    """Takes a request back; whoever was asked is told."""
    request = open_request(request.pk)
    if request.school_id not in actor.organisations(*BUYING):
        raise refusal(actor, [request.school_id], "withdraw requests of this school")
    refuse_while_waiting(request)
    close_request(request, ConsultantRequest.State.WITHDRAWN, on)
    record_request("request.withdrawn", request, actor, others_asked(request))
    return request


@transaction.atomic
def lapse_requests(*, on: date, actor: Actor, most: int = 500) -> int:
    """Closes requests that nobody answered in time, and answered ones of which no quote holds any more. Returns how many."""
    late = ConsultantRequest.objects.filter(answer_by__lt=on, state__in=OPEN).exclude(
        quotes__state=ConsultantQuote.State.QUOTED, quotes__valid_until__gte=on
    )
    found = list(late.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:most])
    for request in found:
        close_request(request, ConsultantRequest.State.LAPSED, on)
        record_request("request.lapsed", request, actor, others_asked(request))
    return len(found)


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{NUMBERS}')")
        return f"CR-{cursor.fetchone()[0]:06d}"
