"""The remittance advice of a payment, for the provider that is paid."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.offer_queries import provider_for
from frontend.buying import SignedInRequest
from invoicing.paying_out.advice import advice_number, advice_of
from invoicing.paying_out.queries import payments_for
from marketplace.core.errors import NotFound


@login_required
@require_safe
def remittance(request: SignedInRequest, provider: str, pk: int) -> HttpResponse:
    """Which invoices the payment pays, and what is taken from it, as a PDF."""
    found = provider_for(request.actor, provider)
    payments = payments_for(request.actor).select_related("batch", "provider", "payee_account")
    line = payments.filter(provider=found.organisation_id, pk=pk).first()
    if line is None:
        raise NotFound("There is no such payment.")
    content = advice_of(line, written_on=timezone.localdate(), demonstration=settings.DEMONSTRATION)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{advice_number(line)}.pdf"'
    return response
