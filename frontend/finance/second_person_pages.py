"""Examples of the pages on which two people decide about money, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.queries import on_account_for, open_items_for
from invoicing.receivables.models import Refund
from invoicing.second_person.queries import prepared_for

OFFICER, MANAGER, AUDITOR = "finance_officer", "finance_manager", "auditor"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _write_off(world: World) -> str:
    return url("finance-write-off", number=open_items_for(world.actors[OFFICER])[0].document.number or "")


def _money(name: str) -> Callable[[World], str]:
    def address(world: World) -> str:
        source = on_account_for(world.actors[OFFICER]).order_by("pk")[0]
        return url(name, number=source.organisation.number, pk=source.pk)

    return address


def _prepared(state: str) -> Callable[[World], str]:
    return lambda w: url("finance-prepared", pk=prepared_for(w.actors[OFFICER]).filter(state=state).latest("pk").pk)


def _to_pay(_: World) -> str:
    return url("finance-refund-paid", pk=Refund.objects.filter(paid_on__isnull=True).latest("pk").pk)


PAGES: Pages = {
    "finance-to-approve": [
        Example(MANAGER, "full", _at("finance-to-approve"), finds="Prepared by"),
        Example(OFFICER, "filtered", _at("finance-to-approve", "?show=all"), finds="Sent back"),
        Example(AUDITOR, "empty", _at("finance-to-approve", "?show=withdrawn"), finds="Nothing matches this filter"),
    ],
    "finance-prepared": [
        Example(MANAGER, "full", _prepared("waiting"), finds="What approving does"),
        Example(OFFICER, "waiting", _prepared("waiting"), finds="someone else must approve it"),
        Example(AUDITOR, "decided", _prepared("approved"), finds="What came of it"),
        Example(MANAGER, "error", _prepared("waiting"), post={"send_back": "1", "answer": ""}, finds="Enter reason"),
    ],
    "finance-limits": [
        Example(MANAGER, "full", _at("finance-limits"), finds="Set a limit"),
        Example(MANAGER, "error", _at("finance-limits"), post={"action": "refund", "pence": "x"}, finds="must be"),
        Example(OFFICER, "officer", _at("finance-limits"), finds="Always two people"),
    ],
    "finance-write-off": [
        Example(OFFICER, "full", _write_off, finds="It is no credit note"),
        Example(OFFICER, "error", _write_off, post={"pence": "10", "reason": ""}, finds="Enter the reason"),
    ],
    "finance-customer-refund": [
        Example(OFFICER, "full", _money("finance-customer-refund"), finds="refunds to pay"),
        Example(OFFICER, "error", _money("finance-customer-refund"), post={"pence": ""}, finds="Enter the amount"),
    ],
    "finance-customer-carry": [
        Example(OFFICER, "full", _money("finance-customer-carry"), finds="to another customer"),
        Example(
            OFFICER, "error", _money("finance-customer-carry"), post={"to": "C999999", "pence": "1", "reason": "x"},
            finds="there is no customer",
        ),
    ],
    "finance-refunds": [
        Example(OFFICER, "full", _at("finance-refunds"), finds="Record as paid"),
        Example(AUDITOR, "auditor", _at("finance-refunds", "?show=all"), finds="Refunds to pay"),
    ],
    "finance-refund-paid": [
        Example(OFFICER, "full", _to_pay, finds="as paid"),
        Example(OFFICER, "error", _to_pay, post={"on": "31/2/27"}, finds="must be a real date"),
    ],
}  # fmt: skip
