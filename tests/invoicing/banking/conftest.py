"""A bank account, invoices to pay, and the people who work with the bank."""

from collections.abc import Callable
from datetime import date

import pytest

from invoicing.banking.models import BankAccount
from invoicing.banking.services import ensure_bank_account
from invoicing.documents.models import Document
from invoicing.services import run_billing
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import START, Charges, finance

BILLED = date(2026, 8, 1)


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
def priya(partnership: Organisation) -> Actor:
    """Our finance officer."""
    return finance(partnership)


@pytest.fixture
def auditor(partnership: Organisation) -> Actor:
    return finance(partnership, Role.AUDITOR, person_id=9002)


@pytest.fixture
def elm_park(partnership: Organisation, actor: Actor) -> Organisation:
    return add_organisation(kind=Organisation.Kind.OTHER, name="Elm Park Infant School", valid_from=START, actor=actor)


@pytest.fixture
def invoiced(charges: Charges, actor: Actor) -> Callable[..., Document]:
    """``invoiced(oakfield, 14_000)``: an issued invoice of so many pence before VAT (20%)."""

    def issue(customer: Organisation, pence: int, **more: object) -> Document:
        charges(customer, pence, on=BILLED, **more)
        report = run_billing(on=BILLED, actor=actor)
        [number] = report.numbers
        return Document.objects.get(number=number)

    return issue
