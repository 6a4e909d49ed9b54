"""A ticket goes to and fro: answered, asked back, resolved, closed, opened again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.wording import london_day
from marketplace.core.working_days import working_days_between
from marketplace.organisations.models import Person
from subscriptions.desk.clocks import go_on, pause, recompute
from subscriptions.desk.models import Ticket, TicketMessage, TicketPause
from subscriptions.desk.queries import desk_people
from subscriptions.desk.rules.promises import REOPEN_DAYS
from subscriptions.desk.services.missing import note_missed
from subscriptions.desk.services.writing import (
    Side,
    State,
    TicketIsClosed,
    Upload,
    clean_text,
    held,
    move,
    record,
    require_desk_to,
    say,
    side_of,
)

Why = TicketPause.Why


class TooLateToReopen(DomainError):
    """Ten working days after it was resolved a ticket stays as it is."""

    code = "too_late_to_reopen"


@transaction.atomic
def reply(
    *, ticket: Ticket, text: str, at: datetime, actor: Actor, ask: bool = False, files: Sequence[Upload] = ()
) -> TicketMessage:
    """What one side says. The first thing that the desk says is its answer; with ``ask`` the clock stands until the school
    says something. Raises TicketIsClosed where it was resolved or closed: open it again instead.
    """
    said = clean_text(text)
    found = _live(ticket)
    side = side_of(found, actor)
    if ask and side == Side.SCHOOL:
        raise WrongInput("Only our service desk waits for the school. Send what you wrote as a reply.")
    message = say(found, side, said, at, actor, files=files)
    note_missed(found, at, actor)
    if side == Side.DESK:
        _answered(found, at)
        if ask and found.state != State.WITH_SCHOOL:
            pause(found, Why.WITH_SCHOOL, at)
            move(found, State.WITH_SCHOOL)
    elif found.state == State.WITH_SCHOOL:
        go_on(found, at)
        move(found, State.OPEN)
    recompute(found)
    kind = "ticket.written" if side == Side.SCHOOL else "ticket.school_asked" if ask else "ticket.answered"
    record(kind, found, actor)
    return message


@transaction.atomic
def write_note(*, ticket: Ticket, text: str, at: datetime, actor: Actor, files: Sequence[Upload] = ()) -> TicketMessage:
    """A note of the desk that the school never sees; the clocks go on as they were."""
    require_desk_to(actor, "write a note")
    found = held(ticket)
    return say(found, Side.DESK, clean_text(text), at, actor, internal=True, files=files)


@transaction.atomic
def assign_ticket(*, ticket: Ticket, person: Person | None, at: datetime, actor: Actor) -> Ticket:
    """Gives the ticket to somebody of the desk, or to nobody."""
    require_desk_to(actor, "give a ticket to somebody")
    found = held(ticket)
    if person is not None and person.pk not in {one.pk for one in desk_people(london_day(at))}:
        raise WrongInput("Choose somebody who works at the service desk")
    Ticket.objects.filter(pk=found.pk).update(assignee=person)
    found.refresh_from_db()
    record("ticket.assigned", found, actor, person=person.pk if person else None)
    return found


@transaction.atomic
def resolve_ticket(*, ticket: Ticket, text: str, at: datetime, actor: Actor, files: Sequence[Upload] = ()) -> Ticket:
    """The desk says that and how it is put right; the clock stands. The school may open it again for ten working days."""
    require_desk_to(actor, "resolve a ticket")
    said = clean_text(text)
    found = _live(ticket)
    say(found, Side.DESK, said, at, actor, files=files)
    note_missed(found, at, actor)
    _answered(found, at)
    _over(found, State.RESOLVED, at, resolved_at=at)
    record("ticket.resolved", found, actor)
    return found


@transaction.atomic
def close_ticket(*, ticket: Ticket, at: datetime, actor: Actor, text: str = "") -> Ticket:
    """The school needs nothing more: resolved or not, it is over. A last word may go with it."""
    found = held(ticket)
    if found.state == State.CLOSED:
        raise TicketIsClosed(f"{found.number} is closed already.")
    side = side_of(found, actor)
    if text.strip():
        say(found, side, clean_text(text), at, actor)
    note_missed(found, at, actor)
    _over(found, State.CLOSED, at, resolved_at=found.resolved_at or at, closed_at=at)
    record("ticket.closed", found, actor, side=side.value)
    return found


@transaction.atomic
def reopen_ticket(*, ticket: Ticket, text: str, at: datetime, actor: Actor) -> Ticket:
    """It is not put right after all: within ten working days the ticket is opened again, and its clock goes on.

    The time since it was resolved does not count. Raises TooLateToReopen afterwards.
    """
    said = clean_text(text)
    found = held(ticket)
    side = side_of(found, actor)
    if found.state not in (State.RESOLVED, State.CLOSED):
        raise TicketIsClosed(f"{found.number} is open. Write in it instead.")
    if not may_reopen(found, at):
        raise TooLateToReopen(
            f"{found.number} was resolved more than {REOPEN_DAYS} working days ago. Open a new one and name it there."
        )
    say(found, side, said, at, actor)
    go_on(found, at)
    move(found, State.REOPENED, resolved_at=None, closed_at=None)
    recompute(found)
    record("ticket.reopened", found, actor, side=side.value)
    return found


def may_reopen(ticket: Ticket, at: datetime) -> bool:
    """Whether a ticket that is over may be opened again: no more than ten working days lie between."""
    if ticket.resolved_at is None or ticket.erased_on is not None:
        return False
    return working_days_between(london_day(ticket.resolved_at), london_day(at)) < REOPEN_DAYS


def _live(ticket: Ticket) -> Ticket:
    found = held(ticket)
    if found.state in (State.RESOLVED, State.CLOSED):
        raise TicketIsClosed(f"{found.number} is over, so nothing was sent. Open it again to write in it.")
    return found


def _answered(ticket: Ticket, at: datetime) -> None:
    if ticket.responded_at is None:
        Ticket.objects.filter(pk=ticket.pk).update(responded_at=at)
        ticket.responded_at = at


def _over(ticket: Ticket, state: Ticket.State, at: datetime, **dates: datetime) -> None:
    if ticket.state not in (State.RESOLVED, State.CLOSED):
        pause(ticket, Why.RESOLVED, at)
    move(ticket, state, **dates)
    recompute(ticket)
