"""Finance answers queries, previews and sends reminders, and claims interest as shown."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from frontend.finance.waiting import waits_for
from invoicing.credit_control.models import (
    InvoiceQuery,
    LateClaim,
    LatePaymentPolicy,
    ReferenceRate,
    Reminder,
    ReminderLevel,
    ReminderPause,
)
from invoicing.documents.models import Document
from invoicing.services import (
    credit_invoice,
    load_reference_rate,
    open_query,
    seed_reminder_levels,
    set_late_payment,
)
from marketplace.core.actors import Actor, Role
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.frontend.finance.conftest import TODAY, _signed_in
from tests.frontend.school.visits import hidden_fields, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@pytest.fixture
def late(charges: Charges, oakfield: Organisation, bill: Callable[..., list[Document]]) -> Document:
    """£1,350.00 of Oakfield for a week in July, due on 31 August: 30 days late today."""
    week = Period(date(2026, 7, 6), date(2026, 7, 11))
    charges(oakfield, 112_500, on=date(2026, 8, 1), service=week, description="Leadership consultancy")
    [issued] = bill(date(2026, 8, 1))
    return issued


@pytest.fixture
def query(late: Document, oakfield: Organisation, actor: Actor) -> InvoiceQuery:
    return open_query(document=late, organisation=oakfield, text="We had <two> days.", at=timezone.now(), actor=actor)


@pytest.fixture
def marta(partnership: Organisation, actor: Actor) -> Client:
    """Our finance manager."""
    return _signed_in("Marta Levy", Role.FINANCE_MANAGER, partnership, actor)


@pytest.fixture
def levels(partnership: Organisation) -> None:
    seed_reminder_levels()


def at(name: str, **keys: object) -> str:
    return reverse(name, kwargs=keys)


def test_a_query_waits_is_answered_and_waits_no_longer(priya: Client, priya_acts: Actor, query: InvoiceQuery) -> None:
    [wait] = [one for one in waits_for(priya_acts, TODAY) if "query" in one["text"]]
    assert (wait["text"], wait["pence"]) == ("Answer 1 query of invoices", 135_000)
    listed = text_of(priya.get(wait["href"]))
    assert "Q-000001" in listed and "1 query, £1,350.00 in query with VAT" in listed and "To answer" in listed
    page = priya.get(at("finance-query", number="Q-000001"))
    assert (
        "We had &lt;two&gt; days." in page.content.decode()
        and "in query with VAT, not reminded of £1,350.00" in text_of(page)
    )
    answered = priya.post(at("finance-query", number="Q-000001"), {"text": "The record\nsays three.", "do": "answer"})
    assert answered.status_code == 302
    page = priya.get(at("finance-query", number="Q-000001"))
    assert "The record<br>says three." in page.content.decode() and "Priya Shah" in text_of(page)
    assert not [one for one in waits_for(priya_acts, TODAY) if "query" in one["text"]]


def test_an_empty_answer_is_refused_and_credited_needs_a_credit_note(
    priya: Client, query: InvoiceQuery, late: Document, actor: Actor
) -> None:
    address = at("finance-query", number=query.number)
    empty = priya.post(address, {"text": " ", "do": "answer"})
    assert empty.status_code == 400 and "Enter your answer" in text_of(empty)
    refused = priya.post(address, {"text": "", "do": "credited"})
    assert refused.status_code == 409 and "Issue the credit note first" in text_of(refused)
    assert query.messages.count() == 1
    credit_invoice(invoice=late, amounts={late.lines.get().pk: 100}, reason="A day", on=TODAY, actor=actor)
    assert priya.post(address, {"text": "", "do": "credited"}).status_code == 302
    page = text_of(priya.get(address))
    assert "Credited" in page and "Resolved on 30 September 2026" in page and "Send answer" not in page


def test_the_auditor_reads_a_query_and_a_school_is_told_nothing(
    edith: Client, amira: Client, query: InvoiceQuery, levels: None
) -> None:
    address = at("finance-query", number=query.number)
    page = edith.get(address)
    assert page.status_code == 200 and "Send answer" not in text_of(page)
    assert edith.post(address, {"text": "Hm", "do": "answer"}).status_code == 403
    for path in (address, at("finance-queries"), at("finance-reminders"), at("finance-reminder-settings")):
        assert amira.get(path).status_code == 404


def test_reminders_are_sent_as_shown_and_stand_with_their_letter(priya: Client, late: Document, levels: None) -> None:
    page = priya.get(at("finance-reminders"))
    assert "Send 1 reminder, £1,350.00" in text_of(page) and "Second reminder" in text_of(page)
    sent = priya.post(at("finance-reminders"), hidden_fields(page))
    assert sent.status_code == 302 and Reminder.objects.get().pence == 135_000
    listed = priya.get(at("finance-reminders-sent"))
    assert "1 reminder sent, £1,350.00." in text_of(listed)
    again = priya.post(at("finance-reminders"), hidden_fields(page))
    assert again.status_code == 409 and "Nothing was sent" in text_of(again) and Reminder.objects.count() == 1
    letter = priya.get(at("finance-reminder-letter", pk=Reminder.objects.get().pk))
    assert letter["Content-Type"] == "application/pdf" and letter.content.startswith(b"%PDF")
    assert priya.get(at("finance-reminders-sent") + "?format=csv").content.decode().count("1350.00") == 1


def test_what_came_into_query_since_is_not_asked_for(
    priya: Client, late: Document, levels: None, oakfield: Organisation, actor: Actor
) -> None:
    page = priya.get(at("finance-reminders"))
    open_query(document=late, organisation=oakfield, text="Why?", at=timezone.now(), actor=actor)
    refused = priya.post(at("finance-reminders"), hidden_fields(page))
    assert refused.status_code == 409 and not Reminder.objects.exists()
    assert "Left out" in text_of(refused) and "All of it is in query" in text_of(refused)


def test_a_pause_is_shown_with_its_reason_and_ends(
    priya: Client, late: Document, levels: None, oakfield: Organisation
) -> None:
    address = at("finance-reminder-pause", number=oakfield.number)
    assert priya.post(address, {"last": "1/9/26", "reason": "Later"}).status_code == 409
    assert priya.post(address, {"last": "31/10/26", "reason": "New bursar from October"}).status_code == 302
    assert ReminderPause.objects.get().until_on == date(2026, 11, 1)
    assert "New bursar from October" in text_of(priya.get(at("finance-customer", number=oakfield.number)))
    assert "Paused" in text_of(priya.get(at("finance-reminders")))
    assert priya.post(address, {"end": "1"}).status_code == 302
    assert "Send 1 reminder" in text_of(priya.get(at("finance-reminders")))


def test_interest_to_date_says_why_and_is_claimed_once(
    priya: Client, late: Document, oakfield: Organisation, actor: Actor
) -> None:
    address = at("finance-late-payment", number=oakfield.number)
    assert "1 July 2026 is not loaded" in text_of(priya.get(address))
    load_reference_rate(half_from=date(2026, 7, 1), rate=Decimal("0.0375"), actor=actor)
    off = text_of(priya.get(address))
    # 1,350.00 × 0.1175 × 30 / 365 = 13.0376
    assert "interest to date, not claimed £13.04" in off
    assert "£1,350.00 × 11.75% × 30 days / 365" in off and "turned off" in off and "Claim £" not in off
    set_late_payment(from_on=TODAY, claims=True, actor=actor)
    page = priya.get(address)
    assert "Claim £13.04 + £70.00" in text_of(page)
    assert priya.post(address, hidden_fields(page)).status_code == 302
    again = priya.post(address, hidden_fields(page))
    assert again.status_code == 409 and "changed since you looked" in text_of(again)
    claim = LateClaim.objects.get()
    assert (claim.interest_pence, claim.fixed_pence) == (1_304, 7_000)


def test_a_manager_sets_levels_switch_and_rates_and_an_officer_reads_them(
    priya: Client, marta: Client, partnership: Organisation
) -> None:
    address = at("finance-reminder-settings")
    assert "Make the three usual levels" not in text_of(priya.get(address))
    assert priya.post(address, {"do": "levels"}).status_code == 409 and not ReminderLevel.objects.exists()
    assert marta.post(address, {"do": "levels"}).status_code == 302
    assert list(ReminderLevel.objects.order_by("position").values_list("days_after", flat=True)) == [7, 21, 45]
    assert marta.post(address, {"do": "switch", "claims": "yes", "from_on": "1/10/26"}).status_code == 302
    assert LatePaymentPolicy.objects.get().claims
    assert marta.post(address, {"do": "rate", "half_from": "2026-07-01", "rate": "3.75"}).status_code == 302
    assert ReferenceRate.objects.get().rate == Decimal("0.0375")
    for wrong in ({"do": "switch"}, {"do": "rate", "half_from": "2026-08-01", "rate": "4"}):
        assert marta.post(address, wrong).status_code == 400
    level = at("finance-reminder-level", position=1)
    given = {"name": "First", "days_after": "10", "words": "Pay now.", "channel": "email", "copied_to": "nobody", "minimum_pence": "5.00", "used": "on"}  # fmt: skip
    assert marta.post(level, given | {"days_after": "30"}).status_code == 409
    assert marta.post(level, given).status_code == 302
    assert (ReminderLevel.objects.get(position=1).days_after, ReminderLevel.objects.get(position=1).minimum_pence) == (10, 500)  # fmt: skip
    assert priya.post(level, given).status_code == 409
    assert marta.get(at("finance-reminder-level", position=9)).status_code == 404


def test_the_lists_ask_the_same_whatever_their_length(
    priya: Client, late: Document, oakfield: Organisation, council: Organisation, charges: Charges, actor: Actor,
    bill: Callable[..., list[Document]], levels: None, django_assert_max_num_queries: Callable[..., object],
) -> None:  # fmt: skip
    charges(council, 5_000, on=TODAY - timedelta(days=60))
    bill(TODAY - timedelta(days=60))
    with django_assert_max_num_queries(18):  # type: ignore[attr-defined]
        assert "Send 2 reminders" in text_of(priya.get(at("finance-reminders")))
