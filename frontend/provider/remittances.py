"""The remittance advice of a payment, for the provider that is paid."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.offer_queries import provider_for
from frontend.buying import SignedInRequest
from invoicing.paying_out.queries import payments_for
from invoicing.provider_invoices.remittance import remittance_advice
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
    content = remittance_advice(
        number=f"{line.batch.number}-{line.position}", provider=line.provider, paid_on=line.batch.pay_on,
        written_on=line.batch.released_on or timezone.localdate(), account=line.payee_account.account_number[-4:],
        pence={part.provider_invoice_id: abs(part.pence) for part in line.parts.all()},
        demonstration=settings.DEMONSTRATION,
    )  # fmt: skip
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{line.batch.number}-{line.position}.pdf"'
    return response
