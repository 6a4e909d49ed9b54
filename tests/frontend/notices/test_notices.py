"""Who is told what, and what each e-mail says: verb, date, thing, sum in the subject, no person's name."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from catalogue.models import Offer
from frontend.notices.documents import document_issued
from marketplace.core import events, outbox
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Delivery, Event, Job
from marketplace.messaging import references
from marketplace.messaging.models import Message, NotificationAddress
from marketplace.messaging.services import choose, set_notification_address
from marketplace.organisations.models import CustomerTerms, Organisation, Person
from marketplace.organisations.services.registry import set_terms
from marketplace.trading.models import Booking
from marketplace.trading.services import cancel_booking
from tests.frontend.school.conftest import Buying
from tests.shop import Shop, person

pytestmark = pytest.mark.django_db
Post = Callable[[str], list[Message]]
ON = date(2026, 9, 1)


def test_the_buyer_is_told_what_was_ordered_without_who_comes(
    buying: Buying, course: Offer, sam: Actor, post: Post
) -> None:
    buying.add(course, 2, delegates=["Amina Birch", "Noor Gill"])
    order = buying.order()
    [made] = post("orders")
    assert made.subject == (
        "Ordered on 1 September 2026: Safeguarding for new leaders, 24 March 2027, Tidewell "
        f"for {order.organisation.name}, £280.00"
    )
    assert made.person_id == sam.person_id and made.to.startswith("sam.buyer")
    assert f"Order: {order.number}" in made.plain and "Total: £280.00" in made.plain and ", 2 places" in made.plain
    assert f"/school/{order.organisation.school.urn}/orders/{order.number}" in made.plain
    assert "Amina" not in made.subject + made.plain + made.html


def test_an_order_without_a_price_promises_no_invoice(buying: Buying, shop: Shop, post: Post) -> None:
    free = shop.course("free", member="0", other="0")
    shop.run(free)
    buying.add(free)
    buying.order()
    [made] = post("orders")
    assert "There is nothing to pay, so no invoice follows." in made.plain and "next invoice batch" not in made.plain


def test_the_address_shared_for_orders_gets_a_copy_without_a_link_to_stop(
    buying: Buying, course: Offer, school: Organisation, actor: Actor, post: Post
) -> None:
    set_notification_address(
        organisation=school, purpose=NotificationAddress.Purpose.ORDERS, email="courses@oakfield.example", actor=actor
    )
    buying.add(course)
    buying.order()
    told = {made.to: made.stop_token for made in post("orders")}
    assert told.pop("courses@oakfield.example") == "" and all(told.values()) and len(told) == 1


def test_an_invoice_goes_to_the_shared_address_with_its_pdf(
    buying: Buying, course: Offer, school: Organisation, actor: Actor, post: Post
) -> None:
    set_notification_address(
        organisation=school, purpose=NotificationAddress.Purpose.INVOICES, email="office@oakfield.example", actor=actor
    )
    buying.add(course, 2)
    buying.order()
    [number] = buying.bill()
    [made] = post("invoices")
    assert (made.to, made.organisation_id, made.person_id) == ("office@oakfield.example", school.pk, None)
    assert made.subject == f"Pay by 1 October 2026: invoice {number} for {school.name}, £280.00"
    assert "Before VAT: £280.00" in made.plain and f"/invoices/{number}" in made.plain
    assert made.attachments == [{"kind": "document-pdf", "of": number}]
    file = references.attachment(made.attachments[0])
    assert file.name == f"{number}.pdf" and file.content.startswith(b"%PDF")


def test_without_an_address_those_who_buy_get_it_if_they_want(
    buying: Buying, course: Offer, school: Organisation, sam: Actor, actor: Actor, post: Post
) -> None:
    Organisation.objects.filter(pk=school.pk).update(notify_email="")
    ruth = person(school, actor, name="Ruth Head", role=Role.APPROVER)
    gone = person(school, actor, name="Gone Buyer")
    Person.objects.get(pk=gone.person_id).user.__class__.objects.filter(pk=gone.user_id).update(is_active=False)
    choose(choices={"invoices": "never"}, actor=ruth)
    buying.add(course)
    buying.order()
    buying.bill()
    assert [made.person_id for made in post("invoices")] == [sam.person_id]


def test_a_council_that_pays_by_journal_is_not_asked_to_pay(
    buying: Buying, course: Offer, school: Organisation, actor: Actor, post: Post
) -> None:
    set_terms(organisation=school, actor=actor, settlement=CustomerTerms.Settlement.COUNCIL_JOURNAL)
    buying.add(course)
    buying.order()
    buying.bill()
    for made in post("invoices"):
        assert made.subject.startswith("Invoiced on 1 September 2026: ") and "nothing for you to pay" in made.plain
        assert "Pay by" not in made.plain


def test_a_cancelled_place_says_what_comes_back_and_its_credit_note_follows(
    buying: Buying, course: Offer, sam: Actor, post: Post
) -> None:
    buying.add(course, 2, delegates=["Amina Birch", "Noor Gill"])
    buying.order()
    buying.bill()
    cancel_booking(booking=Booking.objects.order_by("position")[0], on=ON, actor=sam)
    [made] = post("bookings")
    assert made.subject == (
        "Cancelled on 1 September 2026: one place on Safeguarding for new leaders of 24 March 2027, £140.00 back"
    )
    assert "Stays to pay, before VAT: £0.00" in made.plain and "Amina" not in made.plain + made.html
    credit = [one for one in Message.objects.filter(topic="invoices") if one.subject.startswith("Credited")]
    assert credit and credit[0].subject.endswith(", £140.00") and "Credits invoice: INV-" in credit[0].plain


def test_an_event_told_twice_is_one_message(buying: Buying, course: Offer, post: Post) -> None:
    buying.add(course)
    buying.order()
    buying.bill()
    before = len(post("invoices"))
    Delivery.objects.update(state="waiting")
    assert len(post("invoices")) == before > 0


def test_a_batch_costs_few_queries_a_document(
    buying: Buying, course: Offer, school: Organisation, actor: Actor, django_assert_max_num_queries: Any
) -> None:
    set_notification_address(
        organisation=school, purpose=NotificationAddress.Purpose.INVOICES, email="office@oakfield.example", actor=actor
    )
    buying.add(course)
    buying.order()
    buying.bill()
    event = Event.objects.get(kind="invoice.issued")
    with django_assert_max_num_queries(3):  # the document with its customer, the address, the insert
        document_issued(event)
    assert Message.objects.filter(topic="invoices").count() == 1


def test_auditors_get_the_seal_of_each_day_in_full(partnership: Organisation, actor: Actor, post: Post) -> None:
    edith = person(partnership, actor, name="Edith Marlow", role=Role.AUDITOR)
    person(partnership, actor, name="Bea Castellan", role=Role.ADMINISTRATOR)
    facts = {"day": "2026-08-31", "hash": "ab" * 32}
    with transaction.atomic():
        events.record(
            kind="log.anchored", subject_kind="seal", subject="12", organisation_ids=[], payload=facts, actor=actor
        )
    [made] = post("seals")
    assert made.person_id == edith.person_id and made.subject == "Keep: seal 12 of the event log, 31 August 2026"
    assert "ab" * 32 in made.plain and "ab" * 32 in made.html and made.stop_token == ""


@pytest.mark.parametrize(
    ("state", "seconds", "subject"),
    [
        ("done", 45, "Finished: Invoice batch of 1 September 2026, 212 of 212"),
        ("done", 3, None),
        ("failed", 3, "Stopped by an error: Invoice batch of 1 September 2026, 140 of 212"),
        ("cancelled", 45, None),
    ],
)
def test_long_work_tells_its_starter_how_it_ended(
    partnership: Organisation, actor: Actor, post: Post, state: str, seconds: int, subject: str | None
) -> None:
    priya = person(partnership, actor, name="Priya Nair", role=Role.FINANCE_OFFICER)
    job = Job.objects.create(
        kind="billing_run", label="Invoice batch of 1 September 2026", state=state, total=212,
        done=212 if state == "done" else 140, starter_person_id=priya.person_id, error="The disk is full",
    )  # fmt: skip
    Job.objects.filter(pk=job.pk).update(finished_at=Job.objects.get().created_at + timedelta(seconds=seconds))
    payload = {"kind": "billing_run", "starter_person_id": priya.person_id, "state": state}
    with transaction.atomic():
        events.record(
            kind="job.finished",
            subject_kind="job",
            subject=str(job.number),
            organisation_ids=[],
            payload=payload,
            actor=actor,
        )
    assert [made.subject for made in post("jobs")] == ([subject] if subject else [])


def test_no_e_mail_calls_anything_from_outside_and_every_handler_is_ours() -> None:
    from frontend.jinja import TEMPLATES

    mails = sorted((TEMPLATES / "mail").glob("*.jinja"))
    assert len(mails) >= 7
    for path in mails:
        assert not re.search(r"https?://|<img|url\(", path.read_text()), path.name
    assert {name for name in outbox.registered() if name.startswith("notices.")} >= {
        "notices.document", "notices.order_placed", "notices.place_cancelled", "notices.seal", "notices.job_finished",
        "notices.key_made",
    }  # fmt: skip
