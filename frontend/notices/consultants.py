"""E-mails about requests to consultants and their bookings: to those on the other side of what was done.

A school's purpose, a provider's reason and a head's stand on the pages alone.
"""

from collections.abc import Iterable

from frontend.jinja import url
from frontend.notices.orders import page_of
from frontend.notices.readers import absolute, to_person, to_roles
from frontend.notices.topics_of_consultants import CONSULTANTS
from marketplace.core.actors import BUYING, Role, platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import To, send
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.queries import engagement_for, quotes_for, request_for
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest
from marketplace.trading.engagements.retainer_queries import retainer_for
from marketplace.trading.models import Retainer

ACTOR = platform("notices")
_TO_SCHOOL = {"request.quoted": "A quote came", "request.declined": "A consultant cannot", "request.lapsed": "Ran out"}
_TO_PROVIDERS = {
    "request.sent": "Answer a request",
    "request.accepted": "A request was decided",
    "request.withdrawn": "A request was withdrawn",
}
_OF_BOOKING = {
    "engagement.agreed": "Agreed",
    "engagement.date_added": "A date was planned",
    "engagement.date_moved": "A date was moved",
    "engagement.date_cancelled": "A date was cancelled",
    "engagement.date_released": "Released by their head",
    "engagement.date_refused": "Not released by their head",
    "engagement.cancelled": "Cancelled",
}

_OF_RETAINER = {
    "retainer.offered": "A retainer to agree to",
    "retainer.agreed": "One side agreed to a retainer",
    "retainer.declined": "A retainer was declined",
    "retainer.stopped": "A retainer stops",
}


@handles(*_TO_SCHOOL, name="notices.consultant_answered")
def consultant_answered(event: Event) -> None:
    """Tells those who buy for the school what a provider answered, or that nobody did."""
    asked = request_for(ACTOR, event.subject)
    school = _school(asked.school_id)
    link = page_of(school, "school-consultant-request", number=asked.number)
    _send_all(event, to_roles(school.pk, BUYING, london_day(event.at)), _TO_SCHOOL[event.kind], asked, link)


@handles(*_TO_PROVIDERS, name="notices.consultant_asked")
def consultant_asked(event: Event) -> None:
    """Tells each provider that was asked, and its consultant, once."""
    asked = request_for(ACTOR, event.subject)
    quotes = quotes_for(ACTOR).filter(request=asked).exclude(state=ConsultantQuote.State.DECLINED)
    for quote in quotes.select_related("consultant__person__user"):
        provider = quote.consultant.provider
        link = absolute(url("provider-request", provider=provider.code, pk=quote.pk))
        readers = to_roles(provider.organisation_id, [Role.PROVIDER], london_day(event.at))
        _send_all(event, readers, _TO_PROVIDERS[event.kind], asked, link, of=str(quote.pk))


@handles(*_OF_BOOKING, name="notices.consultant_booking")
def consultant_booking(event: Event) -> None:
    """Tells the school and the provider's staff of a booking and its dates, and the consultant."""
    booking = engagement_for(ACTOR, event.subject)
    school, provider, day = _school(booking.school_id), booking.consultant.provider, london_day(event.at)
    words = _OF_BOOKING[event.kind]
    there = page_of(school, "school-consultant-booking", number=booking.number)
    _send_all(event, to_roles(school.pk, BUYING, day), words, booking, there, of="school")
    link = absolute(url("provider-booking", provider=provider.code, number=booking.number))
    staff = to_roles(provider.organisation_id, [Role.PROVIDER], day)
    told = {to.person_id for to in staff}
    person = booking.consultant.person
    own = [to for to in to_person(person) if to.person_id not in told] if person else []
    _send_all(event, [*staff, *own], words, booking, link, of="provider")


@handles(*_OF_RETAINER, name="notices.retainer")
def retainer(event: Event) -> None:
    """Tells those who buy for the school and the provider's staff of a retainer that is offered, agreed to or declined."""
    found = retainer_for(ACTOR, event.subject)
    school, provider, day = _school(found.school_id), found.consultant.provider, london_day(event.at)
    words = _OF_RETAINER[event.kind]
    there = page_of(school, "school-retainer", number=found.number)
    _send_all(event, to_roles(school.pk, BUYING, day), words, found, there, of="school")
    link = absolute(url("provider-retainer", provider=provider.code, number=found.number))
    _send_all(event, to_roles(provider.organisation_id, [Role.PROVIDER], day), words, found, link, of="provider")


def _school(pk: int) -> Organisation:
    return Organisation.objects.select_related("school", "trust").get(pk=pk)


def _send_all(
    event: Event,
    readers: Iterable[To],
    words: str,
    of_: ConsultantRequest | Engagement | Retainer,
    link: str,
    *,
    of: str = "",
) -> None:
    for to in readers:
        send(
            key=f"consultant:{event.pk}:{of}",
            topic=CONSULTANTS,
            to=to,
            template="mail/consultant.jinja",
            context={
                "words": words,
                "title": of_.title,
                "number": of_.number,
                "school": of_.school.name,
                "consultant": "" if isinstance(of_, ConsultantRequest) else of_.consultant.name,
                "answer_by": of_.answer_by if isinstance(of_, ConsultantRequest) else None,
                "link": link,
            },
            event=event,
        )
