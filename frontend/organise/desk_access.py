"""Who meets the service desk: organisers and finance work at it; nobody else is told that it exists."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from frontend.jinja import url
from frontend.organise.access import READ, OrganiserRequest
from subscriptions.desk.queries import require_desk

View = Callable[..., HttpResponse]


def desk_page(methods: Sequence[str] = READ) -> Callable[[View], View]:
    """Guards a page of the service desk."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: OrganiserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require_desk(request.actor)
            request.section_path = url("organise-tickets")
            return view(request, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate
