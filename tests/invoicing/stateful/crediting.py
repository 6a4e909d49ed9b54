"""Credit notes, and what one person prepares and another approves."""

from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from invoicing.documents.models import Document
from invoicing.receivables.allocation import AllocationTooLarge
from invoicing.receivables.backing import CreditNotBacked
from invoicing.receivables.credit_notes import CreditedMeanwhile, CreditExceedsInvoice
from invoicing.receivables.credited_services import OutsideService
from invoicing.receivables.models import Carry, Refund, UnallocatedItem
from invoicing.receivables.refunds import MoreThanOnAccount
from invoicing.second_person.limits import NeedsSecondPerson
from invoicing.second_person.models import Action, PreparedAction
from invoicing.second_person.preparing import AlreadyDecided, AlreadyWaits, OwnPreparation
from invoicing.services import (
    approve,
    credit_invoice,
    issue_credits_due,
    prepare_carry,
    prepare_credit,
    prepare_refund,
    prepare_write_off,
    send_back,
    withdraw,
)
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.periods import Period
from tests.invoicing.stateful.base import LIMITS, later, part_of, pick
from tests.invoicing.stateful.papers import Invoice, Item, Money
from tests.invoicing.stateful.paying import REAL_MONEY, Paying
from tests.invoicing.stateful.selling import PERCENT, PICK

DAYS = st.sampled_from(["none", "none", "within", "outside"])


@dataclass
class Waiting:
    """What waits for a second person, as the book knows it."""

    pk: int
    action: Action
    by: int
    pence: int
    invoice: Invoice | None = None
    amounts: dict[str, int] | None = None
    left: dict[str, int] | None = None
    money: Money | None = None
    to: str = ""
    decided: bool = False


