"""The bank file confirms what left: a whole batch or one payment, never another sum, and undoing puts it back."""

from datetime import date

import pytest

from invoicing.banking.models import BankAccount, BankLine
from invoicing.banking.services import ensure_bank_account, import_statement, undo_match
from invoicing.banking.services.confirming import record_other
from invoicing.banking.services.errors import LineTaken, WrongMatch
from invoicing.banking.services.paid_out import confirm_payments, payments_offered
from invoicing.paying_out.answering import reject_payment
from invoicing.paying_out.errors import NotOnItsWay
from invoicing.paying_out.models import PaymentBatch
from marketplace.core.actors import Actor
from tests.invoicing.banking.files import lloyds
from tests.invoicing.paying_out.test_paying_out import balance
from tests.invoicing.paying_out.world import PAY_DAY, Payers, invoiced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@pytest.fixture
def batch(payers: Payers) -> PaymentBatch:
    """Two payments on their way: £956.25 and £420.00."""
    payers.account(payers.ridgeway)
    payers.account(payers.priory, "70872490")
    invoiced(payers.ridgeway, 95_625)
    invoiced(payers.priory, 42_000)
    return payers.sent()


def lines_out(actor: Actor, *pence: int) -> list[BankLine]:
    """Lines of money out on the pay day."""
    account: BankAccount = ensure_bank_account(
        code="current", name="Current account", ledger_account_code="1000", layout="lloyds", sort_code="30-96-26",
        account_number="00123456", actor=actor,
    )  # fmt: skip
    rows = [(PAY_DAY, f"BACS {each}", -each) for each in pence]
    import_statement(
        account=account, data=lloyds(rows, opening=1_000_000).encode(), file_name="october.csv", confirm_at=None,
        actor=actor,
    )  # fmt: skip
    return list(BankLine.objects.filter(pence__lt=0).order_by("pk"))


def test_a_batch_that_left_as_one_sum_is_confirmed_and_undone(
    batch: PaymentBatch, payers: Payers, actor: Actor
) -> None:
    [line] = lines_out(actor, 137_625)
    [(words, ids)] = payments_offered(line)
    assert (words, len(ids)) == (f"Payment batch {batch.number}, £1,376.25", 2)

    confirm_payments(line=line, payment_ids=ids, actor=payers.priya)

    batch.refresh_from_db()
    assert (batch.state, balance("2460"), balance("1000")) == ("confirmed", 0, -137_625)
    with pytest.raises(NotOnItsWay):
        confirm_payments(line=line, payment_ids=ids, actor=payers.priya)
    line.refresh_from_db()
    undo_match(line=line, reason="The wrong line", actor=payers.priya, on=date(2026, 10, 31))
    batch.refresh_from_db()
    assert (batch.state, balance("2460"), balance("1000")) == ("sent", -137_625, 0)
    line.refresh_from_db()
    confirm_payments(line=line, payment_ids=ids, actor=payers.priya)
    batch.refresh_from_db()
    assert batch.state == "confirmed"


def test_single_payments_are_confirmed_and_the_rejected_one_is_not(
    batch: PaymentBatch, payers: Payers, actor: Actor
) -> None:
    line, other = lines_out(actor, 95_625, 1)
    [(words, ids)] = payments_offered(line)
    assert words == f"Payment to Ridgeway Learning in {batch.number}"
    with pytest.raises(WrongMatch, match=r"come to £956\.25"):
        confirm_payments(line=other, payment_ids=ids, actor=payers.priya)
    confirm_payments(line=line, payment_ids=ids, actor=payers.priya)
    batch.refresh_from_db()
    assert batch.state == "sent"
    reject_payment(
        line=batch.lines.get(provider=payers.priory), reason="No such account", on=PAY_DAY, actor=payers.olive
    )  # fmt: skip
    batch.refresh_from_db()
    assert (batch.state, balance("2460")) == ("confirmed", 0)
    assert payments_offered(other) == []


def test_a_taken_line_and_the_account_itself_are_refused(batch: PaymentBatch, payers: Payers, actor: Actor) -> None:
    line, _ = lines_out(actor, 95_625, 1)
    with pytest.raises(WrongMatch):
        record_other(line=line, account_code="2460", narrative="By hand", actor=payers.priya)
    record_other(line=line, account_code="7100", narrative="Bank charges", actor=payers.priya)
    [(_, ids)] = payments_offered(line)
    with pytest.raises(LineTaken):
        confirm_payments(line=line, payment_ids=ids, actor=payers.priya)
    assert balance("2460") == -137_625
