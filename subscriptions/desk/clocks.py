"""The clocks of tickets, computed anew from what was promised and from the stored pauses."""

from datetime import datetime

from subscriptions.desk.models import MissedPromise, Ticket, TicketPause
from subscriptions.desk.rules.clock import Pause, due_at, working_time
from subscriptions.desk.terms import DeskTerms, closed, desk_terms

Clock = MissedPromise.Clock


def pauses_of(ticket: Ticket) -> list[Pause]:
    """The stored pauses, oldest first. One query."""
    return [Pause(one.started_at, one.ended_at) for one in ticket.pauses.order_by("started_at", "pk")]


def due_moments(ticket: Ticket, terms: DeskTerms | None = None) -> tuple[datetime | None, datetime | None]:
    """By when it was promised to answer and to put it right: empty where nothing is promised or the clock stands.

    The clock of the answer knows no pauses: it ends with the first thing that the desk says.
    """
    if ticket.response_minutes is None or ticket.fix_minutes is None:
        return None, None
    hours = (terms or desk_terms()).hours
    answer = due_at(ticket.opened_at, ticket.response_minutes, hours=hours, closed=closed)
    fix = due_at(ticket.opened_at, ticket.fix_minutes, hours=hours, closed=closed, pauses=pauses_of(ticket))
    return answer, fix


def recompute(ticket: Ticket, terms: DeskTerms | None = None) -> None:
    """Writes the due moments of a locked ticket as its rows say."""
    ticket.response_due_at, ticket.fix_due_at = due_moments(ticket, terms)
    Ticket.objects.filter(pk=ticket.pk).update(response_due_at=ticket.response_due_at, fix_due_at=ticket.fix_due_at)


def missed_by(ticket: Ticket, at: datetime, terms: DeskTerms | None = None) -> list[tuple[Clock, datetime]]:
    """Which promises were not kept by then, with the moments at which they were due.

    A ticket that is resolved or waits has no moment by which it is due; what had run out before still counts, so the
    clock is looked at without the pause that stands open.
    """
    if ticket.response_minutes is None or ticket.fix_minutes is None:
        return []
    hours = (terms or desk_terms()).hours
    found = []
    answer = due_at(ticket.opened_at, ticket.response_minutes, hours=hours, closed=closed)
    if answer is not None and answer < (ticket.responded_at or ticket.closed_at or at):
        found.append((Clock.RESPONSE, answer))
    stored = pauses_of(ticket)
    standing = next((one.start for one in stored if one.end is None), None)
    over = [one for one in stored if one.end is not None]
    fix = due_at(ticket.opened_at, ticket.fix_minutes, hours=hours, closed=closed, pauses=over)
    if fix is not None and fix < (standing or at):
        found.append((Clock.FIX, fix))
    return found


def took(ticket: Ticket, at: datetime, terms: DeskTerms | None = None) -> int:
    """Working minutes that the clock of a ticket has run by then, without its pauses."""
    hours = (terms or desk_terms()).hours
    span = working_time(ticket.opened_at, at, hours=hours, closed=closed, pauses=pauses_of(ticket))
    return int(span.total_seconds()) // 60


def pause(ticket: Ticket, why: TicketPause.Why, at: datetime) -> None:
    """The clock of a locked ticket stands from now on, for this reason; a pause that stood open ends here."""
    go_on(ticket, at)
    TicketPause.objects.create(ticket=ticket, why=why, started_at=at)


def go_on(ticket: Ticket, at: datetime) -> None:
    """The clock of a locked ticket runs again."""
    TicketPause.objects.filter(ticket=ticket, ended_at__isnull=True).update(ended_at=at)
