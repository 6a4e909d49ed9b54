"""The webhooks of the caller's organisations."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import BooleanFilter, CharFilter, FilterSet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from marketplace.messaging.api import shapes
from marketplace.messaging.models import WebhookEndpoint
from marketplace.messaging.services import webhooks
from marketplace.messaging.webhook_queries import endpoint_for, endpoints_for
from marketplace.organisations.queries import organisations_for


class WebhookFilters(FilterSet):
    """By organisation, or whether it is switched on."""

    organisation = CharFilter(field_name="organisation__number", max_length=12)
    active = BooleanFilter()

    class Meta:
        model = WebhookEndpoint
        fields: list[str] = []


class WebhooksView(ListView):
    """The webhooks that the caller may see, and adding one."""

    area = "webhooks"
    told_once = ("secret",)
    serializer_class = shapes.WebhookSerializer
    filterset_class = WebhookFilters
    columns = {
        "number": "number",
        "organisation": "organisation__number",
        "url": "url",
        "description": "description",
        "kinds": "kinds",
        "active": "active",
        "off_reason": "off_reason",
        "failing_since": "failing_since",
        "created_at": "created_at",
    }

    def rows(self) -> QuerySet[WebhookEndpoint]:
        return endpoints_for(self.actor)

    @extend_schema(operation_id="webhooks", tags=["webhooks"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Your organisations' webhooks, or all for finance, the auditor and the administrator; newest first."""
        return self.page()

    @extend_schema(
        operation_id="webhook_add", request=shapes.NewWebhook, responses={201: shapes.AddedWebhook}, tags=["webhooks"]
    )
    def post(self, request: Request) -> Response:
        """Adds a webhook; the answer holds its secret, which is not shown again. An organisation may have ten."""
        given = self.read(shapes.NewWebhook)
        organisation = organisations_for(self.actor).filter(number=given["organisation"]).first()
        if organisation is None:
            raise NotFound(f"There is no organisation {given['organisation']}.")
        made, secret = webhooks.add_webhook(
            organisation=organisation,
            url=given["url"],
            description=given.get("description", ""),
            kinds=given["kinds"],
            actor=self.actor,
        )
        return Response({**shapes.webhook_body(made), "secret": secret}, status=201)


class WebhookView(ApiView):
    """One webhook."""

    area = "webhooks"

    @extend_schema(operation_id="webhook", responses=shapes.WebhookSerializer, tags=["webhooks"])
    def get(self, request: Request, number: UUID) -> Response:
        """One webhook as it stands, without its secret."""
        return Response(shapes.webhook_body(endpoint_for(self.actor, number)))

    @extend_schema(
        operation_id="webhook_change",
        request=shapes.ChangedWebhook,
        responses=shapes.WebhookSerializer,
        tags=["webhooks"],
    )
    def patch(self, request: Request, number: UUID) -> Response:
        """Changes the address, the description or the kinds; the secret stays."""
        endpoint, given = endpoint_for(self.actor, number), self.read(shapes.ChangedWebhook)
        kept = {"url": endpoint.url, "description": endpoint.description, "kinds": endpoint.kinds}
        changed = webhooks.change_webhook(endpoint=endpoint, **(kept | given), actor=self.actor)
        return Response(shapes.webhook_body(changed))

    @extend_schema(
        operation_id="webhook_delete",
        request=None,
        responses={204: OpenApiResponse(description="Deleted")},
        tags=["webhooks"],
    )
    def delete(self, request: Request, number: UUID) -> Response:
        """Deletes a webhook and its secret; what was sent stays on record."""
        webhooks.delete_webhook(endpoint=endpoint_for(self.actor, number), at=timezone.now(), actor=self.actor)
        return Response(status=204)


class WebhookSecretView(ApiView):
    """The secret of a webhook."""

    told_once = ("secret",)

    area = "webhooks"

    @extend_schema(operation_id="webhook_secret", request=None, responses=shapes.SecretSerializer, tags=["webhooks"])
    def post(self, request: Request, number: UUID) -> Response:
        """Makes a new secret. For 24 hours what is sent is signed by the old one as well."""
        endpoint = endpoint_for(self.actor, number)
        secret = webhooks.change_webhook_secret(endpoint=endpoint, at=timezone.now(), actor=self.actor)
        return Response({"secret": secret})


class WebhookOnView(ApiView):
    """Switching a webhook on."""

    area = "webhooks"

    @extend_schema(operation_id="webhook_on", request=None, responses=shapes.WebhookSerializer, tags=["webhooks"])
    def post(self, request: Request, number: UUID) -> Response:
        """Switches it on again: events from now on are sent; earlier ones by `/sent-again`."""
        webhooks.switch_webhook_on(endpoint=endpoint_for(self.actor, number), at=timezone.now(), actor=self.actor)
        return Response(shapes.webhook_body(endpoint_for(self.actor, number)))


class WebhookOffView(ApiView):
    """Switching a webhook off."""

    area = "webhooks"

    @extend_schema(operation_id="webhook_off", request=None, responses=shapes.WebhookSerializer, tags=["webhooks"])
    def post(self, request: Request, number: UUID) -> Response:
        """Switches it off: nothing is queued or sent; what waited is given up."""
        webhooks.switch_webhook_off(endpoint=endpoint_for(self.actor, number), at=timezone.now(), actor=self.actor)
        return Response(shapes.webhook_body(endpoint_for(self.actor, number)))


class WebhookKindsView(ApiView):
    """What may be subscribed to."""

    area = "webhooks"

    @extend_schema(operation_id="webhook_kinds", responses=shapes.KindsSerializer, tags=["webhooks"])
    def get(self, request: Request) -> Response:
        """Every kind of event that a webhook may be told of."""
        return Response(shapes.kinds_body())
