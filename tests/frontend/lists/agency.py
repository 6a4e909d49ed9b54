"""What makes the pages of what is sold for others longer."""

from datetime import date
from decimal import Decimal

from django.urls import reverse

from invoicing.agency.models import AgencySettlement
from invoicing.mandates.granting import series_of
from invoicing.mandates.models import SalesMandate
from invoicing.services import allocate, prepare_settlement
from marketplace.core.actors import Role
from marketplace.core.series import ensure_series
from marketplace.organisations.models import Organisation
from tests.frontend.lists.world import World, copies
from tests.invoicing.agency.fenland import add_fenland, mandate_for, sold
from tests.invoicing.books import FIRST, receive

WITHDRAWN = AgencySettlement.State.WITHDRAWN


def suppliers(world: World, numbers: range) -> None:
    """A supplier with a mandate for each number."""
    made = world.customers(numbers)
    SalesMandate.objects.bulk_create(
        SalesMandate(supplier=one, valid_from=date(2026, 1, 1), fee_rate=Decimal("0.1"), evidence="Signed by both")
        for one in made
    )
    for one in made:
        letters = "".join(chr(ord("A") + int(digit)) for digit in one.number[1:])
        ensure_series(code=series_of(one.pk, "invoice"), prefix=letters)


def _fenland(world: World) -> Organisation:
    def make() -> Organisation:
        supplier = add_fenland()
        mandate_for(supplier, world.person(Role.FINANCE_MANAGER))
        invoice = sold(supplier, world.customer, 10_000, world.charges)
        source = receive(world.customer, 12_000, key="agency:paid")
        allocate(source=source, to=invoice.items.get(), pence=12_000, on=FIRST, actor=world.actor)
        return supplier

    return world.kept("fenland", make)  # type: ignore[no-any-return]


def at_supplier(world: World) -> str:
    return reverse("finance-agency-supplier", kwargs={"number": _fenland(world).number})


def settlements(world: World, numbers: range) -> None:
    """Settlements of one supplier, each prepared by somebody else and withdrawn."""
    officer = world.person(Role.FINANCE_OFFICER)
    first = world.kept(
        "settlement", lambda: prepare_settlement(supplier=_fenland(world), on=world.today, actor=officer)
    )
    waiting = AgencySettlement.objects.filter(state=AgencySettlement.State.PREPARED)
    for number in numbers:
        waiting.update(state=WITHDRAWN, reason="More comes in", decided_by_id=officer.person_id, decided_on=world.today)
        copies(
            first, range(number, number + 1), number=lambda n: f"AGS-9{n:05d}",
            prepared_by_id=lambda n: world._somebody(n).pk,
        )  # fmt: skip
