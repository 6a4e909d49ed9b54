"""Help with services on both sides: asked with the words of the promise, answered, resolved, missed, given back."""

import re
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from invoicing.receivables.models import Reduction
from marketplace.core import outbox
from marketplace.core.models import Delivery, StoredFile
from marketplace.core.wording import LONDON
from marketplace.messaging.models import Message
from marketplace.organisations.models import Person
from subscriptions.models import ServiceCredit, Ticket
from subscriptions.services import mark_missed, open_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
ASKED = {"priority": "P2", "subject": "Payslips do not open", "text": "Nobody gets theirs."}
DESK = "/organise/service-desk"


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def deliver() -> None:
    Delivery.objects.update(next_at=timezone.now())  # the database's own clock goes on
    while outbox.deliver():
        pass
    assert list(Delivery.objects.exclude(last_error="").values_list("handler", "last_error")) == []


def at(clock, day: int, hour: int, minute: int = 0) -> datetime:
    moment = datetime(2026, 6, day, hour, minute, tzinfo=LONDON)
    clock.move_to(moment)
    return moment


@pytest.fixture
def base(oakfield) -> str:
    return f"/customer/{oakfield.number}/help"


@pytest.fixture
def ticket(oakfield, payroll, sam_acts) -> Ticket:
    return open_ticket(
        organisation=oakfield, line=payroll, at=datetime(2026, 6, 15, 9, tzinfo=LONDON), actor=sam_acts, **ASKED
    )


def test_a_school_asks_in_the_words_of_the_promise_and_reads_by_when_we_answer(sam, base, payroll, oakfield):
    assert "No tickets yet" in words(sam.get(base))
    assert "Choose what you need help with" in words(sam.get(f"{base}/new?service="))
    page = words(sam.get(f"{base}/new?service={payroll.pk}-{oakfield.pk}"))
    assert "Answered within 1 working hour, put right within 8 working hours" in page
    assert "No time is promised for this" in page and "8:30am to 4:30pm, Monday to Friday" in page
    sent = sam.post(f"{base}/new?service={payroll.pk}-{oakfield.pk}", ASKED, follow=True)
    assert "TK-000001 is sent. We answer by 10am today." in words(sent)
    assert "We answer by 10am today" in words(sam.get(base))
    assert Ticket.objects.get().line == payroll


def test_what_is_wrong_in_the_form_is_said_and_what_was_typed_stays(sam, base, payroll, oakfield):
    address = f"{base}/new?service={payroll.pk}-{oakfield.pk}"
    refused = sam.post(address, ASKED | {"subject": "", "text": "Half a payslip"})
    assert refused.status_code == 400
    assert "Enter what it is about" in words(refused) and "Half a payslip" in refused.content.decode()
    bad = SimpleUploadedFile("run.pdf", b"MZ\x90\x00\x03")
    assert sam.post(address, ASKED | {"file": bad}).status_code == 400
    assert not Ticket.objects.exists() and not StoredFile.objects.exists()


def test_something_that_no_service_covers_is_asked_too(sam, base, payroll, oakfield):
    sent = sam.post(f"{base}/new?service=0-{oakfield.pk}", ASKED, follow=True)
    assert "We answer as soon as we can" in words(sent)
    assert (Ticket.objects.get().line, Ticket.objects.get().fix_due_at) == (None, None)


def test_the_ticket_goes_to_and_fro_on_the_pages_of_both_sides(sam, olga, base, ticket, clock):
    own, ours = f"{base}/{ticket.number}", f"{DESK}/{ticket.number}"
    at(clock, 15, 9, 30)
    file = SimpleUploadedFile("how.txt", b"Open the link twice.\n")
    asked = olga.post(ours, {"do": "ask", "text": "Which month?", "file": file}, follow=True)
    assert "Asked. The clock stands until Oakfield Primary School answers." in words(asked)
    page = words(sam.get(own))
    assert "Waiting for your answer" in page and "Which month?" in page and "Download how.txt" in page
    assert "Olga" not in page
    assert "Answer our question about TK-000001" in words(sam.get("/"))
    at(clock, 15, 11, 30)
    assert "We put it right by 11am tomorrow" in words(sam.post(own, {"do": "reply", "text": "June"}, follow=True))
    olga.post(ours, {"do": "note", "text": "The supplier knows"})
    assert "The supplier knows" in words(olga.get(ours)) and "The supplier knows" not in words(sam.get(own))
    olga.post(ours, {"do": "resolve", "text": "Mended"})
    assert "Resolved on 15 Jun 2026" in words(sam.get(own))
    assert "is open again" in words(sam.post(own, {"do": "reopen", "text": "Not for Ann"}, follow=True))
    assert "TK-000001 is closed" in words(sam.post(own, {"do": "close", "text": ""}, follow=True))
    assert Ticket.objects.get().state == "closed" and not Ticket.objects.get().missed.exists()


