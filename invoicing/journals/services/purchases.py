"""Overhead purchase invoices: entered by one person, approved by another, posted with the VAT that comes back."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from invoicing.journals.models import Purchase, PurchaseLine, RecoveryRate
from invoicing.journals.models.two_people import TwoPeople
from invoicing.journals.rules.input_vat import RESIDUAL, NewPurchaseLine, problems, recovered, share_recovered
from invoicing.journals.services import deciding
from invoicing.ledger import chart
from invoicing.ledger.fund_room import open_funds
from invoicing.ledger.models import LedgerAccount
from invoicing.ledger.posting import NewEntry, NewMovement, post, reverse
from marketplace.core import events, series
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation

_STATE = TwoPeople.State
NOT_RECOVERED = "Input VAT not recovered"


class PurchaseRefused(DomainError):
    """A supplier's invoice that cannot be taken; each reason is said in ``detail``."""

    code = "purchase_refused"
    status = 400


class EnteredAlready(DomainError):
    """A supplier's invoice is entered once."""

    code = "purchase_entered_already"


class NoRecoveryRate(DomainError):
    """VAT for both kinds of sales needs the dated rate of the day."""

    code = "no_recovery_rate"


class RecoveryRateUsed(DomainError):
    """A rate by which a purchase was worked out stays."""

    code = "recovery_rate_used"


class PurchasePaid(DomainError):
    """A purchase on which something is paid is not cancelled."""

    code = "purchase_paid"


@transaction.atomic
def prepare_purchase(
    *,
    supplier: Organisation,
    supplier_number: str,
    dated_on: date,
    due_on: date,
    lines: Sequence[NewPurchaseLine],
    today: date,
    actor: Actor,
) -> Purchase:
    """Enters a supplier's invoice and hands it in for approval. Nothing is posted yet.

    The VAT that comes back is worked out line by line on the invoice's date. Refuses the supplier's number a second time
    (EnteredAlready), VAT that is not of its rate, and an invoice dated ahead.
    """
    person = deciding.preparer(actor, to="enter purchases")
    values, rows = _checked(supplier, supplier_number, dated_on, due_on, lines, today)
    series.ensure_series(code=chart.PURCHASE_SERIES, prefix="PUR")
    [number] = series.claim(series=chart.PURCHASE_SERIES)
    made = Purchase.objects.create(number=number, prepared_by_id=person, **values)
    return _hand_in(made, rows, actor, "purchase.entered")


@transaction.atomic
def change_purchase(
    *,
    purchase: Purchase,
    supplier_number: str,
    dated_on: date,
    due_on: date,
    lines: Sequence[NewPurchaseLine],
    today: date,
    actor: Actor,
) -> Purchase:
    """Changes a purchase that was sent back and hands it in again. Only whoever entered it may."""
    person = deciding.preparer(actor, to="change purchases")
    found = deciding.locked(purchase, [_STATE.SENT_BACK], to="change it")
    deciding.require_preparer(found, person)
    values, rows = _checked(found.supplier, supplier_number, dated_on, due_on, lines, today, but=found.pk)
    Purchase.objects.filter(pk=found.pk).update(version=found.version + 1, **values)
    found.lines.all().delete()
    found.refresh_from_db()
    return _hand_in(found, rows, actor, "purchase.changed")


def _hand_in(purchase: Purchase, rows: list[PurchaseLine], actor: Actor, kind: str) -> Purchase:
    for row in rows:
        row.purchase = purchase
    PurchaseLine.objects.bulk_create(rows)
    deciding.move(purchase, _STATE.SUBMITTED, sent_back_reason="")
    deciding.record(kind, purchase, actor, concerned=[purchase.supplier_id], pence=purchase.gross_pence)
    return purchase


def _checked(
    supplier: Organisation,
    supplier_number: str,
    dated_on: date,
    due_on: date,
    lines: Sequence[NewPurchaseLine],
    today: date,
    but: int = 0,
) -> tuple[dict[str, object], list[PurchaseLine]]:
    """The columns of the head and the rows of the lines, once everything about them is in order."""
    number = clean_line(supplier_number, what="Supplier's invoice number", limit=40)
    if supplier.kind == Organisation.Kind.PARTNERSHIP:
        raise WrongInput("The partnership does not buy from itself. Choose the supplier.")
    types = dict(LedgerAccount.objects.values_list("code", "type"))
    found = problems(lines, types=types, dated_on=dated_on, due_on=due_on)
    if dated_on > today:
        found.append("Invoice date must be today or in the past")
    funds = open_funds()
    found += [f"There is no open fund {line.fund}" for line in lines if line.fund and line.fund not in funds]
    if found:
        raise PurchaseRefused("This purchase cannot be entered. Nothing is kept.", detail=found)
    same = Purchase.objects.filter(supplier=supplier, supplier_number=number).exclude(state=_STATE.CANCELLED)
    if known := same.exclude(pk=but).first():
        raise EnteredAlready(f"Invoice {number} of {supplier.name} was entered already, as {known.number}.")
    rate = _rate_on(dated_on) if any(line.tag == RESIDUAL and line.vat_pence for line in lines) else Decimal(0)
    rows = [_row(position, line, rate, funds) for position, line in enumerate(lines, start=1)]
    net, vat = sum(line.net_pence for line in lines), sum(line.vat_pence for line in lines)
    return {
        "supplier": supplier, "supplier_number": number, "dated_on": dated_on, "due_on": due_on, "net_pence": net,
        "vat_pence": vat, "gross_pence": net + vat,
    }, rows  # fmt: skip


