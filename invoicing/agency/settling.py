"""Paying over to a supplier what its customers have paid, less our fee: prepared, approved by another, paid.

Our fee is a supply of our own to the supplier, invoiced by us with our VAT and set off against what we owe it. What was
paid over and then credited to a customer is taken from the next settlement.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from invoicing.agency.models import AgencySettlement, AgencySettlementLine
from invoicing.agency.standing import Sale, sales_of
from invoicing.documents.models import Document
from invoicing.ledger import chart
from invoicing.ledger.models import LedgerAccount
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.receivables.allocation import allocate_many
from invoicing.receivables.at_once import bill_now
from invoicing.receivables.charges import charge
from invoicing.receivables.models import UnallocatedItem
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import ground_for
from invoicing.vat.treatment import VatTreatment
from marketplace.core import events, series
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money, vat_on
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership

SERIES, PREFIX = "agency-settlement", "AGS"
FEE_ACCOUNT, FEE_STREAM = chart.AGENCY_FEES, "OT"


class NothingToSettle(DomainError):
    """Nothing was collected that is not paid over yet."""

    code = "nothing_to_settle"


class SettlementWaits(DomainError):
    """One settlement of a supplier at a time waits for approval."""

    code = "settlement_waits"


class SettlementChanged(DomainError):
    """What was prepared is not what is due any more."""

    code = "settlement_changed"


class SettlementMoved(DomainError):
    """The settlement is not in the state that this needs."""

    code = "settlement_moved"


class OwnSettlement(DomainError):
    """Nobody approves what they prepared."""

    code = "own_settlement"


@dataclass(frozen=True)
class Proposed:
    """What a settlement of today would say; amounts in pence, the fee before its VAT."""

    lines: list[tuple[Sale, int, int]]
    fee_vat: VatTreatment

    @property
    def collected(self) -> int:
        return sum(pence for _, pence, _ in self.lines)

    @property
    def fee_net(self) -> int:
        return sum(fee for _, _, fee in self.lines)

    @property
    def fee_tax(self) -> int:
        return vat_on(self.fee_net, self.fee_vat.rate)

    @property
    def pence(self) -> int:
        """What would leave the bank."""
        return self.collected - self.fee_net - self.fee_tax


def propose_settlement(*, supplier: Organisation, on: date) -> Proposed:
    """What is due to a supplier on a day. Where fees to give back are more than those to take, they wait for the next."""
    ground = ground_for(supplier=partnership(), customer=supplier, on=on)
    treatment = ground.decide(SupplyKind.OTHER).treatment
    sales = [sale for sale in sales_of(supplier.pk) if sale.due or sale.fee_due]
    takes_fee = sum(sale.fee_due for sale in sales) > 0
    lines = [(sale, sale.due, sale.fee_due if takes_fee else 0) for sale in sales]
    return Proposed([line for line in lines if line[1] or line[2]], treatment)


@transaction.atomic
def prepare_settlement(*, supplier: Organisation, on: date, actor: Actor) -> AgencySettlement:
    """Puts what is due to a supplier before a finance manager. Nothing is posted.

    Raises NothingToSettle where nothing would leave the bank, SettlementWaits where one waits already.
    """
    actor.require(*FINANCE, to="prepare settlements")
    if actor.person_id is None:
        raise WrongInput("Only a person prepares what another approves.")
    Organisation.objects.select_for_update(no_key=True).get(pk=supplier.pk)
    proposed = propose_settlement(supplier=supplier, on=on)
    if proposed.pence <= 0:
        raise NothingToSettle(f"Nothing is due to {supplier.name}: it is paid what its customers have paid.")
    series.ensure_series(code=SERIES, prefix=PREFIX)
    try:
        with transaction.atomic():
            [number] = series.claim(series=SERIES)
            made = AgencySettlement.objects.create(
                number=number,
                supplier=supplier,
                made_on=on,
                collected_pence=proposed.collected,
                fee_net_pence=proposed.fee_net,
                fee_vat_pence=proposed.fee_tax,
                pence=proposed.pence,
                prepared_by_id=actor.person_id,
            )
    except IntegrityError as error:
        if "agency_settlement_one_at_a_time" not in str(error):
            raise
        raise SettlementWaits(f"A settlement with {supplier.name} waits for approval already.") from None
    AgencySettlementLine.objects.bulk_create(
        AgencySettlementLine(settlement=made, document_id=sale.document_id, pence=pence, fee_pence=fee)
        for sale, pence, fee in proposed.lines
    )
    _record("agency_settlement.prepared", made, actor)
    return made


@transaction.atomic
def approve_settlement(*, settlement: AgencySettlement, on: date, actor: Actor) -> AgencySettlement:
    """A finance manager who did not prepare it approves it: our fee is invoiced and set off, the rest is to be paid.

    Raises SettlementChanged where something else is due by now; then nothing is done.
    """
    actor.require(Role.FINANCE_MANAGER, to="approve settlements")
    locked = _locked(settlement, AgencySettlement.State.PREPARED)
    if actor.person_id is None or actor.person_id == locked.prepared_by_id:
        raise OwnSettlement("You prepared this, so someone else must approve it.")
    fee_vat = _require_unchanged(locked, on).fee_vat
    invoice, entry = _take_fee(locked, fee_vat, on, actor) if locked.fee_net_pence else (None, None)
    return _moved(
        locked, AgencySettlement.State.APPROVED, actor, decided_by_id=actor.person_id, decided_on=on,
        fee_invoice=invoice, fee_entry_id=entry,
    )  # fmt: skip


def _require_unchanged(locked: AgencySettlement, on: date) -> Proposed:
    """What is due by now, where it is what was prepared."""
    proposed = propose_settlement(supplier=locked.supplier, on=on)
    frozen = sorted(locked.lines.values_list("document_id", "pence", "fee_pence"))
    now = sorted((sale.document_id, pence, fee) for sale, pence, fee in proposed.lines)
    if frozen != now or (locked.fee_vat_pence, locked.pence) != (proposed.fee_tax, proposed.pence):
        raise SettlementChanged(
            f"{Money(proposed.pence)} is due to {locked.supplier.name} by now, not {Money(locked.pence)}. Withdraw this "
            "settlement and prepare it again."
        )
    return proposed


def _take_fee(locked: AgencySettlement, vat: VatTreatment, on: date, actor: Actor) -> tuple[Document, int]:
    """Our invoice of the fee, settled by what we owe the supplier."""
    charged = charge(
        source_key=f"agency-fee:{locked.number}",
        consumer=locked.supplier,
        invoice_to=locked.supplier,
        description=f"Agency fee, settlement {locked.number}",
        quantity=Decimal(1),
        unit_price=Money(locked.fee_net_pence),
        net=Money(locked.fee_net_pence),
        vat=vat,
        account_code=FEE_ACCOUNT,
        stream_code=FEE_STREAM,
        bill_on=on,
        label=locked.number,
        steps=[f"On {Money(locked.collected_pence)} collected for you"],
        actor=actor,
    )
    invoice = bill_now(charge=charged, on=on, actor=actor)
    key = f"agency-fee-set-off:{locked.number}"
    [entry] = post(
        entries=[
            NewEntry(
                kind="agency_fee",
                source_key=key,
                on=on,
                narrative=f"{invoice.number} set off against what is due to {locked.supplier.name}",
                movements=[
                    NewMovement(
                        chart.PAYABLES, chart.UNALLOCATED, invoice.gross_pence, locked.supplier_id, locked.supplier_id
                    )
                ],
            )
        ],
        actor=actor,
    )
    source = UnallocatedItem.objects.create(
        kind=UnallocatedItem.Kind.NETTED,
        source_key=key,
        organisation=locked.supplier,
        received_on=on,
        reference=f"Settlement {locked.number}",
        pence=invoice.gross_pence,
        remaining_pence=invoice.gross_pence,
        entry_id=entry,
    )
    pairs = [(source, item, item.outstanding_pence) for item in invoice.items.select_related("document")]
    allocate_many(pairs=pairs, on=on, actor=actor)
    return invoice, entry


@transaction.atomic
def withdraw_settlement(*, settlement: AgencySettlement, reason: str, on: date, actor: Actor) -> AgencySettlement:
    """Takes back what was prepared and not approved, with the reason."""
    actor.require(*FINANCE, to="withdraw settlements")
    locked = _locked(settlement, AgencySettlement.State.PREPARED)
    reason = clean_line(reason, what="Reason", limit=240)
    return _moved(
        locked, AgencySettlement.State.WITHDRAWN, actor, reason=reason, decided_by_id=actor.person_id, decided_on=on
    )


@transaction.atomic
def pay_settlement(
    *, settlement: AgencySettlement, bank_account: LedgerAccount, reference: str, on: date, actor: Actor
) -> AgencySettlement:
    """Records that an approved settlement has left the bank: payable (supplier) → bank. Once."""
    actor.require(*FINANCE, to="record payments")
    locked = _locked(settlement, AgencySettlement.State.APPROVED)
    if locked.decided_on and on < locked.decided_on:
        raise WrongInput(f"Date paid must be on or after {locked.decided_on:%-d %B %Y}, when it was approved")
    [entry] = post(
        entries=[
            NewEntry(
                kind="agency_payment",
                source_key=f"agency-payment:{locked.number}",
                on=on,
                narrative=f"{locked.number} paid over to {locked.supplier.name}",
                movements=[NewMovement(chart.PAYABLES, bank_account.code, locked.pence, locked.supplier_id)],
            )
        ],
        actor=actor,
    )
    return _moved(
        locked, AgencySettlement.State.PAID, actor, paid_on=on, paid_from=bank_account, paid_entry_id=entry,
        paid_reference=clean_line(reference, what="Reference", limit=60, required=False),
    )  # fmt: skip


def _locked(settlement: AgencySettlement, state: str) -> AgencySettlement:
    """The settlement with its supplier locked, so that two people wait for each other. Raises SettlementMoved."""
    Organisation.objects.select_for_update(no_key=True).get(pk=settlement.supplier_id)
    found = AgencySettlement.objects.select_for_update(of=("self",)).select_related("supplier").get(pk=settlement.pk)
    if found.state != state:
        raise SettlementMoved(f"{found.number} is no longer as you saw it: {found.get_state_display().lower()}.")
    return found


def _moved(locked: AgencySettlement, state: str, actor: Actor, **changes: object) -> AgencySettlement:
    AgencySettlement.objects.filter(pk=locked.pk, state=locked.state).update(state=state, **changes)
    locked.refresh_from_db()
    _record(f"agency_settlement.{state}", locked, actor)
    return locked


def _record(kind: str, settlement: AgencySettlement, actor: Actor) -> None:
    events.record(
        kind=kind,
        subject_kind="agency_settlement",
        subject=settlement.number,
        organisation_ids=[settlement.supplier_id],
        payload={"pence": settlement.pence, "fee_net_pence": settlement.fee_net_pence, "state": str(settlement.state)},
        text={"reason": settlement.reason} if settlement.reason else None,
        actor=actor,
    )
