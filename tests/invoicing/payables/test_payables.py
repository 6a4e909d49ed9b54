"""Amounts due to providers: once, at once or as their customers pay, and less where less is owed."""

from datetime import date

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from invoicing.payables.models import PayableMove
from invoicing.payables.owing import OwedOtherwise, PayableTooSmall
from invoicing.payables.rules import Paid, left_of_payable, owed_of
from invoicing.services import (
    allocate,
    credit_invoice,
    reduce,
    reduce_payable,
    release_payables,
    reverse_receipt,
    undo_allocation,
    write_off,
)
from marketplace.core.actors import ANONYMOUS
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.core.verification import registered
from tests.invoicing.books import FIRST, balances, bill, nothing_written, receive, refused, run_sql
from tests.invoicing.payables.royalties import owed_to

pytestmark = pytest.mark.django_db
LATER = date(2026, 10, 1)


MONEY = {"payables-owed", "payables-once-paid", "debits-equal-credits", "reversed-once", "credits-backed-by-payments"}


def holds() -> bool:
    """Whether what the books say of money still adds up, recomputed from scratch."""
    found = {invariant.name: invariant for invariant in registered() if invariant.name in MONEY}
    assert set(found) == MONEY
    with connection.cursor() as cursor:
        return not any(cursor.execute(invariant.broken).fetchall() for invariant in found.values())


def pay(invoice, pence, actor, key="paid"):
    source = receive(invoice.customer, pence, key=key)
    return allocate(source=source, to=invoice.items.get(), pence=pence, on=FIRST, actor=actor)


def release(actor, on=LATER):
    return release_payables(on=on, actor=actor)


@pytest.fixture
def sold(author, oakfield, charges):
    """A licence of £240.00 + VAT, invoiced, and the author's 30% that waits for its payment."""
    charges(oakfield, 24_000, key="licence:1")
    payable = owed_to(author, of="licence:1")
    [invoice] = bill()
    return invoice, payable


def test_what_is_owed_at_once_is_posted_once_with_the_provider_as_party(author):
    made = owed_to(author)
    assert owed_to(author).pk == made.pk
    assert (made.state, made.owed_pence, made.waiting_pence) == ("owed", 7_200, 0)
    [movement] = PayableMove.objects.get().entry.movements.all()
    assert (movement.debit_account_id, movement.credit_account_id, movement.credit_party) == ("6100", "2400", author)
    assert (movement.stream_id, movement.analysis_code) == ("PR", "phonics-kit")
    assert balances() == {"6100": 7_200, "2400": -7_200} and holds()


def test_other_facts_under_the_same_source_are_refused(author):
    owed_to(author)
    with nothing_written(), pytest.raises(OwedOtherwise, match=r"was owed before as £72\.00, not £72\.01"):
        owed_to(author, 7_201)


@pytest.mark.parametrize(("pence", "words"), [(0, "more than £0.00"), (-1, "more than £0.00")])
def test_nothing_is_owed_for_nothing(author, pence, words):
    with nothing_written(), pytest.raises(WrongInput, match=words):
        owed_to(author, pence)


def test_the_partnership_owes_itself_nothing(partnership):
    with nothing_written(), pytest.raises(WrongInput, match="owes itself nothing"):
        owed_to(partnership)


def test_it_waits_unposted_until_the_invoice_is_paid_whole(sold, actor):
    invoice, payable = sold
    income = balances()
    assert "2400" not in income and release(actor).count == 0
    pay(invoice, 28_799, actor)
    assert release(actor).count == 0
    pay(invoice, 1, actor, key="the last penny")
    report = release(actor)
    assert (report.count, report.pence, report.taken_back_pence) == (1, 7_200, 0)
    payable.refresh_from_db()
    assert (payable.state, payable.owed_pence) == ("owed", 7_200)
    assert balances()["2400"] == -7_200 and PayableMove.objects.get().made_on == LATER
    assert release(actor).count == 0 and holds()
    assert list(Event.objects.filter(subject_kind="payable").order_by("pk").values_list("kind", flat=True)) == [
        "payable.made", "payable.owed",
    ]  # fmt: skip


def test_what_is_paid_already_is_owed_at_once(author, oakfield, charges, actor):
    charges(oakfield, 24_000, key="licence:1")
    [invoice] = bill()
    pay(invoice, 28_800, actor)
    assert owed_to(author, of="licence:1", on=LATER).owed_pence == 7_200 and holds()


def test_money_that_went_again_takes_it_back_and_it_waits_anew(sold, actor):
    invoice, payable = sold
    allocation = pay(invoice, 28_800, actor)
    release(actor)
    undo_allocation(allocation=allocation, reason="Wrong school", on=LATER, actor=actor)
    reverse_receipt(item=allocation.source, reason="Bounced", on=LATER, actor=actor)
    assert holds(), "that the money went is a fact, not an error of the books"
    report = release(actor)
    assert (report.count, report.pence, report.taken_back_pence) == (1, 0, 7_200)
    payable.refresh_from_db()
    assert (payable.state, payable.owed_pence, payable.waiting_pence) == ("waiting", 0, 7_200)
    assert "2400" not in balances() and "6100" not in balances()
    pay(invoice, 28_800, actor, key="paid again")
    assert release(actor).pence == 7_200 and holds()


