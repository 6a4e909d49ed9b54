"""Examples of the pages about funds, for frontend.pages."""

from collections.abc import Callable

from django.utils import timezone

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.funds.queries import funds_for
from invoicing.ledger.models import Fund
from invoicing.queries import charges_for
from invoicing.receivables.models import Charge
from invoicing.services import open_fund

OFFICER, MANAGER, AUDITOR = "finance_officer", "finance_manager", "auditor"


def _fund(world: World) -> Fund:
    """The first restricted fund; one is opened where there is none."""
    found = funds_for(world.actors[MANAGER]).filter(kind=Fund.Kind.RESTRICTED, closed_on__isnull=True).first()
    return found or open_fund(
        code="READING", name="Summer reading", kind=Fund.Kind.RESTRICTED, purpose="Books for the summer", funder=None,
        starts_on=timezone.localdate(), ends_on=None, actor=world.actors[MANAGER],
    )  # fmt: skip


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _of(name: str) -> Callable[[World], str]:
    return lambda world: url(name, code=_fund(world).code)


def _item(world: World) -> str:
    """An item that waits to be invoiced."""
    waiting = charges_for(world.actors[MANAGER]).filter(state=Charge.State.PENDING, fund_support__isnull=True)
    return url("finance-item-fund", pk=waiting.earliest("pk").pk)


PAGES: Pages = {
    "finance-item-fund": [
        Example(MANAGER, "full", _item, finds="a fund pay a share"),
        Example(MANAGER, "error", _item, post={"percent": "101"}, finds="There is a problem"),
    ],
    "finance-funds": [
        Example(MANAGER, "full", _at("finance-funds"), finds="Open a fund"),
        Example(OFFICER, "error", _at("finance-funds", "?on=31/2/27"), finds="must be a real date"),
        Example(AUDITOR, "auditor", _at("finance-funds"), finds="Nothing is spent from a fund beyond what it has"),
    ],
    "finance-fund-new": [
        Example(MANAGER, "full", _at("finance-fund-new"), finds="Last day to spend it"),
        Example(MANAGER, "error", _at("finance-fund-new"), post={"kind": "restricted"}, finds="Enter the name"),
    ],
    "finance-fund": [
        Example(MANAGER, "full", _of("finance-fund"), finds="Who and when"),
        Example(AUDITOR, "auditor", _of("finance-fund"), finds="Movements, latest first"),
        Example(OFFICER, "error", _of("finance-fund"), post={"do": "close"}, finds="You may not close funds"),
    ],
    "finance-fund-grant": [
        Example(OFFICER, "full", _of("finance-fund-grant"), finds="outside the scope of VAT"),
        Example(OFFICER, "error", _of("finance-fund-grant"), post={"pence": "0.001"}, finds="parts of a penny"),
    ],
}
