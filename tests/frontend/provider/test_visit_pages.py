"""Pages of visits: written up on a phone, agreed or queried by the school, decided by an organiser, seen by finance."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from frontend.buying import buyer_of
from frontend.home import waits_of
from invoicing.payables.models import Payable
from invoicing.receivables.models import Charge
from marketplace.core import outbox
from marketplace.core.actors import Role
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.services.visits import answer_query, query_visit
from marketplace.trading.engagements.visit_models import Visit
from tests.frontend.school.visits import signed_in
from tests.shop import person
from tests.trading.conftest import sam, school, shop  # noqa: F401
from tests.trading.engagements.conftest import larkfield, lena, nadia, olga  # noqa: F401
from tests.trading.engagements.visiting import delivered, written
from tests.trading.engagements.world import DAY, book, consultant_of, on_day, rate_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> Iterator[None]:
    """The day after the visit."""
    with time_machine.travel(datetime(2026, 11, 5, 9, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def booking(school, nadia, sam):  # noqa: F811
    return book(school, nadia, sam, on_day(), purchase_order="PO 12")


def _school_page(school: Organisation, name: str, **more: object) -> str:  # noqa: F811
    found = Organisation.objects.select_related("school").get(pk=school.pk)
    return buyer_of(found).url(name, **more)


@pytest.mark.usefixtures("today")
def test_the_provider_keeps_a_draft_and_sends_it_and_the_school_agrees(booking, school, lena, sam):  # noqa: F811
    office, buyer = signed_in(lena), signed_in(sam)
    page = reverse("visit", kwargs={"number": booking.number, "ordinal": 1})
    assert "Write up the visit of 4 November 2026" in office.get(page).content.decode()
    office.post(page, {"do": "save", "done": "The first half", "next_steps": ""})
    assert "The first half" in office.get(page).content.decode()
    ours = _school_page(school, "school-visit", number=booking.number, ordinal=1)
    assert "The first half" not in buyer.get(ours).content.decode(), "A draft is the consultant's own"
    assert office.post(page, {"do": "send", "done": "", "next_steps": ""}).status_code == 400
    sent = office.post(page, {"do": "send", "done": "All of it", "next_steps": "Try it"}, follow=True)
    assert "No answer counts as agreed on" in sent.content.decode()
    seen = buyer.get(ours).content.decode()
    assert "Cost £540.00 with VAT" in seen and "All of it" in seen and "Agree the visit, £540.00" in seen
    said = buyer.post(ours, {"do": "agree", "rating": "4"}, follow=True).content.decode()
    assert "is agreed. £540.00 with VAT will be invoiced." in said
    assert Charge.objects.get().net_pence == 450_00 and Visit.objects.get().rating == 4
    assert "Agreed" in office.get(reverse("visits")).content.decode()
    assert "£382.50" in office.get(page).content.decode()


@pytest.mark.usefixtures("today")
def test_a_query_needs_a_reason_and_the_provider_charges_less(booking, school, lena, sam):  # noqa: F811
    written(booking.dates.get(), DAY, lena)
    ours = _school_page(school, "school-visit", number=booking.number, ordinal=1)
    buyer, office = signed_in(sam), signed_in(lena)
    empty = buyer.post(ours, {"do": "query", "reason": ""})
    assert empty.status_code == 400 and "Enter what is not right" in empty.content.decode()
    buyer.post(ours, {"do": "query", "reason": "She left at noon"})
    page = reverse("visit", kwargs={"number": booking.number, "ordinal": 1})
    assert "She left at noon" in office.get(page).content.decode()
    wrong = office.post(page, {"how": "amend", "quantity": "", "answer": "Half then"})
    assert "Enter how much to charge instead" in wrong.content.decode()
    same = office.post(page, {"how": "amend", "quantity": "1", "answer": "Half then"}).content.decode()
    assert "The record stands at 1 day. Enter less, or stand by the record." in same and "Half then" in same
    office.post(page, {"how": "amend", "quantity": "0.5", "answer": "Half then"})
    assert "½ day instead of 1 day" in buyer.get(ours).content.decode()
    assert not Charge.objects.exists()


@pytest.mark.usefixtures("today")
def test_after_a_second_query_it_is_the_providers_turn_again(booking, sam, lena, olga):  # noqa: F811
    visit = query_visit(visit=written(booking.dates.get(), DAY, lena), reason="Too short", on=DAY, actor=sam)
    answer_query(visit=visit, answer="Half then", on=DAY, actor=lena, quantity=Decimal("0.5"))
    query_visit(visit=visit, reason="It was an hour", on=DAY, actor=sam)
    assert any(wait["text"].startswith("Answer the query") for wait in waits_of(lena, DAY))
    assert not any(wait["text"].startswith("Decide on") for wait in waits_of(olga, DAY))


@pytest.mark.usefixtures("today")
def test_miles_that_were_queried_are_charged_less(school, larkfield, actor, sam, lena):  # noqa: F811
    piers = consultant_of(larkfield, actor, name="Piers Oldroyd")
    rate_of(piers, mile=45)
    booking = book(school, piers, sam, on_day())
    query_visit(visit=written(booking.dates.get(), DAY, lena, miles=38), reason="One way", on=DAY, actor=sam)
    page = reverse("visit", kwargs={"number": booking.number, "ordinal": 1})
    office = signed_in(lena)
    assert "Only when you charge fewer than 38." in office.get(page).content.decode()
    office.post(page, {"how": "amend", "quantity": "", "miles": "19", "answer": "19 it is"})
    assert Visit.objects.get().miles == 19 and Visit.objects.get().state == "submitted"


@pytest.mark.usefixtures("today")
def test_an_organiser_decides_where_the_provider_stands_by_it(booking, sam, lena, olga):  # noqa: F811
    visit = query_visit(visit=written(booking.dates.get(), DAY, lena), reason="Too short", on=DAY, actor=sam)
    answer_query(visit=visit, answer="It was not", on=DAY, actor=lena)
    desk = signed_in(olga)
    page = reverse("organise-visit", kwargs={"number": booking.number, "ordinal": 1})
    assert "To decide" in desk.get(reverse("organise-visits") + "?state=queried").content.decode()
    assert desk.post(page, {"quantity": "", "answer": ""}).status_code == 400
    desk.post(page, {"quantity": "0.5", "answer": "We settle on half"}, follow=True)
    assert Charge.objects.get().net_pence == 225_00


@pytest.mark.usefixtures("today")
def test_finance_sees_the_margin_and_gives_back(booking, partnership, actor, sam, lena):  # noqa: F811
    delivered(booking.dates.get(), DAY, lena, sam)
    priya = signed_in(person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER))
    assert "£67.50" in priya.get(reverse("finance-margins")).content.decode()
    page = reverse("finance-margin", kwargs={"number": booking.number})
    assert "£67.50" in priya.get(page).content.decode()
    assert priya.post(page, {"visit": "1", "amount": "", "reason": ""}).status_code == 400
    said = priya.post(page, {"visit": "1", "amount": "45.00", "reason": "Left early"}, follow=True).content.decode()
    assert "£45.00 goes back to the school, and £38.25 less is due to the provider" in said
    assert Payable.objects.get().due_pence == 382_50 - 38_25


@pytest.mark.usefixtures("today")
def test_others_are_not_told_that_it_is_there(booking, school, sam, lena, oakfield, actor):  # noqa: F811
    written(booking.dates.get(), DAY, lena)
    other = signed_in(person(oakfield, actor, name="Uma Elsewhere"))
    for page in (
        reverse("visit", kwargs={"number": booking.number, "ordinal": 1}),
        _school_page(school, "school-visit", number=booking.number, ordinal=1),
        reverse("organise-visit", kwargs={"number": booking.number, "ordinal": 1}),
        reverse("finance-margin", kwargs={"number": booking.number}),
        reverse("visits"),
    ):
        assert other.get(page).status_code == 404, page
    buyer = signed_in(sam)
    assert buyer.get(reverse("visit", kwargs={"number": booking.number, "ordinal": 1})).status_code == 404


@pytest.mark.usefixtures("today")
def test_home_says_what_waits_on_each_side(booking, sam, lena, olga):  # noqa: F811
    planned = booking.dates.get()
    assert [w["text"] for w in waits_of(lena, DAY) if "Write up" in w["text"]] == [
        "Write up the visit of 4 November 2026 at Oakfield Primary School"
    ]
    visit = written(planned, DAY, lena)
    assert "Sign the visit of 4 November 2026: £540.00, taken as agreed on 12 November 2026" in [
        wait["text"] for wait in waits_of(sam, DAY)
    ]
    visit = query_visit(visit=visit, reason="Too short", on=DAY, actor=sam)
    assert any(wait["text"].startswith("Answer the query") for wait in waits_of(lena, DAY))
    answer_query(visit=visit, answer="It was not", on=DAY, actor=lena)
    assert any(wait["text"] == "Decide on 1 queried visit" for wait in waits_of(olga, DAY))


def test_both_sides_are_told_by_e_mail_without_the_words_of_the_query(booking, sam, lena):  # noqa: F811
    visit = written(booking.dates.get(), DAY, lena)
    query_visit(visit=visit, reason="She left at noon", on=DAY, actor=sam)
    outbox.deliver(limit=100)
    told = {one.subject: one.plain for one in Message.objects.filter(topic="visits")}
    assert any(subject.startswith("Agree the visit of 4 November 2026 by") for subject in told)
    [query] = [plain for subject, plain in told.items() if subject.startswith("Answer the query")]
    assert "noon" not in query
