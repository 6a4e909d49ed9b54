"""One webhook with its delivery log, what can be done with it, and one delivery with every request that was made."""

import json
from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest
from frontend.fields import DatePartsField
from frontend.finance.listing import page_of
from frontend.formats import clock, long_date, plural, short_date
from frontend.webhooks.keeping import PER_PAGE, state_of
from frontend.webhooks.places import Place, place_for
from marketplace.core.actors import FINANCE_READERS
from marketplace.core.errors import DomainError, WrongInput
from marketplace.messaging.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from marketplace.messaging.services import (
    change_webhook_secret,
    delete_webhook,
    send_test_webhook,
    send_webhook_again,
    send_webhooks_since,
    switch_webhook_off,
    switch_webhook_on,
)
from marketplace.messaging.webhook_kinds import TEST, body_of, choosable
from marketplace.messaging.webhook_queries import READERS, deliveries_of, delivery_of, may_keep

TAGS = {"waiting": "waiting", "done": "sent", "failed": "given up"}
Do = Callable[[SignedInRequest, WebhookEndpoint], str]


class SinceForm(forms.Form):
    """From which day on everything is to be sent again."""

    since = DatePartsField(label="First day")


def _test(request: SignedInRequest, endpoint: WebhookEndpoint) -> str:
    send_test_webhook(endpoint=endpoint, actor=request.actor)
    return "A test is on its way. Load this page again in a few seconds to see what came back."


def _off(request: SignedInRequest, endpoint: WebhookEndpoint) -> str:
    switch_webhook_off(endpoint=endpoint, at=timezone.now(), actor=request.actor)
    return "The webhook is switched off. Nothing is sent to it."


def _on(request: SignedInRequest, endpoint: WebhookEndpoint) -> str:
    switch_webhook_on(endpoint=endpoint, at=timezone.now(), actor=request.actor)
    return "The webhook is switched on. It is told of what happens from now on."


DOES: dict[str, Do] = {"test": _test, "off": _off, "on": _on}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: SignedInRequest, number: UUID, **keys: str) -> HttpResponse:
    """One webhook; a form on its page says by ``do`` what is to be done."""
    place = place_for(request, keys)
    endpoint = place.endpoint(number)
    if request.method != "POST":
        return _page(place, endpoint)
    try:
        return _done(place, endpoint, request.POST.get("do", ""))
    except DomainError as error:
        return _page(place, endpoint, errors=[error.message], status=error.status)


def _done(place: Place, endpoint: WebhookEndpoint, do: str) -> HttpResponse:
    request, now = place.request, timezone.now()
    if do == "secret":
        secret = change_webhook_secret(endpoint=endpoint, at=now, actor=request.actor)
        context = {"endpoint": endpoint, "secret": secret, "changed": True}
        return render(request, "webhooks/secret.html", context | {"back_url": _there(place, endpoint)})
    if do == "delete":
        delete_webhook(endpoint=endpoint, at=now, actor=request.actor)
        messages.success(request, "The webhook is deleted.")
        return redirect(place.url("webhooks"))
    if do == "since":
        return _since(place, endpoint, now)
    if do not in DOES:
        raise WrongInput("Choose what is to be done")
    messages.success(request, DOES[do](request, endpoint))
    return redirect(_there(place, endpoint))


def _since(place: Place, endpoint: WebhookEndpoint, now: datetime) -> HttpResponse:
    form = SinceForm(place.request.POST)
    if not form.is_valid():
        return _page(place, endpoint, form=form, status=400)
    since = timezone.make_aware(datetime.combine(form.cleaned_data["since"], time()))
    count = send_webhooks_since(endpoint=endpoint, since=since, at=now, actor=place.request.actor)
    messages.success(place.request, f"{plural(count, 'event is', 'events are')} on the way again.")
    return redirect(_there(place, endpoint))


def _there(place: Place, endpoint: WebhookEndpoint) -> str:
    return place.url("webhook", number=endpoint.number)


