"""Asking somebody else to pay a part of an invoice: what may be asked, what came of it, and the guards underneath."""

from datetime import date, timedelta

import pytest

from invoicing.documents.models import Document
from invoicing.funds.asked import asked_of, payment_request_for, payment_requests_for, requests_of, standing_of
from invoicing.funds.payment_requests import AskedAlready, AskedTooMuch, RequestDone
from invoicing.models import PaymentRequest
from invoicing.services import (
    allocate,
    credit_in_full,
    request_payment,
    undo_allocation,
    withdraw_payment_request,
)
from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import START
from tests.invoicing.books import FIRST, balances, bill, nothing_written, receive, refused, run_sql
from tests.invoicing.journals.beyond_sales import finance_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
LATER = FIRST + timedelta(days=20)


@pytest.fixture
def priya(partnership: Organisation, actor: Actor) -> Actor:
    return finance_person(partnership, "Priya Shah", Role.FINANCE_OFFICER, actor)


@pytest.fixture
def invoice(charges, oakfield) -> Document:
    """£900.00 and £180.00 of VAT."""
    charges(oakfield, 90_000)
    [made] = bill()
    return made


@pytest.fixture
def health(actor) -> Organisation:
    return add_organisation(kind=Organisation.Kind.OTHER, name="Tideway Health Trust", valid_from=START, actor=actor)


def ask(invoice: Document, funder: Organisation, pence: int, by: Actor, *, on: date = FIRST) -> PaymentRequest:
    return request_payment(invoice=invoice, funder=funder, pence=pence, reason="Half of it", on=on, actor=by)


def told(by: Actor, made: PaymentRequest) -> tuple[int, int, str]:
    found = payment_request_for(by, made.number)
    return found.paid_pence, found.left_pence, standing_of(found)


def test_others_are_asked_for_no_more_than_is_left(invoice, council, health, priya):
    before = balances()
    ask(invoice, council, 60_000, priya)
    with nothing_written(), pytest.raises(AskedTooMuch, match=r"£480\.00 is left to ask for, not £480\.01"):
        ask(invoice, health, 48_001, priya)
    with pytest.raises(AskedAlready, match=r"was asked to pay £600\.00 of INV-000001 by PRQ-000001"):
        ask(invoice, council, 1, priya)
    assert ask(invoice, health, 48_000, priya).number == "PRQ-000002"
    assert balances() == before


def test_it_is_settled_by_the_funders_own_money_alone(invoice, oakfield, council, priya):
    made = ask(invoice, council, 50_000, priya)
    item = invoice.items.get()
    allocate(source=receive(oakfield, 40_000, key="1"), to=item, pence=40_000, on=LATER, actor=priya)
    assert told(priya, made) == (0, 50_000, "open")
    given = receive(council, 70_000, key="2")
    first = allocate(source=given, to=item, pence=20_000, on=LATER, actor=priya)
    assert told(priya, made) == (20_000, 30_000, "part_paid")
    allocate(source=given, to=item, pence=40_000, on=LATER, actor=priya)
    assert told(priya, made) == (50_000, 0, "paid")
    with pytest.raises(RequestDone, match="Tidewell Borough Council has paid PRQ-000001"):
        withdraw_payment_request(request=made, reason="Too late", on=LATER, actor=priya)
    undo_allocation(allocation=first, on=LATER, reason="Wrong invoice", actor=priya)
    assert told(priya, made) == (40_000, 10_000, "part_paid")


def test_a_credit_leaves_nothing_to_pay(invoice, council, priya):
    made = ask(invoice, council, 50_000, priya)
    credit_in_full(invoice=invoice, reason="Not held", on=LATER, actor=priya)
    assert told(priya, made) == (0, 0, "closed")
    with pytest.raises(AskedAlready):
        ask(invoice, council, 1, priya)
    withdraw_payment_request(request=made, reason="Not held", on=LATER, actor=priya)
    with pytest.raises(AskedTooMuch, match=r"£0\.00 is left to ask for"):
        ask(invoice, council, 1, priya)


def test_it_is_withdrawn_once_with_a_reason_and_asked_anew(invoice, council, priya):
    made = ask(invoice, council, 50_000, priya)
    with pytest.raises(WrongInput, match="on or after 1 September 2026"):
        withdraw_payment_request(request=made, reason="No", on=FIRST - timedelta(days=1), actor=priya)
    gone = withdraw_payment_request(request=made, reason="The council says no", on=LATER, actor=priya)
    assert (gone.state, gone.withdrawn_on) == ("withdrawn", LATER)
    assert told(priya, made)[2] == "withdrawn"
    with pytest.raises(RequestDone, match="was withdrawn on 21 September 2026 already"):
        withdraw_payment_request(request=made, reason="Again", on=LATER, actor=priya)
    assert ask(invoice, council, 108_000, priya).number == "PRQ-000002"


def test_what_cannot_be_asked(invoice, oakfield, council, partnership, priya, charges):
    note = credit_in_full(invoice=bill_of(charges, oakfield), reason="Twice", on=LATER, actor=priya)
    for what, funder, pence, on, words in [
        (invoice, oakfield, 1, FIRST, "is the customer of INV-000001 already"),
        (invoice, partnership, 1, FIRST, "cannot ask ourselves"),
        (invoice, council, 0, FIRST, r"more than £0\.00"),
        (invoice, council, 1, FIRST - timedelta(days=1), "on or after 1 September 2026"),
        (note, council, 1, LATER, "Only an invoice that was issued"),
    ]:
        with nothing_written(), pytest.raises(WrongInput, match=words):
            ask(what, funder, pence, priya, on=on)


def bill_of(charges, customer) -> Document:
    charges(customer, 10_000)
    [made] = bill()
    return made


def test_finance_alone_asks_and_each_reads_its_own(invoice, oakfield, council, health, priya):
    made = ask(invoice, council, 50_000, priya)
    buyer, payments, outsider = (
        Actor(None, None, "Someone", frozenset({Grant(role, where.pk)}))
        for role, where in ((Role.BUYER, oakfield), (Role.COUNCIL_PAYMENTS, council), (Role.BUYER, health))
    )
    for own in (buyer, payments):
        assert payment_request_for(own, made.number) == made
        with pytest.raises(NotAllowed):
            ask(invoice, health, 1, own)
        with pytest.raises(NotAllowed):
            withdraw_payment_request(request=made, reason="No", on=FIRST, actor=own)
    assert [one for one, _ in asked_of(payments, council)] == [made]
    assert [one for one, _ in requests_of(buyer, invoice)] == [made]
    assert not payment_requests_for(outsider).exists()
    with pytest.raises(NotFound):
        payment_request_for(outsider, made.number)


def test_the_database_itself_refuses(invoice, oakfield, council, health, priya):
    made = ask(invoice, council, 60_000, priya)
    values = {"document": invoice, "requested_on": FIRST, "reason": "Half"}
    with refused("at most the 108000 pence"):
        PaymentRequest.objects.create(number="PRQ-9", funder=health, pence=48_001, **values)
    with refused("its customer never"):
        PaymentRequest.objects.create(number="PRQ-9", funder=oakfield, pence=1, **values)
    for statement in ("UPDATE invoicing_paymentrequest SET pence = 1", "DELETE FROM invoicing_paymentrequest"):
        with refused("withdrawn, never changed"):
            run_sql(statement)
    withdraw_payment_request(request=made, reason="No", on=FIRST, actor=priya)
    with refused("withdrawn, never changed"):
        run_sql("UPDATE invoicing_paymentrequest SET state = 'open', withdrawn_on = NULL, withdrawn_reason = ''")
