"""One event: who did what and why, before and after, what was written, and the proof that it stands in its seal."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.audit.access import READ, LogRequest, log_page, show
from frontend.audit.facts import changes, label, others
from frontend.audit.names import names_for, when
from frontend.audit.subjects import page_of_subject
from frontend.audit.words import sentence
from frontend.jinja import url
from marketplace.core.actors import Role
from marketplace.core.erasure import REASONS, erase_text
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.event_queries import event_for, events_for
from marketplace.core.events import fingerprint_of
from marketplace.core.log_loose_ends import ERASED
from marketplace.core.models import Event, EventText
from marketplace.core.sealing import Proof, prove


class ErasureForm(forms.Form):
    """Why what was written is erased."""

    reason = forms.ChoiceField(
        label="Why is it erased?",
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the reason"},
    )


@log_page([*READ, "POST"])
def event(request: LogRequest, pk: int) -> HttpResponse:
    """An event with its proof; the administrator may erase what was written in it."""
    found = event_for(request.actor, pk)
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        request.actor.require(Role.ADMINISTRATOR, to="erase what was written in an event")
        if form.is_valid():
            try:
                erase_text(event=found, reason_code=form.cleaned_data["reason"], actor=request.actor)
            except DomainError as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, f"What was written in event {found.pk} is erased.")
                return redirect(url("audit-event", pk=found.pk))
    names = names_for([found])
    text = EventText.objects.filter(event=found).first()
    return show(
        request,
        "event.html",
        {
            "event": found,
            "what": sentence(found),
            "by": names.by(found),
            "at": when(found.at),
            "whose": names.whose(found),
            "changes": changes(found.payload),
            "others": others(found.payload),
            "written": [(label(name), words) for name, words in text.words.items()] if text else [],
            "erased": _erased(request, found) if found.text_mac and not text else "",
            "hash_holds": fingerprint_of(found) == found.hash,
            "proof": _proof(found),
            "subject_url": page_of_subject(found, request.actor),
            "may_erase": bool(text) and request.actor.has(Role.ADMINISTRATOR),
            "form": form,
            "back_url": url("audit-events"),
        },
        status=400 if form.errors else 200,
    )


def _erased(request: LogRequest, found: Event) -> str:
    """ "Erased on 4 March 2027 at 10:30am: The person asked for it", or that nobody is on record for it."""
    recorded = events_for(request.actor).filter(kind=ERASED, subject_kind="event", subject=str(found.pk)).first()
    if recorded is None:
        return "Gone, though nobody is recorded as having erased it."
    why = REASONS.get(recorded.payload.get("reason", ""), "")
    return f"Erased on {when(timezone.localtime(recorded.at))}. {why}.".replace(". .", ".")


def _proof(found: Event) -> Proof | None:
    try:
        return prove(found)
    except NotFound:
        return None
