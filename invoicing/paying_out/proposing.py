"""What is due to providers on a pay day: what is paid, what is taken off, what is held and why."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q

from invoicing.payees.models import PayeeAccount
from invoicing.payees.queries import holds_on
from invoicing.payees.services import accounts_of
from invoicing.paying_out.models import PaymentBatchPart
from invoicing.provider_invoices.models import CREDITS, ProviderInvoice, ProviderInvoiceLine
from marketplace.core.money import Money
from marketplace.core.wording import long_date
from marketplace.core.working_days import previous_working_day
from marketplace.organisations.models import Organisation


@dataclass
class Proposed:
    """What one provider gets on a pay day, in pence. ``held`` says why it gets nothing; ``waiting`` are single invoices
    that are held, each with its reason. Of a credit as much is taken as leaves something to pay."""

    provider: Organisation
    invoices: list[ProviderInvoice] = field(default_factory=list)
    credits: list[tuple[ProviderInvoice, int]] = field(default_factory=list)
    waiting: list[tuple[ProviderInvoice, str]] = field(default_factory=list)
    account: PayeeAccount | None = None
    held: str = ""
    carried_pence: int = 0

    @property
    def due_pence(self) -> int:
        return sum(one.outstanding_pence for one in self.invoices)

    @property
    def taken_pence(self) -> int:
        return sum(pence for _, pence in self.credits)

    @property
    def pence(self) -> int:
        """What is paid, or would be were it not held."""
        return self.due_pence - self.taken_pence


def pay_day(wanted: date) -> date:
    """The day wanted where banks work, otherwise the working day before it."""
    return previous_working_day(wanted)


def propose_payments(*, pay_on: date, provider_ids: Collection[int] | None = None) -> list[Proposed]:
    """What is agreed and due by ``pay_on``, by provider in the order of their names, less credits and what is held.

    A fixed number of queries. What stands in a batch under way is not proposed again.
    """
    under_way = PaymentBatchPart.objects.filter(provider_invoice=OuterRef("pk"), state=PaymentBatchPart.State.UNDER_WAY)
    rows = ProviderInvoice.objects.filter(state=ProviderInvoice.State.AGREED, outstanding_pence__gt=0).filter(
        Q(due_on__lte=pay_on) | Q(kind__in=CREDITS), ~Exists(under_way)
    )
    if provider_ids is not None:
        rows = rows.filter(provider_id__in=provider_ids)
    found: dict[int, Proposed] = {}
    credits: dict[int, list[ProviderInvoice]] = {}
    for row in rows.select_related("provider").order_by("due_on", "pk"):
        one = found.setdefault(row.provider_id, Proposed(row.provider))
        (credits.setdefault(row.provider_id, []) if row.is_credit else one.invoices).append(row)
    _hold(found)
    accounts = accounts_of(found)
    for pk, one in found.items():
        _take(one, credits.get(pk, []))
        one.account = accounts.get(pk)
        one.held = one.held or account_words(one.account, pay_on) or _nothing_words(one)
    return sorted(found.values(), key=lambda one: (one.provider.name, one.provider.pk))


def _hold(found: dict[int, Proposed]) -> None:
    """Puts the holds in force on providers and on single invoices."""
    holds = holds_on(found)
    named = {hold.payable_source: hold for each in holds.values() for hold in each if hold.payable_source}
    lines = ProviderInvoiceLine.objects.filter(
        payable__source_key__in=named, invoice__in=[row.pk for one in found.values() for row in one.invoices]
    )
    reasons = {pk: named[source].reason for pk, source in lines.values_list("invoice_id", "payable__source_key")}
    for pk, one in found.items():
        one.held = next((hold.reason for hold in holds.get(pk, []) if not hold.payable_source), "")
        one.waiting = [(row, reasons[row.pk]) for row in one.invoices if row.pk in reasons]
        one.invoices = [row for row in one.invoices if row.pk not in reasons]


def _take(one: Proposed, credits: list[ProviderInvoice]) -> None:
    """Takes credits off, oldest first, never below nought; what is left of them is carried to a later payment."""
    left = one.due_pence
    for credit in credits:
        pence = min(left, credit.outstanding_pence)
        if pence > 0:
            one.credits.append((credit, pence))
        left -= pence
        one.carried_pence += credit.outstanding_pence - pence


def account_words(account: PayeeAccount | None, pay_on: date) -> str:
    """Why nothing can be paid into the account in force on a day; empty where it can."""
    if account is None:
        return "We know no bank account to pay into. Tell us one."
    if account.usable_from is not None and account.usable_from > pay_on:
        return f"The bank account was changed lately and can be paid into from {long_date(account.usable_from)}."
    return ""


def _nothing_words(one: Proposed) -> str:
    if one.pence > 0:
        return ""
    if one.taken_pence or one.carried_pence:
        left = Money(one.taken_pence + one.carried_pence)
        return f"Credit notes of {left} cover all that is due. They are taken from later payments."
    return "All that is due is held."
