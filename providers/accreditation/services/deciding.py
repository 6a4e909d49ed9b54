"""The partnership's side: the panel decides, another person hears the appeal, an organiser countersigns and renews."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from providers.accreditation.models import Accreditation, Application, Evidence, Requirement
from providers.accreditation.queries import standing_on
from providers.accreditation.services.access import Interested, require_decider, require_no_interest
from providers.accreditation.services.applying import ApplicationMoved, clean_text, move, record
from providers.accreditation.services.evidence import ends_after
from providers.accreditation.services.requirements import REFERENCES
from providers.profiles.models import Consultant

MONTHS = 12
State = Application.State


class DecidedByThem(DomainError):
    """Whoever decided does not decide again on the appeal, and who signed does not countersign. By person."""

    code = "decided_by_them"
    status = 403


class AccreditationOverlaps(DomainError):
    """The consultant is accredited for some of these days already."""

    code = "accreditation_overlaps"


class EvidenceMissing(DomainError):
    """Something that is required is not in date on the day from which it would count; ``detail`` says what."""

    code = "evidence_missing"


@transaction.atomic
def decide_application(
    *, application: Application, accredit: bool, on: date, actor: Actor, reason: str = ""
) -> Application:
    """Decides on what waits for the panel; a refusal says why. Raises Interested, DecidedByThem, ApplicationMoved.

    Nobody decides who submitted it, is the consultant, or works for the provider or the home school.
    """
    _require_judge(application, actor, to="decide on applications")
    reason = clean_text(reason, what="Why not", required=not accredit)
    move(
        application, State.PANEL, State.SIGNING if accredit else State.REFUSED,
        decided_by_id=actor.person_id, decided_on=on, reason=reason,
    )  # fmt: skip
    if accredit:
        _keep_references(application, on, actor)
    _tell("application.accepted" if accredit else "application.refused", application, actor, reason)
    return application


@transaction.atomic
def decide_appeal(*, application: Application, uphold: bool, answer: str, on: date, actor: Actor) -> Application:
    """Another person than who decided looks again; their answer is final. Raises DecidedByThem."""
    _require_judge(application, actor, to="decide on appeals")
    if application.decided_by_id is not None and application.decided_by_id == actor.person_id:
        raise DecidedByThem("You made the decision, so somebody else must hear the appeal. Nothing was recorded.")
    answer = clean_text(answer, what="Your answer")
    move(
        application, State.APPEALED, State.SIGNING if uphold else State.CLOSED,
        appeal_decided_by_id=actor.person_id, appeal_decided_on=on, appeal_answer=answer,
    )  # fmt: skip
    if uphold:
        _keep_references(application, on, actor)
    _tell("application.appeal_upheld" if uphold else "application.appeal_dismissed", application, actor, answer)
    return application


def _require_judge(application: Application, actor: Actor, *, to: str) -> None:
    require_decider(actor, to=to)
    require_no_interest(actor, application.consultant.provider, application.consultant)
    if application.submitted_by_id is not None and application.submitted_by_id == actor.person_id:
        raise Interested("You submitted this application, so somebody else must decide. Nothing was recorded.")


def _keep_references(application: Application, on: date, actor: Actor) -> None:
    """What the referees said counts as evidence of the requirement "references" from the decision on."""
    needed = Requirement.objects.filter(code=REFERENCES).first()
    recommended = application.references.filter(recommends=True).count()
    if needed is None or not recommended or application.references.filter(recommends=False).exists():
        return
    Evidence.objects.create(
        requirement=needed, consultant=application.consultant, valid_from=on, state=Evidence.State.ACCEPTED,
        decision=f"{recommended} referees recommend them", given_on=on, checked_by_id=actor.person_id, checked_on=on,
    )  # fmt: skip


@transaction.atomic
def countersign(
    *, application: Application, valid_from: date, on: date, actor: Actor, valid_to: date | None = None
) -> Accreditation:
    """An organiser signs what the provider signed; from ``valid_from`` the consultant is accredited, for a year or so.

    Raises DecidedByThem for whoever signed for the provider, EvidenceMissing where something is not in date then.
    """
    actor.require(Role.ORGANISER, to="countersign agreements")
    require_no_interest(actor, application.consultant.provider, application.consultant)
    if application.signed_by_id is not None and application.signed_by_id == actor.person_id:
        raise DecidedByThem("You signed for the provider, so somebody else must countersign. Nothing was recorded.")
    if application.state != State.SIGNED:
        raise ApplicationMoved(f"{application.number} is not signed by the provider. Nothing was recorded.")
    made = _accredit(application.consultant, valid_from, valid_to, on, actor, application)
    move(
        application, State.SIGNED, State.ACCREDITED, countersigned_by_id=actor.person_id, countersigned_on=on
    )  # fmt: skip
    record("application.countersigned", application, actor)
    return made


@transaction.atomic
def renew_accreditation(
    *, consultant: Consultant, valid_from: date, on: date, actor: Actor, valid_to: date | None = None
) -> Accreditation:
    """Another period for somebody who was accredited before, with evidence in date at its beginning."""
    actor.require(Role.ORGANISER, to="renew accreditations")
    require_no_interest(actor, consultant.provider, consultant)
    if not consultant.accreditations.exists():
        raise WrongInput(f"{consultant.name} was never accredited. The provider applies first.")
    return _accredit(consultant, valid_from, valid_to, on, actor, None)


def _accredit(
    consultant: Consultant,
    valid_from: date,
    valid_to: date | None,
    on: date,
    actor: Actor,
    application: Application | None,
) -> Accreditation:
    last = valid_to or ends_after(valid_from, MONTHS)
    if last is None or last <= valid_from:
        raise WrongInput("The end must be after the beginning")
    try:
        with transaction.atomic():
            made = Accreditation.objects.create(
                consultant=consultant, application=application, valid_from=valid_from, valid_to=last,
                decided_by_id=actor.person_id, decided_on=on,
            )  # fmt: skip
    except IntegrityError as error:
        if "accreditation_no_overlap" not in str(error):
            raise
        raise AccreditationOverlaps(
            f"{consultant.name} is accredited for some of these days already. Begin where that ends."
        ) from error
    stands = standing_on(consultant, valid_from)
    if not stands.accredited:
        raise EvidenceMissing(
            f"{consultant.name} cannot be accredited from {valid_from:%-d %B %Y}. Nothing was recorded.",
            detail=list(stands.missing),
        )
    payload: dict[str, Any] = {"from": valid_from.isoformat(), "to": last.isoformat()}
    events.record(
        kind="consultant.accredited", subject_kind="consultant", subject=consultant.code,
        organisation_ids=[consultant.provider.organisation_id], payload=payload, actor=actor,
    )  # fmt: skip
    return made


def _tell(kind: str, application: Application, actor: Actor, words: str) -> None:
    """The reason is what a person wrote, so it lies aside."""
    events.record(
        kind=kind, subject_kind="application", subject=application.number,
        organisation_ids=[application.consultant.provider.organisation_id],
        payload={"consultant": application.consultant.code, "state": application.state}, actor=actor,
        text={"reason": words},
    )  # fmt: skip
