"""Accreditation in the world of the access matrix: each school is a provider with one who is accredited and one who asks."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from marketplace.core.actors import Actor, Grant, Role
from marketplace.organisations.models import Organisation, Person
from providers.accreditation.rules.declarations import DECLARATIONS
from providers.models import Provider, Requirement
from providers.services import (
    add_consultant,
    answer_reference,
    declare,
    give_evidence,
    name_referee,
    new_reference_link,
    start_application,
    submit_application,
)
from tests.providers.making import accredited


def accrediting(*, school: Organisation, today: Any, actor: Actor) -> dict[str, Any]:
    """An accredited consultant, an application that waits for the panel, a document to check, a referee's link."""
    provider = Provider.objects.get(organisation=school)
    since, now = today - timedelta(days=400), timezone.now()
    given = {"provider": provider, "joined_on": since, "published": True, "actor": actor}
    able = add_consultant(code=f"able-{school.pk}", name=f"Able of {school.pk}", **given)
    accredited(able, since, today + timedelta(days=400))
    staff = Person.objects.create(name=f"Applies for {school.pk}")
    acts = Actor(staff.pk, None, staff.name, frozenset({Grant(Role.PROVIDER, school.pk)}))
    number = _applied(add_consultant(code=f"asks-{school.pk}", name=f"Asks of {school.pk}", **given), acts, today, now)
    linked = add_consultant(code=f"linked-{school.pk}", name=f"Linked of {school.pk}", **given)
    waiting = start_application(consultant=linked, on=today, actor=acts)
    token = _submitted(waiting, acts, today).references.first()
    shown = give_evidence(
        requirement=Requirement.objects.get(code="identity"), consultant=able, valid_from=since, on=today, actor=acts
    )
    return {
        "able": able.code, "application": number, "evidence": shown.pk,
        "reference_link": new_reference_link(reference=token, at=now),
    }  # fmt: skip


def _submitted(made: Any, acts: Actor, today: Any) -> Any:
    declare(application=made, codes=list(DECLARATIONS), actor=acts)
    for position in (1, 2):
        name_referee(
            application=made, position=position, name="Somebody", email=f"{position}@example.org", relation="Head",
            actor=acts,
        )  # fmt: skip
    return submit_application(application=made, on=today, actor=acts)


def _applied(consultant: Any, acts: Actor, today: Any, now: datetime) -> str:
    made = _submitted(start_application(consultant=consultant, on=today, actor=acts), acts, today)
    for reference in made.references.all():
        answer_reference(token=new_reference_link(reference=reference, at=now), recommends=True, words="Good.", at=now)
    return str(made.number)


def accreditation_bodies() -> dict[str, dict[str, Any]]:
    """What the write of the API about it is asked to do."""
    return {"POST /applications/{number}/decision": {"accredit": True}}
