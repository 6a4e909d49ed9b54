"""Pressed twice, a button does its work once; and money on account pays for whom its payer pays for."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from invoicing.banking.models import BankAccount
from invoicing.documents.models import Document
from invoicing.receivables.as_shown import AllocatedMeanwhile
from invoicing.receivables.credit_notes import CreditedMeanwhile, left_to_credit
from invoicing.receivables.models import Allocation, UnallocatedItem
from invoicing.services import allocate, allocate_as_shown, credit_invoice, record_receipt
from marketplace.core.actors import Actor
from marketplace.organisations.models import CustomerTerms, Organisation
from tests.conftest import Charges

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
ON = date(2026, 9, 20)


def shown_in(page: str) -> str:
    return page.split('name="left" value="')[1].split('"')[0]


@pytest.fixture
def receive(lloyds: BankAccount, actor: Actor) -> Callable[[Organisation, int], UnallocatedItem]:
    def money(payer: Organisation, pence: int) -> UnallocatedItem:
        return record_receipt(
            source_key=f"by-hand:{payer.number}", payer=payer, pence=pence, received_on=ON, reference="Cheque 7",
            bank_account=lloyds.ledger_account, actor=actor,
        )  # fmt: skip

    return money


def test_the_button_of_a_credit_note_pressed_twice_issues_one(priya: Client, invoice: Document) -> None:
    address = reverse("finance-credit", kwargs={"number": invoice.number})
    form = {f"line_{invoice.lines.get().pk}": "10.00", "reason": "Goodwill", "on": "30/9/26"}
    preview = priya.post(address, form).content.decode()
    sent = {**form, "issue": "1200", "left": shown_in(preview)}
    assert priya.post(address, sent).status_code == 302
    again = priya.post(address, sent)
    page = again.content.decode()
    assert again.status_code == 409 and invoice.credit_notes.count() == 1
    assert f"{invoice.number} was credited a moment ago" in page and "£90.00 before VAT is left to credit" in page
    assert priya.post(address, {**sent, "left": shown_in(page)}).status_code == 302
    assert invoice.credit_notes.count() == 2


def test_the_rest_credited_twice_is_told_the_same(priya: Client, invoice: Document) -> None:
    address = reverse("finance-credit", kwargs={"number": invoice.number})
    left = shown_in(priya.get(address).content.decode())
    form = {f"line_{invoice.lines.get().pk}": "100.00", "reason": "Never came", "on": "30/9/26"}
    sent = {**form, "issue": "12000", "left": left}
    assert [priya.post(address, sent).status_code for _ in range(2)] == [302, 409]
    assert invoice.credit_notes.count() == 1


def test_a_form_that_does_not_say_what_was_left_issues_nothing(priya: Client, invoice: Document) -> None:
    form = {f"line_{invoice.lines.get().pk}": "10.00", "reason": "x", "on": "30/9/26", "issue": "1200"}
    page = priya.post(reverse("finance-credit", kwargs={"number": invoice.number}), form)
    assert page.status_code == 200 and "Issue credit note, £12.00" in page.content.decode()
    assert invoice.credit_notes.count() == 0


def test_a_credit_looks_again_behind_the_lock(invoice: Document, priya_acts: Actor) -> None:
    left = left_to_credit(invoice)
    [line] = left
    for shown in (left, None):
        credit_invoice(
            invoice=invoice, amounts={line: 100}, reason="x", on=ON, left_shown=shown, actor=priya_acts
        )  # fmt: skip
    with pytest.raises(CreditedMeanwhile):
        credit_invoice(invoice=invoice, amounts={line: 100}, reason="x", on=ON, left_shown=left, actor=priya_acts)
    assert left_to_credit(invoice) == {line: 9_800}


def test_a_credit_that_overtakes_the_page_is_told_with_what_is_left_now(
    priya: Client, invoice: Document, priya_acts: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other credit is committed after the page has looked and before the service locks."""
    from frontend.finance import credits

    def overtaken(**given: object) -> Document:
        credit_invoice(**{**given, "left_shown": None})  # type: ignore[arg-type]
        return credit_invoice(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(credits, "credit_invoice", overtaken)
    address = reverse("finance-credit", kwargs={"number": invoice.number})
    form = {f"line_{invoice.lines.get().pk}": "10.00", "reason": "x", "on": "30/9/26", "issue": "1200"}
    answer = priya.post(address, {**form, "left": shown_in(priya.get(address).content.decode())})
    assert answer.status_code == 409 and "£90.00 before VAT is left to credit" in answer.content.decode()
    assert shown_in(answer.content.decode()) == credits.fingerprint(left_to_credit(invoice))


@pytest.mark.parametrize("left", [None, "", "-1", "4999", "x", "９", "9" * 30])
def test_money_is_set_once_however_often_the_button_is_pressed(
    priya: Client, invoice: Document, oakfield: Organisation, receive: Callable[..., UnallocatedItem], left: str | None
) -> None:
    source = receive(oakfield, 5000)
    address = reverse("finance-allocate", kwargs={"number": oakfield.number, "pk": source.pk})
    sent = {f"item_{invoice.items.get().pk}": "10.00", "left": shown_in(priya.get(address).content.decode())}
    assert sent["left"] == "5000"
    assert priya.post(address, sent).status_code == 302
    again = priya.post(address, sent)
    assert again.status_code == 400 and "£40.00 of this money is left" in again.content.decode()
    assert shown_in(again.content.decode()) == "4000"
    wrong = {name: value for name, value in {**sent, "left": left}.items() if value is not None}
    assert priya.post(address, wrong).status_code == 400
    assert [row.pence for row in Allocation.objects.all()] == [1000]


def test_an_allocation_looks_again_behind_the_lock(
    invoice: Document, oakfield: Organisation, receive: Callable[..., UnallocatedItem], actor: Actor
) -> None:
    source, item = receive(oakfield, 5000), invoice.items.get()
    allocate(source=source, to=item, pence=1000, on=ON, actor=actor)
    with pytest.raises(AllocatedMeanwhile):
        allocate_as_shown(source=source, to=[(item, 1000)], left_shown=5000, on=ON, actor=actor)
    [made] = allocate_as_shown(source=source, to=[(item, 1000)], left_shown=4000, on=ON, actor=actor)
    assert made.pence == 1000


def test_a_council_s_money_on_account_pays_for_whom_the_council_pays(
    priya: Client, invoice: Document, oakfield: Organisation, council: Organisation, charges: Charges,
    bill: Callable[..., list[Document]], receive: Callable[..., UnallocatedItem], stranger: Organisation,
) -> None:  # fmt: skip
    charges(stranger, 700)
    [other] = bill()
    CustomerTerms.objects.create(organisation=oakfield, invoice_to=council)
    source = receive(council, 20000)
    address = reverse("finance-allocate", kwargs={"number": council.number, "pk": source.pk})
    assert address in priya.get(reverse("finance-customer", kwargs={"number": council.number})).content.decode()
    page = priya.get(address).content.decode()
    assert str(invoice.number) in page and "Oakfield Primary School" in page and str(other.number) not in page
    assert 'value="120.00"' in page
    sent = {f"item_{invoice.items.get().pk}": "120.00", "left": shown_in(page)}
    assert priya.post(address, {**sent, f"item_{other.items.get().pk}": "7.00"}).status_code == 302
    assert [(row.item_id, row.pence) for row in Allocation.objects.all()] == [(invoice.items.get().pk, 12000)]


@pytest.fixture
def stranger(partnership: Organisation, actor: Actor) -> Organisation:
    """A customer that pays for itself."""
    from marketplace.organisations.services.registry import add_organisation

    return add_organisation(
        kind=Organisation.Kind.OTHER, name="Elm Grove Primary", valid_from=date(2020, 1, 1), actor=actor
    )
