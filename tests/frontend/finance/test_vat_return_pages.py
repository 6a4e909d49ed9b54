"""The pages of VAT returns: one person prepares, another locks, the boxes leave as a file, the receipt is recorded."""

import pytest
import time_machine
from django.test import Client

from invoicing.vat_returns.models import VatReturn
from marketplace.core.actors import Role
from marketplace.organisations.services.people import add_person, give_role
from tests.conftest import START
from tests.frontend.finance.test_finance_journals import text_of

pytestmark = pytest.mark.django_db
LIST, PAGE = "/finance/vat-returns", "/finance/vat-returns/2026-09"


@pytest.fixture(autouse=True)
def october(today):
    with time_machine.travel("2026-10-05 10:00:00+01:00", tick=True):
        yield


@pytest.fixture
def morgan(partnership, actor) -> Client:
    """Our finance manager."""
    person = add_person(name="Morgan Ellis", email="morgan@example.org", password=None, actor=actor)
    give_role(person=person, role=Role.FINANCE_MANAGER, organisation=partnership, valid_from=START, actor=actor)
    client = Client()
    client.force_login(person.user)
    return client


def prepare(client: Client, first: str = "2026-07", last: str = "2026-09") -> str:
    return text_of(client.post(LIST, {"first": first, "last": last}, follow=True))


def do(client: Client, what: str, **more: str) -> str:
    return text_of(client.post(PAGE, {"do": what, **more}, follow=True))


def test_a_return_is_prepared_locked_and_sent(invoice, priya, morgan, edith):
    assert "No return is made here yet" in text_of(priya.get(LIST))
    told = prepare(priya)
    assert "VAT return July to September 2026" in told
    assert "You prepared it, so a finance manager who is not you locks it. It is due by 7 November 2026." in told
    assert 'value="lock"' not in priya.get(PAGE).content.decode()
    assert "Lock the VAT return July to September 2026" in text_of(morgan.get("/"))
    net = invoice.vat_pence
    assert 'value="lock"' in morgan.get(PAGE).content.decode()
    told = do(morgan, "lock", net=str(net - 1))
    assert "The figures changed since you looked" in told
    told = do(morgan, "lock", net=str(net))
    assert "The return is locked. Download its boxes" in told
    rows = priya.get(f"{PAGE}?format=csv").content.decode().splitlines()
    assert (
        rows[1] == f"1,vatDueSales,{net // 100}.{net % 100:02d}"
        and rows[6] == f"6,totalValueSalesExVAT,{invoice.net_pence // 100}"
    )
    assert f",invoice,Invoice {invoice.number}" in priya.get(f"{PAGE}?format=entries").content.decode()
    told = do(priya, "sent", sent_on="5/10/26", receipt="")
    assert "Enter the number that HMRC answered" in told
    told = do(priya, "sent", sent_on="6/10/26", receipt="163482097415")
    assert "The day must be from 1 October 2026, when the period was over, to today." in told
    told = do(priya, "sent", sent_on="5/10/26", receipt="163482097415")
    assert "Sent to HMRC on 5 October 2026, receipt 163482097415." in told
    page = edith.get(PAGE).content.decode()
    assert "What box 6 is made of" in page and 'value="lock"' not in page
    assert edith.post(PAGE, {"do": "withdraw"}).status_code == 403


def test_one_taken_back_is_gone_and_wrong_months_are_refused(invoice, priya):
    prepare(priya)
    assert "is taken back. Nothing was posted." in do(priya, "withdraw")
    assert priya.get(PAGE).status_code == 404
    assert "whole months" in prepare(priya, "2026-09", "2026-08")
    assert VatReturn.objects.filter(state="prepared").count() == 0


def test_a_button_that_is_none_is_refused_in_words(invoice, priya, morgan):
    prepare(priya)
    assert "Choose what to do with the return" in do(morgan, "burn")
    assert "Look at the figures again" in do(morgan, "lock", net="x")
