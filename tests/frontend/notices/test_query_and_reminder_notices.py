"""Each side is told of its turn without what was written; a reminder brings the statement, and copies by its level."""

from datetime import date

import pytest
from django.utils import timezone

from frontend.notices.topics import QUERIES, REMINDERS
from invoicing.credit_control.models import InvoiceQuery, ReminderLevel
from invoicing.credit_control.services.reminders import mark_of
from invoicing.documents.models import Document
from invoicing.services import (
    open_query,
    propose_reminders,
    resolve_query,
    run_billing,
    seed_reminder_levels,
    send_reminders,
    write_message,
)
from marketplace.core.actors import Role
from marketplace.messaging import references
from tests.shop import person

pytestmark = pytest.mark.django_db
ON, LATE = date(2026, 9, 1), date(2026, 10, 8)


@pytest.fixture
def invoice(school, charges, actor) -> Document:
    charges(school, 10_000, on=ON)
    run_billing(on=ON, actor=actor)
    return Document.objects.get(customer=school)


@pytest.fixture
def priya(partnership, actor):  # type: ignore[no-untyped-def]
    return person(partnership, actor, name="Priya Shah", role=Role.FINANCE_OFFICER, on=ON)


def test_each_side_is_told_when_it_is_its_turn(invoice, school, sam, priya, post):
    query = open_query(document=invoice, organisation=school, text="Secret words", at=timezone.now(), actor=sam)
    write_message(query=query, text="Other secret words", at=timezone.now(), actor=priya)
    write_message(query=query, text="More", at=timezone.now(), actor=sam)
    resolve_query(query=query, outcome="withdrawn", at=timezone.now(), actor=sam)
    told = [(message.person.name, message.subject) for message in post(QUERIES)]
    assert told == [
        ("Priya Shah", f"Answer a new query: Q-000001 on invoice {invoice.number} of 1 September 2026"),
        (InvoiceQuery.objects.get().opened_by.name, f"Read the answer to your query: Q-000001 on invoice {invoice.number} of 1 September 2026"),
        ("Priya Shah", f"Answer a query again: Q-000001 on invoice {invoice.number} of 1 September 2026"),
        ("Priya Shah", f"Resolved on 1 September 2026: Q-000001 on {invoice.number}, withdrawn"),
    ]  # fmt: skip
    for message in post(QUERIES):
        assert "ecret words" not in message.plain + message.html
        assert "/queries/Q-000001" in message.plain


def test_a_reminder_goes_out_with_the_statement_and_copies(invoice, school, sam, priya, actor, post):
    head = person(school, actor, name="Ruth Head", role=Role.APPROVER, on=ON)
    seed_reminder_levels()
    ReminderLevel.objects.filter(position=1).update(copied_to="approvers")
    [proposed] = propose_reminders(on=LATE).reminders
    send_reminders(on=LATE, shown={school.pk: mark_of(proposed)}, actor=priya)
    messages = post(REMINDERS)
    assert {message.person_id for message in messages} == {sam.person_id, head.person_id}
    first = messages[0]
    assert first.subject.startswith("Pay now: £120.00 overdue on 8 October 2026")
    assert invoice.number in first.plain and "?show=overdue" in first.plain
    attached = references.attachment(first.attachments[0])
    assert attached.name.startswith("statement-") and attached.content.startswith(b"%PDF")
