"""A booking above the limit goes for approval, page by page; a shared booking; a retainer from offer to its first period."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from invoicing.receivables.models import Charge
from marketplace.core import outbox
from marketplace.core.actors import Role, platform
from marketplace.core.models import Delivery
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.requests import ConsultantQuote
from marketplace.trading.engagements.services.agreeing import NewShare
from marketplace.trading.engagements.services.asking import Need, ask_consultants
from marketplace.trading.engagements.services.quoting import Answer, answer_request
from marketplace.trading.engagements.services.retainer_periods import open_periods
from marketplace.trading.models import Order, Retainer
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import START, person
from tests.trading.engagements.visiting import delivered
from tests.trading.engagements.world import DAY, book, consultant_of, on_day, provider_of, rate_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia(school, actor):
    made = consultant_of(provider_of(actor), actor, themes=["reading"])
    rate_of(made)
    return made


@pytest.fixture
def lena(nadia, actor):
    return person(nadia.provider.organisation, actor, name="Lena Larkfield", role=Role.PROVIDER)


def _quote(school, nadia, asker, lena) -> ConsultantQuote:
    on = timezone.localdate()
    need = Need("Phonics support", "New teachers", "day", Decimal("2.5"), date(2026, 11, 1), date(2027, 1, 1))
    asked = ask_consultants(
        school=school, consultants=[nadia], need=need, answer_by=on + timedelta(days=9), on=on, actor=asker
    )
    offer = Answer(Decimal("2.5"), 3, on + timedelta(days=20))
    return answer_request(quote=asked.quotes.get(), answer=offer, on=on, actor=lena)


def _deliver() -> None:
    Delivery.objects.update(next_at=timezone.now())  # written by the database's clock, which no test sets
    while outbox.deliver():
        pass


def test_a_quote_above_the_limit_is_approved_and_booked(school, base, nadia, lena, actor):
    small = person(school, actor, name="Sal Small", role=Role.BUYER, limit=100_000)
    ruth = person(school, actor, name="Ruth Adeyemi", role=Role.APPROVER)
    quote = _quote(school, nadia, small, lena)
    desk, head = signed_in(small), signed_in(ruth)
    asked = f"{base}/consultants/requests/{quote.request.number}"
    accept = f"{asked}/accept/{quote.pk}"
    page = text_of(desk.get(accept))
    assert "£350.00 over your limit, so it goes to Ruth Adeyemi" in page
    assert "Ask for approval of this booking, £1,350.00" in page
    done = desk.post(accept, {"expected": "135000", "own_company": "no", "time": "2026-11-04|day"})
    order = Order.objects.get()
    assert done["Location"] == f"{base}/approvals/{order.number}" and not Engagement.objects.exists()
    page = text_of(desk.get(asked))
    assert f"See the approval of {order.number}" in page and "Withdraw the request" not in page
    page = text_of(head.get(f"{base}/approvals/{order.number}"))
    assert "Nadia Fenwick, Larkfield Learning" in page and "4 November 2026, 9am to 3:30pm" in page
    assert "Approving books the consultant at this quote, £1,350.00 with VAT" in page
    assert "Phonics support" in text_of(head.get(f"{base}/approvals"))
    _deliver()
    [asked_mail] = Message.objects.filter(topic="approvals")
    assert "Phonics support" in asked_mail.subject and school.name in asked_mail.subject
    head.post(f"{base}/approvals/{order.number}", {"answer": "approve"})
    made = Engagement.objects.get()
    page = text_of(desk.get(f"{base}/orders/{order.number}"))
    assert f"booking {made.number}, invoiced visit by visit" in page
    _deliver()
    assert "The consultant is booked" in Message.objects.filter(topic="decisions").get().plain
    assert not Charge.objects.exists()


def test_a_shared_booking_shows_each_school_its_part(school, base, nadia, lena, sam, actor):
    other = add_organisation(kind=Organisation.Kind.OTHER, name="Alder School", valid_from=START, actor=actor)
    nia = person(other, actor, name="Nia Alder")
    parts = [NewShare(school, Decimal(2)), NewShare(other, Decimal(1))]
    made = book(school, nadia, platform("test"), on_day(), shares=parts)
    delivered(made.dates.get(), DAY, lena, sam)
    theirs, ours = signed_in(nia), signed_in(sam)
    there = f"/customer/{other.number}/consultants/bookings"
    assert made.number in text_of(theirs.get(there)), "a booking that is shared stands in the list"
    page = text_of(theirs.get(f"{there}/{made.number}/shares"))
    assert "33.3%, £375.00 before VAT" in page and "£150.00" in page and "£750.00" in page
    theirs.post(f"{there}/{made.number}/shares", {"purchase_order": "AL 7"})
    assert [one.purchase_order for one in made.shares.order_by("position")] == ["", "AL 7"]
    assert "AL 7" in text_of(ours.get(f"{base}/consultants/bookings/{made.number}/shares"))
    stranger = person(nadia.provider.organisation, actor, name="Zed")
    assert signed_in(stranger).get(f"{base}/consultants/bookings/{made.number}/shares").status_code == 404


def test_an_organiser_agrees_a_shared_booking_on_the_schools_word(school, partnership, nadia, actor):
    other = add_organisation(kind=Organisation.Kind.OTHER, name="Alder School", valid_from=START, actor=actor)
    desk = signed_in(person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER))
    given = {"consultant": nadia.code, "title": "Reading together", "unit": "day", "quantity": "3"}
    refused = desk.post("/organise/consultant-bookings/share", given | {"schools": "Alder School"})
    assert refused.status_code == 400 and "Enter 2 to 30 schools" in text_of(refused)
    refused = desk.post("/organise/consultant-bookings/share", given | {"schools": "Alder School\nNowhere"})
    assert "No organisation is called “Nowhere”" in text_of(refused) and not Engagement.objects.exists()
    desk.post("/organise/consultant-bookings/share", given | {"schools": f"{school.name}, 210\nAlder School, 105"})
    made = Engagement.objects.get()
    assert made.school == school
    assert list(made.shares.order_by("position").values_list("school", "weight")) == [(school.pk, 210), (other.pk, 105)]


def test_a_retainer_from_offer_to_its_first_period(school, base, partnership, nadia, lena, sam, actor):
    desk = signed_in(person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER))
    ours, theirs = signed_in(sam), signed_in(lena)
    on = timezone.localdate()
    given = {
        "school": school.name, "consultant": nadia.code, "title": "Reading support", "every": "month", "unit": "day",
        "quantity": "3", "fee_pence": "1200", "earned_pence": "1020", "valid_from": f"{on:%d/%m/%Y}", "periods": "2",
        "unused": "lapse", "owed": "visit",
    }  # fmt: skip
    refused = desk.post("/organise/retainers/new", given | {"fee_pence": "1000"})
    assert refused.status_code == 400 and "whole pence" in text_of(refused)
    desk.post("/organise/retainers/new", given)
    made = Retainer.objects.get()
    _deliver()
    told = [one.subject for one in Message.objects.filter(subject__startswith="A retainer to agree to")]
    assert len(told) == 2, "the school's buyer and the provider's office"
    page = text_of(ours.get(f"{base}/consultants/retainers/{made.number}"))
    assert "3 days each month for £1,200.00 before VAT" in page and "Agree to this retainer, £2,880.00" in page
    assert "£1,020.00" not in page and "£340.00" not in page, "what the provider earns is not the school's"
    there = f"/provider/larkfield-learning/retainers/{made.number}"
    page = text_of(theirs.get(there))
    assert "£340.00 a day, for each visit" in page and "1,200" not in page
    ours.post(f"{base}/consultants/retainers/{made.number}", {"do": "agree", "purchase_order": "PO 3"})
    assert text_of(theirs.post(there, {"do": "decline", "reason": ""})).count("Enter why") >= 1
    theirs.post(there, {"do": "agree"})
    assert open_periods(on=on, actor=actor) == 1
    booking = Engagement.objects.get()
    page = text_of(ours.get(f"{base}/consultants/retainers/{made.number}"))
    assert booking.number in page and "3 days left" in page
    assert made.number in text_of(ours.get(f"{base}/consultants/retainers"))
    assert made.number in text_of(desk.get("/organise/retainers?state=running"))
    assert made.number not in text_of(desk.get("/organise/retainers?state=ended"))
    desk.post(
        f"/organise/retainers/{made.number}", {"from_day": f"{on + timedelta(days=40):%d/%m/%Y}", "reason": "Merges"}
    )
    assert "No new period from" in text_of(desk.get(f"/organise/retainers/{made.number}"))
    assert (
        signed_in(person(partnership, actor, name="Fi", role=Role.AUDITOR)).get("/organise/retainers").status_code
        == 404
    )
