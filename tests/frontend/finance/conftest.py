"""A named cast with sign-ins, and a small world of charges, invoices and money for the finance pages."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client

from invoicing.banking.models import BankAccount
from invoicing.banking.services import ensure_bank_account, import_statement
from invoicing.documents.models import Document
from invoicing.services import run_billing
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.people import add_person, give_role
from tests.conftest import START, Charges

TODAY = date(2026, 9, 30)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The pages' own day: 30 September 2026, a Wednesday."""
    with time_machine.travel("2026-09-30 10:00:00+01:00", tick=True):
        yield


def _signed_in(name: str, role: Role, at: Organisation, actor: Actor) -> Client:
    person = add_person(name=name, email=f"{name.split()[0].lower()}@example.org", password=None, actor=actor)
    give_role(person=person, role=role, organisation=at, valid_from=START, actor=actor)
    client = Client()
    client.force_login(person.user)  # type: ignore[arg-type]
    return client


@pytest.fixture
def priya(partnership: Organisation, actor: Actor) -> Client:
    """Our finance officer."""
    return _signed_in("Priya Shah", Role.FINANCE_OFFICER, partnership, actor)


@pytest.fixture
def priya_acts(priya: Client, partnership: Organisation) -> Actor:
    """The officer as the services see her."""
    from marketplace.organisations.services.people import actor_for

    return actor_for(user=Person.objects.get(name="Priya Shah").user, on=TODAY)  # type: ignore[arg-type]


@pytest.fixture
def edith(partnership: Organisation, actor: Actor) -> Client:
    """The auditor."""
    return _signed_in("Edith Marlow", Role.AUDITOR, partnership, actor)


@pytest.fixture
def amira(oakfield: Organisation, actor: Actor) -> Client:
    """A buyer at Oakfield Primary School."""
    return _signed_in("Amira Khan", Role.BUYER, oakfield, actor)


@pytest.fixture
def bill(actor: Actor) -> Callable[..., list[Document]]:
    """Issues what is due and returns the invoices in order."""

    def issue(on: date = date(2026, 9, 1)) -> list[Document]:
        numbers = run_billing(on=on, actor=actor).numbers
        return list(Document.objects.filter(number__in=numbers).order_by("number"))

    return issue


@pytest.fixture
def invoice(charges: Charges, oakfield: Organisation, bill: Callable[..., list[Document]]) -> Document:
    """£120.00 with VAT, of Oakfield, issued on 1 September 2026."""
    charges(oakfield, 10000, steps=["4 places × £25.00"], purchase_order="PO-7")
    [issued] = bill()
    return issued


@pytest.fixture
def lloyds(partnership: Organisation, actor: Actor) -> BankAccount:
    return ensure_bank_account(
        code="current", name="Current account", ledger_account_code="1000", layout="lloyds", sort_code="30-96-26",
        account_number="00123456", actor=actor,
    )  # fmt: skip


@pytest.fixture
def imported(lloyds: BankAccount, actor: Actor) -> Callable[[bytes], None]:
    """Imports a bank file without confirming anything."""

    def read(data: bytes) -> None:
        import_statement(account=lloyds, data=data, file_name="september.csv", confirm_at=None, actor=actor)

    return read
