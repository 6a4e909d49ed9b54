"""Suspending a consultant or a whole provider, in neutral words, and ending that."""

from datetime import date

from django.db import IntegrityError, transaction

from invoicing.payees.services import hold_payments, lift_hold
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from providers.accreditation.models import Suspension
from providers.accreditation.services.access import require_no_interest
from providers.accreditation.services.applying import clean_text
from providers.profiles.models import Consultant, Provider

NEUTRAL = "Bookings are paused while something is clarified."


class Suspended(DomainError):
    """There is a suspension already, or none."""

    code = "suspension_stands"


@transaction.atomic
def suspend(
    *,
    on: date,
    reason: str,
    actor: Actor,
    consultant: Consultant | None = None,
    provider: Provider | None = None,
    words: str = NEUTRAL,
) -> Suspension:
    """From ``on`` nobody books the consultant, or anybody of the provider. Everybody reads ``words``, never ``reason``.

    The reason lies in the erasable text of an event that carries no organisation, so no provider and no school reads it.
    Payments to the provider are held with the same neutral words where the whole provider is suspended, or its only
    consultant: what was delivered stays owed. Raises Suspended where one stands, Interested.
    """
    actor.require(Role.ORGANISER, to="suspend consultants")
    firm = consultant.provider if consultant is not None else provider
    if firm is None or (consultant is not None and provider is not None):
        raise ValueError("A suspension is of a consultant or of a provider")
    require_no_interest(actor, firm, consultant)
    reason = clean_text(reason, what="The reason")
    try:
        with transaction.atomic():
            made = Suspension.objects.create(
                consultant=consultant, provider=provider, starts_on=on, words=clean_text(words, what="The words shown"),
                suspended_by_id=actor.person_id,
            )  # fmt: skip
    except IntegrityError as error:
        raise Suspended("Bookings are paused already. End that first, or leave it as it is.") from error
    _record("suspension.began", made, firm, actor)
    _keep_reason(made, reason, actor)
    if consultant is None or not firm.consultants.filter(left_on=None).exclude(pk=consultant.pk).exists():
        hold_payments(
            source_key=source_of(made), provider=firm.organisation, reason=made.words, on=on, actor=actor
        )  # fmt: skip
    return made


def source_of(suspension: Suspension) -> str:
    """The key under which payments are held for a suspension."""
    return f"suspension:{suspension.pk}"


@transaction.atomic
def end_suspension(*, suspension: Suspension, on: date, actor: Actor) -> Suspension:
    """From ``on`` they may be booked again, if nothing else is missing. Raises Suspended where it was ended before."""
    actor.require(Role.ORGANISER, to="end a suspension")
    firm = suspension.provider or suspension.consultant.provider  # type: ignore[union-attr]
    require_no_interest(actor, firm, suspension.consultant)
    if on < suspension.starts_on:
        raise WrongInput("The end must not be before the beginning")
    open_ones = Suspension.objects.filter(pk=suspension.pk, ends_on=None)
    if open_ones.update(ends_on=on, ended_by_id=actor.person_id) != 1:
        raise Suspended("This was ended before. Nothing was changed.")
    suspension.refresh_from_db()
    lift_hold(source_key=source_of(suspension), on=on, actor=actor)
    _record("suspension.ended", suspension, firm, actor)
    return suspension


def _record(kind: str, suspension: Suspension, firm: Provider, actor: Actor) -> None:
    consultant = suspension.consultant
    events.record(
        kind=kind, subject_kind="consultant" if consultant else "provider",
        subject=consultant.code if consultant else firm.code, organisation_ids=[firm.organisation_id],
        payload={"suspension": suspension.pk, "from": suspension.starts_on.isoformat(),
                 "to": suspension.ends_on.isoformat() if suspension.ends_on else None},
        actor=actor,
    )  # fmt: skip


def _keep_reason(suspension: Suspension, reason: str, actor: Actor) -> None:
    events.record(
        kind="suspension.reason_kept", subject_kind="suspension", subject=str(suspension.pk), organisation_ids=[],
        payload={}, actor=actor, text={"reason": reason},
    )  # fmt: skip
