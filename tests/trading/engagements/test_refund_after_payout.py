"""A school is refunded after its consultant's firm was paid: the firm's credit comes off its next payment, or, where no
payment is to come, is claimed back. Through services and pages, from the visit to the bank's file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from invoicing.banking.models import BankAccount, BankLine
from invoicing.banking.services import ensure_bank_account, import_statement
from invoicing.banking.services.paid_out import confirm_payments, payments_offered
from invoicing.documents.models import Document
from invoicing.ledger.chart import BANK
from invoicing.ledger.models import LedgerAccount
from invoicing.payees.services import ask_account, confirm_account
from invoicing.paying_out.content import hash_of
from invoicing.paying_out.models import PaymentBatch, PaymentBatchLine
from invoicing.paying_out.preparing import approve_batch, prepare_batch
from invoicing.paying_out.releasing import release_batch
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.receivables.models import ReceivableItem
from invoicing.self_billing.billing import self_bill
from invoicing.services import issue_credits_due, run_billing
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from providers.models import Consultant, Provider
from providers.services import add_provider
from tests.frontend.school.visits import signed_in, text_of
from tests.invoicing.banking.files import lloyds
from tests.invoicing.books import balances
from tests.invoicing.paying_out.world import PAYER
from tests.invoicing.self_billing.ridgeway import add_firm, agreed
from tests.shop import LONDON, person
from tests.trading.engagements.visiting import delivered
from tests.trading.engagements.world import DAY, book, consultant_of, on_day, rate_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
PAID_ON = date(2026, 11, 25)  # the payment day after the visit
REFUNDED = date(2026, 12, 1)
NEXT_VISIT, NEXT_PAY = date(2026, 12, 8), date(2026, 12, 24)
GROSS, BACK = 45_900, 6_480  # £382.50 earned, £54.00 of it taken back, each with 20% VAT


@dataclass
class Cast:
    """Who takes part: the firm with its office and consultant, three people of finance, the school's buyer."""

    firm: Provider
    nadia: Consultant
    office: Actor
    priya: Actor
    marek: Actor
    olive: Actor
    school: Organisation
    sam: Actor
    account: BankAccount
    platform: Actor

    def visit(self, day: date) -> Any:
        """A day written up and agreed, invoiced to the school and written for the firm."""
        visit = delivered(book(self.school, self.nadia, self.sam, on_day(day)).dates.get(), day, self.office, self.sam)
        run_billing(on=day, actor=self.platform)
        self_bill(on=day, actor=self.platform)
        return visit

    def paid(self, on: date) -> PaymentBatchLine:
        """What is due is prepared, approved and released by three people, and left the bank by its own file."""
        bank = LedgerAccount.objects.get(pk=BANK)
        batch = prepare_batch(pay_on=on, payer=PAYER, bank_account=bank, on=on, actor=self.priya)
        batch = approve_batch(batch=batch, seen=hash_of(batch.pk), on=on, actor=self.marek)
        at = datetime(on.year, on.month, on.day, 9, tzinfo=LONDON)
        release_batch(batch=batch, form="pain001", command_key=batch.number, at=at, on=on, actor=self.olive)
        line = batch.lines.get()
        out = self.bank_line(on, f"BACS {batch.number}", -line.pence)
        [(_, ids)] = payments_offered(out)
        confirm_payments(line=out, payment_ids=ids, actor=self.priya)
        assert PaymentBatch.objects.get(pk=batch.pk).state == "confirmed"
        return batch.lines.get()

    def bank_line(self, on: date, words: str, pence: int) -> BankLine:
        data = lloyds([(on, words, pence)], opening=1_000_000).encode()
        import_statement(account=self.account, data=data, file_name=f"{on}.csv", confirm_at=None, actor=self.platform)
        return BankLine.objects.latest("pk")

    def refunded(self, visit: Any) -> ProviderInvoice:
        """£63.53 goes back to the school on finance's page; the firm's credit note is written. That note."""
        with on_the(REFUNDED):
            page = f"/finance/margins/{visit.date.engagement.number}"
            given = {"visit": str(visit.date.ordinal), "amount": "63.53", "reason": "Left early"}
            told = text_of(signed_in(self.priya).post(page, given, follow=True))
        assert "£63.53 goes back to the school, and £54.00 less is due to the provider." in told
        keys = list(visit.charges.values_list("source_key", flat=True))
        issue_credits_due(charge_source_keys=keys, on=REFUNDED, actor=self.platform)
        self_bill(on=REFUNDED, actor=self.platform)
        assert Document.objects.get(kind="credit_note", customer=self.school).net_pence == 63_53
        note = ProviderInvoice.objects.get(kind="self_billed_credit")
        assert (note.gross_pence, note.outstanding_pence) == (BACK, BACK)
        return note


