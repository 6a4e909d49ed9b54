"""Programs of a named cast: our finance officer and auditor, a school's buyer, and an outsider from another school."""

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone

from invoicing.banking.models import BankAccount
from invoicing.banking.services import ensure_bank_account
from invoicing.documents.models import Document
from invoicing.services import run_billing
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.api.calling import Program
from tests.conftest import START, Charges
from tests.shop import person

BILLED = date(2026, 8, 1)


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def officer(partnership: Organisation, actor: Actor) -> Program:
    return Program(person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER))


@pytest.fixture
def auditor(partnership: Organisation, actor: Actor) -> Program:
    return Program(person(partnership, actor, name="Arun Auditor", role=Role.AUDITOR))


@pytest.fixture
def school_buyer(oakfield: Organisation, actor: Actor) -> Program:
    return Program(person(oakfield, actor, name="Sam Buyer"))


@pytest.fixture
def elm_park(partnership: Organisation, actor: Actor) -> Organisation:
    return add_organisation(kind=Organisation.Kind.OTHER, name="Elm Park Infant School", valid_from=START, actor=actor)


@pytest.fixture
def outsider(elm_park: Organisation, actor: Actor) -> Program:
    return Program(person(elm_park, actor, name="Olive Outsider"))


@pytest.fixture
def bank(partnership: Organisation, actor: Actor) -> BankAccount:
    return ensure_bank_account(
        code="current",
        name="Current account",
        ledger_account_code="1000",
        layout="lloyds",
        sort_code="30-96-26",
        account_number="00123456",
        actor=actor,
    )


@pytest.fixture
def invoiced(charges: Charges, actor: Actor) -> Callable[..., Document]:
    """``invoiced(oakfield, 14_000)``: an issued invoice of so many pence before VAT (20%), one line for each amount."""

    def issue(customer: Organisation, *amounts: int) -> Document:
        for pence in amounts:
            charges(customer, pence, on=BILLED)
        [number] = run_billing(on=BILLED, actor=actor).numbers
        return Document.objects.get(number=number)

    return issue
