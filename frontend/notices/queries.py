"""E-mails about queries of invoices: to finance when it is their turn, to whoever asked when it is theirs.

What either side wrote stands on the page alone.
"""

from typing import Any

from frontend.buying import buyer_of
from frontend.jinja import url
from frontend.notices.readers import Purpose, absolute, to_address, to_person, to_roles
from frontend.notices.topics import QUERIES
from invoicing.credit_control.models import InvoiceQuery
from invoicing.credit_control.queries import queries_for
from marketplace.core.actors import BUYING, FINANCE, platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import To, send
from marketplace.organisations.queries import partnership

ACTOR = platform("notices")
_SUBJECTS = {
    "query.opened": "Answer a new query",
    "query.asked_again": "Answer a query again",
    "query.answered": "Read the answer to your query",
    "query.resolved": "Resolved",
}


@handles(*_SUBJECTS, name="notices.query")
def query_moved(event: Event) -> None:
    """Tells the other side, and on resolving only the side that did not do it."""
    rows = queries_for(ACTOR).select_related("organisation__school", "organisation__trust", "opened_by__user")
    query = rows.get(number=event.subject)
    by_finance = event.payload.get("side") == "finance"
    for to in _asker(query, event) if by_finance else _finance(event):
        send(
            key=f"query:{query.number}:{event.pk}",
            topic=QUERIES,
            to=to,
            template="mail/query.jinja",
            context=_context(query, event, to_finance=not by_finance),
            event=event,
        )


def _finance(event: Event) -> list[To]:
    return to_roles(partnership().pk, FINANCE, london_day(event.at))


def _asker(query: InvoiceQuery, event: Event) -> list[To]:
    """Whoever asked; without them the organisation's address for invoices, else those who buy there."""
    organisation = query.organisation
    return (
        to_person(query.opened_by)
        or to_address(organisation, Purpose.INVOICES)
        or to_roles(organisation.pk, BUYING, london_day(event.at))
    )


def _context(query: InvoiceQuery, event: Event, *, to_finance: bool) -> dict[str, Any]:
    return {
        "query": query,
        "invoice": query.document.number,
        "organisation": query.organisation.name,
        "verb": _SUBJECTS[event.kind],
        "resolved": event.kind == "query.resolved",
        "outcome": query.get_outcome_display().lower(),
        "on": london_day(event.at),
        "link": _link(query, to_finance=to_finance),
    }


def _link(query: InvoiceQuery, *, to_finance: bool) -> str:
    """Finance's page or the asker's own."""
    if to_finance:
        return absolute(url("finance-query", number=query.number))
    return absolute(buyer_of(query.organisation).url("school-query", number=query.number))