def test_the_queue_shows_what_is_due_first_and_is_narrowed(olga, sam_acts, oakfield, payroll, ticket, clock):
    open_ticket(organisation=oakfield, line=None, at=at(clock, 15, 9), actor=sam_acts, **ASKED | {"priority": "P4"})
    at(clock, 15, 10, 30)
    page = words(olga.get(DESK))
    assert page.index("TK-000001") < page.index("TK-000002")
    assert "overdue 1" in page and "10am today" in page and "No time promised" in page and "2 tickets" in page
    for query, count in (
        ("priority=P4", 1),
        ("given=mine", 0),
        ("given=nobody", 2),
        ("show=over", 0),
        ("q=payroll", 1),
    ):
        assert f"{count} ticket" in words(olga.get(f"{DESK}?{query}")), query
    assert b"TK-000001,Oakfield Primary School,Payroll" in olga.get(f"{DESK}?format=csv").content
    assert "Help with 2 tickets of schools" in words(olga.get("/"))


def test_a_ticket_is_given_to_a_colleague(olga, fay, ticket):
    whom = Person.objects.get(name="Fay Finance")
    given = olga.post(f"{DESK}/{ticket.number}", {"do": "give", "person": str(whom.pk)}, follow=True)
    assert "TK-000001 is given to Fay Finance." in words(given)
    assert "1 ticket" in words(fay.get(f"{DESK}?given=mine"))


def test_a_missed_promise_is_shown_to_the_school_and_finance_gives_a_tenth_of_the_month_back(
    sam, olga, fay, mo, base, ticket, actor, clock
):
    mark_missed(at=at(clock, 15, 10, 30), actor=actor)
    page = words(sam.get(f"{base}/{ticket.number}"))
    assert "We were to answer by 10am today" in page and "£12.00 is proposed to come back" in page
    address = f"/finance/service-credits/{ServiceCredit.objects.get().pk}"
    assert "Decide on 1 service credit" in words(mo.get("/"))
    assert "1 credit, £10.00 before VAT" in words(mo.get("/finance/service-credits"))
    shown = words(mo.get(address))
    assert "10% of £100.00" in shown and "Give back £12.00" in shown and "comes off the item to invoice" in shown
    assert fay.post(address, {"do": "approve"}).status_code in (400, 403)
    assert mo.post(address, {"do": "waive", "reason": ""}).status_code == 400
    assert not Reduction.objects.exists()
    assert "£12.00 comes back to Oakfield Primary School." in words(mo.post(address, {"do": "approve"}, follow=True))
    assert mo.post(address, {"do": "approve"}).status_code == 400
    assert Reduction.objects.get().pence == 1_000
    assert "£12.00 comes back for the missed promise" in words(sam.get(f"{base}/{ticket.number}"))
    assert (
        b"TK-000001,Oakfield Primary School,Payroll,2026-06-01,100.00"
        in mo.get("/finance/service-credits?show=all&format=csv").content
    )
    assert olga.get(address).status_code == 404


def test_how_the_promises_were_kept_by_month_and_service(olga, ticket, sam_acts, oakfield, payroll, actor, clock):
    olga.post(f"{DESK}/{ticket.number}", {"do": "resolve", "text": "Mended"})
    open_ticket(organisation=oakfield, line=payroll, at=at(clock, 15, 9, 5), actor=sam_acts, **ASKED)
    mark_missed(at=at(clock, 18, 9), actor=actor)
    page = words(olga.get("/organise/promises-kept"))
    assert "50% put right within the promise" in page and "June 2026" in page
    assert b"2026-06,Payroll,2,2,1,50,2,1,50" in olga.get("/organise/promises-kept?format=csv").content
    assert "No tickets in this year" in words(olga.get("/organise/promises-kept?year=2024"))


def test_nobody_else_is_told_that_there_is_a_desk_or_another_school_s_ticket(sam, outsider, base, ticket, client):
    for address in (DESK, f"{DESK}/{ticket.number}", "/organise/promises-kept"):
        assert sam.get(address).status_code == 404
        assert client.get(address).status_code == 302
    for address in (base, f"{base}/new", f"{base}/{ticket.number}"):
        assert outsider.get(address).status_code == 404
    assert outsider.post(f"{base}/{ticket.number}", {"do": "close"}).status_code == 404
    assert Ticket.objects.get().state == "open"


def test_the_school_is_told_by_e_mail_what_we_did_and_the_desk_what_is_overdue(olga, ticket, actor, clock):
    deliver()
    assert [one.state for one in Message.objects.filter(topic="desk")] == ["held"]
    mark_missed(at=at(clock, 15, 10, 30), actor=actor)
    olga.post(f"{DESK}/{ticket.number}", {"do": "resolve", "text": "Mended for everybody"})
    deliver()
    told = {one.topic: one for one in Message.objects.order_by("pk")}
    assert "Overdue: ticket TK-000001" in told["desk"].subject
    assert "Resolved: ticket TK-000001 of 15 June 2026" in told["tickets"].subject
    assert "Mended for everybody" not in told["tickets"].plain
