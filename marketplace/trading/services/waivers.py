"""Waivers: what a cancellation policy kept of a place is asked back for a reason, and given or not by another person."""

from datetime import date, timedelta
from typing import BinaryIO

from django.db import transaction
from django.db.models import Sum

from catalogue.rules.cancellation import waiver_reasons
from invoicing.receivables.models import Reduction
from invoicing.services import left_of
from marketplace.core import events
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.file_kinds import SCANS
from marketplace.core.files import store_file
from marketplace.core.models import StoredFile
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.trading.models import Booking, Waiver
from marketplace.trading.queries import booking_for
from marketplace.trading.services.attending import take_back
from marketplace.trading.services.bookings import cancel_booking
from marketplace.trading.services.fees import standing_fee
from marketplace.trading.services.writing import included_key
from subscriptions.services import release_included

OWNER_KIND = "waiver"
ASK_WITHIN_DAYS = 28
EVIDENCE_KEPT_DAYS = 30
ANSWER_LIMIT, NOTE_LIMIT = 300, 200
OTHER = "other"


class NothingToWaive(DomainError):
    """The policy kept nothing of this place, or the time to ask is over."""

    code = "nothing_to_waive"


class WaiverStands(DomainError):
    """A waiver was asked for, or decided, already."""

    code = "waiver_stands"


@transaction.atomic
def ask_waiver(
    *,
    booking: Booking,
    reason: str,
    on: date,
    actor: Actor,
    evidence: bytes | BinaryIO | None = None,
    evidence_name: str = "",
) -> Waiver:
    """A school asks that what stays owed of a place is waived, for one of the policy's reasons, once.

    A place that still stands is cancelled with it, under the policy, as the page says beforehand; after the day the place
    of somebody who did not come stays as it is. The evidence (PDF, PNG or JPEG) is for organisers alone. Refused: another
    reason (WrongInput), nothing kept or more than 28 days after the first day (NothingToWaive), asked before (WaiverStands).
    """
    booking = _own(booking, actor)
    if reason not in waiver_reasons(booking.order_line.cancellation):
        raise WrongInput("Choose one of the reasons for which the policy of this place allows a waiver")
    if on > booking.run.starts_on + timedelta(days=ASK_WITHIN_DAYS):
        raise NothingToWaive(
            f"A waiver is asked for within {ASK_WITHIN_DAYS} days of the course. Ask our course organisers directly."
        )
    _check_first(booking)
    if booking.state == Booking.State.BOOKED and on <= booking.run.starts_on:
        cancel_booking(booking=booking, on=on, actor=actor)
        booking.refresh_from_db()
    kept = _require_kept(booking)
    file = None
    if evidence is not None:
        file = store_file(
            upload=evidence,
            name=evidence_name,
            owner_kind=OWNER_KIND,
            owner=str(booking.pk),
            organisation_id=booking.school_id,
            allowed=SCANS,
            actor=actor,
        )
    waiver = Waiver.objects.create(
        booking=booking,
        reason=reason,
        evidence=file,
        asked_by_person_id=actor.person_id,
        asked_on=on,
        kept_pence=kept.pence,
    )
    _record("waiver.asked", waiver, actor, reason=reason, kept_pence=kept.pence, evidence=file is not None)
    return waiver


@transaction.atomic
def decide_waiver(*, waiver: Waiver, grant: bool, answer: str, on: date, actor: Actor) -> Waiver:
    """An organiser grants or refuses with a sentence that the school reads; refusing needs one. Granted, what the policy
    kept is taken off, or credited at once where it was invoiced, and an included place may be used again.

    Nobody decides on what they asked for (NotAllowed); a second decision is refused (WaiverStands).
    """
    actor.require(Role.ORGANISER, to="decide on waivers")
    if actor.person_id is None:
        raise NotAllowed("A person decides on a waiver. Sign in as a course organiser.")
    if waiver.asked_by_person_id == actor.person_id:
        raise NotAllowed("You asked for this waiver, so someone else must decide on it.")
    answer = clean_line(answer, what="Answer", limit=ANSWER_LIMIT, required=not grant)
    booking = _locked(waiver.booking_id)
    given, key = _to_give(booking) if grant else (Money(0), "")
    given = min(given, Money(waiver.kept_pence))
    state = Waiver.State.GRANTED if grant else Waiver.State.REFUSED
    changed = Waiver.objects.filter(pk=waiver.pk, state=Waiver.State.ASKED).update(
        state=state,
        decided_by_person_id=actor.person_id,
        decided_on=on,
        answer=answer,
        given_pence=given.pence,
    )
    waiver.refresh_from_db()
    if changed != 1:
        raise WaiverStands(f"This waiver was {waiver.get_state_display().lower()} already. What was decided stands.")
    if grant:
        _give(waiver, booking, given, key, on, actor)
    _record(f"waiver.{state}", waiver, actor, text={"answer": answer}, given_pence=given.pence)
    return waiver


