"""Examples of the pages about amounts due to providers, for frontend.pages."""

from decimal import Decimal

from django.utils import timezone

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.ledger.chart import ROYALTIES
from invoicing.payables.models import Payable
from invoicing.payables.queries import payables_for
from invoicing.services import owe
from invoicing.vat.treatment import VatTreatment
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation

OFFICER, AUDITOR = "finance_officer", "auditor"


def _payable(world: World) -> Payable:
    """The newest amount due; one is made where there is none."""
    actor = world.actors["finance_manager"]
    found = payables_for(actor).first()
    return found or owe(
        source_key="example:royalty", provider=Organisation.objects.filter(kind=Organisation.Kind.SCHOOL).earliest("pk"),
        description="Royalty of 30% on Storytelling maths", net=Money(7_200), account_code=ROYALTIES, stream_code="PR",
        vat=VatTreatment("O", Decimal(0), "Not registered for VAT"), on=timezone.localdate(), actor=actor,
    )  # fmt: skip


def _list(world: World) -> str:
    _payable(world)
    return url("finance-payables")


def _one(world: World) -> str:
    return url("finance-payable", pk=_payable(world).pk)


PAGES: Pages = {
    "finance-payables": [
        Example(OFFICER, "full", _list, finds="waits for customers to pay"),
        Example(
            OFFICER, "empty", lambda _: url("finance-payables") + "?provider=nobody-of-this-name",
            finds="No amounts match these filters",
        ),
        Example(AUDITOR, "auditor", _list, finds="paid in payment batches"),
    ],
    "finance-payable": [
        Example(OFFICER, "full", _one, finds="Amount before VAT"),
        Example(AUDITOR, "auditor", _one, finds="Who and when"),
    ],
}  # fmt: skip
