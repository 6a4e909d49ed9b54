"""Examples of finance's pages about agreements and renewals, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from subscriptions.agreements.models import Agreement

OFFICER, AUDITOR = "finance_officer", "auditor"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _one(page: str, title: str, state: str = "active", **more: str) -> Callable[[World], str]:
    def address(_: World) -> str:
        found = Agreement.objects.filter(title=title, state=state, succeeds=None).earliest("pk")
        return url(page, number=found.number, **more)

    return address


def _change(do: str, title: str, state: str = "active") -> Callable[[World], str]:
    return _one("finance-agreement-change", title, state, do=do)


_WRONG = {"customer": "Nowhere", "title": "Clerking", "do": "look"}

PAGES: Pages = {
    "finance-agreements": [
        Example(OFFICER, "full", _at("finance-agreements"), finds="over their whole terms"),
        Example(AUDITOR, "auditor", _at("finance-agreements", "?state=suspended"), finds="Estates helpdesk"),
    ],
    "finance-agreement": [
        Example(OFFICER, "running", _one("finance-agreement", "Clerking of governors"), finds="Who and when"),
        Example(OFFICER, "offered", _one("finance-agreement", "Premises advice", "offered"), finds="waits for the customer"),
        Example(
            OFFICER, "error", _one("finance-agreement", "Premises advice", "offered"),
            post={"do": "withdraw", "reason": ""}, finds="Enter the reason",
        ),
        Example(AUDITOR, "paused", _one("finance-agreement", "Estates helpdesk", "suspended"), finds="building works"),
    ],
    "finance-agreement-change": [
        Example(OFFICER, "end", _change("end", "Data protection officer"), finds="What comes back"),
        Example(
            OFFICER, "error", _change("end", "Data protection officer"), post={"on": "31/2/30"},
            finds="must be a real date",
        ),
        Example(OFFICER, "resume", _change("resume", "Estates helpdesk", "suspended"), finds="First day again"),
    ],
    "finance-agreement-new": [
        Example(OFFICER, "full", _at("finance-agreement-new"), finds="See what it comes to"),
        Example(OFFICER, "error", _at("finance-agreement-new"), post=_WRONG, finds="No customer is called"),
    ],
    "finance-agreement-renew": [
        Example(OFFICER, "full", _one("finance-agreement-renew", "Data protection officer"), finds="A year costs"),
    ],
    "finance-renewals": [
        Example(OFFICER, "full", _at("finance-renewals"), finds="See what ends"),
        Example(
            OFFICER, "error", _at("finance-renewals"), finds="must be on or after",
            post={"first": "1/4/27", "last": "1/3/27", "years": "1", "uplift": "0"},
        ),
    ],
}  # fmt: skip
