"""Amounts due to providers on finance's pages and in the API."""

import pytest
from django.test import Client

from invoicing.payables.models import Payable
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.api.calling import Program
from tests.conftest import Charges
from tests.frontend.school.visits import signed_in, text_of
from tests.invoicing.books import bill
from tests.invoicing.payables.royalties import add_author, owed_to
from tests.shop import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Priya Officer", role=Role.FINANCE_OFFICER)


@pytest.fixture
def waiting(partnership: Organisation, oakfield: Organisation, charges: Charges) -> Payable:
    """£72.00 that waits for Oakfield to pay, beside £15.00 that is owed."""
    charges(oakfield, 24_000, key="licence:1")
    author = add_author()
    made = owed_to(author, of="licence:1")
    owed_to(author, 1_500, key="prize")
    bill()
    return made


def test_the_list_says_what_is_owed_and_what_waits(officer: Actor, waiting: Payable) -> None:
    browser = signed_in(officer)
    page = text_of(browser.get("/finance/payables"))
    assert "£15.00 is owed; £72.00 waits for customers to pay." in page and "paid in payment batches" in page
    only = text_of(browser.get("/finance/payables?state=waiting&provider=larkfield"))
    assert "£0.00 is owed; £72.00 waits" in only and "Total of all 1 amount" in only
    assert "No amounts match" in text_of(browser.get("/finance/payables?provider=nobody"))
    rows = browser.get("/finance/payables?format=csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 3 and "72.00,0.00,0.00,72.00,6100" in rows[2]


def test_one_opens_its_cause_and_its_entry(officer: Actor, waiting: Payable, oakfield: Organisation) -> None:
    browser = signed_in(officer)
    page = text_of(browser.get(f"/finance/payables/{waiting.pk}"))
    assert "Service 1, Oakfield Primary School" in page and "INV-000001" in page and "Nothing is posted yet" in page
    owed = Payable.objects.get(source_key="prize")
    entry = owed.moves.get().entry_id
    assert f"/finance/ledger/entries/{entry}" in browser.get(f"/finance/payables/{owed.pk}").content.decode()
    assert f"/finance/payables/{owed.pk}" in browser.get(f"/finance/ledger/entries/{entry}").content.decode()


def test_programs_read_the_same_and_others_nothing(
    officer: Actor, waiting: Payable, oakfield: Organisation, actor: Actor
) -> None:
    rows = Program(officer).get("/payables", state="waiting").json()["results"]
    assert [(row["net_pence"], row["owed_pence"], row["waits_for"]) for row in rows] == [(7_200, 0, "licence:1")]
    outsider = person(oakfield, actor)
    assert Program(outsider).get("/payables").status_code == 404
    assert signed_in(outsider).get(f"/finance/payables/{waiting.pk}").status_code == 404
    assert Client().get("/finance/payables").status_code == 302
