"""Examples of the page on which many schools are contracted, for frontend.pages."""

from frontend.examples import Example, Pages, World
from frontend.jinja import url

MANAGER = "finance_manager"
_WRONG = {"title": "Services for 2027", "key": "services-2027", "first_day": "31/2/27", "whom": "urns", "urns": ""}


def _here(_: World) -> str:
    return url("finance-agreements-round")


PAGES: Pages = {
    "finance-agreements-round": [
        Example(MANAGER, "full", _here, finds="Look at it first"),
        Example(MANAGER, "error", _here, post=_WRONG, finds="must be a real date"),
    ],
}
