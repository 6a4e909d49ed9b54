"""A statement for both of its sides: what is on it, what was verified when, what was taken back, what was not earned."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest
from frontend.jinja import url
from frontend.outcomes.statement_words import shown
from marketplace.core.actors import FINANCE_READERS
from subscriptions.outcomes.stating_queries import outcome_statement_for


@login_required
@require_http_methods(["GET", "HEAD"])
def statement(request: SignedInRequest, number: str, ordinal: int) -> HttpResponse:
    """Frozen, as it stands; open, what it comes to as things stand today."""
    found = outcome_statement_for(request.actor, number, ordinal)
    finance = request.actor.has(*FINANCE_READERS)
    at_finance = url("finance-outcome-statement", number=number, ordinal=ordinal) if finance else ""
    return render(request, "outcomes/statement.html", shown(found) | {"at_finance": at_finance})