@contextmanager
def on_the(day: date) -> Iterator[None]:
    """Ten in the morning of a day: pages look at the clock."""
    with time_machine.travel(datetime(day.year, day.month, day.day, 10, tzinfo=LONDON), tick=True):
        yield


@pytest.fixture
def cast(partnership: Organisation, school: Organisation, sam: Actor, actor: Actor) -> Cast:
    firm = add_provider(organisation=add_firm(), code="ridgeway", actor=actor)
    nadia = consultant_of(firm, actor)
    rate_of(nadia)
    agreed(firm.organisation, begins=date(2026, 9, 1))
    priya = person(partnership, actor, name="Priya Officer", role=Role.FINANCE_OFFICER)
    marek = person(partnership, actor, name="Marek Manager", role=Role.FINANCE_MANAGER)
    asked = ask_account(
        organisation=firm.organisation, account_name="Ridgeway", sort_code="60-16-13", account_number="31926819",
        on=date(2026, 9, 1), actor=priya,
    )  # fmt: skip
    confirm_account(account=asked, how_checked="Called back", on=date(2026, 9, 1), actor=marek)
    account = ensure_bank_account(
        code="current", name="Current account", ledger_account_code=BANK, layout="lloyds", sort_code="30-96-26",
        account_number="00123456", actor=actor,
    )  # fmt: skip
    return Cast(
        firm=firm, nadia=nadia, office=person(firm.organisation, actor, name="Lena Ridge", role=Role.PROVIDER),
        priya=priya, marek=marek, olive=person(partnership, actor, name="Olive Officer", role=Role.FINANCE_OFFICER),
        school=school, sam=sam, account=account, platform=actor,
    )  # fmt: skip


def owed_to(cast: Cast) -> int:
    """What the ledger owes the firm, in pence; below nought it owes us."""
    return -balances().get("2400", 0)


def test_the_credit_comes_off_the_next_payment_and_the_remittance_shows_it(cast: Cast) -> None:
    visit = cast.visit(DAY)
    assert cast.paid(PAID_ON).pence == GROSS and owed_to(cast) == 0
    note = cast.refunded(visit)
    assert owed_to(cast) == -BACK

    cast.visit(NEXT_VISIT)
    line = cast.paid(NEXT_PAY)
    assert line.pence == GROSS - BACK and owed_to(cast) == 0
    note.refresh_from_db()
    assert note.outstanding_pence == 0
    lena = signed_in(cast.office)
    pages = PdfReader(BytesIO(lena.get(f"/provider/ridgeway/money/payments/{line.pk}").content)).pages
    advice = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert note.number in advice and "£64.80" in advice and "£394.20" in advice
    own = text_of(lena.get(f"/provider/ridgeway/money/invoices/{note.pk}"))
    assert "£64.80 was taken from a payment." in own


def test_where_no_payment_comes_it_is_claimed_back_and_paid_at_the_bank(cast: Cast, partnership: Organisation) -> None:
    visit = cast.visit(DAY)
    cast.paid(PAID_ON)
    note = cast.refunded(visit)
    browser, address = signed_in(cast.priya), f"/finance/provider-invoices/{note.pk}"
    with on_the(REFUNDED + timedelta(days=1)):
        assert "Claim back £64.80" in text_of(browser.get(address))
        assert "Enter the reason" in text_of(browser.post(address, {"do": "claim", "reason": ""}))
        told = text_of(browser.post(address, {"do": "claim", "reason": "No more visits"}, follow=True))
    assert "Ridgeway Learning is asked for £64.80 by 1 January 2027: RPR-000001." in told
    assert "Claimed back" in told and "Claim back £64.80" not in told
    assert owed_to(cast) == 0
    lena = signed_in(cast.office)
    assert "so pay £64.80 back by 1 January 2027: RPR-000001." in text_of(
        lena.get(f"/provider/ridgeway/money/invoices/{note.pk}")
    )
    paper = PdfReader(BytesIO(lena.get(f"/provider/ridgeway/money/invoices/{note.pk}/repayment").content))
    words = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert "Repayment request" in words and "This is no VAT invoice" in words and note.number in words

    _paid_at_the_bank(cast, browser)
    [item] = ReceivableItem.objects.filter(document__number="RPR-000001")
    assert item.outstanding_pence == 0


def _paid_at_the_bank(cast: Cast, browser: Client) -> None:
    """The firm's money arrives with the number, is offered against the request and confirmed like any other."""
    line = cast.bank_line(date(2026, 12, 15), "RIDGEWAY LEARNING RPR-000001", BACK)
    page = browser.get("/finance/bank/current/match?one=1")
    assert "RPR-000001" in text_of(page)
    found = [part.split('value="')[1].split('"')[0] for part in page.content.decode().split('name="choice"')[1:]]
    browser.post("/finance/bank/current/match", {"action": "line", "line": line.pk, "choice": found[0]})
