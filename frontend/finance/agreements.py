"""What everybody has agreed for a term: the list of finance, with its filters, its total and as a file."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone

from frontend.agreement_words import price_words, state_of, term_words
from frontend.finance.access import FinanceRequest, finance_page, show
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, sort_by, wants_csv
from frontend.formats import plural
from marketplace.core.actors import Role
from subscriptions.agreements.models import Agreement
from subscriptions.queries import agreements_for
from subscriptions.renewals.reading import total_net, worth_of

_SORTS = {
    "number": ["number"],
    "customer": ["organisation__name", "number"],
    "term_to": ["term_to", "number"],
    "notice_by": ["notice_by", "number"],
}
CSV_HEADER = [
    "number", "customer_number", "customer", "title", "kind", "state", "from", "to", "ended_on", "notice_by",
    "notice_given_on", "renewal", "price", "whole_term_net", "whole_term_vat", "whole_term_gross", "next_charge_on",
]  # fmt: skip
CHUNK = 500
_WITHIN = [("", "Any time"), ("30", "30 days"), ("60", "60 days"), ("90", "90 days"), ("180", "180 days")]
State = Agreement.State


class AgreementFilter(forms.Form):
    """Which agreements to show; those that run or wait for an answer unless said."""

    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Running and to accept"), *State.choices, ("all", "All")]
    )
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All"), *Agreement.Kind.choices])
    customer = forms.CharField(label="Customer", required=False, max_length=100)
    ending = forms.ChoiceField(label="Ends within", required=False, choices=_WITHIN)
    notice = forms.ChoiceField(label="Last day for notice within", required=False, choices=_WITHIN)


def filtered(rows: QuerySet[Agreement], form: AgreementFilter, on: date) -> QuerySet[Agreement]:
    """The rows that the form asks for."""
    wanted = form.cleaned_data if form.is_valid() else {}
    state = wanted.get("state", "")
    if not state:
        rows = rows.filter(state__in=[State.ACTIVE, State.SUSPENDED, State.OFFERED])
    elif state != "all":
        rows = rows.filter(state=state)
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if text := (wanted.get("customer") or "").strip():
        named = Q(organisation__name__icontains=text) | Q(organisation__number__iexact=text) | Q(number__iexact=text)
        rows = rows.filter(named)
    if wanted.get("ending"):
        rows = rows.filter(term_to__gt=on, term_to__lte=on + timedelta(days=int(wanted["ending"])))
    if wanted.get("notice"):
        until = on + timedelta(days=int(wanted["notice"]))
        rows = rows.filter(state=State.ACTIVE, notice_given_on=None, notice_by__gte=on, notice_by__lte=until)
    return rows


@finance_page(section="finance-customers")
def agreements(request: FinanceRequest) -> HttpResponse:
    """Agreements, the newest number first, with the whole terms of all that the filter finds."""
    form, on = AgreementFilter(request.GET), timezone.localdate()
    found = filtered(agreements_for(request.actor), form, on)
    found = found.order_by(*sort_by(request, _SORTS, default="-number"))
    if wants_csv(request):
        return csv_response("agreements", CSV_HEADER, _cells(found, on))
    page = page_of(request, found)
    worth = worth_of(list(page), on)
    rows = [
        {
            "agreement": one,
            "state": state_of(one, on),
            "term": term_words(one),
            "price": price_words(worth[one.pk]),
            "value": worth[one.pk].value,
        }
        for one in page
    ]
    context = {
        "form": form, "chosen": chosen(request, form), "page_obj": page, "rows": rows, "total": total_net(found),
        "count_text": plural(page.paginator.count, "agreement"), "csv_url": csv_url(request),
        "may_contract": request.actor.has(Role.FINANCE_MANAGER),
    }  # fmt: skip
    return show(request, "agreements.html", context, status=400 if form.errors else 200)


def _cells(found: QuerySet[Agreement], on: date) -> Iterator[list[Any]]:
    """Each row of the file; some hundreds are read at a time."""
    for start in range(0, found.count(), CHUNK):
        part = list(found[start : start + CHUNK])
        worth = worth_of(part, on)
        for one in part:
            own = worth[one.pk]
            yield [
                one.number, one.organisation.number, one.organisation.name, one.title, one.get_kind_display(),
                one.get_state_display(), one.term_from, one.term_to - timedelta(days=1), one.ended_on, one.notice_by,
                one.notice_given_on, one.get_renewal_display(), pounds(own.yearly.net.pence),
                pounds(own.value.net.pence), pounds(own.value.vat.pence), pounds(own.value.gross.pence), own.next_on,
            ]  # fmt: skip
