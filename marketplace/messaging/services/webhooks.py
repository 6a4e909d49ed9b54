"""The webhooks of an organisation: adding one, changing it, its secret, switching it off and on, deleting it."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound, WrongInput
from marketplace.core.text import clean_line
from marketplace.messaging.models import WebhookDelivery, WebhookEndpoint
from marketplace.messaging.rules.targets import choose_address, read_target
from marketplace.messaging.services.webhooks_posting import resolve
from marketplace.messaging.webhook_kinds import choosable
from marketplace.messaging.webhook_queries import endpoint_for, may_keep
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisations_for

MOST = 10
OVERLAP = timedelta(hours=24)
OffReason = WebhookEndpoint.OffReason


class TooManyWebhooks(DomainError):
    """The organisation has as many webhooks as it may."""

    code = "too_many_webhooks"


class WebhookAlready(DomainError):
    """The webhook is already switched on, or already off."""

    code = "webhook_already"


def add_webhook(
    *, organisation: Organisation, url: str, description: str, kinds: Sequence[str], actor: Actor
) -> tuple[WebhookEndpoint, str]:
    """A webhook of an organisation, switched on, with its secret, which is told here and never again.

    Refuses an address that leads into a private network or is not HTTPS, kinds that are not public, and an eleventh.
    """
    if not may_keep(actor, organisation.pk):
        if not organisations_for(actor).filter(pk=organisation.pk).exists():
            raise NotFound("There is no such organisation.")
        raise _not_allowed()
    given = _checked(url, description, kinds)
    with transaction.atomic():
        # Held so that two at once cannot both be the tenth.
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        kept = WebhookEndpoint.objects.filter(organisation=organisation).exclude(off_reason=OffReason.DELETED)
        if kept.count() >= MOST:
            raise TooManyWebhooks(f"{organisation.name} has {MOST} webhooks already. Delete one first.", most=MOST)
        endpoint = WebhookEndpoint.objects.create(organisation=organisation, secret=new_secret(), **given)
        _record("webhook.added", endpoint, actor, kinds=endpoint.kinds)
    return endpoint, endpoint.secret


def change_webhook(
    *, endpoint: WebhookEndpoint, url: str, description: str, kinds: Sequence[str], actor: Actor
) -> WebhookEndpoint:
    """Another address, other words or other kinds, under the same secret. Refuses what ``add_webhook`` refuses."""
    require_keeper(endpoint, actor)
    given = _checked(url, description, kinds)
    with transaction.atomic():
        locked = lock(endpoint)
        before = locked.kinds
        for name, value in given.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(given))
        _record("webhook.changed", locked, actor, before={"kinds": before}, after={"kinds": locked.kinds})
    return locked


@transaction.atomic
def change_webhook_secret(*, endpoint: WebhookEndpoint, at: datetime, actor: Actor) -> str:
    """A new secret, told here and never again. For 24 hours what is sent carries a signature by each of the two."""
    require_keeper(endpoint, actor)
    locked = lock(endpoint)
    changed = {"previous_secret": locked.secret, "previous_until": at + OVERLAP, "secret": new_secret()}
    WebhookEndpoint.objects.filter(pk=locked.pk).update(**changed)
    _record("webhook.secret_changed", locked, actor, previous_until=(at + OVERLAP).isoformat())
    return str(changed["secret"])


@transaction.atomic
def switch_webhook_off(
    *, endpoint: WebhookEndpoint, at: datetime, actor: Actor, reason: OffReason = OffReason.ASKED
) -> None:
    """Nothing is queued or sent any more; what waited is given up and can be sent again later."""
    require_keeper(endpoint, actor)
    locked = lock(endpoint)
    if not locked.active:
        raise WebhookAlready("This webhook is switched off already.")
    _off(locked, at, reason)
    _record("webhook.switched_off", locked, actor, why=str(reason))


@transaction.atomic
def switch_webhook_on(*, endpoint: WebhookEndpoint, at: datetime, actor: Actor) -> None:
    """It is told of events from now on; those of before only when somebody asks for them."""
    require_keeper(endpoint, actor)
    locked = lock(endpoint)
    if locked.active:
        raise WebhookAlready("This webhook is switched on already.")
    WebhookEndpoint.objects.filter(pk=locked.pk).update(
        active=True, off_reason="", off_at=None, failures=0, failing_since=None, not_before=at
    )
    _record("webhook.switched_on", locked, actor)


@transaction.atomic
def delete_webhook(*, endpoint: WebhookEndpoint, at: datetime, actor: Actor) -> None:
    """The webhook is gone, its secrets with it; what was sent stays on record."""
    require_keeper(endpoint, actor)
    locked = lock(endpoint)
    _off(locked, at, OffReason.DELETED)
    gone = {"secret": "", "previous_secret": "", "previous_until": None}
    WebhookEndpoint.objects.filter(pk=locked.pk).update(**gone)
    _record("webhook.deleted", locked, actor)


def new_secret() -> str:
    """256 random bits as standardwebhooks writes them."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def require_keeper(endpoint: WebhookEndpoint, actor: Actor) -> None:
    """Raises NotFound for a webhook that is not the actor's to see, NotAllowed for one they may only look at."""
    endpoint_for(actor, endpoint.number)
    if not may_keep(actor, endpoint.organisation_id):
        raise _not_allowed()


def lock(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """The endpoint as it is now, held until the transaction ends. Raises NotFound once it is deleted."""
    live = WebhookEndpoint.objects.exclude(off_reason=OffReason.DELETED)
    found = live.select_for_update(no_key=True).filter(pk=endpoint.pk).first()
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


def _off(locked: WebhookEndpoint, at: datetime, reason: OffReason) -> None:
    WebhookEndpoint.objects.filter(pk=locked.pk).update(active=False, off_reason=reason, off_at=at)
    waiting = WebhookDelivery.objects.filter(endpoint=locked, state=WebhookDelivery.State.WAITING)
    waiting.update(state=WebhookDelivery.State.FAILED, claim=None)


def _checked(url: str, description: str, kinds: Sequence[str]) -> dict[str, Any]:
    """The values as they are kept. A name that does not resolve at present is judged when something is sent."""
    target = read_target(url.strip(), private_hosts=settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS)
    if addresses := resolve(target.host, target.port):
        choose_address(addresses, target)
    if not kinds:
        raise WrongInput("Choose at least one kind of event")
    if unknown := sorted(set(kinds) - choosable().keys()):
        raise WrongInput(f"There is no kind of event called {unknown[0][:60]}. Choose from the list")
    words = clean_line(description, what="Description", limit=80, required=False)
    return {"url": target.url, "description": words, "kinds": sorted(set(kinds))}


def _not_allowed() -> NotAllowed:
    return NotAllowed("You may look at webhooks here but not change them. Ask an approver of the organisation.")


def _record(kind: str, endpoint: WebhookEndpoint, actor: Actor, **payload: Any) -> None:
    """The address lies in the event's text: it may hold a key of the customer's own."""
    events.record(
        kind=kind,
        subject_kind="webhook",
        subject=str(endpoint.number),
        organisation_ids=[endpoint.organisation_id],
        payload=payload,
        text={"url": endpoint.url},
        actor=actor,
    )
