"""Examples of the pages about what is sold for others, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.agency.queries import settlements_for, suppliers_for

OFFICER, MANAGER, AUDITOR = "finance_officer", "finance_manager", "auditor"
_WRONG = {"supplier": "C999999", "valid_from": "1/9/26", "fee": "ten", "letters": "FEN", "evidence": "Folder 12"}


def _at(name: str) -> Callable[[World], str]:
    return lambda _: url(name)


def _supplier(world: World) -> str:
    return url("finance-agency-supplier", number=suppliers_for(world.actors[OFFICER])[0].number)


def _settlement(state: str) -> Callable[[World], str]:
    def address(world: World) -> str:
        found = settlements_for(world.actors[OFFICER]).filter(state=state).latest("pk")
        return url("finance-settlement", number=found.number)

    return address


PAGES: Pages = {
    "finance-agency": [
        Example(MANAGER, "full", _at("finance-agency"), finds="Record a mandate"),
        Example(AUDITOR, "auditor", _at("finance-agency"), finds="Due now, before our fee"),
    ],
    "finance-agency-mandate": [
        Example(MANAGER, "full", _at("finance-agency-mandate"), finds="numbers of its own"),
        Example(
            MANAGER, "error", _at("finance-agency-mandate"), post=_WRONG, finds="there is no customer C999999"
        ),
    ],
    "finance-agency-supplier": [
        Example(MANAGER, "full", _supplier, finds="End the mandate"),
        Example(OFFICER, "waiting", _supplier, finds="so no other is prepared meanwhile"),
        Example(MANAGER, "error", _supplier, post={"do": "end", "valid_to": "31/2/27"}, finds="must be a real date"),
    ],
    "finance-settlement": [
        Example(MANAGER, "approve", _settlement("prepared"), finds="Our fee, before VAT"),
        Example(OFFICER, "own", _settlement("prepared"), finds="a finance manager who is not you approves it"),
        Example(AUDITOR, "paid", _settlement("paid"), finds="Our invoice of the fee"),
        Example(
            OFFICER, "error", _settlement("prepared"), post={"do": "withdraw", "reason": ""},
            finds="Enter the reason for withdrawing it",
        ),
    ],
}  # fmt: skip
