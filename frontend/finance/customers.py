"""Customers: what each owes, and the page of one with its open items, money on account, and its statement."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.http import HttpResponse
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.finance.access import FinanceRequest, finance_page, show
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, sort_by, wants_csv
from frontend.finance.papers import statement_pdf
from frontend.jinja import url
from invoicing.credit_control.queries import in_query_by_item
from invoicing.credit_control.services.levels import pause_on
from invoicing.documents.models import Document
from invoicing.queries import aged_debtors, on_account_for, open_items_for, require_finance_reader, statement_for
from invoicing.receivables.models import Allocation, Charge, ReceivableItem, UnallocatedItem
from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisations_for
from marketplace.organisations.services.registry import terms_of

_SORTS = {"name": ["name", "pk"], "number": ["number", "pk"]}


class CustomerFilter(forms.Form):
    """Whom to show; without a search, those that were ever invoiced or have something to invoice."""

    q = forms.CharField(required=False, label="Name, customer number or URN", max_length=100)
    owing = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[("", "All customers"), ("owing", "Owing something"), ("account", "With money on account")],
    )


def customers_for(actor: Actor) -> QuerySet[Organisation]:
    """Everybody but the partnership itself."""
    require_finance_reader(actor)
    return organisations_for(actor).exclude(kind=Organisation.Kind.PARTNERSHIP)


def customer_for(actor: Actor, number: str) -> Organisation:
    """One customer by its number, or NotFound."""
    found = customers_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no customer {number}.")
    return found


def _filtered(customers: QuerySet[Organisation], form: CustomerFilter) -> QuerySet[Organisation]:
    wanted = form.cleaned_data if form.is_valid() else {"q": "", "owing": ""}
    here = {"organisation": OuterRef("pk")}
    if text := wanted["q"]:
        customers = customers.filter(Q(name__icontains=text) | Q(number__iexact=text) | Q(school__urn=text))
    else:
        invoiced = Document.objects.filter(customer=OuterRef("pk"))
        waiting = Charge.objects.filter(invoice_to=OuterRef("pk")).exclude(state=Charge.State.BILLED)
        on_account = UnallocatedItem.objects.filter(**here)
        customers = customers.filter(Exists(invoiced) | Exists(waiting) | Exists(on_account))
    if wanted["owing"] == "owing":
        customers = customers.filter(Exists(ReceivableItem.objects.filter(**here, outstanding_pence__gt=0)))
    if wanted["owing"] == "account":
        customers = customers.filter(Exists(UnallocatedItem.objects.filter(**here, remaining_pence__gt=0)))
    return customers


def _balances(customers: Any, today: date) -> dict[int, tuple[int, int, int]]:
    """Owed, overdue and on account in pence by customer; two queries whatever their number."""
    items = ReceivableItem.objects.filter(organisation__in=customers, outstanding_pence__gt=0).order_by()
    owed = {
        pk: (pence, late)
        for pk, pence, late in items.values_list("organisation").annotate(
            owed=Sum("outstanding_pence"), late=Sum("outstanding_pence", filter=Q(due_on__lt=today), default=0)
        )
    }
    account = UnallocatedItem.objects.filter(organisation__in=customers, remaining_pence__gt=0).order_by()
    kept = dict(account.values_list("organisation").annotate(pence=Sum("remaining_pence")))
    return {pk: (*owed.get(pk, (0, 0)), kept.get(pk, 0)) for pk in owed.keys() | kept.keys()}


_NOTHING = (0, 0, 0)


@finance_page(section="finance-customers")
def customers(request: FinanceRequest) -> HttpResponse:
    """Customers with what they owe, and the total of the whole filter."""
    form = CustomerFilter(request.GET)
    today = timezone.localdate()
    found = _filtered(customers_for(request.actor), form).order_by(*sort_by(request, _SORTS, default="name"))
    everybody = _balances(found.order_by().values("pk"), today)
    if wants_csv(request):
        rows = ([c.number, c.name, *(pounds(p) for p in everybody.get(c.pk, _NOTHING))] for c in found)
        return csv_response("customers", ["number", "name", "owed", "overdue", "on_account"], rows)
    page = page_of(request, found)
    return show(
        request,
        "customers.html",
        {
            "form": form,
            "chosen": chosen(request, form),
            "page_obj": page,
            "rows": [(customer, *everybody.get(customer.pk, _NOTHING)) for customer in page],
            "totals": [sum(column) for column in zip(*everybody.values(), strict=True)] or [0, 0, 0],
            "csv_url": csv_url(request),
        },
    )


@finance_page(section="finance-customers")
def customer(request: FinanceRequest, number: str) -> HttpResponse:
    """One customer: terms, what is open, money on account, and what was set against what."""
    found = customer_for(request.actor, number)
    today = timezone.localdate()
    owed, overdue, account = _balances([found.pk], today).get(found.pk, _NOTHING)
    return show(
        request,
        "customer.html",
        {
            "customer": found,
            "terms": terms_of(found),
            "owed_pence": owed,
            "overdue_pence": overdue,
            "account_pence": account,
            "items": open_items_for(request.actor).filter(organisation=found),
            "on_account": on_account_for(request.actor).filter(organisation=found).order_by("received_on", "pk"),
            "allocations": _recent_allocations(found),
            "in_query_pence": _in_query(found),
            "paused": pause_on(found, today),
            "today": today,
            "back_url": url("finance-customers"),
        },
    )


def _in_query(found: Organisation) -> int:
    documents = ReceivableItem.objects.filter(organisation=found, outstanding_pence__gt=0).values("document_id")
    return sum(in_query_by_item(documents).values())


def _recent_allocations(found: Organisation) -> list[Allocation]:
    rows = Allocation.objects.filter(Q(source__organisation=found) | Q(item__organisation=found)).order_by("-pk")
    parts = ("source__document", "source__organisation", "item__document", "item__organisation")
    return list(rows.select_related(*parts)[:20])


class StatementForm(forms.Form):
    """The first and the last day of a statement, both shown."""

    start = ShortDateField(label="From")
    end = ShortDateField(label="To")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned["end"] < cleaned["start"]:
            self.add_error("end", "To must be on or after From")
        return cleaned


def first_dates(today: date) -> dict[str, date]:
    """The statement that is shown before anybody chooses: the year up to today."""
    return {"start": today - timedelta(days=365), "end": today}


@finance_page(section="finance-customers")
def statement(request: FinanceRequest, number: str) -> HttpResponse:
    """A customer's account between two days on the page and as CSV; as PDF, what is open at the end of the last."""
    found = customer_for(request.actor, number)
    default = first_dates(timezone.localdate())
    form = StatementForm(request.GET if {"start", "end"} & set(request.GET) else None, initial=default)
    dates = form.cleaned_data if form.is_valid() else default
    if request.GET.get("format") == "pdf":
        response = HttpResponse(statement_pdf(found, as_at=dates["end"]), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="statement-{found.number}-{dates["end"].isoformat()}.pdf"'
        return response
    account = statement_for(request.actor, found, start=dates["start"], end=dates["end"] + timedelta(days=1))
    if wants_csv(request):
        rows = [
            [line.on, line.document_number, line.what, pounds(line.charged), pounds(line.settled), pounds(line.balance)]
            for line in account.lines
        ]
        header = ["date", "number", "what", "charged", "settled", "balance"]
        return csv_response(
            f"statement-{found.number}",
            header,
            [[dates["start"], "", "Opening balance", "", "", pounds(account.opening)], *rows],
        )
    context = {
        "customer": found, "form": form, "account": account, "start": dates["start"], "end": dates["end"],
        "charged": sum(line.charged for line in account.lines), "settled": sum(line.settled for line in account.lines),
        "back_url": url("finance-customer", number=found.number),
    }  # fmt: skip
    return show(request, "statement.html", context, status=400 if form.is_bound and form.errors else 200)


class OnForm(forms.Form):
    """A day to look at."""

    on = ShortDateField(label="On")


AGES_CSV = ["customer_number", "customer", "not_yet_due", "1_to_30_days", "31_to_60_days", "61_to_90_days", "over_90_days", "on_account", "total"]  # fmt: skip


@finance_page(section="finance-aged-debtors")
def debtors(request: FinanceRequest) -> HttpResponse:
    """What was open at the end of a day by days past due, one row a customer."""
    form = OnForm(request.GET if "on" in request.GET else None, initial={"on": timezone.localdate()})
    on = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
    rows = aged_debtors(request.actor, on=on)
    if wants_csv(request):
        cells = ([r.number, r.name, *map(pounds, r.ages), pounds(r.on_account), pounds(r.total)] for r in rows)
        return csv_response(f"aged-debtors-{on.isoformat()}", AGES_CSV, cells)
    context = {
        "form": form, "on": on, "page_obj": page_of(request, rows), "csv_url": csv_url(request), "count": len(rows),
        "ages": [sum(row.ages[index] for row in rows) for index in range(5)],
        "on_account": sum(row.on_account for row in rows), "total": sum(row.total for row in rows),
    }  # fmt: skip
    return show(request, "debtors.html", context, status=400 if form.is_bound and form.errors else 200)
