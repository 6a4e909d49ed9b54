"""Where webhooks are kept: under a buyer's own page, and for the staff under the office's."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from frontend.buying import Buyer, SignedInRequest, buyer_for
from marketplace.core.actors import FINANCE_READERS, Role
from marketplace.core.errors import NotFound
from marketplace.messaging.models import WebhookEndpoint
from marketplace.messaging.webhook_queries import endpoints_for


@dataclass(frozen=True)
class Place:
    """The same pages at two addresses: ``school-webhook…`` of a buyer, ``webhook…`` of the office."""

    request: SignedInRequest
    buyer: Buyer | None

    def url(self, page: str, **more: Any) -> str:
        """The address of one of the pages here: ``place.url("webhook", number=…)``."""
        return self.buyer.url(f"school-{page}", **more) if self.buyer else reverse(page, kwargs=more)

    def endpoints(self) -> QuerySet[WebhookEndpoint]:
        """The webhooks that are shown here."""
        found = endpoints_for(self.request.actor)
        return found.filter(organisation=self.buyer.organisation) if self.buyer else found

    def endpoint(self, number: UUID) -> WebhookEndpoint:
        """One of them, or NotFound."""
        found = self.endpoints().filter(number=number).first()
        if found is None:
            raise NotFound("Page not found")
        return found


def place_for(request: SignedInRequest, keys: dict[str, Any]) -> Place:
    """The place of an address; NotFound where the actor neither buys for it nor is of the staff who see webhooks."""
    if "kind" in keys:
        return Place(request, buyer_for(request, keys["kind"], keys["code"]))
    if not request.actor.has(Role.ADMINISTRATOR, *FINANCE_READERS):
        raise NotFound("Page not found")
    return Place(request, None)
