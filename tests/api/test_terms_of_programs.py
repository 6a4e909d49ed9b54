"""How a customer is invoiced, read and changed by programs of finance; everybody else is told nothing."""

import pytest

from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import terms_of
from tests.api.calling import Program
from tests.conftest import Charges
from tests.shop import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(partnership: Organisation, actor: Actor) -> Program:
    return Program(person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER))


@pytest.fixture
def terms(oakfield: Organisation) -> str:
    return f"/customers/{oakfield.number}/terms"


def test_terms_are_read_and_some_of_them_changed(officer: Program, terms: str, oakfield: Organisation) -> None:
    before = officer.get(terms).json()
    assert (before["payment_days"], before["invoice_grouping"], before["invoice_to"]) == (30, "purchase_order", None)
    changes = {"invoice_grouping": "school", "invoice_rhythm": "monthly", "payer_reference_name": " Cost code "}
    changed = officer.send("PATCH", terms, changes)
    assert changed.status_code == 200, changed.content
    assert changed.json() == before | changes | {"payer_reference_name": "Cost code", "moved": 0}
    assert officer.get(terms).json() == before | changes | {"payer_reference_name": "Cost code"}
    event = Event.objects.get(kind="terms.changed")
    assert event.payload["after"]["invoice_grouping"] == "school"


def test_waiting_items_follow_a_new_payer_only_when_told_to(
    officer: Program, terms: str, oakfield: Organisation, council: Organisation, charges: Charges
) -> None:
    charges(oakfield, 5_000)
    assert officer.send("PATCH", terms, {"invoice_to": council.number}).json()["moved"] == 0
    assert Charge.objects.get().invoice_to == oakfield
    assert officer.send("PATCH", terms, {"invoice_to": None}).json()["invoice_to"] is None
    moved = officer.send("PATCH", terms, {"invoice_to": council.number, "move_waiting": True}).json()
    assert (moved["invoice_to"], moved["moved"]) == (council.number, 1)
    assert Charge.objects.get().invoice_to == council


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "at least one of the terms"),
        ({"invoice_to": "ORG-999999"}, "There is no customer ORG-999999"),
        ({"invoice_to": "itself"}, "is invoiced itself when nobody else is named"),
        ({"payment_days": 121}, "120"),
        ({"invoice_grouping": "weekly"}, "weekly"),
        ({"payer_reference_name": "\u0007"}, "payer_reference_name"),
    ],
)
def test_what_cannot_be_changes_nothing(
    officer: Program, terms: str, oakfield: Organisation, changes: dict[str, object], said: str
) -> None:
    asked = {name: oakfield.number if value == "itself" else value for name, value in changes.items()}
    refused = officer.send("PATCH", terms, {**asked})
    assert refused.status_code in (400, 409) and said in refused.content.decode(), refused.content
    assert terms_of(oakfield).pk is None or not Event.objects.filter(kind="terms.changed").exists()


def test_the_auditor_reads_and_others_are_told_nothing(
    partnership: Organisation, oakfield: Organisation, actor: Actor, terms: str
) -> None:
    auditor = Program(person(partnership, actor, name="Arun Auditor", role=Role.AUDITOR))
    assert auditor.get(terms).json()["payment_days"] == 30
    assert auditor.send("PATCH", terms, {"payment_days": 60}).status_code == 403
    buyer = Program(person(oakfield, actor, name="Sam Buyer"))
    assert buyer.get(terms).status_code == 404
    assert buyer.send("PATCH", terms, {"payment_days": 60}).status_code == 404
    assert not Event.objects.filter(kind="terms.changed").exists()
