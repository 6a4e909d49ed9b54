"""Consultants for tests: added, and accredited with everything that is required."""

from datetime import date

from marketplace.core.actors import Actor, Grant, Role
from marketplace.organisations.models import Organisation, Person
from providers.models import Accreditation, Consultant, Evidence, Provider, Requirement
from providers.services import add_consultant, add_provider, seed_requirements

JOINED = date(2025, 9, 1)


def person(name: str = "Asha Lund") -> Person:
    return Person.objects.create(name=name, email=f"{name.split()[0].lower()}@example.org")


def acting(organisation: Organisation, role: Role, person_id: int | None = None) -> Actor:
    """Somebody with a role there, with a person behind them so that people can be compared."""
    chosen = person_id or person().pk
    return Actor(
        person_id=chosen, user_id=None, name=f"Somebody {role}", grants=frozenset({Grant(role, organisation.pk)})
    )


def provider(organisation: Organisation, actor: Actor, code: str = "ridgeway") -> Provider:
    found = Provider.objects.filter(organisation=organisation).first()
    return found or add_provider(organisation=organisation, code=code, actor=actor)


def consultant(of: Provider, actor: Actor, name: str = "Dana Whitlock", **more: object) -> Consultant:
    given: dict[str, object] = {"joined_on": JOINED, "published": True, **more}
    return add_consultant(provider=of, code=name.lower().replace(" ", "-"), name=name, actor=actor, **given)  # type: ignore[arg-type]


def accredited(
    one: Consultant, first: date = JOINED, end: date = date(2030, 9, 1), ends: dict[str, date] | None = None
) -> Consultant:
    """Everything required, accepted over the days (``ends`` says of single requirements otherwise), and an accreditation: without
    the journey."""
    for need in seed_requirements():
        own = need.holder == Requirement.Holder.CONSULTANT
        holder = {"consultant": one} if own else {"provider": one.provider}
        if not need.required or Evidence.objects.filter(requirement=need, **holder).exists():
            continue
        Evidence.objects.create(
            requirement=need, valid_from=first, valid_to=(ends or {}).get(need.code, end), number="001", given_on=first, checked_on=first,
            state=Evidence.State.ACCEPTED, **holder,
        )  # fmt: skip
    Accreditation.objects.create(consultant=one, valid_from=first, valid_to=end, decided_on=first)
    return one
