"""Claiming statutory interest and the fixed sum: off until a finance manager turns it on, worked out by pure rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from invoicing.credit_control.models import LateClaim, LatePaymentPolicy, ReferenceRate
from invoicing.credit_control.rules.late_payment import LatePayment, half_year_of
from invoicing.credit_control.services.late_facts import ONE_DAY, SOURCE, Facts
from invoicing.receivables.charges import charge
from invoicing.receivables.models import Charge, ReceivableItem
from invoicing.vat.treatment import VatTreatment
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.wording import long_date

ACCOUNT, STREAM = "4900", "OT"
INTEREST = VatTreatment("O", Decimal(0), "Statutory interest, not a supply")
FIXED = VatTreatment("O", Decimal(0), "Fixed sum for late payment, not a supply")


class LatePaymentIsOff(DomainError):
    """Interest is claimed only while the partnership has turned it on."""

    code = "late_payment_is_off"


class NothingToClaim(DomainError):
    """There is no interest on it now, or all of it is claimed."""

    code = "nothing_to_claim"


class DebtOfSupplier(DomainError):
    """Interest on what was sold in another supplier's name is that supplier's to claim."""

    code = "debt_of_supplier"


@dataclass(frozen=True)
class ItemToDate:
    """What late payment of an open item comes to on a day, with what was claimed before. Pence.

    ``performed_on`` is the last day of its service, before which no interest begins; None where it has no service dates.
    ``sold_by`` names the supplier whose debt it is, where it is not ours.
    """

    item: ReceivableItem
    due: LatePayment
    claimed_interest: int
    claimed_fixed: int
    claimed_until: date | None
    performed_on: date | None = None
    by_journal: bool = False
    sold_by: str = ""

    @property
    def interest_left(self) -> int:
        return max(self.due.interest_pence - self.claimed_interest, 0)

    @property
    def fixed_left(self) -> int:
        return 0 if self.claimed_fixed else self.due.fixed_pence

    @property
    def left(self) -> int:
        return self.interest_left + self.fixed_left


def claims_on(on: date) -> bool:
    """Whether late payment is charged for on a day; it is not unless a finance manager turned it on."""
    latest = LatePaymentPolicy.objects.filter(from_on__lte=on).order_by("-from_on").first()
    return latest is not None and latest.claims


@transaction.atomic
def set_late_payment(*, from_on: date, claims: bool, actor: Actor) -> LatePaymentPolicy:
    """Turns the claiming of interest on or off from a day on. A finance manager only; one decision for a day."""
    actor.require(Role.FINANCE_MANAGER, to="decide whether interest is claimed")
    try:
        with transaction.atomic():
            policy = LatePaymentPolicy.objects.create(from_on=from_on, claims=claims)
    except IntegrityError as error:
        raise WrongInput(f"It was decided for {long_date(from_on)} already. Choose a later day.") from error
    _record("late_payment.set", from_on.isoformat(), [], {"claims": claims}, actor)
    return policy


@transaction.atomic
def load_reference_rate(*, half_from: date, rate: Decimal, actor: Actor) -> ReferenceRate:
    """Keeps the reference rate of the half-year that begins on 1 January or 1 July, as a fraction: 0.0375.

    Source: the Bank of England's base rate of the day before (SI 2002/1675). It may be corrected until a claim has used
    it. A finance manager only.
    """
    actor.require(Role.FINANCE_MANAGER, to="load reference rates")
    if half_from != half_year_of(half_from):
        raise WrongInput("A half-year begins on 1 January or 1 July")
    if not 0 <= rate < 1:
        raise WrongInput("Reference rate must be between 0% and 100%")
    found = ReferenceRate.objects.select_for_update().filter(half_from=half_from).first()
    if found and found.rate != rate and found.claims.exists():
        raise WrongInput(f"The rate of the half-year from {long_date(half_from)} was used in a claim, so it stays.")
    kept, _ = ReferenceRate.objects.update_or_create(half_from=half_from, defaults={"rate": rate})
    _record("reference_rate.loaded", half_from.isoformat(), [], {"rate": f"{rate.normalize():f}"}, actor)
    return kept


def late_payments(items: Sequence[ReceivableItem], *, on: date) -> list[ItemToDate]:
    """What each open item's lateness comes to on a day, claimed or not. A fixed number of queries.

    Nothing for a customer settled by council journal, for what was sold in a supplier's name, nor for what a provider is to
    pay back. A credit note counts
    from the beginning, since what it takes back was never owed; a receipt from its day. Lines in query bear nothing
    while they are, and interest bears none itself. Raises NoReferenceRate. Load the items with their documents.
    """
    facts = Facts(items)
    return [
        ItemToDate(
            item, facts.payment(item, on), *facts.claimed.get(item.pk, (0, 0, None)),
            facts.performed.get(item.document_id), item.organisation_id in facts.journal,
            facts.others.get(item.document_id, ""),
        )
        for item in items
    ]  # fmt: skip


@transaction.atomic
def claim_late_payment(*, item: ReceivableItem, on: date, actor: Actor) -> LateClaim:
    """Claims what has arisen on an open item to the end of a day and was not claimed: items to invoice, without VAT.

    Interest is what it comes to in all, less what was claimed, so that claims add up to one calculation. Raises
    LatePaymentIsOff, DebtOfSupplier, NothingToClaim or NoReferenceRate, and then nothing is written. Finance only.
    """
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="claim interest")
    if not claims_on(on):
        raise LatePaymentIsOff(
            f"Interest is not claimed on {long_date(on)}: the partnership has not turned it on. Nothing was claimed. Ask a "
            "finance manager."
        )
    locked = ReceivableItem.objects.select_for_update(of=("self",)).select_related("document", "organisation")
    [to_date] = late_payments([locked.get(pk=item.pk)], on=on)
    number, due = to_date.item.document.number, to_date.due
    if to_date.sold_by:
        raise DebtOfSupplier(
            f"{number} was sold by {to_date.sold_by}, so interest on it is the supplier's to claim. Nothing was claimed."
        )
    start = max(to_date.claimed_until or date.min, due.starts_on or date.min)
    if not to_date.left or due.half_from is None or start > on:
        raise NothingToClaim(f"No interest has arisen on {number} that was not claimed. Nothing was claimed.")
    until = on + ONE_DAY
    claim = LateClaim.objects.create(
        item=to_date.item,
        from_on=start,
        until_on=until,
        rate=ReferenceRate.objects.get(half_from=due.half_from),
        interest_pence=to_date.interest_left,
        fixed_pence=to_date.fixed_left,
        interest_charge=_interest(to_date, start, on, actor),
        fixed_charge=_fixed(to_date, on, actor),
    )
    payload = {"invoice": number, "interest_pence": claim.interest_pence, "fixed_pence": claim.fixed_pence}
    _record("late_payment.claimed", str(claim.pk), [to_date.item.organisation_id], payload, actor)
    return claim


def _interest(to_date: ItemToDate, start: date, on: date, actor: Actor) -> Charge | None:
    item, steps = to_date.item, [one.in_words() for one in to_date.due.stretches]
    if to_date.claimed_interest:
        steps.append(f"Less {Money(to_date.claimed_interest)} claimed before")
    what = f"Statutory interest on {item.document.number}, {long_date(start)} to {long_date(on)}"
    return _charge(f"{item.pk}:{start}:{on}", what, to_date.interest_left, INTEREST, steps, item, on, actor)


def _fixed(to_date: ItemToDate, on: date, actor: Actor) -> Charge | None:
    what = f"Fixed sum for late payment of {to_date.item.document.number}"
    return _charge(f"{to_date.item.pk}:fixed", what, to_date.fixed_left, FIXED, [], to_date.item, on, actor)


def _charge(
    key: str,
    what: str,
    pence: int,
    vat: VatTreatment,
    steps: list[str],
    item: ReceivableItem,
    on: date,
    actor: Actor,
) -> Charge | None:
    """An item to invoice outside the scope of VAT, or None for nothing."""
    if not pence:
        return None
    return charge(
        source_key=f"{SOURCE}{key}", consumer=item.organisation, invoice_to=item.organisation, description=what,
        quantity=Decimal(1), unit_price=Money(pence), net=Money(pence), vat=vat, account_code=ACCOUNT,
        stream_code=STREAM, bill_on=on, steps=steps, actor=actor,
    )  # fmt: skip


def _record(kind: str, subject: str, scope: list[int], payload: Mapping[str, object], actor: Actor) -> None:
    events.record(
        kind=kind,
        subject_kind="late_payment",
        subject=subject,
        organisation_ids=scope,
        payload=dict(payload),
        actor=actor,
    )
