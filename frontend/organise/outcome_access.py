"""Who meets the partnership's pages of contracts that pay on outcomes: who draws them up, finance and the auditor."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from frontend.jinja import url
from frontend.organise.access import READ, OrganiserRequest, View
from marketplace.core.actors import FINANCE_READERS, Role
from marketplace.core.errors import NotFound
from subscriptions.outcomes.services.contracting import DRAWING_UP

READERS = (*sorted(FINANCE_READERS), Role.ORGANISER)


def contract_page(methods: Sequence[str] = READ, *, roles: Sequence[Role] = ()) -> Callable[[View], View]:
    """Guards a page of contracts; ``roles`` narrows who meets it. Nobody else is told that it exists."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: OrganiserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.actor.has(*(roles or READERS)):
                raise NotFound("Page not found")
            request.section_path = url("organise-outcome-contracts")
            return view(request, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate


def may_draw_up(request: OrganiserRequest) -> bool:
    """Whether the actor draws contracts up, offers and varies them."""
    return request.actor.has(*DRAWING_UP)
