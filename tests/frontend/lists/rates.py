"""What makes the lists of negotiations of rates longer."""

from datetime import timedelta

from django.urls import reverse

from marketplace.core.actors import Role
from marketplace.core.periods import Period
from marketplace.trading.engagements.services.reviewing import open_review
from marketplace.trading.engagements.services.supporting import record_support
from marketplace.trading.models import SupportEntry
from providers.models import RateProposal, RateStep
from providers.services import add_consultant, propose_rates
from tests.frontend.lists.own_offers import _provider
from tests.frontend.lists.world import World, copies
from tests.providers.rates.world import TERMS


def proposals(world: World, numbers: range) -> None:
    """Proposals that wait for us, each about a consultant of its own, with its step."""

    def make() -> RateProposal:
        consultant = add_consultant(
            provider=_provider(world), code="first", name="First", joined_on=world.today, actor=world.actor
        )
        return propose_rates(
            consultant=consultant, terms=TERMS, valid_from=world.today + timedelta(days=9), on=world.today,
            actor=world.person(Role.PROVIDER),
        )  # fmt: skip

    first = world.kept("a proposal of rates", make)
    people = copies(first.consultant, numbers, code=lambda n: f"consultant-{n}", name=lambda n: f"Consultant {n}")
    made = copies(
        first, range(len(people)), number=lambda n: f"{people[n].code}-RP", consultant_id=lambda n: people[n].pk
    )
    step = RateStep.objects.get(proposal=first)
    copies(step, range(len(made)), proposal_id=lambda n: made[n].pk)


def reviews(world: World, numbers: range) -> None:
    """Rounds of peer review."""
    first = world.kept(
        "a round of reviews", lambda: open_review(title="R", day_pence=1, on=world.today, actor=world.actor)
    )
    copies(first, numbers, number=lambda n: f"round-{n}")


def support(world: World, numbers: range) -> None:
    """Entries of the register of support."""
    first = world.kept(
        "an entry of support",
        lambda: record_support(
            kind=SupportEntry.Kind.IN_KIND, giver=world.customer, receiver=world.partnership, what="A room",
            year_pence=100, held=Period(world.today, world.today + timedelta(days=9)), on=world.today,
            actor=world.actor,
        ),
    )  # fmt: skip
    copies(first, numbers, number=lambda n: f"support-{n}")


def at_provider(world: World) -> str:
    return reverse("provider-rates", kwargs={"provider": _provider(world).code})
