"""Showing evidence, and accepting or refusing what somebody else showed."""

import calendar
from datetime import date
from typing import BinaryIO

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.file_kinds import SCANS
from marketplace.core.files import files_of, store_file
from marketplace.core.text import clean_line
from providers.accreditation.models import Evidence, Requirement
from providers.accreditation.papers import OWNER
from providers.accreditation.services.access import require_decider, require_no_interest, require_provider
from providers.profiles.models import Consultant, Provider


class EvidenceChecked(DomainError):
    """The evidence was accepted or refused before."""

    code = "evidence_checked"


class OwnEvidence(DomainError):
    """Nobody checks what they gave themselves. Compared by person."""

    code = "own_evidence"


@transaction.atomic
def give_evidence(
    *,
    requirement: Requirement,
    valid_from: date,
    on: date,
    actor: Actor,
    consultant: Consultant | None = None,
    provider: Provider | None = None,
    valid_to: date | None = None,
    number: str = "",
    decision: str = "",
    upload: bytes | BinaryIO | None = None,
    file_name: str = "",
) -> Evidence:
    """Shows something for a requirement over ``[valid_from, valid_to)``; without an end, as long as it usually lasts.

    The provider gives it, or an organiser for them. The file is a PDF or a picture by its content (WrongFile). Refused:
    a document where none is kept (DBS), none where one is needed, a number that is missing, dates that are over.
    """
    firm = _holder(requirement, consultant, provider)
    if not actor.has(Role.ORGANISER):
        _require_own(actor, firm, consultant)
    valid_to = valid_to or ends_after(valid_from, requirement.months)
    _check(requirement, valid_from, valid_to, number, has_file=upload is not None, on=on)
    made = Evidence.objects.create(
        requirement=requirement,
        consultant=consultant,
        provider=provider,
        valid_from=valid_from,
        valid_to=valid_to,
        number=clean_line(number, what="Number", limit=40, required=requirement.needs_number),
        decision=clean_line(decision, what="Decision", limit=200, required=False),
        given_by_id=actor.person_id,
        given_on=on,
    )
    if upload is not None:
        store_file(
            upload=upload, name=file_name, owner_kind=OWNER, owner=str(made.pk),
            organisation_id=firm.organisation_id, actor=actor, allowed=SCANS,
        )  # fmt: skip
    _record("evidence.given", made, firm, actor)
    return made


def _holder(requirement: Requirement, consultant: Consultant | None, provider: Provider | None) -> Provider:
    """The provider whose evidence it is, or who the consultant works for."""
    if (consultant is None) == (provider is None):
        raise ValueError("Evidence belongs to a consultant or to a provider")
    if (requirement.holder == Requirement.Holder.CONSULTANT) != (consultant is not None):
        raise WrongInput(f"{requirement.label} is shown by the {requirement.get_holder_display().lower()}.")
    return consultant.provider if consultant is not None else provider  # type: ignore[return-value]


def _require_own(actor: Actor, firm: Provider, consultant: Consultant | None) -> None:
    if consultant is not None and actor.person_id is not None and consultant.person_id == actor.person_id:
        return
    require_provider(actor, firm, to="send evidence")


def _check(
    requirement: Requirement, valid_from: date, valid_to: date | None, number: str, *, has_file: bool, on: date
) -> None:
    if valid_from > on:
        raise WrongInput("The date of the document must be today or earlier")
    if valid_to is not None and valid_to <= on:
        raise WrongInput(f"{requirement.label} of that date is over. Send a newer one.")
    if has_file and requirement.file == Requirement.File.NEVER:
        raise WrongInput(f"No copy is kept of this ({requirement.label}). Enter its facts without a file.")
    if not has_file and requirement.file == Requirement.File.NEEDED:
        raise WrongInput("Choose the document as a PDF or a picture")
    if requirement.needs_number and not number.strip():
        raise WrongInput("Enter the number printed on it")


def ends_after(day: date, months: int | None) -> date | None:
    """The day on which something that lasts so many months no longer counts; the 31st becomes a month's last day."""
    if months is None:
        return None
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@transaction.atomic
def accept_evidence(*, evidence: Evidence, on: date, actor: Actor) -> Evidence:
    """It counts from now on. Raises OwnEvidence for whoever gave it, Interested, EvidenceChecked."""
    return _settle(evidence, Evidence.State.ACCEPTED, "", on, actor)


@transaction.atomic
def refuse_evidence(*, evidence: Evidence, reason: str, on: date, actor: Actor) -> Evidence:
    """It does not count; the provider reads why. Raises as ``accept_evidence`` does."""
    reason = clean_line(reason, what="Why it is refused", limit=300)
    return _settle(evidence, Evidence.State.REFUSED, reason, on, actor)


def _settle(evidence: Evidence, state: Evidence.State, reason: str, on: date, actor: Actor) -> Evidence:
    require_decider(actor, to="check evidence")
    firm = evidence.provider or evidence.consultant.provider  # type: ignore[union-attr]
    if evidence.given_by_id is not None and evidence.given_by_id == actor.person_id:
        raise OwnEvidence("You gave this evidence, so somebody else must check it. Nothing was recorded.")
    require_no_interest(actor, firm, evidence.consultant)
    needs_file = state == Evidence.State.ACCEPTED and evidence.requirement.file == Requirement.File.NEEDED
    if needs_file and not files_of(OWNER, str(evidence.pk)):
        raise WrongInput("The document is missing. Refuse it and ask for another.")
    waiting = Evidence.objects.filter(pk=evidence.pk, state=Evidence.State.SUBMITTED)
    if waiting.update(state=state, reason=reason, checked_by_id=actor.person_id, checked_on=on) != 1:
        raise EvidenceChecked("Somebody checked this evidence before. Nothing was changed. Look at it again.")
    evidence.refresh_from_db()
    _record(f"evidence.{state.value}", evidence, firm, actor, reason=reason)
    return evidence


def _record(kind: str, evidence: Evidence, firm: Provider, actor: Actor, *, reason: str = "") -> None:
    """No number and no decision: what stands on a DBS certificate is in no log."""
    consultant = evidence.consultant
    events.record(
        kind=kind,
        subject_kind="consultant" if consultant else "provider",
        subject=consultant.code if consultant else firm.code,
        organisation_ids=[firm.organisation_id],
        payload={
            "evidence": evidence.pk, "requirement": evidence.requirement.code,
            "from": evidence.valid_from.isoformat(),
            "to": evidence.valid_to.isoformat() if evidence.valid_to else None,
        },
        actor=actor,
        text={"reason": reason},
    )  # fmt: skip
