"""Waivers for organisers: those that wait first, one with its evidence and the decision, and one given unasked."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from catalogue.rules.cancellation import WAIVER_REASONS
from frontend.finance.listing import chosen, page_of
from frontend.formats import money, plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.school.waiver import gross_of
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.trading.models import Waiver
from marketplace.trading.queries import booking_for
from marketplace.trading.services import decide_waiver, waive
from marketplace.trading.services.waivers import ANSWER_LIMIT, NOTE_LIMIT, kept_of, stays_used
from marketplace.trading.waiver_queries import waiver_for, waivers_for

SHOW = [("", "To decide"), (Waiver.State.GRANTED, "Granted"), (Waiver.State.REFUSED, "Not granted"), ("all", "All")]


class WaiverFilter(forms.Form):
    """What the list is narrowed to."""

    show = forms.ChoiceField(label="Show", choices=SHOW, required=False)


class DecisionForm(forms.Form):
    """Yes or no, with a sentence that the school reads."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[("grant", "Grant it"), ("refuse", "Do not grant it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether to grant it"},
    )
    answer = forms.CharField(
        label="What the school reads", required=False, max_length=ANSWER_LIMIT, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("decision") == "refuse" and not self.cleaned_data.get("answer"):
            self.add_error("answer", "Enter why it is not granted, so that the school knows")
        return self.cleaned_data


class WaiveForm(forms.Form):
    """Why it is given unasked."""

    note = forms.CharField(label="Why?", max_length=NOTE_LIMIT, error_messages={"required": "Enter why it is waived"})


def reason_words(waiver: Waiver) -> str:
    return WAIVER_REASONS.get(waiver.reason, "Given by us, unasked")


@organiser_page(section="organise-dates")
def waivers(request: OrganiserRequest) -> HttpResponse:
    """Those that wait, oldest first; the others newest first."""
    form = WaiverFilter(request.GET)
    wanted = form.cleaned_data["show"] if form.is_valid() else ""
    found = waivers_for(request.actor)
    if wanted != "all":
        found = found.filter(state=wanted or Waiver.State.ASKED)
    page = page_of(request, found if wanted else found.order_by("pk"))
    context = {
        "filter_form": form,
        "page_obj": page,
        "rows": [{"waiver": one, "reason": reason_words(one), "pence": _pence(one)} for one in page],
        "chosen": chosen(request, form),
        "count_text": plural(page.paginator.count, "waiver"),
        "empty": "No waivers are like that." if wanted else "No waiver waits for a decision.",
    }
    return show(request, "waivers.html", context)


def _pence(waiver: Waiver) -> int:
    """What is asked for, or was given, with VAT."""
    pence = waiver.given_pence if waiver.state == Waiver.State.GRANTED else waiver.kept_pence
    return gross_of(waiver.booking, Money(pence)).pence


@organiser_page(READ_AND_WRITE, section="organise-dates")
def waiver(request: OrganiserRequest, pk: int) -> HttpResponse:
    """What was kept, why it is asked back, the evidence; and the decision with what it does."""
    found = waiver_for(request.actor, pk)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            decided = decide_waiver(
                waiver=found,
                grant=form.cleaned_data["decision"] == "grant",
                answer=form.cleaned_data["answer"],
                on=timezone.localdate(),
                actor=request.actor,
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _done(decided))
            return redirect("organise-waivers")
    context = {
        "waiver": found,
        "form": form,
        "reason": reason_words(found),
        "kept": money(gross_of(found.booking, Money(found.kept_pence)).pence),
        "given": money(gross_of(found.booking, Money(found.given_pence)).pence),
        "stays_used": stays_used(found.booking),
        "open": found.state == Waiver.State.ASKED,
        "evidence_url": reverse("file", kwargs={"pk": found.evidence_id}) if found.evidence_id else "",
        "back_url": url("organise-waivers"),
    }
    return show(request, "waiver.html", context, status=400 if form.errors else 200)


def _done(decided: Waiver) -> str:
    school = decided.booking.school.name
    if decided.state == Waiver.State.REFUSED:
        return f"Not granted. {school} reads your answer."
    given = gross_of(decided.booking, Money(decided.given_pence))
    return f"Granted. {given} goes back to {school}." if given else f"Granted to {school}."


@organiser_page(READ_AND_WRITE, section="organise-dates")
def waive_unasked(request: OrganiserRequest, pk: int) -> HttpResponse:
    """What the policy kept of one place, given back without anybody having asked on a page."""
    booking = booking_for(request.actor, pk)
    form = WaiveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            given = waive(booking=booking, note=form.cleaned_data["note"], on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _done(given))
            return redirect(f"{reverse('organise-waivers')}?show=granted")
    kept = kept_of(booking) if booking.state == booking.State.CANCELLED or booking.fees.exists() else Money(0)
    context = {
        "booking": booking,
        "form": form,
        "kept": money(gross_of(booking, kept).pence),
        "stays_used": stays_used(booking),
        "may": bool(kept) or stays_used(booking),
        "back_url": url("organise-waivers"),
    }
    return show(request, "waive.html", context, status=400 if form.errors else 200)


def waits_for(actor: Actor) -> list[dict[str, Any]]:
    """Waivers that wait for an organiser, in the form of the component ``waits``. One query, none for others."""
    if not actor.has(Role.ORGANISER):
        return []
    waiting = list(
        Waiver.objects.filter(state=Waiver.State.ASKED).order_by("asked_on").values_list("asked_on", flat=True)
    )
    if not waiting:
        return []
    return [
        {
            "text": f"Decide on {plural(len(waiting), 'waiver')}",
            "href": reverse("organise-waivers"),
            "since": waiting[0],
            "next": "The school waits for your answer; until then what cancelling cost stays owed.",
        }
    ]
