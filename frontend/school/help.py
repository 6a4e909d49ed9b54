"""Help with our services: what a buyer asked for, a new question with the words of its promise, and one with its thread."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import TRUST, Buyer, SignedInRequest, buyer_for, receivers_for
from frontend.desk_words import (
    NAMES,
    credit_words,
    moment_words,
    next_due,
    promise_words,
    promised_rows,
    state_for_school,
    thread_of,
    uploads,
    urgency,
    what_next,
)
from frontend.finance.listing import chosen, page_of
from frontend.formats import plural
from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import Money, TaxedAmount
from marketplace.core.wording import london_day
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import AgreementLine
from subscriptions.desk.queries import LIVE, files_by_message, messages_of
from subscriptions.desk.rules.promises import REOPEN_DAYS, Priority
from subscriptions.desk.services.answering import may_reopen
from subscriptions.desk.services.opening import SUBJECT_LIMIT
from subscriptions.desk.services.writing import TEXT_LIMIT
from subscriptions.desk.terms import desk_terms, promises_for
from subscriptions.models import ServiceCredit, Ticket
from subscriptions.queries import services_of, ticket_for, tickets_for
from subscriptions.services import close_ticket, open_ticket, reopen_ticket, reply

PER_PAGE = 25
FEW = 12
State = Ticket.State


class HelpFilter(forms.Form):
    """Which tickets to show."""

    show = forms.ChoiceField(
        label="Show", required=False, choices=[("", "All"), ("open", "Open"), ("over", "Resolved or closed")]
    )


class ServiceForm(forms.Form):
    """What it is about: a service, or something that none covers."""

    service = forms.ChoiceField(
        label="What do you need help with?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you need help with", "invalid_choice": "Choose one of your services"},
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["service"]
        if len(choices) > FEW:
            field.widget, choices = forms.Select(), [("", "Choose a service"), *choices]
        field.choices = choices  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """How urgent it is, and what."""

    priority = forms.ChoiceField(
        label="How urgent is it?", widget=forms.RadioSelect, error_messages={"required": "Choose how urgent it is"}
    )
    subject = forms.CharField(
        label="In a few words", max_length=SUBJECT_LIMIT, error_messages={"required": "Enter what it is about"}
    )
    text = forms.CharField(
        label="What happened, and what have you tried?",
        max_length=TEXT_LIMIT,
        help_text=NAMES,
        error_messages={"required": "Enter what happened"},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    file = forms.FileField(label="A file or picture", required=False, allow_empty_file=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"].choices = [(one.value, one.words) for one in Priority]  # type: ignore[attr-defined]


class SayForm(forms.Form):
    """What the school says next."""

    text = forms.CharField(
        label="Your reply",
        max_length=TEXT_LIMIT,
        help_text=NAMES,
        error_messages={"required": "Enter your reply"},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    file = forms.FileField(label="A file or picture", required=False, allow_empty_file=True)


def tickets_of(buyer: Buyer, actor: Actor) -> QuerySet[Ticket]:
    """Tickets of the buyer; for a trust, its schools' too. Those that are open stand first."""
    own = [one.pk for one in receivers_for(buyer, actor)]
    first = Case(When(state__in=LIVE, then=Value(0)), default=Value(1))
    return tickets_for(actor).filter(organisation__in=own).order_by(first, "-pk")


