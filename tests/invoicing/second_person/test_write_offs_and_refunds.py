"""Write-offs, refunds and money carried over: never more than is there, and above a limit by two people."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from invoicing.ledger.models import LedgerAccount
from invoicing.receivables.allocation import AllocationTooLarge
from invoicing.receivables.credit_notes import CreditedMeanwhile
from invoicing.receivables.models import Refund, UnallocatedItem
from invoicing.receivables.receipts import PassedOn
from invoicing.receivables.refunds import AlreadyPaid, MoreThanOnAccount
from invoicing.second_person.limits import NeedsSecondPerson
from invoicing.second_person.models import Action, PreparedAction
from invoicing.second_person.preparing import AlreadyDecided, AlreadyWaits, OwnPreparation
from invoicing.services import (
    allocate,
    approve,
    carry,
    credit_invoice,
    pay_refund,
    prepare_carry,
    prepare_credit,
    prepare_refund,
    prepare_write_off,
    refund,
    reverse_receipt,
    send_back,
    set_limit,
    withdraw,
    write_off,
)
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from tests.invoicing.books import FIRST, balances, bill, nothing_written, receive, run_sql

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
LATER, AT = date(2026, 9, 20), datetime(2026, 9, 20, 9, tzinfo=UTC)


@pytest.fixture
def invoice(oakfield, charges):
    """£100.00 at 20%: £120.00."""
    charges(oakfield, 10_000)
    return bill()[0]


@pytest.fixture
def received(oakfield) -> UnallocatedItem:
    return receive(oakfield, 50_000, key="too much", on=FIRST)


class TestWriteOffs:
    def test_what_is_left_of_a_debt_is_given_up(self, invoice, oakfield, actor):
        paid = receive(oakfield, 10_000, key="part", on=FIRST)
        allocate(source=paid, to=invoice.items.get(), pence=10_000, on=FIRST, actor=actor)
        made = write_off(invoice=invoice, pence=2_000, reason="The school closed", on=LATER, actor=actor)
        assert (made.kind, made.remaining_pence) == ("write_off", 0)
        assert invoice.items.get().outstanding_pence == 0
        assert balances() == {"1000": 10_000, "2200": -2_000, "4200": -10_000, "7000": 2_000}

    def test_it_is_undone_as_a_receipt_is(self, invoice, actor):
        made = write_off(invoice=invoice, pence=12_000, reason="No answer", on=LATER, actor=actor)
        reverse_receipt(item=made, on=LATER, reason="They paid after all", actor=actor)
        assert invoice.items.get().outstanding_pence == 12_000
        again = write_off(invoice=invoice, pence=500, reason="Agreed", on=LATER, actor=actor)
        assert again.source_key != made.source_key

    @pytest.mark.parametrize(("pence", "error"), [(12_001, AllocationTooLarge), (0, WrongInput), (-5, WrongInput)])
    def test_more_than_is_owed_is_refused(self, invoice, actor, pence, error):
        with nothing_written(), pytest.raises(error):
            write_off(invoice=invoice, pence=pence, reason="Wrong", on=LATER, actor=actor)


class TestRefunds:
    def test_money_on_account_goes_back_and_leaves_the_bank_once(self, received, actor):
        made = refund(source=received, pence=20_000, reason="Paid twice", on=LATER, actor=actor)
        received.refresh_from_db()
        assert received.remaining_pence == 30_000
        assert balances() == {"1000": 50_000, "2100": -30_000, "2150": -20_000}
        bank = LedgerAccount.objects.get(code="1000")
        paid = pay_refund(refund=made, bank_account=bank, reference="FP 1", on=LATER, actor=actor)
        assert (paid.paid_on, balances()) == (LATER, {"1000": 30_000, "2100": -30_000})
        with nothing_written(), pytest.raises(AlreadyPaid):
            pay_refund(refund=made, bank_account=bank, reference="FP 2", on=LATER, actor=actor)

    def test_never_more_than_was_received(self, received, actor):
        refund(source=received, pence=50_000, reason="Paid twice", on=LATER, actor=actor)
        with nothing_written(), pytest.raises(MoreThanOnAccount):
            refund(source=received, pence=1, reason="Again", on=LATER, actor=actor)

    def test_a_receipt_that_was_passed_on_is_not_taken_back(self, received, actor):
        refund(source=received, pence=1, reason="A penny", on=LATER, actor=actor)
        with nothing_written(), pytest.raises(PassedOn):
            reverse_receipt(item=received, on=LATER, reason="Bounced", actor=actor)

    def test_a_credit_of_a_paid_invoice_is_refunded(self, invoice, oakfield, actor):
        paid = receive(oakfield, 12_000, key="all", on=FIRST)
        allocate(source=paid, to=invoice.items.get(), pence=12_000, on=FIRST, actor=actor)
        note = credit_invoice(
            invoice=invoice, amounts={invoice.lines.get().pk: 5_000}, reason="Half", on=LATER, actor=actor
        )
        refund(source=note.on_account, pence=6_000, reason="Paid already", on=LATER, actor=actor)
        assert balances() == {"1000": 12_000, "2150": -6_000, "2200": -1_000, "4200": -5_000}


class TestCarrying:
    def test_a_closed_schools_credit_becomes_its_councils(self, received, council, charges, actor):
        made = carry(source=received, to=council, pence=50_000, reason="The school closed", on=LATER, actor=actor)
        assert (made.target.organisation, made.target.remaining_pence) == (council, 50_000)
        assert balances() == {"1000": 50_000, "2100": -50_000}
        charges(council, 20_000, on=LATER)
        [owed] = bill(on=LATER)
        allocate(source=made.target, to=owed.items.get(), pence=24_000, on=LATER, actor=actor)
        assert owed.items.get().outstanding_pence == 0

    def test_not_to_itself_and_not_more_than_is_there(self, received, oakfield, council, actor):
        with nothing_written(), pytest.raises(WrongInput, match="already"):
            carry(source=received, to=oakfield, pence=1, reason="No", on=LATER, actor=actor)
        with nothing_written(), pytest.raises(MoreThanOnAccount):
            carry(source=received, to=council, pence=50_001, reason="No", on=LATER, actor=actor)

    def test_a_write_off_is_no_money(self, invoice, council, actor):
        made = write_off(invoice=invoice, pence=1_000, reason="Agreed", on=LATER, actor=actor)
        with nothing_written(), pytest.raises(WrongInput, match="no money"):
            refund(source=made, pence=1, reason="No", on=LATER, actor=actor)


class TestTheSecondPerson:
    def test_money_never_leaves_by_one_person_alone(self, received, invoice, council, priya):
        for act in (
            lambda: refund(source=received, pence=1, reason="x", on=LATER, actor=priya),
            lambda: carry(source=received, to=council, pence=1, reason="x", on=LATER, actor=priya),
            lambda: write_off(invoice=invoice, pence=1, reason="x", on=LATER, actor=priya),
        ):
            with nothing_written(), pytest.raises(NeedsSecondPerson):
                act()

    def test_prepared_by_one_and_approved_by_another(self, received, priya, marek):
        prepared = prepare_refund(source=received, pence=20_000, reason="Paid twice", actor=priya)
        assert Refund.objects.count() == 0
        approved = approve(prepared=prepared, on=LATER, at=AT, actor=marek)
        assert (approved.state, approved.decided_by_id) == ("approved", marek.person_id)
        assert Refund.objects.get().pence == 20_000
        with nothing_written(), pytest.raises(AlreadyDecided):
            approve(prepared=prepared, on=LATER, at=AT, actor=marek)
        assert Event.objects.filter(kind="prepared.approved").count() == 1

    def test_nobody_approves_their_own(self, received, priya, marek):
        prepared = prepare_refund(source=received, pence=1_000, reason="Paid twice", actor=marek)
        for decide in (
            lambda: approve(prepared=prepared, on=LATER, at=AT, actor=marek),
            lambda: send_back(prepared=prepared, answer="No", at=AT, actor=marek),
        ):
            with nothing_written(), pytest.raises(OwnPreparation):
                decide()
        with nothing_written(), pytest.raises(NotAllowed):
            approve(prepared=prepared, on=LATER, at=AT, actor=priya)
        withdraw(prepared=prepared, at=AT, actor=marek)
        with nothing_written(), pytest.raises(AlreadyDecided):
            withdraw(prepared=prepared, at=AT, actor=marek)

    def test_the_database_holds_it_as_well(self, received, priya, marek):
        prepared = prepare_refund(source=received, pence=1_000, reason="Paid twice", actor=marek)
        with pytest.raises(IntegrityError, match="by_two"), transaction.atomic():
            PreparedAction.objects.filter(pk=prepared.pk).update(
                state="approved", decided_by_id=marek.person_id, decided_at=AT
            )
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in (
            "UPDATE invoicing_preparedaction SET pence = pence + 1",
            "DELETE FROM invoicing_preparedaction",
            "TRUNCATE invoicing_preparedaction",
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                run_sql(statement)

    def test_sent_back_posts_nothing_and_may_be_sent_again(self, invoice, priya, marek):
        prepared = prepare_write_off(invoice=invoice, pence=12_000, reason="No answer", actor=priya)
        with nothing_written(), pytest.raises(AlreadyWaits):
            prepare_write_off(invoice=invoice, pence=12_000, reason="No answer", actor=priya)
        send_back(prepared=prepared, answer="Ask the council first", at=AT, actor=marek)
        assert invoice.items.get().outstanding_pence == 12_000
        again = prepare_write_off(invoice=invoice, pence=12_000, reason="The council does not pay", actor=priya)
        approve(prepared=again, on=LATER, at=AT, actor=marek)
        assert invoice.items.get().outstanding_pence == 0

    def test_what_changed_meanwhile_is_not_approved(self, invoice, actor, priya, marek):
        set_limit(action=Action.CREDIT_NOTE, pence=5_000, valid_from=FIRST, actor=marek)
        line = invoice.lines.get().pk
        with nothing_written(), pytest.raises(NeedsSecondPerson):
            credit_invoice(invoice=invoice, amounts={line: 6_000}, reason="Agreed", on=LATER, actor=priya)
        prepared = prepare_credit(invoice=invoice, amounts={line: 6_000}, reason="Agreed", actor=priya)
        credit_invoice(invoice=invoice, amounts={line: 4_000}, reason="A day less", on=LATER, actor=priya)
        with nothing_written(), pytest.raises(CreditedMeanwhile):
            approve(prepared=prepared, on=LATER, at=AT, actor=marek)
        withdraw(prepared=prepared, at=AT, actor=priya)
        anew = prepare_credit(invoice=invoice, amounts={line: 6_000}, reason="Agreed", actor=priya)
        approved = approve(prepared=anew, on=LATER, at=AT, actor=marek)
        assert invoice.credit_notes.get(number=approved.outcome).gross_pence == 7_200

    def test_a_carry_is_approved(self, received, council, priya, marek):
        prepared = prepare_carry(source=received, to=council, pence=50_000, reason="Closed", actor=priya)
        approve(prepared=prepared, on=LATER, at=AT, actor=marek)
        assert UnallocatedItem.objects.get(organisation=council).remaining_pence == 50_000

    def test_a_limit_is_dated_and_set_by_a_manager(self, received, priya, marek):
        with pytest.raises(NotAllowed):
            set_limit(action=Action.REFUND, pence=10_000, valid_from=LATER, actor=priya)
        set_limit(action=Action.REFUND, pence=10_000, valid_from=LATER, actor=marek)
        with pytest.raises(WrongInput, match="set already"):
            set_limit(action=Action.REFUND, pence=20_000, valid_from=LATER, actor=marek)
        with pytest.raises(NeedsSecondPerson):
            refund(source=received, pence=10_000, reason="Early", on=FIRST, actor=priya)
        assert refund(source=received, pence=10_000, reason="Paid twice", on=LATER, actor=priya).pence == 10_000
        with pytest.raises(NeedsSecondPerson):
            refund(source=received, pence=10_001, reason="Paid twice", on=LATER, actor=priya)
