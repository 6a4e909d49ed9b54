"""The link in each e-mail that stops its kind: no sign-in, and looking at it changes nothing, as mail scanners do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from marketplace.messaging.services import read_stop_token, stop


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed address is what entitles
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_messages(request: HttpRequest, token: str) -> HttpResponse:
    """Asks, then stops. A link that we did not make is "Page not found"."""
    _, topic = read_stop_token(token)
    stopped = request.method == "POST"
    if stopped:
        stop(token=token)
    return render(request, "messages/stop.html", {"topic": topic, "stopped": stopped, "hide_sign_in": True})
