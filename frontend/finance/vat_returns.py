"""VAT returns: the list with the period to make next, and one with its nine boxes, what they are made of and its buttons."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, said, show
from frontend.finance.history import history_of
from frontend.finance.input_vat import TAG_NAMES
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import long_date
from frontend.jinja import query, url
from invoicing.services import lock_vat_return, prepare_vat_return, record_vat_return_sent, withdraw_vat_return
from invoicing.vat.standing import known_of
from invoicing.vat.treatment import CATEGORIES
from invoicing.vat_returns import queries
from invoicing.vat_returns.models import VatReturn
from invoicing.vat_returns.queries import entries_of, next_period, vat_return_for, vat_returns_for
from invoicing.vat_returns.reckoning import Figures, Part, figures_of
from invoicing.vat_returns.rules import Box, due_on, must_be_told, owed
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import add_months
from marketplace.organisations.queries import partnership

State = VatReturn.State
BACK, AHEAD = 12, 12  # months that can be chosen
KINDS = {
    "invoice": "Invoices", "credit_note": "Credit notes", "tax_point": "Instalments whose day came",
    "purchase": "Purchases", "supplier_vat": "Providers' invoices", "supplier_vat_back": "Providers' credit notes",
    "journal": "Journals by hand", "agency_fee": "Fees for selling for others", "council_journal": "Council journals",
}  # fmt: skip
_BOXES_CSV = ["box", "name", "amount"]
_ENTRIES_CSV = ["entry", "posted_on", "tax_point", "kind", "narrative", "vat_on_sales", "vat_on_purchases"]


def kind_words(kind: str) -> str:
    """What entries of a kind are, for a person; of what was taken back "…, taken back"."""
    words = KINDS.get(kind.removesuffix(".reversed"), kind.removesuffix(".reversed").replace("_", " ").capitalize())
    return f"{words}, taken back" if kind.endswith(".reversed") else words


def part_words(part: Part) -> str:
    """ "Standard rate", "Exempt: training by an eligible body", "For taxable sales"."""
    if part.box == 7:
        return str(TAG_NAMES[part.category])
    name = CATEGORIES.get(part.category, part.category)
    return f"{name}: {part.reason}" if part.reason else name


class PrepareForm(forms.Form):
    """The first and last month of a return."""

    first = forms.ChoiceField(label="First month")
    last = forms.ChoiceField(label="Last month")

    def __init__(self, data: Any, *, coming: queries.NextPeriod) -> None:
        super().__init__(data)
        last = add_months(coming.end, -1)
        months = [coming.start] if coming.fixed else [add_months(coming.start, step) for step in range(-BACK, 4)]
        self.fields["first"].choices = [_month(month) for month in months]  # type: ignore[attr-defined]
        ends = [add_months(coming.start, step) for step in range(0 if coming.fixed else -BACK, AHEAD)]
        self.fields["last"].choices = [_month(month) for month in ends]  # type: ignore[attr-defined]
        self.initial = {"first": _month(coming.start)[0], "last": _month(last)[0]}

    def dates(self) -> tuple[date, date]:
        """Half-open."""
        first, last = (date.fromisoformat(f"{self.cleaned_data[name]}-01") for name in ("first", "last"))
        return first, add_months(last, 1)


def _month(month: date) -> tuple[str, str]:
    return f"{month:%Y-%m}", f"{month:%B %Y}"


class SentForm(forms.Form):
    """When a return was sent, and what HMRC answered."""

    sent_on = ShortDateField(label="Day on which it was sent")
    receipt = forms.CharField(
        label="HMRC's receipt number", max_length=60, help_text="The form bundle number, twelve figures",
        error_messages={"required": "Enter the number that HMRC answered"},
    )  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-ledger")
def vat_returns(request: FinanceRequest) -> HttpResponse:
    """Every return, latest first, and the period for which one is made next."""
    today = timezone.localdate()
    found = vat_returns_for(request.actor)
    if wants_csv(request):
        return csv_response(
            "vat-returns", ["period", "state", "due", "net_vat", "sent_on", "receipt"], map(_row, found)
        )
    coming = next_period(today=today)
    form = PrepareForm(request.POST if request.method == "POST" else None, coming=coming)
    if form.is_bound:
        request.actor.require(*queries.FINANCE, to="prepare VAT returns")
    if form.is_valid():
        start, end = form.dates()
        try:
            made = prepare_vat_return(start=start, end=end, at=timezone.now(), actor=request.actor)
        except DomainError as error:
            form.add_error(error.facts.get("field"), " ".join(said(error)))
        else:
            return redirect(url("finance-vat-return", key=made.key))
    page = page_of(request, found)
    context = {
        "page_obj": page, "csv_url": csv_url(request), "form": form, "coming": coming,
        "rows": [(row, owed(row.sums) if row.sums else None, due_on(row.end)) for row in page],
        "may_prepare": queries.may_prepare(request.actor), "waits": _waits(found, coming),
        "registered": known_of(partnership(), today).registered, "our_number": partnership().number,
    }  # fmt: skip
    return show(request, "vat_returns.html", context, status=400 if form.is_bound else 200)


def _waits(found: QuerySet[VatReturn], coming: queries.NextPeriod) -> VatReturn | None:
    """The return that is prepared for the next period already."""
    return found.filter(state=State.PREPARED, start__lt=coming.end, end__gt=coming.start).first()


def _row(row: VatReturn) -> list[object]:
    net = pounds(owed(row.sums)) if row.sums else ""
    return [row.key, row.get_state_display(), due_on(row.end), net, row.sent_on, row.receipt]


@finance_page(READ_AND_WRITE, section="finance-ledger")
def vat_return(request: FinanceRequest, key: str) -> HttpResponse:
    """One return: the nine boxes, what they are made of, who acts next, and the files for the software that sends it."""
    found = vat_return_for(request.actor, key)
    figures = figures_of(found, request.actor)
    if wants_csv(request):
        return csv_response(f"vat-return-{key}", _BOXES_CSV, ([b.number, b.name, _amount(b)] for b in figures.boxes))
    if request.GET.get("format") == "entries":
        return _entries(request, found)
    do = request.POST.get("do", "")
    form = SentForm(request.POST if do == "sent" else None)
    errors, status = [], 400 if request.method == "POST" else 200
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            messages.success(request, _done(request, found, do, form))
            return redirect(url("finance-vat-returns") if do == "withdraw" else url("finance-vat-return", key=key))
        except DomainError as error:
            status = error.status
            if field := error.facts.get("field"):
                form.add_error(str(field), error.message)
            else:
                errors = said(error)
            found = vat_return_for(request.actor, key)
            figures = figures_of(found, request.actor)
    context = {
        "found": found, "figures": figures, "boxes": [(box, _amount(box)) for box in figures.boxes],
        "net": owed(figures.sums), "net_words": net_words(owed(figures.sums)), "form": form, "errors": errors,
        "kinds": [(kind_words(row.kind), row) for row in figures.vat],
        "parts": {box: [(part_words(part), part) for part in figures.parts if part.box == box] for box in (6, 7)},
        "told": must_be_told(corrections=figures.corrections, sales_net=figures.sums.sales_net),
        "csv_url": csv_url(request), "entries_url": query(request, format="entries"),
        "history": history_of(subject_kind="vat_return", subject=found.key),
        "back_url": url("finance-vat-returns"), "next_words": _next(request, found), **_buttons(request, found, figures),
    }  # fmt: skip
    return show(request, "vat_return.html", context, status=status)


def _amount(box: Box) -> str:
    """As HMRC's interface has it: pounds and pence in boxes 1 to 5, whole pounds in the others."""
    return pounds(box.amount) if box.number <= 5 else str(box.amount)


