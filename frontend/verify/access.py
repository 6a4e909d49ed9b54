"""Who meets the verifier's desk: verifiers and commissioners; nobody else is told that it exists."""

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
from subscriptions.outcomes.services.watching import SAMPLING

READ = ("GET", "HEAD")
READ_AND_WRITE = ("GET", "HEAD", "POST")
DECIDING = (Role.VERIFIER, Role.COMMISSIONER)
View = Callable[..., HttpResponse]


class VerifyRequest(HttpRequest):
    """A request that the middleware has given its actor."""

    actor: Actor
    section_path: str


def verify_page(
    methods: Sequence[str] = READ, *, section: str = "verify", roles: Sequence[Role] = DECIDING
) -> Callable[[View], View]:
    """Guards a page of the desk; ``section`` names the entry of the navigation to which it belongs."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: VerifyRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.actor.organisations(*roles):
                raise NotFound("Page not found")
            request.section_path = url(section)
            return view(request, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate


def sample_page(view: View) -> View:
    """Guards the sample: for those who draw it."""
    return verify_page(READ_AND_WRITE, section="verify-sample", roles=SAMPLING)(view)


def show(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the folder ``verify``."""
    return render(request, f"verify/{template}", context, status=status)
