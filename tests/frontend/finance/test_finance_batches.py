"""Journey 6: what the preview shows is what is issued, or nothing."""

import re
from collections.abc import Callable
from datetime import date

from django.test import Client
from django.urls import reverse

from frontend.finance.batches import changed_since, unpacked
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.services import amend_unbilled, reduce
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import set_terms
from tests.conftest import EXEMPT, ZERO, Charges

BATCH = "/finance/invoice-batches"
ON = {"on": "30/9/26"}


def shown_on(page: str) -> str:
    found = re.search(r'name="shown" value="([^"]*)"', page)
    assert found
    return found[1]


def test_the_preview_shows_the_totals_by_rate_and_issues_nothing(
    priya: Client, charges: Charges, oakfield: Organisation, council: Organisation
) -> None:
    charges(oakfield, 10000)
    charges(oakfield, 2000, vat=ZERO)
    charges(council, 5050, vat=EXEMPT)
    charges(council, 999, on=date(2026, 10, 1))
    page = priya.get(BATCH, ON).content.decode()
    assert "Invoice batch of 30 September 2026" in page
    assert "Issue 2 invoices, £190.50" in page
    assert "Standard rate 20%" in page and "Zero rated" in page and "Exempt" in page
    assert page.count("£170.50") >= 1 and "£20.00" in page
    assert "£9.99" not in page
    assert not Document.objects.exists()


def test_issuing_gives_the_numbers_and_a_second_click_nothing_more(
    priya: Client, charges: Charges, oakfield: Organisation, council: Organisation
) -> None:
    charges(oakfield, 10000)
    charges(council, 5000)
    shown = shown_on(priya.get(BATCH, ON).content.decode())
    done = priya.post(BATCH, {**ON, "shown": shown}, follow=True)
    numbers = list(Document.objects.order_by("pk").values_list("number", flat=True))
    assert len(numbers) == 2
    assert done.request["PATH_INFO"] == f"{BATCH}/{numbers[0]}/{numbers[1]}"
    page = done.content.decode()
    assert "2 invoices issued, £180.00" in page and numbers[0] in page and numbers[1] in page
    again = priya.post(BATCH, {**ON, "shown": shown})
    assert again.status_code == 409
    assert "2 items changed since you looked" in again.content.decode()
    assert Document.objects.count() == 2


def test_items_changed_since_the_preview_are_counted_and_nothing_is_issued(
    priya: Client, charges: Charges, oakfield: Organisation, actor: Actor
) -> None:
    charges(oakfield, 10000, key="kept")
    charges(oakfield, 6000, key="reduced")
    charges(oakfield, 7000, key="ordered")
    charges(oakfield, 8000, key="held")
    shown = shown_on(priya.get(BATCH, ON).content.decode())
    reduce(source_key="less", of="reduced", pence=1000, reason="One fewer", on=date(2026, 9, 30), actor=actor)
    amend_unbilled(source_key="ordered", purchase_order="PO-9", actor=actor)
    amend_unbilled(source_key="held", held_reason="In query", actor=actor)
    charges(oakfield, 1500, key="new")
    answer = priya.post(BATCH, {**ON, "shown": shown})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "4 items changed since you looked" in page
    assert "Issue 2 invoices, £282.00" in page  # 100 + 50 + 15 and, by its own purchase order, 70; with VAT
    assert not Document.objects.exists()
    assert priya.post(BATCH, {**ON, "shown": shown_on(page)}).status_code == 302
    assert Document.objects.count() == 2


def test_held_items_say_why_and_come_back_to_the_batch_once_mended(
    priya: Client, charges: Charges, oakfield: Organisation, actor: Actor
) -> None:
    set_terms(organisation=oakfield, purchase_order_rule="required", actor=actor)
    item = charges(oakfield, 10000)
    page = priya.get(BATCH, ON).content.decode()
    assert "Purchase order missing" in page and "Set purchase order" in page and "No item is ready" in page
    address = reverse("finance-item", kwargs={"pk": item.pk})
    back = f"{BATCH}?on=2026-09-30"
    saved = priya.post(
        address, {"purchase_order": "PO 4471", "bill_on": "1/9/26", "held_reason": "", "return_to": back}
    )
    assert saved["Location"] == back
    assert "Issue 1 invoice, £120.00" in priya.get(back).content.decode()


def test_a_wrong_date_is_said_in_words(priya: Client, partnership: Organisation) -> None:
    for wrong, words in [
        ("31/2/26", "Invoice date must be a real date, like 1/9/26"),
        ("", "Enter the invoice date"),
        ("1/9/62", "Invoice date must be within the last year or the next 31 days"),
    ]:
        answer = priya.get(BATCH, {"on": wrong})
        assert answer.status_code == 400
        assert words in answer.content.decode()


def test_the_batch_is_compared_with_the_month_before(
    priya: Client, charges: Charges, oakfield: Organisation, bill: Callable[..., list[Document]]
) -> None:
    charges(oakfield, 10000, on=date(2026, 8, 3))
    bill(date(2026, 8, 3))
    charges(oakfield, 11000)
    page = priya.get(BATCH, ON).content.decode()
    assert "+10.0%" in page and "August 2026, £120.00" in page


def test_a_preview_takes_as_many_queries_for_25_invoices_as_for_5(
    priya: Client, charges: Charges, partnership: Organisation, actor: Actor, django_assert_num_queries: object
) -> None:
    from tests.frontend.finance.counting import customers, queries

    for customer in customers(5, actor):
        charges(customer, 1000)
    few = queries(lambda: priya.get(BATCH, ON))
    for customer in customers(20, actor, start=5):
        charges(customer, 1000)
    assert queries(lambda: priya.get(BATCH, ON)) == few
    assert Charge.objects.count() == 25


def test_marks_are_compared_by_item() -> None:
    assert unpacked("7-aa,8-bb") == {7: "aa", 8: "bb"}
    assert unpacked("x-aa,,9,-,²-b") == {9: ""}
    assert changed_since({1: "a", 2: "b", 3: "c"}, {1: "a", 2: "x", 4: "d"}) == 3
