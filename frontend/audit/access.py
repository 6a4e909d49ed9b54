"""Who meets the pages of the event log: finance, the auditor and the administrator; nobody else is told of them."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from frontend.jinja import url
from marketplace.core.actors import Actor
from marketplace.core.event_queries import require_log_reader

READ = ("GET", "HEAD")
View = Callable[..., HttpResponse]


class LogRequest(HttpRequest):
    """A request that the middleware has given its actor."""

    actor: Actor
    section_path: str


def log_page(methods: Sequence[str] = READ) -> Callable[[View], View]:
    """Guards a page of the log: signed in, and one of those who read all of it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: LogRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require_log_reader(request.actor)
            request.section_path = url("audit-events")
            return view(request, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate


def show(request: LogRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the log with its second row of links."""
    pages = [("Events", "audit-events"), ("Seals and anchors", "audit-seals")]
    links = [{"text": text, "href": url(name), "active": request.path == url(name)} for text, name in pages]
    return render(request, f"audit/{template}", {"section_links": links, **context}, status=status)
