"""Orders that wait for a second person: asking, deciding, taking back."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from marketplace.trading.api.orders import NewOrder, OrderSerializer, filled_basket, order_body, read_order
from marketplace.trading.models import Approval
from marketplace.trading.queries import approval_for, approvals_for, order_for
from marketplace.trading.services import Answer, ask_approval, decide, standing, withdraw
from marketplace.trading.services.deciding import REASON_LIMIT


class ApprovalFilters(FilterSet):
    """By organisation and state."""

    organisation = CharFilter(field_name="organisation__number", max_length=12)
    state = ChoiceFilter(choices=Approval.State.choices)

    class Meta:
        model = Approval
        fields: list[str] = []


class ApprovalRow(serializers.Serializer[Any]):
    """One order that was sent for approval."""

    order = serializers.CharField()
    organisation = serializers.CharField()
    state = serializers.ChoiceField(choices=Approval.State.choices)
    asked_on = serializers.DateField()
    asked_by = serializers.CharField()
    committed_pence = serializers.IntegerField(help_text="The whole term with VAT.")
    over_pence = serializers.IntegerField(help_text="How much that is over the asker's own limit.")
    kept_until = serializers.DateField(help_text="The last day on which places are kept and the price stands.")
    closed_on = serializers.DateField(allow_null=True)


class ApprovalSerializer(ApprovalRow):
    """An approval with the order it is about, and whether you may decide it today."""

    may_decide = serializers.BooleanField()
    order_detail = OrderSerializer()


class DecisionRequest(serializers.Serializer[Any]):
    """Your decision. A reason is needed where it is not approved."""

    answer = serializers.ChoiceField(choices=[(one.value, one.value) for one in Answer])
    reason = serializers.CharField(max_length=REASON_LIMIT, allow_blank=True, default="")


class NoBody(serializers.Serializer[Any]):
    """Nothing needs to be said."""


def _body(view: ApiView, approval: Approval) -> dict[str, Any]:
    order = order_for(view.actor, approval.order.number)
    may = standing(approval=approval, on=timezone.localdate(), actor=view.actor).may
    return {
        "order": order.number,
        "organisation": approval.organisation.number,
        "state": approval.state,
        "asked_on": approval.asked_on,
        "asked_by": approval.asked_by_person.name,
        "committed_pence": approval.committed_pence,
        "over_pence": approval.over_pence,
        "kept_until": approval.kept_until,
        "closed_on": approval.closed_on,
        "may_decide": may,
        "order_detail": order_body(view, order),
    }


class ApprovalsView(ListView):
    """Approvals of the caller's organisations."""

    area = "orders"
    serializer_class = ApprovalRow
    filterset_class = ApprovalFilters
    columns = {
        "order": "order__number",
        "organisation": "organisation__number",
        "state": "state",
        "asked_on": "asked_on",
        "asked_by": "asked_by_person__name",
        "committed_pence": "committed_pence",
        "over_pence": "over_pence",
        "kept_until": "kept_until",
        "closed_on": "closed_on",
    }

    def rows(self) -> QuerySet[Approval]:
        return approvals_for(self.actor)

    @extend_schema(operation_id="approvals", tags=["approvals"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Orders of your organisations that were sent for approval, latest first."""
        return self.page()

    @extend_schema(operation_id="approval_ask", request=NewOrder, responses={201: OrderSerializer}, tags=["approvals"])
    def post(self, request: Request) -> Response:
        """Sends your basket for approval: number given, price frozen, places kept, nothing charged."""
        organisation, given = read_order(self)
        basket = filled_basket(self, organisation)
        order = ask_approval(basket=basket, on=timezone.localdate(), actor=self.actor, **given)
        return Response(order_body(self, order), status=201)


class ApprovalView(ApiView):
    """One approval."""

    area = "orders"

    @extend_schema(operation_id="approval", responses=ApprovalSerializer, tags=["approvals"])
    def get(self, request: Request, number: str) -> Response:
        """What is asked, by whom, and the order with the working of its price."""
        return Response(_body(self, approval_for(self.actor, number)))


class DecisionView(ApiView):
    """Deciding."""

    area = "orders"

    @extend_schema(
        operation_id="approval_decide", request=DecisionRequest, responses=ApprovalSerializer, tags=["approvals"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Approves the order, which is then charged, or does not; never by the person who asked."""
        given = self.read(DecisionRequest)
        decide(
            approval=approval_for(self.actor, number),
            answer=Answer(given["answer"]),
            reason=given["reason"],
            on=timezone.localdate(),
            actor=self.actor,
        )
        return Response(_body(self, approval_for(self.actor, number)))


class WithdrawalView(ApiView):
    """Taking it back."""

    area = "orders"

    @extend_schema(operation_id="approval_withdraw", request=NoBody, responses=ApprovalSerializer, tags=["approvals"])
    def post(self, request: Request, number: str) -> Response:
        """Takes the order back while it waits: places are free again, nothing was charged."""
        withdraw(approval=approval_for(self.actor, number), on=timezone.localdate(), actor=self.actor)
        return Response(_body(self, approval_for(self.actor, number)))
