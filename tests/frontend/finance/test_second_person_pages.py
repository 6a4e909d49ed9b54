"""What one of finance prepares another approves, on the pages."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from invoicing.receivables.models import Allocation, Refund
from invoicing.second_person.models import Action, PreparedAction
from invoicing.services import reverse_receipt, set_limit, undo_allocation
from marketplace.core.actors import Role
from tests.frontend.school.visits import signed_in
from tests.invoicing.books import FIRST, balances, bill, nothing_written, receive
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@pytest.fixture
def priya(partnership, actor):
    return person(partnership, actor, name="Priya Officer", role=Role.FINANCE_OFFICER, on=timezone.localdate())


@pytest.fixture
def marek(partnership, actor):
    return person(partnership, actor, name="Marek Manager", role=Role.FINANCE_MANAGER, on=timezone.localdate())


@pytest.fixture
def invoice(oakfield, charges):
    charges(oakfield, 10_000)
    return bill()[0]


def the_one() -> str:
    return reverse("finance-prepared", kwargs={"pk": PreparedAction.objects.get().pk})


def test_a_refund_goes_from_one_person_to_another_and_then_to_the_bank(oakfield, priya, marek):
    source = receive(oakfield, 50_000, key="too much", on=FIRST)
    officer, manager = signed_in(priya), signed_in(marek)
    page = reverse("finance-customer-refund", kwargs={"number": oakfield.number, "pk": source.pk})
    assert "goes to a finance manager first" in officer.get(page).content.decode()
    sent = officer.post(page, {"pence": "200.00", "reason": "Paid twice"}, follow=True)
    assert "Nothing is posted until somebody else approves it" in sent.content.decode()
    with nothing_written():
        own = officer.post(the_one(), {"approve": "1"})
    assert own.status_code == 403
    assert "1 thing waiting, £200.00 with VAT" in manager.get(reverse("finance-to-approve")).content.decode()
    done = manager.post(the_one(), {"approve": "1"}, follow=True)
    assert "Refund of £200.00 approved and done" in done.content.decode()
    refund = Refund.objects.get()
    assert "Record as paid" in officer.get(reverse("finance-refunds")).content.decode()
    assert refund.paid_on is None


def test_a_refund_whose_money_is_gone_is_sent_back(oakfield, priya, marek, actor):
    source = receive(oakfield, 50_000, key="too much", on=FIRST)
    page = reverse("finance-customer-refund", kwargs={"number": oakfield.number, "pk": source.pk})
    signed_in(priya).post(page, {"pence": "200.00", "reason": "Paid twice"})
    reverse_receipt(item=source, on=FIRST, reason="The wrong payer", actor=actor)
    with nothing_written():
        refused = signed_in(marek).post(the_one(), {"approve": "1"})
    shown = refused.content.decode()
    assert (refused.status_code, "Only £0.00 is left on account, not £200.00" in shown) == (409, True)
    assert "Send it back with the reason" in shown and "Enter a smaller amount" not in shown


def test_a_write_off_is_undone_whole_and_leaves_no_money_on_account(oakfield, invoice, priya, marek):
    set_limit(action=Action.WRITE_OFF, pence=5_000, valid_from=FIRST, actor=marek)
    client, before = signed_in(priya), balances()
    page = reverse("finance-write-off", kwargs={"number": invoice.number})
    for pence in ("40.00", "30.00"):
        client.post(page, {"pence": pence, "reason": "Nobody pays"})
    first, second = Allocation.objects.order_by("pk")
    undo = reverse("finance-allocation-undo", kwargs={"pk": first.pk})
    shown = client.get(undo).content.decode()
    assert "The write-off is taken back" in shown and "Undo £40.00 on" in shown
    done = client.post(undo, {"reason": "They pay"}, follow=True).content.decode()
    assert f"{invoice.number} is open again for £40.00" in done and "No money on account" in done

    undo_allocation(allocation=second, on=FIRST, reason="By program", actor=priya)  # leaves it on account
    customer = client.get(reverse("finance-customer", kwargs={"number": oakfield.number})).content.decode()
    back = reverse("finance-receipt-undo", kwargs={"pk": second.source_id})
    refund = reverse("finance-customer-refund", kwargs={"number": oakfield.number, "pk": second.source_id})
    assert back in customer and refund not in customer
    assert "Take back the write-off of £30.00" in client.get(back).content.decode()
    done = client.post(back, {"reason": "They pay"}, follow=True).content.decode()
    assert "The write-off of £30.00 was taken back." in done and balances() == before


def test_a_manager_does_not_approve_their_own(invoice, marek):
    manager = signed_in(marek)
    page = reverse("finance-write-off", kwargs={"number": invoice.number})
    manager.post(page, {"pence": "120.00", "reason": "The school closed"})
    shown = manager.get(the_one()).content.decode()
    assert "someone else must approve it" in shown and "Approve £120.00" not in shown
    with nothing_written():
        refused = manager.post(the_one(), {"approve": "1"})
    assert (refused.status_code, "someone else must approve it" in refused.content.decode()) == (409, True)
    manager.post(the_one(), {"withdraw": "1"})
    assert PreparedAction.objects.get().state == "withdrawn"


def test_a_large_credit_note_is_sent_for_approval(invoice, priya, marek):
    set_limit(action=Action.CREDIT_NOTE, pence=5_000, valid_from=date(2026, 9, 1), actor=marek)
    officer, manager = signed_in(priya), signed_in(marek)
    line = invoice.lines.get()
    page = reverse("finance-credit", kwargs={"number": invoice.number})
    form = {f"line_{line.pk}": "100.00", "reason": "Not given", "on": "2/9/26"}
    shown = officer.post(page, form)
    left = shown.content.decode().split('name="left" value="')[1].split('"')[0]
    assert "Send for approval, £120.00" in shown.content.decode()
    sent = officer.post(page, {**form, "left": left, "issue": "12000"}, follow=True)
    assert "Nothing is issued yet" in sent.content.decode()
    assert invoice.credit_notes.count() == 0
    assert "£100.00 of Service 1" in manager.get(the_one()).content.decode()
    manager.post(the_one(), {"approve": "1"})
    assert invoice.credit_notes.get().gross_pence == 12_000


def test_sending_back_needs_a_reason(invoice, priya, marek):
    signed_in(priya).post(
        reverse("finance-write-off", kwargs={"number": invoice.number}), {"pence": "120.00", "reason": "No answer"}
    )
    manager = signed_in(marek)
    assert manager.post(the_one(), {"send_back": "1", "answer": ""}).status_code == 400
    manager.post(the_one(), {"send_back": "1", "answer": "Ask the council"})
    assert "Ask the council" in signed_in(priya).get(the_one()).content.decode()
    assert invoice.items.get().outstanding_pence == 12_000


def test_only_a_manager_sets_limits(priya, marek):
    page = reverse("finance-limits")
    form = {"action": "refund", "pence": "50.00", "valid_from": "1/9/26"}
    assert signed_in(priya).post(page, form).status_code == 403
    assert "One person alone up to £50.00" in signed_in(marek).post(page, form, follow=True).content.decode()
