"""What customers ask to be done with their agreements: asked by who buys there, answered by finance."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from subscriptions.api.agreements import agreement_for
from subscriptions.asking.models import AskedChange
from subscriptions.asking.queries import asked_for, one_asked_for
from subscriptions.asking.services import ask_change, grant_change, refuse_change, withdraw_change

TAGS = ["agreements"]


class AskedChangeSerializer(serializers.Serializer[Any]):
    """A pause or an end that a customer asks for."""

    id = serializers.IntegerField()
    agreement = serializers.CharField()
    organisation = serializers.CharField()
    kind = serializers.ChoiceField(choices=AskedChange.Kind.choices)
    on = serializers.DateField()
    reason = serializers.CharField()
    shown_pence = serializers.IntegerField(help_text="What it came to before VAT when it was asked; below nought back.")
    state = serializers.ChoiceField(choices=AskedChange.State.choices)
    asked_on = serializers.DateField()
    answered_on = serializers.DateField(allow_null=True)
    answer = serializers.CharField(allow_blank=True)


class AskRequest(serializers.Serializer[Any]):
    """What is asked, from which day, and why."""

    kind = serializers.ChoiceField(choices=AskedChange.Kind.choices)
    on = serializers.DateField()
    reason = serializers.CharField(max_length=200)


class AnswerRequest(serializers.Serializer[Any]):
    """Finance grants or refuses it (with the reason); the customer withdraws it."""

    do = serializers.ChoiceField(choices=[("grant", "Grant"), ("refuse", "Refuse"), ("withdraw", "Withdraw")])
    answer = serializers.CharField(max_length=200, allow_blank=True, default="")


class AskedFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=AskedChange.State.choices)

    class Meta:
        model = AskedChange
        fields: list[str] = []


_SAME = ("id", "kind", "on", "reason", "shown_pence", "state", "asked_on", "answered_on", "answer")


def asked_body(found: AskedChange) -> dict[str, Any]:
    """In the form of ``AskedChangeSerializer``."""
    return {name: getattr(found, name) for name in _SAME} | {
        "agreement": found.agreement.number,
        "organisation": found.agreement.organisation.number,
    }


class AskedChangesView(ListView):
    """What was asked."""

    area = "orders"
    serializer_class = AskedChangeSerializer
    filterset_class = AskedFilters
    columns = {
        **{name: name for name in _SAME},
        "agreement": "agreement__number",
        "organisation": "agreement__organisation__number",
    }

    def rows(self) -> QuerySet[AskedChange]:
        return asked_for(self.actor)

    @extend_schema(operation_id="asked_changes", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Changes of agreements that you asked for; all of them for finance and the auditor."""
        return self.page()


class AskChangeView(ApiView):
    """Asking for a change of an agreement."""

    area = "orders"

    @extend_schema(
        operation_id="agreement_change_ask", request=AskRequest, responses={201: AskedChangeSerializer}, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Asks finance for a pause or an end of an agreement. Nothing is changed until it is granted."""
        given = self.read(AskRequest)
        found = agreement_for(self, number)
        made = ask_change(agreement=found, today=timezone.localdate(), actor=self.actor, **given)
        return Response(asked_body(one_asked_for(self.actor, made.pk)), status=201)


class AskedChangeAnswerView(ApiView):
    """Answering what was asked."""

    area = "orders"

    @extend_schema(
        operation_id="asked_change_answer", request=AnswerRequest, responses=AskedChangeSerializer, tags=TAGS
    )
    def post(self, request: Request, pk: int) -> Response:
        """Grants it (it is done at once), refuses it with the reason, or takes it back."""
        given, today = self.read(AnswerRequest), timezone.localdate()
        found = one_asked_for(self.actor, pk)
        if given["do"] == "grant":
            grant_change(asked=found, today=today, actor=self.actor)
        elif given["do"] == "refuse":
            refuse_change(asked=found, answer=given["answer"], today=today, actor=self.actor)
        else:
            withdraw_change(asked=found, today=today, actor=self.actor)
        return Response(asked_body(one_asked_for(self.actor, pk)))
