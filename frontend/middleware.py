"""Resolves who acts, once a request, and turns refusals into readable pages."""

import logging
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from marketplace.core.actors import ANONYMOUS, Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.services.people import actor_for

logger = logging.getLogger(__name__)


def _actor(request: HttpRequest) -> Actor:
    if not request.user.is_authenticated:
        return ANONYMOUS
    return actor_for(user=request.user, on=timezone.localdate())


class ActorMiddleware:
    """Puts ``request.actor`` on every request, resolved on first use for today in Europe/London."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)


class DomainErrorMiddleware:
    """A DomainError that no page handled becomes a page that says what happened, why and what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotFound):
            raise Http404(exception.message) from exception
        if not isinstance(exception, DomainError):
            return None
        back_url = request.META.get("HTTP_REFERER", "") if request.method == "POST" else ""
        return render(
            request,
            "errors/domain.html",
            {"message": exception.message, "detail": exception.detail, "back_url": back_url or "/"},
            status=exception.status,
        )
