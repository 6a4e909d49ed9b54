"""Two of everything that organisations and people have here, and a person with a sign-in and a program for every role."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.test import Client
from django.utils import timezone

from catalogue.rules.classes import PriceClass
from frontend.notices.topics import INVOICES
from invoicing.banking.services import confirm_sure, ensure_bank_account, import_statement
from invoicing.credit_control.services.reminders import mark_of
from invoicing.documents.models import Document
from invoicing.ledger.models import LedgerAccount
from invoicing.receivables.billing_job import KIND as BILLING
from invoicing.receivables.models import Charge, UnallocatedItem
from invoicing.services import (
    allocate,
    approve_purchase,
    credit_invoice,
    open_query,
    pay_purchase,
    prepare_refund,
    propose_reminders,
    refund,
    run_billing,
    seed_reminder_levels,
    send_reminders,
    submit_opening,
)
from invoicing.vat.models import VatRule
from marketplace.core import outbox
from marketplace.core.actors import APPROVING, BUYING, STAFF, Actor, Grant, Role
from marketplace.core.api.tokens import create_token
from marketplace.core.files import store_file
from marketplace.core.jobs import MADE
from marketplace.core.models import Event, Job, StoredFile, User
from marketplace.core.sealing import seal_all
from marketplace.messaging.models import Message, WebhookDelivery
from marketplace.messaging.services import add_webhook
from marketplace.messaging.services.preferences import stop_token
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.delegation import name_deputy, set_approval_rule
from marketplace.trading.models import Approval, Booking, Order
from marketplace.trading.services import add_to_basket, ask_approval, check_basket, new_link, open_basket, place_order
from subscriptions.services import set_membership
from tests.access.accreditation import accreditation_bodies, accrediting
from tests.access.agency import agency_bodies, sold_for_another
from tests.access.agreements import agreement_bodies, services_agreed
from tests.access.allowances import included
from tests.access.asking import asked, asking_bodies
from tests.access.beyond_sales import a_vat_return, beyond_sales_bodies
from tests.access.commissions import commission_bodies, commissions_held
from tests.access.councils import council_journals
from tests.access.dates import desk_bodies, desk_keys
from tests.access.days import Days, day_bodies
from tests.access.finding import finding_bodies, kept_by
from tests.access.heads import heads_bodies, heads_returned
from tests.access.hubs import hub_bodies, hubs_held, sits_on_panel
from tests.access.licences import licensed
from tests.access.outcome_contracts import outcome_contract_bodies, outcome_contracts
from tests.access.own_offers import own_offer_bodies, written_by
from tests.access.payment_requests import asked_to_pay, request_bodies
from tests.access.payments import payments
from tests.access.people import kept, people_bodies
from tests.access.plans import plan_bodies, subscribed
from tests.access.price_lists import price_bodies, price_keys
from tests.access.purses import purse_held
from tests.access.rates import consults, rate_bodies, rates_held
from tests.access.registers import contracts_held, register_bodies
from tests.access.self_billing import self_billed, self_billing_bodies
from tests.access.service_terms import terms_keys
from tests.access.sharing import shares, sharing_bodies
from tests.access.support import support_bodies, supported
from tests.access.tickets import helped, ticket_bodies
from tests.access.visits import visit_bodies, visited
from tests.access.waiting import waiting_bodies, waits
from tests.access.waivers import cancelled_late, waiver_bodies
from tests.api.calling import Program
from tests.conftest import Charges
from tests.core.small_files import PDF
from tests.frontend.school.visits import signed_in
from tests.invoicing.banking.files import lloyds
from tests.invoicing.books import receive
from tests.invoicing.funds.granted import own_fund
from tests.invoicing.journals.beyond_sales import LAST_DAY, opening_file, purchase, submitted, supplier_of
from tests.invoicing.journals.beyond_sales import bought as bought_line
from tests.shop import Shop, person, schools

Keys = dict[str, Any]
COUNCIL = {Role.COMMISSIONER, Role.COUNCIL_PAYMENTS}
SMALL = 25_000


@dataclass
class World:
    """``own`` holds the keys of what each role's organisation and person have, ``foreign`` what others have, ``one``
    what the partnership has one of. A role's person and their program ask in its name."""

    foreign: Keys = field(default_factory=dict)
    one: Keys = field(default_factory=dict)
    own: dict[Role, Keys] = field(default_factory=dict)
    actors: dict[Role, Actor] = field(default_factory=dict)
    clients: dict[Role, Client] = field(default_factory=dict)
    programs: dict[Role, Program] = field(default_factory=dict)


