"""What a school may download by its licences, renewing them, and what it earns by what it wrote."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from catalogue.services.resources import open_resource_file
from frontend.buying import TRUST, Buyer, SignedInRequest, buyer_for, receivers_for
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import long_date, plural
from marketplace.core.actors import BUYING
from marketplace.core.api.binary import file_answer
from marketplace.core.errors import DomainError
from marketplace.core.models import StoredFile
from marketplace.organisations.models import Organisation
from marketplace.trading.licence_queries import (
    USERS,
    file_for,
    files_of,
    licence_of,
    licences_of,
    may_renew,
    royalties_of,
    runs,
    sales_of,
    summed,
)
from marketplace.trading.services.licences import renew_licence

PER_PAGE = 25
ROYALTY_HEADER = ["date", "what_for", "sold", "royalty", "taken_off", "owed_to_you", "waits_for_payment", "state"]
ROYALTY_STATES = {
    "waiting": "Waits for the buyer to pay", "owed": "Owed to you", "cancelled": "Given back to the buyer",
}  # fmt: skip


def _reader_of(request: SignedInRequest, kind: str, code: str) -> tuple[Buyer, list[Organisation]]:
    """The organisation of the address for who buys or teaches there, and whose licences stand on its pages."""
    buyer = buyer_for(request, kind, code, USERS)
    if not request.acting_for["may_buy"]:  # somebody who teaches with it, and neither buys nor reads invoices
        request.acting_for |= {"label": "Resources of", "deputy": True}
    held = receivers_for(buyer, request.actor) if buyer.kind == TRUST else [buyer.organisation]
    return buyer, held


@login_required
@require_safe
def resources(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Every licence, the latest to end first, each with its files while it runs. A few queries, whatever it lists."""
    buyer, held = _reader_of(request, kind, code)
    on = timezone.localdate()
    page = page_of(request, licences_of(request.actor, held, on=on), per_page=PER_PAGE)
    files = files_of([licence.offer_id for licence in page])
    rows = [
        {
            "licence": licence,
            "files": files[licence.offer_id] if runs(licence, on) else [],
            "runs": runs(licence, on),
            "comes": licence.revoked_on is None and licence.starts > on,
            "renews": request.acting_for["may_buy"] and may_renew(licence, on),
        }
        for licence in page
    ]
    context = {
        "buyer": buyer, "page_obj": page, "rows": rows, "several": len(held) > 1,
        "count_text": plural(page.paginator.count, "licence"), "may_buy": request.acting_for["may_buy"],
    }  # fmt: skip
    return render(request, "school/resources.html", context)


@login_required
@never_cache
@require_GET
def resource_file(request: SignedInRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """One file, saved and never shown in the page, while a licence runs; every download is recorded."""
    _, held = _reader_of(request, kind, code)
    file, licence = file_for(request.actor, held, pk, on=timezone.localdate())
    stored = open_resource_file(file=file, organisation_id=licence.organisation_id, actor=request.actor)
    return as_attachment(stored)


def as_attachment(stored: StoredFile) -> HttpResponse:
    """A file as browsers save it: by its own name, and never run."""
    return file_answer(bytes(stored.content), kind=stored.content_type, name=stored.name)


@login_required
@require_POST
def renew(request: SignedInRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Puts the next term into the basket, from the day on which this one ends."""
    buyer = buyer_for(request, kind, code)
    on = timezone.localdate()
    licence = licence_of(request.actor, receivers_for(buyer, request.actor), pk, on=on)
    try:
        line = renew_licence(licence=licence, organisation=buyer.organisation, on=on, actor=request.actor)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(buyer.url("school-resources"))
    starts = long_date(line.service_from) if line.service_from else ""
    messages.success(request, f"{licence.offer.title} from {starts} is in your basket. Nothing is ordered yet.")
    return redirect(buyer.url("school-basket"))


@login_required
@require_safe
def royalties(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """What the school earned by what it wrote: each sale without its buyer, and the sums of all."""
    buyer = buyer_for(request, kind, code, BUYING)
    rows = royalties_of(request.actor, buyer.organisation)
    if wants_csv(request):
        return _royalties_csv(buyer, list(rows))
    page = page_of(request, rows, per_page=PER_PAGE)
    context: dict[str, Any] = {
        "buyer": buyer, "page_obj": page, "sums": summed(rows), "sales": sales_of(list(page)),
        "states": ROYALTY_STATES, "csv_url": csv_url(request), "count_text": plural(page.paginator.count, "sale"),
    }  # fmt: skip
    return render(request, "school/royalties.html", context)


def _royalties_csv(buyer: Buyer, rows: list[Any]) -> HttpResponse:
    sales = sales_of(rows)
    cells = (
        [row.made_on, row.description, pounds(sales[row.pk]), pounds(row.net_pence), pounds(row.reduced_pence),
         pounds(row.owed_pence), pounds(row.waiting_pence), ROYALTY_STATES[row.state]]
        for row in rows
    )  # fmt: skip
    return csv_response(f"royalties-{buyer.code}", ROYALTY_HEADER, cells)
