"""The partnership's pages of contracts that pay on outcomes: all of them, one of them, and putting one before its party."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.history import history_of
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import money, plural
from frontend.jinja import url
from frontend.organise.access import OrganiserRequest, show
from frontend.organise.outcome_access import contract_page, may_draw_up
from frontend.outcomes.contract_words import contract_tag, measure_words, paid_when, sums, term_words, who_pays
from frontend.outcomes.heads_words import heads_rows, terms_shown
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError
from subscriptions.outcomes.models import ContractVersion, Measure, OutcomeContract
from subscriptions.outcomes.queries import items_of, outcome_contract_for, outcome_contracts_for, statements_of
from subscriptions.outcomes.services.contracting import DRAWING_UP, offer_contract

_CSV = ["number", "title", "party", "kind", "state", "from", "to", "value", "settled"]


class OutcomeContractFilter(forms.Form):
    """What the list is narrowed to."""

    kind = forms.ChoiceField(label="Kind", choices=[("", "Any"), *OutcomeContract.Kind.choices], required=False)
    state = forms.ChoiceField(label="State", choices=[("", "Any"), *OutcomeContract.State.choices], required=False)
    q = forms.CharField(label="Number, title or party", required=False, max_length=100)


@contract_page()
def contracts(request: OrganiserRequest) -> HttpResponse:
    """All contracts, the newest first, with what each has paid of its value."""
    form = OutcomeContractFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = outcome_contracts_for(request.actor)
    for name in ("kind", "state"):
        if value := wanted.get(name):
            found = found.filter(**{name: value})
    if text := wanted.get("q"):
        found = found.filter(Q(number__iexact=text) | Q(title__icontains=text) | Q(party__name__icontains=text))
    if wants_csv(request):
        return csv_response("outcome-contracts", _CSV, (_cells(one) for one in found))
    page = page_of(request, found)
    context = {
        "filter_form": form, "page_obj": page, "chosen": chosen(request, form), "csv_url": csv_url(request),
        "rows": [{"contract": one, "tag": contract_tag(one), "term": term_words(one)} for one in page],
        "count_text": plural(page.paginator.count, "contract"), "may_draw_up": may_draw_up(request),
        "empty": "No contracts are like that." if any(wanted.values()) else "No contracts yet. Draw up the first one.",
    }  # fmt: skip
    return show(request, "outcome_contracts.html", context)


def _cells(one: OutcomeContract) -> list[object]:
    return [
        one.number, one.title, one.party.name, one.get_kind_display(), one.get_state_display(), one.valid_from,
        one.valid_to, pounds(one.value_pence), pounds(one.settled_pence),
    ]  # fmt: skip


@contract_page()
def contract(request: OrganiserRequest, number: str) -> HttpResponse:
    """One contract: what it is worth and paid, its amounts, what is to be shown, statements, versions, history."""
    found = outcome_contract_for(request.actor, number)
    items = list(items_of(found))
    measures = Measure.objects.filter(contract=found).select_related("verifier").order_by("due_on", "pk")
    versions, statements = list(versions_of(found)), list(statements_of(found).select_related("contract"))
    heads = heads_rows(statements, begun_by=timezone.localdate())
    context = {
        "contract": found, "tag": contract_tag(found), "term": term_words(found), "pays": who_pays(found),
        "items": [{"item": item, "when": paid_when(item)} for item in items], "sums": sums(items),
        "measures": [{"measure": one, "target": measure_words(one)} for one in measures],
        "statements": statements, "versions": versions,
        "by_heads": terms_shown(found, timezone.localdate()), "heads": heads,
        "waits": next((one for one in versions if one.state == ContractVersion.State.PROPOSED and one.number > 1), None),
        "vat": VatTreatment(found.vat_category, found.vat_rate, found.vat_reason).words,
        "history": history_of(subject_kind="outcome_contract", subject=found.number),
        "back_url": url("organise-outcome-contracts"), **_may(request, found),
    }  # fmt: skip
    return show(request, "outcome_contract.html", context)


def versions_of(contract: OutcomeContract) -> Any:
    """The newest first, with who proposed and approved."""
    people = ("proposed_by", "approved_ours_by", "approved_theirs_by")
    return ContractVersion.objects.filter(contract=contract).select_related(*people).order_by("-number")


def _may(request: OrganiserRequest, contract: OutcomeContract) -> dict[str, bool]:
    draws, active = may_draw_up(request), contract.state == OutcomeContract.State.ACTIVE
    return {
        "may_offer": draws and contract.state == OutcomeContract.State.DRAFT,
        "may_redraft": draws and contract.state == OutcomeContract.State.DRAFT and contract.plan is not None,
        "may_vary": draws and active,
        "may_end": active and request.actor.has(Role.FINANCE_MANAGER),
    }


@contract_page(("POST",), roles=DRAWING_UP)
def offer(request: OrganiserRequest, number: str) -> HttpResponse:
    """Puts a draft before the other party."""
    found = outcome_contract_for(request.actor, number)
    try:
        offer_contract(contract=found, on=timezone.localdate(), actor=request.actor)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, f"{found.number} is with {found.party.name}: {money(found.value_pence)}. It runs once they agree."
        )
    return redirect(url("organise-outcome-contract", number=number))
