"""Messages for the partnership's staff: which went out, which did not, and sending one again."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import SignedInRequest
from frontend.finance.listing import chosen, page_of
from frontend.formats import clock, long_date, plural, short_date
from marketplace.core.actors import FINANCE, FINANCE_READERS, Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.messaging.models import Message
from marketplace.messaging.queries import FAILING, may_read, message_for, messages_for
from marketplace.messaging.services import send_again
from marketplace.messaging.services.queueing import mark
from marketplace.messaging.topics import registered, topic

PER_PAGE = 50
FAILED = "not_sent"
SHOW = [
    ("", "All"),
    (FAILED, "Given up or refused"),
    ("waiting", "Waiting"),
    ("sent", "Sent"),
    ("held", "For a summary"),
]
TAGS = {
    "waiting": "waiting",
    "sent": "sent",
    "failed": "given up",
    "refused": "refused",
    "held": "for summary",
    "digested": "in summary",
    "dropped": "withdrawn",
}
AGAIN = (*FAILING, Message.State.SENT)


class MessageFilter(forms.Form):
    """What the list is narrowed to."""

    show = forms.ChoiceField(label="Show", choices=SHOW, required=False)
    topic = forms.ChoiceField(label="About", required=False)
    q = forms.CharField(label="E-mail address", required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = [("", "All"), *((one.code, one.words) for one in registered())]  # type: ignore[attr-defined]


def _require_reader(actor: Actor) -> None:
    """Raises NotFound for everybody but the administrator, finance and the auditor: they are told nothing."""
    if not actor.has(Role.ADMINISTRATOR, *FINANCE_READERS):
        raise NotFound("Page not found")


def may_send_again(actor: Actor) -> bool:
    """The auditor only reads."""
    return actor.has(Role.ADMINISTRATOR, *FINANCE)


@login_required
@require_safe
def messages_list(request: SignedInRequest) -> HttpResponse:
    """Messages, newest first. Whoever may not read one sees its kind, its address and what became of it."""
    _require_reader(request.actor)
    form = MessageFilter(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    found = messages_for(request.actor)
    if show := given.get("show"):
        found = found.filter(state__in=FAILING if show == FAILED else [show])
    if given.get("topic"):
        found = found.filter(topic=given["topic"])
    if text := given.get("q"):
        found = found.filter(to__icontains=text)
    page = page_of(request, found.defer("plain", "html"), per_page=PER_PAGE)
    context = {
        "filter_form": form,
        "page_obj": page,
        "rows": [_row(one, request.actor) for one in page],
        "count_text": plural(page.paginator.count, "message"),
        "chosen": chosen(request, form),
        "empty": _empty(given),
    }
    return render(request, "messages/list.html", context)


def _row(message: Message, actor: Actor) -> dict[str, Any]:
    return {
        "message": message,
        "about": message.subject if may_read(actor, message) else topic(message.topic).words,
        "href": reverse("message", kwargs={"number": message.number}),
        "when": short_date(message.sent_at or message.created_at),
        "tag": TAGS[message.state],
    }


def _empty(given: dict[str, Any]) -> str:
    if given.get("show") == FAILED and not (given.get("topic") or given.get("q")):
        return "No message was given up or refused."
    if any(given.values()):
        return "No message matches what you chose."
    return "No messages yet. Each e-mail appears here once something is told to somebody."


@login_required
@require_safe
def message(request: SignedInRequest, number: UUID) -> HttpResponse:
    """One message: its text as it was sent, how often it was tried, what the mail server said."""
    _require_reader(request.actor)
    return _page(request, message_for(request.actor, number))


def _page(request: SignedInRequest, found: Message, errors: list[str] | None = None) -> HttpResponse:
    readable = may_read(request.actor, found)
    context = {
        "message": found,
        "title": found.subject if readable else topic(found.topic).words,
        "tag_name": TAGS[found.state],
        "rows": _facts(found),
        "text": _text(found) if readable else "",
        "may_send_again": may_send_again(request.actor) and found.state in AGAIN,
        "errors": errors or [],
        "back_url": reverse("messages"),
    }
    return render(request, "messages/message.html", context, status=409 if errors else 200)


def _facts(found: Message) -> list[dict[str, Any]]:
    reader = found.organisation.name if found.organisation else found.person.name if found.person else ""
    rows = [
        {"key": "To", "value": f"{found.to} ({reader})" if reader else found.to},
        {"key": "About", "value": topic(found.topic).words},
        {"key": "Written", "value": _moment(found.created_at)},
    ]
    if found.sent_at:
        rows.append({"key": "Sent", "value": _moment(found.sent_at)})
    if found.attempts:
        rows.append({"key": "Tried", "value": plural(found.attempts, "time")})
    if found.state == Message.State.WAITING and found.attempts:
        rows.append({"key": "Next try", "value": _moment(found.next_at)})
    if found.last_error:
        rows.append({"key": "What went wrong", "value": found.last_error})
    for attached in found.attachments:
        rows.append({"key": "Attached", "value": attached["of"]})
    return rows


def _moment(moment: Any) -> str:
    return f"{long_date(moment)}, {clock(moment)}"


def _text(found: Message) -> str:
    """The plain text; where something was filled in as it left, it says so."""
    text = found.plain
    for name in found.fills:
        text = text.replace(mark(found.number, name), "[a link for one use, made when the message is sent]")
    return text


@login_required
@require_http_methods(["POST"])
def again(request: SignedInRequest, number: UUID) -> HttpResponse:
    """Sends one again, to the reader's address of today."""
    _require_reader(request.actor)
    found = message_for(request.actor, number)
    if not may_send_again(request.actor):
        raise NotAllowed("You may read messages but not send them. Ask finance or the administrator.")
    try:
        sent = send_again(message=found, actor=request.actor)
    except DomainError as error:
        return _page(request, found, [error.message])
    messages.success(request, f"It goes to {sent.to} within a minute.")
    return redirect("message", number=sent.number)
