"""The bank account into which a provider is paid: what is in force, and asking for another."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.offer_queries import provider_for
from frontend.buying import SignedInRequest
from frontend.finance.access import posted, said
from frontend.finance.payment_forms import AccountForm
from frontend.jinja import url
from invoicing.payees.models import PayeeAccount
from invoicing.payees.queries import holds_on, modulus_table, payee_accounts_for
from invoicing.payees.services import ask_account
from invoicing.paying_out.queries import payments_for
from marketplace.core.errors import DomainError

_SHOWN = 12


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bank_account(request: SignedInRequest, provider: str) -> HttpResponse:
    """Masked for everybody; a new one is confirmed by us before anything is paid into it."""
    found = provider_for(request.actor, provider)
    form = AccountForm(posted(request))
    if form.is_valid():
        given = form.cleaned_data
        try:
            ask_account(
                organisation=found.organisation, account_name=given["account_name"], sort_code=given["sort_code"],
                account_number=given["account_number"], on=timezone.localdate(), actor=request.actor,
                table=modulus_table(settings.MODULUS_TABLE),
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, "We have it. We call you on the number that we know before we confirm it.")
            return redirect(url("provider-bank-account", provider=provider))
    rows = payee_accounts_for(request.actor).filter(organisation=found.organisation)
    context = {
        "provider": found, "form": form, "rows": list(rows[:_SHOWN]),
        "in_force": rows.filter(state=PayeeAccount.State.CONFIRMED).first(),
        "asked": rows.filter(state=PayeeAccount.State.ASKED).first(),
        "holds": holds_on([found.organisation_id]).get(found.organisation_id, []),
        "payments": list(payments_for(request.actor).filter(provider=found.organisation)[:_SHOWN]),
    }  # fmt: skip
    return render(request, "provider/bank_account.html", context, status=400 if form.is_bound else 200)
