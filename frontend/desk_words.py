"""How tickets read for both sides: their state, what is promised, by when, and what happened."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from frontend.formats import clock, long_date, short_date
from marketplace.core.models import StoredFile
from marketplace.core.wording import LONDON, london_day
from subscriptions.desk.rules.promises import Priority, Promise, hours_words
from subscriptions.desk.services.writing import Upload
from subscriptions.models import MissedPromise, ServiceCredit, Ticket, TicketMessage

State, Side, Clock = Ticket.State, TicketMessage.Side, MissedPromise.Clock
NAMES = "Do not name pupils. Use the reference your school gave"
URGENCY = [(one.value, one.words) for one in Priority]
_OVER = {State.RESOLVED: "ticket resolved", State.CLOSED: "ticket closed"}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def urgency(ticket: Ticket) -> str:
    """ "Some people cannot work"."""
    return Priority(ticket.priority).words


def state_for_school(ticket: Ticket) -> str:
    """The state for the tag, as the school sees it: whose turn it is."""
    if ticket.state in _OVER:
        return _OVER[State(ticket.state)]
    return "ticket your turn" if ticket.state == State.WITH_SCHOOL else "ticket with us"


def state_for_desk(ticket: Ticket, now: datetime) -> str:
    """The state for the tag, as the desk sees it: what is to be done, and whether it is late."""
    if ticket.state in _OVER:
        return _OVER[State(ticket.state)]
    if ticket.state == State.WITH_SCHOOL:
        return "ticket with school"
    due = next_due(ticket)
    if due is not None and due < now:
        return "ticket overdue"
    return "ticket to answer" if ticket.responded_at is None else "ticket to fix"


def next_due(ticket: Ticket) -> datetime | None:
    """By when something is due next: the answer, then that it is put right."""
    if ticket.state in _OVER:
        return None
    return ticket.response_due_at if ticket.responded_at is None and ticket.response_due_at else ticket.fix_due_at


def moment_words(moment: datetime, now: datetime) -> str:
    """ "3:30pm today", "10am tomorrow", "10am on Tuesday", "10am on 6 October 2026"."""
    day, today = london_day(moment), london_day(now)
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    apart = (day - today).days
    if apart in near:
        return f"{clock(moment)} {near[apart]}"
    if 1 < apart < 7:
        return f"{clock(moment)} on {_DAYS[day.weekday()]}"
    return f"{clock(moment)} on {long_date(day)}"


def what_next(ticket: Ticket, now: datetime) -> str:
    """Who acts next and by when, for the school: "We answer by 3:30pm today"."""
    if ticket.state == State.WITH_SCHOOL:
        return "Waiting for your answer"
    if ticket.state == State.RESOLVED and ticket.resolved_at:
        return f"Resolved on {short_date(ticket.resolved_at)}"
    if ticket.state == State.CLOSED and ticket.closed_at:
        return f"Closed on {short_date(ticket.closed_at)}"
    due = next_due(ticket)
    verb = "answer" if ticket.responded_at is None else "put it right"
    if due is None:
        return f"We {verb} as soon as we can"
    if due < now:
        done = "answer" if ticket.responded_at is None else "put this right"
        return f"We were to {done} by {moment_words(due, now)}"
    return f"We {verb} by {moment_words(due, now)}"


def promise_words(promise: Promise | None) -> str:
    """ "Answered within 1 working hour, put right within 8 working hours"."""
    if promise is None:
        return "No time is promised for this"
    fix = hours_words(promise.fix_minutes)
    return f"Answered within {hours_words(promise.response_minutes)}, put right within {fix}"


def promised_rows(ticket: Ticket, now: datetime) -> list[list[Any]]:
    """What was promised and what happened, for a table: what, promised, by when, happened, and how it went."""
    if ticket.response_minutes is None or ticket.fix_minutes is None:
        return []
    missed = {one.clock: one for one in ticket.missed.all()}
    return [
        _promised("Answer", ticket.response_minutes, ticket.response_due_at, ticket.responded_at, missed.get(Clock.RESPONSE), ticket, now),
        _promised("Put right", ticket.fix_minutes, ticket.fix_due_at, ticket.resolved_at, missed.get(Clock.FIX), ticket, now),
    ]  # fmt: skip


def _promised(
    what: str, minutes: int, due: datetime | None, done: datetime | None, missed: MissedPromise | None, ticket: Ticket,
    now: datetime,
) -> list[Any]:  # fmt: skip
    by = missed.due_at if missed else due
    if missed is not None:
        how = "Missed"
    elif done is not None:
        how = "Kept"
    elif ticket.state in _OVER:
        how = "No longer needed"
    elif ticket.state == State.WITH_SCHOOL:
        how = "The clock stands while we wait for the school"
    elif by is not None and by < now:
        how = "Late"
    else:
        how = "Running"
    return [what, f"within {hours_words(minutes)}", when(by) if by else "", when(done) if done else "Not yet", how]


def when(moment: datetime) -> str:
    """ "15 Jun 2026, 9:30am", in London."""
    return f"{short_date(moment)}, {clock(moment)}"


def credit_words(credit: ServiceCredit | None, *, gross: str = "") -> str:
    """What became of the credit of a ticket, for the school."""
    if credit is None:
        return ""
    if credit.state == ServiceCredit.State.WAIVED:
        return "Our finance team looked at a service credit for the missed promise. Nothing comes back."
    if credit.state == ServiceCredit.State.APPROVED:
        return f"{gross} comes back for the missed promise: off your next invoice, or by credit note."
    return f"{gross} is proposed to come back for the missed promise. Our finance team decides."


def thread_of(
    messages: Sequence[TicketMessage], files: dict[int, list[StoredFile]], *, school: str, for_school: bool
) -> list[dict[str, Any]]:
    """What was written, oldest first, for the timeline. A school reads who of it wrote; ours are the service desk."""
    return [
        {
            "title": _title(one, school),
            "by": one.person.name if one.person and (one.side == Side.SCHOOL or not for_school) else "",
            "when": f"{long_date(one.written_at)} at {clock(one.written_at)}",
            "text": _body(one, files.get(one.pk, [])),
        }
        for one in messages
    ]


def _title(message: TicketMessage, school: str) -> str:
    if message.internal:
        return "Note, not seen by the school"
    return school if message.side == Side.SCHOOL else "Service desk"


def _body(message: TicketMessage, files: Iterable[StoredFile]) -> SafeString:
    said = mark_safe("<br>".join(escape(line) for line in message.text.split("\n")))  # noqa: S308  each line is escaped
    links = format_html_join(
        "",
        '<br><a class="govuk-link" href="{}">Download {}</a>',
        ((reverse("file", kwargs={"pk": file.pk}), file.name) for file in files),
    )
    return format_html("{}{}", said, links)


def uploads(file: UploadedFile | None) -> list[Upload]:
    """What was sent with a form, for the service, which checks it."""
    return [Upload(cast(BinaryIO, file.file), file.name or "file")] if file and file.file else []


def soon(now: datetime) -> datetime:
    """The end of today in London: what is due before it is due today."""
    local = now.astimezone(LONDON)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def plain(figure: Decimal) -> str:
    """A percentage without zeros behind the point: 10.00 → "10", 2.50 → "2.5"."""
    return f"{figure.normalize():f}"
