"""A small world with one of everything that the API tells, and a program for every role."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from invoicing.banking.models import BankLine
from invoicing.banking.services import confirm_sure, ensure_bank_account, import_statement
from invoicing.documents.models import Document
from invoicing.receivables.billing_job import start_billing
from invoicing.receivables.models import Allocation, UnallocatedItem
from invoicing.services import allocate, credit_invoice, propose, run_billing
from marketplace.core.actors import STAFF, Actor, Role
from marketplace.core.models import Job
from marketplace.messaging.models import WebhookDelivery
from marketplace.messaging.services import add_webhook, send_test_webhook
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.trading.models import Booking, Order
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from subscriptions.services import set_membership
from tests.access.hubs import hubs_held
from tests.access.outcome_contracts import outcome_contracts
from tests.api.calling import Program
from tests.conftest import Charges
from tests.invoicing.banking.files import lloyds
from tests.invoicing.books import receive
from tests.shop import Shop, person, schools

HOOK = "https://hooks.school.example/in"
COUNCIL = {Role.COMMISSIONER, Role.COUNCIL_PAYMENTS}


@dataclass
class FuzzWorld:
    """``paths`` holds values of path parameters by the beginning of an address, ``values`` those of bodies by name,
    ``bodies`` whole bodies that can be done, by operation."""

    programs: dict[str, Program]
    paths: dict[str, list[dict[str, Any]]]
    values: dict[str, list[Any]]
    bodies: dict[str, dict[str, Any]]


def build_fuzz_world(
    *, council: Organisation, charges: Charges, actor: Actor, tmp_path: Path, today: date
) -> FuzzWorld:
    """A school that has ordered, was invoiced, paid in part; another with nothing; bank lines of every state."""
    school, other = schools(tmp_path, actor, {}, {"EstablishmentName": "Elm Park Infant School"})
    set_membership(organisation=school, price_class=PriceClass.MEMBER, valid_from=date(2020, 1, 1), actor=actor)
    shop = Shop(actor)
    run = shop.run(shop.course(), day=today + timedelta(days=90))
    shop.offer("payroll", prices={PriceClass.ANY: {"flat": "100"}})
    sam = person(school, actor, on=today)
    order, line = _ordered(school, run, sam, today)
    invoice, note = _invoiced(school, council, charges, actor, today)
    account = _banked(invoice, charges, actor, today)
    charges(other, 4_000, on=today)
    job = start_billing(proposal=propose(on=today), actor=actor)
    numbers = [school.number, other.number, council.number, partnership().number]
    return FuzzWorld(
        programs=_programs(school, council, sam, actor, today),
        paths={
            **_paths(numbers, line, order, invoice, note, account, job),
            "/webhooks/": [_hooked(school, actor)],
            "/outcome-contracts/": _outcome_contracts([school, other], council, actor, today),
            **_hubs([school, other], actor, today),
        },
        values={
            **dict.fromkeys(("organisation", "customer", "payer", "receiver", "party"), numbers),
            "school": numbers,
            "offer": [offer.code for offer in Offer.objects.all()],
            "run": [run.code],
            "invoice": [invoice.number],
            "account": [account],
            "on": [today.isoformat()],
            "received_on": [today.isoformat()],
            "from": [(today - timedelta(days=60)).isoformat()],
            "to": [(today + timedelta(days=1)).isoformat()],
            "quantity": ["1", "2"],
            "position": [1, 2],
            "pence": [1, 500, 12_000],
        },
        bodies=_bodies(school, run, invoice, account, today),
    )


def _bodies(
    school: Organisation, run: CourseRun, invoice: Document, account: str, today: date
) -> dict[str, dict[str, Any]]:
    """What is done when somebody asks for it who may."""
    reason = {"reason": "Another school's"}
    line = {"invoice": invoice.number, "pence": 500}
    course = {"offer": run.offer.code, "run": run.code, "quantity": "1"}
    return {
        "payment_record": {
            "customer": school.number, "pence": 500, "received_on": today.isoformat(), "reference": "Cheque",
            "account": account,
        },
        "payment_allocate": {"expected_left_pence": 5_000, "lines": [line]},
        "payment_reverse": reason,
        "allocation_undo": reason,
        "invoice_credit": reason | {"lines": [{"position": 2, "pence": 700}]},
        "bank_line_match": {"payer": school.number, "lines": [line]},
        "bank_line_undo": reason,
        "quote": course | {"organisation": school.number},
        "basket_add": {"offer": "payroll", "quantity": "1"},
        "basket_change": {"quantity": "2"},
        "saved_search_keep": {"text": "payroll"},
        "outcome_evidence_add": {"label": "Register", "link": "https://www.example.org/register"},
        "order_place": {"organisation": school.number, "expected_pence": 14_000},
        "order_purchase_order": {"purchase_order": "PO-7"},
        "booking_cancel": {"expected_back_pence": 14_000},
        "booking_delegate": {"name": "Bea Example"},
        "webhook_add": {"organisation": school.number, "url": HOOK, "kinds": ["order.placed"]},
        "webhook_change": {"url": HOOK, "description": "Calendar", "kinds": ["booking.cancelled"]},
        "webhook_send_since": {"since": (today - timedelta(days=3)).isoformat() + "T00:00:00Z"},
    }  # fmt: skip


def _hooked(school: Organisation, actor: Actor) -> dict[str, Any]:
    """A webhook with a test that was given up, so that it can be sent again."""
    hook, _ = add_webhook(organisation=school, url=HOOK, description="", kinds=["order.placed"], actor=actor)
    event = send_test_webhook(endpoint=hook, actor=actor).event_id
    WebhookDelivery.objects.filter(event=event).update(state=WebhookDelivery.State.FAILED)
    return {"number": str(hook.number), "event": event}


def _ordered(school: Organisation, run: CourseRun, sam: Actor, today: date) -> tuple[Order, int]:
    """An order for two places, and the id of a line in the next basket."""
    basket = open_basket(organisation=school, actor=sam)
    given: dict[str, Any] = {"offer": run.offer, "run": run, "school": school, "on": today, "actor": sam}
    add_to_basket(basket=basket, quantity=Decimal(2), delegates=["Ann Example"], **given)
    seen = check_basket(basket=basket, on=today, actor=sam).total.gross.pence
    order = place_order(basket=basket, on=today, actor=sam, purchase_order="", expected_pence=seen)
    next_basket = open_basket(organisation=school, actor=sam)
    return order, add_to_basket(basket=next_basket, quantity=Decimal(1), **given).pk


def _invoiced(
    school: Organisation, council: Organisation, charges: Charges, actor: Actor, today: date
) -> tuple[Document, Document]:
    billed = today - timedelta(days=40)
    charges(school, 10_000, on=billed)
    charges(school, 20_000, on=billed)
    charges(council, 7_000, on=billed)
    run_billing(on=billed, actor=actor)
    invoice = Document.objects.get(customer=school)
    amounts = {invoice.lines.earliest("position").pk: 1_000}
    note = credit_invoice(invoice=invoice, amounts=amounts, reason="A day less", on=billed, actor=actor)
    payment = receive(school, 9_000, key="by-hand", on=billed)
    allocate(source=payment, to=invoice.items.get(), pence=4_000, on=billed, actor=actor)
    return invoice, note


def _banked(invoice: Document, charges: Charges, actor: Actor, today: date) -> str:
    """A bank account with a line that is matched, one that has a proposal, and money out."""
    account = ensure_bank_account(
        code="current", name="Current account", ledger_account_code="1000", layout="lloyds",
        sort_code="30-96-26", account_number="00123456", actor=actor,
    )  # fmt: skip
    council = Document.objects.exclude(customer=invoice.customer).get()
    first = today - timedelta(days=5)
    rows = [
        (first, f"COUNCIL {council.number}", 8_400),
        (first, f"OAKFIELD {invoice.number}", 1_000),
        (first, "FEES", -99),
    ]
    data = lloyds(rows).encode()
    report = import_statement(account=account, data=data, file_name="x.csv", confirm_at=None, actor=actor)
    ids = list(account.lines.values_list("pk", flat=True))
    assert report.new == 3 and confirm_sure(account=account, at=Decimal("0.95"), line_ids=ids, actor=actor)
    return account.code


def _programs(school: Organisation, council: Organisation, sam: Actor, actor: Actor, today: date) -> dict[str, Program]:
    """One for every role where it is held, with all scopes, and one whose token opens nothing but itself."""
    found = {}
    for role in Role:
        where = partnership() if role in STAFF else council if role in COUNCIL else school
        name = f"Alex {role.words.title()}"
        found[role.value] = Program(sam if role is Role.BUYER else person(where, actor, name=name, role=role, on=today))
    found["narrow"] = Program(sam, scopes=["catalogue:read"])
    return found


def _outcome_contracts(
    schools: list[Organisation], council: Organisation, actor: Actor, today: date
) -> list[dict[str, Any]]:
    """Contracts that pay on outcomes of both sides, each with a claim that waits and a proposed variation."""
    sides = outcome_contracts(schools=schools, council=council, today=today, actor=actor)
    return [
        {"number": one["outcome_contract"], "code": code, "ordinal": 1, "version": 2}
        for one in sides
        for code in (one["outcome_claimed"], one["outcome_item"])
    ] + [{"number": one["outcome_draft"], "code": "p1", "ordinal": 1, "version": 1} for one in sides]


def _hubs(schools: list[Organisation], actor: Actor, today: date) -> dict[str, list[dict[str, Any]]]:
    """Calls, applications and hubs of both schools."""
    *sides, shared = hubs_held(schools=schools, today=today, actor=actor)
    return {
        "/hub-calls/": [{"number": shared[key], "id": shared["hub_member"]} for key in ("hub_call", "hub_draft", "panel_call")],
        "/hub-applications/": [
            {"number": one[key], "school": school.number}
            for one, school in zip(sides, schools, strict=True)
            for key in ("hub_application", "scored_application", "hub_joint", "hub_asked")
        ],
        "/hubs/": [
            {"number": one["hub_contract"], "id": one["hub_school"], "entry": one["hub_line"], "ordinal": 1} for one in sides
        ],
        "/hubs/{number}/deputies": [{"number": one["hub_contract"], "id": one["hub_deputy"]} for one in sides],
    }  # fmt: skip


def _paths(
    numbers: list[str], line: int, order: Order, invoice: Document, note: Document, account: str, job: Job
) -> dict[str, list[dict[str, Any]]]:
    lines = [{"id": pk} for pk in BankLine.objects.values_list("pk", flat=True)]
    payments = UnallocatedItem.objects.values_list("pk", flat=True)
    return {
        "/organisations/": [{"number": number} for number in numbers],
        "/offers/": [{"code": code} for code in Offer.objects.values_list("code", flat=True)],
        "/favourites/": [{"code": "payroll"}],
        "/baskets/": [{"number": numbers[0], "line": line}],
        "/orders/": [{"number": order.number}],
        "/bookings/": [{"id": pk} for pk in Booking.objects.values_list("pk", flat=True)],
        "/invoices/": [{"number": invoice.number}],
        "/credit-notes/": [{"number": note.number}],
        "/customers/": [{"number": number} for number in numbers],
        "/payments/": [{"id": pk} for pk in payments],
        "/allocations/": [{"id": pk} for pk in Allocation.objects.values_list("pk", flat=True)],
        "/bank-accounts/": [{"code": account}],
        "/bank-lines/": lines,
        "/ledger/accounts/": [{"code": code} for code in ("1000", "1100", "2100", "4200")],
        "/ledger/entries/": [{"id": pk} for pk in UnallocatedItem.objects.values_list("entry_id", flat=True)],
        "/jobs/": [{"number": str(job.number)}],
    }
