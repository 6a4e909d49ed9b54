"""What the verbs of hubs share: moving a call or an application, recording, cleaning text, who may do what."""

from typing import Any

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.moving import move_state
from marketplace.core.text import clean_lines
from marketplace.organisations.models import Organisation
from subscriptions.hubs.models import HubApplication, HubCall
from subscriptions.outcomes.models import OutcomeContract

TEXT_LIMIT = 4000
RUNNING = (Role.ORGANISER, Role.FINANCE_MANAGER)
"""Who draws up calls, and decides by what the panel found."""
APPLYING = (Role.HUB_LEAD, Role.APPROVER)
"""Who may offer a school as the lead of a hub."""
LEADING = (Role.HUB_LEAD, Role.APPROVER)


class CallMoved(DomainError):
    """The call is not (or no longer) where this can be done."""

    code = "hub_call_moved"


class ApplicationMoved(DomainError):
    """The application is not (or no longer) where this can be done."""

    code = "hub_application_moved"


def clean_text(text: str, *, what: str, required: bool = True) -> str:
    """Several lines that somebody wrote about a hub."""
    return clean_lines(text, what=what, limit=TEXT_LIMIT, required=required)


def require_running(actor: Actor, *, to: str) -> None:
    """Refuses unless the actor runs calls for the partnership."""
    actor.require(*RUNNING, to=to)


def require_applicant(actor: Actor, organisation: Organisation, *, to: str) -> None:
    """Refuses unless the actor leads or approves for that school."""
    if not actor.system and organisation.pk not in actor.organisations(*APPLYING):
        raise NotAllowed(f"You may not {to}. Ask the head teacher of {organisation.name} to do it.")


def move_call(call: HubCall, before: str, after: str, **values: Any) -> None:
    """One conditional update from a state to the next; raises CallMoved where it does not stand there."""
    move_state(call, before, after, named=call.number, refusal=CallMoved, **values)


def move_application(application: HubApplication, before: str, after: str, **values: Any) -> None:
    """One conditional update from a state to the next; raises ApplicationMoved where it does not stand there."""
    move_state(application, before, after, named=application.number, refusal=ApplicationMoved, **values)


def record_call(kind: str, call: HubCall, actor: Actor, *, text: dict[str, str] | None = None, **payload: Any) -> None:
    """An event of a call, in nobody's scope but the partnership's."""
    events.record(
        kind=kind, subject_kind="hub_call", subject=call.number, organisation_ids=[], payload=payload, text=text,
        actor=actor,
    )  # fmt: skip


def record_application(
    kind: str,
    application: HubApplication,
    actor: Actor,
    *,
    applicants: bool = True,
    text: dict[str, str] | None = None,
    **payload: Any,
) -> None:
    """An event of an application, in the scope of its schools; what the panel does is in nobody's (``applicants`` no)."""
    scope = applicants_of(application) if applicants else []
    events.record(
        kind=kind, subject_kind="hub_application", subject=application.number, organisation_ids=scope,
        payload={"call": application.call.number, "state": application.state, **payload}, text=text, actor=actor,
    )  # fmt: skip


def record_hub(kind: str, contract: OutcomeContract, actor: Actor, **payload: Any) -> None:
    """An event of a hub's life, in the scope of its lead. No words that a person wrote."""
    events.record(
        kind=kind, subject_kind="outcome_contract", subject=contract.number, organisation_ids=[contract.party_id],
        payload=payload, actor=actor,
    )  # fmt: skip


def applicants_of(application: HubApplication) -> list[int]:
    """The ids of all schools that apply: the lead and its partners."""
    partners = application.partners.values_list("organisation_id", flat=True)
    return sorted({application.lead_id, *partners})
