"""What makes the lists of offers, as those who write and publish them see them, longer."""

from django.urls import reverse

from catalogue.models import Offer
from catalogue.services import start_offer
from marketplace.core.actors import Role
from providers.models import Provider
from providers.services import add_provider
from tests.frontend.lists.world import World, copies


def _provider(world: World) -> Provider:
    """The partnership, at which everybody who buys nothing holds their role."""

    def make() -> Provider:
        found = Provider.objects.filter(organisation=world.partnership).first()
        return found or add_provider(organisation=world.partnership, code="own", actor=world.actor)

    return world.kept("own provider", make)  # type: ignore[no-any-return]


def written(world: World, numbers: range) -> None:
    """A draft for each number."""
    first = world.kept(
        "draft",
        lambda: start_offer(
            provider=_provider(world), kind=Offer.Kind.DEAL, title="Paper", on=world.today, actor=world.actor
        ),
    )
    copies(first, numbers, code=lambda n: f"paper-{n:05d}")


def at_provider(world: World) -> str:
    return reverse("provider-offers", kwargs={"provider": _provider(world).code})


ROLES = (Role.ORGANISER, Role.PROVIDER)
