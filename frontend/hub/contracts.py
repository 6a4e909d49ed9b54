"""A contract as its other party meets it: its terms, agreeing or declining it, its statements, who stands in for the lead."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch
from django.utils import timezone

from frontend.finance.access import said
from frontend.formats import long_date, money
from frontend.hub.access import READ_AND_WRITE, HubRequest, hub_page, show
from frontend.hub.forms import DeclineForm, DeputyForm
from frontend.hub.words import partial_words, target_words
from frontend.jinja import url
from frontend.outcomes.contract_words import contract_tag, paid_when, term_words, who_pays
from frontend.outcomes.heads_words import terms_shown
from frontend.outcomes.varying import may_vary
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.wording import period_words
from subscriptions.outcomes.acting import claimant_organisation, names_deputies, person_there
from subscriptions.outcomes.models import ContractPerson, ContractVersion, OutcomeContract, Statement
from subscriptions.outcomes.queries import items_of, statements_of
from subscriptions.outcomes.services.claiming import end_deputy, name_deputy
from subscriptions.outcomes.services.contracting import AGREEING, agree_contract, decline_contract


@hub_page(READ_AND_WRITE, section="hub-contract")
def contract(request: HubRequest) -> HttpResponse:
    """The terms in words; where it is offered, agreeing and declining."""
    found, on = request.contract, timezone.localdate()
    if request.method == "POST" and not _binds(request):
        raise NotAllowed("You may look at this contract, not agree or decline it.")
    declining = request.POST.get("do") == "decline"
    form = DeclineForm(request.POST if declining else None)
    errors: list[dict[str, str]] = []
    if request.method == "POST" and (not declining or form.is_valid()):
        try:
            if declining:
                decline_contract(contract=found, reason=form.cleaned_data["reason"], on=on, actor=request.actor)
                messages.success(request, f"{found.number} is declined. The partnership is told why.")
            else:
                agree_contract(contract=found, on=on, actor=request.actor)
                messages.success(request, f"{found.number} is agreed and in force.")
            return redirect(url("hub-contract", number=found.number))
        except DomainError as error:
            errors = [{"text": sentence} for sentence in said(error)]
    context = _terms(request) | {"form": form, "errors": errors}
    return show(request, "contract.html", context, status=400 if errors or form.errors else 200)


def _terms(request: HubRequest) -> dict[str, Any]:
    found = request.contract
    binds = _binds(request)
    offered = found.state == OutcomeContract.State.OFFERED
    facts = [
        ("Between", f"The partnership and {found.party.name}"),
        ("Term", term_words(found)),
        ("Who pays", who_pays(found)),
        ("At most", f"{money(found.value_pence)} before VAT"),
        ("So far", f"{money(found.settled_pence)} on frozen statements"),
    ]
    if found.retention:
        facts.append(("Held back", f"{found.retention * 100:.4g}% of each statement"))
    versions = ContractVersion.objects.filter(contract=found, number__gt=1).order_by("-number")
    return {
        "state": contract_tag(found, theirs=offered and binds),
        "facts": [{"key": key, "value": value} for key, value in facts],
        "items": [(one, paid_when(one)) for one in items_of(found)],
        "measures": [
            (one, target_words(one), partial_words(one) if one.target is not None else "")
            for one in found.measures.select_related("verifier").order_by("due_on", "pk")
        ],
        "versions": [(one, long_date(one.valid_from)) for one in versions],
        "by_heads": terms_shown(found, timezone.localdate()),
        "may_decide": offered and binds,
        "may_name": _is_lead(request),
        "may_vary": may_vary(found, request.actor),
    }


def _binds(request: HubRequest) -> bool:
    """Whether the actor may bind the contract's other party."""
    roles = AGREEING[OutcomeContract.Side(request.contract.side)]
    return request.contract.party_id in request.actor.organisations(*roles)


@hub_page(section="hub-statements")
def statements(request: HubRequest) -> HttpResponse:
    """What each statement paid or will, by its day."""
    rows = [(one, _days(one), _address(one, request.contract)) for one in statements_of(request.contract)]
    return show(request, "statements.html", {"rows": rows})


def _days(statement: Statement) -> str:
    return period_words(statement.service_from, statement.cut_off + timedelta(days=1))


def _address(statement: Statement, contract: OutcomeContract) -> str:
    """The page of one statement, for both sides."""
    try:
        return url("outcome-statement", number=contract.number, ordinal=statement.ordinal)
    except NoReverseMatch:
        return ""


@hub_page(READ_AND_WRITE, section="hub-contract")
def deputies(request: HubRequest) -> HttpResponse:
    """Who stands in for the lead, now and later; naming and ending one."""
    found, on = request.contract, timezone.localdate()
    if not _is_lead(request):
        raise NotFound("Page not found")
    ending = request.POST.get("do") == "end"
    form = DeputyForm(request.POST if request.method == "POST" and not ending else None)
    errors: list[dict[str, str]] = []
    if request.method == "POST" and (ending or form.is_valid()):
        try:
            messages.success(request, _end(request, on) if ending else _name(request, form, on))
            return redirect(url("hub-deputies", number=found.number))
        except DomainError as error:
            errors = [{"text": sentence} for sentence in said(error)]
    held = ContractPerson.objects.filter(contract=found).select_related("person").order_by("-valid_from", "-pk")
    context = {
        "rows": [(one, _until(one), one.valid_to is None or one.valid_to > on) for one in held],
        "form": form,
        "errors": errors,
        "back_url": url("hub-contract", number=found.number),
    }
    return show(request, "deputies.html", context, status=400 if errors or form.errors else 200)


def _is_lead(request: HubRequest) -> bool:
    """Who claims by a role of their own, where the partnership pays."""
    return names_deputies(request.contract, request.actor)


def _until(deputy: ContractPerson) -> str:
    return long_date(deputy.valid_to - timedelta(days=1)) if deputy.valid_to else "No end"


def _name(request: HubRequest, form: DeputyForm, on: date) -> str:
    """Somebody with a sign-in and a role at the lead's organisation."""
    given, owner = form.cleaned_data, claimant_organisation(request.contract)
    person = person_there(owner, given["email"], on)
    last = given["last_day"]
    name_deputy(
        contract=request.contract, person=person, valid_from=given["valid_from"],
        valid_to=last + timedelta(days=1) if last else None, on=on, actor=request.actor,
    )  # fmt: skip
    return f"{person.name} may do what you do under {request.contract.number} from {long_date(given['valid_from'])}."


def _end(request: HubRequest, on: date) -> str:
    chosen = request.POST.get("deputy", "")
    found = ContractPerson.objects.filter(contract=request.contract, pk=int(chosen) if chosen.isdecimal() else 0)
    deputy = found.select_related("person", "contract__party").first()
    if deputy is None:
        raise NotFound("There is no such deputy.")
    end_deputy(deputy=deputy, on=on, actor=request.actor)
    return f"{deputy.person.name} no longer acts under {request.contract.number}."
