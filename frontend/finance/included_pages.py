"""Examples of the page about a customer's included places, for frontend.pages."""

from frontend.buying import buyers_of
from frontend.examples import Example, Pages, World
from frontend.jinja import url

OFFICER, MANAGER, AUDITOR = "finance_officer", "finance_manager", "auditor"


def _subscriber(world: World) -> str:
    """The school of the demonstration's buyer, which has places of a subscription."""
    [one] = buyers_of(world.actors["buyer"])
    return url("finance-customer-places", number=one.organisation.number)


PAGES: Pages = {
    "finance-customer-places": [
        Example(MANAGER, "full", _subscriber, finds="Grant the places"),
        Example(MANAGER, "error", _subscriber, post={"name": "Gold"}, finds="Enter places"),
        Example(OFFICER, "officer", _subscriber, finds="A finance manager grants places"),
        Example(AUDITOR, "auditor", _subscriber, finds="Gold"),
    ],
}
