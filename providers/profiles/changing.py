"""What the directory says of a consultant, said by those who name a provider's consultants."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.text import slugify

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Person
from providers.profiles.models import Consultant, Provider

BIOGRAPHY_LIMIT = 4_000


def keeps_consultants(actor: Actor, provider: Provider) -> bool:
    """Whether the actor names the provider's consultants: its own staff, our organisers and administrators."""
    return actor.has(Role.ORGANISER, Role.ADMINISTRATOR) or provider.organisation_id in actor.organisations(
        Role.PROVIDER
    )


def require_keeper(actor: Actor, provider: Provider, *, to: str) -> None:
    """Raises NotAllowed for everybody else."""
    if not keeps_consultants(actor, provider):
        raise NotAllowed(f"You may not {to}. Ask somebody at {provider.organisation.name} or an organiser to do it.")


def spare_code(name: str) -> str:
    """A code for the addresses of somebody new: from the name, with a number where it is taken."""
    stem = slugify(name)[:50] or "consultant"
    taken = set(Consultant.objects.filter(code__startswith=stem).values_list("code", flat=True))
    number = 1
    while (code := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return code


@transaction.atomic
def change_profile(
    *,
    consultant: Consultant,
    name: str,
    summary: str,
    biography: str,
    themes: Sequence[str],
    phases: Sequence[str],
    published: bool,
    person: Person | None,
    actor: Actor,
) -> Consultant:
    """What the directory says, whether it shows them, and who signs in as them. Raises NotAllowed and WrongInput."""
    require_keeper(actor, consultant.provider, to="change this consultant")
    locked = Consultant.objects.select_for_update(of=("self",)).get(pk=consultant.pk)
    if person is not None and Consultant.objects.filter(provider=locked.provider, person=person).exclude(pk=locked.pk):
        raise WrongInput(f"{person.name} is another consultant of this provider already.", field="person")
    given = {
        "name": clean_line(name, what="Name", limit=120),
        "summary": clean_line(summary, what="Summary", limit=300, required=False),
        "biography": biography.strip()[:BIOGRAPHY_LIMIT],
        "themes": [clean_line(one, what="Theme", limit=40) for one in themes],
        "phases": list(phases),
        "published": published,
        "person": person,
    }
    changed = sorted(field for field, value in given.items() if getattr(locked, field) != value)
    if not changed:
        raise WrongInput("Nothing is changed. Change what is not right, or go back")
    for field, value in given.items():
        setattr(locked, field, value)
    locked.save(update_fields=list(given))
    record_of("consultant.changed", locked, {"changed": changed}, actor)
    return locked


def record_of(kind: str, consultant: Consultant, payload: dict[str, object], actor: Actor) -> None:
    """The event of what happened to one."""
    events.record(
        kind=kind, subject_kind="consultant", subject=consultant.code,
        organisation_ids=[consultant.provider.organisation_id],
        payload={"provider": consultant.provider.code, **payload}, actor=actor,
    )  # fmt: skip
