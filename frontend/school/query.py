"""Queries of a buyer: asking about lines of an invoice, the list, and the page of one with what was written."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import Buyer, SignedInRequest, buyer_for, receivers_for
from frontend.finance.listing import page_of
from frontend.finance.queries import state_of_query, thread_of
from frontend.formats import money, plural
from invoicing.credit_control.models import InvoiceQuery, QueryLine, QueryMessage
from invoicing.credit_control.queries import queried_pence, queries_for, query_for, queryable_for
from invoicing.credit_control.services.queries import TEXT_LIMIT, own_lines
from invoicing.documents.models import Document, DocumentLine
from invoicing.services import open_query, resolve_query, write_message
from marketplace.core.actors import INVOICED, Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation

PER_PAGE = 25
Side, State = QueryMessage.Side, InvoiceQuery.State


class AskForm(forms.Form):
    """What is wrong, and on which lines; none chosen is the whole."""

    lines = forms.MultipleChoiceField(label="Which lines", required=False, widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(
        label="What is not right", error_messages={"required": "Enter what is not right"}, max_length=TEXT_LIMIT, help_text="Do not name pupils. Use the reference your school gave",
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip

    def __init__(self, *args: Any, lines: list[DocumentLine], several: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lines"].help_text = "Choose none for all of them. The other lines of the invoice are not held up"
        self.fields["lines"].choices = [(str(line.pk), _words(line, several)) for line in lines]  # type: ignore[attr-defined]


class ReplyForm(forms.Form):
    """What is said next; nothing needs to be said to end it."""

    text = forms.CharField(
        label="Your reply", error_messages={"required": "Enter your reply"}, max_length=TEXT_LIMIT, help_text="Do not name pupils", widget=forms.Textarea(attrs={"rows": 4})
    )  # fmt: skip


def _words(line: DocumentLine, several: bool) -> str:
    for_whom = f" for {line.consumer_name}" if several else ""
    return f"{line.description}{for_whom}, {Money(line.net_pence + line.vat_pence)} with VAT"


def queries_of(buyer: Buyer, actor: Actor) -> QuerySet[InvoiceQuery]:
    """Queries that the buyer asked, and those of invoices to it; for a trust, its schools' too."""
    own = [one.pk for one in receivers_for(buyer, actor)]
    return queries_for(actor).filter(Q(organisation_id__in=own) | Q(document__customer_id__in=own))


def _asked_for(buyer: Buyer, actor: Actor, number: str) -> tuple[Document, Organisation]:
    """The invoice and for whom it is queried: whoever is invoiced where that is one's own, else whoever receives."""
    own = {one.pk: one for one in receivers_for(buyer, actor)}
    to = Document.objects.filter(number=number).values_list("customer_id", flat=True).first()
    organisation = own.get(to or 0, buyer.organisation)
    return queryable_for(actor, organisation, number), organisation


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Lines to choose and room to say what is wrong; only the lines that are one's own are shown."""
    buyer = buyer_for(request, kind, code, INVOICED)
    document, organisation = _asked_for(buyer, request.actor, number)
    own = list(own_lines(document, organisation))
    held = QueryLine.objects.filter(live=True, line__in=own).values_list("line_id", flat=True)
    free = [line for line in own if line.pk not in set(held)]
    form = AskForm(
        request.POST if request.method == "POST" else None, lines=free, several=len({one.consumer_id for one in own}) > 1
    )  # fmt: skip
    errors: list[str] = []
    if form.is_valid() and free:
        chosen = [int(pk) for pk in form.cleaned_data["lines"]] or [line.pk for line in free]
        try:
            made = open_query(
                document=document, organisation=organisation, line_ids=chosen, text=form.cleaned_data["text"],
                at=timezone.now(), actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            errors = [error.message, *error.detail]
        else:
            messages.success(
                request, f"Query {made.number} sent. Finance acts next; you get an e-mail with the answer."
            )
            return redirect(buyer.url("school-query", number=made.number))
    context = {
        "buyer": buyer,
        "document": document,
        "form": form,
        "free": free,
        "held": len(own) - len(free),
        "errors": errors,
        "back_url": _back(buyer, document),
    }
    return render(request, "school/query_ask.html", context, status=409 if errors else 400 if form.is_bound else 200)


def _back(buyer: Buyer, document: Document) -> str:
    """The invoice, where it is the buyer's to open; otherwise the queries."""
    if document.customer_id == buyer.organisation.pk:
        return buyer.url("school-invoice", number=document.number)
    return buyer.url("school-queries")


@login_required
@require_safe
def queries(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The buyer's queries, newest first."""
    buyer = buyer_for(request, kind, code, INVOICED)
    page = page_of(request, queries_of(buyer, request.actor).order_by("-pk"), per_page=PER_PAGE)
    pence = queried_pence(list(page))
    context = {
        "buyer": buyer,
        "page_obj": page,
        "rows": [(one, state_of_query(one, Side.CUSTOMER), pence.get(one.pk, 0)) for one in page],
        "count_text": plural(page.paginator.count, "query", "queries"),
        "back_url": buyer.url("school-invoices"),
    }
    return render(request, "school/queries.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def query(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One query: its lines, what was written, and for whoever asked a reply or the end of it."""
    buyer = buyer_for(request, kind, code, INVOICED)
    if not queries_of(buyer, request.actor).filter(number=number).exists():
        raise NotFound("Page not found")
    found = query_for(request.actor, number)
    do = request.POST.get("do", "reply")
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if do != "reply":
        form.fields["text"].required = False
    errors: list[str] = []
    if form.is_valid():
        try:
            messages.success(request, _done(found, do, form.cleaned_data["text"], request.actor))
            return redirect(buyer.url("school-query", number=number))
        except DomainError as error:
            errors = [error.message, *error.detail]
    pence = queried_pence([found]).get(found.pk, 0)
    context = {
        "buyer": buyer,
        "query": found,
        "state": state_of_query(found, Side.CUSTOMER),
        "lines": [one.line for one in found.lines.all()],
        "thread": thread_of(found, Side.CUSTOMER),
        "in_query": money(pence),
        "open": found.state != State.RESOLVED,
        "may_reply": found.organisation_id in request.actor.organisations(*INVOICED),
        "is_own_invoice": found.document.customer_id in {one.pk for one in receivers_for(buyer, request.actor)},
        "form": form,
        "errors": errors,
        "back_url": buyer.url("school-queries"),
    }
    return render(request, "school/query.html", context, status=409 if errors else 400 if form.is_bound else 200)


def _done(query: InvoiceQuery, do: str, text: str, actor: Actor) -> str:
    """Does it and says what was done and who acts next."""
    at = timezone.now()
    if do == "reply":
        write_message(query=query, text=text, at=at, actor=actor)
        return "Reply sent. Finance acts next."
    resolve_query(query=query, outcome=do, text=text, at=at, actor=actor)
    return f"{query.number} is over. What was in query is due like the rest of the invoice."
