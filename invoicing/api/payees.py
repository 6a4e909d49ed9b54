"""Accounts into which providers are paid, with their last four digits, and holds on payments."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Right
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.payees.models import PayeeAccount, PaymentHold
from invoicing.payees.queries import holds_for, payee_accounts_for, require_payer_or_payee
from marketplace.core.api.views import ListView


class PayeeAccountFilters(FilterSet):
    """By provider and state."""

    provider = CharFilter(field_name="organisation__number", max_length=12)
    state = ChoiceFilter(choices=PayeeAccount.State.choices)

    class Meta:
        model = PayeeAccount
        fields: list[str] = []


class PayeeAccountRow(serializers.Serializer[Any]):
    """One version of an account. Whole digits stand on finance's page alone."""

    id = serializers.IntegerField()
    provider = serializers.CharField(help_text="Customer number of the provider.")
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=PayeeAccount.State.choices)
    account_ending = serializers.CharField(help_text="The last four digits of the account number.")
    asked_on = serializers.DateField()
    confirmed_on = serializers.DateField(allow_null=True)
    usable_from = serializers.DateField(allow_null=True, help_text="The first day on which it may be paid into.")


class PayeeAccountsView(ListView):
    """Accounts of providers."""

    area = "payments"
    serializer_class = PayeeAccountRow
    filterset_class = PayeeAccountFilters
    columns = {
        "id": "id", "provider": "organisation__number", "version": "version", "state": "state",
        "account_ending": Right("account_number", 4), "asked_on": "asked_on", "confirmed_on": "confirmed_on",
        "usable_from": "usable_from",
    }  # fmt: skip

    def rows(self) -> QuerySet[PayeeAccount]:
        require_payer_or_payee(self.actor)
        return payee_accounts_for(self.actor)

    @extend_schema(operation_id="payee_accounts", tags=["payments"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All for finance and the auditor, a provider's own for it; newest first."""
        return self.page()


class HoldFilters(FilterSet):
    """By provider, and whether they are in force."""

    provider = CharFilter(field_name="provider__number", max_length=12)
    lifted = BooleanFilter(field_name="lifted_on", lookup_expr="isnull", exclude=True, label="Whether it was lifted.")

    class Meta:
        model = PaymentHold
        fields: list[str] = []


class HoldRow(serializers.Serializer[Any]):
    """Why a provider is not paid for now. Without ``payable_source`` nothing is paid to it."""

    id = serializers.IntegerField()
    provider = serializers.CharField(help_text="Customer number of the provider.")
    reason = serializers.CharField()
    payable_source = serializers.CharField(allow_blank=True)
    held_on = serializers.DateField()
    lifted_on = serializers.DateField(allow_null=True)


class HoldsView(ListView):
    """Holds on payments."""

    area = "payments"
    serializer_class = HoldRow
    filterset_class = HoldFilters
    columns = {
        "id": "id", "provider": "provider__number", "reason": "reason", "payable_source": "payable_source",
        "held_on": "held_on", "lifted_on": "lifted_on",
    }  # fmt: skip

    def rows(self) -> QuerySet[PaymentHold]:
        require_payer_or_payee(self.actor)
        return holds_for(self.actor)

    @extend_schema(operation_id="payment_holds", tags=["payments"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All for finance and the auditor, a provider's own for it; newest first."""
        return self.page()
