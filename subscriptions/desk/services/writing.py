"""What every verb of the desk does alike: text that is checked, files, and the event without what was written."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from marketplace.core import events
from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.files import store_file
from subscriptions.desk.models import Ticket, TicketMessage
from subscriptions.desk.queries import OWNER_KIND, is_desk

TEXT_LIMIT = 4000
MOST_FILES = 5
ERASED_WORDS = "What stood here was erased."
Side, State = TicketMessage.Side, Ticket.State


class TicketIsClosed(DomainError):
    """What is resolved or closed is opened again before anybody writes in it."""

    code = "ticket_is_closed"


@dataclass(frozen=True)
class Upload:
    """A file as it came: what is in it is checked when it is kept."""

    content: bytes | BinaryIO
    name: str


def clean_text(text: str) -> str:
    """What a person wrote over several lines; refuses nothing written, control characters, and too much."""
    said = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\t", " ").strip()
    if not said:
        raise WrongInput("Enter what you want to say")
    if len(said) > TEXT_LIMIT:
        raise WrongInput(f"What you write must be {TEXT_LIMIT:,} characters or fewer")
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co") for char in said if char != "\n"):
        raise WrongInput("What you write must not contain control characters. Type it again instead of pasting it")
    return said


def side_of(ticket: Ticket, actor: Actor) -> TicketMessage.Side:
    """For whom the actor writes; whoever buys at the school writes for the school. Raises NotAllowed for anybody else."""
    if not actor.system and ticket.organisation_id in actor.organisations(*BUYING):
        return Side.SCHOOL
    if is_desk(actor):
        return Side.DESK
    raise NotAllowed(f"You may read {ticket.number} but not write in it.")


def require_desk_to(actor: Actor, to: str) -> None:
    """Raises NotAllowed for whoever does not work at the desk."""
    if not is_desk(actor):
        raise NotAllowed(f"You may not {to}. Our service desk does that.")


def held(ticket: Ticket) -> Ticket:
    """The ticket, locked, as it stands now."""
    return Ticket.objects.select_for_update(of=("self",)).select_related("organisation", "line").get(pk=ticket.pk)


def say(
    ticket: Ticket,
    side: TicketMessage.Side,
    text: str,
    at: datetime,
    actor: Actor,
    *,
    internal: bool = False,
    files: Sequence[Upload] = (),
) -> TicketMessage:
    """Keeps what was written with its files; a file of a kind that may not be kept is refused with everything else."""
    if len(files) > MOST_FILES:
        raise WrongInput(f"Attach at most {MOST_FILES} files")
    message = TicketMessage.objects.create(
        ticket=ticket, side=side, person_id=actor.person_id, internal=internal, text=text, written_at=at
    )
    for file in files:
        store_file(
            upload=file.content, name=file.name, owner_kind=OWNER_KIND, owner=str(message.pk),
            organisation_id=ticket.organisation_id, actor=actor,
        )  # fmt: skip
    return message


def move(ticket: Ticket, state: Ticket.State, **more: object) -> None:
    """The locked ticket goes to another state."""
    if Ticket.objects.filter(pk=ticket.pk, state=ticket.state).update(state=state, **more) != 1:
        raise TicketIsClosed(f"{ticket.number} has changed meanwhile. Look at it again.")
    ticket.refresh_from_db()


def record(kind: str, ticket: Ticket, actor: Actor, **payload: object) -> None:
    """What was written and what the ticket is called stay out of the log: they are erased in their time."""
    events.record(
        kind=kind,
        subject_kind="ticket",
        subject=ticket.number,
        organisation_ids=[ticket.organisation_id],
        payload={"priority": ticket.priority, **payload},
        actor=actor,
    )
