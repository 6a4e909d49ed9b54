"""Two providers with accounts, agreed invoices and credit notes; who prepares, approves and releases."""

from datetime import date, datetime
from itertools import count

from invoicing.ledger.chart import BANK
from invoicing.ledger.models import LedgerAccount
from invoicing.payables.models import Payable
from invoicing.payees.models import PayeeAccount
from invoicing.payees.services import ask_account, confirm_account
from invoicing.paying_out.content import hash_of
from invoicing.paying_out.models import PaymentBatch, PaymentSending
from invoicing.paying_out.preparing import approve_batch, prepare_batch
from invoicing.paying_out.releasing import release_batch
from invoicing.paying_out.rules.orders import Account
from invoicing.provider_invoices.models import InvoicedMove, ProviderInvoice, ProviderInvoiceLine
from invoicing.services import owe, reduce_payable
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor, Role, platform
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import OUTSIDE, START
from tests.shop import person

TODAY, PAY_DAY = date(2026, 10, 28), date(2026, 10, 30)
AT = datetime(2026, 10, 28, 9, 30)
PAYER = Account("Tidewell Schools Partnership", "204511", "55779911")
_numbers = count(1)


class Payers:
    """The cast of paying out: Priya prepares, Marek approves, Olive releases; Marta is another manager."""

    def __init__(self, partnership: Organisation, actor: Actor, *, of: str = "") -> None:
        """``of`` tells their sign-ins from those of another cast in the same world."""
        self.priya = person(partnership, actor, role=Role.FINANCE_OFFICER, name=f"Priya Officer{of}")
        self.marek = person(partnership, actor, role=Role.FINANCE_MANAGER, name=f"Marek Manager{of}")
        self.marta = person(partnership, actor, role=Role.FINANCE_MANAGER, name=f"Marta Manager{of}")
        self.olive = person(partnership, actor, role=Role.FINANCE_OFFICER, name=f"Olive Officer{of}")
        self.ridgeway = add_provider("Ridgeway Learning")
        self.priory = add_provider("Priory Lane Coaching")

    def account(self, provider: Organisation, number: str = "31926819", *, on: date = START) -> PayeeAccount:
        """A confirmed account of a provider, asked by Priya and confirmed by Marek."""
        asked = ask_account(
            organisation=provider, account_name=provider.name, sort_code="60-16-13", account_number=number, on=on,
            actor=self.priya,
        )  # fmt: skip
        return confirm_account(account=asked, how_checked="Called back on the number we knew", on=on, actor=self.marek)

    def prepared(self, pay_on: date = PAY_DAY) -> PaymentBatch:
        bank = LedgerAccount.objects.get(pk=BANK)
        return prepare_batch(pay_on=pay_on, payer=PAYER, bank_account=bank, on=TODAY, actor=self.priya)

    def approved(self) -> PaymentBatch:
        batch = self.prepared()
        return approve_batch(batch=batch, seen=hash_of(batch.pk), on=TODAY, actor=self.marek)

    def release(
        self, batch: PaymentBatch, *, key: str = "release:1", by: Actor | None = None, form: str = "pain001"
    ) -> PaymentSending:
        return release_batch(
            batch=batch, form=form, command_key=key, at=AT, on=TODAY, actor=by or self.olive, user_number="654321"
        )  # fmt: skip

    def sent(self, *, key: str = "release:1") -> PaymentBatch:
        batch = self.approved()
        self.release(batch, key=key)
        batch.refresh_from_db()
        return batch


def add_provider(name: str) -> Organisation:
    return add_organisation(
        kind=Organisation.Kind.PROVIDER, name=name, valid_from=START, actor=platform("test")
    )  # fmt: skip


def earned(provider: Organisation, pence: int, *, key: str = "", vat: VatTreatment = OUTSIDE) -> Payable:
    """An amount due, without VAT."""
    return owe(
        source_key=key or f"earned:{next(_numbers)}", provider=provider, description="A day in a school",
        net=Money(pence), vat=vat, account_code="6100", stream_code="SI", on=date(2026, 10, 1), actor=platform("test"),
    )  # fmt: skip


def invoiced(provider: Organisation, pence: int, *, due_on: date = PAY_DAY, key: str = "") -> ProviderInvoice:
    """An agreed invoice of the provider's own over something earned."""
    return _paper(earned(provider, pence, key=key), pence, ProviderInvoice.Kind.OWN, due_on)


def credited(provider: Organisation, pence: int) -> ProviderInvoice:
    """An agreed credit note on an invoice that is due much later."""
    payable = earned(provider, pence)
    _paper(payable, pence, ProviderInvoice.Kind.OWN, date(2027, 3, 25))
    reduce_payable(
        source_key=f"{payable.source_key}:back", of=payable.source_key, pence=pence, reason="The school was refunded",
        on=date(2026, 10, 2), actor=platform("test"),
    )  # fmt: skip
    return _paper(payable, pence, ProviderInvoice.Kind.OWN_CREDIT, date(2026, 10, 20))


def overpaid(payers: Payers, pence: int, *, key: str = "release:1") -> ProviderInvoice:
    """A credit note of Ridgeway's over an invoice that is paid already: nothing more is to be paid to it. ``key`` is that
    of the payment's release, one for each."""
    if not PayeeAccount.objects.filter(organisation=payers.ridgeway).exists():
        payers.account(payers.ridgeway)
    paid = invoiced(payers.ridgeway, pence)
    payers.sent(key=key)
    payable = paid.lines.get().payable
    reduce_payable(
        source_key=f"{payable.source_key}:back", of=payable.source_key, pence=pence, reason="The school was refunded",
        on=TODAY, actor=platform("test"),
    )  # fmt: skip
    return _paper(payable, pence, ProviderInvoice.Kind.OWN_CREDIT, PAY_DAY)


def _paper(payable: Payable, pence: int, kind: ProviderInvoice.Kind, due_on: date) -> ProviderInvoice:
    invoice = ProviderInvoice.objects.create(
        kind=kind, state=ProviderInvoice.State.AGREED, provider=payable.provider, number=f"OWN-{next(_numbers)}",
        dated_on=date(2026, 10, 1), due_on=due_on, net_pence=pence, vat_pence=0, gross_pence=pence,
        outstanding_pence=pence,
    )  # fmt: skip
    line = ProviderInvoiceLine.objects.create(
        invoice=invoice, position=1, payable=payable, net_pence=pence, vat_category="O", vat_rate=0, vat_pence=0
    )
    sign = -1 if invoice.is_credit else 1
    InvoicedMove.objects.create(move=payable.moves.get(pence=sign * pence), line=line)
    return invoice
