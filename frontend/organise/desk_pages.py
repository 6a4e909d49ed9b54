"""Examples of the service desk's pages on both sides, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from subscriptions.models import ServiceCredit, Ticket
from subscriptions.queries import tickets_for

BUYER, ORGANISER, MANAGER = "buyer", "organiser", "finance_manager"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _own(name: str, query: str = "") -> Callable[[World], str]:
    return lambda world: world.page(BUYER, name) + query


def _ticket(**which: object) -> Callable[[World], str]:
    """A ticket of the buyer's in that state."""

    def found(world: World) -> str:
        own = tickets_for(world.actors[BUYER]).filter(**which)
        return world.page(BUYER, "school-ticket", number=own[0].number)

    return found


def _ours(**which: object) -> Callable[[World], str]:
    return lambda _: url("organise-ticket", number=Ticket.objects.filter(**which).order_by("pk")[0].number)


def _credit(_: World) -> str:
    return url("finance-service-credit", pk=ServiceCredit.objects.filter(state="proposed").earliest("pk").pk)


def _other(world: World) -> str:
    return f"{world.page(BUYER, 'school-help-new')}?service=0-{world.buyer(BUYER).organisation.pk}"


PAGES: Pages = {
    "school-help": [
        Example(BUYER, "full", _own("school-help"), finds="Ask for help"),
        Example(BUYER, "none match", _own("school-help", "?show=open&page=1"), finds="Tickets"),
    ],
    "school-help-new": [
        Example(BUYER, "which service", _own("school-help-new"), finds="What do you need help with?"),
        Example(BUYER, "form", _other, finds="How urgent is it?"),
        Example(BUYER, "nothing entered", _other, post={"subject": ""}, finds="Enter what it is about"),
    ],
    "school-ticket": [
        Example(BUYER, "your turn", _ticket(state="with_school"), finds="Waiting for your answer"),
        Example(BUYER, "missed", _ticket(credit__isnull=False), finds="Missed"),
        Example(BUYER, "resolved", _ticket(state="resolved"), finds="Open it again"),
        Example(BUYER, "nothing written", _ticket(state="with_school"), post={"do": "reply"}, finds="Enter your reply"),
    ],
    "organise-tickets": [
        Example(ORGANISER, "full", _at("organise-tickets"), finds="waiting for us in all"),
        Example(ORGANISER, "none match", _at("organise-tickets", "?q=phonix"), finds="No tickets match"),
    ],
    "organise-ticket": [
        Example(ORGANISER, "open", _ours(state="open"), finds="Ask the school"),
        Example(ORGANISER, "missed", _ours(credit__isnull=False), finds="Missed"),
        Example(
            ORGANISER, "nothing written", _ours(state="open"), post={"do": "reply"}, finds="Enter what you want to say"
        ),
    ],
    "organise-desk-hours": [
        Example(ORGANISER, "full", _at("organise-desk-hours"), finds="Set other hours"),
        Example(ORGANISER, "error", _at("organise-desk-hours"), post={"opens": "late"}, finds="must be a time"),
    ],
    "organise-ticket-performance": [
        Example(ORGANISER, "this year", _at("organise-ticket-performance"), finds="By service and month"),
        Example(ORGANISER, "empty", _at("organise-ticket-performance", "?year=2024"), finds="Promises kept"),
    ],
    "finance-service-credits": [
        Example(MANAGER, "to decide", _at("finance-service-credits"), finds="before VAT"),
        Example(MANAGER, "none match", _at("finance-service-credits", "?q=phonix"), finds="No credits match"),
    ],
    "finance-service-credit": [
        Example(MANAGER, "to decide", _credit, finds="Give back"),
        Example(MANAGER, "no reason", _credit, post={"do": "waive", "reason": ""}, finds="Enter why"),
    ],
}
