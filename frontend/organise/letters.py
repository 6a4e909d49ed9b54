"""Messages to everybody with a place on a date, and the list of those that were sent."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from frontend.finance.access import posted, said
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.organise.date_forms import LetterForm
from marketplace.core.errors import DomainError
from marketplace.trading.running_queries import date_for, letters_for, told_of
from marketplace.trading.services import message_date


@organiser_page(READ_AND_WRITE)
def write(request: OrganiserRequest, code: str) -> HttpResponse:
    """Writes to all of a date; the button says to how many addresses it goes."""
    run = date_for(request.actor, code)
    form = LetterForm(posted(request))
    refused: list[str] = []
    if form.is_valid():
        given = form.cleaned_data
        try:
            sent = message_date(
                run=run, key=given["key"], subject=given["subject"], text=given["text"],
                expected_readers=given["expected"], actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            refused = said(error)
        else:
            messages.success(request, f"Sent to {plural(sent.readers, 'address', 'addresses')}.")
            return redirect(url("organise-date", code=code))
    told = told_of(run)
    if form.is_bound:  # what was typed stays; to how many it goes is said anew
        form = LetterForm(request.POST.dict() | {"expected": len(told)})
    else:
        form = LetterForm(initial={"key": uuid.uuid4(), "expected": len(told)})
    context = {
        "run": run, "form": form, "errors": refused, "readers": len(told),
        "own": sum(one.to_delegate for one in told), "back_url": url("organise-date", code=code),
    }  # fmt: skip
    return show(request, "date_message.html", context, status=409 if refused else 400 if form.is_bound else 200)


@organiser_page(section="organise-messages")
def letters(request: OrganiserRequest) -> HttpResponse:
    """What was written to those who come, latest first."""
    return show(request, "messages.html", {"page_obj": page_of(request, letters_for(request.actor))})
