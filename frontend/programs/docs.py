"""The API to read and to try out in a browser. Everything on it is served from here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """The page for everybody; whoever is signed in may try operations out as themselves."""
    return render(request, "programs/docs.html", {})
