"""Who meets the commissioner's desk: commissioners alone; nobody else is told that it exists."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from frontend.jinja import url
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound

READ = ("GET", "HEAD")
READ_AND_WRITE = ("GET", "HEAD", "POST")
View = Callable[..., HttpResponse]


class CouncilRequest(HttpRequest):
    """A request that the middleware has given its actor."""

    actor: Actor
    section_path: str


def council_page(methods: Sequence[str] = READ, *, section: str = "council-contracts") -> Callable[[View], View]:
    """Guards a page of the desk; ``section`` names the entry of the navigation to which it belongs."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: CouncilRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.actor.organisations(Role.COMMISSIONER):
                raise NotFound("Page not found")
            request.section_path = url(section)
            return view(request, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate


def show(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the folder ``council``."""
    return render(request, f"council/{template}", context, status=status)