class Builder:
    """Makes the world through services, on one day."""

    def __init__(self, *, council: Organisation, charges: Charges, actor: Actor, folder: Path) -> None:
        self.council, self.charges, self.actor = council, charges, actor
        self.today = timezone.localdate()
        self.own_school, self.other = schools(folder, actor, {}, {"EstablishmentName": "Elm Park Infant School"})
        shop = Shop(actor)
        self.run = shop.run(shop.course(), day=self.today + timedelta(days=90), places=200)
        self.late_run = shop.run(
            shop.course("late", title="A late one"), day=self.today + timedelta(days=90), places=200
        )
        shop.offer("payroll", prices={PriceClass.ANY: {"flat": "100"}})
        shop.offer("clerking", prices={PriceClass.ANY: {"flat": "100"}}, term_months=12)
        self.days = Days(shop, self.today, actor)
        for school in (self.own_school, self.other):
            set_membership(organisation=school, price_class=PriceClass.MEMBER, valid_from=date(2020, 1, 1), actor=actor)

    def build(self) -> World:
        world = World()
        council = self._invoiced(self.council)
        account = self._bank()
        own = self._side(self.own_school, "Own")
        world.foreign = self._side(self.other, "Other")
        officer = self._person(partnership(), Role.FINANCE_OFFICER, "Cleo Council")
        journals, others = council_journals(
            council=self.council, charges=self.charges, officer=officer, today=self.today, actor=self.actor
        )
        own, world.foreign = own | journals, world.foreign | others
        given = {"charges": self.charges, "officer": officer, "today": self.today, "actor": self.actor}
        asked = asked_to_pay([self.own_school, self.other, self.council], **given)
        own, world.foreign, council = own | asked[0], world.foreign | asked[1], council | asked[2]
        hubs = hubs_held(schools=[self.own_school, self.other], today=self.today, actor=self.actor)
        own, world.foreign = own | hubs[0], world.foreign | hubs[1]
        paid = outcome_contracts(
            schools=[self.own_school, self.other], council=self.council, today=self.today, actor=self.actor
        )
        own, world.foreign, council = own | paid[0], world.foreign | paid[1], council | paid[2]
        heads = heads_returned(
            schools=[self.own_school, self.other], council=self.council, today=self.today, actor=self.actor
        )
        own, world.foreign, council = own | heads[0], world.foreign | heads[1], council | heads[2]
        commissions = commissions_held(
            council=self.council, schools=[self.own_school, self.other], today=self.today, actor=self.actor
        )
        own, world.foreign = own | commissions[0], world.foreign | commissions[1]
        plans = supported(
            schools=[self.own_school, self.other], council=self.council, today=self.today, actor=self.actor
        )
        own, world.foreign = own | plans[0], world.foreign | plans[1]
        world.foreign |= self._personal(self._person(self.other, Role.APPROVER, "Olga Other"), self.other)
        for role in Role:
            where = self._home(role)
            acts = self._person(where, role, f"Alex {role.words.title()}")
            world.actors[role], world.clients[role], world.programs[role] = acts, signed_in(acts), Program(acts)
            # A verifier decides for others than their own school: of heads, where the council pays.
            place = council if role in COUNCIL else heads[2] if role == Role.VERIFIER else {}
            world.own[role] = {**own, **place, **self._personal(acts, where)}
        world.one = {**own, **account, **self._shared(own), **hubs[2], **plans[2]}
        return world

    def _home(self, role: Role) -> Organisation:
        return partnership() if role in STAFF else self.council if role in COUNCIL else self.own_school

    def _person(self, where: Organisation, role: Role, name: str, limit: int | None = None) -> Actor:
        made = person(where, self.actor, name=name, role=role, on=self.today, limit=limit)
        user = User.objects.get(pk=made.user_id)
        user.set_password("tide-tables-of-1911")
        user.save()
        return made

    def _side(self, school: Organisation, name: str) -> Keys:
        """What one school has."""
        webhook, _ = add_webhook(
            organisation=school, url="https://hooks.example/in", description=name, kinds=["order.placed"],
            actor=self.actor,
        )  # fmt: skip
        buyer = self._person(school, Role.BUYER, f"Bea {name}")
        self._person(school, Role.APPROVER, f"Hana {name}")
        pat = self._person(school, Role.BUYER, f"Pat {name}", SMALL)
        order = self._ordered(school, buyer, 1)
        approval = self._asked(school, pat, 2)
        outbox.deliver(limit=1000)
        file = store_file(
            upload=PDF, name="minute.pdf", owner_kind="approval", owner=approval.order.number,
            organisation_id=school.pk, actor=self.actor,
        )  # fmt: skip
        author = self.other if school == self.own_school else self.own_school
        return {
            **self._invoiced(school),
            **self.days.side(school, buyer),
            **written_by(school=school, today=self.today, actor=self.actor),
            "offer_version": 1,
            **accrediting(school=school, today=self.today, actor=self.actor),
            **(rated := rates_held(school=school, today=self.today, actor=self.actor)),
            **visited(school=school, consultant=rated["rate_consultant"], today=self.today, actor=self.actor),
            **asked(
                school=school,
                elsewhere=author,
                buyer=buyer,
                consultant=rated["rate_consultant"],
                today=self.today,
                actor=self.actor,
            ),
            **cancelled_late(school=school, buyer=buyer, run=self.late_run, today=self.today, actor=self.actor),
            **waits(school=school, buyer=buyer, offer=self.run.offer, today=self.today, actor=self.actor),
            **included(school=school, today=self.today, actor=self.actor),
            **licensed(school=school, buyer=buyer, author=author, today=self.today, actor=self.actor),
            **self_billed(school=school, today=self.today, actor=self.actor),
            **subscribed(school=school, buyer=buyer, today=self.today, actor=self.actor),
            **shares(school=school, today=self.today, actor=self.actor),
            **purse_held(school=school, today=self.today, actor=self.actor),
            **services_agreed(school, self.today),
            **contracts_held(school=school, buyer=buyer, today=self.today),
            **helped(school=school, today=self.today, actor=self.actor),
            "kind": "school",
            "code": school.school.urn,
            "order": order.number,
            "booking": Booking.objects.get(order_line__order=order).pk,
            "approval": approval.order.number,
            "file": file.pk,
            "webhook": str(webhook.number),
            "delivery": WebhookDelivery.objects.filter(endpoint=webhook).latest("pk").event_id,
            "urn": school.school.urn,
            "offer": self.run.offer.code,
            "run": self.run.code,
        }

    def _ordered(self, school: Organisation, buyer: Actor, places: int) -> Order:
        basket, seen = self._filled(school, buyer, places)
        return place_order(basket=basket, on=self.today, actor=buyer, purchase_order="", expected_pence=seen)

    def _asked(self, school: Organisation, buyer: Actor, places: int) -> Approval:
        basket, seen = self._filled(school, buyer, places)
        order = ask_approval(basket=basket, on=self.today, actor=buyer, purchase_order="", expected_pence=seen)
        return Approval.objects.get(order=order)

    def _filled(self, school: Organisation, buyer: Actor, places: int) -> tuple[Any, int]:
        basket = open_basket(organisation=school, actor=buyer)
        self._line(basket, school, buyer, places)
        return basket, check_basket(basket=basket, on=self.today, actor=buyer).total.gross.pence

    def _line(self, basket: Any, school: Organisation, buyer: Actor, places: int) -> int:
        names = [f"Ann Example {number}" for number in range(places)]
        return add_to_basket(
            basket=basket, offer=self.run.offer, run=self.run, school=school, quantity=Decimal(places),
            delegates=names, on=self.today, actor=buyer,
        ).pk  # fmt: skip

    def _invoiced(self, customer: Organisation) -> Keys:
        """An invoice with a credit note, a payment that is partly set against it, and an item to invoice."""
        billed = self.today - timedelta(days=40)
        for pence in (10_000, 20_000):
            self.charges(customer, pence, on=billed)
        run_billing(on=billed, actor=self.actor)
        invoice = Document.objects.get(customer=customer, kind=Document.Kind.INVOICE)
        note = credit_invoice(
            invoice=invoice, amounts={invoice.lines.earliest("position").pk: 1_000}, reason="A day less", on=billed,
            actor=self.actor,
        )  # fmt: skip
        query, reminder = self._asked_about(customer, invoice)
        payment = receive(customer, 9_000, key=f"by-hand:{customer.pk}", on=billed)
        allocation = allocate(source=payment, to=invoice.items.get(), pence=4_000, on=billed, actor=self.actor)
        back = refund(source=payment, pence=1_000, reason="Paid twice", on=billed, actor=self.actor)
        charge: Charge = self.charges(customer, 5_000, on=self.today)
        return {
            **kept(organisation=customer, today=self.today, actor=self.actor),
            "kind": "customer", "code": customer.number, "customer": customer.number, "organisation": customer.pk,
            "invoice": invoice.number, "note": note.number, "payment": payment.pk, "allocation": allocation.pk,
            "charge": charge.pk, "entry": invoice.entry_id, "item": charge.description, "query": query,
            "reminder": reminder, "refund": back.pk,
        }  # fmt: skip

    def _asked_about(self, customer: Organisation, invoice: Document) -> tuple[str, int]:
        """A query of the first line, and a reminder of the rest, which is ten days late."""
        seed_reminder_levels()
        asks = Actor(None, None, "Somebody there", frozenset({Grant(Role.BUYER, customer.pk)}))
        query = open_query(
            document=invoice, organisation=customer, line_ids=[invoice.lines.earliest("position").pk], text="Why?",
            at=timezone.now(), actor=asks,
        )  # fmt: skip
        [proposed] = propose_reminders(on=self.today, customers=[customer.pk]).reminders
        send_reminders(on=self.today, shown={customer.pk: mark_of(proposed)}, actor=self.actor)
        return query.number, customer.reminders.get().pk

    def _personal(self, acts: Actor, where: Organisation) -> Keys:
        """What belongs to one person: a token, a job, and for who buys a basket, for who approves a deputy."""
        token, _ = create_token(
            name="Budget", scopes=["orders:read"], expires_on=self.today + timedelta(days=9), on=self.today, actor=acts
        )
        job = Job.objects.create(kind=BILLING, label="Invoices", starter_person_id=acts.person_id)
        found: Keys = {"token": token.pk, "job": str(job.number), **kept_by(acts, at=timezone.now())}
        found |= self.days.personal(acts, where)
        consults(acts, where)
        sits_on_panel(acts, self.today)
        if acts.organisations(*BUYING):
            found["line"] = self._line(open_basket(organisation=where, actor=acts), where, acts, 1)
        if acts.organisations(*APPROVING):
            colleague = self._person(where, Role.BUYER, f"Dee for {acts.name}")
            deputy = name_deputy(
                organisation=where, deputy=Person.objects.get(pk=colleague.person_id), first_day=self.today,
                last_day=self.today + timedelta(days=9), on=self.today, actor=acts,
            )  # fmt: skip
            found["deputy"] = deputy.pk
        return found

    def _bank(self) -> Keys:
        account = ensure_bank_account(
            code="current", name="Current account", ledger_account_code="1000", layout="lloyds",
            sort_code="30-96-26", account_number="00123456", actor=self.actor,
        )  # fmt: skip
        invoice = Document.objects.get(customer=self.council, kind=Document.Kind.INVOICE)
        first = self.today - timedelta(days=5)
        left = invoice.items.get().outstanding_pence
        rows = [(first, f"COUNCIL {invoice.number}", left), (first, "SOMEBODY", 1_000)]
        import_statement(
            account=account, data=lloyds(rows).encode(), file_name="x.csv", confirm_at=None, actor=self.actor
        )
        ids = list(account.lines.values_list("pk", flat=True))
        assert confirm_sure(account=account, at=Decimal("0.95"), line_ids=ids, actor=self.actor)
        matched, loose = account.lines.order_by("pk")
        return {"account": account.code, "matched": matched.pk, "loose": loose.pk, "statement": matched.statement_id}

    def _shared(self, own: Keys) -> Keys:
        """What nobody but the partnership has, and links."""
        set_approval_rule(
            organisation=self.own_school, from_pence=50_000, valid_from=self.today, email="chair@oakfield.example",
            title="the chair of governors", actor=self.actor,
        )  # fmt: skip
        vic = self._person(self.own_school, Role.BUYER, "Vic Large")
        by_link = self._asked(self.own_school, vic, 4)
        message = Message.objects.filter(topic=INVOICES).first() or self._message()
        job = Job.objects.create(kind=BILLING, label="Invoices")
        made = StoredFile.objects.create(
            sha256="0" * 64, name="left.csv", content_type="text/csv", size=8, content=b"a,b\n1,2\n", owner_kind=MADE,
            owner=str(job.number),
        )  # fmt: skip
        Job.objects.filter(pk=job.pk).update(result={"file": made.pk})
        officer = self._person(partnership(), Role.FINANCE_OFFICER, "Fay Finance")
        source = UnallocatedItem.objects.get(pk=own["payment"])
        prepared = prepare_refund(source=source, pence=500, reason="Paid twice", actor=officer)
        beyond_sales = self._beyond_sales(officer)
        seal_all()
        return {
            **beyond_sales,
            **self.days.shared(),
            **price_keys(self.run.offer),
            **terms_keys(self.today, self.actor),
            **desk_keys(self.run.offer, self.today, self.actor),
            "prepared": prepared.pk,
            "council": self.council.number,
            "vat_rule": VatRule.objects.earliest("pk").pk,
            "link": new_link(approval=by_link, at=timezone.now()),
            "stop": stop_token(person_id=vic.person_id or 0, topic=INVOICES),
            "message": str(message.number),
            "event": Event.objects.latest("pk").pk,
            "calendar": kept_by(vic, at=timezone.now())["calendar"],
            "job": str(job.number),
            "ledger": "1100",
        }

    def _beyond_sales(self, officer: Actor) -> Keys:
        """A journal and old books that wait for approval, and a purchase that is part paid."""
        manager = self._person(partnership(), Role.FINANCE_MANAGER, "Mo Manager")
        supplier = supplier_of(self.actor)
        bought = purchase(officer, supplier, bought_line("Paper", 10_000, "taxable"))
        approve_purchase(purchase=bought, version=bought.version, actor=manager)
        paid = pay_purchase(
            purchase=bought, pence=2_000, paid_on=LAST_DAY, reference="BACS", actor=officer,
            bank_account=LedgerAccount.objects.get(pk="1010"),
        )  # fmt: skip
        text = opening_file(self.own_school, self.council, supplier)
        submit_opening(content=text.encode(), file_name="old.csv", on=LAST_DAY, today=self.today, actor=officer)
        sold = {"customer": self.council, "charges": self.charges, "today": self.today}
        return {
            **sold_for_another(officer=officer, manager=manager, **sold),
            **payments(self.actor),
            "fund": own_fund(manager).code,
            "month": f"{self.today:%Y-%m}",
            "vat_return": a_vat_return(officer, self.today),
            "journal": submitted(officer).number,
            "purchase": bought.number,
            "purchase_waits": purchase(officer, supplier, bought_line("Ink", 900, "taxable"), number="HR-8").number,
            "supplier": supplier.number,
            "purchase_payment": paid.pk,
        }

    def _message(self) -> Message:
        return Message.objects.create(
            key="access:1", topic=INVOICES, to="office@oakfield.example", subject="Invoice", plain="Invoice", html="",
            state=Message.State.SENT, sent_at=timezone.now(),
        )  # fmt: skip


