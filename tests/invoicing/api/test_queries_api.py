"""Queries and reminders for programs: asking on lines, answering, ending; outsiders are told nothing."""

from collections.abc import Callable
from datetime import date

import pytest

from invoicing.credit_control.models import InvoiceQuery
from invoicing.credit_control.services.reminders import mark_of
from invoicing.documents.models import Document
from invoicing.services import propose_reminders, run_billing, seed_reminder_levels, send_reminders
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.api.calling import Program
from tests.conftest import Charges
from tests.invoicing.api.conftest import BILLED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
Invoiced = Callable[..., Document]


@pytest.fixture
def invoice(invoiced: Invoiced, oakfield: Organisation) -> Document:
    return invoiced(oakfield, 10_000, 20_000)


def ask(program: Program, invoice: Document, **more: object):  # type: ignore[no-untyped-def]
    return program.send("POST", f"/invoices/{invoice.number}/queries", {"text": "Two days, not three."} | more)


def test_a_program_asks_and_finance_answers_and_the_school_ends_it(
    school_buyer: Program, officer: Program, invoice: Document, oakfield: Organisation
) -> None:
    asked = ask(school_buyer, invoice, positions=[2])
    assert asked.status_code == 201
    told = asked.json()
    gross = sum(invoice.lines.filter(position=2).values_list("net_pence", "vat_pence")[0])
    assert (told["number"], told["state"], told["positions"]) == ("Q-000001", "open", [2])
    assert (told["asked_by"], told["in_query_pence"]) == (oakfield.number, gross)
    answered = officer.send("POST", "/queries/Q-000001/messages", {"text": "The record says three."})
    assert answered.status_code == 201 and answered.json()["state"] == "answered"
    refused = officer.send("POST", "/queries/Q-000001/resolution", {"outcome": "credited"})
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_credited")
    ended = school_buyer.send("POST", "/queries/Q-000001/resolution", {"outcome": "agreed", "text": "Found it."}).json()
    assert (ended["state"], ended["outcome"], ended["in_query_pence"]) == ("resolved", "agreed", 0)
    assert [one["side"] for one in ended["messages"]] == ["customer", "finance", "customer"]
    again = school_buyer.send("POST", "/queries/Q-000001/messages", {"text": "More"})
    assert (again.status_code, again.json()["code"]) == (409, "query_is_resolved")


def test_lists_show_ones_own_and_filter(
    school_buyer: Program, outsider: Program, auditor: Program, invoice: Document
) -> None:
    ask(school_buyer, invoice)
    for program in (school_buyer, auditor):
        assert [row["number"] for row in program.get("/queries").json()["results"]] == ["Q-000001"]
        assert program.get("/queries", state="answered").json()["results"] == []
    assert outsider.get("/queries").json()["results"] == []
    assert outsider.get("/queries/Q-000001").status_code == 404
    assert outsider.send("POST", "/queries/Q-000001/messages", {"text": "x"}).status_code == 404
    assert auditor.send("POST", "/queries/Q-000001/messages", {"text": "x"}).status_code == 403


def test_what_is_not_ones_own_cannot_be_asked_about(
    school_buyer: Program, outsider: Program, officer: Program, invoice: Document, oakfield: Organisation
) -> None:
    assert ask(outsider, invoice).status_code == 404
    assert ask(outsider, invoice, organisation=oakfield.number).status_code == 404
    assert ask(officer, invoice).status_code == 404
    wrong = ask(school_buyer, invoice, positions=[7])
    assert wrong.status_code == 400 and "has no line 7" in wrong.json()["message"]
    assert not InvoiceQuery.objects.exists()


def test_a_receiver_asks_about_its_own_line_of_anothers_invoice(
    outsider: Program, charges: Charges, oakfield: Organisation, elm_park: Organisation, actor: Actor
) -> None:
    charges(oakfield, 5_000, on=BILLED)
    charges(oakfield, 7_000, on=BILLED, consumer=elm_park)
    [number] = run_billing(on=BILLED, actor=actor).numbers
    invoice = Document.objects.get(number=number)
    assert outsider.get(f"/invoices/{number}").status_code == 404
    own = invoice.lines.get(consumer=elm_park).position
    assert ask(outsider, invoice).json()["positions"] == [own]
    others = invoice.lines.get(consumer=oakfield).position
    assert ask(outsider, invoice, positions=[others]).status_code == 400


def test_reminders_are_listed_for_whom_they_were_sent(
    school_buyer: Program, outsider: Program, officer: Program, invoice: Document, oakfield: Organisation, actor: Actor
) -> None:
    seed_reminder_levels()
    on = date(2026, 9, 30)
    [proposed] = propose_reminders(on=on).reminders
    send_reminders(on=on, shown={oakfield.pk: mark_of(proposed)}, actor=actor)
    [row] = school_buyer.get("/reminders").json()["results"]
    assert row | {"id": 0} == {
        "id": 0, "customer": oakfield.number, "sent_on": "2026-09-30", "level": "Second reminder", "sent_by": "email",
        "pence": 36_000, "in_query_pence": 0,
    }  # fmt: skip
    assert outsider.get("/reminders").json()["results"] == []
    assert len(officer.get("/reminders", customer=oakfield.number).json()["results"]) == 1