def _row(position: int, line: NewPurchaseLine, residual: Decimal, funds: Mapping[str, int]) -> PurchaseLine:
    share = share_recovered(line.tag, residual)
    return PurchaseLine(
        position=position, description=clean_line(line.description, what="Description", limit=200),
        account_id=line.account, net_pence=line.net_pence, vat_rate=line.vat_rate, vat_pence=line.vat_pence,
        tag=line.tag, recovery_rate=share, recovered_pence=recovered(line.vat_pence, share),
        fund_id=funds[line.fund] if line.fund else None,
    )  # fmt: skip


def _rate_on(day: date) -> Decimal:
    """The dated rate of a day; locked, so that nobody ends it while a purchase is worked out by it."""
    on_day = Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    found = RecoveryRate.objects.select_for_update().filter(on_day).first()
    if found is None:
        raise NoRecoveryRate(
            f"There is no VAT recovery rate for {day:%-d %B %Y}. A finance manager adds it, then enter the purchase."
        )
    return found.rate


@transaction.atomic
def approve_purchase(*, purchase: Purchase, version: int, actor: Actor) -> Purchase:
    """Posts cost and VAT against what the supplier is owed. By a finance manager who did not enter it.

    VAT that comes back goes to VAT on purchases; the rest is a cost of the line's account.
    """
    person = deciding.approver(actor, to="approve purchases")
    found = deciding.locked(purchase, [_STATE.SUBMITTED], to="approve it")
    deciding.require_other_person(found, person)
    deciding.require_seen(found, version)
    movements = [m for line in found.lines.order_by("position") for m in _movements(line, found.supplier_id)]
    [entry] = post(
        entries=[
            NewEntry(
                kind="purchase", source_key=f"purchase:{found.number}", on=found.dated_on,
                narrative=f"{found.number}: {found.supplier.name}, {found.supplier_number}", movements=movements,
            )
        ],
        actor=actor,
    )  # fmt: skip
    deciding.move(found, _STATE.APPROVED, approved_by_id=person, entry_id=entry, outstanding_pence=found.gross_pence)
    deciding.record(
        "purchase.approved", found, actor, concerned=[found.supplier_id], pence=found.gross_pence, entry=entry
    )
    return found


def _movements(line: PurchaseLine, supplier_id: int) -> list[NewMovement]:
    parts = [
        (line.account_id, line.net_pence, "", line.fund_id),
        (line.account_id, line.vat_pence - line.recovered_pence, NOT_RECOVERED, line.fund_id),
        (chart.VAT_INPUT, line.recovered_pence, "", None),
    ]
    return [
        NewMovement(account, chart.PAYABLES, pence, credit_party=supplier_id, analysis_code=words, fund=fund)
        for account, pence, words, fund in parts
        if pence
    ]


@transaction.atomic
def send_back_purchase(*, purchase: Purchase, reason: str, version: int, actor: Actor) -> Purchase:
    """Gives a purchase back to whoever entered it, with a reason."""
    return deciding.send_back(purchase, reason=reason, version=version, actor=actor, kind="purchase")


@transaction.atomic
def cancel_purchase(*, purchase: Purchase, reason: str, on: date, actor: Actor) -> Purchase:
    """Takes an approved purchase back by a reversing entry, or one that was sent back out of the list.

    Its number may then be entered again. Refuses one on which something is paid, and one taken over when the books began.
    """
    deciding.approver(actor, to="cancel purchases")
    text = clean_line(reason, what="Reason", limit=200)
    found = deciding.locked(purchase, [_STATE.APPROVED, _STATE.SENT_BACK], to="cancel it")
    if found.opening:
        raise PurchasePaid(f"{found.number} was taken over with the opening position, so it cannot be cancelled.")
    if found.state == _STATE.APPROVED:
        if found.outstanding_pence != found.gross_pence or found.entry_id is None:
            raise PurchasePaid(f"Something is paid on {found.number}. Undo the payment first.")
        reverse(entry_id=found.entry_id, on=on, narrative=f"{found.number} cancelled: {text}", actor=actor)
    deciding.move(found, _STATE.CANCELLED, outstanding_pence=0)
    deciding.record("purchase.cancelled", found, actor, text=text, concerned=[found.supplier_id])
    return found


@transaction.atomic
def set_recovery_rate(*, valid_from: date, rate: Decimal, actor: Actor) -> RecoveryRate:
    """The share of residual VAT that comes back from a day on; the rate before ends there. ``rate`` is a fraction.

    Refuses a day on or before which a purchase was worked out by the rate before: what was used stays.
    """
    actor.require(Role.FINANCE_MANAGER, to="set the VAT recovery rate")
    if not 0 <= rate <= 1:
        raise WrongInput("The recovery rate must be between 0% and 100%")
    known = list(RecoveryRate.objects.select_for_update().order_by("pk"))
    if any(row.valid_from >= valid_from for row in known):
        raise WrongInput("A new rate must begin after those that are here already")
    lines = PurchaseLine.objects.filter(tag=RESIDUAL, vat_pence__gt=0, purchase__dated_on__gte=valid_from)
    used = lines.exclude(purchase__state=_STATE.CANCELLED).order_by("-purchase__dated_on").first()
    if used is not None:
        raise RecoveryRateUsed(
            f"{used.purchase.number} of {used.purchase.dated_on:%-d %B %Y} was worked out by the rate before. "
            "Choose a later day."
        )
    RecoveryRate.objects.filter(valid_to__isnull=True).update(valid_to=valid_from)
    made = RecoveryRate.objects.create(valid_from=valid_from, rate=rate)
    events.record(
        kind="recovery_rate.set", subject_kind="recovery_rate", subject=valid_from.isoformat(), organisation_ids=[],
        payload={"rate": str(rate)}, actor=actor,
    )  # fmt: skip
    return made