def bodies(keys: Keys, world: World, today: date) -> dict[str, dict[str, Any]]:
    """What each write of the API is asked to do, by its operation."""
    reason = {"reason": "Another school's"}
    line = {"invoice": keys["invoice"], "pence": 500}
    hook = {"url": "https://hooks.example/other", "kinds": ["order.placed"]}
    sold = agency_bodies(keys, world.one["account"], today)
    return sold | own_offer_bodies(keys) | request_bodies(keys, world.one["council"]) | {
        "POST /payments": {
            "customer": keys["customer"], "pence": 500, "received_on": today.isoformat(), "reference": "Cheque",
            "account": world.one["account"],
        },
        "POST /payments/{id}/allocations": {"expected_left_pence": 4_000, "lines": [line]},
        "POST /payments/{id}/refunds": reason | {"pence": 100},
        "POST /payments/{id}/carries": reason | {"pence": 100, "to": world.one["council"]},
        "POST /invoices/{number}/write-offs": reason | {"pence": 100},
        "POST /prepared-actions/{id}/decision": {"answer": "approve"},
        "POST /payments/{id}/reverse": reason,
        "POST /council-journals/{number}/confirm": {"reference": "GL 1"},
        **beyond_sales_bodies(world.one, today),
        **people_bodies(keys, today),
        **plan_bodies(keys, today),
        **price_bodies(today),
        **finding_bodies(),
        **day_bodies(keys),
        **desk_bodies(today),
        **waiting_bodies(keys),
        **waiver_bodies(),
        **asking_bodies({**world.one, **keys}, today),
        **accreditation_bodies(),
        **visit_bodies(),
        **rate_bodies(keys, today),
        **sharing_bodies(keys),
        **outcome_contract_bodies(today),
        **hub_bodies({**world.one, **keys}),
        **commission_bodies(keys, today),
        **support_bodies({**world.one, **keys}, today),
        **heads_bodies(),
        **agreement_bodies(keys, today),
        **register_bodies(keys, today),
        **ticket_bodies(keys),
        **self_billing_bodies(keys, today),
        "POST /allocations/{id}/undo": reason,
        "POST /invoices/{number}/credit-notes": reason | {"lines": [{"position": 2, "pence": 700}]},
        "POST /invoices/{number}/queries": {"positions": [2], "text": "Why?"},
        "POST /queries/{number}/messages": {"text": "Because"},
        "POST /queries/{number}/resolution": {"outcome": "agreed"},
        "POST /bank-lines/{id}/match": {"payer": keys["customer"], "lines": [line]},
        "POST /bank-lines/{id}/undo": reason,
        "POST /quotes": {
            "offer": keys["offer"], "run": keys["run"], "quantity": "1", "organisation": keys["customer"]
        },
        "POST /baskets/{number}/lines": {"offer": "payroll", "quantity": "1"},
        "PATCH /baskets/{number}/lines/{line}": {"quantity": "2"},
        "POST /orders": {"organisation": keys["customer"], "expected_pence": 14_000},
        "POST /approvals": {"organisation": keys["customer"], "expected_pence": 14_000, "purchase_order": ""},
        "POST /approvals/{number}/decision": {"answer": "approve", "reason": ""},
        "PUT /orders/{number}/purchase-order": {"purchase_order": "PO-7"},
        "POST /bookings/{id}/cancellation": {"expected_back_pence": 14_000},
        "PUT /bookings/{id}/delegate": {"name": "Bea Example"},
        "POST /webhooks": hook | {"organisation": keys["customer"]},
        "PATCH /webhooks/{number}": hook,
        "POST /webhooks/{number}/sent-again": {"since": f"{today.isoformat()}T00:00:00Z"},
    }  # fmt: skip
