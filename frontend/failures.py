"""The pages for what cannot be shown: they read nothing that could fail once more."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's view for a form without its token: the page was open too long, or cookies are off."""
    return render(request, "errors/403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without the request, so without the database and the session, either of which may be what failed."""
    if request.path.startswith("/api/"):
        refusal = {"code": "our_fault", "message": "Something failed on our side. Nothing was done.", "detail": []}
        return JsonResponse(refusal, status=500)
    return HttpResponse(get_template("errors/500.html").render({}), status=500)
