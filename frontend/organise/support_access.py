"""Who meets the partnership's pages of support plans and matched funding: organisers, finance and the auditor."""

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

READERS = (*sorted(FINANCE_READERS), Role.ORGANISER)
WRITERS = (Role.ORGANISER,)


def support_page(methods: Sequence[str] = READ, *, roles: Sequence[Role] = READERS) -> Callable[[View], View]:
    """Guards a page; ``roles`` narrows who meets it. Nobody else is told that it exists."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: OrganiserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.actor.has(*roles):
                raise NotFound("Page not found")
            request.section_path = url("organise-outcome-contracts")
            return view(request, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate
