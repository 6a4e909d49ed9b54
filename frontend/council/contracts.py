"""The commissioner's contracts: each in three figures; one with its packages, forecast, indicators, lines and statements."""

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.council.access import READ_AND_WRITE, CouncilRequest, council_page, show
from frontend.council.changes import changes_of
from frontend.council.words import (
    address,
    forecast_words,
    headlines,
    idle_rows,
    indicator_row,
    offer_links,
    package_row,
)
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.jinja import url
from frontend.outcomes.contract_words import contract_tag, term_words
from frontend.outcomes.varying import may_vary
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import School
from subscriptions.commissions.desk_queries import schools_of, summaries_of, summary_of
from subscriptions.commissions.models import CouncilContract
from subscriptions.commissions.queries import council_contract_for, council_contracts_for
from subscriptions.commissions.services.lining import agrees, may_change_lines
from subscriptions.outcomes.models import ContractVersion, OutcomeContract
from subscriptions.outcomes.services.contracting import agree_contract, decline_contract

PER_PAGE = 10
_CSV = ["school", "urn", "paid_for_by", "drawn_before_vat", "last"]


@council_page()
def contracts(request: CouncilRequest) -> HttpResponse:
    """Each contract in three figures, the latest first."""
    on = timezone.localdate()
    page = page_of(request, council_contracts_for(request.actor), per_page=PER_PAGE)
    rows = [
        {
            "contract": summary.council.contract, "figures": headlines(summary), "forecast": forecast_words(summary),
            "state": contract_tag(summary.council.contract, theirs=True), "term": term_words(summary.council.contract),
            "href": url("council-contract", number=summary.council.contract.number),
        }
        for summary in summaries_of(request.actor, list(page), on)
    ]  # fmt: skip
    return show(request, "contracts.html", {"rows": rows, "page_obj": page})


class DeclineForm(forms.Form):
    """Why an offered contract is not wanted."""

    reason = forms.CharField(
        label="Why you decline it", max_length=300, error_messages={"required": "Enter why you decline it"},
        help_text="The partnership reads this",
    )  # fmt: skip


@council_page(READ_AND_WRITE)
def contract(request: CouncilRequest, number: str) -> HttpResponse:
    """One contract: what is spent, on what, for whom; what will be left; what is at risk; when it pays. Offered, it is
    agreed or declined here."""
    on = timezone.localdate()
    council = council_contract_for(request.actor, number)
    do = request.POST.get("do", "")
    form, errors = DeclineForm(request.POST if do == "decline" else None), []
    if do == "agree" or (do == "decline" and form.is_valid()):
        try:
            messages.success(request, _answered(request, council.contract, do, form))
            return redirect(url("council-contract", number=number))
        except DomainError as error:
            errors = [{"text": error.message}]
    summary = summary_of(request.actor, council, on)
    waiting = council.contract.versions.filter(state=ContractVersion.State.PROPOSED, number__gt=1).first()
    packages = [package_row(one) for one in summary.packages]
    context = {
        "council": council,
        "contract": council.contract,
        "state": contract_tag(council.contract, theirs=True),
        "term": term_words(council.contract),
        "figures": headlines(summary),
        "packages": packages,
        "most": max((one["allocated_pence"] for one in packages), default=0),
        "spent_words": _spent_words(packages),
        "forecast": forecast_words(summary),
        "idle": idle_rows(summary, "council-package-tell"),
        "offer_all": offer_links(summary, "council-package-tell"),
        "indicators": [indicator_row(one) for one in summary.indicators],
        "years": years_of(council),
        "agrees": agrees(council),
        "lines_url": url("council-lines", number=number) if may_change_lines(council, request.actor) else "",
        "changes": changes_of(council),
        "statements": [
            (one, address("outcome-statement", number=number, ordinal=one.ordinal))
            for one in council.contract.statements.order_by("ordinal")
        ],
        "handover": list(council.handover.all()),
        "waiting": waiting,
        "may_vary": may_vary(council.contract, request.actor),
        "form": form,
        "errors": errors,
        "to_agree": council.contract.state == OutcomeContract.State.OFFERED,
        "back_url": url("council-contracts"),
    }
    return show(request, "contract.html", context, status=400 if errors or form.errors else 200)


def _answered(request: CouncilRequest, found: OutcomeContract, do: str, form: DeclineForm) -> str:
    """Agrees the contract or declines it, and says so."""
    on = timezone.localdate()
    if do == "decline":
        decline_contract(contract=found, reason=form.cleaned_data["reason"], on=on, actor=request.actor)
        return "Declined. The partnership may offer another."
    agree_contract(contract=found, on=on, actor=request.actor)
    return f"{found.number} is agreed and in force."


def _spent_words(packages: list[dict[str, Any]]) -> str:
    """What the chart shows, as a sentence."""
    drawn, allocated = (sum(one[key] for one in packages) for key in ("drawn_pence", "allocated_pence"))
    return f"{Money(drawn)} of {Money(allocated)} in packages is drawn"


def years_of(council: CouncilContract) -> list[dict[str, Any]]:
    """The lines by financial year, each with its sum."""
    lines = sorted(council.lines.all(), key=lambda one: (one.year_from, one.block))
    found = []
    for year, group in groupby(lines, key=lambda one: one.year_from):
        rows = list(group)
        period = Period(year, add_months(year, 12))
        found.append({"period": period, "lines": rows, "pence": sum(one.pence for one in rows)})
    return found


@council_page(section="council-schools")
def schools(request: CouncilRequest) -> HttpResponse:
    """The schools that the commissioner's contracts pay for, with what they drew; as a file, too."""
    on = timezone.localdate()
    councils = list(council_contracts_for(request.actor))
    rows = schools_of(request.actor, councils, on)
    if wants_csv(request):
        urns = dict(School.objects.filter(pk__in=[row.school.pk for row in rows]).values_list("pk", "urn"))
        return csv_response(
            "funded-schools", _CSV,
            ([row.school.name, urns.get(row.school.pk, ""), ", ".join(row.packages), pounds(row.pence), row.last_on] for row in rows),
        )  # fmt: skip
    page = page_of(request, rows, per_page=25)
    context = {
        "rows": list(page), "page_obj": page, "csv_url": csv_url(request), "count": len(rows),
        "pence": sum(row.pence for row in rows),
    }  # fmt: skip
    return show(request, "schools.html", context)
