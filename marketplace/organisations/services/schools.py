"""Adding authorities, trusts and schools by hand, one at a time. The register's import does the same in bulk."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.organisations.models import Authority, Organisation, PupilCount, School, Trust, TrustMembership
from marketplace.organisations.rules.billing_class import billing_class_of
from marketplace.organisations.services.people import on_day

MAX_PUPILS = 20_000


class KnownAlready(DomainError):
    """Another organisation has this code, URN or UID."""

    code = "known_already"


@dataclass(frozen=True)
class RegisterFacts:
    """What the register of schools tells of a school; codes are text."""

    urn: str
    type_code: str
    phase_code: str
    type_name: str = ""
    phase_name: str = ""
    ukprn: str = ""
    establishment_number: str = ""
    low_age: int | None = None
    high_age: int | None = None
    opened_on: date | None = None


@transaction.atomic
def add_authority(*, organisation: Organisation, code: str, actor: Actor) -> Authority:
    """Makes an organisation a local authority of the register. Refuses a code in use."""
    actor.require(Role.ADMINISTRATOR, to="add authorities")
    if Authority.objects.filter(code=code).exists():
        raise KnownAlready(f"The authority code {code} belongs to another organisation. Use that one.")
    authority = Authority.objects.create(organisation=organisation, code=code)
    _record("authority.added", organisation, {"code": code}, actor)
    return authority


@transaction.atomic
def add_trust(*, organisation: Organisation, uid: str, actor: Actor, companies_house_number: str = "") -> Trust:
    """Makes an organisation a trust of the register. Refuses a UID in use."""
    actor.require(Role.ADMINISTRATOR, to="add trusts")
    if Trust.objects.filter(uid=uid).exists():
        raise KnownAlready(f"The trust UID {uid} belongs to another organisation. Use that one.")
    trust = Trust.objects.create(organisation=organisation, uid=uid, companies_house_number=companies_house_number)
    _record("trust.added", organisation, {"uid": uid}, actor)
    return trust


@transaction.atomic
def add_school(*, organisation: Organisation, authority: Authority, facts: RegisterFacts, actor: Actor) -> School:
    """Makes an organisation an open school of an authority. The billing class follows from the type code, as in the
    register's import. Refuses a URN in use."""
    actor.require(Role.ADMINISTRATOR, to="add schools")
    if School.objects.filter(urn=facts.urn).exists():
        raise KnownAlready(f"The URN {facts.urn} belongs to another school. Use that one.")
    school = School(
        organisation=organisation,
        authority=authority,
        status=School.Status.OPEN,
        billing_class=billing_class_of(facts.type_code),
        **facts.__dict__,
    )
    school.clean_fields(exclude=["organisation", "authority"])
    school.save(force_insert=True)
    _record("school.added", organisation, {"urn": facts.urn, "type": facts.type_code}, actor)
    return school


@transaction.atomic
def count_pupils(*, school: School, pupils: int, source: str, counted_on: date, actor: Actor) -> PupilCount:
    """The pupils on roll by a source and a day. Another figure for the same two corrects the count."""
    actor.require(Role.ADMINISTRATOR, to="count pupils")
    if not 0 <= pupils <= MAX_PUPILS:
        raise WrongInput(f"The number of pupils must be from 0 to {MAX_PUPILS:,}")
    same = PupilCount.objects.filter(school=school, source=source, counted_on=counted_on)
    before = same.values_list("pupils", flat=True).first()
    count, _ = PupilCount.objects.update_or_create(
        school=school, source=source, counted_on=counted_on, defaults={"pupils": pupils}
    )
    payload = {"before": {"pupils": before}, "after": {"pupils": pupils}, "on": counted_on.isoformat()}
    _record("pupils.counted", school.organisation, payload, actor)
    return count


@transaction.atomic
def join_trust(*, school: School, trust: Trust, valid_from: date, actor: Actor) -> TrustMembership:
    """The school belongs to the trust from a day on; a membership of another trust ends on it.

    Calling it again returns the membership that holds. Refuses a day that lies before a later membership.
    """
    actor.require(Role.ADMINISTRATOR, to="change the membership of trusts")
    rows = TrustMembership.objects.select_for_update().filter(school=school)
    current = rows.filter(on_day(valid_from)).first()
    if current is not None and current.trust_id == trust.pk:
        return current
    if current is not None and current.valid_from < valid_from:
        rows.filter(pk=current.pk).update(valid_to=valid_from)
    try:
        with transaction.atomic():
            membership = TrustMembership.objects.create(school=school, trust=trust, valid_from=valid_from)
    except IntegrityError as error:
        if "trust_membership_no_overlap" not in str(error):
            raise
        raise WrongInput(
            f"{school.organisation.name} belongs to a trust on a later day already. Choose a day after that one."
        ) from None
    payload = {
        "before": {"trust": current.trust.uid if current else None},
        "after": {"trust": trust.uid},
        "from": valid_from.isoformat(),
    }
    _record("school.joined_trust", school.organisation, payload, actor)
    return membership


def _record(kind: str, organisation: Organisation, payload: dict[str, object], actor: Actor) -> None:
    events.record(
        kind=kind,
        subject_kind="organisation",
        subject=organisation.number,
        organisation_ids=[organisation.pk],
        payload=payload,
        actor=actor,
    )
