"""Examples of the pages about VAT, for frontend.pages."""

from collections.abc import Callable

from django.utils import timezone

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.queries import open_items_for
from invoicing.vat.queries import vat_rules_for
from marketplace.organisations.queries import partnership

OFFICER, MANAGER, AUDITOR = "finance_officer", "finance_manager", "auditor"


def _rules(query: str = "") -> Callable[[World], str]:
    return lambda _: url("finance-vat-rules") + query


def _number(world: World) -> str:
    """The number of a customer that owes something."""
    return open_items_for(world.actors[OFFICER])[0].organisation.number


def _customer(world: World) -> str:
    return url("finance-vat-facts", number=_number(world))


def _asked_vat(world: World) -> str:
    return f"{url('finance-vat-rules')}?kind=2&customer={_number(world)}&on={timezone.localdate().isoformat()}"


def _vat_rule(world: World) -> str:
    rules = vat_rules_for(world.actors[OFFICER]).filter(valid_to__isnull=True)
    return url("finance-vat-rule-end", pk=rules.earliest("pk").pk)


def _our_vat(_: World) -> str:
    return url("finance-vat-facts", number=partnership().number)


PAGES: Pages = {
    "finance-vat-rules": [
        Example(MANAGER, "full", _rules(), finds="Where is it supplied?"),
        Example(OFFICER, "decided", _asked_vat, finds="VAT Act 1994"),
        Example(OFFICER, "error", _rules("?kind=1&on=1/9/26"), finds="Enter the number of the customer"),
        Example(AUDITOR, "auditor", _rules(), finds="Where is it supplied?"),
    ],
    "finance-vat-rule-add": [
        Example(MANAGER, "full", lambda _: url("finance-vat-rule-add"), finds="Which question it answers"),
        Example(
            MANAGER,
            "error",
            lambda _: url("finance-vat-rule-add"),
            post={"question": "4", "category": "E", "source": "", "valid_from": "1/4/30"},
            finds="Enter the source",
        ),
    ],
    "finance-vat-rule-end": [
        Example(MANAGER, "full", _vat_rule, finds="What was priced by it stays as it is"),
        Example(MANAGER, "error", _vat_rule, post={"valid_to": "31/2/30"}, finds="must be a real date"),
    ],
    "finance-vat-facts": [
        Example(OFFICER, "full", _customer, finds="Record how it stands from a day on"),
        Example(OFFICER, "ours", _our_vat, finds="On record"),
        Example(
            OFFICER,
            "error",
            _customer,
            post={"valid_from": "1/4/30", "stands": "private", "evidence": ""},
            finds="Enter the evidence",
        ),
        Example(AUDITOR, "auditor", _customer, finds="Stands as"),
    ],
}
