"""What is agreed for a term: read. What is done to it stands beside."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from subscriptions.agreements.models import Agreement, AgreementLine, BillingPeriod
from subscriptions.agreements.queries import agreements_for, periods_of, whole_term, whole_terms


class AgreementFilters(FilterSet):
    """By state, kind, customer, and by when the term or the time for notice is over."""

    state = ChoiceFilter(choices=Agreement.State.choices)
    kind = ChoiceFilter(choices=Agreement.Kind.choices)
    organisation = CharFilter(field_name="organisation__number")
    ends_by = DateFilter(field_name="term_to", lookup_expr="lte")
    notice_by = DateFilter(field_name="notice_by", lookup_expr="lte")

    class Meta:
        model = Agreement
        fields: list[str] = []


class AgreementRow(serializers.Serializer[Any]):
    """One agreement; from ``term_from`` to the day before ``term_to``. Pence are those of the whole term."""

    number = serializers.CharField()
    organisation = serializers.CharField(help_text="Customer number.")
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=Agreement.Kind.choices)
    state = serializers.ChoiceField(choices=Agreement.State.choices)
    term_from = serializers.DateField()
    term_to = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)
    notice_by = serializers.DateField(allow_null=True)
    notice_given_on = serializers.DateField(allow_null=True)
    renewal = serializers.ChoiceField(choices=Agreement.Renewal.choices)
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()


class AgreementLineRow(serializers.Serializer[Any]):
    """One service over ``valid_from`` to the day before ``valid_to``; ``base_pence`` buys the days of its base."""

    slot = serializers.IntegerField(help_text="What a change names to stop it.")
    title = serializers.CharField()
    consumer = serializers.CharField()
    offer = serializers.CharField(allow_blank=True)
    level = serializers.CharField(allow_blank=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    base_from = serializers.DateField()
    base_to = serializers.DateField()
    base_pence = serializers.IntegerField()
    vat_category = serializers.CharField()
    vat_rate = serializers.CharField()
    cfr_code = serializers.CharField(allow_blank=True)
    steps = serializers.ListField(child=serializers.CharField())


class BillingPeriodRow(serializers.Serializer[Any]):
    """Days that are charged together. Pence before VAT: what they cost, paid for already, kept for days given up."""

    slot = serializers.IntegerField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    pence = serializers.IntegerField()
    carried_pence = serializers.IntegerField()
    kept_pence = serializers.IntegerField()
    bill_on = serializers.DateField()
    state = serializers.ChoiceField(choices=BillingPeriod.State.choices)


class AgreementSerializer(AgreementRow):
    """An agreement with its lines and stored periods."""

    every = serializers.CharField()
    timing = serializers.CharField()
    prorate = serializers.CharField()
    purchase_order = serializers.CharField(allow_blank=True)
    succeeds = serializers.CharField(allow_null=True, help_text="The agreement that it renews.")
    lines = AgreementLineRow(many=True)
    periods = BillingPeriodRow(many=True)


def agreement_for(view: ApiView, number: str) -> Agreement:
    """One that the caller may see, or NotFound."""
    found = agreements_for(view.actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no agreement {number}.")
    return found


def agreement_body(found: Agreement) -> dict[str, Any]:
    """An agreement as the API tells it."""
    value = whole_term(found)
    lines = found.lines.select_related("consumer", "offer").order_by("slot", "valid_from", "pk")
    names = (
        "number", "title", "kind", "state", "term_from", "term_to", "ended_on", "notice_by", "notice_given_on",
        "renewal", "every", "timing", "prorate", "purchase_order",
    )  # fmt: skip
    return {name: getattr(found, name) for name in names} | {
        "organisation": found.organisation.number,
        "net_pence": value.net.pence,
        "vat_pence": value.vat.pence,
        "gross_pence": value.gross.pence,
        "succeeds": found.succeeds.number if found.succeeds else None,
        "lines": [_line(line) for line in lines],
        "periods": [_period(row) for row in periods_of(found)],
    }


def _line(line: AgreementLine) -> dict[str, Any]:
    names = ("slot", "title", "level", "valid_from", "valid_to", "base_from", "base_to", "base_pence", "vat_category", "cfr_code")  # fmt: skip
    return {name: getattr(line, name) for name in names} | {
        "consumer": line.consumer.number,
        "offer": line.offer.code if line.offer else "",
        "vat_rate": str(line.vat_rate),
        "steps": [step if isinstance(step, str) else str(step.get("text", "")) for step in line.steps],
    }


def _period(row: BillingPeriod) -> dict[str, Any]:
    names = ("valid_from", "valid_to", "pence", "carried_pence", "kept_pence", "bill_on", "state")
    return {"slot": row.line.slot} | {name: getattr(row, name) for name in names}


class AgreementsView(ListView):
    """Agreements of the caller's organisations; finance sees all."""

    area = "orders"
    serializer_class = AgreementRow
    filterset_class = AgreementFilters
    columns = {
        "pk": "id", "number": "number", "organisation": "organisation__number", "title": "title", "kind": "kind",
        "state": "state", "term_from": "term_from", "term_to": "term_to", "ended_on": "ended_on",
        "notice_by": "notice_by", "notice_given_on": "notice_given_on", "renewal": "renewal",
    }  # fmt: skip

    def rows(self) -> QuerySet[Agreement]:
        return agreements_for(self.actor)

    def shape(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        sums = whole_terms([row["pk"] for row in rows])
        for row in rows:
            value = sums[row.pop("pk")]
            row |= {"net_pence": value.net.pence, "vat_pence": value.vat.pence, "gross_pence": value.gross.pence}
        return rows

    @extend_schema(operation_id="agreements", tags=["agreements"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Everything agreed or offered for a term, newest first, with the sum of each whole term."""
        return self.page()


class AgreementView(ApiView):
    """One agreement."""

    area = "orders"

    @extend_schema(operation_id="agreement", responses=AgreementSerializer, tags=["agreements"])
    def get(self, request: Request, number: str) -> Response:
        """One agreement with its lines, how each price was worked out, and the periods that were or will be charged."""
        return Response(agreement_body(agreement_for(self, number)))
