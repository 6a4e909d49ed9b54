"""The library of cancellation policies and the decisions on waivers, on the organisers' pages."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.models import CourseRun, Offer
from invoicing.receivables.models import Charge
from marketplace.core import outbox
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Delivery
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from marketplace.trading.models import CancellationPolicy, Order, Waiver
from marketplace.trading.services import ask_waiver, cancel_booking
from tests.frontend.organise.conftest import signed_in
from tests.frontend.school.visits import text_of
from tests.shop import person

pytestmark = pytest.mark.django_db
LATE = date(2027, 3, 18)
TYPED = {
    "title": "Ten working days by length", "code": "by-length", "free": "10", "free_unit": "working",
    "first_unit": "working", "second_unit": "working", "then": "£35 a half day and £70 a day", "online": "8",
    "online_unit": "calendar", "included_then": "£50 a meeting", "late_is_absent": "on", "sending": "48",
    "sending_unit": "hours", "waivers": ["ofsted"],
}  # fmt: skip


def test_a_policy_is_typed_in_words_and_kept_as_data(olga: Client) -> None:
    done = olga.post("/organise/policies/new", TYPED, follow=True)
    page = text_of(done)
    assert CancellationPolicy.objects.get().rule == {
        "free_until": {"count": 10, "days": "working"},
        "then": {"fee": {"half_day": "35", "day": "70"}},
        "cases": [
            {"mode": "online", "free_until": {"count": 8, "days": "calendar"}},
            {"basis": "included", "then": {"fee": "50", "per": "meeting"}},
        ],
        "late_is_absent": True,
        "substitution_until": {"hours": 48},
        "waivers": ["ofsted"],
    }
    assert "Free until 10 working days before; then £35.00 for each half day and £70.00 for each day." in page
    assert "then the place stays used and costs £50.00 for each meeting." in page
    assert "Who arrives late counts as not having come." in page and "until 48 hours before" in page
    assert "Ten working days by length" in text_of(olga.get("/organise/policies"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"then": "half"}, "In the end: what stays owed must be like 100%, 50%"),
        ({"then": "£35 a half day"}, "must have one sum, or one for a half day and one for a day"),
        ({"then": "£35", "first": "2", "first_owed": "50%"}, "must not fall"),
        ({"first": "2"}, "Enter both parts of the first step"),
        ({"code": "By Length"}, "Code must be of small letters"),
        ({"free": ""}, "Enter"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(olga: Client, change: dict[str, str], says: str) -> None:
    answer = olga.post("/organise/policies/new", TYPED | change)
    assert answer.status_code == 400 and says in text_of(answer)
    assert 'value="Ten working days by length"' in answer.content.decode()
    assert not CancellationPolicy.objects.exists()


def test_a_date_is_looked_at_under_the_policy(olga: Client) -> None:
    olga.post("/organise/policies/new", TYPED)
    query = "day_day=31&day_month=3&day_year=2027&mode=face_to_face&basis=included&price=140&half_days=1&days=1"
    page = text_of(olga.get(f"/organise/policies/by-length?{query}"))
    assert "Until 14 March 2027 Nothing £0.00" in page
    assert "From 15 March 2027 The place stays used and costs £50.00 for each meeting £100.00" in page
    wrong = olga.get(f"/organise/policies/by-length?{query.replace('day_month=3', 'day_month=13')}")
    assert wrong.status_code == 400 and "must be a real date" in text_of(wrong)


def test_an_offer_gets_the_policy_and_a_change_is_the_next_version(olga: Client, course: Offer, booked: Order) -> None:
    olga.post("/organise/policies/new", TYPED)
    assert olga.post("/organise/policies/by-length", {"offer": "zeppelin"}).status_code == 400
    done = olga.post("/organise/policies/by-length", {"offer": course.code}, follow=True)
    assert "has this policy for what is ordered from now on" in text_of(done) and "1 offer with this policy" in text_of(
        done
    )
    course.refresh_from_db()
    assert course.cancellation == CancellationPolicy.objects.get().rule
    assert booked.lines.get().cancellation != course.cancellation
    olga.post("/organise/policies/new", TYPED | {"free": "12"})
    newest = CancellationPolicy.objects.get(newest=True)
    assert (newest.version, newest.used, CancellationPolicy.objects.get(version=1).used) == (2, False, True)
    olga.post("/organise/policies/new", TYPED | {"free": "11"})
    assert CancellationPolicy.objects.count() == 2


def test_a_waiver_is_decided_on_its_page_and_the_school_is_told(
    olga: Client, sam: Actor, booked: Order, run: CourseRun
) -> None:
    place = booked.lines.get().bookings.select_related("run", "order_line")[0]
    ask_waiver(booking=place, reason="ofsted", on=LATE, actor=sam)
    waiver = Waiver.objects.get()
    assert "An Ofsted visit" in text_of(olga.get("/organise/waivers"))
    assert "Decide on 1 waiver" in text_of(olga.get("/"))
    address = f"/organise/waivers/{waiver.pk}"
    refused = olga.post(address, {"decision": "refuse"})
    assert refused.status_code == 400 and "Enter why it is not granted" in text_of(refused)
    done = text_of(olga.post(address, {"decision": "grant"}, follow=True))
    assert "Granted. £140.00 goes back to" in done and "No waiver waits for a decision." in done
    assert Charge.objects.get().due_pence == 28000
    assert "Given back, with VAT £140.00" in text_of(olga.get(address))
    Delivery.objects.update(next_at=timezone.now())  # written by the database's clock, which no test sets
    while outbox.deliver():
        pass
    subjects = [one.subject for one in Message.objects.filter(topic="waivers").order_by("pk")]
    assert any("Decide on a waiver for" in one for one in subjects)
    assert any(one.startswith("Granted: the waiver for one place on") and "£140.00 back" in one for one in subjects)
    assert all("Ofsted" not in one.plain for one in Message.objects.filter(topic="waivers"))


def test_an_organiser_waives_unasked(olga: Client, sam: Actor, booked: Order) -> None:
    late, stands, _ = booked.lines.get().bookings.select_related("run", "order_line")
    cancel_booking(booking=late, on=LATE, actor=sam)
    assert "Nothing was kept of this place" in text_of(olga.get(f"/organise/places/{stands.pk}/waive"))
    assert olga.post(f"/organise/places/{late.pk}/waive", {"note": ""}).status_code == 400
    page = text_of(olga.post(f"/organise/places/{late.pk}/waive", {"note": "The head rang"}, follow=True))
    assert "Granted. £140.00 goes back to" in page and "Given by us, unasked" in page


@pytest.mark.parametrize("address", ["policies", "policies/new", "waivers"])
def test_the_pages_are_for_organisers(address: str, sam: Actor, partnership: Organisation, actor: Actor) -> None:
    finance = person(partnership, actor, name="Fay Officer", role=Role.FINANCE_OFFICER)
    for who in (sam, finance):
        assert signed_in(who).get(f"/organise/{address}").status_code == 404
    assert Client().get(f"/organise/{address}").status_code == 302
