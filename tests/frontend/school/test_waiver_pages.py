"""A place under a policy with fees, and asking for a waiver, on the school's pages. The course is on 24 March 2027."""

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor, Role
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Booking, Waiver
from marketplace.trading.services import decide_waiver
from tests.catalogue.policies_of_the_field import POLICIES
from tests.core import small_files
from tests.frontend.school.conftest import COURSE_DAY, Buying, Later
from tests.frontend.school.visits import hidden_fields, text_of
from tests.shop import LONDON, Shop, person

pytestmark = pytest.mark.django_db
LATE = datetime(2027, 3, 18, 9, 0, tzinfo=LONDON)


@pytest.fixture
def free(shop: Shop, buying: Buying, base: str) -> str:
    """The address of a free place that costs £30.00 when it is given back late."""
    offer = shop.course("briefing", title="Briefing", member="0", cancellation=POLICIES["by mode"])
    shop.run(offer, day=COURSE_DAY)
    buying.add(offer, delegates=["Amina Khan"])
    return f"{base}/bookings/{buying.order().lines.get().bookings.get().pk}"


@pytest.fixture
def priced(shop: Shop, buying: Buying, base: str) -> str:
    offer = shop.course("leaders", title="Leaders", cancellation=POLICIES["four working days"])
    shop.run(offer, day=COURSE_DAY)
    buying.add(offer)
    return f"{base}/bookings/{buying.order().lines.get().bookings.get().pk}"


def test_the_ladder_shows_the_fee_in_pounds_and_the_button_says_it(as_sam: Client, free: str, later: Later) -> None:
    page = text_of(as_sam.get(free))
    assert "Cancel today: nothing is owed." in page and "Cancel this place, at no cost" in page
    assert "Until 8 March 2027 (today) £0.00" in page and "From 9 March 2027 £30.00" in page
    assert "At no cost, until 22 March 2027." in page and "Ask for a waiver" not in page
    later(LATE)
    seen = as_sam.get(free)
    assert "Cancel today: £30.00 is invoiced." in text_of(seen)
    assert as_sam.post(f"{free}/cancel", {"expected": "0", "fee": "0"}).status_code == 409
    assert not Charge.objects.exists()
    fields = {name: value for name, value in hidden_fields(seen).items() if name in ("expected", "fee")}
    assert fields == {"expected": "0", "fee": "3000"}
    done = as_sam.post(f"{free}/cancel", fields, follow=True)
    assert "£30.00 comes on the next invoice." in text_of(done)
    assert Charge.objects.get().net_pence == 3000


def test_after_the_last_day_for_it_nobody_else_is_sent(as_sam: Client, free: str, later: Later) -> None:
    later(datetime(2027, 3, 23, 9, 0, tzinfo=LONDON))
    assert "The time for sending someone else is over." in text_of(as_sam.get(free))
    refused = as_sam.post(f"{free}/name", {"name": "Bo Ray"})
    assert refused.status_code == 409 and "until 22 March 2027" in text_of(refused)


def test_a_waiver_is_asked_for_with_its_consequence_said_first(
    as_sam: Client, priced: str, later: Later, partnership: Organisation, actor: Actor
) -> None:
    assert "waiver" not in text_of(as_sam.get(priced)).lower()
    later(LATE)
    assert "ask us to waive £140.00" in text_of(as_sam.get(priced))
    page = text_of(as_sam.get(f"{priced}/waiver"))
    assert "The place is cancelled when you ask" in page and "Cancel this place and ask for £140.00" in page
    refused = as_sam.post(f"{priced}/waiver", {})
    assert refused.status_code == 400 and "Choose the reason" in text_of(refused)
    program = SimpleUploadedFile("letter.exe", b"MZ")
    wrong = as_sam.post(f"{priced}/waiver", {"reason": "ofsted", "evidence": program})
    assert wrong.status_code == 400 and Booking.objects.get().state == Booking.State.BOOKED
    letter = SimpleUploadedFile("letter.pdf", small_files.PDF)
    done = as_sam.post(f"{priced}/waiver", {"reason": "ofsted", "evidence": letter}, follow=True)
    assert "We have your request" in text_of(done) and "With our course organisers" in text_of(done)
    waiver = Waiver.objects.get()
    assert as_sam.get(f"/files/{waiver.evidence_id}").status_code == 404
    organiser = person(partnership, actor, name="Ora Niser", role=Role.ORGANISER)
    decide_waiver(waiver=waiver, grant=False, answer="It was in May.", on=date(2027, 3, 18), actor=organiser)
    assert "not granted on 18 March 2027" in text_of(as_sam.get(priced))
    assert "It was in May." in text_of(as_sam.get(priced))
    assert as_sam.get(f"{priced}/waiver").status_code == 302


def test_only_the_schools_own_buyers_ask(as_sam: Client, as_outsider: Client, priced: str, later: Later) -> None:
    assert as_outsider.get(f"{priced}/waiver").status_code == 404
    assert as_outsider.post(f"{priced}/waiver", {"reason": "ofsted"}).status_code == 404
    assert Client().get(f"{priced}/waiver").status_code == 302
    assert not Waiver.objects.exists() and not Message.objects.filter(topic="waivers").exists()
