"""What the API says about webhooks, and what it reads."""

from typing import Any

from rest_framework import serializers

from marketplace.messaging.models import WebhookDelivery, WebhookEndpoint
from marketplace.messaging.webhook_kinds import choosable

URL: dict[str, Any] = {"max_length": 500, "help_text": "HTTPS, a full public name, port 443 or 8443, no user name."}
KINDS = serializers.ListField(
    child=serializers.CharField(max_length=60),
    min_length=1,
    max_length=60,
    help_text="Kinds of events, as GET /webhook-kinds lists them.",
)


class NewWebhook(serializers.Serializer[Any]):
    """A webhook to add."""

    organisation = serializers.SlugField(max_length=12, help_text="Customer number.")
    url = serializers.CharField(**URL)
    description = serializers.CharField(max_length=80, required=False, allow_blank=True)
    kinds = KINDS


class ChangedWebhook(serializers.Serializer[Any]):
    """What the webhook is to be; what is left out stays."""

    url = serializers.CharField(required=False, **URL)
    description = serializers.CharField(max_length=80, required=False, allow_blank=True)
    kinds = serializers.ListField(
        child=serializers.CharField(max_length=60), min_length=1, max_length=60, required=False
    )


class Since(serializers.Serializer[Any]):
    """From when on events are to be sent again."""

    since = serializers.DateTimeField(help_text="Within the last 31 days.")


class KindSerializer(serializers.Serializer[Any]):
    """A kind of event that may be subscribed to."""

    kind = serializers.CharField()
    words = serializers.CharField()


class KindsSerializer(serializers.Serializer[Any]):
    """All kinds that may be subscribed to."""

    kinds = KindSerializer(many=True)


class WebhookSerializer(serializers.Serializer[Any]):
    """A webhook as it stands."""

    number = serializers.UUIDField()
    organisation = serializers.CharField()
    url = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    kinds = serializers.ListField(child=serializers.CharField())
    active = serializers.BooleanField()
    off_reason = serializers.ChoiceField(choices=WebhookEndpoint.OffReason.choices, allow_blank=True)
    failing_since = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class SecretSerializer(serializers.Serializer[Any]):
    """A secret, told once."""

    secret = serializers.CharField(help_text="Begins with whsec_. It is not shown again.")


class AddedWebhook(WebhookSerializer):
    """A webhook with its secret, which is told this once."""

    secret = serializers.CharField(help_text="Begins with whsec_. It is not shown again.")


class DeliverySerializer(serializers.Serializer[Any]):
    """One event in the delivery log of a webhook."""

    event = serializers.IntegerField(help_text="The number in the webhook-id: evt_ and this.")
    type = serializers.CharField()
    subject = serializers.CharField()
    state = serializers.ChoiceField(choices=WebhookDelivery.State.choices)
    attempts = serializers.IntegerField(help_text="That failed, since it was last asked for.")
    queued_at = serializers.DateTimeField()
    next_at = serializers.DateTimeField(help_text="When it is tried, while it waits.")
    done_at = serializers.DateTimeField(allow_null=True)


class AttemptSerializer(serializers.Serializer[Any]):
    """One request and what came back."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True)
    milliseconds = serializers.IntegerField()
    answer = serializers.CharField(allow_blank=True)
    error = serializers.CharField(allow_blank=True)


class DeliveryWithAttempts(DeliverySerializer):
    """One event with every request that was made."""

    tries = AttemptSerializer(many=True)


class CountSerializer(serializers.Serializer[Any]):
    """How many events were queued."""

    count = serializers.IntegerField()


def webhook_body(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """A webhook as the API tells it, without its secret."""
    return {
        "number": endpoint.number,
        "organisation": endpoint.organisation.number,
        "url": endpoint.url,
        "description": endpoint.description,
        "kinds": endpoint.kinds,
        "active": endpoint.active,
        "off_reason": endpoint.off_reason,
        "failing_since": endpoint.failing_since,
        "created_at": endpoint.created_at,
    }


def delivery_body(delivery: WebhookDelivery) -> dict[str, Any]:
    """A delivery with its attempts, newest first."""
    tries = delivery.tries.order_by("-pk").values("at", "status", "milliseconds", "answer", "error")
    return {
        "event": delivery.event_id,
        "type": delivery.event.kind,
        "subject": delivery.event.subject,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "queued_at": delivery.queued_at,
        "next_at": delivery.next_at,
        "done_at": delivery.done_at,
        "tries": list(tries[:50]),
    }


def kinds_body() -> dict[str, Any]:
    """The public kinds in alphabetical order."""
    return {"kinds": [{"kind": kind, "words": words} for kind, words in sorted(choosable().items())]}
