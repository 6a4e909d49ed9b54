"""What waits at finance of contracts that pay on outcomes: statements to freeze."""

from datetime import date
from typing import Any

from django.db.models import Count, Min

from frontend.formats import long_date, plural
from frontend.jinja import url
from marketplace.core.actors import FINANCE, Actor
from subscriptions.outcomes.models import Statement
from subscriptions.outcomes.stating_queries import due_statements


def waits_for(actor: Actor, on: date) -> list[dict[str, Any]]:
    """One line for all statements whose last day is past."""
    if not actor.has(*FINANCE):
        return []
    due = Statement.objects.filter(due_statements(on)).aggregate(count=Count("pk"), first=Min("pay_on"))
    if not due["count"]:
        return []
    return [{
        "text": f"Freeze {plural(due['count'], 'outcome statement')}",
        "href": url("finance-outcome-statements"), "due": due["first"],
        "next": f"The first is to be paid on {long_date(due['first'])}",
    }]  # fmt: skip
