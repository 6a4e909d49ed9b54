"""Cancelling, purchase orders and papers where another hand or another day comes in between."""

from datetime import date

import pytest
from django.core.management import call_command

from invoicing.documents.models import Document
from invoicing.queries import document_for, documents_for
from invoicing.services import credit_in_full, credit_invoice, propose, run_billing
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.trading.models import Booking, Order
from marketplace.trading.services import (
    BasketNotReady,
    cancel_booking,
    cancellation_result,
    check_basket,
    set_purchase_order,
)
from tests.conftest import finance
from tests.shop import person, trust_with
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db
FREE = date(2026, 12, 1)


@pytest.fixture
def booking(shop, school, sam, course, buying) -> Booking:
    """One place at £140.00 on 24 March 2027, ordered and not yet invoiced."""
    order = buying.order(sam, buying.add(sam, school, course, 1, run=shop.run(course)))
    return order.lines.get().bookings.select_related("run", "order_line").get()


def invoiced(partnership, on: date = ON) -> Document:
    [number] = run_billing(on=on, actor=finance(partnership)).numbers
    return Document.objects.get(number=number)


def test_after_a_credit_by_hand_no_more_than_the_rest_comes_back(sam, booking, partnership):
    invoice = invoiced(partnership)
    line = invoice.lines.get()
    credit_invoice(invoice=invoice, amounts={line.pk: 100}, reason="Goodwill", on=ON, actor=finance(partnership))
    preview = cancellation_result(booking=booking, on=FREE)
    assert (preview.back.pence, preview.sentence) == (13900, "Cancel today: £139.00 back.")
    assert cancel_booking(booking=booking, on=FREE, actor=sam) == preview
    assert sorted(Document.objects.filter(kind="credit_note").values_list("gross_pence", flat=True)) == [100, 13900]
    call_command("verify_ledger")


def test_a_place_credited_in_full_is_cancelled_and_free_again(sam, booking, partnership):
    credit_in_full(invoice=invoiced(partnership), reason="Course moved", on=ON, actor=finance(partnership))
    result = cancel_booking(booking=booking, on=FREE, actor=sam)
    assert (result.back.pence, result.sentence) == (
        0,
        "Cancel today: nothing more comes back, the price was credited before.",
    )
    booking.run.refresh_from_db()
    assert booking.run.taken == 0
    assert Document.objects.filter(kind="credit_note").count() == 1
    call_command("verify_ledger")


def test_a_place_on_an_invoice_dated_ahead_is_cancelled_and_credited_on_the_invoices_day(sam, booking, partnership):
    ahead = date(2026, 9, 20)
    invoice = invoiced(partnership, on=ahead)
    cancel_booking(booking=booking, on=ON, actor=sam)
    note = Document.objects.get(kind="credit_note")
    assert (note.issued_on, note.gross_pence, note.credits) == (ahead, 14000, invoice)
    call_command("verify_ledger")


def test_only_who_ordered_or_is_invoiced_gives_the_purchase_order(shop, actor, course, buying, tmp_path, partnership):
    trust, [harbour, quay] = trust_with(tmp_path, actor, "Harbour Academy", "Quay Academy")
    tess = person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE)
    run = shop.run(course)
    for academy in (harbour, quay):
        basket = buying.add(tess, academy, course, 1, run=run, organisation=trust)
    order = buying.order(tess, basket, purchase_order="TRUST-1")
    hal = person(harbour, actor, name="Hal Harbour")
    with pytest.raises(NotAllowed, match="Ask them to give the purchase order"):
        set_purchase_order(order=order, purchase_order="HIJACK-1", actor=hal)
    order.refresh_from_db()
    assert order.purchase_order == "TRUST-1"
    assert [draft.purchase_order for draft in propose(on=ON).invoices] == ["TRUST-1"]


def test_a_school_does_not_read_its_trusts_invoice(shop, actor, course, buying, tmp_path, partnership):
    trust, [harbour, quay] = trust_with(tmp_path, actor, "Harbour Academy", "Quay Academy")
    tess = person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE)
    run = shop.run(course)
    for academy in (harbour, quay):
        basket = buying.add(tess, academy, course, 1, run=run, organisation=trust)
    buying.order(tess, basket)
    invoice = invoiced(partnership)
    hal = person(harbour, actor, name="Hal Harbour")
    assert not documents_for(hal).exists()
    with pytest.raises(NotFound):
        document_for(hal, invoice.number)
    assert document_for(tess, invoice.number) == invoice


def test_what_a_withdrawn_provider_offers_is_not_ordered(shop, school, sam, course, buying):
    basket = buying.add(sam, school, course, 1, run=shop.run(course))
    course.provider.published = False
    course.provider.save()
    assert check_basket(basket=basket, on=ON, actor=sam).problems
    with pytest.raises(BasketNotReady, match="is not sold any more"):
        buying.order(sam, basket, expected_pence=14000)
    assert not Order.objects.exists()