@login_required
@require_safe
def tickets(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """What the buyer asked for, open ones first, each with who acts next and by when."""
    buyer, now = buyer_for(request, kind, code), timezone.now()
    form = HelpFilter(request.GET)
    wanted = form.cleaned_data["show"] if form.is_valid() else ""
    found = tickets_of(buyer, request.actor)
    if wanted:
        found = found.filter(state__in=LIVE) if wanted == "open" else found.exclude(state__in=LIVE)
    page = page_of(request, found, per_page=PER_PAGE)
    context = {
        "buyer": buyer,
        "filter_form": form,
        "chosen": chosen(request, form),
        "page_obj": page,
        "rows": [{"ticket": one, "state": state_for_school(one), "next": what_next(one, now)} for one in page],
        "several": buyer.kind == TRUST,
        "count_text": plural(page.paginator.count, "ticket"),
        "hours": desk_terms().words(london_day(now)),
    }
    return render(request, "school/help.html", context)


def _choices(receivers: list[Organisation], lines: list[AgreementLine]) -> list[tuple[str, str]]:
    several = len(receivers) > 1
    own = {one.pk: one for one in receivers}
    found = []
    for line in lines:
        whose = own.get(line.consumer_id) or own[line.agreement.organisation_id]
        found.append((f"{line.pk}-{whose.pk}", f"{line.title}, {whose.name}" if several else line.title))
    other = [(f"0-{one.pk}", f"Something else, {one.name}" if several else "Something else") for one in receivers]
    return [*found, *other]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """First which service it is about; then how urgent, in the words of what that service promises, and what."""
    buyer, now = buyer_for(request, kind, code), timezone.now()
    receivers = [one for one in receivers_for(buyer, request.actor) if one.pk in request.actor.organisations(*BUYING)]
    lines = list(services_of(receivers, london_day(now)))
    choices = _choices(receivers, lines)
    asked = request.GET if "service" in request.GET else {"service": choices[0][0]} if len(choices) == 1 else None
    first = ServiceForm(asked, choices=choices)
    if not first.is_valid():
        context = {"buyer": buyer, "form": first, "back_url": buyer.url("school-help")}
        return render(request, "school/help_service.html", context, status=400 if first.is_bound else 200)
    pk, whose = (int(part) for part in first.cleaned_data["service"].split("-"))
    line = next((one for one in lines if one.pk == pk), None)
    organisation = next(one for one in receivers if one.pk == whose)
    form = AskForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        made = _opened(organisation, line, form, now, request.actor)
        if made is not None:
            messages.success(request, f"{made.number} is sent. {_first_word(made, now)}")
            return redirect(buyer.url("school-ticket", number=made.number))
    promised = promises_for(line, london_day(now)) if line else {}
    context = {
        "buyer": buyer,
        "form": form,
        "line": line,
        "organisation": organisation,
        "hints": {one.value: promise_words(promised.get(one)) for one in Priority} if line else {},
        "hours": desk_terms().words(london_day(now)),
        "back_url": buyer.url("school-help-new") if len(choices) > 1 else buyer.url("school-help"),
    }
    return render(request, "school/help_new.html", context, status=400 if form.is_bound else 200)


def _opened(
    organisation: Organisation, line: AgreementLine | None, form: AskForm, now: datetime, actor: Actor
) -> Ticket | None:
    """The ticket; if it was refused, the form says why."""
    given = form.cleaned_data
    try:
        return open_ticket(
            organisation=organisation, line=line, priority=given["priority"], subject=given["subject"],
            text=given["text"], files=uploads(given["file"]), at=now, actor=actor,
        )  # fmt: skip
    except DomainError as error:
        _refused(form, error)
    return None


def _refused(form: forms.Form, error: DomainError) -> None:
    form.add_error("file" if error.code in ("wrong_file", "file_too_large") else None, error.message)


def _first_word(ticket: Ticket, now: datetime) -> str:
    due = next_due(ticket)
    return f"We answer by {moment_words(due, now)}." if due else "We answer as soon as we can."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ticket(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One ticket: what was written, what was promised and what happened; reply, close, open again."""
    buyer, now = buyer_for(request, kind, code), timezone.now()
    if not tickets_of(buyer, request.actor).filter(number=number).exists():
        raise NotFound("Page not found")
    found = ticket_for(request.actor, number)
    do = request.POST.get("do", "reply")
    form = SayForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    form.fields["text"].required = do != "close"
    if form.is_valid():
        try:
            messages.success(request, _done(found, do, form, now, request.actor))
            return redirect(buyer.url("school-ticket", number=number))
        except DomainError as error:
            _refused(form, error)
    written = messages_of(found, request.actor)
    credit = ServiceCredit.objects.select_related("line").filter(ticket=found).first()
    gross = TaxedAmount.at(Money(credit.pence), credit.line.vat_rate).gross if credit else ""
    context = {
        "buyer": buyer,
        "ticket": found,
        "state": state_for_school(found),
        "urgency": urgency(found),
        "next": what_next(found, now),
        "promised": promised_rows(found, now),
        "credit": credit_words(credit, gross=str(gross)),
        "thread": thread_of(written, files_by_message(written), school=found.organisation.name, for_school=True),
        "live": found.state in LIVE,
        "may_reopen": found.state not in LIVE and may_reopen(found, now),
        "reopen_days": REOPEN_DAYS,
        "form": form,
        "back_url": buyer.url("school-help"),
    }
    return render(request, "school/ticket.html", context, status=400 if form.is_bound else 200)


def _done(ticket: Ticket, do: str, form: SayForm, now: datetime, actor: Actor) -> str:
    """Does it and says what was done and who acts next."""
    text = form.cleaned_data["text"]
    if do == "close":
        close_ticket(ticket=ticket, text=text, at=now, actor=actor)
        return f"{ticket.number} is closed."
    if do == "reopen":
        reopened = reopen_ticket(ticket=ticket, text=text, at=now, actor=actor)
        return f"{ticket.number} is open again. {what_next(reopened, now)}."
    reply(ticket=ticket, text=text, files=uploads(form.cleaned_data["file"]), at=now, actor=actor)
    ticket.refresh_from_db()
    return f"Reply sent. {what_next(ticket, now)}."


def waits_for(actor: Actor, buyers: list[Buyer]) -> list[dict[str, Any]]:
    """Tickets that wait for an answer of the school, in the form of the component ``waits``. One query, none for others."""
    by_id = {one.organisation.pk: one for one in buyers}
    if not by_id or actor.system:
        return []
    own = set(by_id) & actor.organisations(*BUYING)
    found = Ticket.objects.filter(organisation__in=own, state=State.WITH_SCHOOL).order_by("pk")[:20]
    return [
        {
            "text": f"Answer our question about {one.number}: {one.subject}",
            "href": by_id[one.organisation_id].url("school-ticket", number=one.number),
            "next": "The clock of what we promised stands until you do.",
        }
        for one in found
    ]
