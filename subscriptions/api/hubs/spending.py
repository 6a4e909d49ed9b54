"""What a hub's money was spent on, and who stands in for its lead."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.binary import TakesFiles, json_or_form, uploaded
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from subscriptions.api.hubs.life import HubApi, HubWhy
from subscriptions.api.hubs.shapes import AREA, MOST_PENCE, TAGS
from subscriptions.hubs.models import HubSpend
from subscriptions.hubs.papers import receipts_of
from subscriptions.hubs.progress import hub_contract_for, spends_of
from subscriptions.hubs.services.life import require_lead
from subscriptions.hubs.services.spending import record_spend, take_spend_off
from subscriptions.outcomes.acting import claimant_organisation, names_deputies, person_there
from subscriptions.outcomes.models import ContractPerson, OutcomeContract
from subscriptions.outcomes.queries import outcome_contract_for
from subscriptions.outcomes.services.claiming import end_deputy, name_deputy


class HubSpendRow(serializers.Serializer[Any]):
    """A line of what the money was spent on, in pence as paid."""

    ordinal = serializers.IntegerField(read_only=True)
    spent_on = serializers.DateField()
    category = serializers.ChoiceField(choices=HubSpend.Category.choices)
    words = serializers.CharField(max_length=200)
    pence = serializers.IntegerField(min_value=1, max_value=MOST_PENCE)
    taken_off_on = serializers.DateField(read_only=True, allow_null=True)
    receipt = serializers.IntegerField(read_only=True, allow_null=True, help_text="Its content is at `/files/{id}`.")


class HubSpendForm(HubSpendRow):
    """A line with its receipt, a PDF or a picture."""

    receipt: Any = serializers.FileField(required=False, allow_empty_file=True)


_OWN = tuple(str(name) for name in HubSpendRow().fields if name != "receipt")


def spend_bodies(lines: Sequence[HubSpend]) -> list[dict[str, Any]]:
    """Each in the form of ``HubSpendRow``; one query for all receipts."""
    receipts = receipts_of([one.pk for one in lines])
    return [{name: getattr(one, name) for name in _OWN} | {"receipt": receipts.get(one.pk)} for one in lines]


class HubDeputyRow(serializers.Serializer[Any]):
    """Who does over ``[valid_from, valid_to)`` what the lead does under the contract."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class HubDeputyRequest(serializers.Serializer[Any]):
    """Who stands in, by the address of their sign-in, and for how long."""

    email = serializers.EmailField(max_length=254)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, default=None)


def deputy_body(found: ContractPerson) -> dict[str, Any]:
    """In the form of ``HubDeputyRow``."""
    return {
        "id": found.pk, "name": found.person.name, "email": found.person.email, "valid_from": found.valid_from,
        "valid_to": found.valid_to,
    }  # fmt: skip


class HubSpendsView(TakesFiles, ListView):
    """What was spent."""

    area = AREA
    serializer_class = HubSpendRow
    columns = {name: name for name in (*_OWN, "id")}

    def shape(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        receipts = receipts_of([row["id"] for row in rows])
        return [{name: row[name] for name in _OWN} | {"receipt": receipts.get(row["id"])} for row in rows]

    def rows_model(self) -> Any:
        return HubSpend.objects

    def rows(self) -> QuerySet[HubSpend]:
        return spends_of(hub_contract_for(self.actor, self.kwargs["number"]))

    @extend_schema(operation_id="hub_spends", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The lines of what a hub spent, the newest first; those that were taken off with the day."""
        return self.page()

    @extend_schema(
        operation_id="hub_spend_record", request=json_or_form(HubSpendRow, HubSpendForm), responses={201: HubSpendRow},
        tags=TAGS,
    )  # fmt: skip
    def post(self, request: Request, number: str) -> Response:
        """Enters one line, in a form with its receipt (a PDF or a picture of at most 10 MB). The lead or a deputy."""
        contract, on = hub_contract_for(self.actor, number), timezone.localdate()
        require_lead(contract, self.actor, on, to="enter what this hub spent")
        given = self.read_either(HubSpendRow, HubSpendForm)
        amount = Money(given.pop("pence"))
        receipt, name = uploaded(given, "receipt")
        given.pop("receipt", None)
        made = record_spend(
            contract=contract, amount=amount, on=on, actor=self.actor, receipt=receipt, file_name=name, **given
        )
        return Response(spend_bodies([made])[0], status=201)


class HubSpendRemovalView(HubApi):
    """A line that is taken off."""

    @extend_schema(operation_id="hub_spend_take_off", request=HubWhy, responses=HubSpendRow, tags=TAGS)
    def post(self, request: Request, number: str, ordinal: int) -> Response:
        """The line counts no longer, with the reason. Enter it anew where it was wrong."""
        contract = self.led(number)
        found = HubSpend.objects.select_related("contract__party").filter(contract=contract, ordinal=ordinal).first()
        if found is None:
            raise NotFound("There is no such line.")
        take_spend_off(spend=found, why=self.read(HubWhy)["why"], on=timezone.localdate(), actor=self.actor)
        return Response(spend_bodies([found])[0])


class _DeputyApi(ApiView):
    """Deputies are named and seen by the lead alone."""

    area = AREA

    def contract(self, number: str) -> OutcomeContract:
        found = outcome_contract_for(self.actor, number)
        if not names_deputies(found, self.actor):
            raise NotFound("There is no such contract.")
        return found

    def told(self, contract: OutcomeContract, status: int = 200) -> Response:
        held = ContractPerson.objects.filter(contract=contract).select_related("person").order_by("-valid_from", "-pk")
        return Response([deputy_body(one) for one in held], status=status)


class HubDeputiesView(_DeputyApi):
    """Deputies."""

    @extend_schema(operation_id="hub_deputies", responses=HubDeputyRow(many=True), tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """Who stands in for the lead, now and later."""
        return self.told(self.contract(number))

    @extend_schema(
        operation_id="hub_deputy_name", request=HubDeputyRequest, responses={201: HubDeputyRow(many=True)}, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Names somebody with a sign-in at the lead's school."""
        contract, given, on = self.contract(number), self.read(HubDeputyRequest), timezone.localdate()
        person = person_there(claimant_organisation(contract), given["email"], on)
        name_deputy(
            contract=contract, person=person, valid_from=given["valid_from"], valid_to=given["valid_to"], on=on,
            actor=self.actor,
        )  # fmt: skip
        return self.told(contract, 201)


class HubDeputyEndView(_DeputyApi):
    """Ending one."""

    @extend_schema(operation_id="hub_deputy_end", request=None, responses=HubDeputyRow(many=True), tags=TAGS)
    def post(self, request: Request, number: str, pk: int) -> Response:
        """The deputy may do nothing more from today."""
        contract = self.contract(number)
        found = (
            ContractPerson.objects.filter(contract=contract, pk=pk).select_related("person", "contract__party").first()
        )
        if found is None:
            raise NotFound("There is no such deputy.")
        end_deputy(deputy=found, on=timezone.localdate(), actor=self.actor)
        return self.told(contract)
