"""What an agreement's page says of terms of service and promises, and the page that shows one version of terms."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.fields import ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, said, show
from frontend.jinja import url
from frontend.organise.service_terms_forms import promise_words
from marketplace.core.errors import DomainError, NotFound
from subscriptions.agreements.models import Agreement
from subscriptions.models import TermsDocument
from subscriptions.queries import acceptances_of, agreements_for, promises_of, terms_to_accept
from subscriptions.services import record_paper
from subscriptions.slas.queries import terms_for

OFFERED = Agreement.State.OFFERED


def terms_facts(agreement: Agreement, on: date) -> dict[str, Any]:
    """For agreements/_documents.html: what was accepted, what accepting it now would accept, and what it promises."""
    lines = agreement.lines.exclude(offer=None).order_by("slot", "valid_from")
    current = {line.slot: line for line in lines if line.valid_from <= max(on, agreement.term_from)}
    promised = [(line.title, [promise_words(one) for one in promises_of(line)]) for line in current.values()]
    return {
        "acceptances": list(acceptances_of(agreement)),
        "to_accept": terms_to_accept(agreement, on) if agreement.state == OFFERED else [],
        "promised": [(title, rows) for title, rows in promised if rows],
    }


@require_safe
def terms_of_service(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """One version, to read or print; whoever is sent its address may, once it is published."""
    found = terms_for(request.actor, code, version)  # type: ignore[attr-defined]
    newer = TermsDocument.objects.filter(code=code, version__gt=version, published_on__isnull=False).order_by(
        "-version"
    )
    return render(request, "public/terms_of_service.html", {"terms": found, "newer": newer.first()})


class PaperTermsForm(forms.Form):
    """Terms that were signed on paper."""

    terms = forms.ChoiceField(label="Version that was signed")
    signed_on = ShortDateField(label="Signed on")
    note = forms.CharField(
        label="Reference of the paper", max_length=120, help_text="Where it is kept. Name no person",
        error_messages={"required": "Enter the reference of the paper"},
    )  # fmt: skip
    scan = forms.FileField(label="Scan", help_text="PDF, PNG or JPEG, up to 10 MB", allow_empty_file=True)

    def __init__(self, *args: Any, versions: list[TermsDocument], **more: Any) -> None:
        super().__init__(*args, **more)
        self.versions = {str(one.pk): one for one in versions}
        self.fields["terms"].choices = [(key, str(one)) for key, one in self.versions.items()]  # type: ignore[attr-defined]


@finance_page(READ_AND_WRITE, section="finance-customers", to="record what was signed on paper")
def paper_terms(request: FinanceRequest, number: str) -> HttpResponse:
    """Finance records terms of service that a customer signed on paper, with the scan."""
    found = agreements_for(request.actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no agreement {number}.")
    on, here = timezone.localdate(), url("finance-agreement", number=number)
    accepted = [one.terms_id for one in acceptances_of(found)]
    versions = list(TermsDocument.objects.filter(published_on__lte=on).exclude(pk__in=accepted).defer("body"))
    sent = request.method == "POST"
    form = PaperTermsForm(request.POST if sent else None, request.FILES if sent else None, versions=versions)
    errors: list[str] = []
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = record_paper(
                agreement=found, terms=form.versions[given["terms"]], signed_on=given["signed_on"], note=given["note"],
                scan=given["scan"].file, scan_name=given["scan"].name, on=on, actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            errors = said(error)
        else:
            messages.success(request, f"{made.terms} is recorded as accepted on paper.")
            return redirect(here)
    context = {"agreement": found, "form": form, "versions": versions, "errors": errors, "back_url": here}
    return show(request, "agreement_terms.html", context, status=400 if sent else 200)
