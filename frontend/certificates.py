"""Certificates: the paper for whoever it concerns; for anybody whether a number is valid, never whose it is."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.buying import SignedInRequest
from frontend.notices.readers import absolute
from marketplace.trading.certificate_paper import CertificatePaper, render_certificate
from marketplace.trading.models import Certificate
from marketplace.trading.queries_of_days import certificate_by_number, certificate_for


@never_cache
@require_safe
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Whether a certificate is valid, for which course and day."""
    found = certificate_by_number(number)
    valid = found is not None and found.withdrawn_on is None
    context = {"number": number.upper(), "certificate": found if valid else None}
    return render(request, "public/certificate.html", context, status=200 if valid else 404)


@login_required
@require_safe
def paper(request: SignedInRequest, number: str) -> HttpResponse:
    """The PDF, for its person, their school and organisers."""
    found = certificate_for(request.actor, number)
    response = HttpResponse(certificate_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return response


def certificate_pdf(found: Certificate) -> bytes:
    """The paper of a certificate, from what stands today: a name that was corrected is right on it."""
    run = found.booking.run
    return render_certificate(
        CertificatePaper(
            number=found.number,
            name=found.booking.delegate_name,
            course=run.offer.title,
            provider=run.offer.provider.organisation.name,
            school=found.booking.school.name,
            first=run.starts_on,
            last=run.ends_on,
            minutes=found.minutes,
            attended=found.attended,
            meetings=found.meetings,
            issued_on=found.issued_on,
            partnership=settings.PARTNERSHIP_NAME,
            check_at=absolute(reverse("certificate-check", kwargs={"number": found.number})),
            demonstration=settings.DEMONSTRATION,
        )
    )
