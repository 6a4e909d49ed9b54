"""How one person prepares and another decides, alike for journals, purchases and the opening position.

| state | meaning | moved by |
|---|---|---|
| draft | may be changed by whoever prepares it | ``prepare_…`` |
| submitted | waits for somebody else to approve it; does not change | ``submit_…`` |
| sent back | was not approved, with a reason; may be changed | ``send_back_…`` |
| approved | posted | ``approve_…`` |
| cancelled | its posting was reversed | ``cancel_…`` |
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from invoicing.journals.models.two_people import TwoPeople
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import DomainError
from marketplace.core.text import clean_line

Head = TypeVar("Head", bound=TwoPeople)
_WORDS = {
    TwoPeople.State.DRAFT: "is a draft",
    TwoPeople.State.SUBMITTED: "waits for approval",
    TwoPeople.State.SENT_BACK: "was sent back",
    TwoPeople.State.APPROVED: "is approved",
    TwoPeople.State.CANCELLED: "is cancelled",
}


class NeedsPerson(DomainError):
    """The platform prepares and approves nothing by itself."""

    code = "needs_person"


class NotInState(DomainError):
    """What is asked is not possible as it stands now."""

    code = "not_in_state"


class OnlyPreparer(DomainError):
    """What somebody prepares is changed by them alone, so that nobody approves their own words."""

    code = "only_preparer"


class SamePerson(DomainError):
    """Whoever prepared something does not approve it."""

    code = "same_person"


class ChangedSinceSeen(DomainError):
    """It was changed after the approver looked at it."""

    code = "changed_since_seen"


def preparer(actor: Actor, *, to: str) -> int:
    """The id of the finance person who acts. Refuses anybody else, and the platform."""
    actor.require(*sorted(FINANCE), to=to)
    return _person(actor, to)


def approver(actor: Actor, *, to: str) -> int:
    """The id of the finance manager who acts. Refuses anybody else, and the platform."""
    actor.require(Role.FINANCE_MANAGER, to=to)
    return _person(actor, to)


def _person(actor: Actor, to: str) -> int:
    if actor.person_id is None:
        raise NeedsPerson(f"Only a person can {to}: the platform does it for nobody. Sign in as yourself.")
    return actor.person_id


def locked(row: Head, states: Sequence[TwoPeople.State], *, to: str) -> Head:
    """The row as it stands, locked until the transaction ends. Refuses when it is in none of the states."""
    found = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if found.state not in states:
        raise NotInState(
            f"{found.number} {_WORDS[TwoPeople.State(found.state)]}, so you cannot {to}. Look at it again.",
            state=str(found.state),
        )
    return found


def require_preparer(row: TwoPeople, person_id: int) -> None:
    """Only whoever prepared it changes it."""
    if row.prepared_by_id != person_id:
        raise OnlyPreparer(f"{row.prepared_by} prepared {row.number}, so only they can change it. Make a new one.")


def require_other_person(row: TwoPeople, person_id: int) -> None:
    """Whoever prepared it does not decide on it: compared by person, whatever the login."""
    if row.prepared_by_id == person_id:
        raise SamePerson(f"You prepared {row.number}, so someone else must decide on it.")


def require_seen(row: TwoPeople, version: int) -> None:
    """What is decided on is what was looked at."""
    if row.version != version:
        raise ChangedSinceSeen(f"{row.number} was changed since you looked. Nothing is decided: read it again.")


def move(row: TwoPeople, to: TwoPeople.State, **changes: Any) -> None:
    """One row from the state that it is in to another, with what changes at once."""
    model = type(row)
    if model._default_manager.filter(pk=row.pk, state=row.state).update(state=to, **changes) != 1:
        raise NotInState(f"{row.number} was moved by somebody else meanwhile. Look at it again.")
    row.refresh_from_db()


def send_back(row: Head, *, reason: str, version: int, actor: Actor, kind: str) -> Head:
    """Gives it back to its preparer with a reason. By another person, who may approve."""
    person = approver(actor, to="send it back")
    text = clean_line(reason, what="Reason", limit=240)
    found = locked(row, [TwoPeople.State.SUBMITTED], to="send it back")
    require_other_person(found, person)
    require_seen(found, version)
    move(found, TwoPeople.State.SENT_BACK, sent_back_reason=text)
    record(f"{kind}.sent_back", found, actor, text=text)
    return found


def record(
    kind: str, row: TwoPeople, actor: Actor, *, text: str = "", concerned: Sequence[int] = (), **payload: Any
) -> None:
    """The event of a move; ``text`` is what the person wrote."""
    events.record(
        kind=kind, subject_kind=kind.split(".")[0], subject=row.number, organisation_ids=list(concerned),
        payload={"version": row.version, **payload}, text={"reason": text}, actor=actor,
    )  # fmt: skip
