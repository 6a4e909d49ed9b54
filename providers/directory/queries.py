"""The directory: expertise, close links to a school, and the facts of a letter of assurance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from marketplace.core import events
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Organisation
from providers.accreditation.models import Evidence, Requirement
from providers.accreditation.queries import standing_on
from providers.directory.models import Expertise, RelatedParty
from providers.profiles.models import Consultant
from providers.profiles.queries import consultant_for

# What a single central record asks about somebody who is employed elsewhere, in its order.
CHECKS = ["identity", "dbs", "barred-list", "prohibition", "section-128", "overseas", "right-to-work", "qualifications"]
WITH_NUMBER = "dbs"


class NotAssured(DomainError):
    """No letter can be given: the consultant may not deliver on that day."""

    code = "not_assured"


@dataclass(frozen=True)
class Check:
    """One line of the letter: what was seen and when, or that it does not apply."""

    label: str
    words: str
    seen_on: date | None


@dataclass(frozen=True)
class Assurance:
    """A letter for one school: every check with its date, and until when the consultant is accredited."""

    consultant: Consultant
    school: Organisation
    on: date
    until: date | None
    checks: list[Check]
    related: list[RelatedParty]


def expertise_of(consultant: Consultant) -> QuerySet[Expertise]:
    return Expertise.objects.filter(consultant=consultant).select_related("tested_by")


def related_to(consultant: Consultant, organisation: Organisation, on: date) -> list[RelatedParty]:
    """The close links of a consultant or their provider to an organisation on a day: shown to it before it books."""
    running = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    whose = Q(consultant=consultant) | Q(provider=consultant.provider_id)
    return list(RelatedParty.objects.filter(running, whose, organisation=organisation).order_by("pk"))


def related_of(
    consultants: Sequence[Consultant], organisation: Organisation, on: date
) -> dict[int, list[RelatedParty]]:
    """The same of several consultants by their ids; those without a link are left out. One query."""
    running = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    whose = Q(consultant__in=[one.pk for one in consultants]) | Q(provider__in=[one.provider_id for one in consultants])
    rows = list(RelatedParty.objects.filter(running, whose, organisation=organisation).order_by("pk"))
    found = {
        one.pk: [row for row in rows if row.consultant_id == one.pk or row.provider_id == one.provider_id]
        for one in consultants
    }
    return {pk: links for pk, links in found.items() if links}


@transaction.atomic
def letter_of_assurance(*, actor: Actor, school: Organisation, code: str, on: date) -> Assurance:
    """The letter for a school's single central record. Whoever buys for the school gets it; each sight is recorded,
    since it holds the number of a DBS certificate.

    Raises NotFound where the consultant or the school is not theirs, NotAssured where they may not deliver on that day.
    """
    if not actor.system and school.pk not in actor.organisations(*BUYING) and not actor.has(Role.ORGANISER):
        raise NotFound("Page not found")
    consultant = consultant_for(actor, code)
    stands = standing_on(consultant, on)
    if not stands.accredited:
        raise NotAssured(
            f"There is no letter for {consultant.name} on {on:%-d %B %Y}: they may not be booked then. "
            "Choose another consultant, or ask us when this is settled."
        )
    newest: dict[str, Evidence] = {}
    in_date = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    shown = Evidence.objects.filter(in_date, consultant=consultant, state=Evidence.State.ACCEPTED)
    for one in shown.select_related("requirement").order_by("valid_from", "pk"):
        newest[one.requirement.code] = one
    labels = dict(Requirement.objects.filter(code__in=CHECKS).values_list("code", "label"))
    checks = [_check(code, labels[code], newest.get(code)) for code in CHECKS if code in labels]
    events.record(
        kind="consultant.assurance_seen", subject_kind="consultant", subject=consultant.code,
        organisation_ids=[consultant.provider.organisation_id, school.pk],
        payload={"on": on.isoformat(), "school": school.pk}, actor=actor,
    )  # fmt: skip
    return Assurance(consultant, school, on, stands.until, checks, related_to(consultant, school, on))


def _check(code: str, label: str, shown: Evidence | None) -> Check:
    if shown is None:
        return Check(label, "Not needed for work that is not regulated activity" if code == "barred-list" else
                     "Does not apply to this work", None)  # fmt: skip
    number = f"number {shown.number}" if code == WITH_NUMBER and shown.number else ""
    said = [shown.decision, number, f"dated {shown.valid_from:%-d %B %Y}" if code == WITH_NUMBER else ""]
    return Check(label, ", ".join(part for part in said if part) or "Seen by us", shown.checked_on)
