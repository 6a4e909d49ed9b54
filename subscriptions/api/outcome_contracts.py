"""Contracts that pay on outcomes, for their two parties: the list, one with its parts, a statement, an amount's evidence."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from subscriptions.api.outcome_shapes import (
    EvidenceRow,
    OutcomeContractRow,
    OutcomeContractSerializer,
    OutcomeItemRow,
    OutcomeStatementSerializer,
    contract_body,
    evidence_bodies,
    item_body,
    statement_body,
)
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.queries import item_for, outcome_contract_for, outcome_contracts_for, statements_of

TAGS = ["outcome contracts"]
_SAME = ("number", "title", "kind", "side", "state", "valid_from", "valid_to", "value_pence", "settled_pence")


class OutcomeContractFilters(FilterSet):
    """By kind, state and the other party's customer number."""

    kind = ChoiceFilter(choices=OutcomeContract.Kind.choices)
    state = ChoiceFilter(choices=OutcomeContract.State.choices)
    party = CharFilter(field_name="party__number", max_length=12)

    class Meta:
        model = OutcomeContract
        fields: list[str] = []


class OutcomeContractsView(ListView):
    """Contracts."""

    area = "outcomes"
    serializer_class = OutcomeContractRow
    filterset_class = OutcomeContractFilters
    columns = {**{name: name for name in _SAME}, "party": "party__number"}

    def rows(self) -> QuerySet[OutcomeContract]:
        return outcome_contracts_for(self.actor)

    @extend_schema(operation_id="outcome_contracts", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Contracts of your organisations that pay on outcomes; all of them for the partnership's organisers, finance and
        the auditor."""
        return self.page()


class OutcomeContractView(ApiView):
    """One contract."""

    area = "outcomes"

    @extend_schema(operation_id="outcome_contract", responses=OutcomeContractSerializer, tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """One contract with what is to be shown, its amounts, statements and versions."""
        return Response(contract_body(outcome_contract_for(self.actor, number)))


class OutcomeItemView(ApiView):
    """One amount of a contract."""

    area = "outcomes"

    @extend_schema(operation_id="outcome_item", responses=OutcomeItemRow, tags=TAGS)
    def get(self, request: Request, number: str, code: str) -> Response:
        """One amount, with its state and why."""
        return Response(item_body(item_for(self.actor, number, code)))


class OutcomeEvidenceView(ApiView):
    """The evidence on an amount."""

    area = "outcomes"

    @extend_schema(operation_id="outcome_evidence", responses=EvidenceRow(many=True), tags=TAGS)
    def get(self, request: Request, number: str, code: str) -> Response:
        """What lies on an amount as evidence, oldest first: what it is; a file's content is at `/files/{id}`."""
        return Response(evidence_bodies(item_for(self.actor, number, code)))


class OutcomeStatementView(ApiView):
    """One statement of a contract."""

    area = "outcomes"

    @extend_schema(operation_id="outcome_statement", responses=OutcomeStatementSerializer, tags=TAGS)
    def get(self, request: Request, number: str, ordinal: int) -> Response:
        """A statement with its lines: as it was frozen, or as it would be frozen now."""
        found = statements_of(outcome_contract_for(self.actor, number)).select_related("contract")
        statement = found.filter(ordinal=ordinal).first()
        if statement is None:
            raise NotFound("There is no such statement.")
        return Response(statement_body(statement))
