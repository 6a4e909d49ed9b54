"""Selling in the names of other suppliers: the suppliers, their mandates, and what is due to each."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.agency_forms import HUNDRED, EndForm, MandateForm
from frontend.finance.listing import page_of
from frontend.formats import long_date, money
from frontend.jinja import url
from invoicing.agency.models import AgencySettlement
from invoicing.agency.queries import (
    mandates_for,
    open_mandate,
    settlements_for,
    standing_for,
    supplier_for,
    suppliers_for,
)
from invoicing.agency.settling import Proposed, propose_settlement
from invoicing.mandates.models import SalesMandate
from invoicing.services import end_mandate, grant_mandate, prepare_settlement
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.organisations.models import Organisation

RECORD = "record mandates"
# The tag of each state: who acts next.
TAGS = {"prepared": "waiting", "approved": "to pay", "paid": "paid", "withdrawn": "withdrawn"}


def percent(mandate: SalesMandate) -> str:
    """ "10%", "7.5%"."""
    return f"{(mandate.fee_rate * HUNDRED).normalize():f}%"


@finance_page(section="finance-invoicing")
def agency(request: FinanceRequest) -> HttpResponse:
    """Every supplier in whose name we sell, with what was collected and what of it is due."""
    page = page_of(request, suppliers_for(request.actor))
    context = {
        "page_obj": page, "rows": standing_for(request.actor, list(page)), "percent": percent, "tags": TAGS,
        "may_manage": request.actor.has(Role.FINANCE_MANAGER),
    }  # fmt: skip
    return show(request, "agency.html", context)


@finance_page(READ_AND_WRITE, section="finance-invoicing", to=RECORD)
def new_mandate(request: FinanceRequest) -> HttpResponse:
    """Records that we sell in a supplier's name from a day on."""
    request.actor.require(Role.FINANCE_MANAGER, to=RECORD)
    initial = {"valid_from": timezone.localdate(), "supplier": request.GET.get("supplier", "")[:12]}
    form = MandateForm(posted(request), actor=request.actor, initial=initial)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = grant_mandate(
                supplier=given["supplier"], valid_from=given["valid_from"], fee_rate=form.fee_rate,
                prefix=given["letters"], evidence=given["evidence"], actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
            status = error.status
        else:
            messages.success(request, f"We sell for {made.supplier.name} from {long_date(made.valid_from)} on.")
            return redirect(url("finance-agency-supplier", number=made.supplier.number))
    return show(request, "agency_mandate.html", {"form": form, "back_url": url("finance-agency")}, status=status)


@finance_page(READ_AND_WRITE, section="finance-invoicing")
def supplier(request: FinanceRequest, number: str) -> HttpResponse:
    """One supplier: its mandates, what is due now invoice by invoice, and its settlements."""
    found = supplier_for(request.actor, number)
    mandate = open_mandate(request.actor, found)
    ends = request.POST.get("do") == "end"
    form = EndForm(posted(request) if ends else None)
    errors, status = [], 400 if ends else 200
    if request.method == "POST" and (form.is_valid() or not ends):
        try:
            return _done(request, found, mandate, form)
        except DomainError as error:
            errors, status = said(error), error.status
    return show(request, "agency_supplier.html", _context(request, found, mandate, form, errors), status=status)


def _done(request: FinanceRequest, found: Organisation, mandate: SalesMandate | None, form: EndForm) -> HttpResponse:
    """What the button says: a settlement is prepared, or the mandate ends."""
    here = url("finance-agency-supplier", number=found.number)
    if request.POST.get("do") == "prepare":
        made = prepare_settlement(supplier=found, on=timezone.localdate(), actor=request.actor)
        messages.success(request, f"{made.number}, {money(made.pence)}, waits for approval. Nothing is posted yet.")
        return redirect(url("finance-settlement", number=made.number))
    if request.POST.get("do") != "end":
        raise WrongInput("Choose what to do")
    if mandate is None:
        raise WrongInput(f"Every mandate of {found.name} has an end already")
    end_mandate(mandate=mandate, valid_to=form.cleaned_data["valid_to"], actor=request.actor)
    messages.success(
        request, f"From {long_date(form.cleaned_data['valid_to'])} on nothing more is sold for {found.name}."
    )
    return redirect(here)


def _context(
    request: FinanceRequest, found: Organisation, mandate: SalesMandate | None, form: EndForm, errors: list[str]
) -> dict[str, Any]:
    [standing] = standing_for(request.actor, [found])
    proposed = propose_settlement(supplier=found, on=timezone.localdate())
    manages = request.actor.has(Role.FINANCE_MANAGER)
    waiting = standing.waiting if _waits(standing.waiting) else None
    return {
        "supplier": found, "standing": standing, "proposed": proposed, "errors": errors, "form": form,
        "sentence": _sentence(found, proposed), "waiting": waiting, "percent": percent, "tags": TAGS,
        "mandates": list(mandates_for(request.actor).filter(supplier=found)),
        "page_obj": page_of(request, settlements_for(request.actor).filter(supplier=found)),
        "may_prepare": request.actor.has(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER) and waiting is None
        and proposed.pence > 0,
        "may_manage": manages, "may_end": manages and mandate is not None, "back_url": url("finance-agency"),
    }  # fmt: skip


def _waits(settlement: AgencySettlement | None) -> bool:
    return settlement is not None and settlement.state == AgencySettlement.State.PREPARED


def _sentence(found: Organisation, proposed: Proposed) -> str:
    """What a settlement of today would pay, and how it comes about."""
    if proposed.pence <= 0 and proposed.collected < 0:
        return (
            f"{money(-proposed.collected)} more was paid over to {found.name} than is its own by now. "
            "It is taken from the next settlement."
        )
    if proposed.pence <= 0:
        return f"Nothing is due to {found.name}: what its customers have paid was paid over."
    start = f"{money(proposed.pence)} would be paid to {found.name}: {money(proposed.collected)} collected"
    if not proposed.fee_net:
        return f"{start}, without a fee of ours."
    if not proposed.fee_tax:
        return f"{start}, less our fee {money(proposed.fee_net)}, on which no VAT is due."
    return f"{start}, less our fee {money(proposed.fee_net)} and its VAT {money(proposed.fee_tax)}."