class Crediting(Paying):
    """Rules of credit notes and of the second person."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Waiting] = []

    def _amounts(self, invoice: Invoice, lines: int, percent: int) -> dict[str, int]:
        """A drawn part of one, or of every second, or of all of the lines of which something is left."""
        open_lines = [item for item in invoice.items if item.left]
        chosen = [pick(open_lines, lines)] if lines % 3 == 0 else open_lines[:: 1 + lines % 2]
        return {item.key: part_of(item.left, percent) for item in chosen}

    def _days(self, items: list[Item], which: str) -> Period | None:
        """Days within the service of every line, or a day after the end of one."""
        services = [(item.begins, item.ends) for item in items if item.begins and item.ends]
        if which == "none" or not services:
            return None
        first, end = max(begins for begins, _ in services), min(ends for _, ends in services)
        if which == "within":
            return Period(first, min(later(first, 20), end)) if first < end else None
        return Period(min(begins for begins, _ in services), later(end, 1))

    def _noted(self, invoice: Invoice, amounts: dict[str, int], note: Document) -> None:
        row = UnallocatedItem.objects.get(document=note)
        money = self.book.credit(invoice, amounts, row.received_on, row.pk)
        assert (note.gross_pence, row.pence) == (money.pence, money.pence), f"{note.number} is of another sum"
        self.name_settled()

    @precondition(lambda self: any(item.left for one in self.book.invoices for item in one.items))
    @rule(invoice=PICK, lines=PICK, percent=PERCENT, days=DAYS, alone=st.booleans())
    def credit(self, invoice: int, lines: int, percent: int, days: str, alone: bool) -> None:
        """By amounts, with or without the days of a service; by the officer alone, or by the platform's rule."""
        one = pick([one for one in self.book.invoices if any(item.left for item in one.items)], invoice)
        amounts = self._amounts(one, lines, percent)
        items = [item for item in one.items if item.key in amounts]
        service = self._days(items, days)
        gross = sum(amounts.values()) + one.vat_of_credit(amounts)
        refusals = {
            CreditExceedsInvoice: any(amounts[item.key] > item.left for item in items),
            CreditNotBacked: self.book.gives_back_too_much(one, gross),
            NeedsSecondPerson: alone and gross > LIMITS[Action.CREDIT_NOTE],
            OutsideService: service is not None and days == "outside",
        }
        with self.step("credit", refusals):
            note = credit_invoice(
                invoice=self.document(one), amounts={item.line: amounts[item.key] for item in items}, reason="Less",
                on=self.today, service=service, actor=self.world.officer if alone else self.world.actor,
            )  # fmt: skip
            self._noted(one, amounts, note)

    @precondition(lambda self: self.book.credits_due)
    @rule(one=PICK)
    def issue_credits_due(self, one: int) -> None:
        """All that is due of one invoice, on one credit note."""
        invoice = pick(self.book.credits_due, one).item.invoice
        assert invoice is not None
        due = [credit for credit in self.book.credits_due if credit.item.invoice is invoice]
        amounts: dict[str, int] = {}
        for credit in due:
            amounts[credit.item.key] = amounts.get(credit.item.key, 0) + credit.pence
        refusals = {
            CreditExceedsInvoice: any(amounts.get(item.key, 0) > item.uncredited for item in invoice.items),
            CreditNotBacked: self.book.gives_back_too_much(
                invoice, sum(amounts.values()) + invoice.vat_of_credit(amounts)
            ),
        }
        with self.step("issue_credits_due", refusals):
            [note] = issue_credits_due(charge_source_keys=sorted(amounts), on=self.today, actor=self.world.actor)
            self._noted(invoice, amounts, note)
            for credit in due:
                self.book.credited_as_due(credit)

    # -- prepared by one, approved by another

    def _send(self, waiting: Waiting, made: PreparedAction) -> None:
        waiting.pk, waiting.pence = made.pk, made.pence
        self.waiting.append(waiting)

    def _waits(self, action: Action, subject: object, pence: int) -> bool:
        """Whether the same for the same sum waits already."""
        return any(
            (one.action, one.pence, one.decided) == (action, pence, False) and subject in (one.invoice, one.money)
            for one in self.waiting
        )

    @precondition(lambda self: any(item.left for one in self.book.invoices for item in one.items))
    @rule(invoice=PICK, lines=PICK, percent=PERCENT, who=PICK)
    def prepare_credit(self, invoice: int, lines: int, percent: int, who: int) -> None:
        one = pick([one for one in self.book.invoices if any(item.left for item in one.items)], invoice)
        amounts = self._amounts(one, lines, percent)
        items = [item for item in one.items if item.key in amounts]
        gross = sum(amounts.values()) + one.vat_of_credit(amounts)
        refusals = {
            WrongInput: any(amounts[item.key] > item.left for item in items),
            AlreadyWaits: self._waits(Action.CREDIT_NOTE, one, gross),
        }
        with self.step("prepare_credit", refusals):
            made = prepare_credit(
                invoice=self.document(one), amounts={item.line: amounts[item.key] for item in items}, reason="Less",
                actor=self._preparer(who),
            )  # fmt: skip
            left = {item.key: item.left for item in one.items}
            self._send(Waiting(0, Action.CREDIT_NOTE, who % 3, gross, one, amounts, left), made)

    @precondition(lambda self: self.book.invoices)
    @rule(invoice=PICK, percent=PERCENT, who=PICK)
    def prepare_write_off(self, invoice: int, percent: int, who: int) -> None:
        debt = self.some_invoice(invoice)
        pence = part_of(debt.owed, percent)
        refusals = {
            AllocationTooLarge: pence > debt.owed,
            AlreadyWaits: self._waits(Action.WRITE_OFF, debt, pence),
        }
        with self.step("prepare_write_off", refusals):
            made = prepare_write_off(
                invoice=self.document(debt), pence=pence, reason="No answer", actor=self._preparer(who)
            )
            self._send(Waiting(0, Action.WRITE_OFF, who % 3, pence, debt), made)

    @precondition(lambda self: self.book.money)
    @rule(money=PICK, to=PICK, percent=PERCENT, who=PICK, moves=st.booleans())
    def prepare_refund_or_carry(self, money: int, to: int, percent: int, who: int, moves: bool) -> None:
        source, name = self.some_money(money), pick(self.customers, to)
        pence, action = part_of(source.left, percent), Action.CARRY if moves else Action.REFUND
        refusals = {
            MoreThanOnAccount: pence > source.left,
            WrongInput: source.kind not in REAL_MONEY or (moves and name == source.owner),
            AlreadyWaits: self._waits(action, source, pence),
        }
        with self.step("prepare_refund_or_carry", refusals):
            row, actor = self.row(source), self._preparer(who)
            made = (
                prepare_carry(source=row, to=self.of(name), pence=pence, reason="Closed", actor=actor)
                if moves
                else prepare_refund(source=row, pence=pence, reason="Paid twice", actor=actor)
            )
            self._send(Waiting(0, action, who % 3, pence, money=source, to=name), made)

    def _preparer(self, who: int) -> Actor:
        return [self.world.officer, *self.world.managers][who % 3]

    def _some_waiting(self, number: int) -> Waiting:
        undecided = [one for one in self.waiting if not one.decided]
        return pick(undecided if number % 5 and undecided else self.waiting, number // 5)

    @precondition(lambda self: self.waiting)
    @rule(one=PICK, who=st.sampled_from(["another", "another", "another", "the same", "officer"]))
    def approve(self, one: int, who: str) -> None:
        waiting = self._some_waiting(one)
        by = {"another": 2 if waiting.by == 1 else 1, "the same": waiting.by, "officer": 0}[who]
        refusals = {
            NotAllowed: by == 0,
            OwnPreparation: by == waiting.by,
            AlreadyDecided: waiting.decided,
        } | self._changed(waiting)
        with self.step(f"approve {waiting.action}", refusals):
            made = approve(
                prepared=PreparedAction.objects.get(pk=waiting.pk), on=self.today, at=self.now,
                actor=self._preparer(by),
            )  # fmt: skip
            waiting.decided = True
            self._done(waiting, made)

    def _changed(self, waiting: Waiting) -> dict[type[DomainError], bool]:
        """Where the books have changed since it was prepared, it is not done any more."""
        if waiting.action == Action.CREDIT_NOTE:
            assert waiting.invoice
            return {
                CreditedMeanwhile: {item.key: item.left for item in waiting.invoice.items} != waiting.left,
                CreditNotBacked: self.book.gives_back_too_much(waiting.invoice, waiting.pence),
            }
        if waiting.action == Action.WRITE_OFF:
            assert waiting.invoice
            return {AllocationTooLarge: waiting.pence > waiting.invoice.owed}
        assert waiting.money
        return {MoreThanOnAccount: waiting.pence > waiting.money.left}

    def _done(self, waiting: Waiting, made: PreparedAction) -> None:
        if waiting.invoice and waiting.action == Action.CREDIT_NOTE:
            self._noted(waiting.invoice, waiting.amounts or {}, Document.objects.get(number=made.outcome))
        elif waiting.invoice:
            self.wrote_off(waiting.invoice, UnallocatedItem.objects.latest("pk"), waiting.pence)
        elif waiting.money and waiting.action == Action.REFUND:
            self.refunded(waiting.money, Refund.objects.latest("pk"))
        elif waiting.money:
            self.carried(waiting.money, waiting.to, Carry.objects.latest("pk").target, waiting.pence)

    @precondition(lambda self: self.waiting)
    @rule(one=PICK, who=PICK, back=st.booleans())
    def send_back_or_withdraw(self, one: int, who: int, back: bool) -> None:
        waiting = self._some_waiting(one)
        who = who % 3 if back or who % 4 == 0 else waiting.by
        refusals = {
            NotAllowed: back and who == 0,
            OwnPreparation: back and who == waiting.by,
            WrongInput: not back and who != waiting.by,
            AlreadyDecided: waiting.decided,
        }
        row = PreparedAction.objects.get(pk=waiting.pk)
        with self.step("send_back" if back else "withdraw", refusals):
            if back:
                send_back(prepared=row, answer="Ask the council first", at=self.now, actor=self._preparer(who))
            else:
                withdraw(prepared=row, at=self.now, actor=self._preparer(who))
            waiting.decided = True
