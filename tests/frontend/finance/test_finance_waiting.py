"""What waits for finance on the home page."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from frontend.finance.waiting import waits_for
from invoicing.banking.models import BankLine
from invoicing.banking.services import mark_unidentified
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.services import reduce
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import set_terms
from tests.conftest import Charges, finance
from tests.frontend.finance.conftest import TODAY
from tests.invoicing.banking.files import lloyds as file_of


@pytest.fixture
def everything(
    charges: Charges, oakfield: Organisation, council: Organisation, bill: Callable[..., list[Document]],
    imported: Callable[[bytes], None], actor: Actor,
) -> None:  # fmt: skip
    charges(oakfield, 10000, on=date(2026, 8, 1), key="late")
    bill(date(2026, 8, 1))
    reduce(source_key="less", of="late", pence=2500, reason="One fewer", on=TODAY, actor=actor)
    set_terms(organisation=council, purchase_order_rule="required", actor=actor)
    charges(council, 700)
    charges(oakfield, 300)
    Charge.objects.filter(pk=charges(oakfield, 50).pk).update(held_reason="In query")
    charges(oakfield, 9999, on=date(2026, 10, 1))
    imported(file_of([(TODAY, "A", 111), (TODAY, "B", 222), (TODAY, "C", -20)]).encode())
    mark_unidentified(line=BankLine.objects.get(description="A"), actor=actor)


def by_page(items: list[dict[str, Any]]) -> dict[str, tuple[str, int]]:
    return {item["href"]: (item["text"], item["pence"]) for item in items}


def test_each_thing_that_waits_has_its_count_sum_and_page(everything: None, partnership: Organisation) -> None:
    assert by_page(waits_for(finance(partnership), TODAY)) == {
        "/finance/bank/current/match": ("Match 2 bank lines of Current account", 202),
        "/finance/bank/unidentified": ("Find who paid 1 unidentified receipt", 111),
        "/finance/invoice-batches?on=2026-09-30": ("Invoice 1 item due today", 300),
        "/finance/invoicing?held=order": ("Get the purchase order for 1 item", 700),
        "/finance/invoicing?held=yes": ("Decide on 1 held item", 50),
        "/finance/credits-due": ("Issue credit notes for 1 credit due", 2500),
        "/finance/reminders": ("Ask for 1 overdue invoice", 12000),
    }


def test_nothing_waits_for_the_auditor_or_an_outsider(everything: None, partnership: Organisation) -> None:
    for role in (Role.AUDITOR, Role.BUYER, Role.ADMINISTRATOR):
        assert waits_for(finance(partnership, role), TODAY) == []


def test_nothing_waits_when_nothing_does(partnership: Organisation) -> None:
    assert waits_for(finance(partnership), TODAY) == []


def test_it_takes_nine_queries_however_much_waits(
    everything: None, partnership: Organisation, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(9):
        waits_for(finance(partnership), TODAY)


def test_every_page_that_it_names_opens(everything: None, partnership: Organisation, priya: Client) -> None:
    for item in waits_for(finance(partnership), TODAY):
        assert priya.get(item["href"]).status_code == 200, item["href"]
