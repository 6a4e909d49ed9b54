"""What the partnership keeps of consultant bookings: what schools were charged, what providers earned, visit by visit."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import plural
from frontend.jinja import url
from frontend.visit_words import units_of
from invoicing.payables.models import Payable
from invoicing.receivables.models import Charge
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import Money
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.services.charging import DECIDED, WHOLE, visit_key
from marketplace.trading.engagements.services.giving_back import give_back
from marketplace.trading.engagements.visit_models import Visit
from marketplace.trading.engagements.visit_queries import margins_for

CSV_HEADER = ["booking", "school", "provider", "visits", "charged", "earned", "given_back", "taken_back", "margin"]


class MarginFilter(forms.Form):
    """How the booking stands."""

    state = forms.ChoiceField(label="Booking", required=False, choices=[("", "All"), *Engagement.State.choices])


class GiveBackForm(forms.Form):
    """Of which visit, how much before VAT, and why."""

    visit = forms.ChoiceField(label="Visit", error_messages={"required": "Choose a visit"})
    amount = PoundsField(label="Amount before VAT", error_messages={"required": "Enter the amount before VAT"})
    reason = forms.CharField(
        label="Reason", max_length=240, help_text="The school and the provider read it.",
        error_messages={"required": "Enter the reason"},
    )  # fmt: skip


def margin_of(row: Any) -> int:
    """What the partnership keeps of a booking, in pence before VAT, after what was given back either way."""
    return int((row.sold - row.sold_back) - (row.bought - row.bought_back))


@finance_page(section="finance-invoicing")
def margins(request: FinanceRequest) -> HttpResponse:
    """Consultant bookings with what each brought in, latest first."""
    form = MarginFilter(request.GET)
    rows: QuerySet[Engagement, Any] = margins_for(request.actor)
    if form.is_valid() and form.cleaned_data["state"]:
        rows = rows.filter(state=form.cleaned_data["state"])
    if wants_csv(request):
        cells = (
            [row.number, row.school.name, row.consultant.provider.organisation.name, row.agreed_visits, pounds(row.sold),
             pounds(row.bought), pounds(row.sold_back), pounds(row.bought_back), pounds(margin_of(row))]
            for row in rows.iterator(chunk_size=1_000)
        )  # fmt: skip
        return csv_response("margins-of-bookings", CSV_HEADER, cells)
    page = page_of(request, rows)
    context = {
        "form": form, "page_obj": page, "rows": [(row, margin_of(row)) for row in page],
        "chosen": chosen(request, form), "count_text": plural(page.paginator.count, "booking"),
        "csv_url": csv_url(request),
    }  # fmt: skip
    return show(request, "margins.html", context)


@finance_page(READ_AND_WRITE, section="finance-invoicing")
def margin(request: FinanceRequest, number: str) -> HttpResponse:
    """One booking visit by visit, each with its items; money is given back here."""
    row = margins_for(request.actor).filter(number=number).first()
    if row is None:
        raise NotFound("Page not found")
    visits = list(
        Visit.objects.filter(date__engagement=row, state__in=DECIDED).select_related(*WHOLE).order_by("date__ordinal")
        .prefetch_related("charges", "returns")
    )  # fmt: skip
    form = GiveBackForm(posted(request))
    choices = [(str(one.date.ordinal), f"{one.date}: {Money(one.sell_pence or 0)}") for one in visits if one.sell_pence]
    form.fields["visit"].choices = choices  # type: ignore[attr-defined]
    status = 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            try:
                words = _given_back(request, visits, form)
            except DomainError as error:
                form.add_error(None, " ".join(said(error)))
                status = error.status
            else:
                messages.success(request, words)
                return redirect(url("finance-margin", number=number))
    context = {
        "booking": row, "margin": margin_of(row), "visits": [_shown(one) for one in visits], "form": form,
        "links": _links(visits), "may_give": bool(choices), "back_url": url("finance-margins"),
    }  # fmt: skip
    return show(request, "margin.html", context, status=status)


def _shown(visit: Visit) -> dict[str, Any]:
    """One visit's figures; the margin after what was given back."""
    back = list(visit.returns.all())
    sold = (visit.sell_pence or 0) + (visit.travel_pence or 0) - sum(one.sell_pence for one in back)
    bought = (visit.buy_pence or 0) + (visit.travel_pence or 0) - sum(one.buy_pence for one in back)
    return {
        "visit": visit, "units": units_of(visit.date), "sold": sold, "bought": bought, "margin": sold - bought,
        "back": back,
    }  # fmt: skip


def _links(visits: list[Visit]) -> list[dict[str, str]]:
    """The items to invoice and the amounts due that the visits made, each with its page. Two queries."""
    keys = [charge.source_key for visit in visits for charge in visit.charges.all()]
    owed = [f"{visit_key(visit)}{end}" for visit in visits for end in ("", ":travel")]
    items = Charge.objects.filter(source_key__in=keys).order_by("pk")
    dues = Payable.objects.filter(source_key__in=owed).order_by("pk")
    return [
        *({"text": f"{one.description}: {Money(one.net_pence)} to invoice", "href": url("finance-item", pk=one.pk)}
          for one in items),
        *({"text": f"{one.description}: {Money(one.net_pence)} due", "href": url("finance-payable", pk=one.pk)}
          for one in dues),
    ]  # fmt: skip


def _given_back(request: FinanceRequest, visits: list[Visit], form: GiveBackForm) -> str:
    given: dict[str, Any] = form.cleaned_data
    chosen_one = next(one for one in visits if str(one.date.ordinal) == given["visit"])
    pence = getattr(given["amount"], "pence", given["amount"])
    made = give_back(
        visit=chosen_one, pence=pence, reason=given["reason"], on=timezone.localdate(), actor=request.actor
    )  # fmt: skip
    return f"{Money(made.sell_pence)} goes back to the school, and {Money(made.buy_pence)} less is due to the provider."
