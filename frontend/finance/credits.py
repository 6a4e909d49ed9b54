"""Crediting an invoice, and the credits that a cancellation has made due."""

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.listing import page_of
from frontend.formats import long_date, money, plural
from frontend.jinja import url
from invoicing.documents.models import Document, DocumentLine
from invoicing.queries import document_for
from invoicing.receivables.credit_notes import CreditedMeanwhile, CreditPreview, left_to_credit, preview_credit
from invoicing.receivables.due_queries import credits_due_for, vat_of_credits
from invoicing.recognition.taking_back import Credited, deferred_of
from invoicing.second_person.limits import alone
from invoicing.second_person.models import Action
from invoicing.services import credit_invoice, issue_credits_due, prepare_credit
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.periods import Period


class CreditForm(forms.Form):
    """How much to credit on each line, in pounds before VAT; one field ``line_<id>`` for each with something left."""

    def __init__(self, *args: object, lines: Mapping[DocumentLine, int], invoiced_on: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.lines = lines
        self.latest = max(timezone.localdate(), invoiced_on)  # an invoice dated ahead is credited on its own day
        for line, left in lines.items():
            if left:
                self.fields[f"line_{line.pk}"] = PoundsField(
                    required=False, label=f"Credit on line {line.position}", least=0, most=left
                )
        self.fields["reason"] = forms.CharField(
            label="Reason", max_length=240, help_text="The customer reads it on the credit note"
        )
        self.fields["on"] = ShortDateField(label="Credit note date", initial=self.latest)
        self.fields["service_from"] = ShortDateField(label="For services from", required=False)
        self.fields["service_to"] = ShortDateField(
            label="For services to", required=False, help_text="The last day. Leave both dates empty for a lower price"
        )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if not self.errors and not self.amounts():
            raise forms.ValidationError("Enter how much to credit on at least one line, more than £0.00")
        first, last = cleaned.get("service_from"), cleaned.get("service_to")
        if not self.errors and bool(first) != bool(last):
            self.add_error("service_to" if first else "service_from", "Enter both days of the services, or none")
        elif first and last and last < first:
            self.add_error("service_to", "For services to must be on or after For services from")
        return cleaned

    def clean_on(self) -> object:
        if self.cleaned_data["on"] > self.latest:
            ahead = self.latest > timezone.localdate()
            when = f"on or before {long_date(self.latest)}, the invoice's day" if ahead else "today or in the past"
            raise forms.ValidationError(f"Credit note date must be {when}")
        return self.cleaned_data["on"]

    def service(self) -> Period | None:
        """The days of the services that are credited; None for a lower price."""
        first, last = self.cleaned_data.get("service_from"), self.cleaned_data.get("service_to")
        return Period(first, last + timedelta(days=1)) if first and last else None

    def amounts(self) -> dict[int, int]:
        """Pence before VAT by line id, of the lines to credit."""
        return {
            line.pk: pence for line in self.lines if (pence := self.cleaned_data.get(f"line_{line.pk}")) and pence > 0
        }


@finance_page(READ_AND_WRITE, section="finance-invoicing", to="issue credit notes")
def credit(request: FinanceRequest, number: str) -> HttpResponse:
    """Amounts and reason, then the same page with the figures and the button that issues exactly those."""
    invoice = document_for(request.actor, number)
    if invoice.kind != Document.Kind.INVOICE:
        raise NotFound("Only an invoice can be credited.")
    left = left_to_credit(invoice)
    shown = request.POST.get("left")
    if "issue" in request.POST and shown not in (None, fingerprint(left)):
        return _credited_meanwhile(request, invoice, CreditedMeanwhile(number))
    lines = _with_left(invoice, left)
    form = CreditForm(
        posted(request),
        lines=lines,
        invoiced_on=invoice.issued_on,
        initial=_all_of(lines) if "full" in request.GET else None,
    )
    if not form.is_valid():
        return _credit_page(request, invoice, form, status=400 if form.is_bound else 200)
    preview = preview_credit(invoice=invoice, amounts=form.amounts())
    if shown is None or request.POST.get("issue") != str(preview.gross_pence):
        return _credit_page(request, invoice, form, preview=preview)
    given: dict[str, Any] = {
        "amounts": form.amounts(),
        "reason": form.cleaned_data["reason"],
        "service": form.service(),
    }
    try:
        if needs_two(preview):
            asked = prepare_credit(invoice=invoice, actor=request.actor, **given)
            messages.success(request, f"Credit note of {money(asked.pence)} sent for approval. Nothing is issued yet.")
            return redirect(url("finance-prepared", pk=asked.pk))
        on = form.cleaned_data["on"]
        note = credit_invoice(invoice=invoice, on=on, left_shown=left, actor=request.actor, **given)
    except CreditedMeanwhile as error:
        return _credited_meanwhile(request, invoice, error)
    except DomainError as error:
        return _credit_page(request, invoice, form, errors=said(error), status=error.status)
    messages.success(request, f"{note.number} issued: {money(note.gross_pence)} credited on {invoice.number}.")
    return redirect(url("finance-invoice", number=note.number))


def needs_two(preview: CreditPreview | None) -> bool:
    """Whether a credit note of these figures is above what one person may issue today."""
    today = timezone.localdate()
    return preview is not None and not alone(action=Action.CREDIT_NOTE, pence=preview.gross_pence, on=today)


def fingerprint(left: Mapping[int, int]) -> str:
    """What the form posts back of what was left to credit, pence by line id, when it was shown."""
    return sha256(repr(sorted(left.items())).encode()).hexdigest()[:16]


def _with_left(invoice: Document, left: Mapping[int, int]) -> dict[DocumentLine, int]:
    return {line: left[line.pk] for line in invoice.lines.order_by("position")}


def _credited_meanwhile(request: FinanceRequest, invoice: Document, error: CreditedMeanwhile) -> HttpResponse:
    """What is left by now, with no amount filled in: the person decides anew."""
    lines = _with_left(invoice, left_to_credit(invoice))
    form = CreditForm(lines=lines, invoiced_on=invoice.issued_on, initial={"reason": request.POST.get("reason", "")})
    return _credit_page(request, invoice, form, errors=said(error), status=error.status)


def _all_of(lines: Mapping[DocumentLine, int]) -> dict[str, int]:
    return {f"line_{line.pk}": left for line, left in lines.items() if left}


def _credit_page(
    request: FinanceRequest,
    invoice: Document,
    form: CreditForm,
    *,
    preview: CreditPreview | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    taken = [Credited(pk, pence, form.service()) for pk, pence in form.amounts().items()] if preview else []
    context = {
        "invoice": invoice, "form": form, "deferred_pence": sum(deferred_of(taken).values()), "lines": form.lines, "left_pence": sum(form.lines.values()),
        "left_shown": fingerprint({line.pk: left for line, left in form.lines.items()}),
        "preview": preview, "needs_two": needs_two(preview), "errors": errors, "back_url": url("finance-invoice", number=invoice.number),
    }  # fmt: skip
    return show(request, "credit.html", context, status=status)


@finance_page(READ_AND_WRITE, section="finance-invoicing")
def due(request: FinanceRequest) -> HttpResponse:
    """Credits that a cancellation made due after invoicing, issued together: one credit note an invoice."""
    rows = list(credits_due_for(request.actor))
    net_pence = sum(row.pence for row in rows)
    errors: list[str] = []
    if request.method == "POST" and request.POST.get("shown") != str(net_pence):
        errors = ["The credits due changed since you looked. Nothing was issued. Look again and decide."]
    elif request.method == "POST":
        keys = [row.charge.source_key for row in rows]
        try:
            notes = issue_credits_due(charge_source_keys=keys, on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            errors = said(error)
        else:
            total = money(sum(note.gross_pence for note in notes))
            messages.success(request, f"{plural(len(notes), 'credit note')} issued, {total}.")
            return redirect(f"{url('finance-invoices')}?kind=credit_note")
    vat = vat_of_credits(rows)
    context = {
        "page_obj": page_of(request, rows),
        "vat": vat,
        "vat_pence": sum(vat.values()),
        "count": len(rows),
        "invoices": len({row.charge.document_line.document_id for row in rows if row.charge.document_line}),
        "net_pence": net_pence,
        "errors": errors,
    }
    return show(request, "credits_due.html", context, status=409 if errors else 200)