def test_a_part_that_was_credited_earns_nothing(sold, actor):
    """£40.00 of £240.00 credited: 30% of £200.00."""
    invoice, payable = sold
    credit_invoice(invoice=invoice, amounts={invoice.lines.get().pk: 4_000}, reason="Late", on=FIRST, actor=actor)
    pay(invoice, 24_000, actor)
    release(actor)
    payable.refresh_from_db()
    assert (payable.due_pence, payable.owed_pence, payable.reduced_pence) == (6_000, 6_000, 1_200)
    assert balances()["2400"] == -6_000 and holds()


def test_a_credit_after_the_payment_is_taken_back(sold, actor):
    invoice, payable = sold
    pay(invoice, 28_800, actor)
    release(actor)
    credit_invoice(invoice=invoice, amounts={invoice.lines.get().pk: 24_000}, reason="Wrong kit", on=LATER, actor=actor)
    assert release(actor).taken_back_pence == 7_200
    payable.refresh_from_db()
    assert (payable.state, payable.owed_pence, payable.due_pence) == ("cancelled", 0, 0)
    assert release(actor).count == 0 and "2400" not in balances() and holds()


def test_an_item_cancelled_before_it_was_invoiced_earns_nothing(author, oakfield, charges, actor):
    charges(oakfield, 24_000, key="licence:1")
    payable = owed_to(author, of="licence:1")
    reduce(source_key="off", of="licence:1", pence=24_000, reason="Not wanted", on=FIRST, actor=actor)
    release(actor)
    payable.refresh_from_db()
    assert (payable.state, payable.moves.count()) == ("cancelled", 0) and holds()


def test_a_debt_that_is_given_up_earns_no_royalty(sold, actor):
    """Half paid, half given up: half of the royalty."""
    invoice, payable = sold
    pay(invoice, 14_400, actor)
    write_off(invoice=invoice, pence=14_400, reason="Closed", on=LATER, actor=actor)
    release(actor)
    payable.refresh_from_db()
    assert (payable.owed_pence, payable.waiting_pence) == (3_600, 3_600)
    assert holds()


def test_less_owed_takes_back_what_was_posted(author, actor):
    payable = owed_to(author)
    given = {"source_key": "less:1", "of": payable.source_key, "reason": "Shared", "on": LATER, "actor": actor}
    first = reduce_payable(pence=2_000, **given)
    assert reduce_payable(pence=2_000, **given).pk == first.pk
    payable.refresh_from_db()
    assert (payable.owed_pence, payable.due_pence, balances()["2400"]) == (5_200, 5_200, -5_200)
    with nothing_written(), pytest.raises(OwedOtherwise):
        reduce_payable(pence=2_001, **given)
    with nothing_written(), pytest.raises(PayableTooSmall, match=r"Only £52.00 is left"):
        reduce_payable(pence=5_201, **{**given, "source_key": "less:2"})
    reduce_payable(pence=5_200, **{**given, "source_key": "less:2"})
    payable.refresh_from_db()
    assert payable.state == "cancelled" and balances() == {} and holds()


def test_less_of_what_waits_posts_nothing(sold, actor):
    invoice, payable = sold
    reduce_payable(source_key="less", of=payable.source_key, pence=200, reason="Shared", on=FIRST, actor=actor)
    pay(invoice, 28_800, actor)
    release(actor)
    payable.refresh_from_db()
    assert payable.owed_pence == 7_000 and holds()


def test_an_outsider_releases_nothing(sold):
    with nothing_written(), pytest.raises(NotAllowed):
        release_payables(on=LATER, actor=ANONYMOUS)


def test_the_database_keeps_what_was_agreed(author):
    owed_to(author)
    with refused("what was agreed stays"):
        run_sql("UPDATE invoicing_payable SET net_pence = net_pence + 1")
    with refused("payables are kept"):
        run_sql("DELETE FROM invoicing_payable")
    with refused("never changed or deleted"):
        run_sql("UPDATE invoicing_payablemove SET pence = 1")


@given(
    net=st.integers(1, 10**7), charged=st.integers(1, 10**7), part=st.integers(0, 100), paid=st.integers(0, 100)
)  # fmt: skip
def test_never_more_than_its_share_of_what_was_paid(net, charged, part, paid):
    left = charged * part // 100
    gross = left * 6 // 5
    money = gross * paid // 100
    due = left_of_payable(net=net, paid=Paid(charged, left, True, gross, money))
    owed = owed_of(due=due, paid=Paid(charged, left, True, gross, money))
    assert 0 <= owed <= due <= net
    assert owed * charged * gross <= net * left * money + (charged * gross) + charged * gross
    assert owed_of(due=due, paid=Paid(charged, left, False, gross, money)) == 0
    if paid == 100 and gross:
        assert owed == due
