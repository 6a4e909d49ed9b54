"""Download for a finance system: invoices and credit notes between two dates, in the layout that it takes in."""

import csv
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.fields import DatePartsField
from frontend.formats import long_date, plural
from frontend.school.export_layouts import LAYOUTS, ExportLine, cells_of
from frontend.school.settlement import documents_of
from invoicing.documents.models import Document, DocumentLine
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.organisations.queries import partnership
from marketplace.trading.budget_queries import code_scheme_of, year_of
from marketplace.trading.purchases import own_codes_of
from marketplace.trading.rules.budgets import AAR

MOST_LINES = 20_000
SUPPLIER_LIMIT = 20


class ExportForm(forms.Form):
    """Which system, and from when to when, both days included."""

    system = forms.ChoiceField(
        label="Your finance system",
        choices=[(key, layout.name) for key, layout in LAYOUTS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose your finance system"},
    )
    supplier = forms.CharField(label="Your code for us as a supplier", required=False, max_length=SUPPLIER_LIMIT)
    first = DatePartsField(label="First day")
    last = DatePartsField(label="Last day")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", f"Last day must be on or after {long_date(given['first'])}")
        return given


def _form(request: SignedInRequest, buyer: Buyer) -> ExportForm:
    on = timezone.localdate()
    usual = {"first": year_of(buyer.organisation, on).start, "last": on, "system": "fms6"}
    return ExportForm(request.GET) if request.GET else ExportForm(initial=usual)


@login_required
@require_safe
def exports(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The choice, and what the file will hold: how many documents, and their sums."""
    buyer = buyer_for(request, kind, code)
    form = _form(request, buyer)
    found = None
    if form.is_bound and form.is_valid():
        found = _summary(export_lines(request.actor, buyer, form.cleaned_data["first"], form.cleaned_data["last"]))
    context = {
        "buyer": buyer,
        "form": form,
        "hints": {key: layout.words for key, layout in LAYOUTS.items()},
        "found": found,
        "file_url": f"{buyer.url('school-export-file')}?{urlencode(request.GET)}",
        "back_url": buyer.url("school-invoices"),
    }
    return render(request, "school/exports.html", context, status=400 if form.errors else 200)


def _summary(lines: list[ExportLine]) -> dict[str, Any]:
    numbers = {(line.credit, line.number) for line in lines}
    sign = [(-1 if line.credit else 1, line) for line in lines]
    return {
        "lines": len(lines),
        "too_many": len(lines) > MOST_LINES,
        "words": f"{plural(len([1 for credit, _ in numbers if not credit]), 'invoice')} and "
        f"{plural(len([1 for credit, _ in numbers if credit]), 'credit note')}",
        "net": str(Money(sum(s * line.net for s, line in sign))),
        "vat": str(Money(sum(s * line.vat for s, line in sign))),
        "gross": str(Money(sum(s * line.gross for s, line in sign))),
    }


@login_required
@require_safe
def export_file(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The file. With a choice that cannot be, the page says what to mend."""
    buyer = buyer_for(request, kind, code)
    form = ExportForm(request.GET)
    if not form.is_valid():
        return exports(request, kind, code)
    given, layout = form.cleaned_data, LAYOUTS[form.cleaned_data["system"]]
    lines = export_lines(request.actor, buyer, given["first"], given["last"])[:MOST_LINES]
    response = HttpResponse(content_type=f"text/csv; charset={layout.encoding}")
    name = f"{given['system']}-{buyer.organisation.number}-{given['first'].isoformat()}-{given['last'].isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(layout.header)
    writer.writerows(cells_of(layout, line, given["supplier"] or "") for line in lines)
    return response


def export_lines(actor: Actor, buyer: Buyer, first: date, last: date) -> list[ExportLine]:
    """The lines of every invoice and credit note to the buyer or its schools issued on these days, both included."""
    documents = documents_of(buyer, actor).filter(
        issued_on__gte=first, issued_on__lte=last, kind__in=[Document.Kind.INVOICE, Document.Kind.CREDIT_NOTE]
    )
    found = {one.pk: one for one in documents.order_by()}
    own = own_codes_of(actor, found)
    academies = code_scheme_of(buyer.organisation) == AAR
    lines = DocumentLine.objects.filter(document_id__in=found).order_by(
        "document__issued_on", "document_id", "position"
    )
    return list(_lines(found, lines, own, academies, partnership().pk))


def _lines(
    documents: dict[int, Any], lines: Iterable[DocumentLine], own: dict[int, str], academies: bool, us: int
) -> Iterable[ExportLine]:
    for line in lines:
        document = documents[line.document_id]
        ours = line.aar_code if academies else line.cfr_code
        yield ExportLine(
            credit=document.kind == Document.Kind.CREDIT_NOTE,
            ours=document.supplier_id == us,
            number=document.number,
            issued_on=document.issued_on,
            due_on=document.due_on,
            supplier=document.seller.get("name", ""),
            customer=document.buyer.get("name", ""),
            school=line.consumer_name,
            purchase_order=line.purchase_order or document.purchase_order,
            code=own.get(line.pk, ours),
            our_code=ours,
            description=line.description,
            vat_category=line.vat_category,
            vat_rate=f"{(line.vat_rate * 100).normalize():f}%",
            net=line.net_pence,
            vat=line.vat_pence,
        )
