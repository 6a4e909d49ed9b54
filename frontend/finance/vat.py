"""VAT by rule: the dated rules with what they would charge, adding and ending one, and how an organisation stands."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.vat_forms import AskForm, EndForm, FactsForm, RuleForm
from frontend.formats import long_date
from frontend.jinja import url
from invoicing.services import add_vat_rule, end_vat_rule, set_vat_facts
from invoicing.vat.models import VatFacts, VatRule
from invoicing.vat.queries import vat_facts_for, vat_party_for, vat_rule_for, vat_rules_for
from invoicing.vat.rules.deciding import Decision, Facts
from invoicing.vat.standing import ground_for, known_of
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership

CHANGE = "change VAT rules"


def when_words(rule: VatRule) -> str:
    """Everything a rule names, joined: "Training; Eligible body"; "Always" where it names nothing."""
    named = [
        getattr(rule, f"get_{name}_display")()
        for name in ("relation", "place", "kind", "standing", "buyer", "funding")
        if getattr(rule, name)
    ]
    return "; ".join(named) or "Always"


@dataclass(frozen=True)
class Answer:
    """What would be charged and why, or why nothing can be."""

    supplier: Organisation
    customer: Organisation
    facts: Facts
    decision: Decision | None
    refusal: str
    known: str


def _answer(form: AskForm, on: date, actor: Actor) -> Answer | None:
    """The decision that the form asks for; None when it asks for none or names nobody."""
    given = form.cleaned_data if form.is_valid() else {}
    if not given.get("kind"):
        return None
    try:
        customer = vat_party_for(actor, given["customer"])
        supplier = vat_party_for(actor, given["supplier"]) if given["supplier"] else partnership()
        ground = ground_for(supplier=supplier, customer=customer, on=on, funding=given["funding"])
        facts = ground.facts(given["kind"], given["part_of"])
    except DomainError as error:
        form.add_error(None, error.message)
        return None
    decision, refusal = None, ""
    try:
        decision = ground.decide(given["kind"], given["part_of"])
    except DomainError as error:
        refusal = error.message
    known = ground.customer.because if ground.customer else ""
    return Answer(
        supplier, customer, facts, decision, refusal, f"supplier: {ground.supplier.because}; customer: {known}"
    )


@finance_page(section="finance-ledger")
def rules(request: FinanceRequest) -> HttpResponse:
    """The rules of a day in the order in which they are asked, and what would be charged for a supply."""
    form = AskForm(request.GET or None, initial={"on": timezone.localdate()})
    asked = form.cleaned_data.get("on") if form.is_valid() else None
    on = asked or timezone.localdate()
    answer = _answer(form, on, request.actor)
    context = {
        "form": form, "on": on, "answer": answer, "rules": list(vat_rules_for(request.actor, on=on)),
        "coming": list(vat_rules_for(request.actor).filter(valid_from__gt=on)),
        "when_words": when_words, "may_change": request.actor.has(Role.FINANCE_MANAGER), "us": partnership(),
    }  # fmt: skip
    return show(request, "vat_rules.html", context, status=400 if form.is_bound and form.errors else 200)


@finance_page(READ_AND_WRITE, section="finance-ledger", to=CHANGE)
def add_rule(request: FinanceRequest) -> HttpResponse:
    """Adds a rule from a day on."""
    request.actor.require(Role.FINANCE_MANAGER, to=CHANGE)
    form = RuleForm(posted(request))
    if form.is_valid():
        given = dict(form.cleaned_data)
        try:
            made = add_vat_rule(actor=request.actor, counts_in_box_six=given.pop("counts"), **given)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"The rule holds from {long_date(made.valid_from)}.")
            return redirect(f"{url('finance-vat-rules')}?on={made.valid_from.isoformat()}")
    context = {"form": form, "back_url": url("finance-vat-rules")}
    return show(request, "vat_rule_add.html", context, status=400 if form.is_bound else 200)


@finance_page(READ_AND_WRITE, section="finance-ledger", to=CHANGE)
def end_rule(request: FinanceRequest, pk: int) -> HttpResponse:
    """Ends a rule; what was decided by it stays as it is."""
    request.actor.require(Role.FINANCE_MANAGER, to=CHANGE)
    rule = vat_rule_for(request.actor, pk)
    form = EndForm(posted(request))
    if form.is_valid():
        try:
            end_vat_rule(rule=rule, valid_to=form.cleaned_data["valid_to"], actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            day = long_date(form.cleaned_data["valid_to"])
            messages.success(request, f"From {day} on the rule does not hold. Check that another takes its place.")
            return redirect(f"{url('finance-vat-rules')}?on={form.cleaned_data['valid_to'].isoformat()}")
    context = {"form": form, "rule": rule, "when": when_words(rule), "back_url": url("finance-vat-rules")}
    return show(request, "vat_rule_end.html", context, status=400 if form.is_bound else 200)


@finance_page(READ_AND_WRITE, section="finance-customers")
def facts(request: FinanceRequest, number: str) -> HttpResponse:
    """How an organisation stands with regard to VAT today and before, and its facts from another day on."""
    found = vat_party_for(request.actor, number)
    form = FactsForm(posted(request))
    if form.is_valid():
        try:
            set_vat_facts(organisation=found, actor=request.actor, **form.facts())
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"Recorded from {long_date(form.cleaned_data['valid_from'])} on.")
            return redirect(url("finance-vat-facts", number=number))
    ours = found.kind == Organisation.Kind.PARTNERSHIP
    context = {
        "organisation": found, "form": form, "known": known_of(found, timezone.localdate()),
        "rows": [(row, stands_words(row)) for row in vat_facts_for(request.actor, found)],
        "back_url": url("finance-vat-rules") if ours else url("finance-customer", number=number),
    }  # fmt: skip
    return show(request, "vat_facts.html", context, status=400 if form.is_bound else 200)


def stands_words(row: VatFacts) -> str:
    """ "Registered, eligible body", "Not registered, abroad"."""
    parts = ["Registered" if row.registered else "Not registered"]
    parts += [words for words, holds in (("eligible body", row.eligible_body), ("private school", row.private_school),
                                         ("abroad", row.abroad)) if holds]  # fmt: skip
    return ", ".join(parts)