@transaction.atomic
def waive(*, booking: Booking, note: str, on: date, actor: Actor) -> Waiver:
    """An organiser waives unasked what was kept of a cancelled place, or of one that nobody came to, saying why.

    Raises NothingToWaive where nothing was kept or the place still stands, WaiverStands where one was asked or granted.
    """
    actor.require(Role.ORGANISER, to="waive what a policy kept")
    if actor.person_id is None:
        raise NotAllowed("A person waives what is owed. Sign in as a course organiser.")
    note = clean_line(note, what="Why", limit=NOTE_LIMIT)
    booking = _locked(booking.pk)
    if booking.waivers.filter(state__in=[Waiver.State.ASKED, Waiver.State.GRANTED]).exists():
        raise WaiverStands("A waiver of this place was asked for or granted already. Decide on that one.")
    if booking.state == Booking.State.BOOKED and on <= booking.run.starts_on:
        raise NothingToWaive("This place still stands. Cancel it for the school: then everything comes back.")
    given = _require_kept(booking)
    waiver = Waiver.objects.create(
        booking=booking, reason=OTHER, note=note, asked_on=on, kept_pence=given.pence, given_pence=given.pence,
        state=Waiver.State.GRANTED, decided_by_person_id=actor.person_id, decided_on=on,
    )  # fmt: skip
    _give(waiver, booking, given, _to_give(booking)[1], on, actor)
    _record("waiver.granted", waiver, actor, text={"note": note}, given_pence=given.pence, unasked=True)
    return waiver


@transaction.atomic
def delete_evidence(*, on: date, actor: Actor) -> int:
    """The duty of each day: evidence goes 30 days after the decision. Returns how many files went."""
    over = (
        Waiver.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(evidence__isnull=False, decided_on__lte=on - timedelta(days=EVIDENCE_KEPT_DAYS))
        .select_related("booking__order_line__order", "booking__run")
        .order_by("pk")
    )
    gone = 0
    for waiver in over:
        file = waiver.evidence_id
        Waiver.objects.filter(pk=waiver.pk).update(evidence=None, evidence_gone_on=on)
        StoredFile.objects.filter(pk=file or 0, owner_kind=OWNER_KIND).delete()
        _record("waiver.evidence_deleted", waiver, actor, file=file)
        gone += 1
    return gone


def kept_of(booking: Booking) -> Money:
    """What the policy kept of a place that was cancelled, or that nobody came to, and could be given back, before VAT."""
    return _to_give(booking)[0]


def _to_give(booking: Booking) -> tuple[Money, str]:
    """How much can be given back and of which item: the fee that stands, or what is left of the price."""
    if fee := standing_fee(booking):
        return Money(left_of(fee.charge_source_key)), fee.charge_source_key
    of = booking.order_line.charge_source_key
    own = Reduction.objects.filter(source_key__startswith=f"booking:{booking.pk}:", charge__source_key=of)
    back = own.aggregate(pence=Sum("pence", default=0))["pence"]
    return Money(max(0, min(booking.net_pence - back, left_of(of)))), of


def stays_used(booking: Booking) -> bool:
    """An included place that was cancelled too late: a waiver brings it back."""
    return booking.included and booking.state == Booking.State.CANCELLED and not booking.place_returned


def _require_kept(booking: Booking) -> Money:
    kept = kept_of(booking)
    if not kept and not stays_used(booking):
        raise NothingToWaive("Nothing stays owed of this place, so there is nothing to waive.")
    return kept


def _check_first(booking: Booking) -> None:
    found = booking.waivers.first()
    if found is not None:
        raise WaiverStands(
            f"A waiver of this place was asked for on {found.asked_on:%-d %B %Y}: {found.get_state_display().lower()}. "
            "Ask our course organisers if something has changed."
        )


def _give(waiver: Waiver, booking: Booking, given: Money, of: str, on: date, actor: Actor) -> None:
    if given:
        take_back(
            source_key=f"waiver:{waiver.pk}",
            of=of,
            back=given,
            reason="What the cancellation policy kept was waived",
            on=on,
            actor=actor,
        )
    if stays_used(booking):
        Booking.objects.filter(pk=booking.pk, state=Booking.State.CANCELLED).update(place_returned=True)
        release_included(
            source_key=included_key(booking.order_line_id), places=1, after_use=True, on=on, person_id=actor.person_id
        )


def _own(booking: Booking, actor: Actor) -> Booking:
    booking = booking_for(actor, booking.pk)
    if not {booking.school_id, booking.order_line.order.organisation_id} & actor.organisations(*BUYING):
        raise NotAllowed("A waiver is asked for by the school or by whoever ordered. Organisers waive it directly.")
    return _locked(booking.pk)


def _locked(pk: int) -> Booking:
    Booking.objects.select_for_update().get(pk=pk)
    return Booking.objects.select_related("run__offer", "school", "order_line__order").get(pk=pk)


def _record(kind: str, waiver: Waiver, actor: Actor, *, text: dict[str, str] | None = None, **payload: object) -> None:
    booking = waiver.booking
    order = booking.order_line.order
    events.record(
        kind=kind,
        subject_kind="waiver",
        subject=str(waiver.pk),
        organisation_ids=[booking.school_id, order.organisation_id],
        payload={"booking": booking.pk, "order": order.number, "run": booking.run.code, **payload},
        text=text,
        actor=actor,
    )
