"""How a customer is invoiced and pays: read and changed by finance, as on the page of its terms."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.queries import customer_for, require_finance_reader
from marketplace.core.api.views import ApiView
from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.services.registry import terms_of
from marketplace.trading.services import change_terms

_SAME = (
    "settlement", "cost_centre", "payment_days", "purchase_order_rule", "payer_reference_name", "invoice_grouping",
    "invoice_rhythm",
)  # fmt: skip


class TermsSerializer(serializers.Serializer[Any]):
    """A customer's terms; one without any has the defaults."""

    settlement = serializers.ChoiceField(choices=CustomerTerms.Settlement.choices)
    cost_centre = serializers.CharField(
        max_length=20, allow_blank=True, help_text="Where the council's ledger charges the school."
    )
    payment_days = serializers.IntegerField(min_value=0, max_value=120)
    purchase_order_rule = serializers.ChoiceField(choices=CustomerTerms.PurchaseOrderRule.choices)
    payer_reference_name = serializers.CharField(
        max_length=40, help_text="What the customer calls its reference, such as purchase order or cost code."
    )
    invoice_grouping = serializers.ChoiceField(choices=CustomerTerms.Grouping.choices)
    invoice_rhythm = serializers.ChoiceField(choices=CustomerTerms.Rhythm.choices)
    invoice_to = serializers.CharField(
        max_length=12, allow_null=True, help_text="Customer number of who is invoiced instead; null for nobody."
    )


class ChangeTerms(TermsSerializer):
    """The terms to change; those left out stay."""

    move_waiting = serializers.BooleanField(
        default=False, help_text="Whether items that wait follow a new invoice_to. Issued invoices never change."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False


class ChangedTerms(TermsSerializer):
    """The terms after a change."""

    moved = serializers.IntegerField(help_text="How many waiting items follow the new invoice_to.")


class CustomerTermsView(ApiView):
    """How a customer is invoiced."""

    area = "payments"

    @extend_schema(operation_id="customer_terms", responses=TermsSerializer, tags=["payments"])
    def get(self, request: Request, number: str) -> Response:
        """How a customer is invoiced and pays. For finance and the auditor."""
        return Response(_body(terms_of(self._customer(number))))

    @extend_schema(operation_id="customer_terms_change", request=ChangeTerms, responses=ChangedTerms, tags=["payments"])
    def patch(self, request: Request, number: str) -> Response:
        """Changes some of a customer's terms, all or nothing; invoices to come follow them. Finance only."""
        customer = self._customer(number)
        given = self.read(ChangeTerms)
        move = given.pop("move_waiting", False)
        if not given:
            raise WrongInput("Give at least one of the terms to change. Nothing was changed.")
        for name in {"payer_reference_name", "cost_centre"} & given.keys():
            given[name] = clean_line(given[name], what=name, limit=40, required=name != "cost_centre")
        if "invoice_to" in given:
            given["invoice_to"] = _payer(given["invoice_to"])
        moved = change_terms(customer=customer, changes=given, move_waiting=move, actor=self.actor)
        return Response(_body(terms_of(customer)) | {"moved": moved})

    def _customer(self, number: str) -> Organisation:
        require_finance_reader(self.actor)
        return customer_for(self.actor, number)


def _payer(number: str | None) -> Organisation | None:
    """Who is invoiced instead. One that is not known is a wrong answer, not a missing page."""
    if number is None:
        return None
    found = Organisation.objects.filter(number=number).first()
    if found is None:
        raise WrongInput(f"There is no customer {number} to invoice instead. Nothing was changed.")
    return found


def _body(terms: CustomerTerms) -> dict[str, Any]:
    through = terms.invoice_to.number if terms.invoice_to else None
    return {**{name: getattr(terms, name) for name in _SAME}, "invoice_to": through}
