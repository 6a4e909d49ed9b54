"""What makes the list of VAT returns longer."""

from django.utils import timezone

from invoicing.services import prepare_vat_return
from marketplace.core.actors import Role
from marketplace.core.periods import add_months
from tests.frontend.lists.world import World


def vat_returns(world: World, numbers: range) -> None:
    """A prepared return of one month, so many months ago."""
    officer = world.person(Role.FINANCE_OFFICER)
    for number in numbers:
        end = add_months(world.today.replace(day=1), -number)
        prepare_vat_return(start=add_months(end, -1), end=end, at=timezone.now(), actor=officer)
