"""What makes the pages of members, contributions and shared costs longer."""

from datetime import timedelta
from decimal import Decimal

from django.urls import reverse

from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor, Role
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.membership.rules.methods import Method
from subscriptions.models import ContributionRound, ContributionShare, MemberClass, MemberEntry, SharedCost
from subscriptions.services import (
    Joining,
    PartTerms,
    Taking,
    add_member_class,
    agree_round,
    enter_member,
    open_purse,
    plan_cost,
    plan_round,
)
from tests.conftest import START
from tests.frontend.lists.world import World, copies


def _manager(world: World) -> Actor:
    return world.person(Role.FINANCE_MANAGER)


def _class(world: World) -> MemberClass:
    return world.kept(
        "class of members",
        lambda: add_member_class(
            code="full", name="Full member", votes=Decimal(1), price_class=PriceClass.MEMBER, actor=_manager(world)
        ),
    )


def _others(world: World, numbers: range) -> list[Organisation]:
    return [
        add_organisation(kind=Organisation.Kind.OTHER, name=f"Member {n}", valid_from=START, actor=world.actor)
        for n in numbers
    ]


def members(world: World, numbers: range) -> None:
    """An entry for each number."""
    first = world.kept("entry", lambda: enter_member(
        organisation=world.customer, member_class=_class(world), valid_from=START, actor=_manager(world)
    ))  # fmt: skip
    others = _others(world, numbers)
    copies(first, range(len(others)), organisation_id=lambda n: others[n].pk)


def _round(world: World) -> ContributionRound:
    """A draft whose one share is the customer's."""

    def make() -> ContributionRound:
        if not MemberEntry.objects.exists():
            members(world, range(0))
        return plan_round(
            code="first", title="Contribution", term=Period(world.today, world.today + timedelta(days=365)),
            budget=Money(1_000_00), method=Method.EQUAL, actor=_manager(world),
        )  # fmt: skip

    return world.kept("round", make)


def rounds(world: World, numbers: range) -> None:
    copies(_round(world), numbers, code=lambda n: f"round-{n}")


def at_round(world: World) -> str:
    return reverse("finance-contribution", kwargs={"code": _round(world).code})


def shares(world: World, numbers: range) -> None:
    """A share of the first round for each number."""
    others, first = _others(world, numbers), ContributionShare.objects.filter(round=_round(world)).earliest("pk")
    copies(first, range(len(others)), organisation_id=lambda n: others[n].pk)


def own_contributions(world: World, numbers: range) -> None:
    """An agreed round in which the customer pays, for each number."""
    for number in numbers:
        days = Period(world.today, world.today + timedelta(days=365))
        if not MemberEntry.objects.exists():
            members(world, range(0))
        one = plan_round(
            code=f"own-{number}", title=f"Contribution {number}", term=days, budget=Money(1_000_00),
            method=Method.EQUAL, actor=_manager(world),
        )  # fmt: skip
        agree_round(round=one, drawn=1, on=world.today, actor=_manager(world))


def costs(world: World, numbers: range) -> None:
    """A shared cost for each number."""

    def make() -> SharedCost:
        [other] = _others(world, range(1))
        return plan_cost(
            code="first", title="Bus", term=Period(world.today, world.today + timedelta(days=365)), lead=world.customer,
            takes=[Taking(other)], parts=[PartTerms("Bus", 100_00, Method.EQUAL)], actor=_manager(world),
        )  # fmt: skip

    first = world.kept("shared cost", make)
    made = copies(first, numbers, code=lambda n: f"cost-{n}")
    copies(first.parts.get(), range(len(made)), cost_id=lambda n: made[n].pk)


def purses(world: World, numbers: range) -> None:
    """A purse for each number, with an account of its own."""
    for number in numbers:
        [other] = _others(world, range(number, number + 1))
        open_purse(
            code=f"purse-{number}", name=f"Purse {number}", term=Period(world.today, world.today + timedelta(days=365)),
            lead=world.customer, members=[Joining(other)], pence=100_00, method=Method.EQUAL, on=world.today,
            actor=_manager(world),
        )  # fmt: skip
