"""A provider proposes rates on a page, an organiser proposes otherwise, the provider agrees; a consultant keeps a calendar."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine

from catalogue.models import CourseRun
from catalogue.services import name_presenters
from marketplace.core.actors import Role
from providers.models import Rate, RateProposal, Slot
from providers.queries import slots_of_person
from providers.services import propose_rates
from tests.api.calling import Program
from tests.frontend.school.visits import signed_in, text_of
from tests.providers.rates.world import FROM, TERMS, RateWorld, rate_world
from tests.shop import LONDON, Shop, person

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 9, 1, 10, 0, tzinfo=LONDON)
ON = MOMENT.date()
ASKED = {
    "consultant": "dana-ridgeway-learning", "brokerage": "inclusive", "percent": "15", "day_pence": "480",
    "other_day_pence": "", "half_day_percent": "55", "travel": "included", "valid_from": "1/10/26",
    "words": "Fuel costs more",
}  # fmt: skip
HERE = "/provider/ridgeway-learning"


@pytest.fixture(autouse=True)
def today() -> Iterator[Any]:
    with time_machine.travel(MOMENT, tick=True) as clock:
        yield clock


@pytest.fixture
def world(partnership, actor) -> RateWorld:
    return rate_world(actor)


def proposed(world: RateWorld) -> RateProposal:
    return propose_rates(consultant=world.consultant, terms=TERMS, valid_from=FROM, on=ON, actor=world.staff)


def test_rates_are_negotiated_page_by_page(world):
    staff, organiser = signed_in(world.staff), signed_in(world.organiser)
    assert "Propose rates" in text_of(staff.get(f"{HERE}/rates"))
    sent = staff.post(f"{HERE}/rates/new", ASKED)
    number = RateProposal.objects.get().number
    assert sent["Location"] == f"{HERE}/rates/{number}"
    assert f"Answer proposal {number}" in text_of(organiser.get("/"))
    listed = text_of(organiser.get("/organise/rates"))
    assert "£480.00" in listed and "£408.00" in listed and "£72.00" in listed and "15% of the price" in listed
    page = text_of(organiser.get(f"/organise/rates/{number}"))
    assert "Agree these rates from 1 October 2026" in page and "Fuel costs more" in page
    answer = ASKED | {"day_pence": "450", "do": "counter", "seen": "1", "words": "£450?"}
    organiser.post(f"/organise/rates/{number}", answer)
    assert f"Answer proposal {number}" in text_of(staff.get("/"))
    page = text_of(staff.get(f"{HERE}/rates/{number}"))
    assert "£382.50" in page and "Olive of ridgeway-learning" in page
    staff.post(f"{HERE}/rates/{number}", {"do": "agree", "seen": "2"})
    assert RateProposal.objects.get().state == "agreed"
    rates = text_of(staff.get(f"{HERE}/rates"))
    assert "£450.00" in rates and "From 1 Oct 2026" in rates
    assert "Agree these rates" not in text_of(organiser.get(f"/organise/rates/{number}"))


def test_who_proposed_sees_no_button_and_is_refused_with_a_sentence(world):
    asked = proposed(world)
    staff = signed_in(world.staff)
    page = text_of(staff.get(f"{HERE}/rates/{asked.number}"))
    assert "Agree these rates" not in page and "The other side is to answer" in page
    refused = staff.post(f"{HERE}/rates/{asked.number}", {"do": "agree", "seen": "1"})
    assert refused.status_code == 400 and "You proposed this" in text_of(refused)
    assert not Rate.objects.exists()


def test_what_is_typed_wrong_is_named_and_kept(world):
    wrong = ASKED | {"percent": "", "valid_from": "31/2/27", "words": "Kept words"}
    refused = signed_in(world.staff).post(f"{HERE}/rates/new", wrong)
    text = text_of(refused)
    assert refused.status_code == 400
    assert "Enter brokerage in percent" in text and "must be a real date" in text and "Kept words" in text
    much = text_of(signed_in(world.staff).post(f"{HERE}/rates/new", ASKED | {"percent": "101"}))
    assert "must be 99 or less" in much and "digits" not in much and "Enter brokerage" not in much
    assert not RateProposal.objects.exists()


def test_finance_sees_the_margin_and_may_not_answer_unless_manager(world, partnership, actor):
    asked = proposed(world)
    officer = signed_in(person(partnership, actor, name="Fin Officer", role=Role.FINANCE_OFFICER))
    assert "£67.50" in text_of(officer.get(f"/organise/rates/{asked.number}"))
    assert officer.post(f"/organise/rates/{asked.number}", {"do": "agree", "seen": "1"}).status_code == 403
    manager = signed_in(world.manager)
    manager.post(f"/organise/rates/{asked.number}", {"do": "agree", "seen": "1"})
    assert Rate.objects.count() == 8


def test_another_provider_and_a_school_find_nothing(world, oakfield, actor):
    asked = proposed(world)
    other = signed_in(rate_world(actor, name="Harbour Coaching", code="harbour").staff)
    school = signed_in(person(oakfield, actor))
    for client in (other, school):
        for path in (f"{HERE}/rates", f"{HERE}/rates/{asked.number}", f"{HERE}/calendar", "/organise/rates"):
            assert client.get(path).status_code == 404, path
    assert other.get(f"/provider/harbour/rates/{asked.number}").status_code == 404


def test_a_consultant_looks_at_their_rates_and_keeps_their_own_calendar(world):
    asked = proposed(world)
    dana = signed_in(world.dana)
    assert "Propose otherwise" not in text_of(dana.get(f"{HERE}/rates/{asked.number}"))
    assert dana.post(f"{HERE}/rates/{asked.number}", {"do": "withdraw"}).status_code == 403
    away = {"consultant": world.consultant.code, "first": "24/3/27", "last": "26/3/27", "part": "all", "label": "Leave"}
    assert dana.post(f"{HERE}/calendar", away).status_code == 302
    page = text_of(dana.get(f"{HERE}/calendar?month=2027-03"))
    assert "March 2027" in page and "Leave" in page and "Until 26 March 2027" in page and "3 days taken" in page
    again = dana.post(f"{HERE}/calendar", away | {"first": "26/3/27", "last": "", "part": "morning"})
    assert again.status_code == 400
    assert "Dana Whitlock is taken on 26 March 2027: Leave. Nothing was added." in text_of(again)
    assert Slot.objects.get().during.upper == datetime(2027, 3, 27, tzinfo=LONDON)
    dana.post(f"{HERE}/calendar/{Slot.objects.get().pk}/free")
    assert not Slot.objects.exists()
    assert "Nothing stands in March 2027" in text_of(dana.get(f"{HERE}/calendar?month=2027-03"))
    assert f'href="{HERE}/calendar"' in dana.get("/").content.decode(), "the navigation leads there"
    shown = "In your own calendar program"
    assert shown in text_of(dana.get(f"{HERE}/calendar"))
    assert shown not in text_of(signed_in(world.staff).get(f"{HERE}/calendar"))


def test_an_organiser_names_who_presents_and_the_day_stands_in_the_calendar(world, actor):
    shop = Shop(actor)
    run = shop.run(shop.course(), day=date(2027, 3, 24))
    organiser, path = signed_in(world.organiser), f"/organise/dates/{run.code}/presenters"
    assert "Dana Whitlock, Ridgeway Learning" in text_of(organiser.get(path))
    assert organiser.post(path, {"presenters": [world.consultant.code]}).status_code == 302
    assert "Dana Whitlock" in text_of(organiser.get(f"/organise/dates/{run.code}"))
    assert "9:30am to 3:30pm" in text_of(signed_in(world.dana).get(f"{HERE}/calendar?month=2027-03"))
    other = shop.run(run.offer, day=date(2027, 3, 24), code="second")
    assert "Taken then" in text_of(organiser.get("/organise/dates/second/presenters"))
    refused = organiser.post("/organise/dates/second/presenters", {"presenters": [world.consultant.code]})
    assert refused.status_code == 400 and "is taken on 24 March 2027" in text_of(refused)
    assert not CourseRun.objects.get(pk=other.pk).presenters.exists()


def test_a_course_date_does_not_move_onto_its_presenters_other_day_on_the_page(world, actor):
    shop = Shop(actor)
    run = shop.run(shop.course(), day=date(2027, 3, 24))
    name_presenters(run=run, consultants=[world.consultant], on=ON, actor=world.organiser)
    assert [one.label for one in slots_of_person(world.dana, on=ON)] == ["Safeguarding for new leaders"]
    signed_in(world.organiser).post(f"/organise/dates/{run.code}/presenters", {})
    assert not Slot.objects.exists()


def test_programs_negotiate_and_read_what_is_theirs(world, actor):
    terms = {"day_pence": 480_00, "other_day_pence": 480_00, "brokerage": "inclusive", "share": "0.15"}
    staff, organiser = Program(world.staff), Program(world.organiser)
    made = staff.send(
        "POST", "/rate-proposals", terms | {"consultant": world.consultant.code, "valid_from": "2026-10-01"}
    )
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    assert [one["kind"] for one in made.json()["steps"]] == ["propose"]
    counter = terms | {"day_pence": 450_00, "valid_from": "2026-10-01", "seen": 1}
    assert organiser.send("POST", f"/rate-proposals/{number}/counter", counter).json()["waits_for"] == "provider"
    late = organiser.send("POST", f"/rate-proposals/{number}/agreement", {"seen": 1})
    assert (late.status_code, late.json()["code"]) == (409, "rate_proposal_moved")
    assert staff.send("POST", f"/rate-proposals/{number}/agreement", {"seen": 2}).json()["state"] == "agreed"
    rows = staff.get("/rates", on="2026-10-01", unit="day", audience="member").json()["results"]
    assert [(one["sell_pence"], one["buy_pence"]) for one in rows] == [(450_00, 382_50)]
    other = Program(rate_world(actor, name="Harbour Coaching", code="harbour").staff)
    assert other.get("/rates").json()["results"] == []
    assert other.get(f"/rate-proposals/{number}").status_code == 404
