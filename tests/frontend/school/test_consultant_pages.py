"""From a school's need to agreed dates, page by page: find, ask, quote, compare, accept, plan, move, cancel, release."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from invoicing.receivables.models import Charge
from marketplace.core import outbox
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Delivery
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest
from providers.models import Consultant
from tests.api.calling import Program
from tests.frontend.school.conftest import Later
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import START, person
from tests.trading.engagements.world import DAY, book, consultant_of, on_day, provider_of, rate_of

pytestmark = pytest.mark.django_db
NEED = {
    "consultants": "nadia-fenwick", "title": "Phonics support", "purpose": "New teachers", "unit": "day",
    "quantity": "2.5", "first_day": "1", "first_month": "11", "first_year": "2026", "last_day": "31", "last_month": "12",
    "last_year": "2026", "mode": "at_school", "budget": "1300", "answer_by_day": "15", "answer_by_month": "9",
    "answer_by_year": "2026",
}  # fmt: skip
QUOTE = {
    "quantity": "2.5", "visits": "3", "words": "Two days and a morning", "valid_until_day": "1", "valid_until_month": "10",
    "valid_until_year": "2026", "first_days": "2026-11-04",
}  # fmt: skip
THERE = "/provider/larkfield-learning"


@pytest.fixture
def nadia(school: Organisation, actor: Actor) -> Consultant:
    made = consultant_of(provider_of(actor), actor, themes=["reading"])
    rate_of(made)
    return made


@pytest.fixture
def as_lena(nadia: Consultant, actor: Actor) -> Client:
    found = nadia.provider.organisation
    return signed_in(person(found, actor, name="Lena Larkfield", role=Role.PROVIDER))


@pytest.fixture
def booked(school: Organisation, nadia: Consultant, sam: Actor, base: str) -> str:
    made = book(school, nadia, sam, on_day())
    return f"{base}/consultants/bookings/{made.number}"


def test_from_need_to_booking(as_sam: Client, as_lena: Client, base: str, nadia: Consultant) -> None:
    page = text_of(as_sam.get(f"{base}/consultants?theme=reading"))
    assert "£450.00 a day, travel included" in page and "1 consultant" in page
    assert "Do not name pupils" in text_of(as_sam.get(f"{base}/consultants/ask?consultant=nadia-fenwick"))
    assert as_sam.post(f"{base}/consultants/ask", NEED | {"purpose": ""}).status_code == 400
    sent = as_sam.post(f"{base}/consultants/ask", NEED)
    request, quote = ConsultantRequest.objects.get(), ConsultantQuote.objects.get()
    assert sent["Location"] == f"{base}/consultants/requests/{request.number}"
    assert "No quote yet" in text_of(as_sam.get(sent["Location"]))
    assert "To answer" in text_of(as_lena.get(f"{THERE}/requests"))
    there = text_of(as_lena.get(f"{THERE}/requests/{quote.pk}"))
    assert "You earn £382.50 of it" in there and "1,300" not in there  # the budget is the school's alone
    as_lena.post(f"{THERE}/requests/{quote.pk}", QUOTE)
    page = text_of(as_sam.get(sent["Location"]))
    assert "£1,350.00" in page and "£50.00 above £1,300.00" in page and "Yes, on 4 Nov 2026" in page
    accept = f"{sent['Location']}/accept/{quote.pk}"
    assert "Whole cost £1,350.00" in text_of(as_sam.get(accept))
    given = {"expected": "135000", "own_company": "yes", "time": "2026-11-04|day", "purchase_order": "PO 7"}
    refused = as_sam.post(accept, given)
    assert refused.status_code == 400 and "Choose whether the off-payroll rules apply" in text_of(refused)
    done = as_sam.post(accept, given | {"answer": "inside", "reasons": "Works under our direction"})
    made = Engagement.objects.get()
    assert done["Location"] == f"{base}/consultants/bookings/{made.number}"
    page = text_of(as_sam.get(done["Location"]))
    assert (
        "4 November 2026, 9am to 3:30pm" in page and "is not paid gross" in page and "Add a date, 1½ days left" in page
    )
    assert "2½ days × £450.00 = £1,125.00" in page
    assert "£382.50 a day" in text_of(as_lena.get(f"{THERE}/bookings/{made.number}"))
    printed = text_of(as_sam.get(f"{done['Location']}/off-payroll"))
    assert "Inside the rules" in printed and "Works under our direction" in printed


def test_a_date_is_added_moved_and_cancelled_at_the_price_that_was_shown(
    as_sam: Client, booked: str, nadia: Consultant, later: Later
) -> None:
    assert "Monday 2 November 2026, whole day" in text_of(as_sam.get(f"{booked}/dates/new?weeks=8"))
    as_sam.post(f"{booked}/dates/new?weeks=8", {"time": "2026-11-05|morning"})
    assert EngagementDate.objects.get(ordinal=2).quantity == Decimal("0.5")
    page = as_sam.get(f"{booked}/dates/1?weeks=8")
    assert "2026-11-04|day" not in page.content.decode()  # taken by the date itself
    as_sam.post(f"{booked}/dates/1?weeks=8", {"do": "move", "time": "2026-11-10|day"})
    assert EngagementDate.objects.get(ordinal=1).accredited_for == date(2026, 11, 10)
    later(on_day(date(2026, 11, 9)).starts_at)
    page = text_of(as_sam.get(f"{booked}/dates/1"))
    assert "Cancel today: £450.00 before VAT stays owed." in page and "too near to be moved" in page
    assert "Until 26 October 2026 Nothing" in page and "27 October 2026 to 5 November 2026 £225.00" in page
    done = as_sam.post(f"{booked}/dates/1", {"do": "cancel", "reason": "The hall is closed"}, follow=True)
    assert "£450.00 before VAT is invoiced" in text_of(done)
    assert Charge.objects.get().net_pence == 45_000


def test_cancelling_all_says_the_sum_first(as_sam: Client, booked: str) -> None:
    assert "Cancel the booking, nothing owed" in text_of(as_sam.get(f"{booked}/cancel"))
    as_sam.post(f"{booked}/cancel", {"reason": "The plan changed"})
    assert "The plan changed" in text_of(as_sam.get(booked))
    assert Engagement.objects.get().state == "cancelled"


def test_the_provider_says_that_its_consultant_cannot_come(as_lena: Client, as_sam: Client, booked: str) -> None:
    number = Engagement.objects.get().number
    assert "Nothing is charged" in text_of(as_lena.get(f"{THERE}/bookings/{number}/dates/1"))
    as_lena.post(f"{THERE}/bookings/{number}/dates/1", {"reason": "A court day"})
    assert "A court day" in text_of(as_sam.get(booked)) and not Charge.objects.exists()


def test_a_request_is_declined_with_a_reason_and_withdrawn(as_sam: Client, as_lena: Client, base: str) -> None:
    as_sam.post(f"{base}/consultants/ask", NEED)
    request, quote = ConsultantRequest.objects.get(), ConsultantQuote.objects.get()
    page = as_lena.post(f"{THERE}/requests/{quote.pk}", {"do": "decline", "reason": ""})
    assert page.status_code == 400 and "Enter why, for the school" in text_of(page)
    as_lena.post(f"{THERE}/requests/{quote.pk}", {"do": "decline", "reason": "Full until March"})
    here = f"{base}/consultants/requests/{request.number}"
    assert "Full until March" in text_of(as_sam.get(here))
    as_sam.post(here)
    assert "Withdrawn" in text_of(as_sam.get(f"{base}/consultants/requests"))


def test_the_head_releases_on_a_page(school: Organisation, actor: Actor, sam: Actor, as_sam: Client) -> None:
    home = add_organisation(kind="other", name="Elm Park Nursery", valid_from=START, actor=actor)
    ines = consultant_of(provider_of(actor, "Harbour Leaders"), actor, name="Ines Marlow", home_school=home)
    rate_of(ines)
    book(school, ines, sam, on_day(), on_day(DAY + timedelta(days=1)))
    first, second = EngagementDate.objects.order_by("ordinal")
    head = signed_in(person(home, actor, name="Hugo Head", role=Role.APPROVER))
    here = f"/customer/{home.number}/consultants/releases"
    assert "2 dates wait for you" in text_of(head.get(here))
    assert "is released for 4 November 2026" in text_of(
        head.post(here, {"date": first.pk, "do": "release"}, follow=True)
    )
    head.post(here, {"date": second.pk, "do": "refuse", "reason": "We have visitors"})
    second.refresh_from_db()
    assert (second.state, second.reason) == ("cancelled", "We have visitors")
    assert as_sam.get(here).status_code == 404
    assert head.post(here, {"date": second.pk, "do": "release"}).status_code == 404


def test_outsiders_find_none_of_it_and_organisers_see_all(
    booked: str, school: Organisation, partnership: Organisation, actor: Actor, oakfield: Organisation
) -> None:
    outsider = person(oakfield, actor, name="Olive Outsider")
    assert signed_in(outsider).get(booked).status_code == 404
    olga = signed_in(person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER))
    assert "Phonics support" in text_of(olga.get("/organise/consultant-bookings?state=agreed"))
    assert "Remove the filter" in text_of(olga.get("/organise/consultant-bookings?state=done"))


def test_each_side_is_told_by_e_mail_and_at_home_without_reasons(
    as_sam: Client, as_lena: Client, sam: Actor, base: str
) -> None:
    as_sam.post(f"{base}/consultants/ask", NEED)
    quote = ConsultantQuote.objects.get()
    assert "Answer Oakfield Primary School: Phonics support, for Nadia Fenwick" in text_of(as_lena.get("/"))
    as_lena.post(f"{THERE}/requests/{quote.pk}", QUOTE)
    assert "Compare the quotes for Phonics support" in text_of(as_sam.get("/"))
    given = {"expected": "135000", "own_company": "no", "time": "2026-11-04|day"}
    as_sam.post(f"{base}/consultants/requests/{quote.request.number}/accept/{quote.pk}", given)
    as_lena.post(f"{THERE}/bookings/{Engagement.objects.get().number}/dates/1", {"reason": "A court day"})
    Delivery.objects.update(next_at=timezone.now())  # written by the database's clock, which no test sets
    outbox.deliver(limit=1000)
    assert not Delivery.objects.exclude(last_error="").exists()
    told = [(one.subject, one.to.split(".")[0]) for one in Message.objects.filter(topic="consultants").order_by("pk")]
    assert ("Answer a request by 15 September 2026: Phonics support, Oakfield Primary School", "lena") in told
    assert ("A quote came: Phonics support, Oakfield Primary School", "sam") in told
    assert [who for subject, who in told if subject.startswith("Agreed")] == ["sam", "lena"]
    assert [who for subject, who in told if subject.startswith("A date was cancelled")] == ["sam", "lena"]
    assert "court" not in "".join(one.plain for one in Message.objects.all())


def test_programs_do_the_same(school: Organisation, nadia: Consultant, sam: Actor, actor: Actor) -> None:
    buyer = Program(sam)
    lena = Program(person(nadia.provider.organisation, actor, name="Lena Larkfield", role=Role.PROVIDER))
    ask = {
        "school": school.number, "consultants": ["nadia-fenwick"], "title": "Phonics", "purpose": "New teachers",
        "unit": "day", "quantity": "2.5", "wanted_from": "2026-11-01", "wanted_to": "2027-01-01",
        "answer_by": "2026-09-15",
    }  # fmt: skip
    made = buyer.post("/consultant-requests", ask)
    assert made.status_code == 201, made.content
    quote = made.json()["quotes"][0]["id"]
    given = lena.post(
        f"/consultant-quotes/{quote}/quote", {"quantity": "2.5", "visits": 3, "valid_until": "2026-10-01"}
    )
    assert given.json()["gross_pence"] == 135_000
    accept = {"quote": quote, "expected_pence": 135_000, "off_payroll": {"own_company": False}}
    booking = buyer.post(f"/consultant-requests/{made.json()['number']}/acceptance", accept)
    assert booking.status_code == 201, booking.content
    here = f"/consultant-bookings/{booking.json()['number']}"
    time = {"starts_at": "2026-11-04T09:00:00Z", "ends_at": "2026-11-04T15:00:00Z"}
    assert buyer.post(f"{here}/dates", time | {"quantity": "1"}).json()["ordinal"] == 1
    taken = buyer.post(f"{here}/dates", time | {"quantity": "1"})
    assert (taken.status_code, taken.json()["code"]) == (409, "slot_taken")
    late = {"starts_at": "2028-11-04T09:00:00Z", "ends_at": "2028-11-04T15:00:00Z"}
    assert lena.post(f"{here}/dates/1", late).json()["code"] == "not_accredited"
    assert buyer.get(f"{here}/dates/1").json()["free_until"] == "2026-10-20"
    done = lena.post(f"{here}/dates/1/cancellation", {"by_school": False, "reason": "A court day"})
    assert done.json()["school_pence"] == 0
    assert [one["state"] for one in buyer.get(here).json()["dates"]] == ["cancelled"]
    assert buyer.get("/consultant-bookings", state="agreed").json()["results"][0]["sell_pence"] == 45_000
