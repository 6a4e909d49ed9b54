"""Credits that became due after invoicing: what stands to be credited, and issuing it."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import pence
from invoicing.receivables.due_queries import credits_due_for, vat_of_credits
from invoicing.receivables.models import Reduction
from invoicing.services import issue_credits_due
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.api.views import ApiView
from marketplace.core.errors import DomainError


class CreditsDueMoved(DomainError):
    """The credits due are not those that were read."""

    code = "credits_due_moved"


class CreditDue(serializers.Serializer[Any]):
    """Less is owed on an item that was invoiced; its credit note is still to come."""

    invoice = serializers.CharField()
    customer = serializers.CharField()
    description = serializers.CharField()
    reason = serializers.CharField()
    since = serializers.DateField()
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField(help_text="As its credit note will have it.")


class CreditsDue(serializers.Serializer[Any]):
    """All of them, the oldest first, with their totals."""

    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    credits: Any = CreditDue(many=True)


class IssueCredits(serializers.Serializer[Any]):
    """``net_pence`` is the total before VAT that you read: nothing is issued when it has changed meanwhile."""

    net_pence = pence()


class IssuedCredits(serializers.Serializer[Any]):
    """The numbers of the credit notes, one for each invoice."""

    credit_notes: Any = serializers.ListField(child=serializers.CharField())


def _body(rows: list[Reduction]) -> dict[str, Any]:
    vat = vat_of_credits(rows)
    listed = [
        {
            "invoice": line.document.number, "customer": row.charge.invoice_to.number,
            "description": row.charge.description, "reason": row.reason, "since": row.reduced_on,
            "net_pence": row.pence, "vat_pence": vat[row.pk],
        }
        for row in rows if (line := row.charge.document_line)
    ]  # fmt: skip
    net_pence, vat_pence = sum(row.pence for row in rows), sum(vat.values())
    return {"net_pence": net_pence, "vat_pence": vat_pence, "gross_pence": net_pence + vat_pence, "credits": listed}


def _issue(actor: Actor, expected: int) -> list[str]:
    rows = list(credits_due_for(actor))
    actor.require(*FINANCE, to="issue credit notes")
    if sum(row.pence for row in rows) != expected:
        raise CreditsDueMoved("The credits due changed since you read them. Nothing was issued. Read them again.")
    keys = [row.charge.source_key for row in rows]
    notes = issue_credits_due(charge_source_keys=keys, on=timezone.localdate(), actor=actor)
    return [note.number or "" for note in notes]


class CreditsDueView(ApiView):
    """Credits due."""

    area = "invoices"

    @extend_schema(operation_id="credits_due", responses=CreditsDue, tags=["invoices"])
    def get(self, request: Request) -> Response:
        """What was reduced or cancelled after it was invoiced and waits for its credit note. Finance and the auditor."""
        return Response(_body(list(credits_due_for(self.actor))))

    @extend_schema(
        operation_id="credits_due_issue", request=IssueCredits, responses={201: IssuedCredits}, tags=["invoices"]
    )
    def post(self, request: Request) -> Response:
        """Issues all of them, one credit note an invoice, each set against its invoice. Finance only."""
        credits_due_for(self.actor)
        given = self.read(IssueCredits)
        return Response({"credit_notes": _issue(self.actor, given["net_pence"])}, status=201)
