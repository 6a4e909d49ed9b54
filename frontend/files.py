"""Private files: always saved, never shown in the page, and every sight recorded."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from frontend.buying import SignedInRequest
from marketplace.core.api.binary import file_answer
from marketplace.core.files import open_file


@login_required
@never_cache
@require_GET
def file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The file for whoever may see what it belongs to; for everybody else there is no such page."""
    found = open_file(file_id=pk, actor=request.actor)
    return file_answer(bytes(found.content), kind=found.content_type, name=found.name)
