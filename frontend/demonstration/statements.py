"""The bank's files of the year, imported and matched month by month, as the finance officer would."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from frontend.demonstration import payers
from frontend.demonstration.calendar import Year, day_before
from frontend.demonstration.directory import Directory
from frontend.demonstration.payers import Owed, Payment, bank_name
from frontend.demonstration.places import number_of
from invoicing.banking.demonstration import SampleLine, lloyds_file
from invoicing.banking.models import BankAccount, BankLine
from invoicing.banking.queries import position_of, unidentified_lines
from invoicing.banking.services import (
    confirm_match,
    identify,
    import_statement,
    mark_unidentified,
    proposals_for,
    record_other,
)
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from marketplace.core.actors import Actor
from marketplace.core.working_days import previous_working_day

OPENING_PENCE = 4_825_000
SURE, BEYOND_DOUBT = Decimal("0.95"), Decimal("0.99")
UNKNOWN, FOUND_OUT = 4, 6  # the months in which money comes that nobody can explain, and in which it is explained
FOUND_PAYER = "Tidewell Court School"
_CHARGES_PENCE = 1_250


@dataclass(frozen=True)
class Month:
    """One statement: the days after ``start`` up to and including ``end``; ``last`` is the year's latest."""

    start: date
    end: date
    last: bool
    index: int


def import_month(directory: Directory, account: BankAccount, month: Month, *, actor: Actor) -> None:
    """Writes the month's bank file, imports it, and matches what the import was not sure about.

    Of the latest statement only what is beyond doubt is matched; the rest waits for a person.
    """
    arriving = sorted([*_paid(month), *_others(month)], key=lambda payment: payment.on)
    position = position_of(actor, account)
    data = lloyds_file(
        [SampleLine(payment.kind, payment.description, payment.pence) for payment in arriving],
        opening_pence=position.ledger if position.closing is None else position.closing,
        days=[payment.on for payment in arriving],
        sort_code=account.sort_code,
        account_number=account.account_number,
    )
    report = import_statement(
        account=account,
        data=data,
        file_name=f"lloyds-{month.end:%Y-%m-%d}.csv",
        confirm_at=BEYOND_DOUBT if month.last else SURE,
        actor=actor,
    )
    lines = BankLine.objects.filter(statement_id=report.statement_id).select_related("account").order_by("position")
    for line, payment in zip(lines, arriving, strict=True):
        if line.state == BankLine.State.UNMATCHED and not month.last:
            _by_hand(directory, line, payment, actor)
    if month.index == FOUND_OUT:
        _find_out(directory, actor)


def _paid(month: Month) -> list[Payment]:
    items = ReceivableItem.objects.filter(outstanding_pence__gt=0).select_related("document", "organisation")
    owed = [
        Owed(item.pk, item.document.number or "", item.organisation_id, item.organisation.name,
             item.outstanding_pence, item.due_on)
        for item in items.order_by("pk")
    ]  # fmt: skip
    credits: dict[int, int] = {}
    notes = UnallocatedItem.objects.filter(remaining_pence__gt=0, kind=UnallocatedItem.Kind.CREDIT_NOTE)
    for organisation, pence in notes.values_list("organisation_id", "remaining_pence"):
        credits[organisation] = credits.get(organisation, 0) + pence
    found = payers.payments(owed, credits, start=month.start, end=month.end)
    return [_odd(payment, month, index) for index, payment in enumerate(found)]


def _odd(payment: Payment, month: Month, index: int) -> Payment:
    """One payment of some months is only a part, one pays too much; the latest also has some without a number."""
    if len(payment.numbers) != 1:
        return payment
    if index == 3 and (month.index % 3 == 1 or month.last):
        return replace(payment, pence=payment.pence // 2, by_hand="part")
    if index == 3 and month.index % 3 == 2:
        return replace(payment, pence=payment.pence + 5_000, by_hand="too much")
    if month.last and index % 2:
        return replace(payment, description=f"{bank_name(payment.payer)} TRAINING")
    return payment


def _others(month: Month) -> list[Payment]:
    """The bank's charges each month, now and then interest, and money that nobody can explain."""
    found = [Payment(month.end, "PAY", "ACCOUNT CHARGES", -_CHARGES_PENCE, by_hand="charges")]
    middle = previous_working_day(month.start + (month.end - month.start) / 2)
    if month.start < middle:
        if month.index % 3 == 0:
            found.append(
                Payment(middle, "INT", "INTEREST (GROSS)", 4_000 + number_of(f"{middle}") % 900, by_hand="interest")
            )
        if month.index == UNKNOWN or month.last:
            found.append(
                Payment(middle, "FPI", f"K WHITLOCK {month.end:%d%m%y} SCHOOL", 21_400 + month.index, by_hand="unknown")
            )
    return found


def _by_hand(directory: Directory, line: BankLine, payment: Payment, actor: Actor) -> None:
    if payment.by_hand == "charges":
        record_other(line=line, account_code="7100", narrative="Bank charges of the month", actor=actor)
    elif payment.by_hand == "interest":
        record_other(line=line, account_code="4900", narrative="Interest on the current account", actor=actor)
    elif payment.by_hand == "unknown":
        mark_unidentified(line=line, actor=actor)
    else:
        _with_advice(directory, line, payment, actor)


def _find_out(directory: Directory, actor: Actor) -> None:
    """The payer of the oldest unidentified receipt was found; the money stays on account until it says what for."""
    line = unidentified_lines(actor).first()
    if line is not None:
        identify(line=line, payer=directory.find(FOUND_PAYER), actor=actor)


def _with_advice(directory: Directory, line: BankLine, payment: Payment, actor: Actor) -> None:
    """Matches a line by the numbers on the payer's remittance advice; what they do not explain stays on account."""
    wanted = set(ReceivableItem.objects.filter(document__number__in=payment.numbers).values_list("pk", flat=True))
    proposals = proposals_for(line, remittance=payment.advice)
    for proposal in proposals:
        settled = {item for item, _ in proposal.allocations} | {item for _, item, _ in proposal.credits}
        if settled and settled <= wanted:
            confirm_match(line=line, proposal=proposal, actor=actor)
            return
    identify(line=line, payer=directory.find(payment.payer), actor=actor)


def months(year: Year) -> list[Month]:
    """The statements of the year: each begins where the one before ends."""
    ends = year.statements()
    starts = [day_before(year.first_day, 1), *ends[:-1]]
    return [
        Month(start, end, last=end == ends[-1], index=index)
        for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
