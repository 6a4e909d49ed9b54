"""E-mails about tickets: to the school when the desk did something, to the desk when a school did or something is overdue.

What either side wrote stands on the page alone.
"""

from frontend.buying import buyer_of
from frontend.desk_words import urgency, what_next
from frontend.jinja import url
from frontend.notices.readers import absolute, to_person, to_roles
from frontend.notices.topics_of_desk import DESK, TICKETS
from marketplace.core.actors import BUYING, platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import To, send
from marketplace.organisations.queries import partnership
from subscriptions.desk.queries import DESK as DESK_ROLES
from subscriptions.desk.queries import desk_people
from subscriptions.models import Ticket
from subscriptions.queries import ticket_for

ACTOR = platform("notices")
_TO_SCHOOL = {
    "ticket.answered": "Read our answer",
    "ticket.school_asked": "Answer our question",
    "ticket.resolved": "Resolved",
}
_TO_DESK = {
    "ticket.opened": "Answer a new ticket",
    "ticket.written": "Read what the school wrote",
    "ticket.promise_missed": "Overdue",
}


@handles(*_TO_SCHOOL, name="notices.ticket_answered")
def ticket_answered(event: Event) -> None:
    """Tells whoever asked; without them those who buy for the school."""
    ticket = ticket_for(ACTOR, event.subject)
    buyers = to_roles(ticket.organisation_id, BUYING, london_day(event.at))
    link = absolute(buyer_of(ticket.organisation).url("school-ticket", number=ticket.number))
    for to in _asker(ticket) or buyers:
        _send(event, ticket, to, TICKETS, _TO_SCHOOL[event.kind], link)


@handles(*_TO_DESK, "ticket.reopened", name="notices.ticket_waits")
def ticket_waits(event: Event) -> None:
    """Tells whoever has the ticket; while nobody has, everybody at the desk. Once for each thing that happened."""
    if event.payload.get("side") == "desk":
        return
    ticket = ticket_for(ACTOR, event.subject)
    link = absolute(url("organise-ticket", number=ticket.number))
    everybody = to_roles(partnership().pk, DESK_ROLES, london_day(event.at))
    for to in to_person(ticket.assignee) or everybody:
        _send(event, ticket, to, DESK, _TO_DESK.get(event.kind, "Opened again"), link)


def _asker(ticket: Ticket) -> list[To]:
    """Whoever opened it, where that was the school and not the desk on its behalf."""
    desk = {one.pk for one in desk_people(london_day(ticket.opened_at))}
    return [] if ticket.opened_by_id in desk else to_person(ticket.opened_by)


def _send(event: Event, ticket: Ticket, to: To, topic: str, verb: str, link: str) -> None:
    send(
        key=f"ticket:{ticket.number}:{event.pk}",
        topic=topic,
        to=to,
        template="mail/ticket.jinja",
        context={
            "verb": verb,
            "ticket": ticket,
            "school": ticket.organisation.name,
            "service": ticket.service or "Not covered by a service",
            "urgency": urgency(ticket),
            "next": what_next(ticket, event.at),
            "to_school": topic == TICKETS,
            "on": london_day(event.at),
            "link": link,
        },
        event=event,
    )
