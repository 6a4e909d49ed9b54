"""The service desk: the queue with what is due first, and one ticket with its thread, its clocks and what to do."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Case, F, Q, QuerySet, When
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from frontend.desk_words import (
    NAMES,
    URGENCY,
    moment_words,
    next_due,
    plain,
    promised_rows,
    soon,
    state_for_desk,
    thread_of,
    uploads,
    urgency,
    what_next,
    when,
)
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, wants_csv
from frontend.formats import plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, show
from frontend.organise.desk_access import desk_page
from marketplace.core.actors import FINANCE_READERS, Actor
from marketplace.core.errors import DomainError
from marketplace.core.wording import london_day
from subscriptions.desk.clocks import took
from subscriptions.desk.queries import LIVE, WAITS, desk_people, files_by_message, is_desk, messages_of
from subscriptions.desk.rules.promises import hours_words
from subscriptions.desk.services.answering import may_reopen
from subscriptions.desk.services.writing import TEXT_LIMIT
from subscriptions.models import Ticket
from subscriptions.queries import ticket_for, tickets_for
from subscriptions.services import assign_ticket, close_ticket, reopen_ticket, reply, resolve_ticket, write_note

State = Ticket.State
MINE, NOBODY = "mine", "nobody"
_SHOW = [("", "Waiting for us"), ("school", "Waiting for the school"), ("over", "Resolved or closed"), ("all", "All")]
_CSV = ["number", "school", "service", "about", "urgency", "state", "opened", "answer_due", "answered", "fix_due", "resolved", "given_to"]  # fmt: skip
_DUE = Case(
    When(responded_at__isnull=True, response_due_at__isnull=False, then=F("response_due_at")), default=F("fix_due_at")
)


class QueueFilter(forms.Form):
    """What the queue is narrowed to."""

    show = forms.ChoiceField(label="Show", choices=_SHOW, required=False)
    priority = forms.ChoiceField(label="How urgent", choices=[("", "Any"), *URGENCY], required=False)
    given = forms.ChoiceField(
        label="Given to", choices=[("", "Anybody"), (MINE, "Me"), (NOBODY, "Nobody yet")], required=False
    )
    q = forms.CharField(label="Ticket, school or service", required=False, max_length=100)


class AnswerForm(forms.Form):
    """What the desk writes."""

    text = forms.CharField(
        label="Your reply",
        max_length=TEXT_LIMIT,
        help_text=NAMES,
        error_messages={"required": "Enter what you want to say"},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    file = forms.FileField(label="A file or picture", required=False, allow_empty_file=True)


class GiveForm(forms.Form):
    """To whom the ticket is given."""

    person = forms.TypedChoiceField(label="Given to", coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Nobody yet"), *people]  # type: ignore[attr-defined]


def _filtered(found: QuerySet[Ticket], form: QueueFilter, actor: Actor) -> QuerySet[Ticket]:
    wanted = form.cleaned_data if form.is_valid() else {}
    which = wanted.get("show", "")
    states = {"": WAITS, "school": (State.WITH_SCHOOL,), "over": (State.RESOLVED, State.CLOSED)}
    if which in states:
        found = found.filter(state__in=states[which])
    if priority := wanted.get("priority"):
        found = found.filter(priority=priority)
    if given := wanted.get("given"):
        found = found.filter(assignee=None) if given == NOBODY else found.filter(assignee=actor.person_id)
    if text := wanted.get("q"):
        found = found.filter(
            Q(number__iexact=text) | Q(organisation__name__icontains=text) | Q(service__icontains=text)
        )
    if which in ("over", "all"):
        return found.order_by("-pk")
    return found.annotate(due=_DUE).order_by(F("due").asc(nulls_last=True), "pk")


@desk_page()
def tickets(request: OrganiserRequest) -> HttpResponse:
    """The queue: overdue first, then what is due next; what is promised nothing comes last."""
    form, now = QueueFilter(request.GET), timezone.now()
    found = _filtered(tickets_for(request.actor), form, request.actor)
    if wants_csv(request):
        return csv_response("tickets", _CSV, (_cells(one, now) for one in found))
    page = page_of(request, found)
    context = {
        "form": form,
        "chosen": chosen(request, form),
        "page_obj": page,
        "rows": [{"ticket": one, "state": state_for_desk(one, now), "due": _due(one, now)} for one in page],
        "figures": _figures(request.actor, now),
        "count_text": plural(page.paginator.count, "ticket"),
        "csv_url": csv_url(request),
        "urgency": urgency,
    }
    return show(request, "tickets.html", context)


def _due(ticket: Ticket, now: datetime) -> str:
    due = next_due(ticket)
    if due is None:
        return what_next(ticket, now) if ticket.state not in WAITS else "No time promised"
    return moment_words(due, now)


def _figures(actor: Actor, now: datetime) -> list[dict[str, object]]:
    """Overdue, due today, and all that wait: one query."""
    waits = tickets_for(actor).order_by().select_related(None).filter(state__in=WAITS).annotate(due=_DUE)
    dues = list(waits.values_list("due", flat=True))
    late = sum(due is not None and due < now for due in dues)
    today = sum(due is not None and now <= due < soon(now) for due in dues)
    return [
        {"figure": f"{late:,}", "label": "overdue"},
        {"figure": f"{today:,}", "label": "due today"},
        {"figure": f"{len(dues):,}", "label": "waiting for us in all"},
    ]


def _cells(ticket: Ticket, now: datetime) -> list[object]:
    moments = (ticket.opened_at, ticket.response_due_at, ticket.responded_at, ticket.fix_due_at, ticket.resolved_at)
    opened, *rest = (timezone.localtime(one).strftime("%Y-%m-%d %H:%M") if one else "" for one in moments)
    return [
        ticket.number, ticket.organisation.name, ticket.service, ticket.subject, ticket.priority,
        state_for_desk(ticket, now).removeprefix("ticket "), opened, *rest,
        ticket.assignee.name if ticket.assignee else "",
    ]  # fmt: skip


@desk_page(READ_AND_WRITE)
def ticket(request: OrganiserRequest, number: str) -> HttpResponse:
    """One ticket: reply, ask the school (the clock stands), resolve, write a note, give it to somebody."""
    found, now = ticket_for(request.actor, number), timezone.now()
    do = request.POST.get("do", "")
    people = [(one.pk, one.name) for one in desk_people(london_day(now))]
    give = GiveForm(request.POST if do == "give" else None, people=people, initial={"person": found.assignee_id})
    form = AnswerForm(*((request.POST, request.FILES) if do and do != "give" else ()))
    form.fields["text"].required = do != "close"
    bound = give if do == "give" else form
    if bound.is_valid():
        try:
            messages.success(request, _done(found, do, bound, now, request.actor))
            return redirect("organise-ticket", number=number)
        except DomainError as error:
            bound.add_error("file" if error.code in ("wrong_file", "file_too_large") else None, error.message)
    written = messages_of(found, request.actor)
    credit = getattr(found, "credit", None)
    context = {
        "ticket": found,
        "state": state_for_desk(found, now),
        "next": what_next(found, now),
        "facts": _facts(found, now),
        "promised": promised_rows(found, now),
        "credit_url": url("finance-service-credit", pk=credit.pk) if credit and _reads_money(request.actor) else "",
        "credit": credit,
        "thread": thread_of(written, files_by_message(written), school=found.organisation.name, for_school=False),
        "live": found.state in LIVE,
        "may_reopen": found.state not in LIVE and may_reopen(found, now),
        "form": form,
        "give": give,
        "back_url": url("organise-tickets"),
    }
    return show(request, "ticket.html", context, status=400 if bound.errors else 200)


def _reads_money(actor: Actor) -> bool:
    return actor.has(*FINANCE_READERS)


def _facts(ticket: Ticket, now: datetime) -> list[dict[str, object]]:
    """What the desk knows of a ticket, for the list beside the thread."""
    found = [
        ("School", ticket.organisation.name),
        ("Service", ticket.service or "Not covered by a service"),
        ("How urgent", f"{ticket.priority}: {urgency(ticket)}"),
        ("Opened", when(ticket.opened_at)),
        ("Asked by", ticket.opened_by.name if ticket.opened_by else "Not recorded"),
        ("Clock so far", hours_words(took(ticket, now)) if ticket.response_minutes else "Nothing promised"),
    ]
    if ticket.credit_percent:
        found.append(("If missed", f"{plain(ticket.credit_percent)}% of the month comes back"))
    return [{"key": key, "value": value} for key, value in found]


def _done(ticket: Ticket, do: str, form: forms.Form, now: datetime, actor: Actor) -> str:
    """Does it and says what was done and who acts next."""
    given, school = form.cleaned_data, ticket.organisation.name
    if do == "give":
        person = next((one for one in desk_people(london_day(now)) if one.pk == given["person"]), None)
        assign_ticket(ticket=ticket, person=person, at=now, actor=actor)
        return f"{ticket.number} is given to {person.name}." if person else f"{ticket.number} is given to nobody."
    text, files = given["text"], uploads(given["file"])
    if do == "note":
        write_note(ticket=ticket, text=text, files=files, at=now, actor=actor)
        return "Note kept. The school does not see it."
    if do == "resolve":
        resolve_ticket(ticket=ticket, text=text, files=files, at=now, actor=actor)
        return f"{ticket.number} is resolved. {school} gets an e-mail and may open it again."
    if do == "close":
        close_ticket(ticket=ticket, text=text, at=now, actor=actor)
        return f"{ticket.number} is closed."
    if do == "reopen":
        reopen_ticket(ticket=ticket, text=text, at=now, actor=actor)
        return f"{ticket.number} is open again."
    reply(ticket=ticket, text=text, ask=do == "ask", files=files, at=now, actor=actor)
    return f"Asked. The clock stands until {school} answers." if do == "ask" else f"Reply sent to {school}."


def waits_for(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """What the desk has to answer or put right, as one item. One query, none for others."""
    if actor.system or not is_desk(actor):
        return []
    dues = list(Ticket.objects.filter(state__in=WAITS).annotate(due=_DUE).values_list("due", flat=True))
    if not dues:
        return []
    first = min((due for due in dues if due is not None), default=None)
    late = sum(due is not None and due < now for due in dues)
    said = (
        f"{plural(late, 'is', 'are')} overdue"
        if late
        else f"The first is due {moment_words(first, now)}"
        if first
        else ""
    )
    return [
        {
            "text": f"Help with {plural(len(dues), 'ticket')} of schools",
            "href": reverse("organise-tickets"),
            "since": london_day(first) if first and first < now else None,
            "next": said or "No time was promised for them",
        }
    ]
