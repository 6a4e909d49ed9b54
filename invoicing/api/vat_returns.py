"""VAT returns: prepared, locked by another person, and recorded as sent."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.services import lock_vat_return, prepare_vat_return, record_vat_return_sent, withdraw_vat_return
from invoicing.vat_returns.models import VatReturn
from invoicing.vat_returns.queries import entries_of, vat_return_for, vat_returns_for
from invoicing.vat_returns.reckoning import figures_of
from invoicing.vat_returns.rules import due_on, end_of, owed
from marketplace.core.actors import FINANCE, Role
from marketplace.core.api.numbers import MOST_PENCE
from marketplace.core.api.views import ApiView
from marketplace.core.errors import WrongInput
from marketplace.core.periods import add_months


class VatBoxSerializer(serializers.Serializer[Any]):
    """One of the nine boxes, named as HMRC's interface names it: pence in boxes 1 to 5, whole pounds in 6 to 9."""

    box = serializers.IntegerField()
    name = serializers.CharField()
    amount = serializers.IntegerField()


class VatReturnRow(serializers.Serializer[Any]):
    """A return and where it stands. ``start`` is its first day, ``end`` the day after its last."""

    period = serializers.CharField(help_text="Its last month, such as 2026-10.")
    start = serializers.DateField()
    end = serializers.DateField()
    state = serializers.ChoiceField(choices=VatReturn.State.choices)
    due_on = serializers.DateField()
    prepared_by = serializers.CharField()
    locked_by = serializers.CharField(allow_null=True)
    locked_at = serializers.DateTimeField(allow_null=True)
    net_vat_pence = serializers.IntegerField(
        allow_null=True, help_text="Below nought what HMRC owes; empty until locked."
    )
    sent_on = serializers.DateField(allow_null=True)
    receipt = serializers.CharField(allow_blank=True)


class VatReturnsSerializer(serializers.Serializer[Any]):
    """Every return, latest first."""

    vat_returns: Any = VatReturnRow(many=True)


class VatReturnVat(serializers.Serializer[Any]):
    """VAT of the entries of one kind in pence; ``late`` where they belong to earlier periods."""

    kind = serializers.CharField()
    late = serializers.BooleanField()
    entries = serializers.IntegerField()
    sales_vat_pence = serializers.IntegerField()
    purchases_vat_pence = serializers.IntegerField()


class VatReturnNet(serializers.Serializer[Any]):
    """Net of box 6 by VAT category and reason, of box 7 by what was bought for; ``late_pence`` of it from earlier periods."""

    box = serializers.IntegerField()
    category = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    counts = serializers.BooleanField(
        allow_null=True, help_text="Empty where nobody said whether it stands in the box."
    )
    pence = serializers.IntegerField()
    late_pence = serializers.IntegerField()


class VatReturnSerializer(VatReturnRow):
    """A return with its nine boxes and what they are made of: as they were locked, or as they would be locked now."""

    boxes: Any = VatBoxSerializer(many=True)
    vat: Any = VatReturnVat(many=True)
    nets: Any = VatReturnNet(many=True)
    net_vat_now_pence = serializers.IntegerField(help_text="What locking asks for: boxes 3 less 4.")


class VatReturnEntrySerializer(serializers.Serializer[Any]):
    """A ledger entry whose VAT stands in the return."""

    entry = serializers.IntegerField()
    posted_on = serializers.DateField()
    tax_point = serializers.DateField()
    kind = serializers.CharField()
    narrative = serializers.CharField()
    sales_vat_pence = serializers.IntegerField()
    purchases_vat_pence = serializers.IntegerField()


class VatReturnEntriesSerializer(serializers.Serializer[Any]):
    """The entries of a return by tax point."""

    entries: Any = VatReturnEntrySerializer(many=True)


class PrepareVatReturnRequest(serializers.Serializer[Any]):
    """The first and the last month of a return, such as 2026-08 and 2026-10."""

    first = serializers.CharField(max_length=7)
    last = serializers.CharField(max_length=7)


class LockVatReturnRequest(serializers.Serializer[Any]):
    """What was looked at: where it has changed since, nothing is locked."""

    net_vat_pence = serializers.IntegerField(min_value=-MOST_PENCE, max_value=MOST_PENCE)


class VatReturnSentRequest(serializers.Serializer[Any]):
    """When the return was sent and what HMRC answered."""

    sent_on = serializers.DateField()
    receipt = serializers.CharField(max_length=60)


def _row(found: VatReturn) -> dict[str, Any]:
    return {
        "period": found.key,
        "start": found.start,
        "end": found.end,
        "state": found.state,
        "due_on": due_on(found.end),
        "prepared_by": found.prepared_by.name,
        "locked_by": found.locked_by.name if found.locked_by else None,
        "locked_at": found.locked_at,
        "net_vat_pence": owed(found.sums) if found.sums else None,
        "sent_on": found.sent_on,
        "receipt": found.receipt,
    }


