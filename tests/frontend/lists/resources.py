"""What makes the pages of resources, licences and amounts due to providers longer."""

from datetime import timedelta

from catalogue.models import Offer
from invoicing.payables.models import Payable
from marketplace.core.actors import Role
from marketplace.trading.models import Licence, OrderLine
from tests.frontend.lists.world import World, copies
from tests.invoicing.payables.royalties import add_author, owed_to
from tests.shop import Shop
from tests.trading.licences.kits import kit, ordered


def _kit(world: World) -> Offer:
    def make() -> Offer:
        world.order()  # makes the shop
        shop = Shop.__new__(Shop)
        shop.actor, shop.provider = world.actor, world._offer().provider
        return kit(shop)

    return world.kept("kit", make)  # type: ignore[no-any-return]


def payables(world: World, numbers: range) -> None:
    """Amounts due to one author, owed at once."""
    first = world.kept("payable", lambda: owed_to(add_author()))
    copies(first, numbers, source_key=lambda n: f"copy:{n}")


def _lines(world: World, numbers: range) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order__in=world.orders(numbers)).order_by("pk"))


def licences(world: World, numbers: range) -> None:
    """Licences of a day each, one after the other, of one resource."""

    def make() -> Licence:
        ordered(world.person(Role.BUYER), world.customer, _kit(world), on=world.today)
        return Licence.objects.get()

    first, lines = world.kept("licence", make), _lines(world, numbers)
    begins = first.ends + timedelta(days=numbers.start)
    copies(
        first,
        range(len(lines)),
        order_line_id=lambda n: lines[n].pk,
        starts=lambda n: begins + timedelta(days=n),
        ends=lambda n: begins + timedelta(days=n + 1),
    )


def royalties(world: World, numbers: range) -> None:
    """What the customer earned by sales, one for each order line."""
    first = world.kept("royalty", lambda: owed_to(world.customer, key="test:royalty"))
    lines = _lines(world, numbers)
    copies(first, range(len(lines)), source_key=lambda n: f"order-line:{lines[n].pk}:royalty")
    assert Payable.objects.filter(provider=world.customer).count() > len(lines)


def resources(world: World, numbers: range) -> None:
    """Offers of the kind resource that nobody has set up."""
    copies(_kit(world), numbers, code=lambda n: f"kit-{n}", title=lambda n: f"Kit number {n}")
