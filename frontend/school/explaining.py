"""Explain a figure: an amount on an invoice line opened into the steps of its price, and who ordered it when."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend.buying import SignedInRequest, buyer_for
from frontend.finance.history import history_of
from frontend.school.invoices import own_document
from frontend.school.vat import vat_label
from invoicing.documents.models import DocumentLine
from invoicing.receivables.models import Charge
from marketplace.core.actors import INVOICED
from marketplace.core.errors import NotFound
from marketplace.trading.models import OrderLine
from marketplace.trading.purchases import own_codes_of


@login_required
@require_safe
def explain(request: SignedInRequest, kind: str, code: str, number: str, position: int) -> HttpResponse:
    """One line of an invoice or credit note: a sentence, its parts with their sum, and where each comes from."""
    buyer = buyer_for(request, kind, code, INVOICED)
    document = own_document(buyer, request, number)
    line = document.lines.filter(position=position).select_related("credits_line__document").first()
    if line is None:
        raise NotFound("Page not found")
    charge = Charge.objects.filter(document_line=line.credits_line or line).first()
    ordered = _order_line(charge)
    context = {
        "buyer": buyer,
        "document": document,
        "line": line,
        "vat": vat_label(line.vat_category, line.vat_rate),
        "quantity": f"{line.quantity.normalize():f}",
        "steps": _steps(line, ordered),
        "charge": charge,
        "own_code": own_codes_of(request.actor, [document.pk]).get(line.pk, ""),
        "ordered": ordered,
        "reductions": list(charge.reductions.order_by("pk")) if charge and line.credits_line is None else [],
        "history": history_of(subject_kind="charge", subject=str(charge.pk)) if charge else [],
        "back_url": buyer.url("school-invoice", number=number),
    }
    return render(request, "school/explain.html", context)


def _order_line(charge: Charge | None) -> OrderLine | None:
    if charge is None:
        return None
    lines = OrderLine.objects.select_related("order__placed_by_person", "school")
    return lines.filter(charge_source_key=charge.source_key).first()


def _steps(line: DocumentLine, ordered: OrderLine | None) -> list[dict[str, Any]]:
    """The steps of the quote with their pence where an order kept them, otherwise the working on the line.

    The order's last step is its VAT, which an invoice works out anew over its whole rate group.
    """
    if line.credits_line_id is None and ordered is not None:
        return list(ordered.steps[:-1])
    return [{"text": text, "pence": None} for text in line.working]