def _month(given: str) -> date:
    end = end_of(given)
    if end is None:
        raise WrongInput(f"A month is written like 2026-10, not {given[:20]}.")
    return end


class OneVatReturnView(ApiView):
    """What the operations on returns share."""

    area = "ledger"

    def body(self, period: str) -> dict[str, Any]:
        found = vat_return_for(self.actor, period)
        figures = figures_of(found, self.actor)
        return {
            **_row(found),
            "boxes": [{"box": one.number, "name": one.name, "amount": one.amount} for one in figures.boxes],
            "vat": [
                {"kind": row.kind, "late": row.late, "entries": row.entries, "sales_vat_pence": row.sales,
                 "purchases_vat_pence": row.purchases}
                for row in figures.vat
            ],
            "nets": [
                {"box": part.box, "category": part.category, "reason": part.reason, "counts": part.counts,
                 "pence": part.pence, "late_pence": part.late}
                for part in figures.parts
            ],
            "net_vat_now_pence": owed(figures.sums),
        }  # fmt: skip


class VatReturnsView(OneVatReturnView):
    """The returns."""

    @extend_schema(operation_id="vat_returns", responses=VatReturnsSerializer, tags=["ledger"])
    def get(self, request: Request) -> Response:
        """Every VAT return that was not taken back, latest first. For finance and the auditor."""
        return Response({"vat_returns": [_row(one) for one in vat_returns_for(self.actor)]})

    @extend_schema(
        operation_id="vat_return_prepare", request=PrepareVatReturnRequest, responses={201: VatReturnSerializer},
        tags=["ledger"],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Prepares a return of whole months. It begins where the last one ended; the first may begin anywhere."""
        vat_returns_for(self.actor)
        self.actor.require(*FINANCE, to="prepare VAT returns")
        given = self.read(PrepareVatReturnRequest)
        start, end = add_months(_month(given["first"]), -1), _month(given["last"])
        made = prepare_vat_return(start=start, end=end, at=timezone.now(), actor=self.actor)
        return Response(self.body(made.key), status=201)


class VatReturnView(OneVatReturnView):
    """One return."""

    @extend_schema(operation_id="vat_return", responses=VatReturnSerializer, tags=["ledger"])
    def get(self, request: Request, period: str) -> Response:
        """One return with its nine boxes and what they are made of."""
        return Response(self.body(period))


class VatReturnEntriesView(OneVatReturnView):
    """The entries of a return."""

    @extend_schema(operation_id="vat_return_entries", responses=VatReturnEntriesSerializer, tags=["ledger"])
    def get(self, request: Request, period: str) -> Response:
        """Each ledger entry whose VAT stands in the return."""
        rows = entries_of(self.actor, vat_return_for(self.actor, period))
        return Response({
            "entries": [
                {"entry": row.entry, "posted_on": row.posted_on, "tax_point": row.tax_point, "kind": row.kind,
                 "narrative": row.narrative, "sales_vat_pence": row.sales_vat, "purchases_vat_pence": row.purchases_vat}
                for row in rows
            ]
        })  # fmt: skip


class VatReturnLockView(OneVatReturnView):
    """Locking a return."""

    @extend_schema(
        operation_id="vat_return_lock", request=LockVatReturnRequest, responses=VatReturnSerializer, tags=["ledger"]
    )
    def post(self, request: Request, period: str) -> Response:
        """Locks a return: its boxes stand, and its VAT is owed to HMRC. For a finance manager who did not prepare it."""
        found = vat_return_for(self.actor, period)
        self.actor.require(Role.FINANCE_MANAGER, to="lock VAT returns")
        net = self.read(LockVatReturnRequest)["net_vat_pence"]
        lock_vat_return(
            found=found, net_vat_pence=net, on=timezone.localdate(), at=timezone.now(), actor=self.actor
        )  # fmt: skip
        return Response(self.body(period))


class VatReturnWithdrawView(OneVatReturnView):
    """Taking a return back."""

    @extend_schema(operation_id="vat_return_withdraw", request=None, responses=VatReturnRow, tags=["ledger"])
    def post(self, request: Request, period: str) -> Response:
        """Takes back a return that is prepared and not locked. Nothing was posted for it."""
        found = vat_return_for(self.actor, period)
        self.actor.require(*FINANCE, to="withdraw VAT returns")
        return Response(_row(withdraw_vat_return(found=found, actor=self.actor)))


class VatReturnSentView(OneVatReturnView):
    """Recording that a return was sent."""

    @extend_schema(
        operation_id="vat_return_sent", request=VatReturnSentRequest, responses=VatReturnSerializer, tags=["ledger"]
    )
    def post(self, request: Request, period: str) -> Response:
        """Records when a locked return was sent to HMRC, and the receipt."""
        found = vat_return_for(self.actor, period)
        self.actor.require(*FINANCE, to="record that a VAT return was sent")
        record_vat_return_sent(
            found=found, **self.read(VatReturnSentRequest), on=timezone.localdate(), actor=self.actor
        )  # fmt: skip
        return Response(self.body(period))
