"""VAT rules for programs: the dated rows, and what they decide for one supply."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import DateFilter, FilterSet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import query_of
from invoicing.vat.models import CATEGORY_CHOICES, VatRule
from invoicing.vat.queries import vat_party_for, vat_rules_for
from invoicing.vat.rules.kinds import Buyer, Dimension, Funding, Place, Question, Relation, Standing, SupplyKind
from invoicing.vat.standing import ground_for
from invoicing.vat.treatment import CATEGORIES
from marketplace.core.api.errors import ErrorSerializer
from marketplace.core.api.views import ApiView, ListView
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.people import on_day

_PARTS: dict[str, type[Dimension]] = {
    "question": Question,
    "kind": SupplyKind,
    "standing": Standing,
    "place": Place,
    "relation": Relation,
    "funding": Funding,
    "buyer": Buyer,
}


def _codes(part: type[Dimension], *, facts: bool = False) -> list[str]:
    return [member.code for member in part if member or not facts]


class VatRuleRow(serializers.Serializer[Any]):
    """A rule; ``any`` where it names nothing. Of those that fit, the earliest question's most specific one decides."""

    id = serializers.IntegerField()
    question = serializers.ChoiceField(choices=_codes(Question))
    kind = serializers.ChoiceField(choices=_codes(SupplyKind))
    standing = serializers.ChoiceField(choices=_codes(Standing), help_text="The supplier's.")
    place = serializers.ChoiceField(choices=_codes(Place), help_text="Where the customer belongs.")
    relation = serializers.ChoiceField(choices=_codes(Relation), help_text="Of supplier and customer.")
    funding = serializers.ChoiceField(choices=_codes(Funding))
    buyer = serializers.ChoiceField(choices=_codes(Buyer), help_text="How the customer stands.")
    category = serializers.ChoiceField(choices=CATEGORY_CHOICES, help_text="NS: nothing is supplied, nothing invoiced.")
    reason = serializers.CharField(allow_blank=True)
    reason_code = serializers.CharField()
    basis = serializers.CharField(help_text="The Act or notice that says so.")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, help_text="The day after the last.")


class VatRuleFilters(FilterSet):
    """``on``: the rules that hold on a day."""

    on = DateFilter(method="holding")

    class Meta:
        model = VatRule
        fields: list[str] = []

    def holding(self, rules: QuerySet[VatRule], name: str, value: Any) -> QuerySet[VatRule]:
        return rules.filter(on_day(value))


class VatRulesView(ListView):
    """The rule table."""

    area = "invoices"
    serializer_class = VatRuleRow
    filterset_class = VatRuleFilters
    columns = {
        "id": "id",
        **{name: name for name in _PARTS},
        "category": "reason__category",
        "reason": "reason__words",
        "reason_code": "reason__code",
        "basis": "source",
        "valid_from": "valid_from",
        "valid_to": "valid_to",
    }

    def rows(self) -> QuerySet[VatRule]:
        return vat_rules_for(self.actor)

    def shape(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row | {name: part(row[name]).code for name, part in _PARTS.items()} for row in rows]

    @extend_schema(operation_id="vat_rules", tags=["invoices"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The dated VAT rules, ended ones too, latest first. For finance and the auditor."""
        return self.page()


class TreatmentQuery(serializers.Serializer[Any]):
    """One supply. ``supplier`` is the partnership unless given; ``funding`` what is usual for the customer."""

    kind = serializers.ChoiceField(choices=_codes(SupplyKind, facts=True))
    part_of = serializers.ChoiceField(
        choices=_codes(SupplyKind, facts=True), required=False, help_text="What travel or a fee belongs to."
    )
    customer = serializers.CharField(max_length=12, help_text="The number of the organisation invoiced.")
    supplier = serializers.CharField(max_length=12, required=False)
    funding = serializers.ChoiceField(choices=_codes(Funding, facts=True), required=False)
    on = serializers.DateField(required=False, help_text="The tax point; today unless said.")


class TreatmentSerializer(serializers.Serializer[Any]):
    """What is charged and why, with the facts from which it was decided."""

    category = serializers.ChoiceField(choices=list(CATEGORIES.items()))
    rate = serializers.CharField(help_text="A fraction: 0.20.")
    reason = serializers.CharField(allow_blank=True)
    reason_code = serializers.CharField()
    sentence = serializers.CharField()
    rule = serializers.IntegerField()
    basis = serializers.CharField(help_text="The Act or notice that says so.")
    standing = serializers.ChoiceField(choices=_codes(Standing, facts=True))
    place = serializers.ChoiceField(choices=_codes(Place, facts=True))
    relation = serializers.ChoiceField(choices=_codes(Relation, facts=True))
    funding = serializers.ChoiceField(choices=_codes(Funding, facts=True))


_TREATMENT: Any = {
    200: TreatmentSerializer,
    409: OpenApiResponse(ErrorSerializer, "There is no supply, or no rule fits; the message says why"),
}


class VatTreatmentView(ApiView):
    """What the rules decide."""

    area = "invoices"

    @extend_schema(operation_id="vat_treatment", parameters=[TreatmentQuery], responses=_TREATMENT, tags=["invoices"])
    def get(self, request: Request) -> Response:
        """How a supply is taxed on a day. Refused with ``no_supply`` between parts of one person, ``no_vat_rule`` where
        no rule fits. For finance and the auditor."""
        vat_rules_for(self.actor)
        given = query_of(request, TreatmentQuery)
        customer = vat_party_for(self.actor, given["customer"])
        supplier = vat_party_for(self.actor, given["supplier"]) if given.get("supplier") else partnership()
        funding = Funding[given["funding"].upper()] if given.get("funding") else None
        part_of = SupplyKind[given["part_of"].upper()] if given.get("part_of") else None
        ground = ground_for(
            supplier=supplier, customer=customer, on=given.get("on", timezone.localdate()), funding=funding
        )
        kind = SupplyKind[given["kind"].upper()]
        facts, decision = ground.facts(kind, part_of), ground.decide(kind, part_of)
        return Response(
            {
                "category": decision.treatment.category,
                "rate": str(decision.treatment.rate),
                "reason": decision.treatment.reason,
                "reason_code": decision.rule.reason_code,
                "sentence": decision.sentence,
                "rule": decision.rule.id,
                "basis": decision.rule.source,
                **{name: getattr(facts, name).code for name in ("standing", "place", "relation", "funding")},
            }
        )