def _page(
    place: Place,
    endpoint: WebhookEndpoint,
    *,
    form: SinceForm | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    log = page_of(place.request, deliveries_of(endpoint), per_page=PER_PAGE)
    words = choosable()
    context = {
        "endpoint": endpoint,
        "state": state_of(endpoint),
        "kinds": [words.get(kind, kind) for kind in endpoint.kinds],
        "page_obj": log,
        "log": [_row(place, endpoint, one) for one in log],
        "may_keep": may_keep(place.request.actor, endpoint.organisation_id),
        "form": form or SinceForm(),
        "errors": errors or [],
        "change_url": place.url("webhook-change", number=endpoint.number),
        "back_url": place.url("webhooks"),
    }
    return render(place.request, "webhooks/webhook.html", context, status=status)


def _row(place: Place, endpoint: WebhookEndpoint, delivery: Any) -> dict[str, str]:
    return {
        "id": f"evt_{delivery.event_id}",
        "href": place.url("webhook-delivery", number=endpoint.number, event=delivery.event_id),
        "kind": delivery.event.kind,
        "subject": _subject(delivery),
        "when": f"{short_date(delivery.queued_at)}, {clock(delivery.queued_at)}",
        "tag": TAGS[delivery.state],
        "last": str(delivery.last_status or "") or delivery.last_error or "",
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: SignedInRequest, number: UUID, event: int, **keys: str) -> HttpResponse:
    """One event: what was sent, each request with what came back, and sending it again."""
    place = place_for(request, keys)
    endpoint = place.endpoint(number)
    found = delivery_of(endpoint, event)
    errors: list[str] = []
    status = 200
    if request.method == "POST":
        try:
            send_webhook_again(delivery=found, at=timezone.now(), actor=request.actor)
        except DomainError as error:
            errors, status = [error.message], error.status
        else:
            messages.success(request, "The event is on its way again, under the same id.")
            return redirect(place.url("webhook-delivery", number=number, event=event))
    context = {
        "delivery": found,
        "tag_name": TAGS[found.state],
        "rows": _facts(found),
        "body": _body(request, endpoint, found),
        "tries": [_try(one) for one in found.tries.order_by("-pk")[:50]],
        "may_send": may_keep(request.actor, endpoint.organisation_id) and found.state != WebhookDelivery.State.WAITING,
        "errors": errors,
        "back_url": place.url("webhook", number=number),
    }
    return render(request, "webhooks/delivery.html", context, status=status)


def _facts(found: WebhookDelivery) -> list[dict[str, str]]:
    rows = [
        {"key": "Event", "value": found.event.kind},
        {"key": "About", "value": _subject(found)},
        {"key": "Happened", "value": _moment(found.event.at)},
    ]
    if found.done_at:
        rows.append({"key": "Accepted", "value": _moment(found.done_at)})
    elif found.state == WebhookDelivery.State.WAITING and found.attempts:
        rows.append({"key": "Next try", "value": _moment(found.next_at)})
    return rows


def _body(request: SignedInRequest, endpoint: WebhookEndpoint, found: WebhookDelivery) -> str:
    """What was sent, for those who may see its sums."""
    actor = request.actor
    if not (endpoint.organisation_id in actor.organisations(*READERS) or actor.has(*FINANCE_READERS)):
        return ""
    told = body_of(
        found.event, organisation_id=endpoint.organisation_id, organisation_number=endpoint.organisation.number
    )
    return json.dumps(told, indent=2, ensure_ascii=False)


def _subject(found: WebhookDelivery) -> str:
    return "This webhook" if found.event.kind == TEST else found.event.subject


def _try(one: WebhookAttempt) -> dict[str, str]:
    return {
        "when": f"{short_date(one.at)}, {clock(one.at)}",
        "status": str(one.status or "None"),
        "took": f"{one.milliseconds:,} ms",
        "said": one.error or one.answer,
    }


def _moment(moment: datetime) -> str:
    return f"{long_date(moment)}, {clock(moment)}"
