"""Examples of the pages of the event log, for frontend.pages."""

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from marketplace.core.event_queries import events_for
from marketplace.core.models import Event
from marketplace.core.sealing import seal_all

AUDITOR, OFFICER, ADMINISTRATOR, BUYER = "auditor", "finance_officer", "administrator", "buyer"


def _event(world: World, **which: object) -> str:
    """The page of the newest such event, sealed."""
    seal_all()
    found: Event = events_for(world.actors[AUDITOR]).filter(**which).latest("pk")
    return url("audit-event", pk=found.pk)


def _seals(_: World) -> str:
    seal_all()
    return url("audit-seals")


PAGES: Pages = {
    "audit-events": [
        Example(AUDITOR, "full", lambda _: url("audit-events"), finds="Invoice"),
        Example(OFFICER, "filtered", lambda _: url("audit-events") + "?kind=order.placed", finds="What happened:"),
        Example(AUDITOR, "empty", lambda _: url("audit-events") + "?subject=zeppelin", finds="No events match"),
        Example(AUDITOR, "error", lambda _: url("audit-events") + "?since=31/2/27", finds="must be a real date"),
    ],
    "audit-event": [
        Example(AUDITOR, "full", lambda world: _event(world, kind="invoice.issued"), finds="the steps lead to it"),
        Example(AUDITOR, "changed", lambda world: _event(world, payload__has_key="before"), finds="Before and after"),
    ],
    "audit-seals": [
        Example(AUDITOR, "full", _seals, finds="Verify now"),
        Example(OFFICER, "reader", _seals, finds="Hash"),
        Example(AUDITOR, "verified", _seals, post={"first": "1", "last": "1"}, finds="The log holds"),
        Example(AUDITOR, "error", _seals, post={"first": "2", "last": "1"}, finds="must not come before"),
    ],
    "school-history": [
        Example(
            "buyer", "full", lambda world: world.page("buyer", "school-history"), finds="so it was taken as agreed"
        ),
    ],
}
