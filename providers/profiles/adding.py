"""Adding providers, and the consultants who work for them."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation, Person
from providers.profiles.models import Consultant, Provider


@transaction.atomic
def add_provider(
    *, organisation: Organisation, code: str, actor: Actor, summary: str = "", published: bool = True
) -> Provider:
    """Makes an organisation a provider. Refuses a code in use and an organisation that already is one."""
    actor.require(Role.ORGANISER, Role.ADMINISTRATOR, to="add providers")
    code = clean_line(code, what="Code", limit=40)
    if Provider.objects.filter(organisation=organisation).exists():
        raise WrongInput(f"{organisation.name} is a provider already. Change its profile instead.")
    if Provider.objects.filter(code=code).exists():
        raise WrongInput(f"The code {code} belongs to another provider. Choose another code.")
    provider = Provider(
        organisation=organisation,
        code=code,
        summary=clean_line(summary, what="Summary", limit=300, required=False),
        published=published,
    )
    provider.clean_fields()
    provider.save()
    events.record(
        kind="provider.added",
        subject_kind="provider",
        subject=code,
        organisation_ids=[organisation.pk],
        payload={"published": published},
        actor=actor,
    )
    return provider


@transaction.atomic
def add_consultant(
    *,
    provider: Provider,
    code: str,
    name: str,
    joined_on: date,
    actor: Actor,
    grade: str = "Consultant",
    summary: str = "",
    biography: str = "",
    themes: Sequence[str] = (),
    phases: Sequence[str] = (),
    person: Person | None = None,
    home_school: Organisation | None = None,
    published: bool = False,
) -> Consultant:
    """Adds somebody who works in schools for a provider, from ``joined_on`` on.

    The provider itself, organisers and administrators may. Refuses a code in use, and a person who works for the provider
    already.
    """
    if not actor.has(Role.ORGANISER, Role.ADMINISTRATOR) and provider.organisation_id not in actor.organisations(
        Role.PROVIDER
    ):
        actor.require(Role.ORGANISER, Role.ADMINISTRATOR, to="add consultants")
    if not 1950 <= joined_on.year <= 2200:
        raise WrongInput("The first day must be between 1950 and 2200", field="joined_on")
    code = clean_line(code, what="Code", limit=60)
    if Consultant.objects.filter(code=code).exists():
        raise WrongInput(f"The code {code} belongs to another consultant. Choose another code.")
    if person is not None and Consultant.objects.filter(provider=provider, person=person).exists():
        raise WrongInput(f"{person.name} works for this provider already. Change their profile instead.")
    consultant = Consultant(
        provider=provider,
        person=person,
        code=code,
        name=clean_line(name, what="Name", limit=120),
        grade=clean_line(grade, what="Grade", limit=40),
        summary=clean_line(summary, what="Summary", limit=300, required=False),
        biography=biography.strip(),
        themes=list(themes),
        phases=list(phases),
        home_school=home_school,
        published=published,
        joined_on=joined_on,
    )
    consultant.clean_fields()
    consultant.save()
    events.record(
        kind="consultant.added",
        subject_kind="consultant",
        subject=code,
        organisation_ids=[provider.organisation_id],
        payload={"provider": provider.code, "grade": consultant.grade},
        actor=actor,
    )
    return consultant
