"""Who meets the pages about prices: organisers, administrators, finance and, to read, the auditor."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from catalogue.price_queries import WRITERS, require_price_reader
from marketplace.core.actors import Actor

READ = ("GET", "HEAD")
READ_AND_WRITE = ("GET", "HEAD", "POST")
View = Callable[..., HttpResponse]


class PriceRequest(HttpRequest):
    """A request that the middleware has given its actor."""

    actor: Actor


def price_page(methods: Sequence[str] = READ, *, to: str = "") -> Callable[[View], View]:
    """Guards a page: signed in, one of those who read prices; ``to`` names what only those who set them may do."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: PriceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require_price_reader(request.actor)
            if to:
                request.actor.require(*WRITERS, to=to)
            return view(request, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate
