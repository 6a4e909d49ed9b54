"""One bank line: what could explain it, explaining it, and taking that back."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.bank import LINE_COLUMNS, BankLineRow
from invoicing.api.common import ReasonRequest, reason_of, require_finance
from invoicing.api.payments import AllocationLine, spread
from invoicing.banking.models import BankLine, BankMatch
from invoicing.banking.queries import line_for, live_match, proposals_for
from invoicing.banking.rules.candidates import Proposal
from invoicing.banking.services import confirm_match, undo_match
from invoicing.queries import customer_for
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from marketplace.core.api.views import ApiView
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation


class ProposalGone(DomainError):
    """What was open has changed, so the proposal that was shown is none any more."""

    code = "proposal_gone"


class PaysSerializer(serializers.Serializer[Any]):
    """Pence of the payment for an invoice."""

    invoice = serializers.CharField()
    pence = serializers.IntegerField()


class SetsOffSerializer(serializers.Serializer[Any]):
    """Pence of a credit note, set off beside the payment."""

    credit_note = serializers.CharField()
    invoice = serializers.CharField()
    pence = serializers.IntegerField()


class ProposalSerializer(serializers.Serializer[Any]):
    """One way to explain the line. ``key`` names it when it is chosen."""

    key = serializers.CharField()
    confidence = serializers.CharField(help_text="From 0 to 1; from 0.95 it is sure.")
    reason = serializers.CharField()
    payer = serializers.CharField(help_text="Customer number.")
    payer_name = serializers.CharField()
    pays = PaysSerializer(many=True)
    sets_off = SetsOffSerializer(many=True)
    left_on_account_pence = serializers.IntegerField()


class MatchSerializer(serializers.Serializer[Any]):
    """How the line is explained."""

    kind = serializers.ChoiceField(choices=BankMatch.Kind.choices)
    reason = serializers.CharField(allow_blank=True)
    confidence = serializers.CharField()
    payer = serializers.CharField(allow_null=True)
    payment = serializers.IntegerField(allow_null=True)
    entry = serializers.IntegerField(allow_null=True)
    confirmed_at = serializers.DateTimeField()


class BankLineSerializer(BankLineRow):
    """A line with what explains it, or what could."""

    match = MatchSerializer(allow_null=True)
    proposals = ProposalSerializer(many=True)


class MatchRequest(serializers.Serializer[Any]):
    """Either the ``proposal`` that you chose, or the ``payer`` with the ``lines`` that it pays, none for on account."""

    proposal = serializers.RegexField(r"^[0-9a-f]{16}\Z", max_length=16, required=False)
    payer = serializers.SlugField(max_length=12, required=False, help_text="Customer number.")
    lines: Any = serializers.ListSerializer(child=AllocationLine(), required=False, max_length=1000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("proposal" in attrs) == ("payer" in attrs) or ("proposal" in attrs and "lines" in attrs):
            raise serializers.ValidationError("Give a proposal alone, or a payer with lines")
        return attrs


def line_body(line: BankLine) -> dict[str, Any]:
    """A line as the API tells it, as it stands in the database."""
    match = live_match(line)
    fresh = BankLine.objects.values(*LINE_COLUMNS.values()).get(pk=line.pk)
    return {
        **{name: fresh[where] for name, where in LINE_COLUMNS.items()},
        "match": match and _match(match),
        "proposals": _proposals(line),
    }


def _match(match: BankMatch) -> dict[str, Any]:
    return {
        "kind": match.kind,
        "reason": match.reason,
        "confidence": str(match.confidence),
        "payer": match.receipt.organisation.number if match.receipt else None,
        "payment": match.receipt.pk if match.receipt else None,
        "entry": match.receipt.entry_id if match.receipt else match.entry_id,
        "confirmed_at": match.confirmed_at,
    }


def _proposals(line: BankLine) -> list[dict[str, Any]]:
    line.refresh_from_db(fields=["state"])
    found = proposals_for(line)
    items = {pk for one in found for pk, _ in one.allocations} | {pk for one in found for _, pk, _ in one.credits}
    numbers = dict(ReceivableItem.objects.filter(pk__in=items).values_list("pk", "document__number"))
    notes = {pk for one in found for pk, _, _ in one.credits}
    credits = dict(UnallocatedItem.objects.filter(pk__in=notes).values_list("pk", "document__number"))
    payers = Organisation.objects.in_bulk({one.payer_id for one in found})
    return [
        {
            "key": one.key,
            "confidence": str(one.confidence),
            "reason": one.reason,
            "payer": payers[one.payer_id].number,
            "payer_name": payers[one.payer_id].name,
            "pays": [{"invoice": numbers[item], "pence": pence} for item, pence in one.allocations],
            "sets_off": [
                {"credit_note": credits[note], "invoice": numbers[item], "pence": pence}
                for note, item, pence in one.credits
            ],
            "left_on_account_pence": line.pence - sum(pence for _, pence in one.allocations),
        }
        for one in found
    ]


class BankLineView(ApiView):
    """One bank line."""

    area = "bank"

    @extend_schema(operation_id="bank_line", responses=BankLineSerializer, tags=["bank"])
    def get(self, request: Request, pk: int) -> Response:
        """One line with how it is explained, or with the ways to explain it, best first."""
        return Response(line_body(line_for(self.actor, pk)))


class BankLineMatchView(ApiView):
    """Explaining a line as a customer's payment."""

    area = "bank"

    @extend_schema(operation_id="bank_line_match", request=MatchRequest, responses=BankLineSerializer, tags=["bank"])
    def post(self, request: Request, pk: int) -> Response:
        """Records the receipt and sets it against the invoices: a proposal that was shown, or your own choice.

        A proposal that is none any more, and a line that somebody else explained first, change nothing. Finance only.
        """
        line = line_for(self.actor, pk)
        require_finance(self.actor, to="match bank lines")
        given = self.read(MatchRequest)
        proposal = self._shown(line, given["proposal"]) if "proposal" in given else self._own(line, given)
        confirm_match(line=line, proposal=proposal, actor=self.actor)
        return Response(line_body(line))

    def _shown(self, line: BankLine, key: str) -> Proposal:
        found = next((proposal for proposal in proposals_for(line) if proposal.key == key), None)
        if found is None:
            raise ProposalGone(
                "This line has no such proposal: what was open has changed since you looked, or the line is explained. "
                "Nothing was changed. Look at the line again."
            )
        return found

    def _own(self, line: BankLine, given: dict[str, Any]) -> Proposal:
        payer = customer_for(self.actor, given["payer"])
        pays: dict[int, int] = {}
        for one in given.get("lines", []):
            for item, pence in spread(self.actor, one["invoice"], one["pence"]):
                if item.pk in pays:
                    raise WrongInput(f"{one['invoice']} stands twice. Give each invoice once.")
                pays[item.pk] = pence
        reason = f"{self.actor.name} found {payer.name} to be the payer of {Money(line.pence)}."
        return Proposal(Decimal(1), reason, payer.pk, tuple(pays.items()))


class BankLineUndoView(ApiView):
    """Taking back how a line is explained."""

    area = "bank"

    @extend_schema(operation_id="bank_line_undo", request=ReasonRequest, responses=BankLineSerializer, tags=["bank"])
    def post(self, request: Request, pk: int) -> Response:
        """Takes back a line's match by reversing entries; the line waits again. Finance only."""
        line = line_for(self.actor, pk)
        require_finance(self.actor, to="match bank lines")
        undo_match(line=line, reason=reason_of(self.read(ReasonRequest)), actor=self.actor)
        return Response(line_body(line))
