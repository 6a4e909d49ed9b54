"""A small world whose lists grow to any length: one row is made by its verb, the others are copies of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalogue.models import CourseRun, Offer, Price
from invoicing.banking.demonstration import SampleLine, lloyds_file
from invoicing.banking.models import BankAccount, BankLine, BankStatement
from invoicing.banking.services import ensure_bank_account, import_statement
from invoicing.credit_control.models import InvoiceQuery, Reminder
from invoicing.credit_control.services.reminders import mark_of
from invoicing.documents.models import Document
from invoicing.journals.models import OpeningPlaces, OpeningPosition
from invoicing.receivables.models import Charge, ReceivableItem, Reduction
from invoicing.services import (
    open_query,
    prepare_refund,
    propose_reminders,
    refund,
    run_billing,
    seed_reminder_levels,
    send_reminders,
)
from marketplace.core.actors import Actor, Role
from marketplace.core.events import record_many
from marketplace.core.models import Event, EventSeal, Job
from marketplace.messaging.models import Message, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from marketplace.organisations.models import Identity, Organisation, Person
from marketplace.trading.models import Approval, Basket, Booking, Order, OrderLine
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from tests.conftest import Charges
from tests.frontend.school.visits import signed_in
from tests.invoicing.books import receive
from tests.invoicing.journals.beyond_sales import bought, purchase, submitted, supplier_of
from tests.shop import Shop, person

Row = TypeVar("Row", bound=models.Model)


def copies(row: Row, numbers: range, **changes: Callable[[int], Any]) -> list[Row]:
    """A copy of a stored row for each number, with these fields changed; the copies have ids of their own."""
    kept = {
        one.attname: getattr(row, one.attname)
        for one in row._meta.concrete_fields
        if not one.primary_key and not one.generated
    }
    kind = type(row)
    return list(
        kind._default_manager.bulk_create(
            kind(**kept | {name: change(number) for name, change in changes.items()}) for number in numbers
        )
    )


@dataclass
class World:
    """The partnership with its staff, a customer who buys, and a shop. ``today`` is the pages' own day."""

    partnership: Organisation
    customer: Organisation
    actor: Actor
    charges: Charges
    _kept: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return timezone.localdate()

    def client(self, role: Role) -> Client:
        """A person of that role at a browser: buyers at the customer, everybody else at the partnership."""
        return signed_in(self.person(role))

    def person(self, role: Role) -> Actor:
        theirs = (Role.BUYER, Role.APPROVER, Role.COUNCIL_PAYMENTS, Role.COMMISSIONER)
        at = self.customer if role in theirs else self.partnership
        return self.kept(f"a {role}", lambda: person(at, self.actor, name=f"Sam {role.words}", role=role))

    def kept(self, name: str, make: Callable[[], Any]) -> Any:
        """What is made once."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def own(self, page: str) -> str:
        """One of the customer's own pages."""
        return reverse(page, kwargs={"kind": "customer", "code": self.customer.number})

    # --- What lists show --------------------------------------------------------------------------

    def offers(self, numbers: range) -> None:
        first = self._offer()
        made = copies(first, numbers, code=lambda n: f"course-{n}", title=lambda n: f"Course number {n}")
        for price in Price.objects.filter(offer=first):
            copies(price, range(len(made)), offer_id=lambda n: made[n].pk)
        run = CourseRun.objects.get(offer=first)
        copies(run, range(len(made)), offer_id=lambda n: made[n].pk, code=lambda n: f"run-of-{made[n].code}")

    def _offer(self) -> Offer:
        def make() -> Offer:
            shop = Shop(self.actor)
            offer = shop.course()
            shop.run(offer, day=self.today + timedelta(days=90), places=500)
            return offer

        return self.kept("offer", make)

    def order(self) -> Order:
        def make() -> Order:
            buyer = self.person(Role.BUYER)
            basket = open_basket(organisation=self.customer, actor=buyer)
            add_to_basket(
                basket=basket, offer=self._offer(), run=self._offer().runs.get(), school=self.customer,
                quantity=Decimal(1), delegates=["Amina Birch"], on=self.today, actor=buyer,
            )  # fmt: skip
            seen = check_basket(basket=basket, on=self.today, actor=buyer).total.gross.pence
            return place_order(basket=basket, purchase_order="", expected_pence=seen, on=self.today, actor=buyer)

        return self.kept("order", make)

    def bookings(self, numbers: range) -> None:
        first = self.kept("booking", lambda: Booking.objects.get(order_line__order=self.order()))
        copies(first, numbers, position=lambda n: n + 2, delegate_name=lambda n: f"Delegate number {n}")

    def orders(self, numbers: range) -> list[Order]:
        first = self.order()
        line = OrderLine.objects.get(order=first)
        baskets = copies(Basket.objects.get(pk=first.basket_id), numbers)
        at = range(len(baskets))
        made = copies(first, at, basket_id=lambda n: baskets[n].pk, number=lambda n: f"ORD-9{baskets[n].pk:06d}")
        copies(
            line,
            at,
            order_id=lambda n: made[n].pk,
            place_source_key=lambda n: f"copy:{made[n].pk}:places",
            charge_source_key=lambda n: f"copy:{made[n].pk}:charge",
        )
        return made

    def approvals(self, numbers: range) -> None:
        """Decided ones: each by a second person, who signed in."""
        made, head = self.orders(numbers), self.person(Role.APPROVER)
        Approval.objects.bulk_create(
            Approval(
                order=order, organisation=self.customer, state="approved", asked_by_person=order.placed_by_person,
                asked_on=self.today, committed_pence=order.total_pence, kept_until=self.today, approver_role="approver",
                closed_on=self.today, how="signed_in", decided_by_person_id=head.person_id,
            )
            for order in made
        )  # fmt: skip

    def customers(self, numbers: range) -> list[Organisation]:
        known = self.customer
        made = copies(known, numbers, number=lambda n: f"C9{n:05d}", name=lambda n: f"Customer number {n}")
        identity = Identity.objects.get(organisation=known)
        copies(identity, range(len(made)), organisation_id=lambda n: made[n].pk, name=lambda n: made[n].name)
        return made

    def items(self, numbers: range, *, order: str = "", to: Sequence[Organisation] = ()) -> list[Charge]:
        """Items to invoice, each its customer's own (ours where none is given), with a purchase order of its own."""
        first = self.kept("item", lambda: self.charges(self.customer, 10_000, on=self.today, key="item"))
        Charge.objects.filter(pk=first.pk).update(held_reason="Kept as a pattern")
        first.held_reason = ""
        start, payer = numbers.start, (lambda n: to[n - numbers.start].pk) if to else (lambda n: self.customer.pk)
        batch = Charge.objects.count()
        return copies(
            first,
            range(start, numbers.stop),
            source_key=lambda n: f"item:{batch}:{n}",
            purchase_order=lambda n: order or f"PO-{n}",
            invoice_to_id=payer,
            consumer_id=payer,
        )

    def held(self, numbers: range) -> None:
        """Items that one of us holds."""
        made = self.items(numbers)
        Charge.objects.filter(pk__in=[one.pk for one in made]).update(held_reason="The school asks about the days")

    def invoices(self, numbers: range) -> None:
        """For each number an invoice to our customer, and one to a customer of its own."""
        self.items(numbers)
        self.items(numbers, to=self.customers(numbers))
        run_billing(on=self.today, actor=self.actor)

    def deferrals(self, numbers: range) -> None:
        """Services of a year, each of a customer of its own."""
        made = self.items(numbers, to=self.customers(numbers))
        Charge.objects.filter(pk__in=[one.pk for one in made]).update(
            recognition="over_time", service_from=self.today, service_to=self.today + timedelta(days=365)
        )
        run_billing(on=self.today, actor=self.actor)

    def long_invoice(self, numbers: range) -> None:
        """The newest invoice gets as many lines as there are in all."""
        self.items(range(numbers.stop), order=f"LONG-{numbers.stop}")
        run_billing(on=self.today, actor=self.actor)

    def late(self, numbers: range) -> None:
        """Invoices that are ten days late, of as many customers."""
        seed_reminder_levels()
        self.invoices(numbers)
        ReceivableItem.objects.update(due_on=self.today - timedelta(days=10))

    def reminders(self, numbers: range) -> None:
        def make() -> Reminder:
            self.late(range(1))
            shown = {one.customer_id: mark_of(one) for one in propose_reminders(on=self.today).reminders}
            send_reminders(on=self.today, shown=shown, actor=self.actor)
            return Reminder.objects.earliest("pk")

        copies(self.kept("reminder", make), numbers)

    def queries(self, numbers: range) -> None:
        """Queries of the same invoice; the first alone holds its lines."""

        def make() -> InvoiceQuery:
            self.invoices(range(1))
            return open_query(
                document=Document.objects.filter(customer=self.customer).earliest("pk"), organisation=self.customer,
                text="Why?", at=timezone.now(), actor=self.person(Role.BUYER),
            )  # fmt: skip

        copies(self.kept("query", make), numbers, number=lambda n: f"Q-9{n:05d}")

    def credits_due(self, numbers: range) -> None:
        made = self.items(numbers)
        run_billing(on=self.today, actor=self.actor)
        Reduction.objects.bulk_create(
            Reduction(
                source_key=f"less:{item.pk}", charge=item, state="due", pence=100, reason="Cancelled",
                reduced_on=self.today,
            )
            for item in made
        )  # fmt: skip

    def refunds(self, numbers: range) -> None:
        for number in numbers:
            source = receive(self.customer, 1_000, key=f"refunded:{number}", on=self.today)
            refund(source=source, pence=900, reason="Paid twice", on=self.today, actor=self.actor)

    def prepared(self, numbers: range) -> None:
        officer = self.person(Role.FINANCE_OFFICER)
        for number in numbers:
            source = receive(self.customer, 1_000, key=f"prepared:{number}", on=self.today)
            prepare_refund(source=source, pence=900, reason="Paid twice", actor=officer)

    def journals(self, numbers: range) -> None:
        officer = self.person(Role.FINANCE_OFFICER)
        first = self.kept("journal", lambda: submitted(officer))
        copies(first, numbers, number=lambda n: f"JNL-9{n:05d}", prepared_by_id=lambda n: self._somebody(n).pk)

    def purchases(self, numbers: range) -> None:
        officer = self.person(Role.FINANCE_OFFICER)
        line = bought("Paper", 10_000, "taxable")
        first = self.kept("purchase", lambda: purchase(officer, supplier_of(self.actor), line))
        suppliers = self.customers(numbers)
        copies(
            first,
            range(len(suppliers)),
            number=lambda n: f"PUR-9{suppliers[n].pk:05d}",
            supplier_id=lambda n: suppliers[n].pk,
        )

    def places(self, numbers: range) -> None:
        """Places of an opening position that was taken over, each of another customer."""
        people = [self._somebody(number).pk for number in (9_001, 9_002)]
        position = self.kept(
            "opening",
            lambda: OpeningPosition.objects.create(
                number="OPN-000001", state="approved", prepared_by_id=people[0], approved_by_id=people[1],
                on=self.today, file_name="old.csv", content="", sha256="",
            ),
        )  # fmt: skip
        OpeningPlaces.objects.bulk_create(
            OpeningPlaces(position=position, customer=customer, offer="Gold courses", count=1)
            for customer in self.customers(numbers)
        )

    def _somebody(self, number: int) -> Person:
        return Person.objects.create(name=f"Person number {number}")

    def bank_account(self) -> BankAccount:
        return self.kept(
            "account",
            lambda: ensure_bank_account(
                code="current", name="Current account", ledger_account_code="1000", layout="lloyds", actor=self.actor
            ),
        )

    def long_statement(self, numbers: range) -> None:
        """The newest statement gets as many lines as there are in all."""
        count = numbers.stop
        before = BankStatement.objects.order_by("pk").last()
        day = (before.last_on if before else self.today - timedelta(days=300)) + timedelta(days=1)
        data = lloyds_file(
            [SampleLine("FPI", f"PAYER {n} REF {count}", 1_000 + n) for n in range(count)],
            opening_pence=before.closing_pence if before else 100_000,
            days=[day],
            sort_code="",
            account_number="",
        )
        import_statement(
            account=self.bank_account(), data=data, file_name=f"{count}.csv", confirm_at=None, actor=self.actor
        )

    def statements(self, numbers: range) -> None:
        if not BankStatement.objects.exists():
            self.long_statement(range(5))
        copies(BankStatement.objects.earliest("pk"), numbers, file_name=lambda n: f"September {n}.csv")

    def unidentified(self, numbers: range) -> None:
        self.long_statement(range(len(numbers)))
        BankLine.objects.update(state="unidentified")

    def people(self, numbers: range) -> None:
        for number in numbers:
            person(self.customer, self.actor, name=f"Person {number}")

    def jobs(self, numbers: range) -> None:
        starter = self.person(Role.FINANCE_OFFICER).person_id
        Job.objects.bulk_create(
            Job(kind="import", label=f"Import number {n}", starter_person_id=starter) for n in numbers
        )

    def messages(self, numbers: range) -> None:
        Message.objects.bulk_create(
            Message(
                key=f"message:{n}", topic=self.topic, to=f"reader{n}@example.org", subject=f"Message number {n}",
                plain="Words", html="<p>Words</p>", person=Person.objects.earliest("pk"),
            )
            for n in numbers
        )  # fmt: skip

    def events(self, numbers: range) -> None:
        """What a finance officer did to invoices of our customer."""
        record_many(
            facts=[
                {
                    "kind": "invoice.issued", "subject_kind": "document", "subject": f"INV-9{n:05d}",
                    "organisation_ids": [self.customer.pk], "payload": {"gross_pence": 12_000},
                }
                for n in numbers
            ],
            actor=self.person(Role.FINANCE_OFFICER),
        )  # fmt: skip

    def webhooks(self, numbers: range) -> None:
        WebhookEndpoint.objects.bulk_create(
            WebhookEndpoint(
                organisation=self.customer,
                url=f"https://receiver.example/{n}",
                kinds=["invoice.issued"],
                secret="whsec_x",
            )
            for n in numbers
        )

    def webhook(self) -> WebhookEndpoint:
        """The first webhook of our customer."""
        if not WebhookEndpoint.objects.exists():
            self.webhooks(range(1))
        return WebhookEndpoint.objects.earliest("pk")

    def deliveries(self, numbers: range) -> None:
        """Events that the first webhook was told of, each at the first try."""
        known = Event.objects.count()
        self.events(numbers)
        fresh = Event.objects.order_by("pk")[known:]
        made = WebhookDelivery.objects.bulk_create(
            WebhookDelivery(endpoint=self.webhook(), event=event, state="done", done_at=timezone.now(), attempts=1)
            for event in fresh
        )
        WebhookAttempt.objects.bulk_create(
            WebhookAttempt(delivery=one, at=timezone.now(), status=200, milliseconds=20) for one in made
        )

    def seals(self, numbers: range) -> None:
        EventSeal.objects.bulk_create(
            EventSeal(
                number=n + 1, sealed_at=timezone.now(), count=3, merkle_root="0" * 64, previous_hash="0" * 64,
                hash=f"{n:064x}",
            )
            for n in numbers
        )  # fmt: skip

    @property
    def topic(self) -> str:
        from marketplace.messaging.topics import registered

        return next(iter(registered())).code

    def newest_invoice(self) -> Document:
        return Document.objects.filter(kind=Document.Kind.INVOICE).latest("pk")
