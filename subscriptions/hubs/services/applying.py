"""A school's side of a call: a draft and its papers, sending it before the deadline, taking it back.

| state | meaning | who moves it |
|---|---|---|
| draft | being written, the school's alone | ``submit_application``, ``withdraw_application``; the deadline withdraws it |
| submitted | sealed until the call closes, then the panel's | ``awarding.award``, ``awarding.decline``, ``withdraw_application`` |
| awarded | a contract was drawn up and offered | nobody |
| declined, withdrawn | over; what was written goes after twelve months | nobody |
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction

from marketplace.core import series
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.files import files_of, store_file
from marketplace.core.models import StoredFile
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.core.wording import LONDON
from marketplace.organisations.models import Organisation
from subscriptions.hubs.models import HubApplication, HubCall
from subscriptions.hubs.papers import APPLICATION
from subscriptions.hubs.services.calls import require_open
from subscriptions.hubs.services.partnering import unconfirmed
from subscriptions.hubs.services.writing import (
    ApplicationMoved,
    clean_text,
    move_application,
    record_application,
    require_applicant,
)

SERIES, PREFIX = "hub-application", "HA"
MOST_FILES = 5
State = HubApplication.State


class HubApplicationIncomplete(DomainError):
    """Something is missing; ``detail`` says what."""

    code = "hub_application_incomplete"


@dataclass(frozen=True)
class Offer:
    """What a school writes. ``asked`` only where it is not what the call usually pays."""

    title: str
    plan: str
    reach: str = ""
    people: str = ""
    schools_planned: int | None = None
    asked: Money | None = None


@transaction.atomic
def start_application(*, call: HubCall, lead: Organisation, at: datetime, actor: Actor) -> HubApplication:
    """Begins a draft for a school; where one stands already, returns that. Refused outside the call's hours."""
    require_applicant(actor, lead, to="apply for this school")
    if lead.kind != Organisation.Kind.SCHOOL:
        raise WrongInput("A school leads a hub. Choose the school that applies.")
    require_open(call, at)
    HubCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
    found = HubApplication.objects.filter(call=call, lead=lead).exclude(state=State.WITHDRAWN).first()
    if found is not None:
        return found
    series.ensure_series(code=SERIES, prefix=PREFIX)
    [number] = series.claim(series=SERIES)
    made = HubApplication.objects.create(
        number=number, call=call, lead=lead, started_by_id=actor.person_id, started_on=at.astimezone(LONDON).date()
    )
    record_application("hub_application.started", made, actor)
    return made


@transaction.atomic
def save_application(*, application: HubApplication, offer: Offer, at: datetime, actor: Actor) -> HubApplication:
    """Keeps what is written so far; anything may still be missing. Of a draft alone."""
    require_applicant(actor, application.lead, to="change this application")
    if offer.asked is not None and offer.asked.pence <= 0:
        raise WrongInput("What you ask for must be more than £0.00")
    if offer.schools_planned is not None and not 0 < offer.schools_planned <= 500:
        raise WrongInput("Number of schools must be from 1 to 500")
    move_application(
        application, State.DRAFT, State.DRAFT, title=clean_line(offer.title, what="Title", limit=160, required=False),
        plan=clean_text(offer.plan, what="What you would do", required=False),
        reach=clean_text(offer.reach, what="Whom you would work with", required=False),
        people=clean_text(offer.people, what="Who would lead it", required=False),
        schools_planned=offer.schools_planned, asked_pence=offer.asked.pence if offer.asked else None, saved_at=at,
    )  # fmt: skip
    return application


@transaction.atomic
def attach_paper(*, application: HubApplication, upload: bytes | BinaryIO, file_name: str, actor: Actor) -> StoredFile:
    """Adds a private file to a draft: five at most, of the kinds that may be kept (WrongFile)."""
    require_applicant(actor, application.lead, to="change this application")
    move_application(application, State.DRAFT, State.DRAFT)
    if len(files_of(APPLICATION, application.number)) >= MOST_FILES:
        raise WrongInput(f"An application has {MOST_FILES} files or fewer. Take one off first.")
    return store_file(
        upload=upload, name=file_name, owner_kind=APPLICATION, owner=application.number,
        organisation_id=application.lead_id, actor=actor,
    )  # fmt: skip


@transaction.atomic
def take_paper_off(*, application: HubApplication, file_id: int, actor: Actor) -> None:
    """Removes a file of a draft for good."""
    require_applicant(actor, application.lead, to="change this application")
    move_application(application, State.DRAFT, State.DRAFT)
    found = StoredFile.objects.filter(pk=file_id, owner_kind=APPLICATION, owner=application.number)
    if not found.delete()[0]:
        raise NotFound("There is no such file.")
    record_application("hub_application.paper_taken_off", application, actor)


def missing_of(application: HubApplication) -> list[str]:
    """What keeps a draft from being sent, in sentences."""
    found = []
    if not application.title:
        found.append("Give your hub a title.")
    if not application.plan:
        found.append("Say what you would do.")
    if not application.people:
        found.append("Say who would lead it.")
    return found + unconfirmed(application)


@transaction.atomic
def submit_application(*, application: HubApplication, at: datetime, actor: Actor) -> HubApplication:
    """Sends it. Refused after the deadline (CallNotOpen) or with something missing (HubApplicationIncomplete),
    such as the answer of a partner."""
    require_applicant(actor, application.lead, to="send this application")
    call = HubCall.objects.select_for_update(of=("self",)).get(pk=application.call_id)
    require_open(call, at)
    HubApplication.objects.select_for_update(of=("self",)).get(pk=application.pk)  # a partner may be declining
    application.refresh_from_db()
    if application.state == State.DRAFT and (missing := missing_of(application)):
        raise HubApplicationIncomplete(f"{missing[0]} Nothing was sent.", detail=missing)
    move_application(application, State.DRAFT, State.SUBMITTED, submitted_at=at, submitted_by_id=actor.person_id)
    record_application("hub_application.submitted", application, actor)
    return application


@transaction.atomic
def withdraw_application(*, application: HubApplication, on: date, actor: Actor) -> HubApplication:
    """The school takes it back, before it is decided. Another one may be begun while the call is open."""
    require_applicant(actor, application.lead, to="withdraw this application")
    if application.state not in (State.DRAFT, State.SUBMITTED):
        raise ApplicationMoved(f"{application.number} can no longer be withdrawn. Look at where it stands.")
    move_application(application, application.state, State.WITHDRAWN, withdrawn_on=on)
    record_application("hub_application.withdrawn", application, actor)
    return application
