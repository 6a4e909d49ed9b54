"""Reads over webhooks, scoped to an actor."""

from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from marketplace.core.actors import APPROVING, BUYING, FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.messaging.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisations_for

READERS = BUYING | {Role.PROVIDER}
LARGEST = 2**63  # beyond which no number is that of a row
KEEPERS = APPROVING | {Role.PROVIDER}


def endpoints_for(actor: Actor) -> QuerySet[WebhookEndpoint]:
    """Endpoints the actor may see, newest first: all for finance, the auditor and the administrator, else their own."""
    found = WebhookEndpoint.objects.exclude(off_reason=WebhookEndpoint.OffReason.DELETED)
    found = found.select_related("organisation").order_by("-pk")
    if actor.system or actor.has(Role.ADMINISTRATOR, *FINANCE_READERS):
        return found
    return found.filter(organisation_id__in=actor.organisations(*READERS))


def endpoint_for(actor: Actor, number: UUID) -> WebhookEndpoint:
    """One endpoint by its number, or NotFound whether it is missing or not the actor's."""
    found = endpoints_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


def may_keep(actor: Actor, organisation_id: int) -> bool:
    """An approver, the trust's finance or a provider of that very organisation, or the administrator.

    Whoever only stands in for an approver decides on orders and keeps no webhooks.
    """
    own = {
        grant.organisation_id for grant in actor.grants if grant.role in KEEPERS and not grant.on_behalf_of_person_id
    }
    return actor.system or organisation_id in own or actor.has(Role.ADMINISTRATOR)


def keepable(actor: Actor) -> QuerySet[Organisation]:
    """The organisations for which the actor may keep webhooks, by name."""
    found = organisations_for(actor).order_by("name")
    if actor.system or actor.has(Role.ADMINISTRATOR):
        return found
    return found.filter(pk__in=[pk for pk in actor.organisations(*KEEPERS) if may_keep(actor, pk)])


def deliveries_of(endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    """The delivery log, newest first, each with the last answer. Whoever sees the endpoint sees its log."""
    last = WebhookAttempt.objects.filter(delivery=OuterRef("pk")).order_by("-pk")
    return (
        WebhookDelivery.objects.filter(endpoint=endpoint)
        .select_related("event")
        .annotate(last_status=Subquery(last.values("status")[:1]), last_error=Subquery(last.values("error")[:1]))
        .order_by("-pk")
    )


def delivery_of(endpoint: WebhookEndpoint, event_id: int) -> WebhookDelivery:
    """The delivery of one event to an endpoint, or NotFound."""
    found = deliveries_of(endpoint).filter(event_id=event_id).first() if event_id < LARGEST else None
    if found is None:
        raise NotFound("Nothing about that event was sent to this webhook.")
    found.endpoint = endpoint
    return found


def kept_kinds(endpoint: WebhookEndpoint) -> Q:
    """Which events the endpoint is told of."""
    return Q(kind__in=endpoint.kinds, organisation_ids__contains=[endpoint.organisation_id])
