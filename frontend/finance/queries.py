"""Queries of invoices: the list of what waits, and the page of one, where finance answers and resolves."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import names_of, when
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, wants_csv
from frontend.jinja import url
from invoicing.credit_control.models import InvoiceQuery, QueryMessage
from invoicing.credit_control.queries import queried_pence, queries_for, query_for
from invoicing.credit_control.services.queries import TEXT_LIMIT
from invoicing.services import resolve_query, write_message
from marketplace.core.actors import FINANCE
from marketplace.core.errors import DomainError

State, Outcome, Side = InvoiceQuery.State, InvoiceQuery.Outcome, QueryMessage.Side
_WORDS = {
    State.OPEN: {Side.FINANCE: "query to answer", Side.CUSTOMER: "query with finance"},
    State.ANSWERED: {Side.FINANCE: "query answered", Side.CUSTOMER: "query your turn"},
}
_CSV = ["number", "invoice", "asked_by", "asked_on", "state", "outcome", "resolved_on", "in_query"]


class QueryFilter(forms.Form):
    """Which queries to show; those that are not resolved unless said."""

    show = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[("", "Not resolved"), ("open", "To answer"), ("answered", "With the school"), ("all", "All")],
    )
    q = forms.CharField(required=False, label="Query, invoice or school", max_length=100)


class AnswerForm(forms.Form):
    """What finance answers."""

    text = forms.CharField(
        label="Your answer",
        error_messages={"required": "Enter your answer"},
        max_length=TEXT_LIMIT,
        help_text="The school reads it on its page. Do not name pupils.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def state_of_query(query: InvoiceQuery, side: QueryMessage.Side) -> str:
    """The state for the tag, as the side sees it: whose turn it is, or how it ended."""
    return query.outcome if query.state == State.RESOLVED else _WORDS[State(query.state)][side]


def _filtered(queries: QuerySet[InvoiceQuery], form: QueryFilter) -> QuerySet[InvoiceQuery]:
    wanted = form.cleaned_data if form.is_valid() else {}
    kind = wanted.get("show", "")
    if kind in (State.OPEN, State.ANSWERED):
        queries = queries.filter(state=kind)
    elif kind != "all":
        queries = queries.exclude(state=State.RESOLVED)
    if text := wanted.get("q"):
        queries = queries.filter(
            Q(number__iexact=text) | Q(document__number__iexact=text) | Q(organisation__name__icontains=text)
        )
    return queries


@finance_page(section="finance-customers")
def queries(request: FinanceRequest) -> HttpResponse:
    """Queries, the oldest first, with what is in query over the whole filter."""
    form = QueryFilter(request.GET)
    found = _filtered(queries_for(request.actor), form).order_by("pk")
    pence = queried_pence(found.values("pk"))
    if wants_csv(request):
        rows = (
            [one.number, one.document.number, one.organisation.name, one.opened_on, one.state, one.outcome, one.resolved_on, pounds(pence.get(one.pk, 0))]
            for one in found
        )  # fmt: skip
        return csv_response("queries", _CSV, rows)
    page = page_of(request, found)
    context = {
        "form": form,
        "chosen": chosen(request, form),
        "page_obj": page,
        "rows": [(one, state_of_query(one, Side.FINANCE), pence.get(one.pk, 0)) for one in page],
        "in_query_pence": sum(pence.values()),
        "csv_url": csv_url(request),
    }
    return show(request, "queries.html", context)


@finance_page(READ_AND_WRITE, section="finance-customers")
def query(request: FinanceRequest, number: str) -> HttpResponse:
    """One query: its lines, what was written, and for finance what to do next."""
    found = query_for(request.actor, number)
    do = request.POST.get("do", "answer")
    form = AnswerForm(posted(request))
    if do != "answer":
        form.fields["text"].required = False
    errors: list[str] = []
    if form.is_valid():
        try:
            if do == "answer":
                write_message(query=found, text=form.cleaned_data["text"], at=timezone.now(), actor=request.actor)
                messages.success(request, f"Answer to {number} sent. {found.organisation.name} acts next.")
            else:
                text = form.cleaned_data["text"]
                resolve_query(query=found, outcome=do, text=text, at=timezone.now(), actor=request.actor)
                messages.success(request, f"{number} is resolved. What was in query is due as before.")
        except DomainError as error:
            errors = said(error)
        else:
            return redirect(url("finance-query", number=number))
    context = {
        "query": found,
        "state": state_of_query(found, Side.FINANCE),
        "form": form,
        "errors": errors,
        "pence": queried_pence([found]).get(found.pk, 0),
        "lines": [one.line for one in found.lines.all()],
        "thread": thread_of(found, Side.FINANCE),
        "open": found.state != State.RESOLVED,
        "may_answer": request.actor.has(*FINANCE),
        "back_url": url("finance-queries"),
    }
    return show(request, "query.html", context, status=409 if errors else 400 if form.is_bound else 200)


def thread_of(query: InvoiceQuery, side: QueryMessage.Side) -> list[dict[str, Any]]:
    """What was written, oldest first, for the timeline; the other side's people are named by their side alone."""
    written = sorted(query.messages.all(), key=lambda message: message.pk)
    names = names_of(message.person_id for message in written if message.side == side)
    other = {Side.CUSTOMER: query.organisation.name, Side.FINANCE: "Finance"}
    return [
        {
            "title": other[Side(message.side)],
            "by": names.get(message.person_id or 0, ""),
            "when": when(message.written_at),
            "text": _lines(message.text),
        }
        for message in written
    ]


def _lines(text: str) -> SafeString:
    return mark_safe("<br>".join(escape(line) for line in text.split("\n")))  # noqa: S308  each line is escaped