def _entries(request: FinanceRequest, found: VatReturn) -> HttpResponse:
    rows = (
        [row.entry, row.posted_on, row.tax_point, row.kind, row.narrative, pounds(row.sales_vat), pounds(row.purchases_vat)]
        for row in entries_of(request.actor, found)
    )  # fmt: skip
    return csv_response(f"vat-return-{found.key}-entries", _ENTRIES_CSV, rows)


def _done(request: FinanceRequest, found: VatReturn, do: str, form: SentForm) -> str:
    """Does what the button says; the sentence for the banner."""
    actor, today = request.actor, timezone.localdate()

    def lock() -> str:
        try:
            net = int(request.POST.get("net", ""))
        except ValueError:
            raise WrongInput("Look at the figures again, then lock the return.") from None
        lock_vat_return(found=found, net_vat_pence=net, on=today, at=timezone.now(), actor=actor)
        return "The return is locked. Download its boxes for the software that sends them to HMRC."

    def withdraw() -> str:
        withdraw_vat_return(found=found, actor=actor)
        return f"The return of {found} is taken back. Nothing was posted."

    def sent() -> str:
        given = form.cleaned_data
        record_vat_return_sent(found=found, sent_on=given["sent_on"], receipt=given["receipt"], on=today, actor=actor)
        return f"Recorded: sent on {long_date(given['sent_on'])}."

    verbs: dict[str, Callable[[], str]] = {"lock": lock, "withdraw": withdraw, "sent": sent}
    if do not in verbs:
        raise WrongInput("Choose what to do with the return")
    return verbs[do]()


def _buttons(request: FinanceRequest, found: VatReturn, figures: Figures) -> dict[str, bool]:
    ready = found.end <= timezone.localdate() and not figures.undecided
    writes = queries.may_prepare(request.actor)
    return {
        "may_lock": ready and queries.may_lock(request.actor, found),
        "may_withdraw": writes and found.state == State.PREPARED,
        "may_send": writes and found.state == State.LOCKED,
    }


def _next(request: FinanceRequest, found: VatReturn) -> str:
    """Who acts next, in a sentence."""
    due = long_date(due_on(found.end))
    if found.sent_on:
        return f"Sent to HMRC on {long_date(found.sent_on)}, receipt {found.receipt}."
    if found.state == State.LOCKED:
        return f"Locked. Send it to HMRC by {due} with your VAT software, then record the receipt here."
    if found.end > timezone.localdate():
        last = long_date(found.end - timedelta(days=1))
        return f"Its period lasts until {last}: these are its figures up to now. It is locked after that, and due by {due}."
    if request.actor.person_id == found.prepared_by_id:
        return f"You prepared it, so a finance manager who is not you locks it. It is due by {due}."
    return f"{found.prepared_by.name} prepared it, and a finance manager locks it. It is due by {due}."


def net_words(net: int) -> str:
    """ "£1,200.00 to pay to HMRC"."""
    if net == 0:
        return "Nothing to pay and nothing to reclaim"
    return f"{Money(abs(net))} to {'pay to HMRC' if net > 0 else 'come back from HMRC'}"
