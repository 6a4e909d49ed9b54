"""Items to invoice and invoices: charged, changed, reduced, billed; terms changed between, days passing."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from invoicing.documents.models import Document
from invoicing.receivables.charges import DifferentFacts, NotPending
from invoicing.receivables.models import Charge, ReceivableItem
from invoicing.receivables.reducing import ReductionTooLarge
from invoicing.services import amend_unbilled, charge, propose, reduce, run_billing
from invoicing.vat.treatment import VatTreatment
from marketplace.core.money import Money as Pounds
from marketplace.core.periods import Period
from marketplace.organisations.services.registry import set_terms
from tests.conftest import EXEMPT, OUTSIDE, STANDARD, ZERO
from tests.invoicing.stateful.base import Ground, later, part_of, pick
from tests.invoicing.stateful.papers import Invoice, Item, months_after

VATS = {
    "standard": STANDARD,
    "reduced": VatTreatment("S", Decimal("0.05")),
    "exempt": EXEMPT,
    "zero": ZERO,
    "outside": OUTSIDE,
}
PATTERNS = ["at_once", "at_once", "over_time", "over_time", "on_date", "on_use", "on_verification"]
PENCE = st.one_of(st.integers(1, 200_000), st.sampled_from([1, 3, 99, 10_000, 123_456]))
PICK = st.integers(0, 999)
PERCENT = st.sampled_from([1, 33, 50, 50, 100, 100, 101])
ORDERS = st.sampled_from(["", "", "PO-1", "PO-2"])


class Selling(Ground):
    """Rules of items to invoice and of the invoice batch."""

    def charged(self, item: Item, vat: VatTreatment) -> Charge:
        service = Period(item.begins, item.ends) if item.begins and item.ends else None
        return charge(
            source_key=item.key, consumer=self.of(item.consumer), invoice_to=self.of(item.customer),
            description=f"Service {item.key}", quantity=Decimal(1), unit_price=Pounds(item.net), net=Pounds(item.net),
            vat=vat, account_code="4200", stream_code="BS", bill_on=item.bill_on, service=service, label=item.label,
            purchase_order=item.purchase_order, recognition=item.pattern, instalments=item.instalments,
            actor=self.world.actor,
        )  # fmt: skip

    @rule(
        customer=PICK, consumer=PICK, pence=PENCE, vat=st.sampled_from(sorted(VATS)), order=ORDERS,
        label=st.sampled_from(["", "O-1", "O-2"]), pattern=st.sampled_from(PATTERNS), waits=st.sampled_from([0, 0, 0, 9]),
        months=st.sampled_from([1, 3, 12]), mid=st.booleans(), instalments=st.sampled_from([1, 1, 3, 12]),
    )  # fmt: skip
    def charge(
        self, customer: int, consumer: int, pence: int, vat: str, order: str, label: str, pattern: str, waits: int,
        months: int, mid: bool, instalments: int,
    ) -> None:  # fmt: skip
        treatment = VATS[vat]
        item = Item(
            self.key("item"), pick(self.customers, customer), pick(self.customers, consumer), pence, treatment.category,
            Fraction(treatment.rate), later(self.today, waits), order, label, pattern,
        )  # fmt: skip
        if pattern != "at_once" and not (pattern in ("on_use", "on_verification") and mid):
            item.begins = self.today.replace(day=16 if mid else 1)
            item.ends = months_after(item.begins, months)
            item.instalments = instalments
        with self.step("charge"):
            self.charged(item, treatment)
            self.book.items[item.key] = item

    @rule(one=PICK, more=st.sampled_from([0, 0, 1]))
    def charge_again(self, one: int, more: int) -> None:
        """The same source again is the same item; with another sum it is refused."""
        item = pick([item for key, item in self.book.items.items() if key.startswith("item:")], one)
        made = Charge.objects.get(source_key=item.key)
        service = Period(item.begins, item.ends) if item.begins and item.ends else None
        with self.step("charge_again", {DifferentFacts: more > 0}):
            again = charge(
                source_key=item.key, consumer=self.of(item.consumer), invoice_to=made.invoice_to, description="Again",
                quantity=Decimal(1), unit_price=Pounds(item.net), net=Pounds(item.net + more), account_code="4200",
                vat=VatTreatment(made.vat_category, made.vat_rate, made.vat_reason), stream_code="BS", service=service,
                bill_on=item.bill_on, recognition=item.pattern, instalments=item.instalments, actor=self.world.actor,
            )  # fmt: skip
            assert again.pk == made.pk

    @precondition(lambda self: self.book.items)
    @rule(
        one=PICK, what=st.sampled_from(["order", "order", "customer", "hold", "free", "day"]), other=PICK, order=ORDERS
    )
    def amend(self, one: int, what: str, other: int, order: str) -> None:
        item = self._some_item(one)
        customer, day = pick(self.customers, other), later(self.today, other % 20)
        changes: dict[str, dict[str, object]] = {
            "order": {"purchase_order": order},
            "customer": {"invoice_to": self.of(customer)},
            "hold": {"held_reason": "Waits for the head teacher"},
            "free": {"held_reason": ""},
            "day": {"bill_on": day},
        }
        with self.step("amend", {NotPending: not item.pending}):
            amend_unbilled(source_key=item.key, actor=self.world.actor, **changes[what])  # type: ignore[arg-type]
            item.purchase_order = order if what == "order" else item.purchase_order
            item.customer = customer if what == "customer" else item.customer
            item.held = what == "hold" or (item.held and what != "free")
            item.bill_on = day if what == "day" else item.bill_on

    def _some_item(self, number: int) -> Item:
        """One that waits where there is one, three times in four."""
        items = list(self.book.items.values())
        return pick([item for item in items if item.pending and number % 4] or items, number // 4)

    @precondition(lambda self: self.book.items)
    @rule(one=PICK, percent=PERCENT, days=st.booleans())
    def reduce(self, one: int, percent: int, days: bool) -> None:
        item = pick(list(self.book.items.values()), one)
        pence = part_of(item.left, percent)
        service = Period(item.begins, later(item.begins, 10)) if days and item.begins else None
        with self.step("reduce", {ReductionTooLarge: pence > item.left}):
            reduce(
                source_key=self.key("less"), of=item.key, pence=pence, reason="A day less", on=self.today,
                service=service, actor=self.world.actor,
            )  # fmt: skip
            if item.invoice is None:
                item.before += pence
            else:
                self.book.owe_credit(item, pence)

    @rule(
        customer=PICK, grouping=st.sampled_from(["purchase_order", "order", "school", "together"]),
        rhythm=st.sampled_from(["as_due", "as_due", "monthly"]), days=st.sampled_from([0, 14, 30]),
        needed=st.sampled_from([False, False, True]),
    )  # fmt: skip
    def change_terms(self, customer: int, grouping: str, rhythm: str, days: int, needed: bool) -> None:
        name = pick(self.customers, customer)
        with self.step("change_terms"):
            set_terms(
                organisation=self.of(name), invoice_grouping=grouping, invoice_rhythm=rhythm, payment_days=days,
                purchase_order_rule="required" if needed else "optional", actor=self.world.officer,
            )  # fmt: skip
            terms = self.book.terms[name]
            terms.grouping, terms.rhythm, terms.days, terms.order_needed = grouping, rhythm, days, needed

    @rule(days=st.integers(1, 10))
    def days_pass(self, days: int) -> None:
        with self.step("days_pass"):
            self.today += timedelta(days=days)

    @rule(days=st.sampled_from([28, 31, 62]))
    def months_pass(self, days: int) -> None:
        with self.step("months_pass"):
            self.today += timedelta(days=days)

    @precondition(lambda self: self.book.next_invoices(self.today))
    @rule()
    def bill(self) -> None:
        expected = self.book.next_invoices(self.today)
        with self.step("bill"):
            numbers = run_billing(on=self.today, actor=self.world.officer).numbers
            self._issued(numbers, expected)
            assert run_billing(on=self.today, actor=self.world.officer).numbers == [], "a second run issues nothing"

    @precondition(lambda self: self.book.next_invoices(self.today))
    @rule(one=PICK, order=ORDERS, percent=PERCENT)
    def bill_as_shown_before(self, one: int, order: str, percent: int) -> None:
        """An invoice whose items changed after it was shown waits; the others are issued as they were shown."""
        expected = self.book.next_invoices(self.today)
        with self.step("bill_as_shown_before"), transaction.atomic():
            proposal = propose(on=self.today)
            changed = pick(pick(expected, one).items, one)
            if changed.purchase_order != order:
                amend_unbilled(source_key=changed.key, purchase_order=order, actor=self.world.actor)
                changed.purchase_order = order
            else:
                pence = min(part_of(changed.billed, percent), changed.billed)
                reduce(
                    source_key=self.key("less"), of=changed.key, pence=pence, reason="A day less", on=self.today,
                    actor=self.world.actor,
                )  # fmt: skip
                changed.before += pence
            report = run_billing(on=self.today, proposal=proposal, actor=self.world.officer)
            assert report.changed == 1
            self._issued(report.numbers, [invoice for invoice in expected if changed not in invoice.items])

    def _issued(self, numbers: list[str], expected: list[Invoice]) -> None:
        """The documents just issued are those expected, item by item, and ask for the same on the same days."""
        left = {frozenset(item.key for item in invoice.items): invoice for invoice in expected}
        for document in Document.objects.filter(number__in=numbers).order_by("pk"):
            lines = dict(document.lines.values_list("charge__source_key", "pk"))
            assert frozenset(lines) in left, f"{document.number} holds together {sorted(lines)}"
            invoice = left.pop(frozenset(lines))
            invoice.number = document.number or ""
            assert (document.customer_id, document.issued_on) == (self.of(invoice.customer).pk, invoice.issued_on)
            owed = list(ReceivableItem.objects.filter(document=document).order_by("due_on").values_list("due_on", "pence", "pk"))  # fmt: skip
            assert [row[:2] for row in owed] == [(due.on, due.pence) for due in invoice.dues], document.number
            for due, (_, _, pk) in zip(invoice.dues, owed, strict=True):
                due.pk = pk
            for item in invoice.items:
                item.line = lines[item.key]
            self.book.issue(invoice)
        assert not left, f"not issued: {sorted(map(sorted, left))}"
