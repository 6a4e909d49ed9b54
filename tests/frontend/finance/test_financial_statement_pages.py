"""Income and expenditure and the balance sheet: every figure opens the movements that make it, and the files say the same."""

import html
import re
from collections.abc import Callable
from datetime import date

from django.test import Client

from invoicing.documents.models import Document
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.invoicing.closing.months import closed
from tests.shop import person

INCOME, SHEET = "/finance/ledger/income-and-expenditure", "/finance/ledger/balance-sheet"
Bill = Callable[..., list[Document]]


def text_of(client: Client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200, address
    return html.unescape(answer.content.decode())


def test_a_figure_of_a_period_opens_its_own_movements(
    edith: Client, oakfield: Organisation, charges: Charges, bill: Bill
) -> None:
    charges(oakfield, 4_000, on=date(2026, 8, 31))
    charges(oakfield, 10_000, on=date(2026, 9, 1))
    charges(oakfield, 2_500, on=date(2026, 9, 2), stream_code="OT")
    bill(date(2026, 8, 31))
    bill(date(2026, 9, 2))
    page = text_of(edith, INCOME, first="1/9/26", last="30/9/26")
    assert "Income and expenditure, September 2026" in page and "£125.00" in page and "£140.00" not in page
    assert "Schools' subscriptions and traded services: £100.00 of £125.00 income" in page
    found = [link for link in re.findall(r'href="([^"]*accounts/4200[^"]*)"', page) if "source=" in link]
    assert len(found) == 2
    schools = text_of(edith, next(link for link in found if "source=schools" in link))
    assert "Balance before 1 September 2026 £40.00 credit" in schools and "£100.00 credit in these days" in schools
    other = text_of(edith, next(link for link in found if "source=other" in link))
    assert "of one source, Other" in other and "£25.00 credit in these days" in other and "£100.00" not in other
    assert "£40.00 credit" in text_of(edith, "/finance/ledger/accounts/4200", on="31/8/26")


def test_the_balance_sheet_agrees_and_leads_to_the_income_that_made_it(edith: Client, invoice: Document) -> None:
    page = text_of(edith, SHEET, on="30/9/26")
    assert "Net assets £100.00, reserves £100.00: they agree" in page
    assert "no month is closed yet" in page
    [surplus] = re.findall(r'href="([^"]*income-and-expenditure\?first[^"]*)"', page)
    assert "£100.00" in text_of(edith, surplus)
    assert "Free: in no fund" in page
    empty = text_of(edith, SHEET, on="31/8/26")
    assert "Net assets £0.00, reserves £0.00: they agree" in empty and "income-and-expenditure?first" not in empty


def test_files_say_what_the_pages_say(priya: Client, invoice: Document) -> None:
    asked = {"first": "2026-09-01", "last": "2026-09-30", "format": "csv"}
    rows = priya.get(INCOME, asked).content.decode("utf-8-sig").splitlines()
    assert rows[0] == "part,source,code,account,amount,a_year_earlier"
    assert rows[1:] == [
        "income,Schools' subscriptions and traded services,4200,Business services,100.00,0.00",
        "surplus,,,,100.00,0.00",
    ]
    rows = priya.get(SHEET, {"on": "2026-09-30", "format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert "assets,1100,Receivables,120.00" in rows and "liabilities,2200,VAT on sales,20.00" in rows
    assert "net assets,,,100.00" in rows and "of which,,Free reserves,100.00" in rows


def test_a_period_that_cannot_be_is_refused_in_words(priya: Client) -> None:
    for asked, words in (
        ({"first": "1/9/26", "last": "31/8/26"}, "The last day must be on or after the first day"),
        ({"first": "1/9/06", "last": "31/8/26"}, "at most 10 years"),
        ({"first": "31/2/26", "last": "31/8/26"}, "First day must be a real date"),
        ({"first": "1/9/26"}, "Last day"),
    ):
        answer = priya.get(INCOME, asked)
        assert answer.status_code == 400 and words in answer.content.decode(), asked
    wrong = priya.get("/finance/ledger/accounts/4200", {"first": "2/9/26", "on": "1/9/26"})
    assert wrong.status_code == 400 and "To must be on or after From" in wrong.content.decode()
    assert priya.get("/finance/ledger/accounts/1100", {"source": "schools"}).status_code == 200


def test_what_can_still_change_is_said(
    priya: Client, invoice: Document, partnership: Organisation, actor: Actor
) -> None:
    one, other = (person(partnership, actor, role=Role.FINANCE_MANAGER, name=name) for name in ("Mia", "Mo"))
    closed(date(2026, 9, 1), (one, other), on=date(2026, 10, 5))
    assert "These figures can still change" not in text_of(priya, INCOME, first="1/9/26", last="30/9/26")
    assert "These figures can still change" not in text_of(priya, SHEET, on="30/9/26")
    for page in (text_of(priya, INCOME, first="1/9/26", last="1/10/26"), text_of(priya, SHEET, on="1/10/26")):
        assert "These figures can still change: months from 1 October 2026 on are not closed." in page
