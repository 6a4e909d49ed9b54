"""Money: received, set against invoices, taken back, given up, repaid, carried to another customer."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from invoicing.documents.models import Document
from invoicing.ledger.models import LedgerAccount
from invoicing.receivables.allocation import AllocationTooLarge, AlreadyUndone
from invoicing.receivables.as_shown import AllocatedMeanwhile
from invoicing.receivables.backing import CreditNotBacked
from invoicing.receivables.models import Allocation, ReceivableItem, Refund, UnallocatedItem
from invoicing.receivables.receipts import PassedOn, ReceiptReversed
from invoicing.receivables.refunds import AlreadyPaid, MoreThanOnAccount
from invoicing.second_person.limits import NeedsSecondPerson
from invoicing.second_person.models import Action
from invoicing.services import (
    allocate,
    allocate_as_shown,
    carry,
    pay_refund,
    record_receipt,
    refund,
    reverse_receipt,
    undo_allocation,
    write_off,
)
from marketplace.core.errors import WrongInput
from tests.invoicing.stateful.base import LIMITS, Ground, part_of, pick
from tests.invoicing.stateful.papers import Due, Invoice, Money, Repaid
from tests.invoicing.stateful.selling import PERCENT, PICK

REAL_MONEY = ("receipt", "credit_note", "carried")


class Paying(Ground):
    """Rules of money on account."""

    def row(self, money: Money) -> UnallocatedItem:
        return UnallocatedItem.objects.get(pk=money.pk)

    def document(self, invoice: Invoice) -> Document:
        return Document.objects.get(number=invoice.number)

    def some_money(self, number: int) -> Money:
        """Money of which something is left where there is some, three times in four."""
        return pick([one for one in self.book.money if one.left and number % 4] or self.book.money, number // 4)

    def some_due(self, number: int) -> Due:
        return pick([due for due in self.book.dues if due.owed and number % 4] or self.book.dues, number // 4)

    def some_invoice(self, number: int) -> Invoice:
        return pick([one for one in self.book.invoices if one.owed and number % 4] or self.book.invoices, number // 4)

    def name_settled(self) -> None:
        """Finds in the database what the book settled by itself: credits and write-offs just made."""
        for one in self.book.settled:
            if not one.pk:
                row = Allocation.objects.get(source_id=one.money.pk, item_id=one.due.pk, undone_on__isnull=True)
                assert row.pence == one.pence
                one.pk = row.pk

    def put_on_account(self, row: UnallocatedItem, owner: str, pence: int) -> None:
        self.book.money.append(Money(row.kind, owner, pence, pence, row.received_on, row.pk))

    @rule(payer=PICK, due=PICK, percent=st.sampled_from([50, 100, 100, 200]), other=st.booleans())
    def pay(self, payer: int, due: int, percent: int, other: bool) -> None:
        """A customer, or another for it, pays about what is owed; where nothing is, something on account."""
        dues = [one for one in self.book.dues if one.owed]
        wanted = pick(dues, due) if dues else None
        name = wanted.invoice.customer if wanted and not other else pick(self.customers, payer)
        pence = max((wanted.owed if wanted else 10_000) * percent // 100, 1)
        with self.step("pay"):
            made = record_receipt(
                source_key=self.key("receipt"), payer=self.of(name), pence=pence, received_on=self.today,
                reference="", bank_account=LedgerAccount.objects.get(code="1000"), actor=self.world.officer,
            )  # fmt: skip
            self.put_on_account(made, name, pence)

    @precondition(lambda self: self.book.money and self.book.dues)
    @rule(money=PICK, due=PICK, percent=PERCENT, own=st.booleans())
    def allocate(self, money: int, due: int, percent: int, own: bool) -> None:
        source, to = self.some_money(money), self.some_due(due)
        if own and (theirs := [one for one in self.book.dues if one.owed and one.invoice.customer == source.owner]):
            to = pick(theirs, due)
        pence = part_of(min(source.left, to.owed), percent)
        refusals = {
            WrongInput: self._is_no_money(source, to),
            AllocationTooLarge: pence > source.left or pence > to.owed,
        }
        with self.step("allocate", refusals):
            made = allocate(
                source=self.row(source), to=ReceivableItem.objects.get(pk=to.pk), pence=pence, on=self.today,
                actor=self.world.officer,
            )  # fmt: skip
            self.book.settle(source, to, pence, made.pk)

    @precondition(lambda self: self._matching())
    @rule(money=PICK, stale=st.sampled_from([0, 0, 0, 1]))
    def allocate_as_shown(self, money: int, stale: int) -> None:
        """All that is left of some money against all that its owner owes, earliest first, as a person was shown it."""
        source = pick(self._matching(), money)
        dues = sorted((one for one in self.book.dues if one.owed and one.invoice.customer == source.owner), key=lambda one: (one.on, one.pk))  # fmt: skip
        left, pairs = source.left, []
        for due in dues:
            if pence := min(left, due.owed):
                pairs.append((due, pence))
                left -= pence
        refusals = {
            AllocatedMeanwhile: stale > 0,
            WrongInput: any(self._is_no_money(source, due) for due, _ in pairs),
        }
        with self.step("allocate_as_shown", refusals):
            made = allocate_as_shown(
                source=self.row(source), left_shown=source.left + stale, on=self.today, actor=self.world.officer,
                to=[(ReceivableItem.objects.get(pk=due.pk), pence) for due, pence in pairs],
            )  # fmt: skip
            for (due, pence), row in zip(pairs, made, strict=True):
                self.book.settle(source, due, pence, row.pk)

    @staticmethod
    def _is_no_money(source: Money, to: Due) -> bool:
        """A debt that was given up settles the invoice of which it was given up, and no other."""
        return source.kind == "write_off" and source.of is not to.invoice

    def _matching(self) -> list[Money]:
        """Money of which something is left, of customers who owe something."""
        return [one for one in self.book.money if one.left and self.book.owed(one.owner)]

    @precondition(lambda self: self.book.settled)
    @rule(one=PICK)
    def undo_allocation(self, one: int) -> None:
        live = [settled for settled in self.book.settled if not settled.undone]
        settled = pick(live if one % 5 and live else self.book.settled, one // 5)
        refusals = {
            AlreadyUndone: settled.undone,
            CreditNotBacked: not settled.undone and self.book.is_needed(settled),
        }
        with self.step("undo_allocation", refusals):
            undo_allocation(
                allocation=Allocation.objects.get(pk=settled.pk), on=self.today, reason="Another invoice's",
                actor=self.world.officer,
            )  # fmt: skip
            self.book.undo(settled)

    @precondition(lambda self: self.book.money)
    @rule(one=PICK)
    def reverse_receipt(self, one: int) -> None:
        """A receipt that bounced, or a write-off that was wrong; a credit note or money carried is not taken back."""
        mine = [money for money in self.book.money if money.kind in ("receipt", "write_off") and not money.reversed]
        money = pick(mine if one % 4 and mine else self.book.money, one // 4)
        refusals = {
            WrongInput: money.kind not in ("receipt", "write_off"),
            ReceiptReversed: money.reversed,
            PassedOn: money.passed_on,
        }
        with self.step("reverse_receipt", refusals):
            reverse_receipt(item=self.row(money), on=self.today, reason="Bounced", actor=self.world.officer)
            self.book.take_back(money)

    @precondition(lambda self: self.book.invoices)
    @rule(invoice=PICK, percent=PERCENT, small=st.booleans())
    def write_off(self, invoice: int, percent: int, small: bool) -> None:
        debt = self.some_invoice(invoice)
        pence = min(part_of(debt.owed, percent), LIMITS[Action.WRITE_OFF] if small else debt.owed + 1)
        refusals = {
            AllocationTooLarge: pence > debt.owed,
            NeedsSecondPerson: pence > LIMITS[Action.WRITE_OFF],
        }
        with self.step("write_off", refusals):
            made = write_off(
                invoice=self.document(debt), pence=pence, reason="No answer", on=self.today, actor=self.world.officer
            )
            self.wrote_off(debt, made, pence)

    def wrote_off(self, debt: Invoice, made: UnallocatedItem, pence: int) -> None:
        self.put_on_account(made, debt.customer, pence)
        self.book.money[-1].of = debt
        self.book.spread(self.book.money[-1], debt.dues)
        self.name_settled()

    @precondition(lambda self: self.book.money)
    @rule(money=PICK, percent=PERCENT, small=st.booleans())
    def refund(self, money: int, percent: int, small: bool) -> None:
        source = self.some_money(money)
        pence = min(part_of(source.left, percent), LIMITS[Action.REFUND] if small else source.left + 1)
        refusals = {
            MoreThanOnAccount: pence > source.left,
            NeedsSecondPerson: pence > LIMITS[Action.REFUND],
            WrongInput: source.kind not in REAL_MONEY,
        }
        with self.step("refund", refusals):
            made = refund(
                source=self.row(source), pence=pence, reason="Paid twice", on=self.today, actor=self.world.officer
            )
            self.refunded(source, made)

    def refunded(self, source: Money, made: Refund) -> None:
        source.left -= made.pence
        source.passed_on = True
        self.book.repaid.append(Repaid(source, made.pence, made.refunded_on, made.pk))

    @precondition(lambda self: self.book.repaid)
    @rule(one=PICK)
    def pay_refund(self, one: int) -> None:
        waiting = [back for back in self.book.repaid if not back.paid]
        back = pick(waiting if one % 4 and waiting else self.book.repaid, one // 4)
        with self.step("pay_refund", {AlreadyPaid: back.paid}):
            pay_refund(
                refund=Refund.objects.get(pk=back.pk), bank_account=LedgerAccount.objects.get(code="1000"),
                reference="FP", on=self.today, actor=self.world.officer,
            )  # fmt: skip
            back.paid = True

    @precondition(lambda self: self.book.money)
    @rule(money=PICK, to=PICK, percent=PERCENT, small=st.booleans())
    def move_between_parties(self, money: int, to: int, percent: int, small: bool) -> None:
        source, name = self.some_money(money), pick(self.customers, to)
        pence = min(part_of(source.left, percent), LIMITS[Action.CARRY] if small else source.left + 1)
        refusals = {
            MoreThanOnAccount: pence > source.left,
            NeedsSecondPerson: pence > LIMITS[Action.CARRY],
            WrongInput: source.kind not in REAL_MONEY or name == source.owner,
        }
        with self.step("move_between_parties", refusals):
            made = carry(
                source=self.row(source), to=self.of(name), pence=pence, reason="The school closed", on=self.today,
                actor=self.world.officer,
            )  # fmt: skip
            self.carried(source, name, made.target, pence)

    def carried(self, source: Money, name: str, target: UnallocatedItem, pence: int) -> None:
        source.left -= pence
        source.passed_on = True
        self.put_on_account(target, name, pence)
