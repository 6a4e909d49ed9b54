"""What makes the pages of funds longer."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse

from invoicing.ledger.models import Fund
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.services import open_fund
from marketplace.core.actors import Role
from tests.frontend.lists.world import World


def _fund(world: World, number: int = 0) -> Fund:
    found = Fund.objects.filter(code=f"FUND-{number}").first()
    return found or open_fund(
        code=f"FUND-{number}", name=f"Fund {number}", kind=Fund.Kind.RESTRICTED, purpose="Reading", ends_on=None,
        funder=world.customer, starts_on=world.today - timedelta(days=30), actor=world.person(Role.FINANCE_MANAGER),
    )  # fmt: skip


def at_fund(world: World) -> str:
    return reverse("finance-fund", kwargs={"code": _fund(world).code})


def funds(world: World, numbers: range) -> None:
    """A fund for each number, with something in it."""
    for number in numbers:
        _grow(world, _fund(world, number), range(1))


def spending(world: World, numbers: range) -> None:
    """A movement of the first fund for each number."""
    _grow(world, _fund(world), numbers)


@transaction.atomic
def _grow(world: World, fund: Fund, numbers: range) -> None:
    entries = [
        NewEntry(
            kind="journal", source_key=f"{fund.code}:{number}", on=world.today, narrative="Days of a trainer",
            movements=[NewMovement("1000", "4500", 500, stream="GR", fund=fund.pk)],
        )
        for number in numbers
    ]  # fmt: skip
    post(entries=entries, actor=world.actor)
