"""Council contracts as the partnership keeps them: the list, drawing one up, and the page of one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify

from frontend.council.changes import changes_of
from frontend.council.contracts import years_of
from frontend.council.lines import lines_page
from frontend.council.words import (
    forecast_words,
    headlines,
    idle_rows,
    indicator_row,
    offer_links,
    package_row,
    state_of_return,
)
from frontend.finance.listing import page_of
from frontend.jinja import url
from frontend.numbers import whole
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.organise.council_forms import IndicatorForm, NewContractForm, StepForm
from frontend.outcomes.contract_words import contract_tag, term_words
from marketplace.core.errors import DomainError
from subscriptions.commissions.desk_queries import summary_of
from subscriptions.commissions.models import CouncilContract
from subscriptions.commissions.queries import council_contract_for, council_contracts_for, returns_for
from subscriptions.commissions.rules.quarters import lines_of, quarterly
from subscriptions.commissions.services.drafting import (
    LONGEST_CODE,
    IndicatorTerms,
    Terms,
    add_indicator,
    draft_quarterly,
)
from subscriptions.commissions.services.handover import StepTerms, add_handover_steps, plan_handover, tick_handover
from subscriptions.commissions.services.lining import agrees, may_change_lines
from subscriptions.commissions.services.recording import AGREED
from subscriptions.outcomes.services.contracting import offer_contract

LIST = "organise-council-contracts"
SECTION = "organise-outcome-contracts"
"""The entry of the navigation to which these pages belong."""


@organiser_page(section=SECTION)
def contracts(request: OrganiserRequest) -> HttpResponse:
    """Every council contract, the latest first."""
    page = page_of(request, council_contracts_for(request.actor), per_page=25)
    rows = [
        {"contract": one.contract, "state": contract_tag(one.contract), "term": term_words(one.contract)}
        for one in page
    ]
    return show(request, "council_contracts.html", {"rows": rows, "page_obj": page})


@organiser_page(READ_AND_WRITE, section=SECTION)
def new(request: OrganiserRequest) -> HttpResponse:
    """Draws one up: so much a year, paid by quarter, a part of it at risk."""
    form = NewContractForm(request.POST or None)
    if form.is_valid():
        try:
            made = _drafted(request, form)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{made.contract.number} is drawn up. Add its packages, then offer it.")
            return redirect(url("organise-council-contract", number=made.contract.number))
    blocks = [form[name] for name in form.fields if name.startswith("block_")]
    context = {"form": form, "blocks": blocks, "back_url": url(LIST)}
    return show(request, "council_new.html", context, status=400 if form.errors else 200)


def _drafted(request: OrganiserRequest, form: NewContractForm) -> CouncilContract:
    given = form.cleaned_data
    share = given["at_risk"] / 100
    indicator = None
    if share:
        indicator = IndicatorTerms(
            code=slugify(given["indicator"])[:LONGEST_CODE] or "indicator", name=given["indicator"], kind=given["indicator_kind"],
            target=given["target"], weeks=given["weeks"],
        )  # fmt: skip
    quarters = quarterly(start=given["start"], years=given["years"], at_risk=share)
    return draft_quarterly(
        party=given["party"], title=given["title"], start=given["start"], years=given["years"], at_risk=share,
        indicator=indicator, vat=form.treatment,
        terms=Terms(given["statutory_basis"], lines_of(quarters, form.weights), given["notice_days"]),
        on=timezone.localdate(), actor=request.actor, kind=given["kind"],
    )  # fmt: skip


@organiser_page(READ_AND_WRITE, section=SECTION)
def contract(request: OrganiserRequest, number: str) -> HttpResponse:
    """One contract: what is drawn, what will be left, its indicators, returns and handover."""
    on = timezone.localdate()
    council = council_contract_for(request.actor, number)
    do = request.POST.get("do", "")
    step = StepForm(request.POST if do == "step" else None)
    errors: list[dict[str, str]] = []
    if do and (do != "step" or step.is_valid()):
        try:
            messages.success(request, _done(request, council, do, step))
            return redirect(url("organise-council-contract", number=number))
        except DomainError as error:
            errors = [{"text": error.message}]
    summary = summary_of(request.actor, council, on)
    context = {
        "council": council,
        "contract": council.contract,
        "state": contract_tag(council.contract),
        "term": term_words(council.contract),
        "figures": headlines(summary),
        "forecast": forecast_words(summary),
        "idle": idle_rows(summary, "organise-council-package-tell"),
        "offer_all": offer_links(summary, "organise-council-package-tell"),
        "packages": [package_row(one) for one in summary.packages],
        "indicators": [indicator_row(one) for one in summary.indicators],
        "years": years_of(council),
        "agrees": agrees(council),
        "lines_url": url("organise-council-lines", number=number) if may_change_lines(council, request.actor) else "",
        "changes": changes_of(council),
        "returns": _returns(request, council),
        "handover": list(council.handover.all()),
        "may_hand_over": council.contract.state in AGREED,
        "form": step,
        "errors": errors,
        "back_url": url(LIST),
    }
    return show(request, "council_contract.html", context, status=400 if errors or step.errors else 200)


def _returns(request: OrganiserRequest, council: CouncilContract) -> list[dict[str, Any]]:
    return [
        {"report": one, "state": state_of_return(one, ours=True)}
        for one in returns_for(request.actor).filter(council=council)
    ]


def _done(request: OrganiserRequest, council: CouncilContract, do: str, step: StepForm) -> str:
    """Offers it, plans its handover, adds a step, or ticks one."""
    on, actor = timezone.localdate(), request.actor
    if do == "offer":
        offer_contract(contract=council.contract, on=on, actor=actor)
        return f"{council.contract.number} is offered. A commissioner of {council.contract.party.name} agrees it."
    if do == "handover":
        plan_handover(council=council, actor=actor)
        return "The handover is planned. Add what else there is."
    if do == "step":
        add_handover_steps(council=council, actor=actor, steps=[StepTerms(**step.cleaned_data)])
        return "Added to the handover."
    position = do.partition(":")[2]
    found = council.handover.filter(position=whole(position, digits=4)).first()
    if found is None:
        return "Nothing was changed."
    done = tick_handover(step=found, done=do.startswith("done:"), on=on, actor=actor)
    return f"{done.text}: done." if done.done_on else f"{done.text}: not done."


@organiser_page(READ_AND_WRITE, section=SECTION)
def new_indicator(request: OrganiserRequest, number: str) -> HttpResponse:
    """One more indicator."""
    council = council_contract_for(request.actor, number)
    form = IndicatorForm(request.POST or None)
    back = url("organise-council-contract", number=number)
    if form.is_valid():
        given = dict(form.cleaned_data)
        due_on = given.pop("due_on")
        try:
            made = add_indicator(council=council, terms=IndicatorTerms(**given), due_on=due_on, actor=request.actor)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{made.name} is added.")
            return redirect(back)
    context = {"form": form, "contract": council.contract, "back_url": back}
    return show(request, "council_indicator.html", context, status=400 if form.errors else 200)


@organiser_page(READ_AND_WRITE, section=SECTION)
def lines(request: OrganiserRequest, number: str) -> HttpResponse:
    """From which blocks of the council's money it is paid: before it is in force, and after a variation."""
    council = council_contract_for(request.actor, number)
    back = url("organise-council-contract", number=number)
    return lines_page(request, council, layout="organise/base.html", back=back)
