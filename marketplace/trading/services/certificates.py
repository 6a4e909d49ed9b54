"""Certificates of attendance: issued when a course is over, withdrawn where a register was corrected."""

import secrets
from collections.abc import Sequence
from datetime import date

from catalogue.models import Meeting
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.trading.models import Attendance, Booking, Certificate
from marketplace.trading.rules.attending import PRESENT, digest_of, earns_certificate

# Without letters and figures that are taken for each other. 12 of 30 cannot be guessed: 5 × 10¹⁷ numbers.
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def new_number() -> str:
    """ "CPD-7K3F-9QXM-2DRT": by chance, so that nobody finds certificates by counting."""
    parts = ["".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)]
    return "-".join(["CPD", *parts])


def minutes_of(meeting: Meeting) -> int:
    """How long a meeting lasts, in whole minutes."""
    return int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60


def issue_certificate(*, booking: Booking, meetings: Sequence[Meeting], on: date, actor: Actor) -> Certificate | None:
    """The certificate of a place whose person attended enough of ``meetings``, in the caller's transaction; or None.

    One for each place: where it stands with other figures (a register was corrected) it is written anew under its
    number; one that was withdrawn is valid again.
    """
    states = dict(Attendance.objects.filter(booking=booking).values_list("meeting_id", "state"))
    seen = [meeting for meeting in meetings if states.get(meeting.pk) in PRESENT]
    if not earns_certificate(seen=len(seen), meetings=len(meetings)):
        return None
    minutes = sum(minutes_of(meeting) for meeting in seen)
    held = Certificate.objects.filter(booking=booking).first()
    if held and held.withdrawn_on is None and (held.minutes, held.attended) == (minutes, len(seen)):
        return held
    number = held.number if held else new_number()
    facts = {
        "issued_on": held.issued_on if held else on, "minutes": minutes, "attended": len(seen),
        "meetings": len(meetings), "withdrawn_on": None,
        "digest": digest_of(
            number=number, course=booking.run.offer.title, provider=booking.run.offer.provider.organisation.name,
            first=booking.run.starts_on, last=booking.run.ends_on, minutes=minutes,
        ),
    }  # fmt: skip
    made, _ = Certificate.objects.update_or_create(
        booking=booking, defaults=facts, create_defaults={"number": number, **facts}
    )
    _record("certificate.issued", made, booking, actor)
    return made


def withdraw_certificate(*, booking: Booking, on: date, actor: Actor) -> None:
    """The certificate of a place is no longer valid, in the caller's transaction. Nothing where there is none."""
    held = Certificate.objects.filter(booking=booking, withdrawn_on=None).first()
    if held is None:
        return
    Certificate.objects.filter(pk=held.pk, withdrawn_on=None).update(withdrawn_on=on)
    _record("certificate.withdrawn", held, booking, actor)


def _record(kind: str, certificate: Certificate, booking: Booking, actor: Actor) -> None:
    events.record(
        kind=kind,
        subject_kind="certificate",
        subject=certificate.number,
        organisation_ids=[booking.school_id],
        payload={"run": booking.run.code, "minutes": certificate.minutes},
        actor=actor,
    )
