"""Examples of the pages of VAT returns, for frontend.pages."""

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.vat_returns.models import VatReturn
from invoicing.vat_returns.queries import vat_returns_for

OFFICER, MANAGER, AUDITOR = "finance_officer", "finance_manager", "auditor"


def _list(_: World) -> str:
    return url("finance-vat-returns")


def _first(state: str) -> VatReturn:
    return VatReturn.objects.filter(state=state).earliest("end")


def _sent(_: World) -> str:
    return url("finance-vat-return", key=_first("sent").key)


def _prepared(_: World) -> str:
    return url("finance-vat-return", key=_first("prepared").key)


def _latest(world: World) -> str:
    return url("finance-vat-return", key=vat_returns_for(world.actors[AUDITOR])[0].key)


PAGES: Pages = {
    "finance-vat-returns": [
        Example(OFFICER, "full", _list, finds="VAT returns"),
        Example(OFFICER, "error", _list, post={"first": "2020-01", "last": "2020-02"}, finds="There is a problem"),
        Example(AUDITOR, "auditor", _list, finds="Download as CSV"),
    ],
    "finance-vat-return": [
        Example(MANAGER, "full", _prepared, finds="Sales without VAT"),
        Example(OFFICER, "sent", _sent, finds="Sent to HMRC on"),
        Example(MANAGER, "error", _prepared, post={"do": "sent", "sent_on": "1/13/26"}, finds="Enter the number that HMRC answered"),
        Example(AUDITOR, "auditor", _latest, finds="What box 6 is made of"),
    ],
}  # fmt: skip
