"""How one service is agreed for a term, and what it promises."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from catalogue.models import Offer
from catalogue.offer_queries import offer_for
from frontend.buying import SignedInRequest
from frontend.jinja import url
from frontend.organise.resources import resource_page
from frontend.organise.service_terms_forms import PromisesForm, ServiceTermsForm, promise_words
from marketplace.core.errors import DomainError
from subscriptions.models import ServiceTerms
from subscriptions.services import set_promises, set_service_terms
from subscriptions.slas.queries import facts_of, promise_table_on, promise_tables_of

PROMISES = "promises"


@resource_page
def service_terms(request: SignedInRequest, code: str) -> HttpResponse:
    """Two forms, each with its own button: the terms from now on, and promises from a day on."""
    offer, on = offer_for(request.actor, code), timezone.localdate()
    do = request.POST.get("do", "") if request.method == "POST" else ""
    standing = promise_table_on(offer.pk, "", on)
    form = ServiceTermsForm(
        request.POST if do == "terms" else None, standing=ServiceTerms.objects.filter(offer=offer).first()
    )
    promises = PromisesForm(
        request.POST if do == PROMISES else None, offer=offer, on=on, standing=facts_of(standing) if standing else []
    )
    errors: list[str] = []
    try:
        words = _done(request, offer, form, promises)
    except DomainError as error:
        errors, words = [error.message, *error.detail], ""
    if words:
        messages.success(request, words)
        return redirect(url("organise-service-terms", code=code))
    context = {
        "offer": offer, "form": form, "promises": promises, "forms": [promises], "errors": errors,
        "tables": _tables(offer), "back_url": url("organise-offer", code=code),
    }  # fmt: skip
    return render(request, "organise/service_terms.html", context, status=400 if request.method == "POST" else 200)


def _done(request: SignedInRequest, offer: Offer, form: ServiceTermsForm, promises: PromisesForm) -> str:
    """Does what the pressed button says; nothing where its form has errors."""
    if form.is_bound and form.is_valid():
        set_service_terms(offer=offer, actor=request.actor, **form.given)
        return "Saved for what is agreed from now on. What was agreed before keeps what held then."
    if promises.is_bound and promises.is_valid():
        given = promises.cleaned_data
        set_promises(
            offer=offer, level=given.get("level") or "", promises=promises.promises,
            valid_from=given["valid_from"], actor=request.actor,
        )  # fmt: skip
        return "Promised to agreements that begin from that day. Agreements that run keep their promises."
    return ""


def _tables(offer: Offer) -> list[dict[str, Any]]:
    titles = {level.code: level.title for level in offer.levels.all()}
    return [
        {
            "level": titles.get(table.level, "Every level") if titles else "",
            "valid_from": table.valid_from,
            "rows": [promise_words(one) for one in facts_of(table)],
        }
        for table in promise_tables_of(offer)
    ]
