"""The delivery log of a webhook, tests, and sending again."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from marketplace.messaging.api import shapes
from marketplace.messaging.models import WebhookDelivery
from marketplace.messaging.services import send_test_webhook, send_webhook_again, send_webhooks_since
from marketplace.messaging.webhook_queries import delivery_of, endpoint_for


class DeliveryFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=WebhookDelivery.State.choices)

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []


class DeliveriesView(ListView):
    """What was sent to one webhook, or waits."""

    area = "webhooks"
    serializer_class = shapes.DeliverySerializer
    filterset_class = DeliveryFilters
    columns = {
        "event": "event_id",
        "type": "event__kind",
        "subject": "event__subject",
        "state": "state",
        "attempts": "attempts",
        "queued_at": "queued_at",
        "next_at": "next_at",
        "done_at": "done_at",
    }

    def rows(self) -> QuerySet[WebhookDelivery]:
        endpoint = endpoint_for(self.actor, self.kwargs["number"])
        return WebhookDelivery.objects.filter(endpoint=endpoint)

    @extend_schema(operation_id="webhook_deliveries", tags=["webhooks"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The delivery log, newest first; 90 days are kept."""
        return self.page()


class DeliveryView(ApiView):
    """One event in the delivery log."""

    area = "webhooks"

    @extend_schema(operation_id="webhook_delivery", responses=shapes.DeliveryWithAttempts, tags=["webhooks"])
    def get(self, request: Request, number: UUID, event: int) -> Response:
        """One event with each request that was made and what came back, newest first."""
        return Response(shapes.delivery_body(delivery_of(endpoint_for(self.actor, number), event)))


class SentAgainView(ApiView):
    """Sending one event again."""

    area = "webhooks"

    @extend_schema(
        operation_id="webhook_send_again", request=None, responses={202: shapes.DeliveryWithAttempts}, tags=["webhooks"]
    )
    def post(self, request: Request, number: UUID, event: int) -> Response:
        """Sends one event again, under the same id."""
        endpoint = endpoint_for(self.actor, number)
        send_webhook_again(delivery=delivery_of(endpoint, event), at=timezone.now(), actor=self.actor)
        return Response(shapes.delivery_body(delivery_of(endpoint, event)), status=202)


class SentAgainSinceView(ApiView):
    """Sending all events since a moment again."""

    area = "webhooks"

    @extend_schema(
        operation_id="webhook_send_since",
        request=shapes.Since,
        responses={202: shapes.CountSerializer},
        tags=["webhooks"],
    )
    def post(self, request: Request, number: UUID) -> Response:
        """Sends every event of its kinds since a moment again, also those that it has never been told of."""
        endpoint, given = endpoint_for(self.actor, number), self.read(shapes.Since)
        count = send_webhooks_since(endpoint=endpoint, since=given["since"], at=timezone.now(), actor=self.actor)
        return Response({"count": count}, status=202)


class TestView(ApiView):
    """Trying a webhook."""

    area = "webhooks"

    @extend_schema(
        operation_id="webhook_test", request=None, responses={202: shapes.DeliveryWithAttempts}, tags=["webhooks"]
    )
    def post(self, request: Request, number: UUID) -> Response:
        """Sends a test: an event of the kind `webhook.tested`."""
        endpoint = endpoint_for(self.actor, number)
        made = send_test_webhook(endpoint=endpoint, actor=self.actor)
        return Response(shapes.delivery_body(delivery_of(endpoint, made.event_id)), status=202)
