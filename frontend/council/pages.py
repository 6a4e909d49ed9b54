"""Examples of the pages of council contracts, the commissioner's and the partnership's, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.documents.models import Document
from subscriptions.commissions.models import CouncilContract, QuarterReturn
from subscriptions.commissions.queries import invoices_to_approve

COMMISSIONER, ORGANISER, AUDITOR = "commissioner", "organiser", "auditor"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _contract(name: str, state: str = "active", **more: object) -> Callable[[World], str]:
    def found(_: World) -> str:
        one = CouncilContract.objects.filter(contract__state=state).earliest("pk")
        return url(name, number=one.contract.number, **more)

    return found


def _return(name: str, state: str) -> Callable[[World], str]:
    def found(_: World) -> str:
        one = QuarterReturn.objects.filter(state=state, council__contract__state="active").earliest("pk")
        return url(name, number=one.council.contract.number, ordinal=one.ordinal)

    return found


def _invoice(world: World) -> str:
    found: Document = invoices_to_approve(world.actors[COMMISSIONER])[0]
    return url("council-invoice", number=found.number)


PAGES: Pages = {
    "council-contracts": [Example(COMMISSIONER, "full", _at("council-contracts"), finds="eligible schools reached")],
    "council-contract": [
        Example(COMMISSIONER, "full", _contract("council-contract"), finds="will be unspent"),
        Example(COMMISSIONER, "offered", _contract("council-contract", "offered"), finds="Agree the contract"),
        Example(
            COMMISSIONER, "error", _contract("council-contract", "offered"), post={"do": "decline", "reason": ""},
            finds="Enter why you decline it",
        ),
    ],
    "council-lines": [
        Example(COMMISSIONER, "form", _contract("council-lines"), finds="Check what changes"),
        Example(
            COMMISSIONER, "error", _contract("council-lines"), post={"do": "check"}, finds="The lines come to £0.00"
        ),
    ],
    "council-package-tell": [
        Example(
            COMMISSIONER, "form", _contract("council-package-tell", code="attendance-days"),
            finds="Write to the schools chosen",
        ),
        Example(
            COMMISSIONER, "error", _contract("council-package-tell", code="attendance-days"), post={"do": "tell"},
            finds="Choose at least one school",
        ),
    ],
    "council-schools": [Example(COMMISSIONER, "full", _at("council-schools"), finds="that your contracts pay for")],
    "council-outcomes": [Example(COMMISSIONER, "full", _at("council-outcomes"), finds="hangs on it")],
    "council-invoices": [Example(COMMISSIONER, "full", _at("council-invoices"), finds="To approve")],
    "council-invoice": [
        Example(COMMISSIONER, "to approve", _invoice, finds="Approve invoice"),
        Example(
            COMMISSIONER, "error", _invoice, post={"do": "approve", "purchase_order": ""},
            finds="Enter the purchase order",
        ),
    ],
    "council-reports": [Example(COMMISSIONER, "full", _at("council-reports"), finds="For councillors")],
    "council-return": [
        Example(COMMISSIONER, "to accept", _return("council-return", "sent"), finds="Accept the return"),
        Example(
            COMMISSIONER, "error", _return("council-return", "sent"), post={"do": "query", "query": ""},
            finds="Enter what you ask",
        ),
        Example(COMMISSIONER, "accepted", _return("council-return", "accepted"), finds="Accepted"),
    ],
    "council-report": [
        Example(COMMISSIONER, "full", _return("council-report", "sent"), finds="was drawn in the quarter"),
        Example(AUDITOR, "auditor", _return("council-report", "accepted"), finds="report to councillors"),
    ],
    "organise-council-contracts": [
        Example(ORGANISER, "full", _at("organise-council-contracts"), finds="Draw up a council contract")
    ],
    "organise-council-contract-new": [
        Example(ORGANISER, "form", _at("organise-council-contract-new"), finds="Nothing is charged by this"),
        Example(
            ORGANISER, "error", _at("organise-council-contract-new"), post={"title": ""}, finds="must add up to 100"
        ),
    ],
    "organise-council-contract": [
        Example(ORGANISER, "full", _contract("organise-council-contract"), finds="Plan the handover")
    ],
    "organise-council-lines": [
        Example(ORGANISER, "in force", _contract("organise-council-lines"), finds="agreed these lines"),
        Example(ORGANISER, "offered", _contract("organise-council-lines", "offered"), finds="Check what changes"),
        Example(
            ORGANISER, "error", _contract("organise-council-lines", "offered"), post={"do": "check"},
            finds="The lines come to £0.00",
        ),
    ],
    "organise-council-package-tell": [
        Example(
            ORGANISER, "form", _contract("organise-council-package-tell", code="attendance-days"),
            finds="Write to the schools chosen",
        ),
        Example(
            ORGANISER, "error", _contract("organise-council-package-tell", code="attendance-days"), post={"do": "tell"},
            finds="Choose at least one school",
        ),
    ],
    "organise-council-indicator-new": [
        Example(ORGANISER, "form", _contract("organise-council-indicator-new"), finds="Lower is better"),
        Example(
            ORGANISER, "error", _contract("organise-council-indicator-new"), post={"name": ""},
            finds="There is a problem",
        ),
    ],
    "organise-council-package-new": [
        Example(ORGANISER, "form", _contract("organise-council-package-new"), finds="Paid from"),
        Example(
            ORGANISER, "error", _contract("organise-council-package-new"), post={"title": ""},
            finds="There is a problem",
        ),
    ],
    "organise-council-package": [
        Example(
            ORGANISER, "list", _contract("organise-council-package", code="attendance-days"), finds="Save the list"
        ),
        Example(ORGANISER, "rule", _contract("organise-council-package", code="screening"), finds="Found by its rule"),
        Example(
            ORGANISER, "confidential", _contract("organise-council-package", code="close-help"),
            finds="only the commissioner and organisers",
        ),
        Example(
            ORGANISER, "units", _contract("organise-council-package", code="attendance-days"),
            post={"do": "allocation", "allocation": "1", "reason": "Fewer"}, finds="units are drawn already",
        ),
        Example(
            ORGANISER, "error", _contract("organise-council-package", code="attendance-days"),
            post={"do": "list", "schools": "Nowhere"}, finds="There is a problem",
        ),
    ],
    "organise-council-return": [
        Example(ORGANISER, "to write", _return("organise-council-return", "draft"), finds="Before you can send it"),
        Example(ORGANISER, "accepted", _return("organise-council-return", "accepted"), finds="Report for councillors"),
        Example(
            ORGANISER, "incomplete", _return("organise-council-return", "draft"), post={"do": "send"},
            finds="There is a problem",
        ),
    ],
}  # fmt: skip
NOT_PAGES = {"council-report-pdf": "A PDF: the report as paper"}
