"""Who meets the desk of a contract that pays on verification: whoever sees the contract. Others are told of none."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.jinja import url
from marketplace.core.actors import Actor
from subscriptions.outcomes.acting import claims_for
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.queries import outcome_contract_for

READ = ("GET", "HEAD")
READ_AND_WRITE = ("GET", "HEAD", "POST")
View = Callable[..., HttpResponse]


class HubRequest(HttpRequest):
    """A request that the middleware has given its actor, and ``hub_page`` its contract."""

    actor: Actor
    section_path: str
    contract: OutcomeContract
    may_claim: bool


def hub_page(methods: Sequence[str] = READ, *, section: str = "hub-returns") -> Callable[[View], View]:
    """Guards a page of a contract; ``section`` names the entry of the navigation to which it belongs."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HubRequest, number: str, **kwargs: Any) -> HttpResponse:
            request.contract = outcome_contract_for(request.actor, number)
            request.may_claim = claims_for(request.contract, request.actor, timezone.localdate())
            request.section_path = url(section, number=number)
            return view(request, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate


def show(request: HubRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the folder ``hub`` with its contract."""
    shared = {"contract": request.contract, "may_claim": request.may_claim}
    return render(request, f"hub/{template}", {**shared, **context}, status=status)
