"""An organisation's shared addresses: where its invoices and the rest go, whoever works there."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest, buyer_for
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.messaging.models import NotificationAddress
from marketplace.messaging.queries import addresses_of
from marketplace.messaging.services import set_notification_address
from marketplace.messaging.services.addresses import may_set_address

Purpose = NotificationAddress.Purpose
HINTS = {
    Purpose.INVOICES: "Without one they go to the address for notices, else to those who buy.",
    Purpose.ORDERS: "A copy of what the person who orders is told.",
    Purpose.ALL: "For any of the above that you leave empty.",
}


class AddressesForm(forms.Form):
    """One address for each purpose, each of which may stay empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose in Purpose:
            self.fields[purpose.value] = forms.EmailField(
                label=f"E-mail address for {_lower(purpose.label)}",
                help_text=HINTS[purpose],
                required=False,
                max_length=254,
                error_messages={"invalid": f"E-mail address for {_lower(purpose.label)} must be like office@school.example"},
            )  # fmt: skip


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def shared_addresses(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Read by everybody who buys there, changed by those who may."""
    buyer = buyer_for(request, kind, code)
    may_change = may_set_address(request.actor, buyer.organisation)
    if request.method == "POST" and not may_change:
        raise NotAllowed(
            "You may look at the shared addresses but not change them. Ask an approver of the organisation."
        )
    form = AddressesForm(request.POST if request.method == "POST" else None, initial=addresses_of(buyer.organisation))
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                for purpose in Purpose:
                    set_notification_address(
                        organisation=buyer.organisation,
                        purpose=purpose,
                        email=form.cleaned_data[purpose.value],
                        actor=request.actor,
                    )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"The shared addresses of {buyer.name} are saved.")
            return redirect(buyer.url("school-about"))
    context = {
        "buyer": buyer,
        "form": form,
        "may_change": may_change,
        "rows": shared_rows(buyer.organisation),
        "back_url": buyer.url("school-about"),
    }
    return render(request, "messages/shared.html", context, status=400 if form.errors else 200)


def shared_rows(organisation: Any) -> list[dict[str, str]]:
    """The shared addresses as rows of a summary list."""
    kept = addresses_of(organisation)
    return [{"key": purpose.label, "value": kept.get(purpose.value, "None")} for purpose in Purpose]
