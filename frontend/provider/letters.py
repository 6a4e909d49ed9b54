"""The letter of assurance for a school's single central record: a page and a PDF. Each sight is recorded."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.buying import SignedInRequest, buyer_for
from frontend.provider.accreditation import last_day
from providers.directory.papers import render_letter
from providers.queries import letter_of_assurance


@never_cache
@login_required
@require_safe
def letter(request: SignedInRequest, kind: str, code: str, consultant: str) -> HttpResponse:
    """The checks with their dates."""
    buyer = buyer_for(request, kind, code)
    found = letter_of_assurance(
        actor=request.actor, school=buyer.organisation, code=consultant, on=timezone.localdate()
    )
    context = {
        "letter": found, "last_day": last_day,
        "file_url": buyer.url("school-consultant-letter-file", consultant=consultant),
    }  # fmt: skip
    return render(request, "consultants/letter.html", context)


@never_cache
@login_required
@require_safe
def letter_file(request: SignedInRequest, kind: str, code: str, consultant: str) -> HttpResponse:
    """The same as a PDF, made anew from what stands today."""
    buyer = buyer_for(request, kind, code)
    found = letter_of_assurance(
        actor=request.actor, school=buyer.organisation, code=consultant, on=timezone.localdate()
    )
    made = render_letter(found, partnership=settings.PARTNERSHIP_NAME, demonstration=settings.DEMONSTRATION)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="assurance-{found.consultant.code}.pdf"'
    return response
