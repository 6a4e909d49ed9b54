"""What makes the list of payment requests longer."""

from invoicing.models import PaymentRequest
from invoicing.services import request_payment
from marketplace.core.actors import Role
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.frontend.lists.world import World


def requests(world: World, numbers: range) -> None:
    """A request for each number, each to a funder and of an invoice of its own."""
    funder = PaymentRequest.objects.values_list("funder", flat=True).first()
    payer = (
        Organisation.objects.get(pk=funder)
        if funder
        else add_organisation(
            kind=Organisation.Kind.AUTHORITY, name="Tidewell Borough Council", valid_from=world.today,
            actor=world.actor,
        )
    )  # fmt: skip
    for number in numbers:
        world.invoices(range(number + 5_000, number + 5_001))
        request_payment(
            invoice=world.newest_invoice(), funder=payer, pence=1, reason="Half", on=world.today,
            actor=world.person(Role.FINANCE_OFFICER),
        )  # fmt: skip
