"""What the books should say, kept a second time in plain Python: no database, nothing of the code under test.

Every amount is whole pence. The one thing not kept to the penny is how a credit falls on the months of a service that is
income over time: there the book knows only between what bounds the deferred rest lies.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.invoicing.stateful.papers import (
    CreditDue,
    Deferral,
    Due,
    Invoice,
    Item,
    Money,
    Repaid,
    Settled,
    Terms,
    defers,
    half_up,
    month_end,
    months_after,
    shares,
)  # fmt: skip


@dataclass
class Book:
    terms: dict[str, Terms]
    items: dict[str, Item] = field(default_factory=dict)
    invoices: list[Invoice] = field(default_factory=list)
    money: list[Money] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    repaid: list[Repaid] = field(default_factory=list)
    credits_due: list[CreditDue] = field(default_factory=list)
    net_invoiced: int = 0
    vat_invoiced: int = 0

    @property
    def dues(self) -> list[Due]:
        return [due for invoice in self.invoices for due in invoice.dues]

    @property
    def deferrals(self) -> list[Deferral]:
        return [item.deferral for item in self.items.values() if item.deferral]

    def owed(self, customer: str) -> int:
        return sum(due.owed for due in self.dues if due.invoice.customer == customer)

    def on_account(self, customer: str) -> int:
        return sum(money.left for money in self.money if money.owner == customer)

    @property
    def bank(self) -> int:
        received = sum(money.pence for money in self.money if money.kind == "receipt" and not money.reversed)
        return received - sum(back.pence for back in self.repaid if back.paid)

    @property
    def to_repay(self) -> int:
        return sum(back.pence for back in self.repaid if not back.paid)

    @property
    def written_off(self) -> int:
        return sum(money.pence for money in self.money if money.kind == "write_off" and not money.reversed)

    def next_invoices(self, on: date) -> list[Invoice]:
        """What an invoice batch of a day must issue: which items stand together, and what is asked for when."""
        groups: dict[tuple[object, ...], list[Item]] = {}
        for item in self.items.values():
            terms = self.terms[item.customer]
            ready = month_end(item.bill_on) if terms.rhythm == "monthly" else item.bill_on
            if item.pending and not item.held and ready <= on and (item.purchase_order or not terms.order_needed):
                groups.setdefault(self._together(item, terms), []).append(item)
        return [self._invoice(items, on) for items in groups.values()]

    @staticmethod
    def _together(item: Item, terms: Terms) -> tuple[object, ...]:
        by = {
            "purchase_order": item.purchase_order,
            "order": item.label or item.purchase_order,
            "school": item.consumer,
            "together": "",
        }[terms.grouping]
        month = month_end(item.bill_on) if terms.rhythm == "monthly" else None
        begins = item.bill_on if item.instalments > 1 else None
        return item.customer, by, item.category == "O", month, item.instalments, begins

    def _invoice(self, items: list[Item], on: date) -> Invoice:
        made = Invoice(items[0].customer, on, items)
        first, count = on + timedelta(days=self.terms[made.customer].days), items[0].instalments
        payments = [0] * count
        for (_, rate), group in made.groups.items():
            net = sum(item.billed for item in group)
            for pence in (net, half_up(net * rate)):
                payments = [one + part for one, part in zip(payments, shares(pence, [1] * count), strict=True)]
        made.dues = [
            Due(months_after(first, place), pence, pence, made) for place, pence in enumerate(payments) if pence
        ]
        return made

    def issue(self, invoice: Invoice) -> None:
        self.invoices.append(invoice)
        self.net_invoiced += sum(item.billed for item in invoice.items)
        self.vat_invoiced += invoice.vat
        for item in invoice.items:
            item.invoice = invoice
            if defers(item, invoice.issued_on):
                item.deferral = Deferral(item, invoice.issued_on, item.billed, item.billed)

    def credit(self, invoice: Invoice, amounts: dict[str, int], on: date, pk: int) -> Money:
        """Issues a credit note and settles with it, earliest payment first, of instalments the last first."""
        vat = invoice.vat_of_credit(amounts)
        net = sum(amounts.values())
        self.net_invoiced -= net
        self.vat_invoiced -= vat
        for item in invoice.items:
            if pence := amounts.get(item.key, 0):
                item.credited += pence
                if item.deferral:
                    item.deferral.credit(pence)
        note = Money("credit_note", invoice.customer, net + vat, net + vat, on, pk, invoice)
        self.money.append(note)
        self.spread(note, reversed(invoice.dues) if invoice.items[0].instalments > 1 else invoice.dues)
        return note

    def owe_credit(self, item: Item, pence: int) -> None:
        item.due += pence
        self.credits_due.append(CreditDue(item, pence))

    def credited_as_due(self, credit: CreditDue) -> None:
        credit.item.due -= credit.pence
        self.credits_due.remove(credit)

    def given_back(self, invoice: Invoice) -> int:
        """What the credit notes of an invoice left on account, or was taken off it again."""
        notes = [money for money in self.money if money.kind == "credit_note" and money.of is invoice]
        live = [one for one in self._set_against(invoice) if not one.undone]
        kept = sum(one.pence for one in live if one.money.kind == "credit_note" and one.money.of is invoice)
        return sum(money.pence for money in notes) - kept

    def paid_for(self, invoice: Invoice) -> int:
        """What is set against an invoice, credits of it and debts given up aside. What bounced is not."""
        return sum(
            one.pence
            for one in self._set_against(invoice)
            if one.money.kind != "write_off" and one.money.of is not invoice and not one.undone
        )

    def _set_against(self, invoice: Invoice) -> list[Settled]:
        return [one for one in self.settled if one.due.invoice is invoice]

    def gives_back_too_much(self, invoice: Invoice, gross: int) -> bool:
        """Whether a further credit note would leave more on account than was paid for the invoice."""
        back, paid = self.given_back(invoice), self.paid_for(invoice)
        return max(back + max(gross - invoice.owed, 0) - paid, 0) > max(back - paid, 0)

    def is_needed(self, settled: Settled) -> bool:
        """Whether its invoice would be given back more than was paid for it, were this undone by hand."""
        invoice, money = settled.due.invoice, settled.money
        back, paid = self.given_back(invoice), self.paid_for(invoice)
        before = max(back - paid, 0)
        if money.of is invoice and money.kind == "credit_note":
            back += settled.pence
        elif money.kind != "write_off":
            paid -= settled.pence
        return max(back - paid, 0) > before

    def spread(self, money: Money, dues: Iterable[Due]) -> None:
        """Sets all that can be against payments, in this order."""
        for due in dues:
            if pence := min(money.left, due.owed):
                self.settle(money, due, pence, 0)

    def settle(self, money: Money, due: Due, pence: int, pk: int) -> None:
        money.left -= pence
        due.owed -= pence
        self.settled.append(Settled(money, due, pence, pk))

    def undo(self, settled: Settled) -> None:
        settled.undone = True
        settled.money.left += settled.pence
        settled.due.owed += settled.pence

    def take_back(self, money: Money) -> None:
        """A receipt or write-off as if it had never been, with all that it settled."""
        for one in self.settled:
            if one.money is money and not one.undone:
                self.undo(one)
        money.left, money.reversed = 0, True
