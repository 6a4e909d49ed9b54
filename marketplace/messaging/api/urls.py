"""The addresses of webhooks in the API."""

from django.urls import URLPattern, path

from marketplace.messaging.api import deliveries, webhooks

_ONE = "webhooks/<uuid:number>"

urlpatterns: list[URLPattern] = [
    path("webhook-kinds", webhooks.WebhookKindsView.as_view(), name="api-webhook-kinds"),
    path("webhooks", webhooks.WebhooksView.as_view(), name="api-webhooks"),
    path(_ONE, webhooks.WebhookView.as_view(), name="api-webhook"),
    path(f"{_ONE}/secret", webhooks.WebhookSecretView.as_view(), name="api-webhook-secret"),
    path(f"{_ONE}/on", webhooks.WebhookOnView.as_view(), name="api-webhook-on"),
    path(f"{_ONE}/off", webhooks.WebhookOffView.as_view(), name="api-webhook-off"),
    path(f"{_ONE}/test", deliveries.TestView.as_view(), name="api-webhook-test"),
    path(f"{_ONE}/sent-again", deliveries.SentAgainSinceView.as_view(), name="api-webhook-sent-again"),
    path(f"{_ONE}/deliveries", deliveries.DeliveriesView.as_view(), name="api-webhook-deliveries"),
    path(f"{_ONE}/deliveries/<int:event>", deliveries.DeliveryView.as_view(), name="api-webhook-delivery"),
    path(
        f"{_ONE}/deliveries/<int:event>/sent-again",
        deliveries.SentAgainView.as_view(),
        name="api-webhook-delivery-sent-again",
    ),
]
