"""Private files: always saved, never shown in the page, and every sight recorded."""

from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from frontend.buying import SignedInRequest
from marketplace.core.files import open_file


@login_required
@never_cache
@require_GET
def file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The file for whoever may see what it belongs to; for everybody else there is no such page."""
    found = open_file(file_id=pk, actor=request.actor)
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    plain = found.name.encode("ascii", "replace").decode().replace("?", "_")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
