"""What makes the lists of consultants, applications and documents longer."""

from django.urls import reverse

from marketplace.core.actors import Role
from marketplace.organisations.models import Person
from providers.models import Application, Consultant, Evidence
from providers.services import add_consultant, give_evidence, seed_requirements, start_application
from tests.frontend.lists.own_offers import _provider
from tests.frontend.lists.world import World, copies


def _one(world: World) -> Consultant:
    def make() -> Consultant:
        person = Person.objects.create(name="First")
        return add_consultant(
            provider=_provider(world), code="able", name="Able", joined_on=world.today, published=True, person=person,
            actor=world.actor,
        )  # fmt: skip

    return world.kept("a published consultant", make)  # type: ignore[no-any-return]


def people(world: World, numbers: range) -> list[Consultant]:
    """Published consultants, each a person of their own."""
    return copies(
        _one(world), numbers, code=lambda n: f"able-{n}", name=lambda n: f"Able {n}", person_id=lambda n: None
    )


def applications(world: World, numbers: range) -> None:
    """Applications that wait for the panel, each for a consultant of its own."""

    def make() -> Application:
        made = start_application(consultant=_one(world), on=world.today, actor=world.actor)
        Application.objects.filter(pk=made.pk).update(state="references", submitted_on=world.today)
        Application.objects.filter(pk=made.pk).update(state="panel")
        made.refresh_from_db()
        return made

    first, found = world.kept("an application", make), people(world, numbers)
    copies(first, range(len(found)), number=lambda n: f"{found[n].code}-AP", consultant_id=lambda n: found[n].pk)


def documents(world: World, numbers: range) -> None:
    """Documents to check of one consultant."""

    def make() -> Evidence:
        need = next(one for one in seed_requirements() if one.code == "identity")
        return give_evidence(
            requirement=need, consultant=_one(world), valid_from=world.today, on=world.today, actor=world.actor
        )

    copies(world.kept("a document", make), numbers)


def at_provider(world: World) -> str:
    return reverse("provider-accreditation", kwargs={"provider": _provider(world).code})


ROLES = (Role.ORGANISER, Role.PROVIDER)
