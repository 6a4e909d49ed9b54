"""A person's own courses and record; the evaluation by its link; a certificate and its check."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from frontend.formats import long_date
from marketplace.core import outbox
from marketplace.core.models import Delivery
from marketplace.messaging.models import Message
from marketplace.trading.models import Booking, Certificate, CpdEntry, Evaluation
from marketplace.trading.services import evaluation_token
from tests.frontend.school.visits import signed_in

pytestmark = pytest.mark.django_db


def test_what_is_coming_and_what_the_person_needs(as_ann, today, held):
    today.move_to(held.meetings[0].starts_at.replace(hour=8))
    type(held.run).objects.filter(pk=held.run.pk).update(
        joining="Bring a laptop", joining_link="https://meet.example/x"
    )
    page = as_ann.get(reverse("me-courses")).content.decode()
    assert "Safeguarding for new leaders" in page
    path = reverse("me-course", kwargs={"pk": held.places[0].pk})
    one = as_ann.get(path).content.decode()
    for words in (
        "6 October 2026",
        "20 October 2026",
        "Bring a laptop",
        "https://meet.example/x",
        "Oakfield Primary School",
    ):
        assert words in one
    answer = as_ann.post(path, {"needs": "Hearing loop"}, follow=True).content.decode()
    assert "Saved." in answer
    assert Booking.objects.get(pk=held.places[0].pk).needs == "Hearing loop"
    too_long = as_ann.post(path, {"needs": "x" * 501})
    assert too_long.status_code == 400
    assert "500 characters or fewer" in too_long.content.decode()


def test_afterwards_the_evaluation_and_the_certificate(as_ann, held):
    held.hold("here", "here", "here", "absent")
    path = reverse("me-course", kwargs={"pk": held.places[0].pk})
    page = as_ann.get(path).content.decode()
    assert "Tell us" in page
    link = page.split('href="/evaluate/')[1].split('"')[0]
    visitor = Client()
    wrong = visitor.post(f"/evaluate/{link}", {"score": "", "change": "Shorter starters"})
    assert wrong.status_code == 400
    for words in ("Choose a score from 1 to 5", "Choose yes or no", "Shorter starters"):
        assert words in wrong.content.decode()
    sent = visitor.post(f"/evaluate/{link}", {"score": "5", "recommends": "yes", "change": "Shorter starters"})
    assert (sent.status_code, sent["Location"], sent["Referrer-Policy"]) == (302, "/evaluate/sent", "same-origin")
    assert (Evaluation.objects.get().score, Evaluation.objects.get().recommends) == (5, True)
    assert visitor.get(f"/evaluate/{link}").status_code == 409
    assert "You have told us" in as_ann.get(path).content.decode()
    number = Certificate.objects.get(booking=held.places[0]).number
    assert number in as_ann.get(path).content.decode()
    paper = as_ann.get(reverse("me-certificate", kwargs={"number": number}))
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")


def test_anybody_checks_a_number_and_learns_no_name(held, today):
    held.hold("here", "here", "here", "here")
    number = Certificate.objects.get(booking=held.places[0]).number
    found = Client().get(f"/certificates/{number.lower()}")
    page = found.content.decode()
    assert "This certificate is valid" in page
    assert "Safeguarding for new leaders" in page
    assert f"{long_date(held.run.starts_on)} to {long_date(held.run.ends_on)}" in page
    assert "Ann" not in page
    assert "Oakfield" not in page
    Certificate.objects.filter(number=number).update(withdrawn_on=held.run.ends_on)
    for gone in (number, "CPD-0000-0000-0000"):
        answer = Client().get(f"/certificates/{gone}")
        assert (answer.status_code, "No valid certificate" in answer.content.decode()) == (404, True)


def test_the_record_is_the_persons_own(as_ann, as_outsider, sam, held):
    held.hold("here", "here", "here", "absent")
    wrong = as_ann.post(reverse("me-record-add"), {"title": "A book", "hours": "", "held_on_day": "1"})
    assert wrong.status_code == 400
    assert "Enter hours" in wrong.content.decode()
    day = {"held_on_day": "1", "held_on_month": "10", "held_on_year": "2026"}
    answer = as_ann.post(
        reverse("me-record-add"), {"title": "A book on phonics", "hours": "1", "minutes": "30", **day}, follow=True
    )
    page = answer.content.decode()
    assert "9 hours since 1 September, 9 hours in all" in page
    assert "A book on phonics" in page
    csv = as_ann.get(reverse("me-record") + "?format=csv").content.decode()
    assert "2026-10-01,A book on phonics,,,90,," in csv
    assert as_ann.get(reverse("me-record-pdf")).content.startswith(b"%PDF-")
    entry = CpdEntry.objects.get()
    assert as_outsider.post(reverse("me-record-remove", kwargs={"pk": entry.pk})).status_code == 404
    assert "phonics" not in as_outsider.get(reverse("me-record")).content.decode()
    assert as_outsider.get(reverse("me-course", kwargs={"pk": held.places[0].pk})).status_code == 404
    school = held.places[0].school.school.urn
    theirs = signed_in(sam).get(f"/school/{school}/cpd").content.decode()
    assert "Ann Lee" in theirs
    assert "7 hours 30 minutes" in theirs
    assert "phonics" not in theirs
    assert as_outsider.get(f"/school/{school}/cpd").status_code == 404
    assert as_ann.post(reverse("me-record-remove", kwargs={"pk": entry.pk})).status_code == 302
    assert not CpdEntry.objects.exists()


def test_who_attended_is_asked_by_e_mail_once_and_who_did_not_is_not(held, sam, today):
    Booking.objects.filter(pk=held.places[0].pk).update(delegate_email="ann@oakfield.example")
    held.hold("here", "here", "late", "absent")
    Delivery.objects.update(next_at=timezone.now())  # written by the database's clock, which no test sets
    outbox.deliver(limit=1000)
    asked = Message.objects.filter(topic="evaluations").order_by("to")
    assert asked.count() == 2
    direct = asked.get(to="ann@oakfield.example")
    assert "How was Safeguarding for new leaders?" in direct.subject
    booker = asked.exclude(pk=direct.pk).get()
    assert "2 people" in booker.plain
    assert "Place 2" in booker.plain
    assert "Place 4" not in booker.plain
    assert "Bo Ray" not in booker.plain
    for message in asked:  # the link itself is kept nowhere
        assert evaluation_token(booking=held.places[0]) not in message.plain
    assert mail.outbox == []
