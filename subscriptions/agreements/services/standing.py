"""An agreement as the rules see it: locked, its periods in order, what was sold in each."""

from collections.abc import Sequence
from datetime import date

from marketplace.core.errors import DomainError, NotFound
from marketplace.core.periods import Period
from subscriptions.agreements.models import Agreement, AgreementLine, BillingPeriod
from subscriptions.agreements.rules.forms import Billing, Every, LineTerms, Prorate, Timing
from subscriptions.agreements.rules.moves import Standing

RUNNING = (Agreement.State.ACTIVE, Agreement.State.SUSPENDED)


class AgreementNotRunning(DomainError):
    """Only what runs can change, pause or end."""

    code = "agreement_not_running"


def locked(agreement: Agreement) -> Agreement:
    """The agreement as it is now, held until the transaction ends."""
    found = Agreement.objects.select_for_update(of=("self",)).select_related("organisation", "invoice_to")
    row = found.filter(pk=agreement.pk).first()
    if row is None:
        raise NotFound("There is no such agreement")
    return row


def require_running(agreement: Agreement) -> None:
    if agreement.state not in RUNNING:
        words = Agreement.State(agreement.state).label.lower()
        raise AgreementNotRunning(f"{agreement.number} is not running ({words}), so nothing of it can change.")


def billing_of(agreement: Agreement) -> Billing:
    return Billing(
        Every(agreement.every),
        Timing(agreement.timing),
        Prorate(agreement.prorate),
        tuple(agreement.term_starts) or Billing().term_starts,
    )


def supply_of(line: AgreementLine | LineTerms, consumer_id: int) -> tuple[object, ...]:
    """What makes two lines one supply, so that what one has charged may pay for the other."""
    if isinstance(line, AgreementLine):
        vat: tuple[object, ...] = (line.vat_category, line.vat_rate)
    else:
        vat = line.vat[:2]
    return (*vat, line.account_code, line.stream_code, line.supplier_id, line.consumer_id or consumer_id)


def standings(agreement: Agreement, *, slots: Sequence[int] | None = None) -> list[Standing]:
    """Every billing period of the agreement in the order of slots and days; one query."""
    rows = BillingPeriod.objects.filter(line__agreement=agreement).select_related("line")
    if slots is not None:
        rows = rows.filter(line__slot__in=slots)
    return [standing_of(row, agreement.organisation_id) for row in rows.order_by("line__slot", "valid_from", "pk")]


def standing_of(row: BillingPeriod, consumer_id: int) -> Standing:
    line = row.line
    return Standing(
        id=row.pk,
        line_id=line.pk,
        slot=line.slot,
        title=line.title,
        base=Period(line.base_from, line.base_to),
        base_pence=line.base_pence,
        start=row.valid_from,
        end=row.valid_to,
        pence=row.pence,
        carried=row.carried_pence,
        kept=row.kept_pence,
        charged=row.state == BillingPeriod.State.CHARGED,
        rate=line.vat_rate,
        supply=supply_of(line, consumer_id),
    )


def terms_again(line: AgreementLine, start: date) -> LineTerms:
    """What is left of a line from a day on, to be planned anew."""
    return LineTerms(
        slot=line.slot,
        title=line.title,
        base=Period(line.base_from, line.base_to),
        base_pence=line.base_pence,
        valid=Period(start, line.valid_to),
        vat=(line.vat_category, line.vat_rate, line.vat_reason),
        account_code=line.account_code,
        stream_code=line.stream_code,
    )
