"""E-mails about waiting lists, to whoever asked: places are offered, an offer ran out, the list was closed."""

from typing import Any

from frontend.formats import clock, long_date, plural
from frontend.notices.orders import page_of
from frontend.notices.readers import to_person
from frontend.notices.topics_of_waiting import WAITING
from marketplace.core.actors import platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.messaging.services import send
from marketplace.trading.models import WaitingEntry, WaitingOffer
from marketplace.trading.waiting_queries import entries_for

ACTOR = platform("notices")


@handles("waiting.offered", name="notices.waiting_offered")
def waiting_offered(event: Event) -> None:
    """Says what is held until when, unless it was answered meanwhile."""
    entry = _entry(event)
    offer = WaitingOffer.objects.filter(entry=entry, state=WaitingOffer.State.OPEN).first()
    if offer is not None:
        _send(event, entry, said="offered", until=f"{clock(offer.until)} on {long_date(offer.until)}")


@handles("waiting.lapsed", name="notices.waiting_lapsed")
def waiting_lapsed(event: Event) -> None:
    """Says that the places went on."""
    _send(event, _entry(event), said="lapsed")


@handles("waiting.closed", name="notices.waiting_closed")
def waiting_closed(event: Event) -> None:
    """Says that no place will come: the course began or was cancelled."""
    _send(event, _entry(event), said="closed")


def _entry(event: Event) -> WaitingEntry:
    found = entries_for(ACTOR).select_related("organisation__school", "organisation__trust", "person__user")
    return found.get(pk=int(event.subject))


def _send(event: Event, entry: WaitingEntry, *, said: str, **more: Any) -> None:
    run, places = entry.run, int(event.payload.get("places", entry.seats))
    for to in to_person(entry.person):
        send(
            key=f"waiting:{entry.pk}:{event.pk}",
            topic=WAITING,
            to=to,
            template="mail/waiting.jinja",
            context={
                "said": said,
                "title": run.offer.title,
                "course_day": run.starts_at,
                "cancelled": run.state == run.State.CANCELLED,
                "school": entry.school.name,
                "places": plural(places, "place"),
                "link": page_of(entry.organisation, "school-waiting-entry", pk=entry.pk),
                **more,
            },
            event=event,
        )
